"""When an estimate should not be trusted it says so, and what to do."""

import re

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback

from skmi import MINE, GlobalScaler, NormalScoreScaler, ScaleInvariantMI
from skmi.exceptions import (
    CeilingWarning,
    EstimateWarning,
    InfluenceWarning,
    NegativeEstimateWarning,
    OverfittedWarning,
    TrainingWarning,
)

from .small import gaussians, independent, quiet, small


def fit_with_doubt(mine, X, y, name, kind, others=()):
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
    message = fit_with_doubt(mine, *gaussians(), "diverged", TrainingWarning)
    assert "no longer finite in epoch 1; the first weights are kept" in message
    assert "lower learning_rate" in message
    assert np.isfinite(mine.mi_)
    assert list(mine.best_epochs_) == [0]
    assert len(mine.history_) == 1


@quiet
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("evaluation", ["train", "full"])
def test_diverged_later_the_last_finite_weights_are_kept(value, evaluation):
    X, y = gaussians(100, 2)
    mine = small(evaluation=evaluation, net__callbacks=[Spoil(3, value)])
    message = fit_with_doubt(mine, X, y, "diverged", TrainingWarning)
    assert "in epoch 3; the last finite weights are kept" in message
    assert len(mine.history_) == 3
    assert mine.mi_ == small(evaluation=evaluation, max_epochs=2).fit(X, y).mi_


@quiet
def test_one_critic_diverges_the_others_go_on():
    X, y = gaussians(100, 2)
    mine = small(n_critics=3, net__callbacks=[Spoil(2, critic=1)])
    fit_with_doubt(mine, X, y, "diverged", TrainingWarning)
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


@quiet
@pytest.mark.parametrize("factor", [1e-4, 1e4])
def test_a_bound_that_never_rose_in_such_units(factor):
    """The truth is 1.6 nats, and 0 is what independent columns have."""
    X, y = gaussians(200, 1, 0.2)
    mine = small(max_epochs=10)
    message = fit_with_doubt(mine, factor * X, factor * y, "never rose", TrainingWarning)
    assert mine.mi_ == 0
    assert f"X have a standard deviation of {factor * X.std():.2g}" in message
    assert "ScaleInvariantMI(MINE(), GlobalScaler(corrected=True))" in message
    scaled = ScaleInvariantMI(mine, GlobalScaler(corrected=True)).fit(factor * X, factor * y)
    assert scaled.mi_ > 0.5
    assert "never rose" not in scaled.estimator_.doubts_


@pytest.mark.filterwarnings("ignore")
def test_one_side_in_other_units_throws_the_training_off():
    X, y = gaussians(200, 1, 0.2)
    mine = small(max_epochs=10, tol=0.0, validation_fraction=0.02).fit(300 * X, y)
    assert {"thrown off", "never rose"} & set(mine.doubts_)


@pytest.mark.filterwarnings("ignore")
def test_less_than_correlations_show():
    """The truth is 1.4 nats; in small units the training ends far below."""
    X, y = gaussians(400, 4, 1.0)
    mine = MINE(max_epochs=60, random_state=0)
    mine.fit(0.01 * X, 0.01 * y)
    assert 0 < mine.mi_ < 0.7
    assert list(mine.doubts_) == ["missed"]
    assert "MINE(baseline='gaussian')" in mine.doubts_["missed"]
    assert "missed" not in mine.fit(X, y).doubts_


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n_columns", [1, 3])
def test_nothing_is_missed_where_nothing_is(n_columns):
    for seed in range(5):
        mine = small(random_state=seed).fit(*independent(200, n_columns, seed=seed))
        assert "missed" not in mine.doubts_


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", [0, 1, 4])
def test_heavy_tails(seed):
    """Columns of Student's t with one degree of freedom, and the sum of two such."""
    rng = np.random.default_rng(seed)
    X = rng.standard_t(1, size=(200, 2))
    y = X + rng.standard_t(1, size=X.shape)
    mine = small(hidden_layer_sizes=(32,), max_epochs=40, random_state=seed)
    with pytest.warns(EstimateWarning) as caught:
        scaled = ScaleInvariantMI(mine, GlobalScaler(corrected=True)).fit(X, y)
    doubts = scaled.estimator_.doubts_
    assert scaled.mi_ < -1
    assert {"negative", "carried by few"} <= set(doubts)
    kinds = {warning.category for warning in caught}
    assert {NegativeEstimateWarning, InfluenceWarning} <= kinds
    for name in "negative", "carried by few":
        assert "ScaleInvariantMI(MINE(), NormalScoreScaler())" in doubts[name]
    cured = ScaleInvariantMI(mine, NormalScoreScaler()).fit(X, y)
    assert cured.mi_ > 0.3
    assert set(cured.estimator_.doubts_) <= {"still rising"}


@pytest.mark.filterwarnings("ignore")
def test_two_samples_that_are_all_there_is():
    X, y = independent(200, 1, seed=1)
    X[:1], y[:1] = 9, 9
    mine = small(hidden_layer_sizes=(16,), max_epochs=40, random_state=1).fit(X, y)
    assert mine.mi_ > 0.02
    assert "2 of 200 samples bring" in mine.doubts_["carried by few"]


def test_ordinary_data_are_not_doubted():
    """``python -m tests.neural.doubts`` counts them in the default training."""
    pairs = [gaussians(200, 1, 1.0, seed) for seed in range(4)]
    pairs += [independent(200, 1, seed) for seed in range(4)]
    mine = small(max_epochs=40, batch_size=80)
    for each in mine.fit_many(*zip(*pairs, strict=True)):
        assert each.doubts_ == {}


def test_still_rising():
    mine = small(max_epochs=20)
    X, y = gaussians(200, 3, 0.2)
    message = fit_with_doubt(mine, X, y, "still rising", TrainingWarning)
    assert "last of 20 epochs" in message
    assert "Raise max_epochs" in message


def test_overfitted():
    settings = {"hidden_layer_sizes": (32,), "max_epochs": 100, "learning_rate": 0.03}
    mine = small(**settings, early_stopping=False)
    message = fit_with_doubt(mine, *independent(), "overfitted", OverfittedWarning)
    gap = mine.learning_curve_.train[-1] - mine.learning_curve_.validation[-1]
    assert f"{gap.item():.2f} nats above the held-out one" in message
    assert mine.mi_validation_ < 0 < mine.mi_


def test_ceiling_of_infonce():
    mine = small(bound="infonce", batch_size=4, max_epochs=20)
    message = fit_with_doubt(
        mine,
        *gaussians(100, 1, 0.01),
        "ceiling",
        CeilingWarning,
        others=["overfitted", "still rising"],
    )
    assert "log(batch_size) = 1.39" in message
    assert "Raise batch_size" in message


def test_ceiling_of_the_held_out_part():
    mine = small(max_epochs=40, learning_rate=0.05, hidden_layer_sizes=(32, 32))
    message = fit_with_doubt(
        mine,
        *gaussians(40, 3, 0.01),
        "ceiling",
        CeilingWarning,
        others=["overfitted", "still rising", "carried by few"],
    )
    assert mine.mi_validation_ > np.log(8)
    assert re.search(r"passes log\(8\) = 2\.08 nats", message)


def test_warnings_pass_through_a_scaler():
    with pytest.warns(TrainingWarning, match="no longer finite"):
        ScaleInvariantMI(small(learning_rate=1e30)).fit(*gaussians())


def test_each_of_many_warns_for_itself():
    (X, y), (other_X, other_y) = gaussians(), gaussians(seed=1)
    with pytest.warns(TrainingWarning) as caught:
        fitted = small(learning_rate=1e30).fit_many([X, other_X], [y, other_y])
    assert len(caught) == 2
    assert all("diverged" in mine.doubts_ for mine in fitted)
