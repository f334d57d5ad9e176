"""What the scalers share: centring, dividing, and running moments."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils.validation import check_is_fitted

from .._input._features import check_features
from .._input._values import to_ordinary_size
from .._params import Parameterized
from .._typing import FloatArray


class BaseScaler(OneToOneFeatureMixin, TransformerMixin, Parameterized):
    """Divide by a learnt factor, `scale_`: one for each column or one for all.

    Subclasses learn `scale_` and the means in ``_learn(X, first)``. Means are kept as
    distances from a sample in the middle: a large offset, which a sum could not hold
    with all its digits, is gone before anything is added up, and a constant column's
    deviations are exactly zero. Values near the largest or the smallest numbers are in
    units of a power of two while anything is learnt.
    """

    # An invertible map of a variable keeps its information on any other.
    preserves_mutual_info = True
    # A single value far from the others sets the scale.
    sees_outliers = True
    # Columns keep their proportions: one in larger units counts for more.
    keeps_proportions = False

    # In units of 2**_exponent, which is 1 for values of ordinary size.
    _exponent: int
    _origin: FloatArray
    _mean_from_origin: FloatArray
    _scale: FloatArray | float

    _parameter_constraints: dict[str, list[Any]] = {"with_mean": ["boolean"]}

    def __init__(self, *, with_mean: bool = False) -> None:
        self.with_mean = with_mean

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn the factor, and the columns' means.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            One variable, of any number of columns.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted scaler.

        Raises
        ------
        ValueError
            If X holds anything but finite real numbers.
        """
        X = check_features(self, X, reset=True).astype(np.float64, copy=False)
        return self._fit(*to_ordinary_size(X))

    def _fit(self, values: FloatArray, exponent: int) -> Self:
        """Learn from values of ordinary size in units of a power of two."""
        self.n_features_in_ = values.shape[1]
        self._exponent = exponent
        self._learn(values, first=True)
        return self

    def _learn(self, X: FloatArray, *, first: bool) -> None:
        raise NotImplementedError

    @property
    def scale_(self) -> FloatArray | float:
        """What the columns are divided by."""
        check_is_fitted(self, "_scale")
        scale = np.ldexp(self._scale, self._exponent)
        return scale if np.ndim(scale) else float(scale)

    def _in_own_units(self, values: FloatArray, exponent: int) -> FloatArray:
        shift = exponent - self._exponent
        return np.ldexp(values, shift) if shift else values

    def _scaled(self, values: FloatArray, exponent: int, *, centred: bool) -> FloatArray:
        """Values of ordinary size, divided by the factor.

        Parameters
        ----------
        values : ndarray of float64, shape (n_samples, n_features)
            In units of ``2**exponent``.
        exponent : int
        centred : bool
            Whether a value from the middle is subtracted first. Differences stay what they
            are, except for the digits that dividing a large offset would cost.
        """
        values = self._in_own_units(values, exponent)
        if self.with_mean:
            return (values - self._origin - self._mean_from_origin) / self._scale
        return (values - self._origin if centred else values) / self._scale

    @property
    def mean_(self) -> FloatArray:
        """Each column's mean."""
        check_is_fitted(self, "_scale")
        return np.ldexp(self._origin + self._mean_from_origin, self._exponent)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_scale")

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Divide by the factor, after subtracting the means if ``with_mean``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        X_scaled : ndarray of shape (n_samples, n_features)
            float32 for float32 input, float64 otherwise.
        """
        check_is_fitted(self)
        X = check_features(self, X, reset=False)
        scaled = self._scaled(X.astype(np.float64), 0, centred=False)
        return scaled.astype(X.dtype, copy=False)

    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Undo `transform`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Scaled data.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_features)
            float32 for float32 input, float64 otherwise.
        """
        check_is_fitted(self)
        X = check_features(self, X, reset=False)
        original = X.astype(np.float64) * self._scale
        if self.with_mean:
            original += self._mean_from_origin
            original += self._origin
        return np.ldexp(original, self._exponent).astype(X.dtype, copy=False)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class MomentScaler(BaseScaler):
    """A scaler whose factor follows from means and deviations, batch by batch."""

    n_samples_seen_: int
    _norm: FloatArray  # root of the summed squared deviations of each column

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: ArrayLike, y: object = None) -> Self:
        """Learn from one more batch; the result is that of ``fit`` on all batches.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The next batch of the variable.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted scaler.
        """
        first = not hasattr(self, "_scale")
        X = check_features(self, X, reset=first).astype(np.float64, copy=False)
        if first:
            return self._fit(*to_ordinary_size(X))
        self._learn(self._in_own_units(X, 0), first=False)
        return self

    def _learn(self, X: FloatArray, *, first: bool) -> None:
        if first:
            self._origin = middle_values(X)
        n = len(X)
        X = X - self._origin
        mean = X.mean(axis=0)
        norm = column_norms(X - mean)
        if not first:
            seen = self.n_samples_seen_
            shift = mean - self._mean_from_origin
            weight = np.sqrt(seen) * np.sqrt(n / (seen + n))
            norm = np.hypot(np.hypot(self._norm, norm), shift * weight)
            mean = self._mean_from_origin + shift * (n / (seen + n))
            n += seen
        self.n_samples_seen_ = n
        self._mean_from_origin = mean
        self._norm = norm
        self._scale = self._factor(norm / np.sqrt(n))

    def _factor(self, deviations: FloatArray) -> FloatArray | float:
        """The factor, from the columns' standard deviations."""
        raise NotImplementedError


def middle_values(X: FloatArray) -> FloatArray:
    """Each column's median, the lower of two."""
    middle = (len(X) - 1) // 2
    # A row by itself: a view would keep the whole copy in memory.
    return np.partition(X, middle, axis=0)[middle].copy()


def column_norms(deviations: FloatArray) -> FloatArray:
    """Each column's Euclidean norm; overwrites its input.

    Squares are taken in units of a power of two near the largest deviation, so that
    data of any magnitude neither overflow nor vanish.
    """
    unit = power_of_two(np.abs(deviations).max(axis=0))
    deviations /= unit
    return np.sqrt(np.square(deviations, out=deviations).sum(axis=0)) * unit


def power_of_two(values: FloatArray) -> FloatArray:
    """The power of two at or below each value; 1 for zero."""
    return np.ldexp(1.0, np.where(values > 0, np.frexp(values)[1] - 1, 0))


def or_one(factor: FloatArray) -> FloatArray:
    """The factor where it is positive, 1 where there is no variation to divide by."""
    return np.where(factor > 0.0, factor, 1.0)
