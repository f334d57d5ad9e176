"""How far the estimate may be off."""

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

# In more parts than these the variance is no longer 1 / N of what it is in all samples:
# see Notes of mutual_info_interval.
_FEW_PARTS = 4

# Estimates in nats that differ by less are the same but for rounding: no variance is 0.
ROUNDING = 1e-12


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
        The share of such intervals that are to hold the truth, if there is no bias.
    drift : float
        The change of the mean estimate when the number of samples is halved, fitted to
        all of `curve`.
    is_biased : bool
        Whether the drift is larger than the standard error. The interval does not
        account for it.
    curve : dict of ndarrays
        For each number of parts: ``n_splits`` (1 first, all samples), ``n_samples`` in a
        part, ``mean`` and ``variance`` of the parts' estimates; the variance of a single
        part is NaN. With ``correct_bias=True`` in the estimator the means are corrected.
    """

    estimate: float
    low: float
    high: float
    standard_error: float
    confidence_level: float
    drift: float
    is_biased: bool
    curve: dict[str, NDArray[Any]]

    def __repr__(self) -> str:
        text = (
            f"{self.estimate:.3f} nats, {100 * self.confidence_level:g}% interval "
            f"[{self.low:.3f}, {self.high:.3f}] (standard error {self.standard_error:.3f})"
        )
        return f"{text}\n{textwrap.fill(self._warning())}" if self.is_biased else text

    def _warning(self) -> str:
        return (
            f"Half as many samples change the estimate by {self.drift:+.3f} nats, more than "
            f"its standard error of {self.standard_error:.3f}: it is biased, which the "
            "interval does not account for. mutual_info_diagnostics looks for the reason."
        )


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
        How often into 2, 3 and 4 parts, whose estimates give the standard error. More
        make it steadier. Divisions into more parts are made once, to see the drift.
    n_jobs : int, default=None
        Number of parts fitted at a time; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. The result does not
        depend on it.
    random_state : int, RandomState instance or None, default=None
        Divides the data.

    Returns
    -------
    interval : MutualInfoInterval
        With `estimate`, `low`, `high`, `standard_error`, `drift`, `is_biased` and
        `curve`.

    Raises
    ------
    ValueError
        For fewer than 40 samples, and what the estimator raises for this data.

    Warns
    -----
    DriftWarning
        If the estimate drifts with the number of samples by more than its standard
        error: it is biased, and the interval is in the wrong place.

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
    repeats. The interval is the estimate plus and minus :math:`\hat\sigma` times the
    quantile of Student's t. Were the repeats independent, its degrees of freedom would
    be :math:`R \sum_n (n - 1)`; as they all divide the same samples, no number of them
    gives more than N - 1. So the inverses of both are added.

    The sum is over n = 2, 3, 4. That the variance falls as 1 / N is true for large parts
    alone: in small ones neighbours are far away, and estimates by `KSG` vary less than
    in proportion. For Gaussians with a correlation of 0.6, N times the variance is
    0.62 for 30 samples, 0.74 for 100, 0.84 for 300 and 0.94 for 1000.

    A bias shows as a drift of the mean estimate with the size of the parts. It is fitted
    as :math:`\hat I(N / n) = \hat I(N) + (n - 1)\, \delta`; where the bias falls more
    slowly than 1 / N, as with many columns, it is larger than :math:`\delta`.

    Every part is fitted as the data are, its scales and a search's best scale included,
    so that the variance of the search is in the interval. The maximum of a search is a
    little too high, in parts as in the whole, and the interval with it:
    ``RelativeScaleSearch(correct_bias=True)`` takes that off the estimate, and off the
    mean estimates of parts by fitting each with y permuted, too.

    Samples are never drawn twice. The bootstrap does, and a sample's copies are its
    nearest neighbours at distance 0, so that estimates by nearest neighbours are far too
    large.

    References
    ----------
    .. [1] C. M. Holmes, I. Nemenman, "Estimation of mutual information for real-valued
       data with error bars and controlled bias", Physical Review E 100, 022404 (2019).

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
    if interval.is_biased:
        warn_caller(interval._warning(), DriftWarning)
    return interval


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
    means = _average([np.mean(values) for values in found], divided)
    variances = _average([np.var(values, ddof=1) for values in found], divided)
    if data.corrects_bias:
        permuted = [[random_state.permutation(part) for part in parts] for parts in divisions]
        by_chance = _estimate_parts(data, divisions, permuted, n_jobs)
        means -= _average([np.mean(values) for values in by_chance], divided)
    degrees = numbers - 1
    variance = np.average((variances / numbers)[few], weights=degrees[few])
    standard_error = float(np.sqrt(variance))
    freedom = 1.0 / (1.0 / (n_repeats * degrees[few].sum()) + 1.0 / (n_samples - 1))
    # Least squares through the estimate of all samples; a mean over n parts is known
    # the worse the smaller they are, as their number less 1.
    drift = float(np.sum(means - whole) / np.sum(degrees))
    half_width = standard_error * student_t.ppf(0.5 + confidence_level / 2, freedom)
    return MutualInfoInterval(
        estimate=whole,
        low=float(whole - half_width),
        high=float(whole + half_width),
        standard_error=standard_error,
        confidence_level=confidence_level,
        drift=drift,
        is_biased=bool(abs(drift) > max(standard_error, ROUNDING)),
        curve={
            "n_splits": np.concatenate([[1], numbers]),
            "n_samples": n_samples // np.concatenate([[1], numbers]),
            "mean": np.concatenate([[whole], means]),
            "variance": np.concatenate([[np.nan], variances]),
        },
    )


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


def _average(values: list[np.floating[Any]], divided: IntArray) -> FloatArray:
    """The mean over all divisions into 2 parts, into 3, and so on."""
    return (np.bincount(divided, values) / np.maximum(np.bincount(divided), 1))[2:]
