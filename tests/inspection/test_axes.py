"""One rule for where displays draw: `ax` for one panel, `axes` for several."""

import inspect

import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")
pd = pytest.importorskip("pandas")

from skmi import inspection  # noqa: E402

ROWS = pd.DataFrame(
    {
        **{"epoch": [0, 1, 2], "snr_db": [-10.0, 0.0, 10.0], "layer": "relu1", "estimator": "ksg"},
        **{"mi_x": [1.0, 2.0, 1.5], "mi_y": [0.1, 0.5, 0.7], "scale": [1.0, 2.0, 4.0]},
    }
)
ONE_PANEL = [
    inspection.FeatureScoreDisplay([0.1, 0.2]),
    inspection.LagDisplay([0, 1, 2], [0.1, 0.2, 0.1]),
    inspection.MINECurveDisplay([0.1, 0.2]),
    inspection.NoiseResponseDisplay(ROWS),
    inspection.PairwiseMIDisplay([[1.0, 0.2], [0.2, 1.0]]),
    inspection.RelativeScaleDisplay([1, 2], [0.1, 0.2], 2, 0.2),
    inspection.ScaleCurveDisplay([1, 2], {"ksg": [0.1, 0.2]}),
]
SEVERAL_PANELS = [
    inspection.InformationPlaneDisplay(ROWS),
    inspection.TrainingDynamicsDisplay(ROWS),
]
NAMED = [*((d, "ax") for d in ONE_PANEL), *((d, "axes") for d in SEVERAL_PANELS)]
named = pytest.mark.parametrize(("display", "name"), NAMED, ids=lambda each: type(each).__name__)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_none_is_left_out():
    assert {type(display).__name__ for display, _ in NAMED} == set(inspection.__all__)


@named
def test_where_to_draw_is_named_alike(display, name):
    parameters = inspect.signature(display.plot).parameters
    assert next(iter(parameters)) == name
    makers = [m for m in dir(type(display)) if m.startswith("from_")]
    assert makers
    for maker in makers:
        parameter = inspect.signature(getattr(type(display), maker)).parameters[name]
        assert parameter.default is None
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY


@named
def test_on_axes_given_and_on_new_ones(display, name):
    _, ax = plt.subplots()
    n_figures = len(plt.get_fignums())
    display.plot(ax)
    assert len(plt.get_fignums()) == n_figures
    assert np.ravel(getattr(display, f"{name}_"))[0] is ax
    assert display.figure_ is ax.figure
    display.plot()
    assert display.figure_ is not ax.figure
    assert len(plt.get_fignums()) == n_figures + 1


@named
@pytest.mark.parametrize("wrong", ["here", 3, True, plt.Axes, plt], ids=str)
def test_what_is_no_axes_is_said(display, name, wrong):
    with pytest.raises(TypeError, match=f"^{name} must be of matplotlib's Axes, got") as caught:
        display.plot(wrong)
    assert "\n" not in str(caught.value)
    assert not plt.get_fignums()
