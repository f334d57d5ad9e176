"""What the transforms that keep mutual information share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from .._input._features import check_features
from .._typing import FloatArray


class BaseTransform(TransformerMixin, BaseEstimator):
    """An invertible map of one variable, which keeps its information on any other.

    Subclasses map in ``_map`` and back in ``_unmap``, and learn in ``_learn`` if there
    is anything to learn.
    """

    preserves_mutual_info = True

    _parameter_constraints: dict[str, list[Any]] = {}

    n_features_in_: int

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn the number of columns, and draw what is random.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            One variable, of any number of columns.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted transform.

        Raises
        ------
        ValueError
            If X holds anything but finite real numbers.
        """
        check_features(self, X, reset=True)
        self._learn()
        return self

    def transform(self, X: ArrayLike) -> FloatArray:
        """Map the variable.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        X_transformed : ndarray of float64, shape (n_samples, n_features_out)

        Raises
        ------
        ValueError
            If X holds anything but finite real numbers.
        """
        check_is_fitted(self)
        return self._map(check_features(self, X, reset=False).astype(np.float64, copy=False))

    def inverse_transform(self, X: ArrayLike) -> FloatArray:
        """Undo `transform`, up to rounding.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out)
            Transformed data.

        Returns
        -------
        X_original : ndarray of float64, shape (n_samples, n_features)

        Raises
        ------
        ValueError
            If X holds anything but finite real numbers, or what `transform` does not
            return.
        """
        check_is_fitted(self)
        # An estimator of its own: the columns are those of the result, not of `fit`.
        X = check_features(BaseEstimator(), X, reset=True).astype(np.float64, copy=False)
        if X.shape[1] != self._n_features_out:
            raise ValueError(
                f"X has {X.shape[1]} features, but {type(self).__name__} returns "
                f"{self._n_features_out} features: this is not its result."
            )
        return self._unmap(X)

    @property
    def _n_features_out(self) -> int:
        return self.n_features_in_

    def _learn(self) -> None:
        """Learn, or draw, what `transform` needs; by default nothing."""

    def _map(self, X: FloatArray) -> FloatArray:
        raise NotImplementedError

    def _unmap(self, X: FloatArray) -> FloatArray:
        raise NotImplementedError


def free_name(stem: str, number: int, taken: Collection[str]) -> str:
    """The first of ``stem`` and a number, counted from `number`, that is not taken."""
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"
