"""How far the estimate may be off."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student_t
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from .._params import N_JOBS, Whole
from .._recipes import as_estimator
from .._typing import FloatArray, IntArray
from .._warn import warn_caller
from ..estimators._repeats import ForeignRepeats, Repeats, repeat
from ..exceptions import DriftWarning

# Parts smaller than this say little about the whole: neighbours are far in them.
_SMALLEST_PART = 20
# Of all samples, for two such parts.
FEWEST_SAMPLES = 2 * _SMALLEST_PART

# In more parts than these the variance is no longer 1 / N of what it is in all samples:
# see Notes of mutual_info_interval.
_FEW_PARTS = 4

# Estimates in nats that differ by less are the same but for rounding: no variance is 0.
ROUNDING = 1e-12

# A line must pass through the mean estimates of so many sizes ...
_FEWEST_SIZES = 5
# ... and a quadratic term in their curve be less likely than this.
_CURVED = 0.01


@dataclass(frozen=True, repr=False)
class MutualInfoInterval:
    """An estimate with its error bar; printed, it says so in words.

    Attributes
    ----------
    estimate : float
        The estimate for all samples, in nats.
    low, high : float
        The bounds of the interval.
    standard_error : float
        Standard deviation of the estimate, in nats.
    confidence_level : float
        The share of such intervals that should hold the truth.
    drift : float
        The change of the mean estimate when the number of samples is halved: the slope of
        a line through the mean estimates against one over the number of samples.
    extrapolated : float
        The limit of this line for infinitely many samples: ``estimate - drift``.
    is_biased : bool
        Whether the drift is larger than the standard error. The middle of the interval is
        `extrapolated` then, else `estimate`.
    is_curved : bool
        Whether the mean estimates are on a curve, even without the smallest parts: where
        it ends cannot be told.
    is_reliable : bool
        Whether the line passes through the mean estimates of five sizes at least.
    curve : dict of ndarrays
        For each number of parts: ``n_splits`` (1 first, all samples), ``n_samples`` in a
        part, ``mean`` and ``variance`` of the parts' estimates, and whether the line is
        fitted to them, ``is_fitted``; the variance of a single part is NaN. With
        ``correct_bias=True`` in the estimator the means are corrected.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    confidence_level: float
    drift: float
    extrapolated: float
    is_biased: bool
    is_curved: bool
    is_reliable: bool
    curve: dict[str, NDArray[Any]]

    def __repr__(self) -> str:
        text = (
            f"{self.estimate:.3f} nats, {100 * self.confidence_level:g}% interval "
            f"[{self.low:.3f}, {self.high:.3f}] (standard error {self.standard_error:.3f})"
        )
        return "\n".join([text, *map(textwrap.fill, self._doubts())])

    def _doubts(self) -> list[str]:
        """What speaks against the interval, in words."""
        found = []
        if self.is_biased:
            found.append(
                f"Half as many samples change the estimate by {self.drift:+.3f} nats, more than "
                f"its standard error of {self.standard_error:.3f}: it is biased. The interval is "
                f"about {self.extrapolated:.3f} nats, where a line in 1/N leads to, and holds "
                "the truth only if the line goes on. mutual_info_diagnostics looks for the reason."
            )
        if self.is_curved:
            found.append(
                "The estimate does not change in a line with 1/N, not even in large parts: the "
                "interval is unreliable, and more samples are needed."
            )
        elif not self.is_reliable:
            n_sizes = len(self.curve["n_splits"])
            found.append(
                f"Parts of {n_sizes - 1} sizes are too few to tell whether the estimate is biased."
            )
        return found


@validate_params(
    {
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_splits": [Whole(2)],
        "n_repeats": [Whole(1)],
        "n_jobs": N_JOBS,
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def mutual_info_interval(
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    confidence_level: float = 0.95,
    n_splits: int = 10,
    n_repeats: int = 10,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> MutualInfoInterval:
    r"""Estimate mutual information with a confidence interval, by subsampling.

    Parameters
    ----------
    estimator : estimator or str
        Its ``fit(X, y)`` sets ``mi_``. It is cloned. A name is that of a recipe, as
        `make_estimator` knows them.
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable.
    confidence_level : float, default=0.95
        The share of such intervals that are to hold the truth.
    n_splits : int, default=10
        The data are divided into 2, 3, ..., `n_splits` parts, or into fewer, so that a
        part keeps at least 20 samples.
    n_repeats : int, default=10
        How often to divide into 2, 3 and 4 parts, whose estimates give the standard error.
        More make it less noisy. Divisions into more parts are made once, to see the drift.
        `mutual_info_report` uses 2 repeats and 6 splits.
    n_jobs : int, default=None
        Number of parts fitted at a time; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. The result does not
        depend on it.
    random_state : int, RandomState instance or None, default=None
        Divides the data.

    Returns
    -------
    interval : MutualInfoInterval
        With `estimate`, `low`, `high`, `standard_error`, `drift`, `extrapolated`,
        `is_biased`, `is_curved`, `is_reliable` and `curve`.

    Raises
    ------
    ValueError
        For fewer than 40 samples, and what the estimator raises for this data.

    Warns
    -----
    DriftWarning
        If the estimate drifts with the number of samples by more than its standard
        error: it is biased. And if it does not drift along a line, so that the interval is
        unreliable.

    See Also
    --------
    mutual_info_permutation_test : Whether there is any dependence.
    mutual_info_diagnostics : Where the estimate cannot be trusted.

    Notes
    -----
    The method of Holmes and Nemenman [1]_. The variance of an estimate from N samples
    is :math:`B / N`. Each division of the data into n parts gives n estimates from
    independent samples of size N / n, with variance :math:`s_n^2`, and together

    .. math:: \hat\sigma^2(N) = \frac{\sum_n (n - 1)\, s_n^2 / n}{\sum_n (n - 1)}

    is the likeliest variance for all N samples. The :math:`s_n^2` are averaged over R
    repeats.

    The sum is over n = 2, 3, 4. The variance falls as 1 / N only for large parts:
    in small ones neighbours are far away, and estimates by `KSG` vary less than
    in proportion. For Gaussians with a correlation of 0.6, N times the variance is
    0.62 for 30 samples, 0.74 for 100, 0.84 for 300 and 0.94 for 1000.

    A bias shows as a drift of the mean estimate with the size of the parts. It is fitted
    as :math:`\hat I(N / n) = \hat I(N) + (n - 1)\, \delta`, a line in one over the number of
    samples, in which a mean over n parts is known the worse the larger n - 1 is. The
    largest n are left out until the drift is that of the five largest sizes to within a
    standard error, and a quadratic term is not significant (at 1%), or moves the end by less
    than a standard error. If fewer than five sizes are left, the interval is unreliable [2]_.

    The interval is plus and minus

    .. math:: t \sqrt{\hat\sigma^2 + \delta^2} ,

    which allows for a bias of the size of the drift. Its middle is the estimate; where the
    drift exceeds the standard error, it is :math:`\hat I(N) - \delta`, the end of the line.
    t is the quantile of Student's t. Were the repeats independent, its degrees of freedom
    would be :math:`R \sum_n (n - 1)`; as they all divide the same samples, no number of them
    gives more than N - 1. So the inverses of both are added.

    A bias that falls more slowly than 1 / N, as with neighbours in many columns, remains
    at the end of the line: with `is_biased` the interval may still not hold the truth.

    Every part is fitted as the data are, its scales and a search's best scale included,
    so that the variance of the search is in the interval. The maximum of a search is a
    little too high, in parts as in the whole, and the interval with it:
    ``RelativeScaleSearch(correct_bias=True)`` takes that off the estimate, and off the
    mean estimates of parts by fitting each with y permuted, too.

    Samples are never drawn twice. The bootstrap does that, and a sample's copies are its
    nearest neighbours at distance 0, so nearest-neighbour estimates are far too
    large.

    References
    ----------
    .. [1] C. M. Holmes, I. Nemenman, "Estimation of mutual information for real-valued
       data with error bars and controlled bias", Physical Review E 100, 022404 (2019).
    .. [2] E. Abdelaleem, K. M. Martini, I. Nemenman, "Accurate estimation of mutual
       information in high dimensional data" (2025), arXiv:2506.00330.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi.model_selection import mutual_info_interval
    >>> X, y = load_diabetes(return_X_y=True)
    >>> mutual_info_interval("ksg-local", X[:, [2, 8]], y, random_state=0)
    0.309 nats, 95% interval [0.227, 0.391] (standard error 0.041)
    """
    data = repeat(as_estimator(estimator, "estimator"), X, y)
    interval = interval_of(
        data, data.whole(), confidence_level, n_splits, n_repeats, n_jobs, random_state
    )
    warn_of_drift(interval)
    return interval


def warn_of_drift(interval: MutualInfoInterval) -> None:
    """Warn if the interval may be in the wrong place."""
    if interval.is_biased or interval.is_curved:
        warn_caller(" ".join(interval._doubts()), DriftWarning)


def interval_of(
    data: Repeats | ForeignRepeats,
    whole: float,
    confidence_level: float,
    n_splits: int,
    n_repeats: int,
    n_jobs: int | None,
    random_state: Any,
) -> MutualInfoInterval:
    """The interval around the estimate of all samples; see `mutual_info_interval`."""
    n_samples = data.n_samples
    random_state = check_random_state(random_state)
    numbers = _numbers_of_parts(n_samples, n_splits)
    few = numbers <= _FEW_PARTS
    # The number of parts of every division.
    divided = np.repeat(numbers, np.where(few, n_repeats, 1))
    divisions = [np.array_split(random_state.permutation(n_samples), n) for n in divided]
    found = _estimate_parts(data, divisions, divisions, n_jobs)
    means = np.array([np.mean(values) for values in found])
    variances = np.array([np.var(values, ddof=1) for values in found])
    if data.corrects_bias:
        permuted = [[random_state.permutation(part) for part in parts] for parts in divisions]
        by_chance = _estimate_parts(data, divisions, permuted, n_jobs)
        means -= [np.mean(values) for values in by_chance]
    return make_interval(whole, n_samples, confidence_level, divided, means, variances)


def make_interval(
    whole: float,
    n_samples: int,
    confidence_level: float,
    divided: IntArray,
    means: FloatArray,
    variances: FloatArray,
) -> MutualInfoInterval:
    """The interval that all samples and divisions of them lead to.

    Parameters
    ----------
    whole : float
        The estimate of all samples.
    n_samples : int
    confidence_level : float
    divided : ndarray of int, shape (n_divisions,)
        The number of parts of each division, ascending.
    means, variances : ndarray of shape (n_divisions,)
        Of the parts' estimates.
    """
    numbers = np.unique(divided)
    few = divided <= _FEW_PARTS
    degrees = (divided - 1)[few]
    standard_error = float(np.sqrt(np.average((variances / divided)[few], weights=degrees)))
    freedom = 1.0 / (1.0 / degrees.sum() + 1.0 / (n_samples - 1))
    most = _straight_to(divided, means - whole, standard_error)
    fitted = divided <= most
    drift = _slope(divided[fitted] - 1, (means - whole)[fitted])
    is_biased = bool(abs(drift) > max(standard_error, ROUNDING))
    half_width = np.hypot(standard_error, drift) * student_t.ppf(
        0.5 + confidence_level / 2, freedom
    )
    extrapolated = whole - drift
    middle = extrapolated if is_biased else whole
    n_parts = np.concatenate([[1], numbers])
    is_reliable = bool(np.sum(n_parts <= most) >= _FEWEST_SIZES)
    return MutualInfoInterval(
        estimate=whole,
        low=float(middle - half_width),
        high=float(middle + half_width),
        standard_error=standard_error,
        confidence_level=confidence_level,
        drift=drift,
        extrapolated=extrapolated,
        is_biased=is_biased,
        is_curved=len(n_parts) >= _FEWEST_SIZES and not is_reliable,
        is_reliable=is_reliable,
        curve={
            "n_splits": n_parts,
            "n_samples": n_samples // n_parts,
            "mean": np.concatenate([[whole], _average(means, divided)]),
            "variance": np.concatenate([[np.nan], _average(variances, divided)]),
            "is_fitted": n_parts <= most,
        },
    )


def _slope(steps: FloatArray | IntArray, changes: FloatArray) -> float:
    """Of a line through the estimate of all samples, by least squares.

    A mean over n parts is known the worse the smaller they are, as their number less 1.
    """
    return float(changes.sum() / steps.sum())


def _straight_to(divided: IntArray, changes: FloatArray, standard_error: float) -> int:
    """The largest number of parts up to which the mean estimates are on a line.

    Repeats do not count: they divide the same samples, whose own curve is not the truth's.
    """
    changes = _average(changes, divided)
    steps = np.arange(1.0, len(changes) + 1)
    fewest = slice(_FEWEST_SIZES - 1)
    for n_steps in range(len(steps), _FEWEST_SIZES - 2, -1):
        among = slice(n_steps)
        moved = abs(_slope(steps[among], changes[among]) - _slope(steps[fewest], changes[fewest]))
        if moved <= max(standard_error, ROUNDING) and not _is_curved(
            steps[among], changes[among], standard_error
        ):
            return n_steps + 1
    return int(min(divided.max(), _FEW_PARTS))


def _is_curved(steps: FloatArray, changes: FloatArray, standard_error: float) -> bool:
    """Whether a quadratic term is significant, and moves the end by more than chance does."""
    terms = np.column_stack([np.sqrt(steps), steps**1.5])  # divided by their deviations
    weighted = changes / np.sqrt(steps)
    (linear, quadratic), _, _, _ = np.linalg.lstsq(terms, weighted, rcond=None)
    freedom = len(steps) - 2
    noise = np.sum(np.square(weighted - terms @ [linear, quadratic])) / freedom
    error = np.sqrt(noise * np.linalg.inv(terms.T @ terms)[1, 1])
    is_significant = abs(quadratic) > student_t.ppf(1.0 - _CURVED / 2, freedom) * error
    moved = abs(quadratic - linear + _slope(steps, changes))
    return bool(is_significant and moved > max(standard_error, ROUNDING))


def _estimate_parts(
    data: Repeats | ForeignRepeats,
    divisions: list[list[IntArray]],
    y_divisions: list[list[IntArray]],
    n_jobs: int | None,
) -> list[FloatArray]:
    """What each part gives, division by division; no search corrects its maximum."""
    found = data.parts(
        [part for parts in divisions for part in parts],
        [part for parts in y_divisions for part in parts],
        n_jobs,
    )
    return np.split(found, np.cumsum([len(parts) for parts in divisions])[:-1])


def _numbers_of_parts(n_samples: int, n_splits: int) -> IntArray:
    most = min(n_splits, n_samples // _SMALLEST_PART)
    if most < 2:
        raise ValueError(
            f"{n_samples} samples are too few for an interval: two parts of at least "
            f"{_SMALLEST_PART} are needed. mutual_info_permutation_test goes with fewer."
        )
    return np.arange(2, most + 1)


def _average(values: FloatArray, divided: IntArray) -> FloatArray:
    """The mean over all divisions into 2 parts, into 3, and so on."""
    return (np.bincount(divided, values) / np.maximum(np.bincount(divided), 1))[2:]
