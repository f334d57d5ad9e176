"""Both variables normalized, then any estimator."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context, clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._codes import BoolArray
from .._kinds import Kinds, numbers, tell_kinds
from .._validation import FloatArray, is_single_precision
from ..preprocessing._base import BaseScaler, middle_values
from ..preprocessing._global_linf import GlobalLinfScaler
from ._base import MutualInfoEstimator, PermutedEstimates
from ._ksg import KSG

# Far above what rounding does to a distance of the size of a radius, far below what
# tells two distances apart.
_DOUBLE_TOLERANCE = 1e-10
_SINGLE_TOLERANCE = 1e-5


def _fits_many(model: "ScaleInvariantMI") -> bool:
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
        Passed on to the parameter of that name of the estimator, or of those inside
        it, wherever that is None. Multiplying data rounds them: distances that were
        equal, as between values on a grid, are so no more by a last digit, which would
        decide whether a neighbour counts. Within this part of a radius they stay
        equal, and the estimate does not depend on the data's units even then. "auto"
        is 1e-10, or 1e-5 if X or y comes in single precision.

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
        The road that the kinds of the columns led to, if `estimator` tells kinds, as
        `KSG` does by its `discrete_features` and `discrete_target`.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

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
        "estimator": [HasMethods(["fit", "score"]), None],
        "scaler": [HasMethods(["fit", "transform"]), None],
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

    def _tolerant_estimator(self, single_precision: bool) -> Any:
        estimator = clone(self._estimator())
        tolerance = self.tie_tolerance
        if tolerance == "auto":
            tolerance = _SINGLE_TOLERANCE if single_precision else _DOUBLE_TOLERANCE
        unset = {
            name: tolerance
            for name, value in estimator.get_params().items()
            if name.rpartition("__")[2] == "tie_tolerance" and value is None
        }
        return estimator.set_params(**unset)

    def _make_scaler(self) -> Any:
        return GlobalLinfScaler() if self.scaler is None else clone(self.scaler)

    def _offset(self, values: FloatArray) -> FloatArray | float:
        """What to subtract before scaling, so that dividing costs no digits."""
        harmless = isinstance(self._make_scaler(), BaseScaler) and getattr(
            self._estimator(), "_sees_only_differences", False
        )
        return middle_values(values) if harmless else 0.0

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
        estimator, X, y = self._start_fit(X, y)
        return self._keep(estimator.fit(X, y), X, y)

    def _start_fit(self, X: ArrayLike, y: ArrayLike) -> tuple[Any, Any, Any]:
        """What `fit` does before it fits an estimator: this, and the scaled variables."""
        self._validate_params()
        single_precision = is_single_precision(X) or is_single_precision(y)
        return self._prepare(*self._check(X, y, reset=True), single_precision)

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
        prepared = [model._start_fit(X, y) for model, X, y in zip(models, Xs, ys, strict=True)]
        scaled_Xs, scaled_ys = ([each[side] for each in prepared] for side in (1, 2))
        # All clones are alike but for the tolerance of ties, which goes by the data.
        estimator = prepared[0][0] if prepared else clone(self.estimator)
        fitted = estimator.fit_many(scaled_Xs, scaled_ys, random_states)
        for model, each, X, y in zip(models, fitted, scaled_Xs, scaled_ys, strict=True):
            if "random_state" in each.get_params():
                model.estimator.set_params(random_state=each.random_state)
            model._keep(each, X, y)
        return models

    def _prepare(
        self, X: FloatArray, y: FloatArray, single_precision: bool
    ) -> tuple[Any, Any, Any]:
        """The estimator to fit, and both sides scaled by what this learns."""
        self._offset_X, self.scaler_X_ = self._fit_scaler(numbers(X, self._kinds.X))
        self._offset_y, self.scaler_y_ = self._fit_scaler(numbers(y, self._kinds.y))
        X, y = self._scale(X, y)
        estimator = self._tolerant_estimator(single_precision)
        tell_kinds(estimator, Kinds(_first(X, self._kinds.X.sum()), _first(y, self._kinds.y.sum())))
        return estimator, X, y

    def _keep(self, fitted: Any, X: Any, y: Any) -> Self:
        self.estimator_ = fitted
        mi = getattr(self.estimator_, "mi_", None)
        self.mi_ = float(self.estimator_.score(X, y) if mi is None else mi)
        return self

    def _fit_scaler(self, values: FloatArray) -> tuple[Any, Any]:
        """What to subtract, and the scaler of what is left."""
        if values.shape[1] == 0:
            return 0.0, None
        offset = self._offset(values)
        return offset, self._make_scaler().fit(values - offset)

    def _scale(self, X: FloatArray, y: FloatArray) -> tuple[Any, Any]:
        return (
            _scaled(X, self._kinds.X, self._offset_X, self.scaler_X_),
            _scaled(y, self._kinds.y, self._offset_y, self.scaler_y_),
        )

    def _score(self, X: FloatArray, y: FloatArray) -> float:
        return float(self.estimator_.score(*self._scale(X, y)))

    def _pointwise(self, X: FloatArray, y: FloatArray) -> FloatArray:
        return np.asarray(self.estimator_.score_samples(*self._scale(X, y)))

    def _permuted_estimates(self, X: ArrayLike, y: ArrayLike) -> PermutedEstimates | None:
        # A permutation changes no scale.
        faster = getattr(self.estimator_, "_permuted_estimates", None)
        return faster and faster(*self._scale(*self._check(X, y, reset=False)))

    def _has_contributions(self) -> bool:
        return hasattr(self._estimator(), "score_samples")

    @property
    def best_scale_(self) -> float:
        """The relative scale found, if `estimator` is a search."""
        check_is_fitted(self)
        return float(self.estimator_.best_scale_)


def _scaled(values: FloatArray, labels: BoolArray, offset: Any, scaler: Any) -> Any:
    """The scaled numbers, after the labels if there are any."""
    if scaler is None:
        return values
    scaled = scaler.transform(numbers(values, labels) - offset)
    return np.column_stack([values[:, labels], scaled]) if labels.any() else scaled


def _first(values: Any, n_labels: int) -> BoolArray:
    """The mask of the first columns."""
    return np.arange(np.shape(values)[1]) < n_labels
