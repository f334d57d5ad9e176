"""Features of normal scores in which dependence may show as correlation."""

from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np
from sklearn.kernel_approximation import RBFSampler
from sklearn.preprocessing import PolynomialFeatures

from .._typing import FloatArray

# In more columns than these their products are too many; squares remain.
_MOST_FOR_PRODUCTS = 12
# Mean squares nearer 0 than this are alike.
_LEAST_SQUARE = 1e-3
# Cosines of random frequencies: the frequency's standard deviations, how many of each.
_FREQUENCIES = (0.7, 1.5)
_N_COSINES = 75
# A feature is constant if its standard deviation is below this, but for its mean.
_LEAST_SPREAD = 1e-7


class FeatureKind(NamedTuple):
    """One way to make features of normal scores.

    Attributes
    ----------
    make : callable
        Takes scores, shape (n_samples, n_columns), and a seed; gives features.
    ridge : float
        Added to the features' variances of 1 when they are whitened.
    """

    make: Callable[[FloatArray, int], FloatArray]
    ridge: float


def _radius(scores: FloatArray) -> FloatArray:
    """The logarithm of each sample's mean square: how far it lies out."""
    return np.log(_LEAST_SQUARE + np.square(scores).mean(axis=1, keepdims=True))


def _linear(scores: FloatArray, seed: int) -> FloatArray:
    return scores


def _with_radius(scores: FloatArray, seed: int) -> FloatArray:
    return np.column_stack([scores, _radius(scores)])


def _quadratic(scores: FloatArray, seed: int) -> FloatArray:
    if scores.shape[1] > _MOST_FOR_PRODUCTS:
        return np.column_stack([_radius(scores), scores, np.square(scores)])
    products = PolynomialFeatures(degree=2, include_bias=False).fit_transform(scores)
    return np.column_stack([_radius(scores), products])


def _fourier(scores: FloatArray, seed: int) -> FloatArray:
    n_columns = scores.shape[1]
    cosines = [
        RBFSampler(
            gamma=frequency**2 / (2 * n_columns), n_components=_N_COSINES, random_state=seed + i
        ).fit_transform(scores)
        for i, frequency in enumerate(_FREQUENCIES)
    ]
    return np.column_stack([scores, *cosines])


FEATURES = {
    "linear": FeatureKind(_linear, 1e-3),
    "radius": FeatureKind(_with_radius, 1e-2),
    "quadratic": FeatureKind(_quadratic, 3e-2),
    "fourier": FeatureKind(_fourier, 0.3),
}


class Projection(NamedTuple):
    """Combinations of features."""

    mean: FloatArray
    weights: FloatArray

    def __call__(self, features: FloatArray) -> FloatArray:
        return (features - self.mean) @ self.weights

    def then(self, weights: FloatArray) -> Self:
        """Combinations of these combinations."""
        return self._replace(weights=self.weights @ weights)

    @classmethod
    def whitening(cls, features: FloatArray, ridge: float) -> Self:
        """Those that are uncorrelated; the ridge is added to the features' variances of 1."""
        mean, std = features.mean(axis=0), features.std(axis=0)
        varies = std > _LEAST_SPREAD * (1.0 + np.abs(mean))
        inverse = np.where(varies, 1.0 / np.where(varies, std, 1.0), 0.0)
        standardized = (features - mean) * inverse
        variances, axes = np.linalg.eigh(standardized.T @ standardized / len(features))
        weights = axes / np.sqrt(np.maximum(variances, 0.0) + ridge)
        return cls(mean, inverse[:, None] * weights)
