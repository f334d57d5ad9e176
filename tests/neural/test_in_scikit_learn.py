"""MINE as an estimator among others: clones, copies, searches, one's own parts."""

import io
import pickle
import sys

import joblib
import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback, EpochScoring
from torch import nn

from skmi import MINE, GlobalScaler, ScaleInvariantMI, make_estimator

from .small import gaussians, quiet, small

pytestmark = quiet


class Separable(nn.Module):
    """A critic of one's own: a product of two networks."""

    def __init__(self, n_features_X, n_features_y, width=4):
        super().__init__()
        self.X = nn.Sequential(nn.Linear(n_features_X, width), nn.Tanh())
        self.y = nn.Sequential(nn.Linear(n_features_y, width), nn.Tanh())
        self.out = nn.Linear(width, 1)

    def forward(self, x, y):
        return self.out(self.X(x) * self.y(y))


class CountBatches(Callback):
    """Listens to batches."""

    n_batches = n_epochs = 0

    def on_batch_end(self, net, training=False, **_):
        self.n_batches += bool(training)

    def on_epoch_end(self, net, **_):
        self.n_epochs += 1


@pytest.mark.parametrize("params", [{}, {"module": Separable, "n_critics": 2}], ids=["own", "mine"])
def test_a_pickle_estimates_as_before(params):
    X, y = gaussians(100, 2)
    mine = small(**params).fit(X, y)
    copies = [pickle.loads(pickle.dumps(mine))]
    file = io.BytesIO()
    joblib.dump(mine, file)
    file.seek(0)
    copies.append(joblib.load(file))
    for copy in copies:
        assert copy.score(X, y) == mine.score(X, y)
        assert copy.mi_ == mine.mi_
        assert copy.fit(X, y).mi_ == mine.mi_
    scaled = ScaleInvariantMI(small(**params)).fit(X, y)
    assert pickle.loads(pickle.dumps(scaled)).score(X, y) == scaled.score(X, y)


def test_clones_have_all_parameters_and_nothing_else():
    mine = small(module=Separable, net__module__width=3, net__optimizer__weight_decay=0.1)
    mine.fit(*gaussians())
    copy = clone(mine)
    assert repr(copy) == repr(mine)
    assert copy.training is not mine.training
    assert copy.net__module__width == 3
    assert not hasattr(copy, "mi_")
    assert not hasattr(copy, "net_")


def test_parameters_are_passed_on_and_can_be_set():
    X, y = gaussians(100, 2)
    mine = small(module=Separable)
    narrow = mine.fit(X, y).mi_
    mine.set_params(net__module__width=9).fit(X, y)
    assert [p.shape[1] for p in mine.net_.module_.stacked][:2] == [9, 9]
    assert mine.mi_ != narrow
    plain = small().fit(X, y)
    decayed = small(net__optimizer__weight_decay=0.5).fit(X, y)
    assert decayed.net_.optimizer_.param_groups[0]["weight_decay"] == 0.5
    assert decayed.mi_ != plain.mi_
    nested = ScaleInvariantMI(small()).set_params(estimator__net__optimizer__weight_decay=0.5)
    assert nested.fit(X, y).estimator_.net_.optimizer_.param_groups[0]["weight_decay"] == 0.5


def test_an_optimizer_of_ones_own():
    mine = small(net__optimizer=torch.optim.SGD, net__optimizer__momentum=0.9).fit(*gaussians())
    assert type(mine.net_.optimizer_) is torch.optim.SGD
    assert mine.net_.optimizer_.param_groups[0]["momentum"] == 0.9


def test_names_that_are_not_known():
    with pytest.raises(TypeError, match="no parameter 'learning_rat'"):
        MINE(learning_rat=1)
    with pytest.raises(ValueError, match="Invalid parameter 'learning_rat'"):
        MINE().set_params(learning_rat=1)
    with pytest.raises(ValueError, match=r"\['net__module__width'\] are parameters of `module`"):
        small(net__module__width=3).fit(*gaussians())
    with pytest.raises(ValueError, match="has no parameter 'scales'"):
        make_estimator("mine", scales="auto")


@pytest.mark.parametrize("sizes", [(), (0,), (8, -1), (2.5,), ("a",)])
def test_sizes_are_checked(sizes):
    with pytest.raises(ValueError, match="hidden_layer_sizes must be one or more positive"):
        small(hidden_layer_sizes=sizes).fit(*gaussians())


def test_sizes_of_any_integer_kind():
    X, y = gaussians()
    expected = small(hidden_layer_sizes=(8, 4)).fit(X, y).mi_
    assert small(hidden_layer_sizes=[8, 4]).fit(X, y).mi_ == expected
    assert small(hidden_layer_sizes=np.array([8, 4])).fit(X, y).mi_ == expected


def test_a_module_of_ones_own_learns():
    X, y = gaussians(200)
    mine = small(module=Separable, max_epochs=30, n_critics=2).fit(X, y)
    assert mine.mi_ > 0.3
    made = small(module=lambda d, m: Separable(d, m, width=4), max_epochs=30, n_critics=2)
    assert made.fit(X, y).mi_ == mine.mi_


def test_callbacks_of_ones_own_hear_of_epochs_and_batches():
    counter = CountBatches()
    mine = small(net__callbacks=[counter]).fit(*gaussians())
    heard = next(each for _, each in mine.net_.callbacks_ if isinstance(each, CountBatches))
    assert (heard.n_epochs, heard.n_batches) == (6, 12)
    assert counter.n_batches == 0  # a copy has heard them: the estimator's own stays clean
    scoring = EpochScoring(lambda net, *_: 7.0, name="seven", on_train=True, use_caching=False)
    mine = small(net__callbacks=[("seven", scoring)]).fit(*gaussians())
    assert mine.history_[:, "seven"] == [7.0] * 6


def test_a_grid_search_picks_the_network_by_held_out_information():
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(200, 1))
    y = X**2 + 0.2 * rng.normal(size=X.shape)
    grid = {"hidden_layer_sizes": [(1,), (16,)], "max_epochs": [1, 25]}
    search = GridSearchCV(small(), grid, cv=2).fit(X, y)
    assert search.best_params_ == {"hidden_layer_sizes": (16,), "max_epochs": 25}
    assert search.best_score_ > 0.3
    assert search.score(X, y) == search.best_estimator_.score(X, y)


def test_in_pipelines_and_cross_validation():
    X, y = gaussians(120, 3)
    pipeline = make_pipeline(PCA(2, random_state=0), ScaleInvariantMI(small(), GlobalScaler()))
    scores = cross_val_score(pipeline, X, y, cv=3)
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()
    pipeline.fit(X, y)
    expected = ScaleInvariantMI(small(), GlobalScaler())
    expected.fit(PCA(2, random_state=0).fit_transform(X), y)
    assert pipeline.score(X, y) == expected.mi_


def test_integers_are_numbers():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 9, size=(80, 2))
    y = X[:, 0] + rng.integers(0, 3, size=80)
    assert small().fit(X, y).mi_ == small().fit(X.astype(float), y.astype(float)).mi_


def test_numbers_too_large_for_single_precision():
    X, y = gaussians()
    with pytest.raises(ValueError, match="X holds numbers too large for single precision"):
        small().fit(1e200 * X, y)
    mine = small().fit(X, y)
    with pytest.raises(ValueError, match="y holds numbers too large"):
        mine.score(X, 1e200 * y)
    assert ScaleInvariantMI(small()).fit(1e200 * X, y).mi_ > 0


def test_constant_variables_share_nothing():
    X, y = gaussians()
    assert small().fit(np.ones_like(X), y).mi_ == pytest.approx(0, abs=0.1)
    assert ScaleInvariantMI(small()).fit(X, np.full_like(y, 1e9)).mi_ == pytest.approx(0, abs=0.1)


def test_verbose_shows_a_bar(capsys):
    small(verbose=1).fit(*gaussians())
    shown = capsys.readouterr().err
    assert "MINE: 100%" in shown
    assert "6/6" in shown
    assert "held out=" in shown
    small().fit(*gaussians())
    assert capsys.readouterr() == ("", "")


def test_a_device_that_is_not_there():
    with pytest.raises(ValueError, match=r"device='cuda:99' cannot be used here: .*'auto' takes"):
        small(device="cuda:99").fit(*gaussians())
    with pytest.raises(ValueError, match="device='abacus' cannot be used here"):
        small(device="abacus").fit(*gaussians())


def test_no_gpu(monkeypatch):
    def zeros(*_, device):
        raise AssertionError("Torch not compiled with CUDA enabled")

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert small(device="auto")._settings().device == "cpu"
    monkeypatch.setattr(torch, "zeros", zeros)
    with pytest.raises(ValueError, match="device='cuda' cannot be used here: Torch not compiled"):
        small(device="cuda").fit(*gaussians())


@pytest.mark.parametrize("package", ["torch", "skorch"])
def test_what_is_missing_is_said(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    expected = r'MINE needs torch and skorch: pip install "skmi\[neural\]"'
    with pytest.raises(ImportError, match=expected):
        small().fit(*gaussians())
    with pytest.raises(ImportError, match=expected):
        ScaleInvariantMI(MINE()).fit(*gaussians())


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_a_pickle_of_a_gpu_estimates_there():
    X, y = gaussians(100, 2)
    mine = small(device="cuda").fit(X, y)
    assert pickle.loads(pickle.dumps(mine)).score(X, y) == pytest.approx(mine.mi_, rel=1e-5)


def test_settings_of_the_training_are_parameters_like_others():
    X, y = gaussians()
    search = GridSearchCV(MINE((4,), max_epochs=2), {"training__ema_rate": [0.5, 0.9]}, cv=2)
    search.fit(X, y)
    assert search.best_estimator_.training.ema_rate == search.best_params_["training__ema_rate"]
    mine = MINE()
    assert "training__tol" in mine.get_params()
    assert "training__tol" not in mine.get_params(deep=False)
    mine.set_params(training__tol=0.5, max_epochs=3)
    assert (mine.training.tol, mine.max_epochs) == (0.5, 3)
    assert MINE().get_params()["training__tol"] != 0.5
    made = make_estimator("mine-local", n_shuffles=3)
    assert made.estimator.training.n_shuffles == 3
    nested = ScaleInvariantMI(MINE()).set_params(estimator__training__center=False)
    assert not nested.estimator.training.center
    with pytest.raises(ValueError, match="Invalid parameter 'tolerance' for estimator Training"):
        MINE().set_params(training__tolerance=1)
    with pytest.raises(ValueError, match="'training' parameter of MINE must be an instance of"):
        MINE(training={"tol": 1}).fit(X, y)
    with pytest.raises(TypeError, match="no parameter 'net__lr'"):
        MINE(net__lr=1)
