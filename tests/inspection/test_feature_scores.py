"""Scores as bars: in order, with intervals and marks where there are any."""

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_selection import SelectFdr, SelectKBest

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
    assert len(FeatureScoreDisplay.from_scores(scores).bars_) == 30
    assert len(FeatureScoreDisplay.from_scores(scores, max_features=None).bars_) == 50
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


def test_from_a_fitted_selector(data):
    selector = SelectFdr(FeatureMutualInfo(40, random_state=0)).fit(*data)
    assert names(FeatureScoreDisplay.from_estimator(selector))[0] == "strong *"
    selector = SelectKBest(feature_mutual_info, k=1).fit(*data)
    display = FeatureScoreDisplay.from_estimator(selector, feature_names=["a", "b", "c"])
    assert names(display)[0] == "c"
    with pytest.raises(ValueError, match="not fitted"):
        FeatureScoreDisplay.from_estimator(SelectKBest())


def test_shapes_are_checked():
    with pytest.raises(ValueError, match=r"pvalues has shape \(1,\), but \(2,\) is needed"):
        FeatureScoreDisplay([1, 2], pvalues=[0.1])
    with pytest.raises(ValueError, match="intervals has shape"):
        FeatureScoreDisplay([1, 2], intervals=[0.1, 0.2])
    with pytest.raises(ValueError, match="scores has shape"):
        FeatureScoreDisplay([[1, 2]])
