"""Ties and repeated points against the truth."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    RossMI,
    ScaleInvariantMI,
    conditional_mutual_info,
    make_estimator,
    mutual_info,
)
from skmi.feature_selection import JointMISelector, feature_mutual_info


def information(table):
    """Mutual information of a table of probabilities."""
    table = np.asarray(table) / np.sum(table)
    product = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)
    seen = table > 0
    return np.sum(table[seen] * np.log(table[seen] / product[seen]))


@pytest.mark.parametrize("estimator", [KSG(), KSG(tie_tolerance=0.0), BIKSG()], ids=repr)
def test_few_integers(estimator, rng):
    # X from 0 to 4; y is X, or X + 1, with probability 1/2 each.
    X = rng.integers(0, 5, size=2000)
    y = X + rng.integers(0, 2, size=2000)
    truth = information(np.eye(5, 6) + np.eye(5, 6, k=1))
    assert estimator.fit(X[:, None], y).mi_ == pytest.approx(truth, abs=0.03)


@pytest.mark.parametrize("resolution", [1, 2, 4])
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_rounded_gaussians(rho, resolution, rng):
    # The truth is that of the unrounded ones but for the coarsest rounding.
    X = rng.normal(size=1500)
    y = np.round(resolution * (rho * X + np.sqrt(1 - rho**2) * rng.normal(size=1500)))
    X = np.round(resolution * X)[:, None]
    grid = np.arange(-5 * resolution, 5 * resolution + 1) / resolution
    density = np.exp(
        -(grid[:, None] ** 2 - 2 * rho * grid[:, None] * grid + grid**2) / (2 - 2 * rho**2)
    )
    counted = KSG(tie_tolerance=0.0).fit(X, y).mi_
    assert counted == pytest.approx(information(density), abs=0.1)
    # The formula as printed takes it that k - 1 neighbours are nearer: too high.
    assert KSG().fit(X, y).mi_ > counted


@pytest.mark.parametrize("copies", [4, 10])
def test_rows_that_repeat(copies, rng):
    # 200 different points, each `copies` times: each variable tells which.
    X = np.repeat(rng.normal(size=(200, 2)), copies, axis=0)
    y = np.repeat(rng.normal(size=200), copies)
    for estimator in (KSG(), KSG(variant=2), KSG(tie_tolerance=1e-10)):
        # The digammas of small counts are off by about 1/(2 copies).
        assert estimator.fit(X, y).mi_ == pytest.approx(np.log(200), abs=0.6 / copies)
    assert BIKSG().fit(X, y).mi_ == pytest.approx(np.log(200))


@pytest.mark.parametrize("estimator", [KSG(), KSG(tie_tolerance=0.0)], ids=repr)
def test_a_point_mass_and_a_density(estimator, rng):
    # With probability p both variables are 9; otherwise they are Gaussian with
    # correlation rho. The truth is that of the indicator plus (1 - p) times the Gaussian's.
    n, p, rho = 4000, 0.4, 0.9
    X = rng.normal(size=(n, 1))
    y = rho * X + np.sqrt(1 - rho**2) * rng.normal(size=(n, 1))
    mass = rng.random(n) < p
    X[mass] = y[mass] = 9.0
    truth = -p * np.log(p) - (1 - p) * np.log(1 - p) - (1 - p) / 2 * np.log(1 - rho**2)
    assert estimator.fit(X, y).mi_ == pytest.approx(truth, abs=0.06)


def test_a_discrete_and_a_continuous_variable(rng):
    # X is 0, 1 or 2, and y uniform on (X, X + 2): log 3 - (2/3) log 2.
    X = rng.integers(0, 3, size=(3000, 1))
    y = X[:, 0] + 2 * rng.random(3000)
    truth = np.log(3) - 2 / 3 * np.log(2)
    assert KSG().fit(1e-3 * X, 1e-3 * y).mi_ == pytest.approx(truth, abs=0.05)


@pytest.mark.parametrize("estimator", [KSG(), KSG(tie_tolerance=0.0), BinningMI()], ids=repr)
def test_a_constant_tells_nothing(estimator, rng):
    y = rng.normal(size=100)
    assert estimator.fit(np.ones((100, 3)), y).mi_ == pytest.approx(0, abs=1e-14)


def test_ties_between_distances_survive_a_change_of_units():
    # Counts of coin flips: every distance is an integer, until it is multiplied.
    rng = np.random.default_rng(0)
    X = rng.binomial(20, 0.5, size=(400, 2)).astype(float)
    y = X.sum(axis=1) + rng.binomial(20, 0.5, size=400)
    estimates = [mutual_info(a * X, y / a) for a in (1.0, 0.1, 3.7, 1 / 3, 1e-7)]
    np.testing.assert_allclose(estimates, estimates[0], rtol=1e-12)


def differences(rng, n=500):
    """Tenths, and differences of tenths that are equal but for their last bits."""
    a = np.array([0, 0.1, 0.2, 0.3, 0.4])[rng.integers(0, 5, n)]
    b = np.array([0, 0.1, 0.2, 0.3, 0.4, 0.5])[rng.integers(0, 6, n)]
    return a, b, a - b


WAYS = {
    "ksg": lambda x, a, b: mutual_info(a, x, "ksg"),
    "ksg-local": lambda x, a, b: mutual_info(a, x, "ksg-local"),
    "ksg-global": lambda x, a, b: mutual_info(a, x, "ksg-global"),
    "ksg-global-linf": lambda x, a, b: mutual_info(a, x),
    "bi-ksg": lambda x, a, b: mutual_info(a, x, "bi-ksg"),
    "ross": lambda x, a, b: RossMI().fit(x[:, None], a.astype(str)).mi_,
    "features": lambda x, a, b: feature_mutual_info(x[:, None], a)[0],
    "features of labels": lambda x, a, b: feature_mutual_info(x[:, None], a.astype(str))[0],
    "joint": lambda x, a, b: JointMISelector(2).fit(np.column_stack([x, b]), a).scores_[-1],
    "conditional": lambda x, a, b: conditional_mutual_info(a, x, b),
}


@pytest.mark.parametrize("way", WAYS)
def test_values_that_differ_in_their_last_bits_are_equal(way, rng):
    a, b, d = differences(rng)
    rounded = np.round(d, 1)
    assert len(np.unique(d)) > len(np.unique(rounded)) == 10
    expected = WAYS[way](rounded, a, b)
    for factor in (1, 3, 100, 1 / 3, 1e-9):
        assert WAYS[way](factor * d, a, b) == pytest.approx(expected, rel=1e-9), factor


def test_differences_of_real_columns():
    X, species = load_iris(return_X_y=True)
    d = X[:, 0] - X[:, 3]
    expected = mutual_info(np.round(d, 1), species)
    for factor in (1, 10, 0.3):
        for method in ("ksg-local", "ksg-global-linf"):
            assert mutual_info(factor * d, species, method) == pytest.approx(expected, rel=1e-9)
        scores = feature_mutual_info((factor * d)[:, None], species)
        assert scores[0] == pytest.approx(expected, rel=1e-9)


def test_differences_that_tell_something_are_kept(rng):
    # As small beside an offset as the last bits of others, but none of them by rounding.
    x = rng.normal(size=(300, 1))
    y = x + 0.1 * rng.normal(size=(300, 1))
    for small in (1e-9 * x + 1.0, 1e-6 * x + 1e3):
        assert mutual_info(small, y) == pytest.approx(mutual_info(x, y), abs=0.01)
    # A column that takes both: 0 or 1, and far smaller numbers beside.
    both = np.where(x > 0, 1.0, 1e-14 * x)
    assert KSG().fit(both, y).score(both, 1e-14 * y) > 0.2
    scaled = [ScaleInvariantMI(KSG()).fit(c * both, y).mi_ for c in (1.0, 1e-9)]
    assert scaled[0] == pytest.approx(scaled[1], rel=1e-9)
    assert make_estimator("ksg-local").fit(both, y).mi_ > 0.2
