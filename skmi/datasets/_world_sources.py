"""What worlds are made of: maps that keep mutual information, and draws of little use elsewhere.

A map is of one side, ``(n_samples, n_columns) -> (n_samples, more)``, and can be undone.
A draw is ``(rng, n_samples) -> (X, y)``.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr

from .._typing import FloatArray
from ._base import BaseSampler

Map = Callable[[FloatArray], FloatArray]
Draw = Callable[[np.random.Generator, int], tuple[FloatArray, FloatArray]]


class Drawn(BaseSampler):
    """A sampler by a function, and what is known of it."""

    def __init__(self, draw: Draw, information: float) -> None:
        self.draw = draw
        self.information = information

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        return self.draw(rng, n_samples)

    def _mutual_info(self) -> float:
        return self.information


def equicorrelated(n_features: int, correlation: float) -> FloatArray:
    """Correlations of two sides of so many columns, all alike."""
    matrix = np.full((2 * n_features, 2 * n_features), correlation)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def summed(n_features: int, noise_std: float) -> FloatArray:
    """Covariance of independent columns and of their sum, of variance 1, with noise added."""
    matrix = np.eye(n_features + 1)
    matrix[-1, :-1] = matrix[:-1, -1] = n_features**-0.5
    matrix[-1, -1] = 1.0 + noise_std**2
    return matrix


# Maps


def to_uniform(side: FloatArray) -> FloatArray:
    """The normal distribution function of each value."""
    uniform: FloatArray = ndtr(side)
    return uniform


def half_cube(side: FloatArray) -> FloatArray:
    """Each value to the power of 1.5, with its sign."""
    return np.sign(side) * np.abs(side) ** 1.5


def cube(side: FloatArray) -> FloatArray:
    """Each value to the power of 3."""
    return side**3


def wiggle(side: FloatArray) -> FloatArray:
    """Sines added to each value, of slopes too small to turn it back."""
    return (
        side + 0.4 * np.sin(side) + 0.2 * np.sin(1.7 * side + 1) + 0.03 * np.sin(3.3 * side - 2.5)
    )


def swiss_roll(side: FloatArray) -> FloatArray:
    """One column wound up in a plane."""
    turn = 1.5 * np.pi * (1 + 2 * ndtr(side[:, 0]))
    return np.column_stack([turn * np.cos(turn), turn * np.sin(turn)])


def spiral(side: FloatArray) -> FloatArray:
    """Pairs of columns turned by an angle that grows with the distance from the middle."""
    angle = np.linalg.norm(side, axis=1) / np.sqrt(side.shape[1])
    turned = side.copy()
    for first in range(0, side.shape[1] - 1, 2):
        a, b = side[:, first], side[:, first + 1]
        turned[:, first] = np.cos(angle) * a - np.sin(angle) * b
        turned[:, first + 1] = np.sin(angle) * a + np.cos(angle) * b
    return turned


def spiral_of_uniform(side: FloatArray) -> FloatArray:
    """A cube turned likewise."""
    centred = to_uniform(side) - 0.5
    stretch = 2.0 * np.sqrt(side.shape[1])
    return spiral(stretch * centred) / stretch


def mixed(side: FloatArray) -> FloatArray:
    """All columns mirrored at their diagonal, then in units from 1 to 1000."""
    d = side.shape[1]
    mirrored = side - 2.0 / d * side.sum(axis=1, keepdims=True)
    return mirrored * np.geomspace(1.0, 1000.0, d)


# Draws


def _columns(rng: np.random.Generator, n_samples: int, n_columns: int) -> FloatArray:
    return rng.standard_normal((n_samples, n_columns))


def _noisy(rng: np.random.Generator, values: FloatArray, noise_std: float) -> FloatArray:
    return (values + noise_std * rng.standard_normal(len(values)))[:, None]


def independent(n_x: int, n_y: int, n_small: int = 0) -> Draw:
    """Normal columns, and columns a fifth as large appended to X."""

    def draw(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
        X = np.hstack([_columns(rng, n_samples, n_x), 0.2 * _columns(rng, n_samples, n_small)])
        return X, _columns(rng, n_samples, n_y)

    return draw


def independent_student(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """Five columns a side, each of Student's t with two degrees of freedom."""
    return rng.standard_t(2, (n_samples, 5)), rng.standard_t(2, (n_samples, 5))


def independent_uniform(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """Three columns a side."""
    return rng.random((n_samples, 3)), rng.random((n_samples, 3))


def lopsided(n_x: int, noise_std: float) -> Draw:
    """The second side is the first column of X with noise."""

    def draw(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
        X = _columns(rng, n_samples, n_x)
        return X, _noisy(rng, X[:, 0], noise_std)

    return draw


def unequal_pairs(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """Eight pairs of columns, of correlations .9, .7, .5, and 0."""
    X = _columns(rng, n_samples, 8)
    r = np.array([0.9, 0.7, 0.5, 0, 0, 0, 0, 0])
    return X, r * X + np.sqrt(1 - r**2) * _columns(rng, n_samples, 8)


def square(n_x: int) -> Draw:
    """The square of the first column, and noise of deviation 0.5."""

    def draw(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
        X = _columns(rng, n_samples, n_x)
        return X, _noisy(rng, X[:, 0] ** 2, 0.5)

    return draw


def sine(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """The sine of three times X, and noise of deviation 0.3."""
    X = _columns(rng, n_samples, 1)
    return X, _noisy(rng, np.sin(3 * X[:, 0]), 0.3)


def ring(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """X is an angle, y the point on the circle of radius 1, and noise of deviation 0.3."""
    X = rng.uniform(-np.pi, np.pi, (n_samples, 1))
    return X, np.hstack([np.cos(X), np.sin(X)]) + 0.3 * _columns(rng, n_samples, 2)


def radius(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """The distance of five columns from 0, and noise of deviation 0.3."""
    X = _columns(rng, n_samples, 5)
    return X, _noisy(rng, np.linalg.norm(X, axis=1), 0.3)


def spread(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """The second side is noise, and X the log of its deviation."""
    X = _columns(rng, n_samples, 1)
    return X, np.exp(X) * _columns(rng, n_samples, 1)


def stairs(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """X is uniform on four steps, y is uniform on the same step."""
    step = rng.integers(0, 4, (n_samples, 1))
    return step + rng.random((n_samples, 1)), step + rng.random((n_samples, 1))


def checkerboard(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """Uniform on the black squares of a board of four by four."""
    row = rng.integers(0, 4, (n_samples, 1))
    column = 2 * rng.integers(0, 2, (n_samples, 1)) + row % 2
    return row + rng.random((n_samples, 1)), column + rng.random((n_samples, 1))


def two_gaussians(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """At (2, 1.5) with correlation .8, or at (-1, -1.5) with -.6, as often."""
    first = rng.random((n_samples, 1)) < 0.5
    r = np.where(first, 0.8, -0.6)
    X = _columns(rng, n_samples, 1)
    y = r * X + np.sqrt(1 - r**2) * _columns(rng, n_samples, 1)
    return X + np.where(first, 2.0, -1.0), y + np.where(first, 1.5, -1.5)


def clusters(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """Five columns a side around +1 or -1, the sign of y that of X nine times of ten."""
    sign = rng.choice([-1.0, 1.0], (n_samples, 1))
    other = np.where(rng.random((n_samples, 1)) < 0.9, sign, -sign)
    return sign + _columns(rng, n_samples, 5), other + _columns(rng, n_samples, 5)


def sign_of_product(n_factors: int, n_x: int = 5) -> Draw:
    """The sign of the product of the first columns."""

    def draw(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
        X = _columns(rng, n_samples, n_x)
        return X, np.sign(np.prod(X[:, :n_factors], axis=1, keepdims=True))

    return draw


def product(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """The product of the first two of three columns, and noise of deviation 0.3."""
    X = _columns(rng, n_samples, 3)
    return X, _noisy(rng, X[:, 0] * X[:, 1], 0.3)


def gate(rng: np.random.Generator, n_samples: int) -> tuple[FloatArray, FloatArray]:
    """The first of three columns, by the sign of the second one, and noise of deviation 0.5."""
    X = _columns(rng, n_samples, 3)
    return X, _noisy(rng, X[:, 0] * np.sign(X[:, 1]), 0.5)
