"""Results as text: tables in Markdown, and what was run."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..._optional import import_optional
from ._estimators import DEFAULT, FAMILIES, Family
from ._protocol import Protocol, describe
from ._reasons import REASONS, reason
from ._store import Run, failures
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
        line["measure"] = _MEASURES[measure]
        line |= {cell.estimator: _cell_text(cell) for cell in cells.itertuples()}
        lines.append(line)
    return pandas.DataFrame(lines)


def _cell_text(cell: Any) -> str:
    difference = f"{cell.difference:+.3f}" if np.isfinite(cell.difference) else "–"
    numbers = f"{_number(cell.paper)} / {_number(cell.ours)} / {difference}"
    return numbers + (" *" if cell.within == "no" else "")


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "–"


def count_within(comparison: Any) -> str:
    """How many cells agree, in words.

    Where networks are trained otherwise than in the paper, also how many errors are smaller.
    """
    compared = comparison[comparison.within != ""]
    if compared.empty:
        return "no cells to compare"
    within = int((compared.within == "yes").sum())
    text = f"{within} of {len(compared)} readable cells are within sampling error"
    if not all(name.endswith(DEFAULT) for name in compared.estimator):
        return text
    errors = compared[compared.measure.str.startswith("normalized_rmse")]
    smaller = int((errors.difference < 0).sum())
    return f"{text}; the normalized RMSE is smaller than the paper's in {smaller} of {len(errors)}"


def outside(table: int, comparison: Any) -> Any:
    """The cells of the KSG family that sampling does not explain, a line for each measure.

    With a letter for the reason looked for, one of `REASONS`. Networks are another
    matter: the paper does not say how it trains them, and their numbers can be held
    side by side only.
    """
    pandas = import_optional("pandas", purpose="A table", extra="benchmark")
    cells = comparison[(comparison.within == "no") & comparison.estimator.isin(FAMILIES[0].names)]
    lines = []
    for (row, measure), of_both in cells.groupby(["row", "measure"], sort=False):
        listed = [
            f"{cell.estimator} {cell.paper:.3f} / {cell.ours:.3f} "
            f"({cell.difference / cell.stderr:+.1f})"
            for cell in of_both.itertuples()
        ]
        lines.append(
            {
                "row": row,
                "X": of_both.transforms.iloc[0],
                "measure": _MEASURES[measure],
                "paper / here (standard errors)": ", ".join(listed),
                "reason": reason(table, row),
            }
        )
    return pandas.DataFrame(lines)


def reasons_of(cells: Any) -> dict[str, str]:
    """The reasons that some cells outside refer to."""
    return {letter: text for letter, text in REASONS.items() if letter in set(cells.reason)}


def facts(runs: Iterable[Run], results: Any, readings: Protocol | None) -> list[str]:
    """What was run, a line each: the commands, the versions, the readings."""
    lines = []
    for run in runs:
        lines.append(
            f"`{run.command}`: {run.n_trials} trials, random_state {run.random_state}, "
            f"{run.seconds:.0f} s in the estimators; {run.versions}"
        )
    if failed := failures(results):
        lines.append(failed)
    return [*lines, *(f"reading: {line}" for line in (describe(readings) if readings else []))]


def table_report(table: int, comparison: Any, claims: Any, how: list[str]) -> str:
    """A page in Markdown: the table, the cells outside, what was run."""
    key = (
        "Cells read: paper / ours / ours less the paper's. A star: the difference is more than "
        "1.96 standard errors, those of both sides together; the paper's are taken to be "
        f"ours at {PAPER_TRIALS} trials."
    )
    title = f"# Table {table}: the paper's numbers, ours, and the differences"
    parts = [title, claims_text(claims), key, f"![table {table}](table{table}.png)"]
    for family, cells in by_family(comparison):
        parts += [f"## {family.title}", f"{count_within(cells)}."]
        parts.append(to_markdown(side_by_side(cells)))
    cells = outside(table, comparison)
    if len(cells):
        parts += ["## Cells of the KSG family outside", to_markdown(cells)]
        parts.append("\n".join(f"- {key}: {text}" for key, text in reasons_of(cells).items()))
    return _page(parts, how)


def figure_report(figure: int, points: Any, claims: Any, how: list[str]) -> str:
    """A page in Markdown: the claims, the points drawn, what was run."""
    parts = [f"# Figure {figure}", claims_text(claims)]
    rounded = points.copy()
    for name in ("x", "value", "stderr", "truth"):
        rounded[name] = rounded[name].map("{:.4g}".format)
    return _page([*parts, f"![figure {figure}](fig{figure}.png)", to_markdown(rounded)], how)


def claims_text(claims: Any) -> str:
    """Each claim of the paper, whether it held, and what was measured, as a list."""
    return "\n".join(
        f"- **{'held' if claim.held else 'not held'}** ({claim.where}): {claim.claim}. "
        f"Measured: {claim.measured}."
        for claim in claims
    )


def _page(parts: list[str], how: list[str]) -> str:
    listed = "\n".join(f"- {fact}" for fact in how)
    return "\n\n".join([*filter(None, parts), "## How", listed]) + "\n"
