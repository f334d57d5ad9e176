"""p-values that are p-values, in scikit-learn's selectors."""

import pickle

import numpy as np
import pytest
from scipy.stats import kstest
from sklearn.base import clone
from sklearn.datasets import make_friedman1
from sklearn.feature_selection import (
    GenericUnivariateSelect,
    SelectFdr,
    SelectFpr,
    SelectFwe,
    SelectKBest,
    SelectPercentile,
)
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skmi.feature_selection import FeatureMutualInfo, feature_mutual_info


@pytest.mark.parametrize("kind", ["numbers", "labels"])
def test_pvalues_are_uniform_if_nothing_depends(kind):
    scorer = FeatureMutualInfo(n_permutations=99)
    pvalues = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X, y = rng.normal(size=(40, 1)), rng.normal(size=40)
        target = y if kind == "numbers" else (y > 0).astype(int)
        pvalues.append(scorer.set_params(random_state=seed)(X, target)[1][0])
    # They come in steps of 1/100; spread evenly within its step, one is continuous.
    spread = np.array(pvalues) - np.random.default_rng(0).uniform(size=200) / 100
    assert kstest(spread, "uniform").pvalue > 0.01


def test_pvalues_of_ties_are_not_too_small():
    # Two labels each: few tables are possible, and most permutations score the same.
    scorer = FeatureMutualInfo(n_permutations=99)
    small = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        X, y = rng.integers(0, 2, size=(12, 1)), rng.integers(0, 2, size=12)
        small += scorer.set_params(random_state=seed)(X, y)[1][0] <= 0.1
    assert small <= 32  # 20 at most are expected; three deviations more


def test_names_of_labels_do_not_move_pvalues():
    # The same tables but for the order of rows, whose scores may differ in the last digit.
    X = np.repeat([0, 1], 10)[:, None]
    scorer = FeatureMutualInfo(n_permutations=99, random_state=0)
    for seed in range(20):
        y = np.random.default_rng(seed).permutation(X[:, 0])
        assert scorer(X, y)[1] == scorer(X, 1 - y)[1] == scorer(1 - X, y)[1]


def test_constant_columns_are_never_significant(rng):
    X, y = np.ones((50, 2)), rng.normal(size=50)
    scores, pvalues = FeatureMutualInfo(n_permutations=50, random_state=0)(X, y)
    np.testing.assert_array_equal(scores, 0.0)
    np.testing.assert_array_equal(pvalues, 1.0)


def test_power():
    # Column 2 acts through its square about its middle; columns 5 to 9 are noise.
    X, y = make_friedman1(n_samples=600, noise=0.5, random_state=0)
    _, pvalues = FeatureMutualInfo(n_permutations=199, random_state=0)(X, y)
    assert (pvalues[[0, 1, 3]] == 1 / 200).all()
    assert (pvalues[:5] < 0.05).sum() >= 4
    assert (pvalues[5:] < 0.05).sum() <= 1


def test_definition(rng):
    X, y = rng.normal(size=(60, 3)), rng.normal(size=60)
    y += 0.5 * X[:, 0]
    scores, pvalues = FeatureMutualInfo(n_permutations=40, random_state=3)(X, y)
    np.testing.assert_array_equal(scores, feature_mutual_info(X, y))
    # Another set of permutations: the same numbers but for chance.
    raw = feature_mutual_info(X, y, clip=False)
    null = [feature_mutual_info(X, rng.permutation(y), clip=False) for _ in range(400)]
    expected = np.mean(null >= raw, axis=0)
    np.testing.assert_allclose(pvalues, expected, atol=0.27)
    assert set(np.round(pvalues * 41, 9)) <= set(range(1, 42))


@pytest.mark.parametrize("target", ["numbers", "labels", "alone in a class"])
def test_permuting_what_is_sorted_is_permuting(target, rng):
    from skmi.feature_selection._prepared import Prepared

    X, y = rng.normal(size=(80, 2)).round(1), rng.normal(size=80).round(1)
    X = np.column_stack([X, rng.integers(0, 3, size=80)])
    if target != "numbers":
        y = np.digitize(y, [-0.5, 0.5])
        y[0] = 7 if target == "alone in a class" else y[0]
    mask = [False, False, True]
    prepared = Prepared(X, y, 3, mask, "auto")
    order = rng.permutation(80)
    moved = np.empty_like(y)
    moved[order] = y
    np.testing.assert_allclose(
        prepared.scores(order=order),
        feature_mutual_info(X, moved, discrete_features=mask, clip=False),
        rtol=1e-12,
        atol=1e-15,
    )


def test_random_state_alone_decides(rng):
    X, y = rng.normal(size=(60, 3)), rng.normal(size=60)
    first = FeatureMutualInfo(30, random_state=0, n_jobs=1)(X, y)
    np.testing.assert_array_equal(first, FeatureMutualInfo(30, random_state=0, n_jobs=3)(X, y))
    np.testing.assert_array_equal(first, FeatureMutualInfo(30, random_state=0)(X, y))
    generators = np.random.default_rng(1), np.random.default_rng(1)
    np.testing.assert_array_equal(
        *(FeatureMutualInfo(30, random_state=g)(X, y) for g in generators)
    )
    assert not np.array_equal(first, FeatureMutualInfo(30, random_state=1)(X, y))
    # A feature's p-value does not depend on the others.
    alone = FeatureMutualInfo(30, random_state=0)(X[:, [2]], y)
    np.testing.assert_array_equal(np.ravel(alone), np.array(first)[:, 2])


def test_clip_and_base_do_not_touch_pvalues(rng):
    X, y = rng.normal(size=(60, 4)), rng.normal(size=60)
    scores, pvalues = FeatureMutualInfo(30, random_state=0)(X, y)
    raw, same = FeatureMutualInfo(30, clip=False, base=2, random_state=0)(X, y)
    np.testing.assert_array_equal(same, pvalues)
    np.testing.assert_allclose(np.maximum(raw, 0) * np.log(2), scores)


def test_scores_alone(rng):
    X, y = rng.normal(size=(60, 2)), rng.normal(size=60)
    scores = FeatureMutualInfo(None)(X, y)
    np.testing.assert_array_equal(scores, feature_mutual_info(X, y))


SELECTORS = [
    SelectKBest(k=3),
    SelectPercentile(percentile=30),
    SelectFpr(alpha=0.02),
    SelectFdr(alpha=0.05),
    SelectFwe(alpha=0.1),
    GenericUnivariateSelect(mode="fwe", param=0.1),
]


@pytest.mark.parametrize("selector", SELECTORS, ids=repr)
def test_every_selector_of_scikit_learn(selector):
    X, y = make_friedman1(n_samples=600, random_state=0)
    scorer = FeatureMutualInfo(n_permutations=149, random_state=0)
    fitted = clone(selector).set_params(score_func=scorer).fit(X, y)
    selected = fitted.get_support(indices=True)
    assert {0, 1, 3} <= set(selected) <= {0, 1, 2, 3, 4}
    np.testing.assert_array_equal(fitted.scores_, feature_mutual_info(X, y))
    assert fitted.transform(X).shape == (600, len(selected))


@pytest.mark.parametrize("kind", ["numbers", "labels"])
def test_a_score_function_without_pvalues_selects_the_best(kind, rng):
    X = rng.normal(size=(200, 10))
    y = X[:, 4] + X[:, 7] + 0.3 * rng.normal(size=200)
    y = y if kind == "numbers" else y > 0
    for selector in (
        SelectKBest(feature_mutual_info, k=2),
        SelectPercentile(feature_mutual_info, percentile=20),
        GenericUnivariateSelect(feature_mutual_info, mode="k_best", param=2),
        GenericUnivariateSelect(feature_mutual_info, mode="percentile", param=20),
    ):
        assert list(selector.fit(X, y).get_support(indices=True)) == [4, 7]


def test_pipeline_and_grid_search():
    X, y = make_friedman1(n_samples=200, random_state=0)
    pipeline = make_pipeline(SelectKBest(FeatureMutualInfo(None)), LinearRegression())
    grid = {"selectkbest__k": [1, 4], "selectkbest__score_func__n_neighbors": [3, 10]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.best_params_["selectkbest__k"] == 4
    assert search.best_score_ > 0.5


def test_cloned_and_pickled(rng):
    X, y = rng.normal(size=(60, 2)), rng.normal(size=60)
    scorer = FeatureMutualInfo(20, n_neighbors=5, discrete_features=[0], random_state=0)
    assert clone(scorer).get_params() == scorer.get_params()
    X[:, 0] = X[:, 0] > 0
    expected = scorer(X, y)
    for copy in (clone(scorer), pickle.loads(pickle.dumps(scorer))):
        np.testing.assert_array_equal(copy(X, y), expected)
    assert repr(FeatureMutualInfo(20)) == "FeatureMutualInfo(n_permutations=20)"
    assert [name for name in vars(scorer) if name.endswith("_")] == ["n_samples_"]


def test_bad_input():
    X, y = np.arange(20.0).reshape(10, 2), np.arange(10.0)
    with pytest.raises(ValueError, match="'n_permutations' parameter"):
        FeatureMutualInfo(0)(X, y)
    with pytest.raises(ValueError, match="must be less than n_samples"):
        FeatureMutualInfo(5, n_neighbors=10)(X, y)
    with pytest.raises(ValueError, match="X contains NaN"):
        FeatureMutualInfo(5)(np.where(X == 3, np.nan, X), y)
