"""The permutation test: exact, fast, the same for any number of jobs, and honest."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import make_friedman1

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    GlobalScaler,
    LocalScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
    make_estimator,
)
from skmi.model_selection import _permutations as permutations
from skmi.model_selection import mutual_info_permutation_test
from skmi.neighbors import _permuted
from tests.worlds import WORLDS

pytestmark = pytest.mark.filterwarnings("ignore:The best relative scale")

ESTIMATORS = {
    "ksg": KSG(),
    "ksg 2": KSG(5, variant=2),
    "bi-ksg": BIKSG(),
    "local": ScaleInvariantMI(KSG(), LocalScaler()),
    "search": RelativeScaleSearch(KSG(), [0.5, 1.0, 2.0]),
    "search on X": RelativeScaleSearch(KSG(4), "auto", side="X"),
    "linf": make_estimator("ksg-global-linf"),
    "euclidean search": ScaleInvariantMI(RelativeScaleSearch(BIKSG()), GlobalScaler()),
    "binning": BinningMI(4),
    "search over bins": ScaleInvariantMI(RelativeScaleSearch(BinningMI(4), [1, 2])),
}


def refitted(estimator, X, y, n_permutations, seed):
    """The twin: fit again for every permutation."""
    random_state = np.random.RandomState(seed)
    orders = [random_state.permutation(len(X)) for _ in range(n_permutations)]
    return [clone(estimator).fit(X, y[order]).mi_ for order in orders]


@pytest.mark.parametrize("world", ["plane", "unlike units", "fine grid", "rows four times"])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimates_are_those_of_fitting_again(name, world, rng):
    X, y = WORLDS[world](rng)
    estimator = ESTIMATORS[name]
    score, null_scores, pvalue = mutual_info_permutation_test(
        estimator, X, y, n_permutations=5, random_state=3
    )
    assert score == clone(estimator).fit(X, y).mi_
    np.testing.assert_array_equal(null_scores, refitted(estimator, X, y, 5, 3))
    assert pvalue == (1 + np.sum(null_scores >= score)) / 6


@pytest.mark.parametrize("name", ["ksg", "search on X", "local"])
def test_searching_anew_gives_the_same(name, rng, monkeypatch):
    X, y = WORLDS["plane"](rng)
    run = lambda: mutual_info_permutation_test(  # noqa: E731
        ESTIMATORS[name], X, y, n_permutations=4, random_state=0
    )
    expected = run()
    monkeypatch.setattr(_permuted, "_MEMORY", 0)
    found = run()
    np.testing.assert_array_equal(found[1], expected[1])


@pytest.mark.parametrize("name", ["linf", "binning"])
def test_the_number_of_jobs_changes_nothing(name, rng):
    X, y = WORLDS["line"](rng)
    results = [
        mutual_info_permutation_test(
            ESTIMATORS[name], X, y, n_permutations=12, random_state=0, n_jobs=n_jobs
        )
        for n_jobs in (1, 2, 3)
    ]
    for score, null_scores, pvalue in results[1:]:
        assert (score, pvalue) == (results[0][0], results[0][2])
        np.testing.assert_array_equal(null_scores, results[0][1])


def test_neighbors_are_not_searched_again(rng, monkeypatch):
    fits = []
    monkeypatch.setattr(permutations, "estimate", lambda *args: fits.append(1) or 0.0)
    X, y = WORLDS["line"](rng)
    for name in ("ksg", "linf"):
        mutual_info_permutation_test(ESTIMATORS[name], X, y, n_permutations=3)
        assert not fits
    mutual_info_permutation_test(ESTIMATORS["binning"], X, y, n_permutations=3)
    assert len(fits) == 3


class Detour(KSG):
    """Goes a way of its own: what knows nothing of it must not be believed."""

    def _pointwise(self, X, y):
        return np.full(len(X), 7.0)


def test_a_faster_way_must_lead_to_the_estimate_itself(rng):
    score, null_scores, pvalue = mutual_info_permutation_test(
        Detour(), *WORLDS["line"](rng), n_permutations=3
    )
    assert score == 7.0
    assert list(null_scores) == [7.0] * 3
    assert pvalue == 1.0


@pytest.mark.parametrize("name", ["ksg", "linf", "corrected"])
def test_pvalues_are_uniform_under_independence(name):
    if name == "corrected":
        search = RelativeScaleSearch(
            KSG(), [0.5, 1, 2], correct_bias=True, n_permutations=5, random_state=0
        )
        estimator = ScaleInvariantMI(search)
    else:
        estimator = ESTIMATORS[name]
    pvalues = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X, y = rng.exponential(size=(60, 1)), rng.normal(size=(60, 1))
        pvalues.append(
            mutual_info_permutation_test(estimator, X, y, n_permutations=39, random_state=seed)[2]
        )
    # p takes the values 1/40, ..., 40/40; spread evenly over the steps it is uniform.
    spread = np.array(pvalues) - np.random.default_rng(0).uniform(size=200) / 40
    assert kstest(spread, "uniform").pvalue > 0.01
    assert np.mean(np.array(pvalues) <= 0.05) < 0.1


def test_power_on_friedman1():
    X, y = make_friedman1(n_samples=300, n_features=10, random_state=0)
    pvalues = [
        mutual_info_permutation_test(
            make_estimator("ksg-local"), X[:, [j]], y, n_permutations=99, random_state=0
        )[2]
        for j in range(10)
    ]
    assert max(pvalues[:2]) == pvalues[3] == 0.01  # the strongest three of five
    assert min(pvalues[5:]) > 0.01  # y does not depend on these


def test_a_corrected_search_shifts_all_alike(rng):
    X, y = WORLDS["line"](rng)
    search = RelativeScaleSearch(KSG(), [0.5, 1, 2])
    corrected = clone(search).set_params(correct_bias=True, n_permutations=7, random_state=1)
    for wrap in (lambda e: e, ScaleInvariantMI):
        options = {"n_permutations": 9, "random_state": 5}
        _, null_scores, pvalue = mutual_info_permutation_test(wrap(search), X, y, **options)
        found = mutual_info_permutation_test(wrap(corrected), X, y, **options)
        fitted = clone(wrap(corrected)).fit(X, y)
        bias = getattr(fitted, "estimator_", fitted).bias_
        assert found[0] == fitted.mi_
        assert found[2] == pvalue
        np.testing.assert_allclose(found[1], null_scores - bias, rtol=0, atol=1e-15)


class Labels(BaseEstimator):
    """Takes what it is given, and nothing of ours."""

    def fit(self, X, y):
        assert isinstance(X, pd.DataFrame)
        assert isinstance(y, pd.Series)
        self.mi_ = float((X["a"].to_numpy() == (y.to_numpy() == "yes")).mean())
        return self


def test_frames_and_labels_stay_what_they_are(rng):
    a = rng.integers(0, 2, size=60)
    X, y = pd.DataFrame({"a": a}), pd.Series(np.where(a, "yes", "no"))
    score, null_scores, pvalue = mutual_info_permutation_test(
        Labels(), X, y, n_permutations=19, random_state=0
    )
    assert score == 1.0
    assert null_scores.max() < 1.0
    assert pvalue == 1 / 20


def test_bad_input(rng):
    X, y = WORLDS["line"](rng)
    with pytest.raises(ValueError, match="'n_permutations' parameter"):
        mutual_info_permutation_test(KSG(), X, y, n_permutations=0)
    with pytest.raises(ValueError, match="'estimator' parameter"):
        mutual_info_permutation_test("ksg", X, y)
    with pytest.raises(ValueError, match="X has 150 samples and y has 149"):
        mutual_info_permutation_test(KSG(), X, y[1:])
    with pytest.raises(ValueError, match="NaN"):
        mutual_info_permutation_test(KSG(), X, np.where(y > 2, np.nan, y))


@pytest.mark.parametrize("name", ["ksg", "local", "linf"])
@pytest.mark.parametrize("kind", ["strings", "integers"])
def test_labels_are_permuted_as_labels(name, kind, rng):
    X, y = WORLDS["plane"](rng)
    labels = np.where(y[:, 0] > 0, "yes", "no") if kind == "strings" else (y[:, 0] > 0).astype(int)
    score, null_scores, _ = mutual_info_permutation_test(
        ESTIMATORS[name], X, labels, n_permutations=5, random_state=3
    )
    assert score == clone(ESTIMATORS[name]).fit(X, labels).mi_
    np.testing.assert_array_equal(null_scores, refitted(ESTIMATORS[name], X, labels, 5, 3))
    corrected = make_estimator("ksg-global-linf", correct_bias=True, n_permutations=5)
    corrected.set_params(estimator__random_state=3).fit(X, labels)
    assert corrected.estimator_.bias_ == pytest.approx(
        np.mean(refitted(make_estimator("ksg-global-linf"), X, labels, 5, 3)), abs=1e-12
    )
