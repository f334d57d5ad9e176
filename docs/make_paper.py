"""Make the pages of the paper's experiments from the stored results.

``python docs/make_paper.py`` takes the rows in docs/paper/results, writes every page, table
and picture there anew, and the pieces that the pages in docs/paper include (``*.inc``). What
has not been run yet says so there. Needs ``pip install ".[benchmark,plot]"``; takes some ten
seconds.
"""

import argparse
import csv
from pathlib import Path

import matplotlib
import pandas

matplotlib.use("agg")

from paper.claims import (
    CLAIM_COLUMNS,
    REASONS,
    check_figure_claims,
    check_table_claims,
    outside,
)

from skmi.benchmark.paper._leaderboard import run_leaderboard
from skmi.benchmark.paper._report import by_family, count_within, facts
from skmi.benchmark.paper._run import EXPERIMENTS, Settings, points_of, run_experiment
from skmi.benchmark.paper._store import read_results

RESULTS = Path(__file__).parent / "paper" / "results"

ALTERNATIVE_TEXTS = {
    "table2": "The cells computed here against the paper's lie along the diagonal.",
    "table3": "The cells computed here against the paper's lie along the diagonal.",
    "fig1": "KSG-Local falls as columns of noise are appended, the others stay.",
    "fig2": "Bias of the variants of MINE as columns of noise are appended.",
    "fig3": "Estimates fall with the dimension at the same truth; ever fewer are above the truth.",
    "fig4": "KSG-Global falls as X is repeated, the others stay.",
    "fig5": "Bias of MINE, MINE-Global and MINE-Global-Corrected as the dimension grows.",
    "fig6": "Estimates and errors as X is multiplied by a factor.",
    "fig7": "Estimates and the truth as the signal grows.",
}
# Figures that show the MINE family, and so need it to be whole.
OF_MINE = {"table2", "table3", "fig2", "fig5", "fig6", "fig7", "leaderboard"}


def main(results: Path = RESULTS) -> None:
    """Write all pages."""
    claims = []
    for name in (*EXPERIMENTS, "leaderboard"):
        settings = Settings((), results, stored=True)
        rows = results / f"{name}.parquet"
        pieces = [missing(name)]
        has_mine = False
        if rows.exists():
            if name == "leaderboard":
                run_leaderboard(settings)
            else:
                run_experiment(name, settings)
                own = claims_of(name, rows)
                write_claims(results / f"{name}-claims.csv", own)
                claims += own
            has_mine = any("mine" in one for one in read_results(rows)[0].estimator)
            pieces = piece_of(name, rows, has_mine)
        if name in OF_MINE and name != "leaderboard" and not has_mine:
            claims.append(unknown(name))
        text = "\n\n".join(filter(None, pieces)) + "\n"
        (results / f"{name}.inc").write_text(text, encoding="utf-8")
    write_claims(results / "claims.csv", claims)


def claims_of(name: str, rows: Path) -> list[dict[str, str]]:
    """What the paper says of a table or a figure, and whether it held."""
    number = int(name[-1])
    if name.startswith("fig"):
        _, drawn = points_of(number, *read_results(rows))
        claims = check_figure_claims(number, drawn)
    else:
        claims = check_table_claims(number, comparison_of(number, rows))
    told = ((c.where, c.claim, "yes" if c.held else "no", c.measured) for c in claims)
    return [dict(zip(CLAIM_COLUMNS, one, strict=True)) for one in told]


def comparison_of(number: int, rows: Path):
    """The cells of a table beside the paper's, as they have just been written."""
    cells = rows.with_name(f"table{number}-cells.csv")
    table = pandas.read_csv(cells, dtype={"within": object})
    return table.fillna({"within": ""})


def piece_of(name: str, rows: Path, has_mine: bool) -> list[str]:
    """What a page shows of an experiment."""
    results, runs = read_results(rows)
    ran = what_ran(facts(runs, results, None))
    left = missing(name) if name in OF_MINE and not has_mine else ""
    if name == "leaderboard":
        biases = ["Bias on each task, in nats:"]
        biases += [table(path.stem) for path in sorted(rows.parent.glob("leaderboard-bias-*.csv"))]
        return [table("leaderboard"), *biases, left, ran]
    shown = [claims_table(name), picture(name, wide=panels_of(results) > 1)]
    if name.startswith("fig"):
        return [*shown, left, ran]
    return [*shown, *cells_of(int(name[-1]), rows), left, ran]


def cells_of(number: int, rows: Path) -> list[str]:
    """The paper's table beside ours, by family, and the cells outside."""
    comparison = comparison_of(number, rows)
    cells = outside(number, comparison)
    cells.to_csv(rows.with_name(f"table{number}-outside.csv"), index=False)
    pieces = []
    for family, of_family in by_family(comparison):
        pieces += [heading(family.title), f"{count_within(of_family)}."]
        pieces.append(table(f"table{number}-{family.key}"))
    if len(cells):
        listed = [f"* **{key}**: {REASONS[key]}" for key in sorted(set(cells.reason))]
        pieces += [heading("Cells of the KSG family outside")]
        widths = "\n   :widths: 6 12 22 52 8"
        pieces += [table(f"table{number}-outside") + widths, "\n".join(listed)]
    return pieces


def missing(name: str) -> str:
    """What is to be run."""
    family = "mine-family" if name in OF_MINE else "ksg-family"
    return (
        f".. note::\n   The {family[:-7].upper()} family has not been run for this page. "
        f"``skmi paper {name} --estimators {family} --out docs/paper/results`` and ``python "
        "docs/make_paper.py`` put it here."
    )


def unknown(name: str) -> dict[str, str]:
    """Instead of the claims about the MINE family, where it has not run."""
    where = name.replace("table", "table ").replace("fig", "figure ")
    claim = (where, "what it says of the MINE family", "not run", "–")
    return dict(zip(CLAIM_COLUMNS, claim, strict=True))


def what_ran(lines: list[str]) -> str:
    """The commands behind what is shown."""
    listed = "\n".join(f"* {line}".replace("`", "``") for line in lines)
    return f"Made by\n\n{listed}"


def panels_of(results) -> int:
    """Side by side, at most."""
    return results.panel.nunique() if "panel" in results else 3


def heading(text: str) -> str:
    """Below the name of the table."""
    return f"{text}\n{'~' * len(text)}"


def table(name: str) -> str:
    """A file of comma-separated values as a table."""
    return f".. csv-table::\n   :file: {name}.csv\n   :header-rows: 1"


def claims_table(name: str) -> str:
    """The paper's claims and whether they held."""
    return f"{table(f'{name}-claims')}\n   :widths: 14 40 8 38"


def picture(name: str, wide: bool) -> str:
    """The figure."""
    width = "" if wide else "\n   :width: 65%"
    return f".. image:: results/{name}.png\n   :alt: {ALTERNATIVE_TEXTS[name]}{width}"


def write_claims(path: Path, claims: list[dict[str, str]]) -> None:
    """A table of claims."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CLAIM_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(claims)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    main()
