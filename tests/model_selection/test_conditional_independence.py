"""The test of conditional independence: permutations, size, power."""

import numpy as np
import pytest
from scipy.special import digamma
from scipy.stats import kstest

from skmi import conditional_mutual_info
from skmi.model_selection import conditional_independence_test
from skmi.neighbors._conditional import permuted_contributions
from skmi.neighbors._local_permutation import _MOST, local_permutations
from tests.estimators.test_conditional import gaussians, three
from tests.worlds import WORLDS


@pytest.mark.parametrize("world", [w for w in WORLDS if w != "few samples"])
def test_each_permutation_gives_the_estimate_of_the_permuted_data(world, rng):
    X, y, z = three(world, rng)
    n = len(X)
    permutations = np.array([np.arange(n), rng.permutation(n), rng.integers(0, n, size=n)])
    psi = digamma(np.arange(n + 1))
    for k in (1, 5):
        found = permuted_contributions(X, y, z, permutations, k, psi, tie_tolerance=1e-10)
        for b, permutation in enumerate(permutations):
            options = {"n_neighbors": k, "scaler": AsItIs()}
            expected = conditional_mutual_info(X[permutation], y, z, **options)
            assert found[b].mean() == pytest.approx(expected, rel=1e-12, abs=1e-13)


class AsItIs:
    """A scaler that does not scale."""

    def fit(self, X):
        return self

    def transform(self, X):
        return X

    def fit_transform(self, X):
        return X

    def __sklearn_clone__(self):
        return self


def test_samples_change_places_with_neighbors(rng):
    z = rng.normal(size=(300, 2))
    permutations = local_permutations(z, 6, 40, rng)
    distances = np.abs(z[:, None] - z).max(axis=2)
    reach = np.sort(distances, axis=1)[:, 5]
    for permutation in permutations:
        assert (distances[np.arange(300), permutation] <= reach).all()
        assert len(np.unique(permutation)) > 0.8 * 300
    stays = (permutations == np.arange(300)).mean()
    assert stays == pytest.approx(1 / 6, abs=0.03)


@pytest.mark.parametrize("n", [60, _MOST + 500])
def test_where_all_are_equally_near_all_permutations_are_likely(n, rng):
    for z in (np.zeros((n, 1)), np.empty((n, 0))):
        permutations = local_permutations(z, 5, 30, rng)
        for permutation in permutations:
            assert len(np.unique(permutation)) >= n - n // 500
        # Who comes first in the data is no nearer: places are uniform on average.
        assert permutations.mean(axis=0).mean() == pytest.approx((n - 1) / 2, rel=1e-3)
        correlation = np.corrcoef(permutations.mean(axis=0), np.arange(n))[0, 1]
        assert abs(correlation) < 4 / np.sqrt(n)


def test_labels_as_condition_keep_their_groups(rng):
    z = rng.integers(0, 3, size=(200, 1)).astype(float)
    for permutation in local_permutations(z, 4, 20, rng):
        np.testing.assert_array_equal(z[permutation], z)
        assert len(np.unique(permutation)) == 200


@pytest.mark.parametrize(("dz", "k"), [(0, 3), (1, 3), (2, 3), (1, 10)])
def test_pvalues_are_uniform_under_conditional_independence(dz, k):
    pvalues = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x, y, z = gaussians(rng, 100, max(dz, 1), 0.0)
        x, y, z = (x, y, z) if dz else (*rng.normal(size=(2, 100)), None)
        options = {"n_neighbors": k, "n_permutations": 39, "random_state": seed}
        pvalues.append(conditional_independence_test(x, y, z, **options)[2])
    # p-values are multiples of 1/40; spread within their step they are continuous.
    spread = np.array(pvalues) - np.random.default_rng(0).random(200) / 40
    assert kstest(spread, "uniform").pvalue > 0.01
    assert np.mean(np.array(pvalues) <= 0.05) < 0.1


@pytest.mark.parametrize("dz", [1, 2])
def test_power(dz):
    found = [
        conditional_independence_test(
            *gaussians(np.random.default_rng(seed), 200, dz, 0.7),
            n_permutations=39,
            random_state=0,
        )[2]
        for seed in range(20)
    ]
    assert np.mean(np.array(found) <= 0.05) > 0.9


def test_a_common_cause_is_told_from_a_link(rng):
    x, y, z = gaussians(rng, 500, 1, 0.0)
    assert conditional_independence_test(x, y, None, random_state=0)[2] < 0.01
    assert conditional_independence_test(x, y, z, random_state=0)[2] > 0.05


def test_results(rng):
    X, y, z = three("plane", rng)
    options = {"n_permutations": 50, "random_state": 3}
    cmi, null, pvalue = conditional_independence_test(X, y, z, **options)
    assert cmi == pytest.approx(conditional_mutual_info(X, y, z), rel=1e-12)
    assert null.shape == (50,)
    assert pvalue == (1 + np.sum(null >= cmi)) / 51
    for n_jobs in (1, 4):
        again = conditional_independence_test(X, y, z, n_jobs=n_jobs, **options)
        np.testing.assert_array_equal(again[1], null)
    scaled = conditional_independence_test(2.0**30 * X, 2.0**-9 * y, 8.0 * z, **options)
    np.testing.assert_array_equal(scaled[1], null)
    options["random_state"] = 4
    assert (conditional_independence_test(X, y, z, **options)[1] != null).any()


def test_batches_change_nothing(rng, monkeypatch):
    X, y, z = three("plane", rng)
    options = {"n_permutations": 50, "random_state": 3}
    expected = conditional_independence_test(X, y, z, **options)[1]
    module = "skmi.model_selection._conditional_independence._HELD"
    monkeypatch.setattr(module, 7 * len(X))
    np.testing.assert_array_equal(conditional_independence_test(X, y, z, **options)[1], expected)


def test_a_constant_is_independent(rng):
    y, z = rng.normal(size=(2, 60))
    cmi, null, pvalue = conditional_independence_test(np.ones(60), y, z, random_state=0)
    assert (cmi, pvalue) == (0, 1)
    assert not null.any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_permutations": 0}, "'n_permutations' parameter"),
        ({"n_shuffle_neighbors": 1}, "'n_shuffle_neighbors' parameter"),
        ({"n_neighbors": 10}, "n_neighbors=10 must be less than n_samples=10"),
        ({"random_state": "now"}, "'random_state' parameter"),
    ],
    ids=str,
)
def test_bad_parameters_are_said_so(options, message):
    values = np.arange(10.0)
    with pytest.raises(ValueError, match=message):
        conditional_independence_test(values, values, values, **options)
