"""By torch, on the CPU and on a GPU: the counts of the other engines, and where they are made."""

import sys
from functools import partial

import numpy as np
import pytest
import torch

from skmi import (
    BIKSG,
    KSG,
    CanonicalKSG,
    LocalScaler,
    MixedKSG,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    conditional_mutual_info,
    mutual_info,
)
from skmi._device import find_engine
from skmi.benchmark import BenchmarkGrid
from skmi.datasets import CorrelatedGaussians
from skmi.feature_selection import JointMISelector
from skmi.model_selection import mutual_info_permutation_test
from skmi.neighbors import Query, _torch, count_neighbors
from skmi.neighbors._chebyshev_triton import chebyshev_by_triton, has_triton
from skmi.neighbors._conditional import count_conditional_neighbors
from skmi.neighbors._joint_selection import count_joint
from skmi.neighbors._torch import TorchEngine, TorchSide
from tests.worlds import SQUARABLE, WORLDS

GPU = pytest.param(
    "cuda",
    marks=[
        pytest.mark.gpu,
        pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
    ],
)
on_each_device = pytest.mark.parametrize("device", ["cpu", GPU])

SCALES = np.array([0.1, 1.0, 20.0])


def assert_equal(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


@on_each_device
@pytest.mark.parametrize("metric", ["chebyshev", "euclidean"])
@pytest.mark.parametrize("in_a_tile", [300, 2**24])
def test_tiles_of_any_size_hold_the_same_counts(in_a_tile, metric, device, rng, monkeypatch):
    monkeypatch.setattr(_torch, "_IN_A_TILE", {"cpu": in_a_tile, "cuda": in_a_tile})
    for world in SQUARABLE:
        X, y = WORLDS[world](rng)
        expected = count_neighbors(X, y, 3, scales=SCALES, metric=metric, algorithm="brute")
        for n_threads in (1, 3):
            engine = TorchEngine(X, y, Query(3, metric=metric), n_threads, device)
            assert_equal(engine.count(SCALES), expected)


@on_each_device
@pytest.mark.parametrize("kept", [0, 2**24])
def test_permutations_with_and_without_kept_distances(kept, device, rng, monkeypatch):
    monkeypatch.setattr(_torch, "_KEPT", {"cpu": kept, "cuda": kept})
    X, y = WORLDS["integer grid"](rng)
    query = Query(4, tie_tolerance=1e-10)
    engine = TorchEngine(X, y, query, device=device)
    for _ in range(3):
        order = rng.permutation(len(X))
        expected = count_neighbors(
            X, y[order], 4, scales=SCALES, tie_tolerance=1e-10, algorithm="brute"
        )
        assert_equal(engine.count_permuted(order, SCALES), expected)
    assert ("_all" in vars(engine._sides[1])) is bool(kept)


def test_the_data_are_sent_once_for_all_permutations(rng, monkeypatch):
    sent = []
    monkeypatch.setattr(_torch, "TorchSide", lambda *given: sent.append(1) or TorchSide(*given))
    X, y = rng.normal(size=(2, 100, 2))
    mutual_info_permutation_test(
        KSG(algorithm="torch"), X, y, n_permutations=20, random_state=0, n_jobs=1
    )
    assert len(sent) <= 4  # two for the estimate, two for all permutations


@on_each_device
@pytest.mark.parametrize("world", ["plane", "integer grid", "rows four times", "ten columns"])
@pytest.mark.parametrize("labelled", [False, True])
def test_joint_selection(world, labelled, device, rng):
    X, y = WORLDS[world](rng)
    labels = np.sort(np.arange(len(X)) % 40 // 2) if labelled else None
    for selected in ([], [0, 1]):
        given = X.T[selected], X.T, y.T, labels, Query(4, tie_tolerance=1e-10)
        found = count_joint(*given, engine="torch", device=device)
        assert_equal(found, count_joint(*given))


@on_each_device
def test_three_variables(device, rng):
    x, y, z = np.round(rng.normal(size=(3, 200, 2)), 1)
    found, expected = (
        count_conditional_neighbors(x, y, z, 3, scales=SCALES, algorithm=algorithm, device=device)
        for algorithm in ("torch", "brute")
    )
    assert_equal(found, expected)


def many(rng):
    return WORLDS["plane"](rng)


def labelled(rng):
    X, y = WORLDS["plane"](rng)
    return X, y[:, 0] > 0


ESTIMATORS = {
    "ksg": (KSG, many),
    "ksg with labels": (KSG, labelled),
    "ksg variant 2": (partial(KSG, variant=2), many),
    "bi-ksg": (BIKSG, many),
    "mixed": (MixedKSG, many),
    "ross": (RossMI, labelled),
}


@on_each_device
@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimates_are_those_of_the_other_engines(name, device, rng):
    make, draw = ESTIMATORS[name]
    X, y = draw(rng)
    by_torch = make(algorithm="torch", device=device)
    assert by_torch.fit(X, y).mi_ == make().fit(X, y).mi_
    searches = [
        ScaleInvariantMI(RelativeScaleSearch(estimator, "auto"), LocalScaler()).fit(X, y)
        for estimator in (by_torch, make())
    ]
    assert searches[0].mi_ == searches[1].mi_


def test_conditional_estimates_are_those_of_the_other_engines(rng):
    x, y, z = rng.normal(size=(3, 200, 2))
    options = {"scales": [0.5, 1.0, 2.0]}
    expected = conditional_mutual_info(x, y, z, **options)
    assert conditional_mutual_info(x, y, z, algorithm="torch", **options) == expected


def cpu_for_gpu(monkeypatch):
    """What asks for a GPU gets torch on the CPU; returns what was asked for."""
    asked = []

    def find(device):
        asked.append(device)
        return "cpu"

    monkeypatch.setattr("skmi._device.find_device", find)
    monkeypatch.setattr("skmi.neural._settings.find_device", find)
    return asked


@pytest.mark.parametrize(
    "make",
    [
        KSG,
        CanonicalKSG,
        lambda **given: partial(mutual_info, **given),
        lambda **given: partial(mutual_info, method="ksg-global-linf", **given),
        lambda **given: partial(conditional_mutual_info, z=None, **given),
        JointMISelector,
    ],
)
def test_a_gpu_is_asked_for_by_device_alone(make, monkeypatch, rng):
    X, y = WORLDS["plane"](rng)
    values = []
    for given in ({}, {"device": "cuda"}):
        asked = cpu_for_gpu(monkeypatch)
        made = make(**given)
        if isinstance(made, partial):
            values.append(made(X, y))
        else:
            made.fit(X, y)
            values.append(getattr(made, "mi_", getattr(made, "scores_", None)))
        assert set(asked) == set(given.values())
    np.testing.assert_array_equal(*values)


def test_the_grid_hands_on_its_device(monkeypatch):
    asked = cpu_for_gpu(monkeypatch)
    grid = BenchmarkGrid(
        {"ksg": KSG(), "other": lambda X, y: 0.0},
        {"two": CorrelatedGaussians(2, 0.5)},
        n_trials=2,
        n_samples=50,
        random_state=0,
        device="cuda",
    )
    results = grid.run()
    assert not results["error"].any()
    assert set(asked) == {"cuda"}


def test_what_device_means():
    assert find_engine("auto", "cpu") == ("auto", "cpu")
    assert find_engine("brute", "auto") == ("brute", "cpu")
    assert find_engine("torch", "cpu") == ("torch", "cpu")
    with pytest.raises(ValueError, match="algorithm='kd_tree' runs on the CPU, and device='cuda'"):
        KSG(algorithm="kd_tree", device="cuda").fit([[1.0], [2], [4], [7], [9]], range(5))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_no_gpu():
    with pytest.raises(
        ValueError, match=r"device='cuda' cannot be used here: .*'auto' takes a GPU"
    ):
        KSG(device="cuda").fit([[1.0], [2], [4], [7], [9]], range(5))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"algorithm": "torch"}, "algorithm='torch' needs torch: pip install"),
        ({"device": "cuda"}, "device='cuda' needs torch: pip install"),
    ],
)
def test_without_torch_it_is_said(given, message, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=message):
        KSG(**given).fit([[1.0], [2], [4], [7], [9]], range(5))


def test_single_precision_is_nearly_double(rng):
    X, y = (side.astype(np.float32) for side in WORLDS["plane"](rng))
    query = Query(3)
    single = TorchEngine(X, y, query).count([1.0])
    double = TorchEngine(X.astype(float), y.astype(float), query).count([1.0])
    np.testing.assert_allclose(single.radius, double.radius, rtol=1e-5)
    for a, b in zip(single[1:], double[1:], strict=True):
        assert (a != b).mean() < 0.02
        assert np.abs(a - b).max() <= 1


@pytest.mark.gpu
@pytest.mark.skipif(not (torch.cuda.is_available() and has_triton()), reason="there is no Triton")
@pytest.mark.parametrize("n_features", [0, 1, 3, 100])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_distances_by_triton_are_those_of_plain_torch(n_features, dtype, rng, monkeypatch):
    columns = torch.from_numpy(rng.normal(size=(n_features, 1000))).to("cuda", dtype)
    found = chebyshev_by_triton(columns, 17, 350)
    monkeypatch.setattr(_torch, "has_triton", lambda: False)
    assert torch.equal(found, _torch._between(columns, slice(17, 350), False))
