"""Scores as bars: in order, with intervals and marks where there are any."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.feature_selection import (
    SelectFdr,
    SelectFpr,
    SelectKBest,
    SelectPercentile,
    SequentialFeatureSelector,
    f_classif,
    mutual_info_classif,
)
from sklearn.linear_model import LinearRegression

from skmi.feature_selection import FeatureMutualInfo, JointMISelector, feature_mutual_info
from skmi.inspection import FeatureScoreDisplay

plt = pytest.importorskip("matplotlib.pyplot")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def names(display):
    return [label.get_text() for label in display.ax_.get_yticklabels()]


@pytest.fixture
def data(rng):
    X = pd.DataFrame(rng.normal(size=(200, 3)), columns=["noise", "weak", "strong"])
    return X, X["strong"] + 0.4 * X["weak"] + 0.1 * rng.normal(size=200)


def test_bars_in_order():
    display = FeatureScoreDisplay.from_scores([0.1, 0.5, -0.02])
    assert names(display) == ["x1", "x0", "x2"]
    np.testing.assert_array_equal([bar.get_width() for bar in display.bars_], [0.5, 0.1, -0.02])
    assert display.errorbars_ is None
    assert "nats" in display.ax_.get_xlabel()
    assert display.ax_.yaxis_inverted()


def test_significance_and_intervals():
    intervals = np.array([[0.0, 0.2], [0.4, 0.7], [0.0, 0.1]])
    display = FeatureScoreDisplay.from_scores(
        [0.1, 0.5, 0.05],
        pvalues=[0.04, 0.001, 0.5],
        intervals=intervals,
        feature_names=list("abc"),
        alpha=0.01,
    )
    assert names(display) == ["b *", "a", "c"]
    colors = [bar.get_facecolor() for bar in display.bars_]
    assert colors[0] != colors[1] == colors[2]
    (segments,) = display.errorbars_[2]
    ends = [np.sort(segment[:, 0]) for segment in segments.get_segments()]
    np.testing.assert_allclose(ends, intervals[[1, 0, 2]])


def test_no_more_than_asked_for():
    scores = np.arange(50.0)
    display = FeatureScoreDisplay.from_scores(scores)
    assert len(display.bars_) == 30
    assert display.ax_.get_xlabel().endswith("\nthe 30 largest of 50 scores")
    display = FeatureScoreDisplay.from_scores(scores, max_features=None)
    assert len(display.bars_) == 50
    assert "of" not in display.ax_.get_xlabel()
    _, ax = plt.subplots()
    display = FeatureScoreDisplay(scores).plot(ax, max_features=2)
    assert display.ax_ is ax
    assert names(display) == ["x49", "x48"]


def test_from_a_scorer(data):
    scorer = FeatureMutualInfo(n_permutations=40, random_state=0)
    display = FeatureScoreDisplay.from_scorer(scorer, *data)
    assert names(display)[0] == "strong *"
    np.testing.assert_array_equal(display.scores, scorer(*data)[0])
    assert FeatureScoreDisplay.from_scorer(feature_mutual_info, *data).pvalues is None


def test_a_selector_without_a_score_for_each_feature(data):
    selector = JointMISelector(2).fit(*data)
    with pytest.raises(ValueError, match="JointMISelector has 2 scores for 3 features"):
        FeatureScoreDisplay.from_estimator(selector)


@pytest.mark.parametrize(
    "selector",
    [
        SelectKBest(FeatureMutualInfo(40, random_state=0), k=1),
        SelectFdr(FeatureMutualInfo(99, random_state=0), alpha=0.011),
        SelectPercentile(f_classif, percentile=40),
        SelectFpr(f_classif, alpha=1e-300),
    ],
    ids=lambda selector: type(selector).__name__,
)
def test_stars_mark_what_the_selector_selected(rng, selector):
    """Whatever the p-values: many of the features are significant."""
    y = np.arange(150) % 3
    X = rng.normal(size=(150, 6)) + y[:, None] * np.array([0.0, 1, 2, 3, 4, 0])
    selector = clone(selector).fit(X, y)
    assert (selector.pvalues_ <= 0.05).sum() != selector.get_support().sum()
    display = FeatureScoreDisplay.from_estimator(selector)
    starred = {name.split()[0] for name in names(display) if name.endswith(" *")}
    selected = selector.get_support(indices=True)
    assert starred == {f"x{i}" for i in selected}
    assert display.ax_.get_title(loc="right") == f"* selected: {len(selected)} of 6"
    marked = [bar.get_facecolor()[:3] != (0.75,) * 3 for bar in display.bars_]
    assert sum(marked) == len(selected)


def test_selected_features_that_are_not_drawn_are_told(rng):
    display = FeatureScoreDisplay.from_scores(
        np.arange(100.0), selected=np.arange(100) % 10 == 0, max_features=30
    )
    assert display.ax_.get_xlabel().endswith(
        "the 30 largest of 100 scores\n(7 of the others would have a *)"
    )


def test_all_that_is_said_is_inside_the_picture():
    scores = {f"feature {i}": i for i in range(100)}
    display = FeatureScoreDisplay.from_scores(
        list(scores.values()), feature_names=list(scores), selected=np.arange(100) % 2 == 0
    )
    display.figure_.draw_without_rendering()
    box = display.figure_.bbox
    for text in (display.ax_.xaxis.label, display.ax_.yaxis.get_ticklabels()[0]):
        words = text.get_window_extent()
        assert box.x0 <= words.x0 < words.x1 <= box.x1
        assert box.y0 <= words.y0 < words.y1 <= box.y1


def test_what_the_scores_are(data):
    X, y = data
    classes = (y > 0).to_numpy()
    for score_func, label in (
        (feature_mutual_info, "mutual information with the target (nats)"),
        (partial(mutual_info_classif, random_state=0), "mutual information with the target (nats)"),
        (f_classif, "score by f_classif"),
    ):
        selector = SelectKBest(score_func, k=1).fit(X, classes)
        assert FeatureScoreDisplay.from_estimator(selector).ax_.get_xlabel() == label
        assert FeatureScoreDisplay.from_scorer(score_func, X, classes).ax_.get_xlabel() == label


def test_a_feature_without_a_score_comes_last_and_is_told():
    assert names(FeatureScoreDisplay.from_scores([np.nan, 0.1])) == ["x1", "x0 (no score)"]


def test_from_a_fitted_selector(data):
    selector = SelectKBest(feature_mutual_info, k=1).fit(*data)
    display = FeatureScoreDisplay.from_estimator(selector, feature_names=["a", "b", "c"])
    assert names(display)[0] == "c *"
    with pytest.raises(ValueError, match="not fitted"):
        FeatureScoreDisplay.from_estimator(SelectKBest())
    no_scores = SequentialFeatureSelector(LinearRegression(), n_features_to_select=1).fit(*data)
    with pytest.raises(ValueError, match="SequentialFeatureSelector gives no scores"):
        FeatureScoreDisplay.from_estimator(no_scores)


def test_shapes_are_checked():
    with pytest.raises(ValueError, match=r"pvalues has shape \(1,\), but \(2,\) is needed"):
        FeatureScoreDisplay([1, 2], pvalues=[0.1])
    with pytest.raises(ValueError, match="intervals has shape"):
        FeatureScoreDisplay([1, 2], intervals=[0.1, 0.2])
    with pytest.raises(ValueError, match="scores has shape"):
        FeatureScoreDisplay([[1, 2]])
