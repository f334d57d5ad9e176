"""What the past of one series tells about another beyond that one's own past."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._checks import as_numbers, check_base
from .._input._codes import encode
from .._input._table import Table
from .._input._triple import make_triple
from .._params import N_JOBS, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._progress import tracked
from .._random import RANDOM_STATE, RandomState, as_generator
from .._typing import BoolArray, IntArray
from ..estimators._conditional import conditional_mutual_info, normalize_triple
from ..model_selection._permutation_test import pvalue
from ..model_selection._results import PermutationTestResult
from ._series import check_lags, check_lengths, check_window, information_apart, read_series

_CONSTRAINTS: dict[str, list[Any]] = {
    "theiler_window": [Whole(0)],
    "n_neighbors": [Whole(1)],
    "discrete_source": [StrOptions({"auto"}), "boolean", "array-like"],
    "discrete_target": [StrOptions({"auto"}), "boolean", "array-like"],
    "n_jobs": N_JOBS,
}


class TransferEntropyResult(PermutationTestResult):
    """A test of transfer entropy; printed, it is a sentence.

    Attributes
    ----------
    statistic : float
        The estimate for the data, in nats.
    pvalue : float
        The share of estimates, that for the data among them, that are at least
        `statistic`.
    null_distribution : ndarray of shape (n_permutations,)
        The estimates with the source permuted.
    """

    _what = "transfer entropy"


@validate_params(_CONSTRAINTS, prefer_skip_nested_validation=True)
def transfer_entropy(
    source: ArrayLike,
    target: ArrayLike,
    *,
    source_lags: Any = 1,
    target_lags: Any = 1,
    theiler_window: int = 0,
    n_neighbors: int = 3,
    discrete_source: Any = "auto",
    discrete_target: Any = "auto",
    base: float | None = None,
    n_jobs: int | None = None,
) -> float:
    r"""Estimate what the past of one series tells about another.

    How much better the target is known when the past of the source is known besides its
    own past.

    Parameters
    ----------
    source : array-like of shape (n_samples,) or (n_samples, n_columns)
        Numbers, labels or both, in the order of time and at equal intervals.
    target : array-like of shape (n_samples,) or (n_samples, n_columns)
        The same, at the same times.
    source_lags : int or array-like of int, default=1
        The lags of the source that are looked at; an int stands for 1, 2, ... up to it.
    target_lags : int or array-like of int, default=1
        Those of the target's own past. If they are too few, what the target's past tells
        by itself may be taken for what the source tells.
    theiler_window : int, default=0
        Samples at most so far apart in time are no neighbours of each other.
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour.
    discrete_source, discrete_target : "auto", bool or array-like, default="auto"
        Which columns hold labels, as in `feature_mutual_info`.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Returns
    -------
    information : float
        The estimate. It is not clipped: around 0 it may be negative.

    Raises
    ------
    ValueError
        If a series has anything but finite numbers and labels, if their lengths differ, or
        if too few samples are left.

    See Also
    --------
    transfer_entropy_test : Whether it differs from 0.
    conditional_mutual_info : The estimator.
    lagged_mutual_info : Without the target's own past.

    Notes
    -----
    With :math:`x` the source and :math:`y` the target, at lags :math:`1, \dots, l` and
    :math:`1, \dots, k` [1]_,

    .. math:: I(x_{t-1}, \dots, x_{t-l};\; y_t \mid y_{t-1}, \dots, y_{t-k}) .

    It is `conditional_mutual_info` of these, each of the three variables normalized.
    With a Theiler window [2]_ samples near in time are taken out of the search and out of
    all counts, and every sample is compared with every other: the time grows with the
    square of n_samples, where it else grows little more than in proportion to it.

    References
    ----------
    .. [1] T. Schreiber, "Measuring information transfer", Physical Review Letters 85, 461
       (2000), doi:10.1103/PhysRevLett.85.461.
    .. [2] J. Theiler, "Spurious dimension from correlation algorithms applied to limited
       time-series data", Physical Review A 34, 2427 (1986), doi:10.1103/PhysRevA.34.2427.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import transfer_entropy
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(2, 2000))
    >>> for t in range(1, 2000):  # each goes on from its own past, y from that of x, too
    ...     x[t] += 0.5 * x[t - 1]
    ...     y[t] += 0.5 * y[t - 1] + 0.5 * x[t - 1]
    >>> print(f"{transfer_entropy(x, y):.2f} nats, back {transfer_entropy(y, x):.2f}")
    0.14 nats, back -0.01
    """
    unit = check_base(base)
    history = _read(source, target, source_lags, target_lags, discrete_source, discrete_target)
    return history.estimate(theiler_window, n_neighbors, n_jobs) / unit


@validate_params(
    {
        **_CONSTRAINTS,
        "n_permutations": [Whole(1)],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        "random_state": RANDOM_STATE,
    },
    prefer_skip_nested_validation=True,
)
def transfer_entropy_test(
    source: ArrayLike,
    target: ArrayLike,
    *,
    source_lags: Any = 1,
    target_lags: Any = 1,
    theiler_window: int = 0,
    n_neighbors: int = 3,
    discrete_source: Any = "auto",
    discrete_target: Any = "auto",
    n_permutations: int = 100,
    permutation: str = "circular",
    block_length: Any = "auto",
    random_state: RandomState = None,
    n_jobs: int | None = None,
) -> TransferEntropyResult:
    r"""Test whether the past of one series tells anything about another.

    The source is shifted in time, or stretches of it change places: it keeps what it has by
    itself, and the target all that it has, but they no longer go together.

    Parameters
    ----------
    source, target : array-like of shape (n_samples,) or (n_samples, n_columns)
        As in `transfer_entropy`.
    source_lags, target_lags, theiler_window, n_neighbors, discrete_source, discrete_target
        As in `transfer_entropy`.
    n_permutations : int, default=100
        The smallest p-value is ``1 / (n_permutations + 1)``.
    permutation : {"iid", "circular", "block"}, default="circular"
        How the source is permuted, as in
        :func:`~skmi.model_selection.mutual_info_permutation_test`.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    random_state : int, RandomState, Generator or None, default=None
        Draws the permutations.
    n_jobs : int, default=None
        Number of threads, as in `transfer_entropy`.

    Returns
    -------
    result : TransferEntropyResult
        With `statistic` (the estimate in nats), `pvalue` and `null_distribution`.

    Raises
    ------
    ValueError
        As `transfer_entropy`.

    See Also
    --------
    transfer_entropy : The estimate alone.
    skmi.model_selection.conditional_independence_test : A null that keeps what the source
        tells about the target's past.

    Notes
    -----
    The null hypothesis is that the two series are independent. Where the target drives the
    source, they are not; the source's past then tells what the target's past tells
    already, and the test may find more than chance explains.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.time_series import transfer_entropy_test
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(2, 500))
    >>> y[1:] += 0.5 * x[:-1]
    >>> transfer_entropy_test(x, y, n_permutations=39, random_state=0).pvalue
    0.025
    """
    history = _read(source, target, source_lags, target_lags, discrete_source, discrete_target)
    scheme = PermutationScheme(permutation, block_length, history.sides(), history.n_samples)
    rng = as_generator(random_state)
    given = theiler_window, n_neighbors, n_jobs
    statistic = history.estimate(*given)
    null = np.array(
        [
            history.permuted(scheme.draw(rng)).estimate(*given)
            for _ in tracked(range(n_permutations), n_permutations, "test", "permutation")
        ]
    )
    return TransferEntropyResult(statistic, pvalue(statistic, null), null)


class _Series(NamedTuple):
    """A series: its columns, which of them hold labels, and its lags."""

    what: str
    columns: list[Any]
    discrete: BoolArray
    lags: IntArray

    def delayed(self, lags: Any, first: int) -> tuple[dict[str, Any], BoolArray]:
        """Its columns `lags` before each time from `first` on, and which hold labels."""
        n_samples = len(self.columns[0])
        columns = {
            f"{self.what} {position} at t - {lag}": column[first - lag : n_samples - lag]
            for lag in lags
            for position, column in enumerate(self.columns)
        }
        return columns, np.tile(self.discrete, len(lags))


class _History(NamedTuple):
    """Two series at their lags."""

    source: _Series
    target: _Series

    @property
    def n_samples(self) -> int:
        return len(self.source.columns[0])

    def permuted(self, order: IntArray) -> _History:
        """The source with its samples in another order."""
        columns = [column[order] for column in self.source.columns]
        return self._replace(source=self.source._replace(columns=columns))

    def sides(self) -> list[list[Any]]:
        """The columns as numbers or as integers for labels, as `PermutationScheme` takes them."""
        return [
            [
                encode(column, series.what) if is_label else as_numbers(column, series.what)
                for column, is_label in zip(series.columns, series.discrete, strict=True)
            ]
            for series in self
        ]

    def estimate(self, window: int, n_neighbors: int, n_jobs: int | None) -> float:
        """The transfer entropy in nats."""
        source, target = self
        first = int(max(source.lags.max(), target.lags.max()))
        past, past_discrete = source.delayed(source.lags, first)
        now, now_discrete = target.delayed([0], first)
        own, own_discrete = target.delayed(target.lags, first)
        discrete = past_discrete, now_discrete, own_discrete
        if window:
            return _estimate_apart((past, now, own), discrete, window, n_neighbors, n_jobs)
        return conditional_mutual_info(
            past,
            now,
            own,
            n_neighbors=n_neighbors,
            discrete_features=discrete[0],
            discrete_target=discrete[1],
            discrete_condition=discrete[2],
            n_jobs=n_jobs,
        )


def _read(
    source: Any,
    target: Any,
    source_lags: Any,
    target_lags: Any,
    discrete_source: Any,
    discrete_target: Any,
) -> _History:
    x, x_discrete = read_series(source, "source", discrete_source)
    y, y_discrete = read_series(target, "target", discrete_target)
    n_samples = check_lengths(x, y)
    return _History(
        _series(x, x_discrete, check_lags(source_lags, "source_lags", n_samples, 1)),
        _series(y, y_discrete, check_lags(target_lags, "target_lags", n_samples, 1)),
    )


def _series(table: Table, discrete: BoolArray, lags: IntArray) -> _Series:
    columns = [table.column(position) for position in range(table.n_columns)]
    return _Series(table.what, columns, discrete, lags)


def _estimate_apart(
    variables: tuple[Any, Any, Any],
    discrete: tuple[Any, Any, Any],
    window: int,
    n_neighbors: int,
    n_jobs: int | None,
) -> float:
    """Conditional mutual information with neighbours of other times alone."""
    sample = normalize_triple(make_triple(*variables, n_neighbors, discrete), None)
    check_window(window, sample.n_samples, n_neighbors)
    return information_apart(
        sample.numbers, sample.codes, window, n_neighbors, sample.tie_tolerance, n_jobs
    )
