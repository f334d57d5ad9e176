"""The task of patterns on a sphere."""

import numpy as np
import pytest
from scipy.special import factorial, lpmv

from skmi.datasets import make_information_bottleneck
from skmi.datasets._information_bottleneck import _icosahedron


def rotations():
    """Permutations of the corners that rotations make: all that keep angles and sides."""
    points = _icosahedron()
    found = set()
    three = [0, 1, 4]
    frame = points[three]
    cosines = points @ points.T
    between = cosines[np.ix_(three, three)]
    for a in range(12):
        for b in range(12):
            for c in range(12):
                if not np.allclose(cosines[np.ix_([a, b, c], [a, b, c])], between):
                    continue
                turn = np.linalg.solve(frame, points[[a, b, c]])
                if np.linalg.det(turn) > 0:
                    moved = points @ turn
                    found.add(tuple(np.argmax(points @ moved.T, axis=0)))
    return [list(permutation) for permutation in found]


def test_twelve_points_evenly_on_the_sphere():
    points = _icosahedron()
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1)
    nearest = np.sort(points @ points.T, axis=1)[:, -2]
    np.testing.assert_allclose(nearest, 1 / np.sqrt(5))


def test_every_pattern_once():
    X, y = make_information_bottleneck()
    assert X.shape == (4096, 12)
    assert set(np.unique(X)) == {0.0, 1.0}
    assert len(np.unique(X, axis=0)) == 4096
    assert y.shape == (4096,)
    assert y.dtype == np.int64


@pytest.mark.parametrize("seed", range(10))
def test_labels_are_balanced_and_do_not_see_rotations(seed):
    X, y = make_information_bottleneck(seed)
    assert 0.45 < y.mean() < 0.55
    turns = rotations()
    assert len(turns) == 60  # the rotation group of the icosahedron
    places = 2 ** np.arange(11, -1, -1)
    for turn in turns:
        rows = (X[:, turn] @ places).astype(int)
        np.testing.assert_array_equal(y[rows], y)


def test_the_same_number_is_the_same_task():
    first, second = make_information_bottleneck(3)[1], make_information_bottleneck(3)[1]
    np.testing.assert_array_equal(first, second)
    assert (make_information_bottleneck(4)[1] != first).any()
    np.testing.assert_array_equal(
        make_information_bottleneck()[1], make_information_bottleneck(0)[1]
    )


def test_labels_are_the_power_spectrum_above_a_threshold():
    """Spherical harmonics themselves, rather than sums over pairs."""
    X, y = make_information_bottleneck(1)
    weights = np.random.default_rng(1).normal(size=6)
    points = _icosahedron()
    values = np.zeros(len(X))
    for degree, weight in enumerate(weights):
        for harmonic in real_harmonics(degree, points):
            values += weight * (X @ harmonic) ** 2
    assert values[y == 1].min() > values[y == 0].max() + 1e-9


def real_harmonics(degree, points):
    """An orthonormal basis of the harmonics of a degree, at these points."""
    theta_cosine, phi = points[:, 2], np.arctan2(points[:, 1], points[:, 0])
    for order in range(degree + 1):
        norm = (2 * degree + 1) / 2 * factorial(degree - order) / factorial(degree + order)
        legendre = np.sqrt(norm) * lpmv(order, degree, theta_cosine)
        if order == 0:
            yield legendre / np.sqrt(2 * np.pi)
        else:
            yield legendre * np.cos(order * phi) / np.sqrt(np.pi)
            yield legendre * np.sin(order * phi) / np.sqrt(np.pi)
