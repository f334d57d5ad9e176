"""How far the estimate may be off."""

import textwrap
import warnings
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student_t
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples

from ..estimators._base import IntArray
from ._permutations import estimate, fit_quietly

# Parts smaller than this say little about the whole: neighbours are far in them.
_SMALLEST_PART = 20


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
        part is NaN.
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
        "estimator": [HasMethods(["fit", "get_params"])],
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_splits": [Interval(Integral, 2, None, closed="left")],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
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
    n_repeats: int = 4,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> MutualInfoInterval:
    r"""Estimate mutual information with a confidence interval, by subsampling.

    Parameters
    ----------
    estimator : estimator
        Its ``fit(X, y)`` sets ``mi_``. It is cloned.
    X : array-like of shape (n_samples, n_features)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable.
    confidence_level : float, default=0.95
        The share of such intervals that are to hold the truth.
    n_splits : int, default=10
        The data are divided into 2, 3, ..., `n_splits` parts, or into fewer, so that a
        part keeps at least 20 samples.
    n_repeats : int, default=4
        How often for each number of parts.
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
    UserWarning
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

    is the likeliest variance for all N samples. The interval is the estimate plus and
    minus :math:`\hat\sigma` times the quantile of Student's t with
    :math:`\sum_n (n - 1)` degrees of freedom. Means are averaged over repeats.

    A bias shows as a drift of the mean estimate with the size of the parts. It is fitted
    as :math:`\hat I(N / n) = \hat I(N) + (n - 1)\, \delta`; where the bias falls more
    slowly than 1 / N, as with many columns, it is larger than :math:`\delta`.

    Every part is fitted as the data are, its scales and a search's best scale included,
    so that the variance of the search is in the interval. What its maximum has by chance
    is not taken off; ``RelativeScaleSearch(correct_bias=True)`` does that.

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
    >>> from skmi import make_estimator
    >>> from skmi.model_selection import mutual_info_interval
    >>> X, y = load_diabetes(return_X_y=True)
    >>> estimator = make_estimator("ksg-local")
    >>> mutual_info_interval(estimator, X[:, [2, 8]], y, random_state=0)
    0.309 nats, 95% interval [0.231, 0.387] (standard error 0.039)
    """
    whole = float(fit_quietly(clone(estimator), X, y).mi_)
    n_samples = _num_samples(X)
    numbers = _numbers_of_parts(n_samples, n_splits)
    divisions = _divide(n_samples, numbers, n_repeats, check_random_state(random_state))
    found = Parallel(n_jobs=n_jobs)(
        delayed(estimate)(clone(estimator), _safe_indexing(X, part), _safe_indexing(y, part))
        for parts in divisions
        for part in parts
    )
    by_division = np.split(np.array(found), np.cumsum([len(parts) for parts in divisions])[:-1])
    shape = (len(numbers), n_repeats)
    means = np.reshape([np.mean(values) for values in by_division], shape).mean(axis=1)
    variances = np.reshape([np.var(values, ddof=1) for values in by_division], shape).mean(axis=1)
    degrees = numbers - 1
    standard_error = float(np.sqrt(np.average(variances / numbers, weights=degrees)))
    # Least squares through the estimate of all samples; a mean over n parts is known
    # the worse the smaller they are, as their number less 1.
    drift = float(np.sum(means - whole) / np.sum(degrees))
    half_width = standard_error * student_t.ppf(0.5 + confidence_level / 2, degrees.sum())
    interval = MutualInfoInterval(
        estimate=whole,
        low=float(whole - half_width),
        high=float(whole + half_width),
        standard_error=standard_error,
        confidence_level=confidence_level,
        drift=drift,
        is_biased=bool(abs(drift) > standard_error),
        curve={
            "n_splits": np.concatenate([[1], numbers]),
            "n_samples": n_samples // np.concatenate([[1], numbers]),
            "mean": np.concatenate([[whole], means]),
            "variance": np.concatenate([[np.nan], variances]),
        },
    )
    if interval.is_biased:
        warnings.warn(interval._warning(), UserWarning, stacklevel=3)
    return interval


def _numbers_of_parts(n_samples: int, n_splits: int) -> IntArray:
    most = min(n_splits, n_samples // _SMALLEST_PART)
    if most < 2:
        raise ValueError(
            f"{n_samples} samples are too few for an interval: two parts of at least "
            f"{_SMALLEST_PART} are needed. mutual_info_permutation_test goes with fewer."
        )
    return np.arange(2, most + 1)


def _divide(
    n_samples: int, numbers: IntArray, n_repeats: int, random_state: np.random.RandomState
) -> list[list[IntArray]]:
    """Divisions of the samples, `n_repeats` for each number of parts."""
    return [
        np.array_split(random_state.permutation(n_samples), number)
        for number in numbers
        for _ in range(n_repeats)
    ]
