"""The paper's figures: what is drawn, and of what."""

import numpy as np
import pandas as pd
import pytest

from skmi.benchmark.paper import Protocol
from skmi.benchmark.paper._estimators import ALGORITHM_2, KSG_FAMILY, MINE_FAMILY
from skmi.benchmark.paper._figures import FIGURES, panels_with, points, run_panel
from skmi.benchmark.paper._pictures import draw

pytestmark = pytest.mark.filterwarnings("ignore:The best relative scale")

PANELS = [panel for figure in FIGURES.values() for panel in figure(Protocol())]


def panel_named(name):
    return next(panel for panel in PANELS if panel.name == name)


def test_sizes_are_those_of_the_paper():
    sizes = {panel.name: (panel.n_samples, panel.n_trials) for panel in PANELS}
    assert sizes == {
        "1": (1000, 10),
        "2": (1000, 10),
        "3a": (1000, 20),
        "3b": (200, 100),
        "4": (200, 10),
        "5": (1000, 10),
        "6a": (1000, 20),
        "6b": (1000, 20),
        "6c": (1000, 20),
        "6d": (1000, 20),
        "7a": (1000, 10),
        "7b": (1000, 10),
    }


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.name)
def test_every_point_can_be_drawn_and_knows_its_truth(panel):
    for random in panel.samplers.values():
        sampler = random(np.random.default_rng(0))
        X, y = sampler.sample(10, random_state=0)
        assert X.shape[1] >= random.n_features
        assert y.shape == (10, random.n_features)
        assert sampler.mutual_info > 0
    assert not panel.transforms or len(panel.samplers) == 1


def test_truths_of_figure_3a_are_fixed_at_0_8_bits():
    rng = np.random.default_rng(0)
    panel = panel_named("3a")
    truths = [draw(rng).mutual_info / np.log(2) for draw in panel.samplers.values()]
    np.testing.assert_allclose(truths, 0.8, rtol=1e-12)
    assert list(panel.samplers) == list(range(1, 10))


def test_y_of_figure_7_is_a_tenth_and_its_truth_that_of_the_signal():
    panel = panel_named("7a")
    for snr, random in panel.samplers.items():
        sampler = random(np.random.default_rng(0))
        assert sampler.mutual_info == pytest.approx(1.5 * np.log1p(snr), rel=1e-12)
    _, y = sampler.sample(2000, random_state=0)
    assert np.var(y) == pytest.approx(0.01 * (1 + 1 / 5), rel=0.1)


def test_factors_of_figure_6_are_equally_spaced_on_a_log_scale():
    for name, last in ("6a", 1e3), ("6b", 10.0):
        factors = list(panel_named(name).transforms)
        assert (len(factors), factors[0]) == (20, pytest.approx(0.01))
        assert factors[-1] == pytest.approx(last)
        np.testing.assert_allclose(np.diff(np.log(factors)), np.diff(np.log(factors))[0])


def test_panels_of_a_selection():
    chosen = panels_with(6, ("ksg", "ksg-local"), Protocol())
    assert [(panel.name, names) for panel, names in chosen] == [
        ("6a", ("ksg", "ksg-local", ALGORITHM_2)),
        ("6c", ("ksg", "ksg-local", ALGORITHM_2)),
    ]
    assert panels_with(2, KSG_FAMILY, Protocol()) == []
    names = ("mine (default)",)
    assert [panel.name for panel, _ in panels_with(7, names, Protocol())] == ["7b"]


@pytest.fixture(scope="module")
def scale_results():
    panel = panel_named("6a")
    names = ("ksg", "ksg-global-linf", ALGORITHM_2)
    return run_panel(panel, names, Protocol(), n_trials=3, quick=True, random_state=0)


def test_all_factors_see_the_same_samples(scale_results):
    assert scale_results.groupby(["trial"]).truth.nunique().max() == 1
    level = scale_results[scale_results.estimator == "ksg-global-linf"]
    assert level.groupby("trial").estimate.agg(np.ptp).max() < 1e-9
    assert sorted(level.x.unique()) == pytest.approx([0.01, 4.28, 1000], rel=0.01)


def test_points_are_means_over_trials(scale_results):
    drawn = points(panel_named("6a"), scale_results)
    point = drawn[(drawn.estimator == "ksg") & (drawn.x > 500)].iloc[0]
    trials = scale_results[(scale_results.estimator == "ksg") & (scale_results.x > 500)]
    assert point.value == pytest.approx(trials.estimate.mean())
    assert point.stderr == pytest.approx(trials.estimate.std(ddof=1) / 3**0.5)


@pytest.mark.parametrize(
    ("name", "value"), [("1", 2.0), ("2", 0.5), ("3b", 1.0), ("6c", 0.5), ("3a", 2 / np.log(2))]
)
def test_quantities(name, value):
    panel = panel_named(name)
    rows = {"panel": name, "x": 1.0, "estimator": "ksg", "estimate": [2.0, 2.0], "truth": 1.5}
    drawn = points(panel, pd.DataFrame(rows))
    assert drawn.value.tolist() == pytest.approx([value])


def test_failed_cells_are_left_out_of_the_means():
    rows = {"panel": "1", "x": 1.0, "estimator": "ksg", "estimate": [2.0, np.nan], "truth": 1.5}
    drawn = points(panel_named("1"), pd.DataFrame(rows))
    assert drawn.value.tolist() == [2.0]
    assert np.isnan(drawn.stderr).all()


def drawn_points(name, curves):
    truths = np.linspace(1, 2, 2) if name.startswith("7") else np.full(2, 0.8)
    return pd.DataFrame(
        [
            {"panel": name, "estimator": e, "x": x, "value": v, "stderr": 0.0, "truth": t}
            for e, values in curves.items()
            for x, v, t in zip((0.0, 1.0), np.array(values, dtype=float), truths, strict=True)
        ]
    )


def test_pictures_of_several_panels(tmp_path, scale_results):
    pytest.importorskip("matplotlib").use("agg")
    panel = panel_named("6a")
    draw([panel] * 3, points(panel, scale_results), tmp_path / "three.png")
    assert (tmp_path / "three.png").stat().st_size > 10_000


def test_a_panel_is_drawn_once_for_each_way_of_training(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib").use("agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    kept = []
    monkeypatch.setattr(plt, "close", kept.append)
    versions = ("", " (recovered)", " (default)")
    curves = {name + version: (0, 1) for version in versions for name in MINE_FAMILY}
    draw([panel_named("2")], drawn_points("2", curves), tmp_path / "one.png")
    axes = kept[0].axes
    assert [ax.get_title().partition(":")[0] for ax in axes] == [
        "Figure 2",
        "Figure 2, training recovered",
        "Figure 2, skmi's default",
    ]
    for ax in axes:
        assert sorted(ax.get_legend_handles_labels()[1]) == sorted(MINE_FAMILY)
