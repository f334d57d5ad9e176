import numpy as np
import pandas as pd
import pytest

from skmi import lagged_mutual_info, make_estimator
from skmi.exceptions import OutlierWarning
from skmi.feature_selection import feature_mutual_info
from tests.time_series.naive import lagged_apart


def follower(n_samples=400, lag=2, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n_samples + lag)
    y = np.abs(np.roll(x, lag)) + 0.3 * rng.normal(size=n_samples + lag)
    return x[lag:], y[lag:]


def test_each_lag_has_the_value_of_the_feature_score_and_of_ksg_local():
    x, y = follower()
    found = lagged_mutual_info(x, y, lags=[-3, 0, 2, 5])
    for lag, mi in zip([-3, 0, 2, 5], found, strict=True):
        a = x[max(-lag, 0) : len(x) - max(lag, 0)]
        b = y[max(lag, 0) : len(y) - max(-lag, 0)]
        (score,) = feature_mutual_info(a[:, None], b, clip=False)
        assert mi == pytest.approx(score, abs=1e-14)
        assert mi == pytest.approx(make_estimator("ksg-local").fit(a[:, None], b).mi_, abs=1e-12)


def test_x_comes_first_at_positive_lags():
    x, y = follower(lag=3)
    assert np.argmax(lagged_mutual_info(x, y, lags=6)) == 3
    assert np.argmax(lagged_mutual_info(y, x, lags=[-6, -3, 0, 3])) == 1


def test_gaussian_truth():
    rng = np.random.default_rng(0)
    x = rng.normal(size=4001)
    y = 0.8 * np.roll(x, 1) + 0.6 * rng.normal(size=4001)
    found = lagged_mutual_info(x[1:], y[1:], lags=[0, 1])
    assert found == pytest.approx([0.0, -0.5 * np.log(1 - 0.64)], abs=0.03)


@pytest.mark.parametrize("window", [1, 7, 30])
@pytest.mark.parametrize("n_neighbors", [1, 3])
def test_theiler_window_is_that_of_the_naive_definition(window, n_neighbors):
    rng = np.random.default_rng(window)
    x = np.cumsum(rng.normal(size=150))
    y = np.round(x + rng.normal(size=150), 1)  # with ties
    found = lagged_mutual_info(x, y, lags=[0, 2], theiler_window=window, n_neighbors=n_neighbors)
    truth = [
        lagged_apart(x, y, window, n_neighbors),
        lagged_apart(x[:-2], y[2:], window, n_neighbors),
    ]
    np.testing.assert_allclose(found, truth, atol=1e-10)


def test_theiler_window_takes_off_what_smoothness_gives():
    time = np.arange(400)
    rng = np.random.default_rng(0)
    walks = np.cumsum(rng.normal(size=(2, 400)), axis=1)
    x, y = (np.convolve(walk, np.ones(20) / 20, mode="same") for walk in walks)
    near, apart = (lagged_mutual_info(x, y, lags=[0], theiler_window=w)[0] for w in (0, 40))
    assert apart < near - 0.5
    assert time.size == len(x)


def test_units_change_nothing():
    x, y = follower()
    truth = lagged_mutual_info(x, y, lags=3, theiler_window=2)
    np.testing.assert_allclose(
        lagged_mutual_info(1e9 * x, -1e-9 * y, lags=3, theiler_window=2), truth, atol=1e-9
    )


def test_labels():
    x, y = follower(600)
    words = pd.Series(np.where(y > 0.7, "high", "low"))
    found = lagged_mutual_info(x, words, lags=[0, 2])
    (truth,) = feature_mutual_info(x[:-2, None], words[2:].to_numpy(), clip=False)
    assert found[1] == pytest.approx(truth, abs=1e-14)
    both = lagged_mutual_info(words, words, lags=[0], theiler_window=1)
    shares = words.value_counts(normalize=True)
    assert both[0] == pytest.approx(-(shares * np.log(shares)).sum(), abs=0.01)


def test_pvalues():
    x, y = follower(300)
    one, two = (
        lagged_mutual_info(x, y, lags=3, n_permutations=39, random_state=0, n_jobs=n_jobs)
        for n_jobs in (1, 2)
    )
    assert one.pvalues[2] == 1 / 40
    assert (one.pvalues[[0, 1, 3]] > 0.05).all()
    np.testing.assert_array_equal(one.null_distribution, two.null_distribution)
    np.testing.assert_array_equal(one.mi, lagged_mutual_info(x, y, lags=3))


def test_an_outlier_is_told():
    x, y = follower()
    x[5] = 1e9
    with pytest.warns(OutlierWarning):
        found = lagged_mutual_info(x, y, lags=[2])
    assert found[0] > 0.4


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"lags": 300}, "lags=300"),
        ({"lags": 1.5}, "lags must be"),
        ({"lags": []}, "lags must be"),
        ({"y": np.zeros(7)}, "7"),
        ({"y": np.zeros((400, 2))}, "y has 2 columns"),
        ({"theiler_window": 199}, "theiler_window=199"),
        ({"theiler_window": -1}, "theiler_window"),
    ],
)
def test_bad_input_is_refused(change, match):
    x, y = follower()
    with pytest.raises(ValueError, match=match):
        lagged_mutual_info(**{"x": x, "y": y, **change})
