"""Estimates equal their definitions to 1e-12, on data of very different kinds."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from skmi import BIKSG, KSG, BinningMI
from tests import naive
from tests.worlds import SQUARABLE, WORLDS

EXACT = {"rel": 1e-12, "abs": 1e-12}


@pytest.mark.parametrize("algorithm_", ["auto", "brute", "kd_tree"])
@pytest.mark.parametrize("name", WORLDS)
def test_ksg(name, algorithm_, rng):
    X, y = WORLDS[name](rng)
    for algorithm in (1, 2):
        ksg = KSG(variant=algorithm, algorithm=algorithm_).fit(X, y)
        assert ksg.mi_ == pytest.approx(naive.ksg(X, y, algorithm=algorithm), **EXACT)


@pytest.mark.parametrize("name", WORLDS)
def test_ksg_with_ties_counted(name, rng):
    X, y = WORLDS[name](rng)
    for tolerance in (0.0, 1e-10):
        expected = naive.ksg(X, y, tolerance=tolerance)
        assert KSG(tie_tolerance=tolerance).fit(X, y).mi_ == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("metric", ["euclidean", "chebyshev"])
@pytest.mark.parametrize("name", SQUARABLE)
def test_bi_ksg(name, metric, rng):
    X, y = WORLDS[name](rng)
    expected = naive.bi_ksg(X, y, metric=metric)
    assert BIKSG(metric=metric).fit(X, y).mi_ == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("n_bins", [1, 5, 10])
@pytest.mark.parametrize("name", WORLDS)
def test_binning(name, n_bins, rng):
    X, y = WORLDS[name](rng)
    expected = naive.binning(X, y, n_bins)
    assert BinningMI(n_bins).fit(X, y).mi_ == pytest.approx(expected, **EXACT)


def test_real_data():
    X, y = load_diabetes(return_X_y=True)
    assert KSG().fit(X, y).mi_ == pytest.approx(naive.ksg(X, y[:, None]), **EXACT)


@pytest.mark.parametrize("scale", [0.1, 1.0, 1.9])
def test_score_scales_multiplies_distances(scale, rng):
    X, y = WORLDS["integer grid"](rng)
    found = KSG().score_scales(X, y, [5.0, scale, 0.01])
    assert found[1] == pytest.approx(naive.ksg(X, y, scale=scale), **EXACT)
    assert KSG().score_scales(y, X, [scale], side="X")[0] == found[1]


def test_score_scales_needs_no_fit_and_remembers_no_columns(rng):
    ksg = KSG()
    for n_columns in (1, 3):
        X, y = rng.normal(size=(2, 40, n_columns))
        assert ksg.score_scales(X, y, [1.0])[0] == pytest.approx(naive.ksg(X, y), **EXACT)
    with pytest.raises(ValueError, match="expecting 3 features"):
        ksg.fit(X, y).score_scales(X[:, :2], y, [1.0])


@pytest.mark.parametrize("estimator", [KSG(), KSG(variant=2), BIKSG(), BinningMI()], ids=repr)
def test_score_samples_has_the_score_as_its_mean(estimator, rng):
    X, y = WORLDS["plane"](rng)
    estimator.fit(X, y)
    contributions = estimator.score_samples(X, y)
    assert contributions.shape == (len(X),)
    assert estimator.score(X, y) == estimator.mi_ == np.mean(contributions)


@pytest.mark.parametrize("estimator", [KSG(), BIKSG()], ids=repr)
def test_gaussians_of_known_information(estimator, rng):
    # Over 100 such samples the bias of both is below 0.002, their spread 0.017.
    rho = 0.8
    X = rng.normal(size=(4000, 1))
    y = rho * X[:, 0] + np.sqrt(1 - rho**2) * rng.normal(size=4000)
    assert estimator.fit(X, y).mi_ == pytest.approx(-0.5 * np.log(1 - rho**2), abs=0.06)


def test_binning_scores_new_data_in_the_old_bins(rng):
    X, y = rng.uniform(size=(2, 500, 1))
    X[:2] = y[:2] = [[0.0], [1.0]]
    binning = BinningMI(4).fit(X, y)
    corner = np.array([[0.1], [0.2], [0.9], [5.0]])
    # 0.1 and 0.2 share the first bin, 0.9 and all beyond the last: one bit.
    assert binning.score(corner, corner) == pytest.approx(np.log(2))
