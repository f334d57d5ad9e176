"""When an estimate should not be trusted it says so, and what to do."""

import re

import numpy as np
import pytest
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import Callback

from skmi import ScaleInvariantMI

from .small import gaussians, independent, small


def fit_with_doubt(mine, X, y, name, kind=UserWarning, others=()):
    """Fit, and check that this doubt is there and warned of from the line of the fit."""
    with pytest.warns() as caught:
        mine.fit(X, y)
    assert name in mine.doubts_
    assert set(mine.doubts_) <= {name, *others}
    (warning,) = (w for w in caught if str(w.message) == mine.doubts_[name])
    assert warning.category is kind
    assert warning.filename == __file__
    return mine.doubts_[name]


def test_no_doubts():
    mine = small(max_epochs=30, weight_average=0.9, random_state=1).fit(*gaussians(300, 1, 1.0))
    assert mine.doubts_ == {}


class Spoil(Callback):
    """Sets the weights of one critic to NaN or infinity in one epoch."""

    def __init__(self, epoch, value=np.nan, critic=0):
        self.epoch, self.value, self.critic = epoch, value, critic

    def on_epoch_begin(self, net, **_):
        if len(net.history) == self.epoch:
            with torch.no_grad():
                net.module_.weights[self.critic] = self.value


def test_diverged_by_a_huge_learning_rate():
    mine = small(learning_rate=1e30)
    message = fit_with_doubt(mine, *gaussians(), "diverged", ConvergenceWarning)
    assert "no longer finite in epoch 1; the first weights are kept" in message
    assert "lower learning_rate" in message
    assert np.isfinite(mine.mi_)
    assert list(mine.best_epochs_) == [0]
    assert len(mine.history_) == 1


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("evaluation", ["train", "full"])
def test_diverged_later_the_last_finite_weights_are_kept(value, evaluation):
    X, y = gaussians(100, 2)
    mine = small(evaluation=evaluation, net__callbacks=[Spoil(3, value)])
    message = fit_with_doubt(mine, X, y, "diverged", ConvergenceWarning)
    assert "in epoch 3; the last finite weights are kept" in message
    assert len(mine.history_) == 3
    assert mine.mi_ == small(evaluation=evaluation, max_epochs=2).fit(X, y).mi_


def test_one_critic_diverges_the_others_go_on():
    X, y = gaussians(100, 2)
    mine = small(n_critics=3, net__callbacks=[Spoil(2, critic=1)])
    fit_with_doubt(mine, X, y, "diverged", ConvergenceWarning)
    assert list(mine.best_epochs_) == [6, 1, 6]
    healthy = small(n_critics=3).fit(X, y)
    kept, whole = (m.net_.module_.weights.detach()[[0, 2]] for m in (mine, healthy))
    torch.testing.assert_close(kept, whole)


@pytest.mark.filterwarnings("ignore")
def test_an_estimate_far_below_zero():
    mine = small(learning_rate=1e4, evaluation="train").fit(*gaussians())
    assert np.isfinite(mine.mi_)
    assert mine.mi_ < -1
    assert "lower learning_rate" in mine.doubts_["negative"]


def test_still_rising():
    mine = small(max_epochs=20)
    X, y = gaussians(200, 3, 0.2)
    message = fit_with_doubt(mine, X, y, "still rising", ConvergenceWarning)
    assert "last of 20 epochs" in message
    assert "Raise max_epochs" in message


def test_overfitted():
    settings = {"hidden_layer_sizes": (32,), "max_epochs": 100, "learning_rate": 0.03}
    mine = small(**settings, early_stopping=False)
    message = fit_with_doubt(mine, *independent(), "overfitted")
    gap = mine.learning_curve_.train[-1] - mine.learning_curve_.validation[-1]
    assert f"{gap.item():.2f} nats above the held-out one" in message
    assert mine.mi_validation_ < 0 < mine.mi_


def test_ceiling_of_infonce():
    mine = small(bound="infonce", batch_size=4, max_epochs=20)
    message = fit_with_doubt(
        mine, *gaussians(100, 1, 0.01), "ceiling", others=["overfitted", "still rising"]
    )
    assert "log(batch_size) = 1.39" in message
    assert "Raise batch_size" in message


def test_ceiling_of_the_held_out_part():
    mine = small(max_epochs=40, learning_rate=0.05, hidden_layer_sizes=(32, 32))
    message = fit_with_doubt(
        mine, *gaussians(40, 3, 0.01), "ceiling", others=["overfitted", "still rising"]
    )
    assert mine.mi_validation_ > np.log(8)
    assert re.search(r"passes log\(8\) = 2\.08 nats", message)


def test_warnings_pass_through_a_scaler():
    with pytest.warns(ConvergenceWarning, match="no longer finite"):
        ScaleInvariantMI(small(learning_rate=1e30)).fit(*gaussians())


def test_each_of_many_warns_for_itself():
    (X, y), (other_X, other_y) = gaussians(), gaussians(seed=1)
    with pytest.warns(ConvergenceWarning) as caught:
        fitted = small(learning_rate=1e30).fit_many([X, other_X], [y, other_y])
    assert len(caught) == 2
    assert all("diverged" in mine.doubts_ for mine in fitted)
