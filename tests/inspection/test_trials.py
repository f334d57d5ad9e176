"""Pictures of what was recorded along training."""

from itertools import pairwise

import numpy as np
import pytest

plt = pytest.importorskip("matplotlib.pyplot")
pd = pytest.importorskip("pandas")

from skmi.inspection import (  # noqa: E402
    InformationPlaneDisplay,
    NoiseResponseDisplay,
    TrainingDynamicsDisplay,
)

EPOCHS = np.array([0, 1, 2, 5])
NAMES = ["ksg", "ksg-global-linf"]
LAYERS = ["relu1", "relu2"]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.fixture
def rows(rng):
    index = pd.MultiIndex.from_product(
        [range(3), EPOCHS, LAYERS, NAMES], names=["trial", "epoch", "layer", "estimator"]
    )
    frame = pd.DataFrame(index=index).reset_index()
    for column in ("mi_x", "mi_y", "scale"):
        frame[column] = rng.uniform(1, 2, len(frame))
    return frame


def mean(rows, column, name, layer="relu1"):
    chosen = rows[(rows["estimator"] == name) & (rows["layer"] == layer)]
    return chosen.groupby("epoch")[column].mean().to_numpy()


def band(collection):
    """Lower and upper edge of what fill_between drew."""
    vertices = collection.get_paths()[0].vertices
    x = np.unique(vertices[:, 0])
    return [[f(vertices[vertices[:, 0] == v, 1]) for v in x] for f in (np.min, np.max)]


def test_dynamics_draw_means_bands_and_sizes(rows):
    display = TrainingDynamicsDisplay.from_results(rows)
    assert len(display.axes_) == len(display.lines_) == len(display.scale_lines_) == 2
    for name, ax, line, size in zip(
        NAMES, display.axes_, display.lines_, display.scale_lines_, strict=True
    ):
        assert ax.get_title() == name
        np.testing.assert_array_equal(line.get_xdata(), EPOCHS)
        np.testing.assert_allclose(line.get_ydata(), mean(rows, "mi_x", name))
        np.testing.assert_allclose(size.get_ydata(), mean(rows, "scale", name))
        chosen = rows[(rows["estimator"] == name) & (rows["layer"] == "relu1")]
        spread = chosen.groupby("epoch")["mi_x"].std().to_numpy()
        low, high = band(ax.collections[0])
        np.testing.assert_allclose(low, line.get_ydata() - spread)
        np.testing.assert_allclose(high, line.get_ydata() + spread)
    assert display.scale_axes_[-1].get_ylabel() == "|Z|"
    assert "nats" in display.axes_[0].get_ylabel()


def test_dynamics_of_another_layer_and_quantity(rows):
    display = TrainingDynamicsDisplay.from_results(rows, layer="relu2", quantity="mi_y")
    expected = mean(rows, "mi_y", "ksg", "relu2")
    np.testing.assert_allclose(display.lines_[0].get_ydata(), expected)
    with pytest.raises(ValueError, match="quantity must be"):
        TrainingDynamicsDisplay(rows, quantity="mi").plot()


def test_the_legend_of_dynamics_hides_no_curve(rows):
    display = TrainingDynamicsDisplay.from_results(rows)
    (legend,) = display.figure_.legends
    assert [text.get_text() for text in legend.get_texts()] == ["I(X; Z) (nats)", "|Z|"]
    display.figure_.draw_without_rendering()
    box = legend.get_window_extent()
    assert not any(box.overlaps(ax.get_window_extent()) for ax in display.axes_)
    _, given = plt.subplots(1, 2)
    display = TrainingDynamicsDisplay.from_results(rows, axes=given)
    assert not display.figure_.legends
    assert given[0].get_legend() is not None


def test_plane_draws_a_path_for_each_layer(rows):
    display = InformationPlaneDisplay.from_results(rows)
    assert len(display.axes_) == 2
    assert len(display.points_) == 4
    paths = iter(display.points_)
    for name in NAMES:
        for layer in LAYERS:
            points = next(paths)
            assert points.get_label() == layer
            expected = [mean(rows, column, name, layer) for column in ("mi_x", "mi_y")]
            np.testing.assert_allclose(points.get_offsets(), np.transpose(expected))
            np.testing.assert_array_equal(points.get_array(), EPOCHS)
    assert "epoch" in display.colorbar_.ax.get_ylabel()
    one = InformationPlaneDisplay.from_results(rows, layers=["relu2"])
    assert [points.get_label() for points in one.points_] == ["relu2"] * 2


def test_numbers_below_four_panels_do_not_run_into_each_other(rows):
    rows["mi_x"] = rows["epoch"].map({0: 1.555, 1: 1.443, 2: 1.473, 5: 1.488})
    four = pd.concat([rows, rows.assign(estimator=rows["estimator"] + " again")])
    display = InformationPlaneDisplay.from_results(four)
    display.figure_.draw_without_rendering()
    for ax in display.axes_:
        low, high = ax.get_xlim()
        boxes = [
            label.get_window_extent()
            for label in ax.get_xticklabels()
            if low <= label.get_position()[0] <= high
        ]
        assert len(boxes) > 1
        digit = boxes[0].width / len("1.450")
        assert all(a.x1 + digit < b.x0 for a, b in pairwise(boxes))


def test_colours_follow_the_logarithm_where_most_epochs_are_early(rows):
    rows["epoch"] = rows["epoch"].map({0: 0, 1: 1, 2: 30, 5: 500})
    display = InformationPlaneDisplay.from_results(rows)
    assert type(display.points_[0].norm).__name__ == "LogNorm"
    np.testing.assert_array_equal(display.points_[0].get_array(), [1, 2, 31, 501])
    linear = InformationPlaneDisplay.from_results(rows, log_epochs=False)
    assert type(linear.points_[0].norm).__name__ == "Normalize"


def test_only_epochs_that_all_trials_have_are_averaged(rows):
    shorter = rows[(rows["trial"] > 0) | (rows["epoch"] < 5)]
    display = TrainingDynamicsDisplay.from_results(shorter)
    np.testing.assert_array_equal(display.lines_[0].get_xdata(), [0, 1, 2])
    expected = mean(rows, "mi_x", "ksg")[:3]
    np.testing.assert_allclose(display.lines_[0].get_ydata(), expected)
    assert "only the 3 of 4 epochs that all trials have" in said(display)
    assert "only" not in said(TrainingDynamicsDisplay.from_results(rows))
    plane = InformationPlaneDisplay.from_results(shorter)
    assert "only the 3 of 4 epochs that all trials have" in said(plane)


def said(display):
    return display.figure_._supxlabel.get_text().replace("\n", " ")


def test_epochs_without_a_value_are_not_drawn_in_silence(rows):
    one = rows[(rows["trial"] == 0) & (rows["layer"] == "relu1")].reset_index(drop=True)
    one.loc[0, "mi_y"] = np.nan
    plane = InformationPlaneDisplay.from_results(one)
    assert len(plane.points_[0].get_offsets()) == 3
    assert "only the 3 of 4 epochs with all values" in said(plane)
    assert "only" not in said(TrainingDynamicsDisplay.from_results(one))


def test_several_layers_are_not_averaged(rows):
    noise = rows.rename(columns={"epoch": "snr_db"})
    display = NoiseResponseDisplay.from_results(noise)
    expected = rows[(rows["layer"] == "relu1") & (rows["estimator"] == "ksg")]
    expected = expected.groupby("epoch")["mi_x"].mean()
    np.testing.assert_allclose(display.lines_[0].get_ydata(), expected)
    assert "layer 'relu1', one of 2; " in display.ax_.get_title(loc="right")
    other = NoiseResponseDisplay.from_results(noise, layer="relu2")
    assert (other.lines_[0].get_ydata() != expected).all()
    assert "layer 'relu1', one of 2; " not in other.ax_.get_title(loc="right")
    assert "layer 'relu1', one of 2; " in said(TrainingDynamicsDisplay.from_results(rows))


@pytest.mark.parametrize(
    "display", [TrainingDynamicsDisplay, InformationPlaneDisplay, NoiseResponseDisplay]
)
def test_trainings_that_are_not_numbered_are_not_averaged(rows, display):
    rows["snr_db"] = rows["epoch"]
    with pytest.raises(ValueError, match=r"twice.* number these in a column 'trial'"):
        display.from_results(rows.drop(columns="trial"))


def test_estimates_in_doubt_are_told(rows):
    rows["doubts"] = np.where((rows["estimator"] == "ksg") & (rows["epoch"] > 1), "mi_x: low", "")
    display = TrainingDynamicsDisplay.from_results(rows)
    assert [ax.get_title() for ax in display.axes_] == ["ksg\nin doubt: 6 of 12", NAMES[1]]
    other = TrainingDynamicsDisplay.from_results(rows, quantity="mi_y")
    assert [ax.get_title() for ax in other.axes_] == NAMES
    plane = InformationPlaneDisplay.from_results(rows)
    assert plane.axes_[0].get_title() == "ksg\nin doubt: 12 of 24"
    noise = NoiseResponseDisplay.from_results(rows.rename(columns={"epoch": "snr_db"}))
    assert noise.lines_[0].get_label() == "ksg\nin doubt: 6 of 12"


def test_noise_response(rng):
    rows = pd.DataFrame(
        [
            {
                **{"trial": trial, "snr_db": ratio, "layer": "relu1", "estimator": name},
                "mi_x": rng.uniform(),
            }
            for trial in range(2)
            for ratio in (-10.0, 0.0, 10.0)
            for name in NAMES
        ]
    )
    display = NoiseResponseDisplay.from_results(rows)
    assert [line.get_label() for line in display.lines_] == NAMES
    for name, line in zip(NAMES, display.lines_, strict=True):
        np.testing.assert_array_equal(line.get_xdata(), [-10, 0, 10])
        expected = rows[rows["estimator"] == name].groupby("snr_db")["mi_x"].mean()
        np.testing.assert_allclose(line.get_ydata(), expected)
    assert display.ax_.get_title(loc="right") == (
        "layer 'relu1'; mean of 2 trials, band: ±1 standard deviation"
    )
    _, ax = plt.subplots()
    assert NoiseResponseDisplay(rows).plot(ax).ax_ is ax


@pytest.mark.parametrize("n_estimators", [1, 5])
@pytest.mark.parametrize("display", [TrainingDynamicsDisplay, InformationPlaneDisplay])
def test_many_estimators_take_several_rows(rows, display, n_estimators):
    one = rows[rows["estimator"] == "ksg"].drop(columns="trial").drop_duplicates(["epoch", "layer"])
    many = pd.concat([one.assign(estimator=f"e{i}") for i in range(n_estimators)])
    drawn = display.from_results(many)
    assert len(drawn.axes_) == n_estimators
    drawn.figure_.canvas.draw()
    _, axes = plt.subplots(n_estimators, squeeze=False)
    assert list(display.from_results(many, axes=axes).axes_) == list(axes[:, 0])
    with pytest.raises(ValueError, match=f"axes: {n_estimators} are needed, one for each panel"):
        display.from_results(many, axes=[*axes[:, 0], None])


def test_rows_that_are_none(rows):
    with pytest.raises(ValueError, match="no column 'mi_y'"):
        InformationPlaneDisplay.from_results(rows.drop(columns="mi_y"))
    with pytest.raises(ValueError, match=r"no layer 'relu9' in the rows; there are \['relu1', "):
        TrainingDynamicsDisplay.from_results(rows, layer="relu9")
    with pytest.raises(ValueError, match="no layer 'relu9'"):
        InformationPlaneDisplay.from_results(rows, layers=["relu9"])
    with pytest.raises(ValueError, match="no rows to draw"):
        NoiseResponseDisplay.from_results(
            pd.DataFrame(columns=["snr_db", "layer", "estimator", "mi_x"])
        )
    with pytest.raises(ValueError, match=r"no I\(Z; Y\)"):
        InformationPlaneDisplay.from_results(rows.assign(mi_y=np.nan))
    with pytest.raises(ValueError, match=r"no I\(Z; Y\)"):
        TrainingDynamicsDisplay.from_results(rows.assign(mi_y=np.nan), quantity="mi_y")
