"""Scaling, then estimating."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context, clone
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._input._sample import Sample, default_tolerance, warn_of_outliers, warn_of_units
from .._params import Having
from .._typing import FloatArray
from ..preprocessing._base import BaseScaler
from ..preprocessing._global_linf import GlobalLinfScaler
from ..preprocessing._normalize import fit_scaler, scale
from ._base import MutualInfoEstimator, Repeated
from ._ksg import KSG

_CURE = (
    "scale by ranks: scaler=NormalScoreScaler() in mutual_info or ScaleInvariantMI, or clip "
    "the column."
)
_LOCAL_CURE = "take method='ksg-local', or scaler=LocalScaler() or NormalScoreScaler()."


def _fits_many(model: ScaleInvariantMI) -> bool:
    return hasattr(model._estimator(), "fit_many")


class ScaleInvariantMI(MutualInfoEstimator):
    """Scale both variables, then estimate.

    The estimate does not change when X or y is multiplied by a constant, because the
    scaler's result does not.

    Parameters
    ----------
    estimator : estimator with ``fit(X, y)`` and ``score(X, y)``, default=None
        Estimates the mutual information of the scaled variables. None is
        ``KSG()``.
    scaler : transformer, default=None
        Each variable gets a clone of its own. None is ``GlobalLinfScaler()``. Columns
        of labels are not scaled: they are no quantities.
    tie_tolerance : float, None or "auto", default="auto"
        For an estimator of skmi whose own `tie_tolerance` is None. Multiplying data rounds
        them: distances that were equal, as between values on a grid, then differ in the
        last digit, which would decide whether a neighbour counts. Within this part of a
        radius they stay equal, and the estimate does not depend on the data's units even
        then. "auto" is 1e-10, or 1e-5 if X or y comes in single precision.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    estimator_ : estimator
        The fitted estimator.
    scaler_X_, scaler_y_ : transformers
        The fitted scalers; None for a side of labels alone.
    best_scale_ : float
        The factor on one scaled variable, if `estimator` is a search.
    method_ : str
        What the kinds of the columns led to, if `estimator` tells labels from numbers, as
        `KSG` does by its `discrete_features` and `discrete_target`.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    OutlierWarning
        If values so far from the others set the scale of their column: its standard
        deviation is more than ten times that of a normal distribution with the same
        middle 96 %.
    UnitsWarning
        If the columns of a variable have spreads of different orders of magnitude, by a
        factor of 100, and the scaler keeps their proportions.

    See Also
    --------
    RelativeScaleSearch : The maximum over the scale of one variable against the other.
    make_estimator : The usual combinations by name.

    Notes
    -----
    `score` and `score_samples` scale new data by the statistics of the data given to
    `fit`. If the estimator sees only differences between samples, as those by nearest
    neighbours and by bins do, the scalers of skmi get data whose medians have been
    subtracted: nothing changes but the digits that dividing a large offset would cost.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import KSG, ScaleInvariantMI
    >>> from skmi.preprocessing import GlobalScaler
    >>> X, y = load_diabetes(return_X_y=True)
    >>> plain, invariant = KSG(), ScaleInvariantMI(KSG(), GlobalScaler())
    >>> for factor in 1e-4, 1e-3, 1:
    ...     mi = [e.fit(X, factor * y).mi_ for e in (plain, invariant)]
    ...     print("{:.2f} {:.2f}".format(*mi))
    0.04 0.32
    0.38 0.32
    0.34 0.32
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "estimator": [Having("fit", "score"), None],
        "scaler": [Having("fit", "transform"), None],
        "tie_tolerance": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto"}), None],
    }

    def __init__(
        self,
        estimator: Any = None,
        scaler: Any = None,
        *,
        tie_tolerance: float | str | None = "auto",
    ) -> None:
        self.estimator = estimator
        self.scaler = scaler
        self.tie_tolerance = tie_tolerance

    def _estimator(self) -> Any:
        return KSG() if self.estimator is None else self.estimator

    def _scaler(self) -> Any:
        return GlobalLinfScaler() if self.scaler is None else self.scaler

    def _asked_kinds(self) -> tuple[Any, Any] | None:
        inner = self._estimator()
        return inner._asked_kinds() if isinstance(inner, MutualInfoEstimator) else None

    def _asked_nan_policy(self) -> str:
        inner = self._estimator()
        return inner._asked_nan_policy() if isinstance(inner, MutualInfoEstimator) else "raise"

    @property
    def _releases_gil(self) -> bool:  # type: ignore[override]
        return getattr(self._estimator(), "_releases_gil", False)

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn both variables' scales and estimate their mutual information, `mi_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        sample = self._sample(X, y, reset=True)
        self._fit(sample)
        self._tell_doubts(sample)
        return self

    @available_if(_fits_many)
    def fit_many(
        self, Xs: Sequence[ArrayLike], ys: Sequence[ArrayLike], random_states: Any = None
    ) -> list[Self]:
        """Fit a clone to each of many pairs of variables, all in one training.

        There only if `estimator` has ``fit_many``, as `MINE` does. Each pair is scaled
        by its own scalers.

        Parameters
        ----------
        Xs : sequence of array-like of shape (n_samples, n_features)
            First variables. Those of equal shape are trained together.
        ys : sequence of array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variables.
        random_states : sequence of int, default=None
            A seed for each pair; None draws them with the `random_state` of
            `estimator`.

        Returns
        -------
        fitted : list of ScaleInvariantMI
            Each is that of a fit on its own with the same seed, up to rounding.

        Raises
        ------
        ValueError
            As `fit`, and if there are not as many X as y, or not as many seeds.
        """
        self._validate_params()
        if len(Xs) != len(ys):
            raise ValueError(f"There are {len(Xs)} X and {len(ys)} y; they come in pairs.")
        models = [clone(self) for _ in Xs]
        samples = [m._sample(X, y, reset=True) for m, X, y in zip(models, Xs, ys, strict=True)]
        scaled = [m._learn_scales(sample) for m, sample in zip(models, samples, strict=True)]
        arrays = [sample.arrays() for sample in scaled]
        fitted = clone(self._estimator()).fit_many(
            [X for X, _ in arrays], [y for _, y in arrays], random_states
        )
        for model, each, sample in zip(models, fitted, samples, strict=True):
            if "random_state" in each.get_params():
                model.estimator.set_params(random_state=each.random_state)
            model.estimator_ = each
            model._remember(sample)
            model.mi_ = float(each.mi_)
            model._tell_doubts(sample)
        return models

    def _learn(self, sample: Sample) -> float:
        scaled = self._learn_scales(sample)
        self.estimator_ = clone(self._estimator())
        if isinstance(self.estimator_, MutualInfoEstimator):
            self.estimator_._validate_params()
            return float(self.estimator_._fit(scaled).mi_)
        arrays = scaled.arrays()
        mi = getattr(self.estimator_.fit(*arrays), "mi_", None)
        return float(self.estimator_.score(*arrays) if mi is None else mi)

    def _learn_scales(self, sample: Sample) -> Sample:
        """Fit the scalers; the sample, scaled."""
        self.scaler_X_ = fit_scaler(self._scaler(), sample.X)
        self.scaler_y_ = fit_scaler(self._scaler(), sample.y)
        return self._scaled(sample)

    def _scaled(self, sample: Sample) -> Sample:
        tolerance = self.tie_tolerance
        if isinstance(tolerance, str):
            tolerance = default_tolerance(sample.is_single)
        differences = getattr(self._estimator(), "_sees_only_differences", False)
        return sample.scaled(
            scale(sample.X, self.scaler_X_, differences=differences),
            scale(sample.y, self.scaler_y_, differences=differences),
            tolerance,
        )

    def _doubt(self, sample: Sample) -> None:
        """Warn of what speaks against the estimate of a sample."""
        scaler, inner = self._scaler(), self._estimator()
        if isinstance(scaler, BaseScaler):
            if sample.n_numbers > 1 and not getattr(inner, "_finds_any_scale", False):
                warn_of_outliers(sample, _CURE)
            if scaler.keeps_proportions:
                warn_of_units(sample, _LOCAL_CURE)
        if isinstance(inner, MutualInfoEstimator):
            self.estimator_._doubt(self._scaled(sample))

    def _score(self, sample: Sample) -> float:
        scaled = self._scaled(sample)
        if isinstance(self.estimator_, MutualInfoEstimator):
            return self.estimator_._score(scaled)
        return float(self.estimator_.score(*scaled.arrays()))

    def _estimate(self, sample: Sample) -> FloatArray:
        scaled = self._scaled(sample)
        if isinstance(self.estimator_, MutualInfoEstimator):
            return self.estimator_._estimate(scaled)
        return np.asarray(self.estimator_.score_samples(*scaled.arrays()))

    def _repeated(self, sample: Sample) -> Repeated:
        if not isinstance(self.estimator_, MutualInfoEstimator):
            return super()._repeated(sample)
        # A permutation changes no scale.
        return self.estimator_._repeated(self._scaled(sample))

    def _core(self, sample: Any) -> tuple[Any, Any]:
        inner = self._estimator() if sample is None else self.estimator_
        seen = None if sample is None else self._scaled(sample)
        return inner._core(seen) if isinstance(inner, MutualInfoEstimator) else (inner, seen)

    def _uncorrected(self) -> Any:
        inner = self._estimator()
        inner = inner._uncorrected() if isinstance(inner, MutualInfoEstimator) else clone(inner)
        return clone(self).set_params(estimator=inner)

    @property
    def _corrects_bias(self) -> bool:  # type: ignore[override]
        return getattr(self._estimator(), "_corrects_bias", False)

    def _has_contributions(self) -> bool:
        return hasattr(self._estimator(), "score_samples")

    @property
    def best_scale_(self) -> float:
        """The relative scale found, if `estimator` is a search."""
        check_is_fitted(self)
        return float(self.estimator_.best_scale_)
