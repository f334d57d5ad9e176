"""Tests of series that remember: free permutations find what is not there."""

import numpy as np
import pytest
from scipy.signal import lfilter
from sklearn.neighbors import KNeighborsRegressor

from skmi import KSG, conditional_independence_test, mutual_info_permutation_test
from skmi.feature_selection import FeatureMutualInfo


def autoregressive(seed, memory=0.95, n_series=2, n_samples=300):
    noise = np.random.default_rng(seed).normal(size=(n_series, n_samples + 300))
    return lfilter([1], [1, -memory], noise)[:, 300:]


def information(x, y, permutation, seed):
    return mutual_info_permutation_test(
        "ksg-local", x, y, n_permutations=19, permutation=permutation, random_state=seed
    ).pvalue


def feature_score(x, y, permutation, seed):
    scorer = FeatureMutualInfo(19, permutation=permutation, random_state=seed)
    return scorer(x[:, None], y)[1][0]


@pytest.mark.parametrize("pvalue", [information, feature_score])
def test_independent_series_are_rejected_by_free_permutations_alone(pvalue):
    rejected = {
        permutation: sum(
            pvalue(*autoregressive(seed), permutation, seed) <= 0.051 for seed in range(40)
        )
        for permutation in ("iid", "circular", "block")
    }
    assert rejected["iid"] > 20
    # Of 40 at 5 %, more than 6 come in one of 200 times.
    assert rejected["circular"] <= 6
    assert rejected["block"] <= 6


def test_what_both_owe_to_a_season_is_no_evidence():
    time = np.arange(240)
    rejected = {"circular": 0, "block": 0, "iid": 0}
    for seed in range(20):
        noise = np.random.default_rng(seed).normal(size=(2, 240))
        x, y = np.sin(2 * np.pi * time / 12) + 0.5 * noise
        for permutation in rejected:
            rejected[permutation] += information(x, y, permutation, seed) <= 0.051
    assert rejected["iid"] > 15
    assert rejected["circular"] <= 4
    assert rejected["block"] <= 4


def test_dependent_series_are_found():
    for permutation in "circular", "block":
        x, noise = autoregressive(0, 0.9)
        assert information(x, x + 0.5 * noise, permutation, 0) == 1 / 20


def test_conditional_test_of_series():
    x, y, z = autoregressive(1, 0.8, 3)
    for permutation in "circular", "block":
        given = {"n_permutations": 19, "permutation": permutation, "random_state": 0}
        assert conditional_independence_test(x + z, x + y, z, **given).pvalue == 1 / 20
        assert conditional_independence_test(x + z, y + z, z, **given).pvalue > 0.05


class Foreign(KNeighborsRegressor):
    """An estimator of others: what neighbours predict of y's variance."""

    def fit(self, X, y):
        super().fit(X, y)
        self.mi_ = self.score(X, y)
        return self


def test_estimators_of_others_and_labels():
    x, y = autoregressive(0)
    for permutation in "circular", "block":
        given = {"n_permutations": 19, "permutation": permutation, "random_state": 0}
        assert mutual_info_permutation_test(Foreign(), x, y, **given).pvalue > 0.05
        words = np.where(y > 0, "up", "down")
        result = mutual_info_permutation_test(KSG(), x, words, **given)
        assert result.pvalue > 0.05


def test_blocks_of_a_given_length():
    x, y = autoregressive(0)
    given = {"n_permutations": 19, "random_state": 0}
    mutual_info_permutation_test("ksg", x, y, permutation="block", block_length=25, **given)
    with pytest.raises(ValueError, match="block_length=200"):
        mutual_info_permutation_test("ksg", x, y, permutation="block", block_length=200, **given)
    with pytest.raises(ValueError, match="permutation"):
        mutual_info_permutation_test("ksg", x, y, permutation="shift", **given)
