"""What all estimators of mutual information share."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, _fit_context
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._kinds import Kinds, asked_kinds, check_pair_of_kinds
from .._validation import FloatArray

IntArray = NDArray[np.intp]

# What `fit` would find as `mi_`, were y permuted so.
PermutedEstimates = Callable[[IntArray], float]


def _gives_contributions(estimator: "MutualInfoEstimator") -> bool:
    return estimator._has_contributions()


class MutualInfoEstimator(BaseEstimator):
    """Base of the estimators: ``fit(X, y)`` learns, ``score(X, y)`` estimates.

    Subclasses define ``_pointwise(X, y)``, each sample's contribution, and learn what
    they need in ``_learn(X, y)``. Those that hold another estimator, which may have no
    contributions to give, also define ``_score(X, y)`` and ``_has_contributions()``.
    """

    _kinds: Kinds  # which columns of the data given to `fit` hold labels

    # Estimators that only see differences between samples lose nothing if the data
    # are centred before they are scaled.
    _sees_only_differences = False

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Estimate the mutual information of X and y, as `mi_`.

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

        Raises
        ------
        ValueError
            If X or y holds anything but finite real numbers, if their lengths differ,
            or if there are too few samples.
        """
        X, y = self._check(X, y, reset=True)
        self._learn(X, y)
        self.mi_ = float(np.mean(self._pointwise(X, y)))
        return self

    def _asked_kinds(self) -> tuple[Any, Any] | None:
        """What is asked for discrete columns of X and of y; None to take numbers alone."""
        return asked_kinds(self)

    def _check(self, X: ArrayLike, y: ArrayLike, *, reset: bool) -> tuple[FloatArray, FloatArray]:
        """Validate a sample; labels become codes where the estimator knows them."""
        asked = (self._asked_kinds() or (False, False)) if reset else self._kinds
        X, y, kinds = check_pair_of_kinds(self, X, y, asked, reset=reset)
        if reset:
            self._kinds = kinds
        return X, y

    @property
    def method_(self) -> str:
        """What the kinds of the columns led to, in an estimator that tells them."""
        if self._asked_kinds() is None or not hasattr(self, "_kinds"):
            raise AttributeError(f"{type(self).__name__} has no attribute 'method_'")
        return self._kinds.method

    def _learn(self, X: FloatArray, y: FloatArray) -> None:
        """Learn what `score` reuses; by default there is nothing to learn."""

    def _pointwise(self, X: FloatArray, y: FloatArray) -> FloatArray:
        raise NotImplementedError

    def _score(self, X: FloatArray, y: FloatArray) -> float:
        return float(np.mean(self._pointwise(X, y)))

    def _has_contributions(self) -> bool:
        return True

    def score(self, X: ArrayLike, y: ArrayLike) -> float:
        """Estimate the mutual information of these samples, with what `fit` learnt.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        mi : float
            The estimate in nats. It is not clipped: around 0 it may be negative.
        """
        check_is_fitted(self)
        X, y = self._check(X, y, reset=False)
        return self._score(X, y)

    @available_if(_gives_contributions)
    def score_samples(self, X: ArrayLike, y: ArrayLike) -> FloatArray:
        """Each sample's contribution to the estimate.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        contributions : ndarray of shape (n_samples,)
            Pointwise contributions in nats; their mean is `score`.
        """
        check_is_fitted(self)
        X, y = self._check(X, y, reset=False)
        return self._pointwise(X, y)

    def _permuted_estimates(self, X: ArrayLike, y: ArrayLike) -> PermutedEstimates | None:
        """A faster way to `mi_` of the data given to `fit` with y permuted, if there is one.

        It is called on a fitted estimator.
        """
        return None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "mi_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.one_d_labels = False
        tags.target_tags.two_d_labels = False
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        return tags
