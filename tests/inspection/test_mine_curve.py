"""The curves of a neural estimate."""

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skmi import KSG, MINE, GlobalScaler, LocalScaler, ScaleInvariantMI
from skmi.inspection import MINECurveDisplay

pytest.importorskip("skorch")
plt = pytest.importorskip("matplotlib.pyplot")

pytestmark = pytest.mark.filterwarnings(
    "ignore::skmi.exceptions.TrainingWarning", "ignore::skmi.exceptions.OverfittedWarning"
)


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


@pytest.fixture
def pair(rng):
    X = rng.normal(size=(80, 1))
    return X, X + rng.normal(size=(80, 1))


def mine(**params):
    settings = {"max_epochs": 6, "learning_rate": 0.01, "random_state": 0, **params}
    return MINE((8,)).set_params(**settings)


def test_draws_both_curves_with_a_band_over_critics(pair):
    fitted = mine(n_critics=3, training__weight_average=0.0).fit(*pair)
    display = MINECurveDisplay.from_estimator(fitted)
    assert [line.get_label() for line in display.lines_] == ["training", "held out"]
    curve = fitted.learning_curve_
    for line, bounds in zip(display.lines_, (curve.train, curve.validation), strict=True):
        np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 7))
        np.testing.assert_allclose(line.get_ydata(), bounds.mean(axis=1))
    assert len(display.bands_) == 2
    reach = display.bands_[1].get_paths()[0].get_extents()
    assert (reach.y0, reach.y1) == pytest.approx((curve.validation.min(), curve.validation.max()))
    for epoch, critic, mark in zip(
        fitted.best_epochs_, range(3), display.marks_.get_offsets(), strict=True
    ):
        assert tuple(mark) == (epoch, pytest.approx(curve.validation[epoch - 1, critic]))
    assert "nats" in display.ax_.get_ylabel()


def test_one_critic_without_held_out_data(pair):
    display = MINECurveDisplay.from_estimator(mine(evaluation="train").fit(*pair))
    assert [line.get_label() for line in display.lines_] == ["training"]
    assert display.bands_ == []
    np.testing.assert_array_equal(display.marks_.get_offsets()[:, 0], [6])


def test_on_given_axes_and_from_arrays():
    _, ax = plt.subplots()
    display = MINECurveDisplay([0.1, 0.3, np.nan], [0.1, 0.2, np.inf]).plot(ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert display.marks_ is None


def test_critics_that_end_early_and_first_weights_are_told():
    train = np.ones((4, 3))
    train[2:, 1] = np.nan
    display = MINECurveDisplay(train, best_epochs=[4, 0, 2]).plot()
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["training (2 of 3 to the end)", "weights taken (the first ones: 1)"]


def test_finds_the_network_inside(pair):
    scaled = ScaleInvariantMI(mine(), GlobalScaler()).fit(*pair)
    piped = make_pipeline(LocalScaler(), ScaleInvariantMI(mine(), GlobalScaler())).fit(*pair)
    searched = GridSearchCV(mine(), {"bound": ["dv"]}, cv=2).fit(*pair)
    for estimator in (scaled, piped, searched):
        assert MINECurveDisplay.from_estimator(estimator).train.shape == (6, 1)


def test_no_network_no_curve(pair):
    with pytest.raises(TypeError, match="KSG holds no fitted MINE"):
        MINECurveDisplay.from_estimator(KSG().fit(*pair))
    with pytest.raises(TypeError, match="ScaleInvariantMI holds no fitted MINE"):
        MINECurveDisplay.from_estimator(ScaleInvariantMI(KSG()).fit(*pair))
    with pytest.raises(NotFittedError):
        MINECurveDisplay.from_estimator(mine())
