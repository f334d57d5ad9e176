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
    MixedKSG,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    make_estimator,
    mutual_info,
)
from skmi.estimators._base import MutualInfoEstimator
from skmi.model_selection import mutual_info_permutation_test
from skmi.neighbors import _counter
from tests.worlds import WORLDS

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

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
    found = mutual_info_permutation_test(estimator, X, y, n_permutations=5, random_state=3)
    assert found.statistic == clone(estimator).fit(X, y).mi_
    np.testing.assert_array_equal(found.null_distribution, refitted(estimator, X, y, 5, 3))
    assert found.pvalue == (1 + np.sum(found.null_distribution >= found.statistic)) / 6


@pytest.mark.parametrize("name", ["ksg", "search on X", "local"])
def test_searching_anew_gives_the_same(name, rng, monkeypatch):
    X, y = WORLDS["plane"](rng)
    run = lambda: mutual_info_permutation_test(  # noqa: E731
        ESTIMATORS[name], X, y, n_permutations=4, random_state=0
    )
    expected = run()
    monkeypatch.setattr(_counter, "_MEMORY", 0)
    found = run()
    np.testing.assert_array_equal(found.null_distribution, expected.null_distribution)


@pytest.mark.parametrize("name", ["linf", "binning"])
def test_the_number_of_jobs_changes_nothing(name, rng):
    X, y = WORLDS["line"](rng)
    results = [
        mutual_info_permutation_test(
            ESTIMATORS[name], X, y, n_permutations=12, random_state=0, n_jobs=n_jobs
        )
        for n_jobs in (1, 2, 3)
    ]
    for found in results[1:]:
        assert (found.statistic, found.pvalue) == (results[0].statistic, results[0].pvalue)
        np.testing.assert_array_equal(found.null_distribution, results[0].null_distribution)


def test_what_is_sorted_once_serves_all_permutations(rng, monkeypatch):
    fits, made = [], []
    fit, make = MutualInfoEstimator._fit, _counter.make_engine

    def remember(name):
        class Remembered(make(name)):
            def __init__(self, *arguments):
                made.append(name)
                super().__init__(*arguments)

        return Remembered

    monkeypatch.setattr(
        MutualInfoEstimator, "_fit", lambda self, sample: fits.append(1) or fit(self, sample)
    )
    monkeypatch.setattr(_counter, "make_engine", remember)
    X, y = WORLDS["line"](rng)

    def work(name, n_permutations):
        fits.clear()
        made.clear()
        mutual_info_permutation_test(ESTIMATORS[name], X, y, n_permutations=n_permutations)
        return len(fits), made.copy()

    for name, engine in (("ksg", "line"), ("linf", "sorted")):
        assert work(name, 3) == work(name, 9)
        assert made[-1] == engine
    assert work("binning", 3)[0] == 1 + 3


class Detour(KSG):
    """Goes a way of its own: what knows nothing of it must not be believed."""

    def _contributions(self, counts, sample):
        return np.full_like(counts.radius, 7.0)


def test_a_faster_way_must_lead_to_the_estimate_itself(rng):
    found = mutual_info_permutation_test(Detour(), *WORLDS["line"](rng), n_permutations=3)
    assert found.statistic == 7.0
    assert list(found.null_distribution) == [7.0] * 3
    assert found.pvalue == 1.0


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
        found = mutual_info_permutation_test(estimator, X, y, n_permutations=39, random_state=seed)
        pvalues.append(found.pvalue)
    # p takes the values 1/40, ..., 40/40; spread evenly over the steps it is uniform.
    spread = np.array(pvalues) - np.random.default_rng(0).uniform(size=200) / 40
    assert kstest(spread, "uniform").pvalue > 0.01
    assert np.mean(np.array(pvalues) <= 0.05) < 0.1


def test_power_on_friedman1():
    X, y = make_friedman1(n_samples=300, n_features=10, random_state=0)
    pvalues = [
        mutual_info_permutation_test(
            "ksg-local", X[:, j], y, n_permutations=99, random_state=0
        ).pvalue
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
        raw = mutual_info_permutation_test(wrap(search), X, y, **options)
        found = mutual_info_permutation_test(wrap(corrected), X, y, **options)
        fitted = clone(wrap(corrected)).fit(X, y)
        bias = getattr(fitted, "estimator_", fitted).bias_
        assert found.statistic == fitted.mi_
        assert found.pvalue == raw.pvalue
        np.testing.assert_allclose(
            found.null_distribution, raw.null_distribution - bias, rtol=0, atol=1e-15
        )


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
    found = mutual_info_permutation_test(Labels(), X, y, n_permutations=19, random_state=0)
    assert found.statistic == 1.0
    assert found.null_distribution.max() < 1.0
    assert found.pvalue == 1 / 20


def test_bad_input(rng):
    X, y = WORLDS["line"](rng)
    with pytest.raises(ValueError, match="'n_permutations' parameter"):
        mutual_info_permutation_test(KSG(), X, y, n_permutations=0)
    with pytest.raises(ValueError, match="There is no estimator 'kgs'; choose from"):
        mutual_info_permutation_test("kgs", X, y)
    for wrong in (KSG, None, 3, ["ksg"]):
        with pytest.raises(TypeError, match="estimator must be an estimator or one of"):
            mutual_info_permutation_test(wrong, X, y)
    with pytest.raises(ValueError, match="X has 150 samples and y has 149"):
        mutual_info_permutation_test(KSG(), X, y[1:])
    with pytest.raises(ValueError, match="NaN"):
        mutual_info_permutation_test(KSG(), X, np.where(y > 2, np.nan, y))


@pytest.mark.parametrize("name", ["ksg", "local", "linf"])
@pytest.mark.parametrize("kind", ["strings", "integers"])
def test_labels_are_permuted_as_labels(name, kind, rng):
    X, y = WORLDS["plane"](rng)
    labels = np.where(y[:, 0] > 0, "yes", "no") if kind == "strings" else (y[:, 0] > 0).astype(int)
    found = mutual_info_permutation_test(
        ESTIMATORS[name], X, labels, n_permutations=5, random_state=3
    )
    assert found.statistic == clone(ESTIMATORS[name]).fit(X, labels).mi_
    expected = refitted(ESTIMATORS[name], X, labels, 5, 3)
    np.testing.assert_array_equal(found.null_distribution, expected)
    corrected = make_estimator("ksg-global-linf", correct_bias=True, n_permutations=5)
    corrected.set_params(estimator__random_state=3).fit(X, labels)
    assert corrected.estimator_.bias_ == pytest.approx(
        np.mean(refitted(make_estimator("ksg-global-linf"), X, labels, 5, 3)), abs=1e-12
    )


LABELLED = {
    "ross": RossMI(),
    "plug-in": PlugInMI(),
    "mixed": MixedKSG(),
    "search by ross": RelativeScaleSearch(RossMI(), [0.5, 1.0, 2.0]),
    "scaled ross": ScaleInvariantMI(RossMI()),
    "corrected search by ross": RelativeScaleSearch(
        RossMI(), [1.0], correct_bias=True, n_permutations=4, random_state=0
    ),
}


@pytest.mark.parametrize("name", LABELLED)
def test_estimators_for_labels(name, rng):
    y = rng.integers(0, 3, size=90)
    X = rng.normal(size=(90, 1)) + y[:, None]
    X = (X > 1).astype(int) if name == "plug-in" else X
    estimator = LABELLED[name]
    found = mutual_info_permutation_test(estimator, X, y, n_permutations=5, random_state=3)
    assert found.statistic == clone(estimator).fit(X, y).mi_
    plain = clone(estimator)
    if name.startswith("corrected"):
        bias = clone(estimator).fit(X, y).bias_
        plain.set_params(correct_bias=False)
        expected = np.array(refitted(plain, X, y, 5, 3)) - bias
        np.testing.assert_allclose(found.null_distribution, expected, rtol=0, atol=1e-15)
    else:
        np.testing.assert_array_equal(found.null_distribution, refitted(plain, X, y, 5, 3))
    assert found.pvalue == 1 / 6


@pytest.mark.parametrize("method", ["ksg", "ksg-global-linf", BinningMI(4)], ids=repr)
def test_one_way_of_calling(method, rng):
    # A name or an estimator, one dimension or two, labels by any name: the same result.
    x, noise = rng.normal(size=(2, 100))
    options = {"n_permutations": 5, "random_state": 0}
    expected = mutual_info_permutation_test(method, x[:, None], x + noise, **options)
    estimator = make_estimator(method) if isinstance(method, str) else method
    for X, y in ((x, x + noise), (list(x), (x + noise)[:, None]), (pd.Series(x), x + noise)):
        for each in (method, estimator):
            found = mutual_info_permutation_test(each, X, y, **options)
            assert found.statistic == expected.statistic
            assert found.pvalue == expected.pvalue
            np.testing.assert_array_equal(found.null_distribution, expected.null_distribution)
    if isinstance(method, str):
        words = np.where(noise > 0, "up", "down")
        found = mutual_info_permutation_test(method, noise, words, **options)
        assert found.statistic == mutual_info(noise, words, method)
        assert found.pvalue == 1 / 6


def test_a_result_is_a_sentence(rng):
    X, y = WORLDS["line"](rng)
    found = mutual_info_permutation_test("ksg", X, y, n_permutations=19, random_state=0)
    null = found.null_distribution
    assert null.shape == (19,)
    assert repr(found) == (
        f"mutual information: {found.statistic:.3f} nats, p = 0.05 (19 permutations gave "
        f"{null.mean():.3f} on average, {null.max():.3f} at most)"
    )
