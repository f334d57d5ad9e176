"""The paper's tables 2 and 3 beside the same cells computed here."""

from typing import Any

import numpy as np
from sklearn.utils._param_validation import validate_params

from ..._optional import import_optional
from ..._params import Whole
from .._grid import BenchmarkGrid
from .._summary import summarize
from ._estimators import base_name, make
from ._printed_tables import MEASURES, read_table
from ._protocol import Protocol
from ._tasks import table_tasks, task_name

PAPER_TRIALS = 40

# With fewer, nobody knows how uncertain a cell is.
_FEWEST_TRIALS = 5
# Of the standard error of a difference: one in twenty is farther off by chance.
_WITHIN = 1.96


@validate_params(
    {
        "table": "no_validation",
        "estimators": [tuple, list],
        "protocol": [Protocol],
        "n_trials": [Whole(1)],
        "n_samples": [Whole(1), None],
    },
    prefer_skip_nested_validation=True,
)
def run_table(
    table: int,
    estimators: tuple[str, ...],
    protocol: Protocol,
    *,
    n_trials: int = PAPER_TRIALS,
    n_samples: int | None = None,
    **options: Any,
) -> Any:
    """Run the estimators on all rows of a table.

    Parameters
    ----------
    table : {2, 3}
    estimators : tuple of str
        Names of the paper's estimators, as `make_estimator` knows them.
    protocol : Protocol
    n_trials : int, default=40
    n_samples : int, default=None
        None is the paper's. With another number it is a smoke run, for which networks
        are hardly trained.
    **options : dict
        Of `BenchmarkGrid`.

    Returns
    -------
    results : DataFrame
        As `BenchmarkGrid.run` returns it.
    """
    if not all(isinstance(name, str) for name in estimators):
        raise TypeError(f"estimators must be names, got {estimators!r}.")
    grid = BenchmarkGrid(
        {name: make(name, protocol, n_samples is not None) for name in estimators},
        table_tasks(table, protocol, n_samples),
        n_trials=n_trials,
        **options,
    )
    return grid.run()


def compared_measures(protocol: Protocol) -> tuple[str, ...]:
    """Those that the paper's numbers are compared with, of the two RMSE the one it took."""
    return ("normalized_rmse" + (" (root)" if protocol.normalizer == "root" else ""), *MEASURES[1:])


@validate_params(
    {"table": "no_validation", "results": "no_validation", "protocol": [Protocol]},
    prefer_skip_nested_validation=True,
)
def compare(table: int, results: Any, protocol: Protocol) -> Any:
    """The paper's cells and ours, one beside the other.

    Parameters
    ----------
    table : {2, 3}
    results : DataFrame
        Of `run_table`.
    protocol : Protocol

    Returns
    -------
    comparison : DataFrame
        For each row, measure and estimator: ``paper`` (NaN where it cannot be read),
        ``ours``, their ``difference`` (ours less the paper's), its standard error
        ``stderr``, and ``within``: "yes" if the difference is at most 1.96 of these, "no"
        if it is larger, and "" where there is nothing to compare or fewer than 5 trials are.

    Notes
    -----
    The standard error of our cell is bootstrapped over the trials. The paper gives none:
    its cell is taken to have the same, for 40 trials. The two are independent, so that
    of the difference is the root of the sum of squares.
    """
    pandas = import_optional("pandas", purpose="A comparison", extra="benchmark")
    summaries = {
        "normalized_rmse": summarize(results),
        "normalized_rmse (root)": summarize(results, normalizer="root"),
    }
    summaries |= dict.fromkeys(MEASURES[1:], summaries["normalized_rmse"])
    compared = compared_measures(protocol)
    lines = []
    for row in read_table(table):
        for measure, summary in summaries.items():
            column = measure.removesuffix(" (root)")
            of_row = summary[summary.task == task_name(table, row.row)]
            for _, cell in of_row.iterrows():
                paper = row.cells.get((column, base_name(cell.estimator)), np.nan)
                valid = measure in compared
                lines.append(
                    {
                        "row": row.row,
                        "n_samples": row.n_samples,
                        "n_features": row.n_features,
                        "transforms": protocol.arrange(row.transforms),
                        "measure": measure,
                        "estimator": cell.estimator,
                        **_cell(paper, cell[column], cell[f"{column}_stderr"], cell, valid),
                    }
                )
    return pandas.DataFrame(lines)


def _cell(paper: float, ours: float, stderr: float, cell: Any, valid: bool) -> dict[str, Any]:
    stderr = stderr * np.sqrt(1 + cell.n_trials / PAPER_TRIALS)
    difference = ours - paper
    within = ""
    known = cell.n_trials - cell.n_failed >= _FEWEST_TRIALS and stderr > 0
    if valid and known and np.isfinite(difference):
        # The paper's last digit is rounded.
        within = "yes" if abs(difference) <= _WITHIN * stderr + 0.0005 else "no"
    return {
        "paper": paper,
        "ours": ours,
        "difference": difference,
        "stderr": stderr,
        "within": within,
    }
