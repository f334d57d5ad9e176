"""Worlds by name: what they say they know is true of what they draw."""

import pickle

import numpy as np
import pytest
from scipy import integrate
from scipy.special import ive, ndtr
from scipy.stats import chi, multivariate_normal, norm
from sklearn.base import clone

from skmi import mutual_info
from skmi.datasets import World, get_world_names
from skmi.datasets import _world_sources as sources

NAMES = get_world_names()
FAMILIES = {World(name).family for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_world_is_a_sampler(name):
    world = World(name)
    X, y = world.sample(20, random_state=3)
    assert len(X) == len(y) == 20
    assert X.dtype == y.dtype == np.float64
    assert np.isfinite(X).all()
    assert np.isfinite(y).all()
    again = pickle.loads(pickle.dumps(clone(world))).sample(20, random_state=3)
    np.testing.assert_array_equal(again[0], X)
    np.testing.assert_array_equal(again[1], y)
    assert not np.array_equal(world.sample(20, random_state=4)[0], X)
    assert (world.mutual_info == 0) == (world.family == "null")
    assert world.mutual_info >= 0
    assert world.description.endswith(".")


def test_names_and_families():
    assert len(set(NAMES)) == len(NAMES) >= 57
    assert sorted(name for each in FAMILIES for name in get_world_names(each)) == sorted(NAMES)
    widths = {side.shape[1] for name in NAMES for side in World(name).sample(2, 0)}
    assert min(widths) == 1
    assert max(widths) == 50
    with pytest.raises(ValueError, match=r"no family 'nul'.*'null'"):
        get_world_names("nul")
    for use in (lambda w: w.mutual_info, lambda w: w.family, lambda w: w.sample(5)):
        with pytest.raises(ValueError, match="name"):
            use(World("nowhere"))


# Truths, by numerical integration.


def entropy(density, low, high, points=None):
    """Of one variable with such a density."""

    def term(value):
        p = density(value)
        return -p * np.log(p) if p > 0 else 0.0

    return integrate.quad(term, low, high, points=points, limit=400)[0]


def of_noise(std):
    return 0.5 * np.log(2 * np.pi * np.e * std**2)


def with_noise(values, weights, std):
    """Density of a variable on a fine grid, noise added."""
    return lambda y: float(weights @ norm.pdf(y, values, std))


GRID = np.linspace(-9, 9, 3001)
NORMAL = norm.pdf(GRID) * (GRID[1] - GRID[0])
POSITIVE = np.linspace(0, 9, 3001)
RADII = chi.pdf(POSITIVE, 5) * (POSITIVE[1] - POSITIVE[0])


def ring():
    var = 0.3**2

    def density(r):
        return r / var * np.exp(-((r - 1) ** 2) / 2 / var) * ive(0, r / var)

    log_mean = integrate.quad(lambda r: density(r) * np.log(r) if r > 0 else 0.0, 0, 5)[0]
    return entropy(density, 0, 5) + np.log(2 * np.pi) + log_mean - 2 * of_noise(0.3)


def product():
    def density(y):
        return float(NORMAL @ norm.pdf(y, 0, np.hypot(GRID, 0.3)))

    return 2 * entropy(density, 0, 40, [0.5, 2, 8]) - of_noise(0.3)


def spread():
    def density(y):
        return float(NORMAL @ norm.pdf(y, 0, np.exp(GRID)))

    # In the log of y, whose density has a long tail.
    def term(u):
        p = density(np.exp(u))
        return -2 * p * np.log(p) * np.exp(u)

    return integrate.quad(term, -18, 9, limit=400)[0] - of_noise(1)


def of_mixture(means, factors, weights):
    """Of two columns, from a mixture of Gaussians of variance 1, on a grid."""
    axis = np.linspace(-9, 10, 761)
    step = axis[1] - axis[0]
    points = np.dstack(np.meshgrid(axis, axis, indexing="ij"))
    joint = sum(
        w * multivariate_normal(m, [[1, r], [r, 1]]).pdf(points)
        for w, m, r in zip(weights, means, factors, strict=True)
    )
    apart = np.outer(joint.sum(axis=1), joint.sum(axis=0)) * step**2
    seen = joint > 1e-200
    return np.sum(joint[seen] * np.log(joint[seen] / apart[seen])) * step**2


M = np.sqrt(5)  # the mean of five columns is all they tell of their sign
STORED = {
    "square-of-3": lambda: (
        entropy(with_noise(GRID**2, NORMAL, 0.5), -4, 50, [0, 1, 4]) - of_noise(0.5)
    ),
    "sine-1": lambda: entropy(with_noise(np.sin(3 * GRID), NORMAL, 0.3), -4, 4) - of_noise(0.3),
    "radius-of-5": lambda: entropy(with_noise(POSITIVE, RADII, 0.3), -3, 11) - of_noise(0.3),
    "ring": ring,
    "product-of-2": product,
    "spread-1": spread,
    "two-gaussians-1": lambda: of_mixture([(2, 1.5), (-1, -1.5)], [0.8, -0.6], [0.5, 0.5]),
    "clusters-5": lambda: of_mixture(
        [(M, M), (-M, -M), (M, -M), (-M, M)], [0] * 4, [0.45, 0.45, 0.05, 0.05]
    ),
}


@pytest.mark.parametrize("name", STORED)
def test_what_was_integrated_once_is_so_again(name):
    assert World(name).mutual_info == pytest.approx(STORED[name](), abs=2e-5)


def test_what_holds_for_signs_boards_and_steps():
    assert World("sign-of-2").mutual_info == np.log(2)  # one bit, known from X
    assert World("checkerboard-1").mutual_info == np.log(2)  # X halves where y can be
    assert World("stairs-1").mutual_info == pytest.approx(np.log(4))
    X, y = World("sign-of-3").sample(500, 0)
    np.testing.assert_array_equal(y[:, 0], np.sign(X[:, 0] * X[:, 1] * X[:, 2]))
    X, y = World("checkerboard-1").sample(500, 0)
    assert ((np.floor(X) + np.floor(y)) % 2 == 0).all()


# Narrow enough for neighbours to see all there is at 4000 samples.
NARROW = [name for name in NAMES if sum(side.shape[1] for side in World(name).sample(2, 0)) <= 3]


@pytest.mark.parametrize("name", NARROW)
def test_neighbours_find_the_truth_in_few_columns(name):
    world = World(name)
    X, y = world.sample(4000, random_state=0)
    assert mutual_info(X, y) == pytest.approx(world.mutual_info, abs=0.08)


@pytest.mark.parametrize("name", [n for n in get_world_names("gaussian") if n != "copies-40"])
def test_gaussians_have_the_covariance_of_the_truth(name):
    world = World(name)
    X, y = world.sample(20_000, random_state=0)
    assert mutual_info(X, y, "gaussian") == pytest.approx(world.mutual_info, abs=0.05)


# Maps can be undone.


@pytest.mark.parametrize(
    "map_", [sources.to_uniform, sources.half_cube, sources.cube, sources.wiggle, np.exp]
)
def test_maps_of_single_columns_increase(map_):
    values = np.linspace(-5, 5, 10_001)[:, None]
    assert (np.diff(map_(values), axis=0) > 0).all()


@pytest.mark.parametrize("d", [3, 5, 25])
def test_spirals_turn_back(d, rng):
    side = rng.normal(size=(50, d))
    turned = sources.spiral(side)
    np.testing.assert_allclose(np.linalg.norm(turned, axis=1), np.linalg.norm(side, axis=1))
    angle = -np.linalg.norm(turned, axis=1) / np.sqrt(d)
    a, b = turned[:, 0], turned[:, 1]
    np.testing.assert_allclose(np.cos(angle) * a - np.sin(angle) * b, side[:, 0])
    stretch = 2 * np.sqrt(d)
    np.testing.assert_allclose(
        sources.spiral_of_uniform(side) * stretch,
        sources.spiral(stretch * (ndtr(side) - 0.5)),
    )


def test_the_roll_unrolls_and_the_mixture_is_linear(rng):
    side = rng.normal(size=(50, 1))
    turn = np.linalg.norm(sources.swiss_roll(side), axis=1)
    np.testing.assert_allclose((turn / (1.5 * np.pi) - 1) / 2, ndtr(side[:, 0]))
    side = rng.normal(size=(50, 8))
    matrix = sources.mixed(np.eye(8))
    np.testing.assert_allclose(sources.mixed(side), side @ matrix)
    assert np.linalg.matrix_rank(matrix) == 8
