"""The curve of a search over relative scales."""

import numpy as np
import pytest

from skmi import KSG, RelativeScaleSearch, ScaleInvariantMI
from skmi.inspection import RelativeScaleDisplay
from tests.worlds import WORLDS

SEARCH = RelativeScaleSearch(KSG(), [0.5, 1.0, 2.0, 4.0])


def test_holds_the_search_curve(rng):
    X, y = WORLDS["plane"](rng)
    fitted = RelativeScaleSearch(KSG(), [0.5, 1.0, 2.0, 4.0]).fit(X, y)
    for display in (
        RelativeScaleDisplay.compute(fitted),
        RelativeScaleDisplay.compute(SEARCH, X, y),
    ):
        np.testing.assert_array_equal(display.scales, [0.5, 1.0, 2.0, 4.0])
        np.testing.assert_array_equal(display.scores, fitted.scale_results_["mean_test_score"])
        assert display.best_scale == fitted.best_scale_
        assert display.best_score == fitted.best_score_ == display.scores.max()
        assert display.bias is None
    assert not hasattr(SEARCH, "scale_results_")


def test_finds_the_search_inside(rng):
    X, y = WORLDS["plane"](rng)
    correcting = RelativeScaleSearch(
        KSG(), "auto", side="X", correct_bias=True, n_permutations=3, random_state=0
    )
    fitted = ScaleInvariantMI(correcting).fit(X, y)
    display = RelativeScaleDisplay.compute(fitted)
    assert display.side == "X"
    assert display.best_score == fitted.estimator_.best_score_
    assert display.bias == fitted.estimator_.bias_
    np.testing.assert_array_equal(
        RelativeScaleDisplay.compute(ScaleInvariantMI(correcting), X, y).scores, display.scores
    )


def test_draws_the_curve_and_marks_the_best(rng):
    plt = pytest.importorskip("matplotlib.pyplot")
    X, y = WORLDS["plane"](rng)
    display = RelativeScaleDisplay.from_estimator(ScaleInvariantMI(SEARCH), X, y)
    np.testing.assert_array_equal(display.line_.get_xdata(), display.scales)
    np.testing.assert_array_equal(display.line_.get_ydata(), display.scores)
    assert list(display.best_.get_xdata()) == [display.best_scale]
    assert display.ax_.get_xlabel() == "relative scale c, on y"
    assert "nats" in display.ax_.get_ylabel()
    assert f"c = {display.best_scale:.3g}" in display.best_.get_label()
    _, ax = plt.subplots()
    assert display.plot(ax).ax_ is ax
    assert display.figure_ is ax.figure
    plt.close("all")


def test_what_is_left_of_the_maximum_and_where_it_failed_are_told(rng):
    plt = pytest.importorskip("matplotlib.pyplot")
    X, y = WORLDS["plane"](rng)
    search = RelativeScaleSearch(
        KSG(), [0.125, 0.5, 1.0, 4.0], correct_bias=True, n_permutations=5, random_state=0
    ).fit(X, y)
    display = RelativeScaleDisplay.from_estimator(search)
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels[1] == f"{search.bias_:.3f} nats by chance, {search.mi_:.3f} left"
    assert "failed" not in display.ax_.get_xlabel()
    display = RelativeScaleDisplay([1, 2, 4], [0.1, np.nan, 0.3], 4, 0.3).plot()
    assert "the estimator failed at 1 of 3" in display.ax_.get_xlabel()
    plt.close("all")


def test_says_what_is_missing(rng):
    X, y = WORLDS["plane"](rng)
    with pytest.raises(ValueError, match="holds no fitted RelativeScaleSearch"):
        RelativeScaleDisplay.compute(SEARCH)
    with pytest.raises(ValueError, match="holds no fitted RelativeScaleSearch"):
        RelativeScaleDisplay.compute(KSG(), X, y)
    with pytest.raises(ValueError, match="X and y belong together"):
        RelativeScaleDisplay.compute(SEARCH, X)
