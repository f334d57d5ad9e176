"""The same seed is the same estimate; who is trained alongside changes nothing."""

import pickle
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn

from skmi import KSG, MINE, GlobalScaler, LocalScaler, ScaleInvariantMI
from skmi.neural import _together

from .small import gaussians, quiet, small

pytestmark = quiet


def test_same_seed_same_estimate_bit_for_bit():
    X, y = gaussians(90, 2)
    first, second, other = (small(random_state=s).fit(X, y) for s in (3, 3, 4))
    assert first.mi_ == second.mi_ != other.mi_
    assert torch.equal(first.net_.module_.weights, second.net_.module_.weights)
    generator = np.random.RandomState(3)
    assert small(random_state=generator).fit(X, y).mi_ == first.mi_
    assert small(random_state=generator).fit(X, y).mi_ != first.mi_


def test_the_generators_of_others_are_neither_used_nor_moved():
    X, y = gaussians()
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    expected = torch.rand(1), np.random.rand()  # noqa: NPY002
    torch.manual_seed(1)
    np.random.seed(1)  # noqa: NPY002
    small().fit(X, y)
    assert (torch.rand(1), np.random.rand()) == expected  # noqa: NPY002
    threads = torch.get_num_threads()
    small().fit(X, y)
    assert torch.get_num_threads() == threads


@pytest.fixture
def small_groups(monkeypatch):
    """Two critics are trained together, though more would fit."""
    monkeypatch.setattr(_together, "_CPU_GROUP", 2 * 2 * 40 * 8)


@pytest.mark.parametrize("evaluation", ["full", "cross-fit"])
def test_any_number_of_jobs(small_groups, evaluation):
    X, y = gaussians(90, 2)
    settings = {"n_critics": 3, "n_folds": 3, "evaluation": evaluation}
    one, two = (small(**settings, n_jobs=n).fit(X, y) for n in (None, 2))
    assert one.mi_ == two.mi_
    assert one.mi_validation_ == two.mi_validation_
    np.testing.assert_array_equal(one.learning_curve_.train, two.learning_curve_.train)


def test_groups_change_nothing(monkeypatch):
    X, y = gaussians(90, 2)
    together = small(n_critics=5).fit(X, y)
    monkeypatch.setattr(_together, "_CPU_GROUP", 2 * 2 * 40 * 8)
    apart = small(n_critics=5).fit(X, y)
    assert apart.mi_ == pytest.approx(together.mi_, rel=1e-4)
    np.testing.assert_array_equal(apart.best_epochs_, together.best_epochs_)
    curves = (mine.learning_curve_ for mine in (apart, together))
    for a, b in zip(*(curve.values() for curve in curves), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-4)
    assert apart.history_[-1, "train_bounds"] == list(apart.learning_curve_.train[-1])
    assert apart.score(X, y) == pytest.approx(apart.mi_, rel=1e-12)


def test_many_data_sets_at_once_are_as_one_by_one():
    pairs = [gaussians(80, d, seed=s) for d, s in ((1, 0), (2, 1), (1, 2), (1, 3))]
    Xs, ys = zip(*pairs, strict=True)
    together = small(n_critics=2).fit_many(Xs, ys, random_states=[5, 6, 7, 8])
    for mine, seed, pair in zip(together, [5, 6, 7, 8], pairs, strict=True):
        alone = small(n_critics=2, random_state=seed).fit(*pair)
        assert mine.random_state == seed
        assert mine.mi_ == pytest.approx(alone.mi_, rel=1e-4)
        assert mine.mi_validation_ == pytest.approx(alone.mi_validation_, rel=1e-4, abs=1e-4)
        assert mine.score(*pair) == pytest.approx(mine.mi_, rel=1e-12)
        np.testing.assert_array_equal(mine.best_epochs_, alone.best_epochs_)


def test_seeds_are_drawn_if_none_are_given():
    Xs, ys = zip(*(gaussians(60, seed=s) for s in range(3)), strict=True)
    first, second = (small(random_state=1).fit_many(Xs, ys) for _ in range(2))
    assert [m.mi_ for m in first] == [m.mi_ for m in second]
    assert len({m.random_state for m in first}) == 3
    assert small().fit_many([], []) == []


def test_pairs_and_seeds_must_be_as_many():
    X, y = gaussians()
    scaled = ScaleInvariantMI(small())
    for model in (small(), scaled):
        with pytest.raises(ValueError, match="There are 2 X and 1 y"):
            model.fit_many([X, X], [y])
        with pytest.raises(ValueError, match="There are 1 random_states for 2 pairs"):
            model.fit_many([X, X], [y, y], random_states=[1])


def test_scaled_pairs_at_once_are_as_one_by_one():
    pairs = [gaussians(80, d, seed=s) for d, s in ((1, 0), (2, 1), (1, 2))]
    Xs, ys = zip(*((10.0**i * X, y) for i, (X, y) in enumerate(pairs)), strict=True)
    model = ScaleInvariantMI(small(), GlobalScaler(corrected=True))
    together = model.fit_many(Xs, ys, random_states=[5, 6, 7])
    assert not hasattr(model, "mi_")
    for each, seed, X, y in zip(together, [5, 6, 7], Xs, ys, strict=True):
        alone = ScaleInvariantMI(small(random_state=seed), GlobalScaler(corrected=True)).fit(X, y)
        assert repr(each) == repr(alone)
        assert each.mi_ == pytest.approx(alone.mi_, rel=1e-4)
        assert each.scaler_X_.scale_ == alone.scaler_X_.scale_
        assert each.score(X, y) == each.mi_


def test_only_what_fits_many_offers_it():
    assert hasattr(ScaleInvariantMI(MINE()), "fit_many")
    assert not hasattr(ScaleInvariantMI(KSG(), LocalScaler()), "fit_many")
    assert not hasattr(ScaleInvariantMI(), "fit_many")


class WithDropout(nn.Module):
    """A critic that draws random numbers while it learns."""

    def __init__(self, n_features_X, n_features_y, width=6, rate=0.5):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_features_X + n_features_y, width),
            nn.Dropout(rate),
            nn.ReLU(),
            nn.Linear(width, 1),
        )

    def forward(self, x, y):
        return self.layers(torch.cat([x, y], dim=1))


def test_a_module_that_draws_random_numbers():
    X, y = gaussians()
    first, second = (small(module=WithDropout).fit(X, y) for _ in range(2))
    assert first.mi_ == second.mi_
    assert first.score(X, y) == first.mi_  # nothing is dropped in an evaluation
    without = small(module=WithDropout, net__module__rate=0.0, net__module__width=6).fit(X, y)
    assert without.mi_ != first.mi_


def state_of_torch():
    """What belongs to the user: here, and what a new thread begins with."""
    with ThreadPoolExecutor(1) as new_thread:
        threads = torch.get_num_threads(), new_thread.submit(torch.get_num_threads).result()
    return threads, torch.get_rng_state().tolist()


@pytest.mark.parametrize("module", [None, WithDropout], ids=["perceptron", "module"])
def test_in_threads_as_in_turn(module, monkeypatch):
    """Nor is torch's state moved, though trainings overlap."""
    X, y = gaussians()
    model = small(module=module, max_epochs=10)
    expected = [clone(model).set_params(random_state=s).fit(X, y) for s in range(8)]
    threads, interval = torch.get_num_threads(), sys.getswitchinterval()
    monkeypatch.setattr(torch, "set_num_threads", slowly(torch.set_num_threads))
    sys.setswitchinterval(1e-4)
    try:
        torch.set_num_threads(3)
        before = state_of_torch()
        with ThreadPoolExecutor(4) as pool:
            found = list(
                pool.map(lambda s: clone(model).set_params(random_state=s).fit(X, y), range(8))
            )
            scores = list(pool.map(lambda mine: mine.score(X, y), found))
        assert state_of_torch() == before
    finally:
        sys.setswitchinterval(interval)
        torch.set_num_threads(threads)
    assert [mine.mi_ for mine in found] == [mine.mi_ for mine in expected] == scores


def slowly(function):
    """Others have time to come between."""

    def slow(*args):
        function(*args)
        time.sleep(0.001)

    return slow


@contextmanager
def switched(switch, inside, outside):
    switch(inside)
    try:
        yield
    finally:
        switch(outside)


SETTINGS_OF_TORCH = {
    "threads": lambda: switched(torch.set_num_threads, 3, torch.get_num_threads()),
    "double precision": lambda: switched(torch.set_default_dtype, torch.float64, torch.float32),
    "another device": lambda: switched(torch.set_default_device, "meta", "cpu"),
    "no gradients": torch.no_grad,
    "inference": torch.inference_mode,
    "half precision": lambda: torch.autocast("cpu", torch.bfloat16),
}


@pytest.mark.parametrize("how", SETTINGS_OF_TORCH)
@pytest.mark.parametrize("params", [{}, {"bound": "nwj"}, {"module": WithDropout}], ids=str)
def test_whatever_torch_is_set_to(how, params):
    if "module" in params and how in ("double precision", "another device"):
        pytest.skip("that is how a module of the user's is made")
    X, y = gaussians()
    expected = small(**params).fit(X, y)
    with SETTINGS_OF_TORCH[how]():
        found = small(**params).fit(X, y)
        assert found.score(X, y) == expected.score(X, y)
    assert found.mi_ == expected.mi_
    assert pickle.loads(pickle.dumps(found)).fit(X, y).mi_ == expected.mi_


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_a_gpu_it_is_nearly_that_of_the_cpu():
    X, y = gaussians(200, 2)
    here, there = (small(device=device).fit(X, y) for device in ("cpu", "cuda"))
    assert there.net_.module_.weights.device.type == "cuda"
    assert there.mi_ == pytest.approx(here.mi_, abs=1e-3)
    assert small(device="auto").fit(X, y).net_.device == "cuda"
