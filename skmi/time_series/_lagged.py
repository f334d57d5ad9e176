"""What a series told some time ago about another."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._checks import check_base
from .._input._codes import joint_codes
from .._input._sample import default_tolerance, make_side
from .._input._table import Table
from .._params import N_JOBS, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._progress import tracked
from .._random import RANDOM_STATE, RandomState, as_generator
from .._typing import BoolArray, FloatArray, IntArray
from ..feature_selection._pair_scores import Labels, PairScores, make_labels, make_lines
from ..neighbors._strips import unsort_line
from ..neighbors._threads import count_threads, run_in_row_chunks
from ..preprocessing._normalize import tame_outliers
from ._series import check_lags, check_lengths, check_window, information_apart, read_series


class LaggedMutualInfo(NamedTuple):
    """Mutual information at some lags, and what chance gives.

    Attributes
    ----------
    lags : ndarray of int, shape (n_lags,)
    mi : ndarray of shape (n_lags,)
    pvalues : ndarray of shape (n_lags,)
        Of each lag by itself.
    null_distribution : ndarray of shape (n_permutations, n_lags)
        The estimates with x permuted.
    """

    lags: IntArray
    mi: FloatArray
    pvalues: FloatArray
    null_distribution: FloatArray


@validate_params(
    {
        "n_neighbors": [Whole(1)],
        "theiler_window": [Whole(0)],
        "discrete_x": [StrOptions({"auto"}), "boolean"],
        "discrete_y": [StrOptions({"auto"}), "boolean"],
        "n_permutations": [Whole(1), None],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
    },
    prefer_skip_nested_validation=True,
)
def lagged_mutual_info(
    x: ArrayLike,
    y: ArrayLike,
    lags: Any = 10,
    *,
    n_neighbors: int = 3,
    theiler_window: int = 0,
    discrete_x: Any = "auto",
    discrete_y: Any = "auto",
    base: float | None = None,
    n_permutations: int | None = None,
    permutation: str = "circular",
    block_length: Any = "auto",
    random_state: RandomState = None,
    n_jobs: int | None = None,
) -> Any:
    r"""Estimate what a series told some time ago about another.

    One value for each lag: the mutual information of x at time t - lag and y at time t.

    Parameters
    ----------
    x : array-like of shape (n_samples,)
        Numbers or labels, in the order of time and at equal intervals.
    y : array-like of shape (n_samples,)
        Numbers or labels at the same times.
    lags : int or array-like of int, default=10
        The lags; an int stands for 0, 1, ... up to it. At a negative lag it is y that
        comes first.
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour.
    theiler_window : int, default=0
        Samples at most so far apart in time are no neighbours of each other. Of a smooth
        series those say that a trajectory is continuous, not what x tells about y.
    discrete_x, discrete_y : "auto" or bool, default="auto"
        Whether they hold labels, as in `feature_mutual_info`.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    n_permutations : int, default=None
        How many times x is permuted to see what chance gives. None gives estimates alone.
    permutation : {"iid", "circular", "block"}, default="circular"
        How x is permuted, as in
        :func:`~skmi.model_selection.mutual_info_permutation_test`.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    random_state : int, RandomState, Generator or None, default=None
        Seeds the permutations.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Returns
    -------
    mi : ndarray of shape (n_lags,)
        Estimates in nats, or in units of `base`, not clipped. With `n_permutations` a
        `LaggedMutualInfo`.

    Raises
    ------
    ValueError
        If a series has several columns or anything but finite numbers and labels, if their
        lengths differ, or if too few samples are left.

    Warns
    -----
    OutlierWarning
        As `feature_mutual_info`.

    See Also
    --------
    transfer_entropy : What a series tells beyond what the other tells by itself.
    skmi.inspection.LagDisplay : The values as a picture.

    Notes
    -----
    Each value is that of `feature_mutual_info` for the pairs of values that are ``lag``
    apart: there are ``n_samples - abs(lag)``. Kinds and outliers are settled once for the
    whole series.

    A Theiler window [1]_ takes the samples near in time out of the search and out of all
    counts. Every sample is then compared with every other: the time grows with the square
    of n_samples.

    References
    ----------
    .. [1] J. Theiler, "Spurious dimension from correlation algorithms applied to limited
       time-series data", Physical Review A 34, 2427 (1986), doi:10.1103/PhysRevA.34.2427.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import lagged_mutual_info
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=1002)
    >>> y = np.abs(np.roll(x, 2)) + 0.3 * rng.normal(size=1002)  # two steps later
    >>> lagged_mutual_info(x[2:], y[2:], lags=4).round(2)
    array([-0.03, -0.01,  0.75,  0.05, -0.01])
    """
    unit = check_base(base)
    (a, a_labels), (b, b_labels) = read_series(x, "x", discrete_x), read_series(y, "y", discrete_y)
    for table in a, b:
        if table.n_columns > 1:
            raise ValueError(
                f"{table.what} has {table.n_columns} columns, but lags are between two single "
                "ones. Take them one by one; transfer_entropy takes several."
            )
    n_samples = check_lengths(a, b)
    lags = check_lags(lags, "lags", n_samples, 0)
    check_window(theiler_window, n_samples - int(np.abs(lags).max()), n_neighbors)
    is_single = a.is_single or b.is_single
    pair = [_prepare(a, a_labels, is_single), _prepare(b, b_labels, is_single)]
    scores = _Scores(lags, n_neighbors, theiler_window, default_tolerance(is_single))
    n_threads = count_threads(n_jobs)
    mi = scores(pair[0], pair[1], n_threads) / unit
    if n_permutations is None:
        return mi
    scheme = PermutationScheme(permutation, block_length, [[pair[0]], [pair[1]]], n_samples)
    rng = as_generator(random_state)
    null = np.array(
        [
            scores(pair[0][scheme.draw(rng)], pair[1], n_threads)
            for _ in tracked(range(n_permutations), n_permutations, "lags", "permutation")
        ]
    )
    null /= unit
    pvalues = (1 + np.count_nonzero(null >= mi, axis=0)) / (1 + n_permutations)
    return LaggedMutualInfo(lags, mi, pvalues, null)


def _prepare(table: Table, discrete: BoolArray, is_single: bool) -> Any:
    """Labels as integers, numbers as floats; outliers go by their ranks."""
    side = tame_outliers(make_side(table, discrete, is_single), table.what)
    return side.numbers[:, 0] if side.codes is None else side.codes


class _Scores:
    """Estimates at several lags of two series."""

    def __init__(self, lags: IntArray, n_neighbors: int, window: int, tolerance: float) -> None:
        self.lags = lags
        self.n_neighbors = n_neighbors
        self.window = window
        self.tolerance = tolerance

    def __call__(self, x: Any, y: Any, n_threads: int) -> FloatArray:
        found = np.empty(len(self.lags))

        def work(start: int, stop: int) -> None:
            for place in range(start, stop):
                lag = int(self.lags[place])
                n_paired = len(x) - abs(lag)
                earlier = x[max(-lag, 0) :][:n_paired]
                found[place] = self._estimate(earlier, y[max(lag, 0) :][:n_paired])

        run_in_row_chunks(work, len(found), n_threads, chunk=1)
        return found

    def _estimate(self, x: Any, y: Any) -> float:
        columns = [_column(values) for values in (x, y)]
        if not self.window:
            return PairScores(len(x), self.n_neighbors, self.tolerance)(*columns)
        numbers, codes = zip(*map(_taken_apart, columns), strict=True)
        nothing = np.empty((len(x), 0))
        return information_apart(
            (*numbers, nothing), (*codes, None), self.window, self.n_neighbors, self.tolerance
        )


def _column(values: Any) -> Any:
    if values.dtype.kind in "iu":
        return make_labels(joint_codes(values))
    return make_lines(values[:, None])[0]


def _taken_apart(column: Any) -> tuple[FloatArray, Any]:
    """The numbers and the labels of a column."""
    if isinstance(column, Labels):
        return np.empty((len(column.codes), 0)), column.codes
    return unsort_line(column), None
