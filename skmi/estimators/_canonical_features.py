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
        For canonical correlations, where each feature's variance is 1.
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


class Moments(NamedTuple):
    """Sums over samples of the features of two variables, of their squares and products."""

    n_samples: int
    sums: FloatArray  # of both variables' features, side by side
    products: FloatArray
    n_x: int

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray) -> Self:
        both = np.column_stack([x, y])
        return cls(len(x), both.sum(axis=0), both.T @ both, x.shape[1])

    def plus(self, other: Self) -> Self:
        """Those of more samples."""
        return self._combined(other, 1)

    def minus(self, other: Self) -> Self:
        """Those of fewer samples."""
        return self._combined(other, -1)

    def _combined(self, other: Self, sign: int) -> Self:
        return self._replace(
            n_samples=self.n_samples + sign * other.n_samples,
            sums=self.sums + sign * other.sums,
            products=self.products + sign * other.products,
        )

    def canonical_pairs(self, ridge: float, n_pairs: int) -> tuple[Projection, Projection]:
        """The combinations of either variable's features that are correlated most.

        Each side is whitened with a ridge, which is added to variances of 1.
        """
        mean = self.sums / self.n_samples
        covariance = self.products / self.n_samples - np.outer(mean, mean)
        std = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        varies = std > _LEAST_SPREAD * (1.0 + np.abs(mean))
        inverse = np.where(varies, 1.0 / np.where(varies, std, 1.0), 0.0)
        correlation = covariance * np.outer(inverse, inverse)
        x, y = slice(None, self.n_x), slice(self.n_x, None)
        x_white, y_white = (_whitening(correlation[side, side], ridge) for side in (x, y))
        left, _, right = np.linalg.svd(x_white.T @ correlation[x, y] @ y_white, full_matrices=False)
        return (
            Projection(mean[x], inverse[x, None] * (x_white @ left[:, :n_pairs])),
            Projection(mean[y], inverse[y, None] * (y_white @ right[:n_pairs].T)),
        )


def _whitening(correlation: FloatArray, ridge: float) -> FloatArray:
    variances, axes = np.linalg.eigh(correlation)
    weights: FloatArray = axes / np.sqrt(np.maximum(variances, 0.0) + ridge)
    return weights
