"""Series of numbers or labels, validated once, and their values at other times."""

from typing import Any

import numpy as np

from .._input._kinds import discrete_columns
from .._input._table import Table, read_table
from .._params import in_short
from .._typing import BoolArray, IntArray
from ..estimators._formulas import frenzel_pompe
from ..neighbors._apart import count_apart
from ..neighbors._conditional import with_labels


def read_series(values: Any, what: str, discrete: Any) -> tuple[Table, BoolArray]:
    """A series of one or more columns, and which of them hold labels, each by itself."""
    table = read_table(values, what, min_samples=4)
    if not isinstance(discrete, str):
        return table, discrete_columns(table, discrete)
    columns = [table.only(position) for position in range(table.n_columns)]
    return table, np.array([discrete_columns(column, discrete)[0] for column in columns])


def check_lengths(first: Table, second: Table) -> int:
    """The number of samples that two series have in common."""
    if first.n_samples != second.n_samples:
        raise ValueError(
            f"{first.what} has {first.n_samples} samples and {second.what} {second.n_samples}: "
            "both must be observed at the same times."
        )
    return first.n_samples


def check_lags(lags: Any, name: str, n_samples: int, least: int) -> IntArray:
    """Lags as an array: those given, or all from `least` to one number.

    Raises
    ------
    ValueError
        If they are no whole numbers, below `least`, or leave too few samples.
    """
    given = np.asarray(lags)
    if given.dtype.kind not in "iu" or given.ndim > 1 or not given.size:
        raise ValueError(f"{name} must be a whole number or a list of them, got {in_short(lags)}.")
    if given.ndim == 0:
        given = np.arange(least, int(given) + 1)
    if not given.size or (least > 0 and given.min() < least):
        raise ValueError(f"{name} must be at least {least}, got {in_short(lags)}.")
    if 2 * np.abs(given).max() > n_samples:
        raise ValueError(
            f"{name}={in_short(lags)}: a lag of {np.abs(given).max()} leaves less than half of "
            f"the {n_samples} samples."
        )
    return given.astype(np.intp)


def information_apart(
    numbers: Any,
    codes: Any,
    window: int,
    n_neighbors: int,
    tie_tolerance: float,
    n_jobs: int | None = None,
) -> float:
    """Conditional mutual information of neighbours of other times alone, in nats.

    Parameters
    ----------
    numbers : sequence of three ndarrays of float64, shape (n_samples, n_columns) each
        Those of x, y and z.
    codes : sequence of three ndarrays of int64, shape (n_samples,), or None
        Their labels, where they have some.
    window, n_neighbors, tie_tolerance, n_jobs
        As in `count_apart`.
    """
    x, y, z, far = with_labels(numbers, codes)
    counts, found = count_apart(
        x,
        y,
        z,
        np.arange(len(x)),
        window,
        n_neighbors,
        far=far,
        tie_tolerance=tie_tolerance,
        n_jobs=n_jobs,
    )
    terms = frenzel_pompe(counts.n_joint, counts.n_xz, counts.n_yz, counts.n_z, len(x))
    return float(terms[found].mean()) if found.any() else 0.0


def check_window(window: int, n_samples: int, n_neighbors: int) -> None:
    """A Theiler window that leaves neighbours to every sample.

    Raises
    ------
    ValueError
        If it does not.
    """
    left = n_samples - 1 - 2 * window
    if n_neighbors > left:
        raise ValueError(
            f"theiler_window={window} leaves {max(left, 0)} of {n_samples} samples as neighbours, "
            f"but n_neighbors={n_neighbors} are needed. Make it smaller or give more samples."
        )
