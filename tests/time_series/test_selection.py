"""Selection in time series: permutations that keep what a series has in time."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.stats import binom

from skmi import KSG, make_estimator, mutual_info_permutation_test, mutual_info_report
from skmi.feature_selection import FeatureMutualInfo, JointMISelector, MutualInfoSelector

N_SERIES = 40


def autoregressive(rng, n_samples, n_columns, memory=0.9):
    noise = rng.normal(size=(n_samples + 100, n_columns))
    x = np.zeros_like(noise)
    for t in range(1, len(x)):
        x[t] = memory * x[t - 1] + noise[t]
    return x[100:]


def most(level):
    """Of so many series, at most so many are rejected by a test that holds the level."""
    return binom.isf(1e-3, N_SERIES, level)


def rejected(permutation, make):
    found = 0
    for seed in range(N_SERIES):
        series = autoregressive(np.random.default_rng(seed), 200, 3)
        found += make(permutation, seed).fit(series[:, :2], series[:, 2]).support_.any()
    return found


def joint(permutation, seed):
    return JointMISelector(
        stop="p-value", n_permutations=19, permutation=permutation, random_state=seed
    )


def single(permutation, seed):
    return MutualInfoSelector(
        alpha=0.1, n_permutations=39, permutation=permutation, random_state=seed
    )


@pytest.mark.parametrize(("make", "free", "level"), [(joint, "local", 0.05), (single, "iid", 0.1)])
def test_independent_series_are_not_selected(make, free, level):
    assert rejected(free, make) > 0.5 * N_SERIES
    assert rejected("circular", make) <= most(level)


def test_what_a_selected_series_tells_is_not_selected_again():
    # A copy with noise of its own tells nothing beyond the first.
    found = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x, own, noise = autoregressive(rng, 300, 3).T
        X = np.column_stack([x, x + own])
        selector = joint("circular", seed).fit(X, x + 0.3 * noise)
        assert selector.path_[0] == 0
        found += len(selector.path_) > 1
    assert found <= binom.isf(1e-3, 20, 0.05)


def test_series_that_tell_are_selected():
    rng = np.random.default_rng(0)
    series = autoregressive(rng, 400, 4)
    y = series[:, 0] + series[:, 2] + 0.5 * series[:, 3]
    for permutation in "circular", "block":
        assert sorted(joint(permutation, 0).fit(series[:, :3], y).path_[:2]) == [0, 2]
        assert single(permutation, 0).fit(series[:, :3], y).support_.tolist() == [True, False, True]


def test_by_any_estimator_and_with_labels():
    rng = np.random.default_rng(0)
    series = autoregressive(rng, 300, 2)
    y = np.where(series[:, 0] > 0, "up", "down")
    for estimator in None, make_estimator("ksg-local"):
        selector = joint("circular", 0).set_params(estimator=estimator).fit(series, y)
        assert selector.path_.tolist() == [0]


def test_p_values_are_those_of_the_same_permutations():
    rng = np.random.default_rng(0)
    series = autoregressive(rng, 200, 3)
    X, y = series[:, :2], series[:, 2]
    options = {"permutation": "block", "block_length": 20, "random_state": 0}
    _, expected = FeatureMutualInfo(39, **options)(X, y)
    selector = MutualInfoSelector(2, n_permutations=39, early_stopping=False, **options)
    assert selector.fit(X, y).pvalues_ == pytest.approx(expected)
    assert selector.null_.tolist() == ["own", "own"]
    report = mutual_info_report(X, y, KSG(), n_permutations=39, **options)
    test = mutual_info_permutation_test(KSG(), X, y, n_permutations=39, **options)
    assert report.pvalue == test.pvalue


@pytest.mark.filterwarnings("ignore::skmi.exceptions.ThinTableWarning")
def test_refused():
    X, y = csr_matrix(np.arange(40).reshape(20, 2) % 3), np.arange(20) % 2
    selector = MutualInfoSelector(1, n_permutations=19, permutation="circular")
    with pytest.raises(ValueError, match="goes with a sparse X"):
        selector.fit(X, y)
    for selector in MutualInfoSelector(alpha=0.1, permutation="block"), joint("block", 0):
        with pytest.raises(ValueError, match="fewer than two blocks"):
            selector.set_params(block_length=15).fit(X.toarray() * 1.5, y)
