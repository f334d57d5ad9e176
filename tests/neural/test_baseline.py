"""MINE over a Gaussian baseline, and the mean of its bounds on both sides of a fold."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.base import clone

torch = pytest.importorskip("torch")
pytest.importorskip("skorch")

from skmi import MINE, AutoMI, GaussianMI  # noqa: E402
from skmi.estimators._gaussian import GaussianRatio  # noqa: E402
from skmi.neural._baseline import Baselines, fit_ratio  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")

SMALL = {"hidden_layer_sizes": (8,), "max_epochs": 3, "random_state": 0, "device": "cpu"}


def gaussian(rng, n_samples=400, d=4):
    X = rng.normal(size=(n_samples, d))
    return X, X + rng.normal(size=(n_samples, d))


def test_the_ratio_is_that_of_the_densities(rng):
    from scipy.stats import multivariate_normal

    X, y = gaussian(rng, 200, 2)
    ratio = GaussianRatio.shrunk(X, y, 0.1)
    both = np.hstack([X, y])
    covariance = both.T @ both / len(both)
    covariance = 0.9 * covariance + 0.1 * np.diag(np.diag(covariance))
    log = [
        multivariate_normal(np.zeros(len(part)), covariance[np.ix_(part, part)]).logpdf(
            both[:, part]
        )
        for part in ([0, 1, 2, 3], [0, 1], [2, 3])
    ]
    np.testing.assert_allclose(ratio.log_ratio(X, y), log[0] - log[1] - log[2], atol=1e-9)


def test_scores_of_shifted_pairs_are_the_ratios(rng):
    X, y = gaussian(rng, 50, 3)
    ratios = [GaussianRatio.shrunk(X, y, 0.0), GaussianRatio.shrunk(X[:, :3], y**3, 0.5)]
    tensors = [torch.from_numpy(side.astype(np.float32))[None].repeat(2, 1, 1) for side in (X, y)]
    scores = Baselines.of(ratios).scores(*tensors, [0, 7]).numpy()
    for critic, ratio in enumerate(ratios):
        np.testing.assert_allclose(scores[critic, 0], ratio.log_ratio(X, y), atol=1e-3)
        shifted = ratio.log_ratio(X, np.roll(y, -7, axis=0))
        np.testing.assert_allclose(scores[critic, 1], shifted, atol=1e-3)


def test_independent_columns_are_shrunk_away_and_dependent_ones_are_not(rng):
    X, y = rng.normal(size=(2, 200, 30))
    train, stop = np.arange(160), np.arange(160, 200)
    assert fit_ratio(X, y, train, stop).information() < 0.05
    X, y = gaussian(rng, 1000, 2)
    found = fit_ratio(X, y, np.arange(800), None).information()
    assert found == pytest.approx(np.log(2), abs=0.15)


def test_without_a_better_network_the_baseline_is_the_estimate(rng):
    X, y = gaussian(rng)
    mine = MINE(baseline="gaussian", **SMALL).set_params(learning_rate=1e-12).fit(X, y)
    assert mine.best_epochs_.tolist() == [0]
    assert mine.mi_ == pytest.approx(GaussianMI().fit(X, y).mi_, abs=0.1)


def test_monotone_maps_of_columns_change_nothing(rng):
    X, y = gaussian(rng)
    mine = MINE(baseline="gaussian", **SMALL)
    assert clone(mine).fit(np.exp(X), 1e5 * y).mi_ == clone(mine).fit(X, y).mi_


def test_symmetric_is_the_mean_of_both_bounds(rng):
    X, y = gaussian(rng)
    for baseline in None, "gaussian":
        mine = MINE(baseline=baseline, evaluation="symmetric", **SMALL).fit(X, y)
        assert mine.mi_ == pytest.approx((mine.mi_train_ + mine.mi_validation_) / 2, abs=1e-12)
        assert len(mine.best_epochs_) == 5
        assert np.isfinite(mine._contributions).all()
        assert np.mean(mine._contributions) == pytest.approx(mine.mi_, abs=1e-6)


@pytest.mark.parametrize("copied", [clone, copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_copies_train_alike(copied, rng):
    X, y = gaussian(rng, 100, 2)
    mine = MINE(baseline="gaussian", n_critics=2, **SMALL)
    assert copied(mine).fit(X, y).mi_ == mine.fit(X, y).mi_


def test_many_are_fitted_as_each_alone(rng, monkeypatch):
    pairs = [gaussian(rng, 120, 2) for _ in range(3)]
    mine = MINE(baseline="gaussian", **SMALL)
    together = mine.fit_many(*zip(*pairs, strict=True), [0, 0, 0])
    monkeypatch.setattr("skmi.neural._together._CPU_GROUP", 1)
    for fitted, pair in zip(together, pairs, strict=True):
        assert fitted.mi_ == pytest.approx(clone(mine).fit(*pair).mi_, abs=1e-5)
        scores = fitted.score_samples(*pair)
        assert scores.mean() == pytest.approx(fitted.score(*pair), abs=1e-6)


def test_a_fitted_one_is_pickled(rng):
    X, y = gaussian(rng, 100, 2)
    mine = MINE(baseline="gaussian", **SMALL).fit(X, y)
    assert pickle.loads(pickle.dumps(mine)).score(X, y) == mine.score(X, y)


def test_auto_takes_a_network_where_it_sees_more(rng):
    X = rng.normal(size=(2000, 5))
    y = np.sign(X[:, 0] * X[:, 1])
    plain, neural = AutoMI().fit(X, y), AutoMI(neural=True).fit(X, y)
    assert neural.mi_ > max(0.5, plain.mi_ + 0.05)  # the truth is 0.69
    assert neural.method_ == "mine"
    assert [each.name for each in neural.candidates_][-1] == "mine"
    assert np.isfinite(neural.score(X, y))


def test_auto_needs_no_network_for_single_columns_or_labels(rng):
    x, y = rng.normal(size=(2, 100))
    assert AutoMI(neural=True).fit(x[:, None], y).mi_ == AutoMI().fit(x[:, None], y).mi_
    labels = np.where(y > 0, "a", "b")
    X = rng.normal(size=(100, 3))
    assert AutoMI(neural=True).fit(X, labels).mi_ == AutoMI().fit(X, labels).mi_
