"""From a name, as "table2" or "fig4", to the files with its results."""

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..._validation import import_optional
from ._claims import Claim, check_claims
from ._figures import FIGURES, Panel, panels_with, points, run_panel
from ._numbers import TABLES
from ._pictures import draw
from ._protocol import Protocol
from ._report import count_within, figure_report, outside, provenance, side_by_side, table_report
from ._table_claims import check_table_claims
from ._tables import PAPER_TRIALS, compare, run_table

EXPERIMENTS = (*(f"table{table}" for table in TABLES), *(f"fig{figure}" for figure in FIGURES))

# A smoke run: everything is there once, and nothing is precise.
_QUICK_TRIALS = 3
_QUICK_SAMPLES = 60


@dataclass(frozen=True)
class Settings:
    """How experiments are run.

    Attributes
    ----------
    estimators : tuple of str
    out : Path
        The folder that results are written to.
    protocol : Protocol
    n_trials : int or None
        None is the paper's number.
    random_state : int
    quick : bool
        Few trials of small samples at few points.
    stored : bool
        Whether rows are read from `out` instead of computed.
    command : tuple of str
        What to give `skmi` to run it again.
    options : dict
        Of `BenchmarkGrid`.
    """

    estimators: tuple[str, ...]
    out: Path
    protocol: Protocol = field(default_factory=Protocol)
    n_trials: int | None = None
    random_state: int = 0
    quick: bool = False
    stored: bool = False
    command: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def trials(self) -> int | None:
        """The number of trials asked for."""
        return self.n_trials or (_QUICK_TRIALS if self.quick else None)

    @property
    def grid_options(self) -> dict[str, Any]:
        """What the grid gets."""
        return {"random_state": self.random_state, **self.options}


def run_experiment(name: str, settings: Settings) -> list[str]:
    """Run a table or a figure, and write its rows, its page and its picture.

    Parameters
    ----------
    name : str
        One of `EXPERIMENTS`.
    settings : Settings

    Returns
    -------
    lines : list of str
        What came out, in words.
    """
    settings.out.mkdir(parents=True, exist_ok=True)
    number = int(name[-1])
    return _table(number, settings) if name.startswith("table") else _figure(number, settings)


def stored_rows(name: str, settings: Settings) -> Path:
    """Where the rows of an experiment are kept."""
    return settings.out / f"{name}.parquet"


def _table(table: int, settings: Settings) -> list[str]:
    path = stored_rows(f"table{table}", settings)
    if settings.stored:
        results, facts = read_results(path)
    else:
        results = run_table(
            table,
            settings.estimators,
            settings.protocol,
            n_trials=settings.trials or PAPER_TRIALS,
            n_samples=_QUICK_SAMPLES if settings.quick else None,
            **settings.grid_options,
        )
        facts = write_results(results, path, settings)
    comparison = compare(table, results, settings.protocol)
    if settings.quick:
        comparison["within"] = ""  # other samples than the paper's
    comparison.to_csv(path.with_name(f"table{table}-cells.csv"), index=False)
    side_by_side(comparison).to_csv(path.with_suffix(".csv"), index=False)
    outside(table, comparison).to_csv(path.with_name(f"table{table}-outside.csv"), index=False)
    claims = check_table_claims(table, comparison)
    _write_claims(claims, settings.out / f"table{table}-claims.csv")
    page = table_report(table, comparison, claims, facts)
    path.with_suffix(".md").write_text(page, encoding="utf-8")
    lines = [f"table {table}: {count_within(comparison)}", *_verdicts(claims)]
    return [*lines, *_failures(results), f"  {path.with_suffix('.md')}"]


def _figure(figure: int, settings: Settings) -> list[str]:
    path = stored_rows(f"fig{figure}", settings)
    if settings.stored:
        results, facts = read_results(path)
        there = set(results.panel)
        panels = [panel for panel in FIGURES[figure](settings.protocol) if panel.name in there]
    else:
        panels, results = _run_panels(figure, settings)
        if not panels:
            return [f"figure {figure}: none of its estimators is among those chosen"]
        facts = write_results(results, path, settings)
    pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
    drawn = pandas.concat([points(panel, results) for panel in panels], ignore_index=True)
    claims = check_claims(figure, drawn)
    draw(panels, drawn, path.with_suffix(".png"))
    _write_claims(claims, settings.out / f"fig{figure}-claims.csv")
    page = figure_report(figure, drawn, claims, facts)
    path.with_suffix(".md").write_text(page, encoding="utf-8")
    return [*_verdicts(claims), *_failures(results), f"  {path.with_suffix('.png')}"]


def _run_panels(figure: int, settings: Settings) -> tuple[list[Panel], Any]:
    chosen = panels_with(figure, settings.estimators, settings.protocol)
    frames = [
        run_panel(
            panel,
            names,
            settings.protocol,
            n_trials=settings.trials,
            quick=settings.quick,
            **settings.grid_options,
        )
        for panel, names in chosen
    ]
    pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
    results = pandas.concat(frames, ignore_index=True) if frames else None
    return [panel for panel, _ in chosen], results


def _verdicts(claims: list[Claim]) -> list[str]:
    return [
        f"{claim.where}, {'held' if claim.held else 'not held'}: {claim.claim} ({claim.measured})"
        for claim in claims
    ]


def _failures(results: Any) -> list[str]:
    failed = results[results.error != ""]
    if failed.empty:
        return []
    return [f"  {len(failed)} cells failed, the first with: {failed.error.iloc[0]}"]


def write_results(results: Any, path: Path, settings: Settings) -> list[str]:
    """Store the rows of a run, and beside them what it was, which is returned."""
    import_optional("pyarrow", purpose="Parquet", extra="benchmark")
    results.to_parquet(path, index=False)
    facts = provenance(settings.protocol, results, settings.command, settings.random_state)
    path.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return facts


def read_results(path: Path) -> tuple[Any, list[str]]:
    """The rows that an earlier run has stored, and what it was."""
    pandas = import_optional("pandas", purpose="Stored results", extra="benchmark")
    import_optional("pyarrow", purpose="Parquet", extra="benchmark")
    if not path.exists():
        raise ValueError(f"{path}: there are no stored results; run without --stored")
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return pandas.read_parquet(path), facts


def _write_claims(claims: Iterable[Claim], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["where", "the paper's claim", "held", "measured"])
        for claim in claims:
            writer.writerow(
                [claim.where, claim.claim, "yes" if claim.held else "no", claim.measured]
            )
