"""The curve of an estimate against the factor on one variable."""

import numpy as np
import pytest

from skmi import KSG, RelativeScaleSearch
from skmi.inspection import ScaleCurveDisplay
from tests.worlds import WORLDS

FACTORS = [0.1, 1.0, 10.0]


def test_curves_are_the_estimates(rng):
    X, y = WORLDS["plane"](rng)
    for side in ("y", "X"):
        display = ScaleCurveDisplay.compute(["ksg", KSG(5)], X, y, factors=FACTORS, side=side)
        assert list(display.scores) == ["ksg", "KSG(n_neighbors=5)"]
        scaled = [(X, f * y) if side == "y" else (f * X, y) for f in FACTORS]
        expected = [KSG().fit(*pair).mi_ for pair in scaled]
        np.testing.assert_array_equal(display.scores["ksg"], expected)


def test_draws_a_named_line_for_each_estimator(rng):
    plt = pytest.importorskip("matplotlib.pyplot")
    X, y = WORLDS["plane"](rng)
    search = RelativeScaleSearch(KSG(), [1, 2])
    display = ScaleCurveDisplay.from_estimator(
        {"plain": KSG(), "search": search}, X, y, factors=FACTORS
    )
    assert [line.get_label() for line in display.lines_] == ["plain", "search"]
    np.testing.assert_array_equal(display.lines_[0].get_xdata(), FACTORS)
    np.testing.assert_array_equal(display.lines_[1].get_ydata(), display.scores["search"])
    assert display.ax_.get_xlabel() == "factor on y"
    assert "nats" in display.ax_.get_ylabel()
    assert display.figure_ is display.ax_.figure
    _, ax = plt.subplots()
    assert display.plot(ax).ax_ is ax
    plt.close("all")


def test_factors_in_any_order_give_one_curve():
    plt = pytest.importorskip("matplotlib.pyplot")
    display = ScaleCurveDisplay([10, 0.1, 1], {"a": [3, 1, 2]}).plot()
    np.testing.assert_array_equal(display.lines_[0].get_xdata(), [0.1, 1, 10])
    np.testing.assert_array_equal(display.lines_[0].get_ydata(), [1, 2, 3])
    plt.close("all")


def test_bad_factors_and_sides():
    X = np.arange(9.0)[:, None]
    with pytest.raises(ValueError, match="factors must be"):
        ScaleCurveDisplay.compute("ksg", X, X, factors=[0.0, 1.0])
    with pytest.raises(ValueError, match="side must be"):
        ScaleCurveDisplay.compute("ksg", X, X, side="T")
