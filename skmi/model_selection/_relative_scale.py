"""The maximum of an estimate over the scale of one variable against the other."""

import time
from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata
from sklearn.base import _fit_context, clone
from sklearn.exceptions import FitFailedWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.parallel import Parallel, delayed

from .._kinds import numbers, tell_kinds
from .._validation import FloatArray
from .._warn import warn_caller
from ..estimators._base import IntArray, MutualInfoEstimator, PermutedEstimates
from ..estimators._neighbors import NeighborsMI
from ..estimators._scale_invariant import ScaleInvariantMI
from ..preprocessing._global_linf import GlobalLinfScaler
from ._permutations import estimate_permuted

# The paper's factors.
DEFAULT_SCALES = np.arange(1, 21) / 10

# The adaptive search, in octaves: the first grid reaches this far to either side, ...
_REACH = 8
# ... goes on outwards as long as the best scale is at its edge, up to this far, ...
_FARTHEST = 64
# ... and is last refined around the best scale to this part of an octave.
_FINEST = 8


class RelativeScaleSearch(MutualInfoEstimator):
    r"""Search for the relative scale of the two variables with the largest estimate.

    Estimates by nearest neighbours depend on the scale of one variable relative to the
    other, and mostly fall short of the truth; the largest over a range of scales is
    closest to it. The variables are taken as they are: put the search inside
    `ScaleInvariantMI` to normalize them first.

    Parameters
    ----------
    estimator : estimator with ``fit(X, y)`` and ``score(X, y)``
        If it has a method ``score_scales(X, y, scales)``, as `KSG` has, all scales are
        evaluated by that in one pass; otherwise a clone is fitted for each.
    scales : array-like of shape (n_scales,) or "auto", default=None
        The factors c to try. None is 0.1, 0.2, ..., 2. "auto" searches on a
        logarithmic grid around the ratio of the variables' mean largest deviations,
        goes on outwards while the best scale is at its edge, and refines around it to
        an eighth of an octave.
    side : {"y", "X"}, default="y"
        The variable that c multiplies.
    error_score : "raise" or number, default=numpy.nan
        The score of a scale at which the estimator fails; a number comes with a
        `FitFailedWarning`, and the other scales are kept. If all fail, an error is
        raised.
    correct_bias : bool, default=False
        Whether to take off what the maximum has by chance. The largest of many estimates
        is above 0 even for independent variables; with True the search is repeated on
        permutations of y, and the mean of those maxima is taken off `mi_`.
    n_permutations : int, default=100
        Number of permutations for `correct_bias`.
    random_state : int, RandomState instance or None, default=None
        Draws the permutations.
    n_jobs : int, default=None
        Number of clones fitted at a time, or of permutations; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. An estimator evaluated
        in one pass has threads of its own. The result does not depend on it.

    Attributes
    ----------
    best_scale_ : float
        The factor with the largest estimate; 1 if a side holds labels alone.
    best_score_ : float
        That estimate, in nats.
    best_index_ : int
        Its position in `scale_results_`.
    method_ : str
        The road that the kinds of the columns led to, if `estimator` tells kinds, as
        `KSG` does by its `discrete_features` and `discrete_target`.
    best_estimator_ : estimator
        A clone fitted at the best scale; for an estimator evaluated in one pass, a
        clone.
    mi_ : float
        The same as `best_score_`, less `bias_` with ``correct_bias=True``. As the
        largest of many `best_score_` is a little too large where the variables are
        nearly independent; `score` on other data is not.
    bias_ : float
        The mean of the maxima over permutations of y, in nats, with
        ``correct_bias=True``.
    scale_results_ : dict of ndarrays
        In the shape of `GridSearchCV.cv_results_`, an entry a scale in ascending
        order: ``params`` (a dict each), ``param_scale``, ``mean_test_score`` (in nats,
        of the data given to `fit`), ``rank_test_score`` and ``mean_score_time`` (in
        seconds).
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    UserWarning
        If the best scale is at an edge, so that the maximum may lie beyond it; and if
        the estimator is a `ScaleInvariantMI`, which belongs around the search.

    See Also
    --------
    ScaleInvariantMI : Normalizes both variables first.

    Notes
    -----
    .. math:: \max_c \hat I(X; c\,T)

    from table 1 of [1]_, where T is the second variable. `score` keeps the best scale
    and never searches again, so that on held-out data it carries no optimism. There is
    nothing to take off it, whatever `correct_bias` says.

    The bias is that of independent variables with these margins. Where the variables
    depend on each other the maximum is chosen among estimates that differ for better
    reasons than chance, and a little too much may be taken off.

    Labels are no quantities, and are not multiplied. If one side holds labels alone,
    there is no relative scale: the estimator is evaluated once, as the data are.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators", section 4.2.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import KSG, LocalScaler, RelativeScaleSearch
    >>> X, y = load_diabetes(return_X_y=True)
    >>> X = LocalScaler().fit_transform(X)
    >>> y = LocalScaler().fit_transform(y.reshape(-1, 1))
    >>> search = RelativeScaleSearch(KSG(tie_tolerance=1e-10), scales="auto").fit(X, y)
    >>> print(f"{search.best_score_:.2f} nats at a factor of {search.best_scale_:.2f}")
    0.36 nats at a factor of 1.87
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": [HasMethods(["fit", "score"])],
        "scales": ["array-like", StrOptions({"auto"}), None],
        "side": [StrOptions({"X", "y"})],
        "error_score": [StrOptions({"raise"}), Real],
        "correct_bias": ["boolean"],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimator: Any,
        scales: Any = None,
        *,
        side: str = "y",
        error_score: Any = np.nan,
        correct_bias: bool = False,
        n_permutations: int = 100,
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.scales = scales
        self.side = side
        self.error_score = error_score
        self.correct_bias = correct_bias
        self.n_permutations = n_permutations
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def _sees_only_differences(self) -> bool:  # type: ignore[override]
        return getattr(self.estimator, "_sees_only_differences", False)

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Evaluate all scales and keep the best.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        self : object
            The fitted search.

        Raises
        ------
        ValueError
            If X or y holds anything but finite real numbers, if their lengths differ,
            if a scale is not positive, or if the estimator fails at every scale.
        """
        X, y = self._check(X, y, reset=True)
        if isinstance(self.estimator, ScaleInvariantMI):
            warn_caller(
                "ScaleInvariantMI undoes every relative scale, so that there is nothing to "
                "search for. Put the search inside: "
                "ScaleInvariantMI(RelativeScaleSearch(estimator), scaler).",
            )
        trials = self._try_scales(partial(self._evaluate, X, y), X, y)
        self._keep_results(trials)
        best = trials[self.best_index_]
        self.best_scale_ = best.scale
        self.best_score_ = self.mi_ = best.score
        self.best_estimator_ = best.estimator
        self._warn_at_edge(trials)
        if self.correct_bias:
            random_state = check_random_state(self.random_state)
            search = tell_kinds(clone(self), self._kinds)
            _, null_scores = estimate_permuted(
                search, X, y, self.n_permutations, random_state, self.n_jobs
            )
            self.bias_ = float(np.mean(null_scores))
            self.mi_ -= self.bias_
        return self

    def _try_scales(self, evaluate: "_Evaluate", X: FloatArray, y: FloatArray) -> list["_Trial"]:
        """All trials, in ascending order of their scales."""
        if not self._kinds.have_a_relative_scale:
            trials = evaluate(np.ones(1))
        elif isinstance(self.scales, str):
            x_size = GlobalLinfScaler().fit(numbers(X, self._kinds.X)).scale_
            y_size = GlobalLinfScaler().fit(numbers(y, self._kinds.y)).scale_
            center = x_size / y_size if self.side == "y" else y_size / x_size
            trials = _search_outwards(evaluate, center)
        else:
            trials = evaluate(self._grid())
        return sorted(trials, key=lambda trial: trial.scale)

    def _grid(self) -> FloatArray:
        scales = DEFAULT_SCALES if self.scales is None else np.asarray(self.scales, dtype=float)
        valid = (
            scales.ndim == 1 and scales.size and np.isfinite(scales).all() and (scales > 0).all()
        )
        if not valid:
            raise ValueError(
                f"scales must be 'auto' or a list of positive, finite factors; got {self.scales!r}."
            )
        return np.unique(scales)

    def _evaluate(self, X: FloatArray, y: FloatArray, scales: FloatArray) -> list["_Trial"]:
        estimator = tell_kinds(clone(self.estimator), self._kinds)
        if hasattr(estimator, "score_scales"):
            return _evaluate_in_one_pass(estimator, X, y, scales, self.side)
        trials = Parallel(n_jobs=self.n_jobs)(
            delayed(_evaluate_clone)(
                clone(estimator), *_scaled(X, y, scale, self.side), scale, self.error_score
            )
            for scale in scales
        )
        for trial in trials:
            if trial.failure:
                warn_caller(
                    f"{estimator!r} failed at the relative scale {trial.scale:.4g}; its "
                    f"score there is set to {trial.score}. {trial.failure}",
                    FitFailedWarning,
                )
        return list(trials)

    def _keep_results(self, trials: list["_Trial"]) -> None:
        scores = np.array([trial.score for trial in trials])
        if np.isnan(scores).all():
            raise ValueError(
                f"{self.estimator!r} failed at all {len(trials)} scales; "
                "error_score='raise' shows where."
            )
        self.best_index_ = trials.index(_best(trials, 1.0))
        worst_last = np.where(np.isnan(scores), -np.inf, scores)
        self.scale_results_ = {
            "params": np.array([{"scale": trial.scale} for trial in trials], dtype=object),
            "param_scale": np.array([trial.scale for trial in trials]),
            "mean_test_score": scores,
            "rank_test_score": rankdata(-worst_last, method="min").astype(np.int32),
            "mean_score_time": np.array([trial.seconds for trial in trials]),
        }

    def _warn_at_edge(self, trials: list["_Trial"]) -> None:
        scores = self.scale_results_["mean_test_score"]
        inside = 0 < self.best_index_ < len(trials) - 1
        if inside or np.nanmin(scores) == self.best_score_:
            return
        edge = "smallest" if self.best_index_ == 0 else "largest"
        warn_caller(
            f"The best relative scale, {self.best_scale_:.4g}, is the {edge} of those "
            "tried: the maximum may lie beyond it. Widen `scales`, or let "
            "scales='auto' find it.",
        )

    def _score(self, X: FloatArray, y: FloatArray) -> float:
        if hasattr(self.best_estimator_, "score_scales"):
            scale = np.array([self.best_scale_])
            return _evaluate_in_one_pass(self.best_estimator_, X, y, scale, self.side)[0].score
        return float(self.best_estimator_.score(*_scaled(X, y, self.best_scale_, self.side)))

    def _pointwise(self, X: FloatArray, y: FloatArray) -> FloatArray:
        if isinstance(self.best_estimator_, NeighborsMI):
            scale = np.array([self.best_scale_])
            return self.best_estimator_._pointwise_scales(X, y, scale, self.side)[0]
        scaled = _scaled(X, y, self.best_scale_, self.side)
        return np.asarray(self.best_estimator_.score_samples(*scaled))

    def _permuted_estimates(self, X: ArrayLike, y: ArrayLike) -> PermutedEstimates | None:
        """The maxima over the scales, each permutation searched anew; none is corrected."""
        if not isinstance(self.best_estimator_, NeighborsMI):
            return None
        X, y = self._check(X, y, reset=False)
        scores = self.best_estimator_._permuted_scores(X, y, self.side)

        def maximum(permutation: IntArray) -> float:
            def evaluate(scales: NDArray[np.floating[Any]]) -> list[_Trial]:
                return _trials(scales, scores(permutation, np.asarray(scales, dtype=np.float64)))

            return _best(self._try_scales(evaluate, X, y), 1.0).score

        return maximum

    def _has_contributions(self) -> bool:
        return hasattr(self.estimator, "score_samples")


class _Trial(NamedTuple):
    """One scale, evaluated."""

    scale: float
    score: float
    seconds: float
    estimator: Any
    failure: str = ""


# Evaluates the estimator at each of these scales.
_Evaluate = Callable[[NDArray[np.floating[Any]]], list[_Trial]]


def _search_outwards(evaluate: _Evaluate, center: float) -> list[_Trial]:
    """Try octaves until the best scale is inside them, then parts of an octave."""
    low, high = -_REACH, _REACH
    trials = evaluate(center * 2.0 ** np.arange(low, high + 1))
    while True:
        best = round(np.log2(_best(trials, center).scale / center))
        if best == low > -_FARTHEST:
            octaves = np.arange(low - _REACH, low)
            low -= _REACH
        elif best == high < _FARTHEST:
            octaves = np.arange(high + 1, high + _REACH + 1)
            high += _REACH
        else:
            break
        trials += evaluate(center * 2.0**octaves)
    parts = np.arange(1, _FINEST) / _FINEST
    return trials + evaluate(center * 2.0 ** (best + np.concatenate([-parts[::-1], parts])))


def _best(trials: list[_Trial], center: float) -> _Trial:
    """The trial with the largest score; of equals, the one nearest to `center`."""
    return max(
        trials,
        key=lambda trial: (
            -np.inf if np.isnan(trial.score) else trial.score,
            -abs(np.log2(trial.scale / center)),
        ),
    )


def _scaled(X: FloatArray, y: FloatArray, scale: float, side: str) -> tuple[FloatArray, FloatArray]:
    return (X, scale * y) if side == "y" else (scale * X, y)


def _evaluate_in_one_pass(
    estimator: Any, X: FloatArray, y: FloatArray, scales: FloatArray, side: str
) -> list[_Trial]:
    start = time.perf_counter()
    # Whoever only knows score_scales(X, y, scales) scales y.
    options = {} if side == "y" else {"side": side}
    scores = estimator.score_scales(X, y, scales, **options)
    seconds = (time.perf_counter() - start) / len(scales)
    return _trials(scales, scores, seconds, estimator)


def _trials(
    scales: NDArray[np.floating[Any]],
    scores: NDArray[np.floating[Any]],
    seconds: float = np.nan,
    estimator: Any = None,
) -> list[_Trial]:
    return [
        _Trial(float(scale), float(score), seconds, estimator)
        for scale, score in zip(scales, scores, strict=True)
    ]


def _evaluate_clone(
    estimator: Any, X: FloatArray, y: FloatArray, scale: float, error_score: Any
) -> _Trial:
    start = time.perf_counter()
    failure = ""
    try:
        estimator.fit(X, y)
        mi = getattr(estimator, "mi_", None)
        score = float(estimator.score(X, y) if mi is None else mi)
    except Exception as error:
        if error_score == "raise":
            raise
        score, failure = float(error_score), f"{type(error).__name__}: {error}"
    return _Trial(float(scale), score, time.perf_counter() - start, estimator, failure)
