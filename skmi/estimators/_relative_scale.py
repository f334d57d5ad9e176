"""The maximum of an estimate over the scale of one variable against the other."""

import inspect
import time
from collections.abc import Callable
from functools import partial
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import FitFailedWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import StrOptions

from .._input._sample import Sample
from .._parallel import run_all
from .._params import N_JOBS, Having, Whole
from .._typing import FloatArray, IntArray
from .._warn import warn_caller
from ..exceptions import ScaleEdgeWarning
from ..preprocessing._global_linf import GlobalLinfScaler
from ._base import MutualInfoEstimator, Repeated
from ._neighbors import NeighborsMI, check_scales
from ._repeats import fit_sample, permuted_estimates
from ._scale_invariant import ScaleInvariantMI

# The paper's factors.
DEFAULT_SCALES = np.arange(1, 21) / 10

# The adaptive search, in octaves: the first grid reaches this far to either side, ...
_REACH = 8
# ... goes on outwards as long as the best scale is at its edge, up to this far, ...
_FARTHEST = 64
# ... and is last refined around the best scale to this part of an octave.
_FINEST = 8

# A maximum at an edge is doubted if the estimate is larger by so much, in nats and in
# standard errors, within so many octaves beyond it.
_GAIN = 0.01
_ERRORS = 3.0
_OCTAVES_BEYOND = 3


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
        evaluated by that in one pass; otherwise a clone is fitted for each. With
        ``side="X"`` the method must take ``side``, too.
    scales : array-like of shape (n_scales,) or "auto", default=None
        The factors c to try. None is 0.1, 0.2, ..., 2. "auto" searches on a
        logarithmic grid around the ratio of the variables' mean largest deviations,
        goes on outwards while the best scale is at its edge, and refines around it to
        an eighth of an octave.
    side : {"y", "X"}, default="y"
        The variable that c multiplies.
    error_score : "raise" or number, default=numpy.nan
        The score of a scale at which the estimator fails; a number comes with a
        `~sklearn.exceptions.FitFailedWarning`, and the other scales are kept. If all fail,
        an error is raised.
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
        What the kinds of the columns led to, if `estimator` tells labels from numbers, as
        `KSG` does by its `discrete_features` and `discrete_target`.
    best_estimator_ : estimator
        A clone fitted at the best scale.
    mi_ : float
        The same as `best_score_`, less `bias_` with ``correct_bias=True``. As the
        largest of many `best_score_` is a little too large where the variables are
        nearly independent; `score` on other data is not.
    bias_ : float
        The mean of the maxima over permutations of y, in nats, with
        ``correct_bias=True``.
    scale_results_ : dict of ndarrays
        In the shape of ``GridSearchCV.cv_results_``, an entry a scale in ascending
        order: ``params`` (a dict each), ``param_scale``, ``mean_test_score`` (in nats,
        of the data given to `fit`), ``rank_test_score`` and ``mean_score_time`` (in
        seconds).
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    ScaleEdgeWarning
        If the best scale is at an edge, and the estimate is clearly larger beyond it (by
        0.01 nats and three standard errors, for an estimator by nearest neighbours).
    UserWarning
        If the estimator is a `ScaleInvariantMI`, which belongs around the search.

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
       https://openreview.net/forum?id=vB7Wvytko5

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
        "estimator": [Having("fit", "score")],
        "scales": ["array-like", StrOptions({"auto"}), None],
        "side": [StrOptions({"X", "y"})],
        "error_score": [StrOptions({"raise"}), Real],
        "correct_bias": ["boolean"],
        "n_permutations": [Whole(1)],
        "random_state": ["random_state"],
        "n_jobs": N_JOBS,
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

    def _asked_kinds(self) -> tuple[Any, Any] | None:
        inner = self.estimator
        return inner._asked_kinds() if isinstance(inner, MutualInfoEstimator) else None

    def _asked_nan_policy(self) -> str:
        inner = self.estimator
        return inner._asked_nan_policy() if isinstance(inner, MutualInfoEstimator) else "raise"

    @property
    def _sees_only_differences(self) -> bool:  # type: ignore[override]
        return getattr(self.estimator, "_sees_only_differences", False)

    @property
    def _releases_gil(self) -> bool:  # type: ignore[override]
        return getattr(self.estimator, "_releases_gil", False)

    @property
    def _finds_any_scale(self) -> bool:
        return isinstance(self.scales, str)

    @property
    def _corrects_bias(self) -> bool:  # type: ignore[override]
        return bool(self.correct_bias)

    def _core(self, sample: Any) -> tuple[Any, Any]:
        inner = self.estimator if sample is None else self.best_estimator_
        seen = None if sample is None else sample.multiplied(self.side, self.best_scale_)
        return inner._core(seen) if isinstance(inner, MutualInfoEstimator) else (inner, seen)

    def _uncorrected(self) -> Any:
        return clone(self).set_params(correct_bias=False)

    def _learn(self, sample: Sample) -> float:
        trials = self._try_scales(self._evaluator(sample), sample)
        self._keep_results(trials)
        best = trials[self.best_index_]
        self.best_scale_, self.best_score_ = best.scale, best.score
        self.best_estimator_ = self._fitted_at(best, sample)
        if not self.correct_bias:
            return best.score
        permuted = permuted_estimates(
            self._repeated(sample),
            sample.n_samples,
            self.n_permutations,
            check_random_state(self.random_state),
            n_jobs=self.n_jobs,
            threads=self._releases_gil,
            again=partial(clone(self)._repeated, sample),
        )
        self.bias_ = float(np.mean(permuted))
        return best.score - self.bias_

    def _try_scales(self, evaluate: "_Evaluate", sample: Sample) -> list["_Trial"]:
        """All trials, in ascending order of their scales."""
        if not sample.has_relative_scale:
            trials = evaluate(np.ones(1))
        elif isinstance(self.scales, str):
            trials = _search_outwards(evaluate, _center(sample, self.side))
        else:
            scales: FloatArray = (
                DEFAULT_SCALES if self.scales is None else check_scales(self.scales)
            )
            trials = evaluate(np.unique(scales))
        return sorted(trials, key=lambda trial: trial.scale)

    def _evaluator(self, sample: Sample) -> "_Evaluate":
        """What evaluates the estimator at each of many scales."""
        estimator = clone(self.estimator)
        if isinstance(estimator, NeighborsMI):
            estimator._validate_params()
            sweep = estimator._sweep(sample, self.side)
            return lambda scales: _in_one_pass(
                lambda: sweep(scales, None).mean(axis=1), scales, estimator
            )
        if _scores_scales(estimator, self.side):
            X, y = sample.arrays()
            # Whoever only knows score_scales(X, y, scales) scales y.
            options = {} if self.side == "y" else {"side": self.side}
            return lambda scales: _in_one_pass(
                lambda: estimator.score_scales(X, y, scales, **options), scales, estimator
            )
        return lambda scales: self._fit_clones(sample, scales)

    def _fit_clones(self, sample: Sample, scales: NDArray[Any]) -> list["_Trial"]:
        shared = self.estimator, sample, self.side, self.error_score
        trials = run_all(_fit_at, shared, scales, n_jobs=self.n_jobs)
        for trial in trials:
            if trial.failure:
                warn_caller(
                    f"{self.estimator!r} failed at the relative scale {trial.scale:.4g}; its "
                    f"score there is set to {trial.score}. {trial.failure}",
                    FitFailedWarning,
                )
        return list(trials)

    def _fitted_at(self, best: "_Trial", sample: Sample) -> Any:
        """The estimator, fitted at the best scale."""
        estimator = best.estimator
        if isinstance(estimator, NeighborsMI):  # has nothing to learn
            estimator._remember(sample)
            estimator.mi_ = best.score
        elif _scores_scales(estimator, self.side):
            estimator.fit(*sample.multiplied(self.side, best.scale).arrays())
        return estimator

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
            "rank_test_score": 1 + (worst_last > worst_last[:, None]).sum(axis=1, dtype=np.int32),
            "mean_score_time": np.array([trial.seconds for trial in trials]),
        }

    def _doubt(self, sample: Sample) -> None:
        if isinstance(self.estimator, ScaleInvariantMI):
            warn_caller(
                "ScaleInvariantMI undoes every relative scale, so that there is nothing to "
                "search for. Put the search inside: "
                "ScaleInvariantMI(RelativeScaleSearch(estimator), scaler).",
            )
        scores = self.scale_results_["mean_test_score"]
        inside = 0 < self.best_index_ < len(scores) - 1
        if inside or np.nanmin(scores) == self.best_score_:
            return
        edge = "smallest" if self.best_index_ == 0 else "largest"
        beyond = self._larger_beyond(sample, 0.5 if edge == "smallest" else 2.0)
        if beyond is not None:
            warn_caller(
                f"The best relative scale, {self.best_scale_:.4g}, is the {edge} of those "
                f"tried: {beyond} Widen `scales`, or let scales='auto' find it.",
                ScaleEdgeWarning,
            )

    def _larger_beyond(self, sample: Sample, factor: float) -> str | None:
        """Whether the estimate is larger beyond an edge, in words; None if it is not."""
        if not isinstance(self.best_estimator_, NeighborsMI):
            return "the maximum may lie beyond it."
        scales = self.best_scale_ * factor ** np.arange(_OCTAVES_BEYOND + 1.0)
        terms = self.best_estimator_._sweep(sample, self.side)(scales, None)
        gains = terms[1:] - terms[0]
        largest = gains[np.argmax(gains.mean(axis=1))]
        gain, error = largest.mean(), largest.std() / np.sqrt(largest.size)
        if gain <= max(_GAIN, _ERRORS * error):
            return None
        scale = scales[1 + np.argmax(gains.mean(axis=1))]
        return f"at {scale:.4g} the estimate is {gain:.2f} nats larger."

    def _score(self, sample: Sample) -> float:
        scaled = sample.multiplied(self.side, self.best_scale_)
        if isinstance(self.best_estimator_, NeighborsMI):
            return float(np.mean(self._estimate(sample)))
        if isinstance(self.best_estimator_, MutualInfoEstimator):
            return self.best_estimator_._score(scaled)
        return float(self.best_estimator_.score(*scaled.arrays()))

    def _estimate(self, sample: Sample) -> FloatArray:
        if isinstance(self.best_estimator_, NeighborsMI):
            # Distances are multiplied, not data, so that ties stay ties.
            sweep = self.best_estimator_._sweep(sample, self.side)
            return sweep(np.array([self.best_scale_]), None)[0]
        scaled = sample.multiplied(self.side, self.best_scale_)
        if isinstance(self.best_estimator_, MutualInfoEstimator):
            return self.best_estimator_._estimate(scaled)
        return np.asarray(self.best_estimator_.score_samples(*scaled.arrays()))

    def _repeated(self, sample: Sample) -> Repeated:
        """The maxima over the scales, each permutation searched anew; none is corrected."""
        if not isinstance(self.estimator, NeighborsMI):
            plain = self._uncorrected()

            def fit_anew(order: IntArray | None) -> float:
                permuted = sample if order is None else sample.permuted(order)
                return float(clone(plain)._fit(permuted).mi_)

            return fit_anew
        sweep = self.estimator._sweep(sample, self.side)

        def maximum(order: IntArray | None) -> float:
            def evaluate(scales: NDArray[Any]) -> list[_Trial]:
                return _trials(scales, sweep(scales, order).mean(axis=1))

            return _best(self._try_scales(evaluate, sample), 1.0).score

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
_Evaluate = Callable[[NDArray[Any]], list[_Trial]]


def _scores_scales(estimator: Any, side: str) -> bool:
    """Whether an estimator of others evaluates many factors on this side in one pass."""
    if isinstance(estimator, MutualInfoEstimator) or not hasattr(estimator, "score_scales"):
        return False
    return side == "y" or "side" in inspect.signature(estimator.score_scales).parameters


def _center(sample: Sample, side: str) -> float:
    """The factor that makes both sides' mean largest deviations equal."""
    x, y = (GlobalLinfScaler()._fit(s.numbers, s.exponent) for s in (sample.X, sample.y))
    gap = max(-_FARTHEST, min(x._exponent - y._exponent, _FARTHEST))
    ratio = (x._scale / sample.X.divisor) / (y._scale / sample.y.divisor)
    ratio = float(np.ldexp(ratio, gap))
    return ratio if side == "y" else 1.0 / ratio


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


def _in_one_pass(
    score: Callable[[], FloatArray], scales: NDArray[Any], estimator: Any
) -> list[_Trial]:
    start = time.perf_counter()
    scores = score()
    return _trials(scales, scores, (time.perf_counter() - start) / len(scales), estimator)


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


def _fit_at(shared: tuple[Any, Sample, str, Any], scale: float) -> _Trial:
    given, sample, side, error_score = shared
    start = time.perf_counter()
    estimator, failure = clone(given), ""
    try:
        if isinstance(estimator, MutualInfoEstimator):
            estimator._validate_params()
        score = fit_sample(estimator, sample.multiplied(side, scale))
    except Exception as error:
        if error_score == "raise":
            raise
        score, failure = float(error_score), f"{type(error).__name__}: {error}"
    return _Trial(float(scale), score, time.perf_counter() - start, estimator, failure)
