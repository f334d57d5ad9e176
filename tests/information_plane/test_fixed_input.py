"""Estimates on kept distances are those of the estimator itself."""

import tracemalloc

import numpy as np
import pytest
from sklearn.base import clone

from skmi import (
    BIKSG,
    KSG,
    GlobalScaler,
    LocalScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
    make_estimator,
)
from skmi.information_plane._fixed_input import FixedInput
from skmi.neighbors import _kept_distances

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")

KEPT = {
    "ksg": KSG(),
    "algorithm 2": KSG(5, variant=2),
    "ksg-local": make_estimator("ksg-local"),
    "ksg-global": make_estimator("ksg-global"),
    "ksg-global-linf": make_estimator("ksg-global-linf"),
    "default": ScaleInvariantMI(),
    "search": RelativeScaleSearch(KSG(tie_tolerance=1e-5), [0.5, 3, 1]),
    "auto": ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"), GlobalScaler()),
    "auto, local": ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"), LocalScaler()),
    "auto, unscaled": RelativeScaleSearch(KSG(), "auto"),
    "on X": ScaleInvariantMI(RelativeScaleSearch(KSG(), [0.25, 1, 2], side="X")),
    "tolerance": ScaleInvariantMI(KSG(), tie_tolerance=1e-3),
}
OTHERS = {
    "euclidean": BIKSG(),
    "tree": KSG(algorithm="kd_tree"),
    "labels": KSG(discrete_features=True),
}


def layer(rng, n=300):
    X = rng.normal(size=(n, 30)) * np.linspace(0.1, 3, 30)
    Z = np.maximum(X @ rng.normal(size=(30, 8)) + rng.normal(size=(n, 8)), 0)
    return X, (1e-3 * Z).astype(np.float32)


@pytest.mark.parametrize("name", KEPT)
def test_the_estimate_of_the_estimator_itself(rng, name):
    X, Z = layer(rng)
    fixed = FixedInput(X)
    fitted = fixed.fit(KEPT[name], Z)
    afresh = KEPT[name].fit(X, Z)
    assert fixed.nbytes == 4 * len(X) ** 2  # they were made
    assert fitted.mi_ == pytest.approx(afresh.mi_, abs=2e-5)
    if hasattr(fitted, "best_scale_"):
        assert fitted.best_scale_ == pytest.approx(afresh.best_scale_, rel=1e-6)


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_estimator_is_fitted_to_the_data(rng, name):
    X, Z = layer(rng)
    if name == "labels":
        X = np.round(X[:, :1])
    fixed = FixedInput(X)
    fitted = fixed.fit(OTHERS[name], Z)
    assert fixed.nbytes == 0
    afresh = clone(OTHERS[name]).fit(X, Z)
    assert type(fitted) is type(afresh)
    assert getattr(fitted, "method_", None) == getattr(afresh, "method_", None)
    assert fitted.mi_ == afresh.mi_


@pytest.mark.parametrize("name", ["ksg-local", "ksg-global", "ksg-global-linf", "auto"])
@pytest.mark.parametrize("factor", [2.0**-30, 1e-7, 3.0, 1e5])
def test_units_do_not_matter(rng, name, factor):
    X, Z = layer(rng)
    expected = FixedInput(X).fit(KEPT[name], Z).mi_
    # What single precision rounds differs, but for powers of two.
    exact = np.log2(factor) % 1 == 0
    tolerance = 1e-12 if exact else 1e-5
    in_x = FixedInput(X * factor).fit(KEPT[name], Z).mi_
    in_z = FixedInput(X).fit(KEPT[name], (Z * np.float32(factor))).mi_
    assert in_x == pytest.approx(expected, abs=tolerance)
    assert in_z == pytest.approx(expected, abs=tolerance)


def test_ties_stay_ties_in_any_units(rng):
    """On a grid nearly all distances are equal to others."""
    X = rng.integers(0, 4, (300, 6)) / 255
    Z = rng.integers(0, 5, (300, 5)).astype(np.float32)
    estimator = ScaleInvariantMI(KSG(algorithm="brute"))
    expected = estimator.fit(X.astype(np.float32), Z).mi_
    for factor in (1.0, 255.0, 1 / 3, 1e-9, 7e4):
        found = FixedInput(X * factor).fit(estimator, Z * np.float32(1 / 7)).mi_
        assert found == pytest.approx(expected, rel=1e-12)


def test_distances_are_made_once_for_each_way_to_scale_columns(rng, monkeypatch):
    X, Z = layer(rng)
    made = []
    original = _kept_distances._keep_distances
    monkeypatch.setattr(
        _kept_distances, "_keep_distances", lambda *args: made.append(1) or original(*args)
    )
    fixed = FixedInput(X)
    for _ in range(3):
        for name in ("ksg", "ksg-global", "ksg-global-linf", "search"):
            fixed.fit(KEPT[name], Z)
    assert len(made) == 1
    assert fixed.nbytes == 4 * 300**2
    fixed.fit(KEPT["ksg-local"], Z)
    fixed.fit(KEPT["auto, local"], Z)
    assert len(made) == 2


@pytest.mark.parametrize("part", [1.0, 0.25])
def test_what_is_held_is_the_distances_and_a_copy_of_x(rng, part):
    n, n_inputs = 800, 200
    X, Z = rng.normal(size=(n, n_inputs)).astype(np.float32), rng.normal(size=(n, 3))
    distances, copy = 4 * n**2, 8 * n * n_inputs
    fixed = FixedInput(X, working_memory=part * distances / 2**20)
    FixedInput(X[:50]).fit(KEPT["ksg-local"], Z[:50])  # compiled, and its constants made
    tracemalloc.start()
    for name in ("ksg", "ksg-global-linf", "ksg-global"):
        fixed.fit(KEPT[name], Z)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert fixed.nbytes == pytest.approx(part * distances, rel=0.01)
    assert held == pytest.approx(part * distances + copy, rel=0.05)


def test_memory_is_bounded(rng):
    X, Z = layer(rng)
    limited = FixedInput(X, working_memory=0.5 * 4 * 300**2 / 2**20)
    for name in ("ksg-global-linf", "ksg-local"):
        full = FixedInput(X).fit(KEPT[name], Z).mi_
        assert limited.fit(KEPT[name], Z).mi_ == full
    assert limited.nbytes == 4 * 300 * 150


def test_too_few_samples_are_said_so(rng):
    X, Z = layer(rng, 5)
    with pytest.raises(ValueError, match="must be less than n_samples=5"):
        FixedInput(X).fit(KSG(7), Z)


def test_double_precision_keeps_small_differences_beside_a_large_offset(rng):
    X = rng.normal(size=(300, 30))
    Z = 1e6 + 1e-3 * (X[:, :8] + rng.normal(size=(300, 8)))
    estimator = make_estimator("ksg-global-linf", tie_tolerance=1e-5)
    found = FixedInput(X).fit(estimator, Z).mi_
    assert found == pytest.approx(estimator.fit(X, Z).mi_, abs=2e-5)
    single = FixedInput(X).fit(estimator, Z.astype(np.float32)).mi_
    assert abs(single - found) > 0.01
