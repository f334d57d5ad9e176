"""From a name, as "table2" or "fig4", to the files with its results."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ..._optional import import_optional
from ._figures import FIGURES, Panel, panels_with, points, run_panel
from ._pictures import draw, draw_comparison
from ._printed_tables import TABLES
from ._protocol import Protocol
from ._report import by_family, count_within, facts, figure_report, side_by_side, table_report
from ._store import Run, add_results, check_folder, failures, read_results
from ._tables import PAPER_TRIALS, compare, compared_measures, run_table

EXPERIMENTS = (*(f"table{table}" for table in TABLES), *(f"fig{figure}" for figure in FIGURES))

# A smoke run: everything is there once, and nothing is precise.
_QUICK_TRIALS = 3
_QUICK_SAMPLES = 60


@dataclass(frozen=True)
class Settings:
    """How experiments are run."""

    estimators: tuple[str, ...]
    out: Path  # the folder that results are written to
    protocol: Protocol = field(default_factory=Protocol)
    n_trials: int | None = None  # None is the paper's number
    random_state: int = 0
    quick: bool = False  # few trials of small samples at few points
    # Rows are read from `out` instead of computed, with the readings that made them.
    stored: bool = False
    replace: bool = False  # rows of earlier runs are thrown away
    command: str = ""  # what to give a shell to run it again
    options: dict[str, Any] = field(default_factory=dict)  # of `BenchmarkGrid`

    @property
    def trials(self) -> int | None:
        """The number of trials asked for."""
        return self.n_trials or (_QUICK_TRIALS if self.quick else None)

    def run(self, with_protocol: bool = True) -> Run:
        """What is about to be run."""
        readings = asdict(self.protocol) if with_protocol else None
        return Run(self.command, self.random_state, self.quick, readings)


def run_experiment(name: str, settings: Settings) -> list[str]:
    """Run a table or a figure; write its rows, page and picture; say in lines what came out."""
    number = int(name[-1])
    return _table(number, settings) if name.startswith("table") else _figure(number, settings)


def stored_rows(name: str, settings: Settings) -> Path:
    """Where the rows of an experiment are kept."""
    return settings.out / f"{name}.parquet"


def rows_of(
    path: Path, settings: Settings, run: Run, compute: Callable[[dict[str, Any]], Any]
) -> tuple[Any, list[Run]]:
    """The rows of an experiment and what runs they are of, stored or computed.

    `compute` gives them from options of `BenchmarkGrid`; they are put beside those there.
    """
    if settings.stored:
        return read_results(path)
    check_folder(path, run, settings.replace)
    with _cells(path, settings) as cache_dir:
        options = {"random_state": settings.random_state, **settings.options}
        results = compute({**options, "cache_dir": cache_dir})
        if not np.isfinite(results.estimate).any():
            raise ValueError(f"{path.stem}: {[*failures(results), 'no estimate is finite'][0]}")
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


def comparison_of(table: int, results: Any, runs: list[Run], protocol: Protocol) -> Any:
    """The cells of a table beside the paper's, as `compare` gives them."""
    comparison = compare(table, results, protocol)
    if runs[-1].quick:
        comparison["within"] = ""  # other samples than the paper's
    return comparison


def points_of(figure: int, results: Any, runs: list[Run]) -> tuple[list[Panel], Any]:
    """The panels of a figure that have run, and what is drawn of them."""
    pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
    there = set(results.panel)
    panels = [panel for panel in FIGURES[figure](runs[-1].protocol) if panel.name in there]
    drawn = pandas.concat([points(panel, results) for panel in panels], ignore_index=True)
    return panels, drawn


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
    comparison = comparison_of(table, results, runs, protocol)
    comparison.to_csv(path.with_name(f"table{table}-cells.csv"), index=False)
    lines = []
    for family, cells in by_family(comparison):
        shaped = side_by_side(cells)
        shaped.to_csv(path.with_name(f"table{table}-{family.key}.csv"), index=False)
        lines.append(f"table {table}, {family.title}: {count_within(cells, runs[-1].quick)}")
    draw_comparison(comparison, compared_measures(protocol), path.with_suffix(".png"))
    how = facts(runs, results, protocol)
    page = table_report(table, comparison, how, runs[-1].quick)
    path.with_suffix(".md").write_text(page, encoding="utf-8")
    return [*lines, *failures(results), f"  {path.with_suffix('.md')}"]


def _figure(figure: int, settings: Settings) -> list[str]:
    path = stored_rows(f"fig{figure}", settings)
    chosen = panels_with(figure, settings.estimators, settings.protocol)
    if not (settings.stored or chosen):
        names = ", ".join(FIGURES[figure](settings.protocol)[0].estimators)
        return [f"figure {figure}: none of its estimators is among those chosen; it has {names}"]

    def compute(options: dict[str, Any]) -> Any:
        pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
        options |= {"n_trials": settings.trials, "quick": settings.quick}
        frames = [run_panel(panel, names, settings.protocol, **options) for panel, names in chosen]
        return pandas.concat(frames, ignore_index=True)

    results, runs = rows_of(path, settings, settings.run(), compute)
    panels, drawn = points_of(figure, results, runs)
    draw(panels, drawn, path.with_suffix(".png"))
    page = figure_report(figure, drawn, facts(runs, results, runs[-1].protocol))
    path.with_suffix(".md").write_text(page, encoding="utf-8")
    lines = [
        f"figure {name}: {len(of_panel)} points of {', '.join(dict.fromkeys(of_panel.estimator))}"
        for name, of_panel in drawn.groupby("panel")
    ]
    return [*lines, *failures(results), f"  {path.with_suffix('.png')}"]
