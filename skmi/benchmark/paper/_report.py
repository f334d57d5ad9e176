"""Results as text: tables in Markdown, and what was run."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..._optional import import_optional
from ._estimators import DEFAULT, FAMILIES, Family
from ._protocol import Protocol, describe
from ._store import Run, failures
from ._tables import PAPER_TRIALS

# How tables call them.
MEASURES = {
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


def by_family(comparison: Any) -> list[tuple[Family, Any]]:
    """The cells of each family that has run, all or some of its estimators."""
    parts = [(family, comparison[comparison.estimator.isin(family.names)]) for family in FAMILIES]
    return [(family, cells) for family, cells in parts if len(cells)]


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
        line["measure"] = MEASURES[measure]
        line |= {cell.estimator: _cell_text(cell) for cell in cells.itertuples()}
        lines.append(line)
    return pandas.DataFrame(lines)


def _cell_text(cell: Any) -> str:
    paper, ours = (
        f"{value:.3f}" if np.isfinite(value) else "–" for value in (cell.paper, cell.ours)
    )
    difference = f"{cell.difference:+.3f}" if np.isfinite(cell.difference) else "–"
    return f"{paper} / {ours} / {difference}" + (" *" if cell.within == "no" else "")


def count_within(comparison: Any, quick: bool = False) -> str:
    """How many cells agree, in words.

    Where networks are trained otherwise than in the paper, also how many errors are smaller.
    """
    compared = comparison[comparison.within != ""]
    if compared.empty:
        n_cells = int(comparison.ours.notna().sum())
        if quick:
            return f"{n_cells} cells of a smoke run, on smaller samples than the paper's"
        return f"{n_cells} cells, and too few trials to say how uncertain they are"
    within = int((compared.within == "yes").sum())
    text = f"{within} of {len(compared)} readable cells are within sampling error"
    if not all(name.endswith(DEFAULT) for name in compared.estimator):
        return text
    errors = compared[compared.measure.str.startswith("normalized_rmse")]
    smaller = int((errors.difference < 0).sum())
    return f"{text}; the normalized RMSE is smaller than the paper's in {smaller} of {len(errors)}"


def facts(runs: Iterable[Run], results: Any, readings: Protocol | None) -> list[str]:
    """What was run, a line each: the commands, the versions, the readings."""
    lines = []
    for run in runs:
        lines.append(
            f"`{run.command}`: {run.n_trials} trials, random_state {run.random_state}, "
            f"{run.seconds:.0f} s in the estimators; {run.versions}"
        )
    lines += failures(results)
    return [*lines, *(f"reading: {line}" for line in (describe(readings) if readings else []))]


def table_report(table: int, comparison: Any, how: list[str], quick: bool) -> str:
    """A page in Markdown: the table, and what was run."""
    title = f"# Table {table}: the paper's numbers, ours, and the differences"
    key = (
        "Cells read: paper / ours / ours less the paper's. A star: the difference is more than "
        "1.96 standard errors, those of both sides together; the paper's are taken to be "
        f"ours at {PAPER_TRIALS} trials."
    )
    parts = [title, key, f"![table {table}](table{table}.png)"]
    for family, cells in by_family(comparison):
        parts += [f"## {family.title}", f"{count_within(cells, quick)}."]
        parts.append(to_markdown(side_by_side(cells)))
    return page(parts, how)


def figure_report(figure: int, points: Any, how: list[str]) -> str:
    """A page in Markdown: the points drawn, and what was run."""
    rounded = points.copy()
    for name in ("x", "value", "stderr", "truth"):
        rounded[name] = rounded[name].map("{:.4g}".format)
    parts = [f"# Figure {figure}", f"![figure {figure}](fig{figure}.png)", to_markdown(rounded)]
    return page(parts, how)


def page(parts: list[str], how: list[str]) -> str:
    """Parts of a page, and at its end how they came about."""
    return "\n\n".join([*parts, "## How", "\n".join(f"- {fact}" for fact in how)]) + "\n"
