"""Ctrl-C ends whatever trains networks, at the first press, and returns no number."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from skorch.callbacks import Callback, EarlyStopping

from skmi import ScaleInvariantMI
from skmi.neural._callbacks import KeepBest

from .small import gaussians, quiet, small

pytestmark = quiet


class Press(Callback):
    """Presses Ctrl-C in a step of the training."""

    def __init__(self, step):
        self.step = step

    def on_batch_end(self, net, training=False, **_):
        if training and net.n_steps_ == self.step:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("n_critics", [1, 3])
def test_the_best_so_far_is_in_the_estimator(n_critics):
    X, y = gaussians(100, 2)
    # 80 rows in two batches an epoch: the seventh step is in the fourth epoch.
    mine = small(max_epochs=20, n_critics=n_critics, net__callbacks=[Press(7)])
    with pytest.raises(KeyboardInterrupt, match="after 3 of 20 epochs") as interrupt:
        mine.fit(X, y)
    assert "the estimator holds the best critic so far" in str(interrupt.value)
    assert mine.doubts_["interrupted"] == str(interrupt.value)
    assert mine.learning_curve_.validation.shape == (3, n_critics)
    expected = small(max_epochs=3, n_critics=n_critics).fit(X, y)
    assert mine.mi_ == expected.mi_
    assert mine.score(X, y) == pytest.approx(mine.mi_, rel=1e-12)


def test_in_the_first_epoch():
    mine = small(net__callbacks=[Press(1)])
    with pytest.raises(KeyboardInterrupt, match="after 0 of 6 epochs"):
        mine.fit(*gaussians())
    assert list(mine.best_epochs_) == [0]
    assert np.isfinite(mine.mi_)


def test_of_many_none_is_kept():
    pairs = [gaussians(seed=seed) for seed in range(2)]
    many = small(net__callbacks=[Press(7)])
    with pytest.raises(KeyboardInterrupt) as interrupt:
        many.fit_many(*zip(*pairs, strict=True))
    assert type(interrupt.value) is KeyboardInterrupt
    assert str(interrupt.value) == ""


def test_a_wrapper_is_not_fitted():
    scaled = ScaleInvariantMI(small(net__callbacks=[Press(7)]))
    with pytest.raises(KeyboardInterrupt):
        scaled.fit(*gaussians())
    assert not hasattr(scaled, "mi_")


def test_a_callback_that_stops_the_training_is_no_interrupt():
    X, y = gaussians(200)
    stopping = EarlyStopping("valid_bound", patience=2, lower_is_better=False, threshold=10.0)
    mine = small(max_epochs=20, net__callbacks=[stopping]).fit(X, y)
    assert len(mine.history_) < 20
    assert "interrupted" not in mine.doubts_


@pytest.mark.parametrize("callbacks", [None, [Callback()]])
def test_a_press_while_the_best_weights_are_kept(callbacks, monkeypatch):
    """Between epochs, too, it is no end of the training."""
    keep = KeepBest.on_epoch_end

    def pressed(self, net, **kwargs):
        keep(self, net, **kwargs)
        if len(net.history) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(KeepBest, "on_epoch_end", pressed)
    with pytest.raises(KeyboardInterrupt, match="after 3 of 20 epochs"):
        small(max_epochs=20, net__callbacks=callbacks).fit(*gaussians())


# Each trains for minutes, and says so once the first network learns.
SETUP = """
import sys, warnings
import numpy as np
from skmi import *
from skmi.feature_selection import JointMISelector
from skmi.model_selection import mutual_info_interval, mutual_info_permutation_test
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback

class Tell(Callback):
    def on_epoch_begin(self, net, **_):
        print("learns", flush=True)

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = rng.normal(size=(300, 2))
y = X + rng.normal(size=X.shape)
mine = MINE(max_epochs=10_000, learning_rate=1e-3, device="cpu", random_state=0).set_params(
    net__callbacks=[Tell()], training__n_iter_no_change=None)
"""
CALLERS = {
    "MINE": "mine.fit(X, y)",
    "fit_many": "mine.fit_many([X, X], [y, y])",
    "mutual_info": "mutual_info(X, y, mine)",
    "scaled": "ScaleInvariantMI(mine).fit(X, y)",
    "scale search": "RelativeScaleSearch(mine, scales=[0.5, 1.0, 2.0]).fit(X, y)",
    "permutation test": "mutual_info_permutation_test(mine, X, y, n_permutations=5)",
    "selector": "JointMISelector(1, estimator=mine).fit(X, y[:, 0])",
    "grid search": "GridSearchCV(mine, {'batch_size': [50, 100]}, cv=2).fit(X, y)",
    "interval": "mutual_info_interval(mine, X, y)",
}


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_one_press_ends_each_caller():
    """All at once, in processes of their own, since they spend their time on imports."""
    pressed = {}
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    for name, call in CALLERS.items():
        code = f"{SETUP}\nprint('returned', {call})"
        pressed[name] = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
    for process in pressed.values():
        for line in process.stdout:
            if line == "learns\n":
                break
        process.send_signal(signal.SIGINT)
    for name, process in pressed.items():
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise AssertionError(f"{name} goes on after Ctrl-C") from None
        assert "KeyboardInterrupt" in err.splitlines()[-1], (name, err[-500:])
        assert "returned" not in out, name
        assert process.returncode in (-signal.SIGINT, 1), name
