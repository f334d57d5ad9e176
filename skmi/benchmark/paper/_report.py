"""Results as text: tables in Markdown, and what was run."""

import platform
import shlex
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import numpy as np

from ... import __version__
from ..._validation import import_optional
from ._protocol import Protocol, describe
from ._reasons import reason
from ._tables import PAPER_TRIALS

_MEASURES = {
    "normalized_rmse": "normalized RMSE as defined",
    "normalized_rmse (root)": "normalized RMSE (root)",
    "spearman": "Spearman",
    "bias": "bias",
}


def to_markdown(table: Any) -> str:
    """A DataFrame as a table in Markdown, its columns as they are."""
    rows = [[str(cell) for cell in row] for row in table.itertuples(index=False)]
    lines = [list(map(str, table.columns)), ["---"] * len(table.columns), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def side_by_side(comparison: Any) -> Any:
    """The paper's numbers, ours and the differences, in the shape of the paper's table.

    A cell reads "0.351 / 0.331 / -0.020"; a star says that the difference is larger than
    sampling explains, a dash that there is no number.
    """
    pandas = import_optional("pandas", purpose="A table", extra="benchmark")
    lines = []
    for (row, measure), cells in comparison.groupby(["row", "measure"], sort=False):
        first = cells.iloc[0]
        line = {"row": row, "X": first.transforms, "N": first.n_samples, "d": first.n_features}
        line["measure"] = _MEASURES[measure]
        line |= {cell.estimator: _cell_text(cell) for cell in cells.itertuples()}
        lines.append(line)
    return pandas.DataFrame(lines)


def _cell_text(cell: Any) -> str:
    numbers = " / ".join(map(_number, (cell.paper, cell.ours, cell.difference)))
    return numbers + (" *" if cell.within == "no" else "")


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "–"


def count_within(comparison: Any) -> str:
    """How many cells agree, in words."""
    compared = comparison[comparison.within != ""]
    if compared.empty:
        return "no cells to compare"
    within = int((compared.within == "yes").sum())
    return f"{within} of {len(compared)} readable cells are within sampling error"


def outside(table: int, comparison: Any) -> Any:
    """The cells that sampling does not explain, and the reason looked for."""
    cells = comparison[comparison.within == "no"]
    chosen = cells[["row", "measure", "estimator", "paper", "ours"]].copy()
    chosen["measure"] = chosen.measure.map(_MEASURES)
    chosen["ours"] = chosen.ours.map(_number)
    chosen["standard errors"] = (cells.difference / cells.stderr).map("{:.1f}".format)
    chosen["reason looked for"] = [reason(table, row) for row in cells.row]
    return chosen


def provenance(protocol: Protocol, results: Any, command: Iterable[str], seed: int) -> list[str]:
    """What is needed to run it again."""
    lines = [f"command: `skmi {shlex.join(command)}`", f"random_state: {seed}"]
    lines.append(f"trials: {results.groupby('task').trial.nunique().max()}")
    lines.append(f"time in the estimators: {results.seconds.sum():.0f} s")
    packages = ("numpy", "scipy", "scikit-learn", "numba")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    lines.append(f"skmi {__version__}, Python {platform.python_version()}, {versions}")
    failed = int((results.error != "").sum())
    if failed:
        lines.append(f"failed cells: {failed}")
    return [*lines, *(f"reading: {line}" for line in describe(protocol))]


def table_report(table: int, comparison: Any, claims: Any, facts: list[str]) -> str:
    """A page in Markdown: the table, the cells outside, what was run."""
    key = (
        "Cells read: paper / ours / ours less the paper's. A star: the difference is more than "
        "1.96 standard errors, those of both sides together; the paper's are taken to be "
        f"ours at {PAPER_TRIALS} trials. {count_within(comparison).capitalize()}."
    )
    title = f"# Table {table}: the paper's numbers, ours, and the differences"
    parts = [title, key, to_markdown(side_by_side(comparison)), _claims_text(claims)]
    cells = outside(table, comparison)
    if len(cells):
        parts += ["## Cells outside", to_markdown(cells)]
    return _page(parts, facts)


def figure_report(figure: int, points: Any, claims: Any, facts: list[str]) -> str:
    """A page in Markdown: the claims, the points drawn, what was run."""
    parts = [f"# Figure {figure}", _claims_text(claims)]
    rounded = points.copy()
    for name in ("x", "value", "stderr", "truth"):
        rounded[name] = rounded[name].map("{:.4g}".format)
    return _page([*parts, f"![figure {figure}](fig{figure}.png)", to_markdown(rounded)], facts)


def _claims_text(claims: Any) -> str:
    return "\n".join(
        f"- **{'held' if claim.held else 'not held'}** ({claim.where}): {claim.claim}. "
        f"Measured: {claim.measured}."
        for claim in claims
    )


def _page(parts: list[str], facts: list[str]) -> str:
    listed = "\n".join(f"- {fact}" for fact in facts)
    return "\n\n".join([*parts, "## How", listed]) + "\n"
