"""The test of conditional independence: permutations, size, power."""

import numpy as np
import pytest
from scipy.special import digamma
from scipy.stats import kstest

from skmi import conditional_mutual_info
from skmi.estimators._regression import residuals
from skmi.exceptions import DoubtfulNullWarning
from skmi.model_selection import conditional_independence_test
from skmi.neighbors._conditional import permuted_contributions, with_labels
from skmi.neighbors._local_permutation import _MOST, local_permutations
from tests.estimators.test_conditional import driven_by_labels, gaussians, three
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


@pytest.mark.parametrize(("dz", "k"), [(0, 3), (2, 3), (1, 10)])
def test_pvalues_under_conditional_independence(dz, k):
    pvalues, n_sets = [], 60 if dz else 200
    for seed in range(n_sets):
        rng = np.random.default_rng(seed)
        x, y, z = gaussians(rng, 100, max(dz, 1), 0.0)
        x, y, z = (x, y, z) if dz else (*rng.normal(size=(2, 100)), None)
        options = {"n_neighbors": k, "n_permutations": 39, "random_state": seed}
        pvalues.append(conditional_independence_test(x, y, z, **options).pvalue)
    # p-values are multiples of 1/40; spread within their step they are continuous. The
    # larger of two is uniform or larger.
    spread = np.array(pvalues) - np.random.default_rng(0).random(n_sets) / 40
    side = "two-sided" if z is None else "greater"
    assert kstest(spread, "uniform", alternative=side).pvalue > 0.01
    assert np.mean(np.array(pvalues) <= 0.05) < (0.15 if dz else 0.1)


@pytest.mark.parametrize("dz", [1, 2])
def test_power(dz):
    found = [
        conditional_independence_test(
            *gaussians(np.random.default_rng(seed), 200, dz, 0.7),
            n_permutations=39,
            random_state=0,
        ).pvalue
        for seed in range(20)
    ]
    assert np.mean(np.array(found) <= 0.05) > 0.9


def test_a_common_cause_is_told_from_a_link(rng):
    x, y, z = gaussians(rng, 500, 1, 0.0)
    assert conditional_independence_test(x, y, None, random_state=0).pvalue < 0.01
    assert conditional_independence_test(x, y, z, random_state=0).pvalue > 0.05


def test_results(rng):
    X, y, z = three("plane", rng)
    options = {"n_permutations": 50, "random_state": 3}
    result = conditional_independence_test(X, y, z, **options)
    # What z predicts is taken off first: information given z stays what it is.
    left = [residuals(side, z, None).values for side in (X, y)]
    expected = conditional_mutual_info(*left, z)
    assert result.statistic == pytest.approx(expected, rel=1e-9)
    null = result.null_distribution
    assert null.shape == (50,)
    assert result.pvalue == (1 + np.sum(null >= result.statistic)) / 51
    assert f"p = {result.pvalue:.3g}" in repr(result)
    for n_jobs in (1, 4):
        again = conditional_independence_test(X, y, z, n_jobs=n_jobs, **options)
        np.testing.assert_array_equal(again.null_distribution, null)
    scaled = conditional_independence_test(2.0**30 * X, 2.0**-9 * y, 8.0 * z, **options)
    np.testing.assert_array_equal(scaled.null_distribution, null)
    options["random_state"] = 4
    assert (conditional_independence_test(X, y, z, **options).null_distribution != null).any()


def test_without_a_condition_it_is_the_estimate(rng):
    X, y, _ = three("plane", rng)
    result = conditional_independence_test(X, y, None, n_permutations=9)
    assert result.statistic == pytest.approx(conditional_mutual_info(X, y, None), rel=1e-12)


def test_batches_change_nothing(rng, monkeypatch):
    X, y, z = three("plane", rng)
    options = {"n_permutations": 50, "random_state": 3}
    expected = conditional_independence_test(X, y, z, **options)
    module = "skmi.model_selection._conditional_independence._HELD"
    monkeypatch.setattr(module, 7 * len(X))
    found = conditional_independence_test(X, y, z, **options)
    np.testing.assert_array_equal(found.null_distribution, expected.null_distribution)


def test_a_constant_is_independent(rng):
    y, z = rng.normal(size=(2, 60))
    result = conditional_independence_test(np.ones(60), y, z, random_state=0)
    assert (result.statistic, result.pvalue) == (0, 1)
    assert not result.null_distribution.any()


def rejections(world, n_samples, n_sets):
    """How many of some data sets are rejected at 5 %."""
    found = 0
    for seed in range(n_sets):
        X, y, z = world(np.random.default_rng(seed), n_samples)
        options = {"n_permutations": 39, "random_state": seed}
        found += conditional_independence_test(X, y, z, **options).pvalue <= 0.05
    return found


def common_cause(rng, n_samples):
    """Both variables driven by the mean of five columns."""
    z = rng.normal(size=(n_samples, 5))
    return *(z.sum(axis=1) / np.sqrt(5) + 0.5 * rng.normal(size=(2, n_samples))), z


def square(rng, n_samples):
    x, y = rng.normal(size=(2, n_samples))
    return x, y, x**2


def product(rng, n_samples):
    x, z = rng.normal(size=(2, n_samples))
    return x, x * z, z


def test_a_condition_made_of_x(rng):
    x, y, noise = rng.normal(size=(3, 100))
    for z in (1.8 * x + 32, -1e-9 * x, np.column_stack([x, noise]), np.column_stack([noise, x])):
        for pair in ((x, y), (y, x)):
            result = conditional_independence_test(*pair, z, n_permutations=39, random_state=0)
            assert (result.statistic, result.pvalue) == (0, 1)


def test_level_and_power():
    # At 5 %, more than 6 of 40 are chance in one of 300 such tests; local permutation alone
    # rejects some 20 of them where five columns are the cause.
    assert rejections(common_cause, 100, 40) <= 6
    assert rejections(square, 100, 40) <= 6
    assert rejections(product, 300, 10) == 10


def test_a_doubtful_null_is_said_so(rng):
    z = rng.normal(size=300)
    with pytest.warns(DoubtfulNullWarning, match="all but functions of z"):
        conditional_independence_test(np.exp(z), np.sin(5 * z), z, n_permutations=19)
    # Labels have no residuals: what they tell about z is lost in five columns.
    z = rng.normal(size=(1000, 5))
    x, y = (np.where(z[:, 0] > 0, "up", "down") for _ in range(2))
    with pytest.warns(DoubtfulNullWarning, match="tell more about z"):
        conditional_independence_test(x, y, z, n_permutations=19, random_state=0)


def test_labels(rng):
    options = {"n_permutations": 39, "random_state": 0}
    x, y, labels = driven_by_labels(rng, 900)
    assert conditional_independence_test(x, y, None, **options).pvalue == 1 / 40
    expected = conditional_independence_test(x, y, labels.astype(str), **options)
    assert expected.pvalue > 0.05
    renamed = rng.permutation([f"shop {i}" for i in range(30)])[labels]
    again = conditional_independence_test(x, y, renamed, **options)
    np.testing.assert_array_equal(again.null_distribution, expected.null_distribution)
    # Coins, and whether they agree.
    a, b = rng.integers(0, 2, size=(2, 300)) > 0
    assert conditional_independence_test(a, b, None, **options).pvalue > 0.05
    assert conditional_independence_test(a, b, a == b, **options).pvalue == 1 / 40
    # A label that depends on x beyond z.
    z = rng.normal(size=300)
    x = z + rng.normal(size=300)
    kind = np.where(x > z, "above", "below")
    assert conditional_independence_test(x, kind, z, **options).pvalue == 1 / 40


def test_labels_never_change_places_with_others(rng):
    numbers, codes = rng.normal(size=(200, 1)), rng.integers(0, 70, size=200)
    z = with_labels([numbers[:, :0]] * 2 + [numbers], [None, None, codes])
    for permutation in local_permutations(z[2], 5, 20, rng, z[3]):
        np.testing.assert_array_equal(codes[permutation], codes)


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
