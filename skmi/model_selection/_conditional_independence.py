"""Whether two variables are independent given a third."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma
from sklearn.base import clone
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._triple import make_triple
from .._params import N_JOBS, Having, Whole
from .._permutations import BLOCK_LENGTH, PermutationScheme
from .._progress import tracked
from .._random import RANDOM_STATE, RandomState, as_generator
from .._typing import FloatArray, IntArray
from .._warn import warn_caller
from ..estimators._conditional import Normalized, normalize_triple
from ..estimators._regression import residuals
from ..exceptions import DoubtfulNullWarning
from ..neighbors._conditional import permuted_contributions, with_labels
from ..neighbors._local_permutation import local_permutations
from ..preprocessing._global_linf import GlobalLinfScaler
from ._results import PermutationTestResult

# Numbers held at a time: a row of contributions for every permutation of a batch.
_HELD = 2**23

# Permutations are doubted if z predicts this part of a variable's variance: what is left may
# be what the regression could not follow, ...
_NEARLY_ALL = 0.9
# ... or if what it tells about z is so many standard deviations above what it tells after
# permutations, of which so many are looked at.
_LOST = 4.0
_N_CHECKED = 30


class ConditionalIndependenceResult(PermutationTestResult):
    """A test of conditional independence; printed, it is a sentence.

    Attributes
    ----------
    statistic : float
        The estimate for the data, in nats.
    pvalue : float
        The share of estimates, that for the data among them, that are at least
        `statistic`; the larger of permuting either variable.
    null_distribution : ndarray of shape (n_permutations,)
        The estimates for permuted data.
    """

    _what = "conditional mutual information"


@validate_params(
    {
        "n_neighbors": [Whole(1)],
        "n_shuffle_neighbors": [Whole(2)],
        "n_permutations": [Whole(1)],
        "permutation": [StrOptions({"local", "circular", "block"})],
        "block_length": BLOCK_LENGTH,
        "scaler": [Having("fit", "transform"), None],
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
    },
    prefer_skip_nested_validation=True,
)
def conditional_independence_test(
    X: ArrayLike,
    y: ArrayLike,
    z: ArrayLike | None,
    *,
    n_neighbors: int = 3,
    n_shuffle_neighbors: int = 5,
    n_permutations: int = 200,
    permutation: str = "local",
    block_length: Any = "auto",
    scaler: Any = None,
    discrete_features: Any = "auto",
    discrete_target: Any = "auto",
    discrete_condition: Any = "auto",
    random_state: RandomState = None,
    n_jobs: int | None = None,
) -> ConditionalIndependenceResult:
    r"""Test whether X and y are independent given z, by local permutation.

    What can be predicted from z by regression is taken off X and y. Then samples of X
    change places with samples of nearly the same z: what X tells about z stays, and what
    it tells about y beyond z is lost. Then those of y do; the larger p-value counts.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable: numbers, labels, or both.
    y : array-like of shape (n_samples, n_targets) or (n_samples,)
        Second variable.
    z : array-like of shape (n_samples, n_conditions) or (n_samples,), or None
        The variable conditioned on. None, or no columns: X and y are tested for
        independence, and all samples may change places.
    n_neighbors : int, default=3
        The k of `conditional_mutual_info`. More may find a weak smooth dependence that
        few do not.
    n_shuffle_neighbors : int, default=5
        Each sample gets the value of one of this many samples nearest in z, itself among
        them, and of all as near as the last; never one of other labels in z.
    n_permutations : int, default=200
        The smallest p-value possible is ``1 / (n_permutations + 1)``.
    permutation : {"local", "circular", "block"}, default="local"
        "local": samples change places with those near in z, for samples that do not depend
        on each other. "circular" and "block" are for time series, as in
        :func:`~skmi.model_selection.mutual_info_permutation_test`: what a variable has in
        time stays, and of what it tells about z nothing but what the regression took off.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    scaler : transformer, default=None
        Each variable is scaled by a clone of its own. None is `GlobalLinfScaler`.
    discrete_features, discrete_target, discrete_condition : "auto", bool or array-like
        Which columns of X, y and z hold labels, as in `conditional_mutual_info`.
    random_state : int, RandomState or Generator instance, or None, default=None
        Draws the permutations.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Returns
    -------
    result : ConditionalIndependenceResult
        With `statistic` (the estimate in nats, from what regression on z left of X and y),
        `pvalue` and `null_distribution` (the estimates after each permutation, of the
        variable with the larger p-value).

    Raises
    ------
    ValueError
        If a variable holds anything but finite real numbers and labels, if their lengths
        differ, or if there are too few samples.

    Warns
    -----
    DoubtfulNullWarning
        If a small p-value is not to be trusted: X and y are both all but functions of z, or
        permuting either loses what it told about z.
    ThinTableWarning, IdentifierWarning, OutlierWarning
        As `conditional_mutual_info`.

    See Also
    --------
    skmi.conditional_mutual_info : The estimate alone.
    mutual_info_permutation_test : Without a condition, for any estimator.

    Notes
    -----
    The permutations are those of [1]_: samples take turns in random order; each takes a
    random one of its neighbours in z that is not yet taken, and any of them if all are. By
    themselves they fail where neighbours in z are not near enough: what is then lost of the
    dependence on z is taken for one on y. Hence three measures.

    - Conditional mutual information does not change when a function of z is taken off,
      :math:`I(X; y \mid z) = I(X - f(z); y - g(z) \mid z)`. Columns of numbers are replaced
      by the residuals of ridge regressions on linear functions, splines and kernels of z,
      chosen by the error of samples left out; a column that z does not predict stays as it
      is. An exact linear function of z leaves nothing, and the p-value is 1.
    - With :math:`p_X` and :math:`p_y` from permuting either variable, the p-value is the
      larger, which is valid if either is.
    - What a variable tells about z is compared with what it tells after permutations. If
      both lose, a warning says so.

    Of B permutations of which b give as much as the data or more, each p-value is
    :math:`(1 + b) / (1 + B)`. No test of conditional independence holds its level for all
    distributions [2]_: a dependence on many columns of z that neither regression nor
    neighbours can follow in few samples remains beyond it.

    References
    ----------
    .. [1] J. Runge, "Conditional independence testing based on a nearest-neighbor
       estimator of conditional mutual information", AISTATS (2018).
    .. [2] R. D. Shah, J. Peters, "The hardness of conditional independence testing and the
       generalised covariance measure", Annals of Statistics 48 (2020),
       doi:10.1214/19-AOS1857.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.model_selection import conditional_independence_test
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=500)
    >>> x, y = z + 0.5 * rng.normal(size=(2, 500))
    >>> for condition in None, z:
    ...     result = conditional_independence_test(x, y, condition, random_state=0)
    ...     print(f"{result.statistic:.2f} nats, p = {result.pvalue:.3f}")
    0.58 nats, p = 0.005
    -0.01 nats, p = 0.776
    """
    discrete = discrete_features, discrete_target, discrete_condition
    triple = make_triple(X, y, z, n_neighbors, discrete)
    sample = normalize_triple(triple, scaler)
    has_numbers_in_z = sample.have()[2]
    explained = np.zeros(2)
    if has_numbers_in_z or sample.codes[2] is not None:
        sample, explained = _without_condition(sample, scaler)
    test = _Test(sample, n_neighbors, n_jobs)
    rng = as_generator(random_state)
    if permutation == "local":
        near = min(n_shuffle_neighbors, sample.n_samples)

        def draw(test: _Test) -> IntArray:
            return test.draw_local(near, n_permutations, rng)
    else:
        scheme = PermutationScheme(permutation, block_length, sample.columns(), sample.n_samples)

        def draw(test: _Test) -> IntArray:
            return np.array([scheme.draw(rng) for _ in range(n_permutations)])

    first = test.permuting_x(draw)
    if not has_numbers_in_z:  # samples of the same z change places, and nothing is lost
        return first
    other = _Test(sample.swapped(), n_neighbors, n_jobs)
    second = other.permuting_x(draw)
    _warn_of_doubts(test, other, explained)
    return first if first.pvalue >= second.pvalue else second


def _without_condition(sample: Normalized, scaler: Any) -> tuple[Normalized, FloatArray]:
    """X and y less what z predicts, scaled anew; and the largest part that it predicts of each.

    0 where z predicts all: nothing is left to be doubted.
    """
    z, codes = sample.numbers[2], sample.codes[2]
    left = [residuals(sample.numbers[i], z, codes) for i in (0, 1)]
    x, y = (_rescaled(each.values, scaler) for each in left)
    explained = [
        np.max(each.explained, where=each.values.any(axis=0), initial=0.0) for each in left
    ]
    return sample._replace(numbers=(x, y, z)), np.array(explained)


def _rescaled(values: FloatArray, scaler: Any) -> FloatArray:
    if not values.any():
        return values
    return np.asarray(clone(GlobalLinfScaler() if scaler is None else scaler).fit_transform(values))


class _Test:
    """Estimates while x is permuted."""

    def __init__(self, sample: Normalized, n_neighbors: int, n_jobs: int | None) -> None:
        self._x, self._y, self._z, self._far = with_labels(sample.numbers, sample.codes)
        self._n_neighbors, self._n_jobs = n_neighbors, n_jobs
        self._tie_tolerance = sample.tie_tolerance

    def draw_local(self, n_near: int, n_permutations: int, rng: Any) -> IntArray:
        """Permutations of samples among their neighbours in z."""
        found: IntArray = local_permutations(self._z, n_near, n_permutations, rng, self._far)
        return found

    def permuting_x(self, draw: Callable[[_Test], IntArray]) -> ConditionalIndependenceResult:
        """The test, by permutations of x."""
        self._permutations = draw(self)
        estimates = self._estimates(self._y, self._z, self._permutations)
        statistic, null = float(estimates[0]), estimates[1:]
        pvalue = float((1 + np.sum(null >= statistic)) / (1 + len(null)))
        return ConditionalIndependenceResult(statistic, pvalue, null)

    def loses(self) -> bool:
        """Whether x tells more about z than it does after the permutations."""
        told = self._estimates(self._z, self._z[:, :0], self._permutations[:_N_CHECKED])
        return bool(told[0] > told[1:].mean() + _LOST * told[1:].std())

    def _estimates(self, y: FloatArray, z: FloatArray, permutations: IntArray) -> FloatArray:
        """Of the data, and after each permutation."""
        n_samples = len(self._x)
        everything = np.vstack([np.arange(n_samples), permutations])
        psi = digamma(np.arange(n_samples + 1))
        # Without a condition all samples are equally near: a constant says the same.
        condition = z if z.shape[1] else np.zeros((n_samples, 1))
        batch = max(1, _HELD // n_samples)
        starts = range(0, len(everything), batch)
        means = [
            permuted_contributions(
                self._x,
                y,
                condition,
                everything[start : start + batch],
                self._n_neighbors,
                psi,
                far=self._far,
                tie_tolerance=self._tie_tolerance,
                n_jobs=self._n_jobs,
            ).mean(axis=1)
            for start in tracked(starts, len(starts), "conditional test", "batch")
        ]
        return np.concatenate(means)


def _warn_of_doubts(test: _Test, other: _Test, explained: FloatArray) -> None:
    """Warn if both variables have lost what they tell about z; one that has not is enough."""
    nearly = explained > _NEARLY_ALL
    if not all(near or each.loses() for near, each in zip(nearly, (test, other), strict=True)):
        return
    if nearly.all():
        reason = (
            "X and y are both all but functions of z: what is left of them is too small to tell "
            "noise from what a regression could not follow"
        )
    else:
        reason = (
            "X and y tell more about z than they do after local permutations: neighbours in z "
            "are not near enough"
        )
    warn_caller(
        f"{reason}. A small p-value is not to be trusted. Give more samples, fewer columns of z, "
        "or a z of the quantity itself that X and y depend on.",
        DoubtfulNullWarning,
    )
