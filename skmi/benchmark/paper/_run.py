"""From a name, as "table2" or "fig4", to the files with its results."""

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..._optional import import_optional
from ._claims import CLAIM_COLUMNS, Claim, check_claims
from ._figures import FIGURES, panels_with, points, run_panel
from ._numbers import TABLES
from ._pictures import draw, draw_comparison
from ._protocol import Protocol
from ._report import (
    by_family,
    count_within,
    facts,
    figure_report,
    outside,
    side_by_side,
    table_report,
)
from ._store import Run, add_results, check_folder, failures, read_results
from ._table_claims import check_table_claims
from ._tables import PAPER_TRIALS, compare, compared_measures, run_table

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
        Whether rows are read from `out` instead of computed; those of the protocol's
        readings that made them are taken from there, too.
    replace : bool
        Whether rows of earlier runs are thrown away.
    command : str
        What to give a shell to run it again.
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
    replace: bool = False
    command: str = ""
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def trials(self) -> int | None:
        """The number of trials asked for."""
        return self.n_trials or (_QUICK_TRIALS if self.quick else None)

    def run(self, with_protocol: bool = True) -> Run:
        """What is about to be run."""
        readings = asdict(self.protocol) if with_protocol else None
        return Run(self.command, self.random_state, self.quick, readings)


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
    number = int(name[-1])
    return _table(number, settings) if name.startswith("table") else _figure(number, settings)


def stored_rows(name: str, settings: Settings) -> Path:
    """Where the rows of an experiment are kept."""
    return settings.out / f"{name}.parquet"


def rows_of(
    path: Path, settings: Settings, run: Run, compute: Callable[[dict[str, Any]], Any]
) -> tuple[Any, list[Run]]:
    """The rows of an experiment, computed and stored beside others, or those stored.

    Parameters
    ----------
    path : Path
        Where they are kept.
    settings : Settings
    run : Run
        What is about to be run.
    compute : callable
        Gives the rows, from options of `BenchmarkGrid`; None if there are none.

    Returns
    -------
    results : DataFrame or None
    runs : list of Run
        What they are of.
    """
    if settings.stored:
        return read_results(path)
    check_folder(path, run, settings.replace)
    with _cells(path, settings) as cache_dir:
        options = {"random_state": settings.random_state, **settings.options}
        results = compute({**options, "cache_dir": cache_dir})
        if results is None:
            return None, []
        return add_results(path, results, run, settings.replace)


@contextmanager
def _cells(path: Path, settings: Settings) -> Iterator[Path]:
    """A folder for finished cells: that given, or one that is there until all is stored."""
    given = settings.options.get("cache_dir")
    if given is not None:
        yield given
        return
    digest = sha256(settings.command.encode()).hexdigest()[:8]
    folder = path.with_name(f"{path.stem}-unfinished-{digest}")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _table(table: int, settings: Settings) -> list[str]:
    path = stored_rows(f"table{table}", settings)

    def compute(options: dict[str, Any]) -> Any:
        return run_table(
            table,
            settings.estimators,
            settings.protocol,
            n_trials=settings.trials or PAPER_TRIALS,
            n_samples=_QUICK_SAMPLES if settings.quick else None,
            **options,
        )

    results, runs = rows_of(path, settings, settings.run(), compute)
    protocol = replace(runs[-1].protocol, normalizer=settings.protocol.normalizer)
    comparison = _comparison(table, results, runs, protocol)
    claims = check_table_claims(table, comparison)
    _write_comparison(table, path, comparison)
    _write_claims(claims, settings.out / f"table{table}-claims.csv")
    draw_comparison(comparison, compared_measures(protocol), path.with_suffix(".png"))
    page = table_report(table, comparison, claims, facts(runs, results, protocol))
    path.with_suffix(".md").write_text(page, encoding="utf-8")
    counts = [
        f"table {table}, {family.title}: {count_within(cells)}"
        for family, cells in by_family(comparison)
    ]
    return [*counts, *_verdicts(claims), *_failures(results), f"  {path.with_suffix('.md')}"]


def stored_comparison(table: int, path: Path) -> Any:
    """The cells of a table, as `compare` gives them, as the table's last run wrote them."""
    pandas = import_optional("pandas", purpose="A comparison", extra="benchmark")
    cells = path.with_name(f"table{table}-cells.csv")
    return pandas.read_csv(cells, dtype={"within": object}).fillna({"within": ""})


def _comparison(table: int, results: Any, runs: list[Run], protocol: Protocol) -> Any:
    comparison = compare(table, results, protocol)
    if runs[-1].quick:
        comparison["within"] = ""  # other samples than the paper's
    return comparison


def _write_comparison(table: int, path: Path, comparison: Any) -> None:
    """All cells in a line each, in the shape of the paper's table, and those outside."""
    comparison.to_csv(path.with_name(f"table{table}-cells.csv"), index=False)
    for family, cells in by_family(comparison):
        shaped = side_by_side(cells)
        shaped.to_csv(path.with_name(f"table{table}-{family.key}.csv"), index=False)
    outside(table, comparison).to_csv(path.with_name(f"table{table}-outside.csv"), index=False)


def _figure(figure: int, settings: Settings) -> list[str]:
    path = stored_rows(f"fig{figure}", settings)
    results, runs = rows_of(
        path, settings, settings.run(), lambda options: _run_panels(figure, settings, options)
    )
    if results is None:
        return [f"figure {figure}: none of its estimators is among those chosen"]
    protocol = runs[-1].protocol
    there = set(results.panel)
    panels = [panel for panel in FIGURES[figure](protocol) if panel.name in there]
    pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
    drawn = pandas.concat([points(panel, results) for panel in panels], ignore_index=True)
    claims = check_claims(figure, drawn)
    draw(panels, drawn, path.with_suffix(".png"))
    _write_claims(claims, settings.out / f"fig{figure}-claims.csv")
    page = figure_report(figure, drawn, claims, facts(runs, results, protocol))
    path.with_suffix(".md").write_text(page, encoding="utf-8")
    return [*_verdicts(claims), *_failures(results), f"  {path.with_suffix('.png')}"]


def _run_panels(figure: int, settings: Settings, options: dict[str, Any]) -> Any:
    """The rows of all panels that have some of the estimators; None if there are none."""
    frames = [
        run_panel(
            panel,
            names,
            settings.protocol,
            n_trials=settings.trials,
            quick=settings.quick,
            **options,
        )
        for panel, names in panels_with(figure, settings.estimators, settings.protocol)
    ]
    pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
    return pandas.concat(frames, ignore_index=True) if frames else None


def _verdicts(claims: list[Claim]) -> list[str]:
    return [
        f"{claim.where}, {'held' if claim.held else 'not held'}: {claim.claim} ({claim.measured})"
        for claim in claims
    ]


def _failures(results: Any) -> list[str]:
    return [f"  {text}"] if (text := failures(results)) else []


def _write_claims(claims: Iterable[Claim], path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(CLAIM_COLUMNS)
        for claim in claims:
            writer.writerow(
                [claim.where, claim.claim, "yes" if claim.held else "no", claim.measured]
            )
