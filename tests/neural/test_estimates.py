"""What MINE estimates: the bound it says, on the samples it says, by the critic it says."""

import math
import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone

from skmi import make_estimator
from skmi.neural._batches import PairedTensors, ShuffledBatches
from skmi.neural._net import spread_shifts
from skmi.neural._training import plan

from .small import gaussians, independent, quiet, small

pytestmark = quiet


def scores_of_all_pairs(mine, X, y, critic=0):
    """F(x_i, y_j), by numpy."""
    X, y = X - X.mean(0), y - y.mean(0)
    module = mine.net_.module_
    flat = module.weights.detach().numpy()[critic].astype(float)
    ends = np.cumsum([a * b for a, b in module.shapes])
    parts = np.split(flat, ends[:-1])
    W_X, W_y, b, *others = (p.reshape(s) for p, s in zip(parts, module.shapes, strict=True))
    hidden = np.tanh((X @ W_X + b)[:, None] + y @ W_y)
    return (hidden @ others[0])[..., 0]


def donsker_varadhan(scores):
    n = len(scores)
    others = ~np.eye(n, dtype=bool)
    return np.diag(scores).mean() - math.log(np.exp(scores[others]).mean())


@pytest.mark.parametrize("evaluation", ["full", "train"])
def test_over_all_pairs_it_is_the_bound_of_the_critic(evaluation):
    X, y = gaussians(60, 2)
    mine = small(activation="tanh", evaluation=evaluation, n_shuffles=59, max_epochs=20)
    mine.fit(X, y)
    assert mine.mi_ > 0.1
    expected = donsker_varadhan(scores_of_all_pairs(mine, X, y))
    assert mine.mi_ == pytest.approx(expected, rel=1e-5)


def test_several_critics_are_averaged():
    X, y = gaussians(60, 2)
    mine = small(activation="tanh", n_critics=3, n_shuffles=59).fit(X, y)
    each = [donsker_varadhan(scores_of_all_pairs(mine, X, y, critic)) for critic in range(3)]
    assert mine.mi_ == pytest.approx(np.mean(each), rel=1e-5)
    assert mine.mi_std_ == pytest.approx(np.std(each, ddof=1), rel=1e-4)
    assert math.isnan(small().fit(X, y).mi_std_)


@pytest.mark.parametrize("bound", ["dv", "nwj", "infonce", "js", "smile"])
def test_score_of_the_fitted_data_is_the_estimate(bound):
    X, y = gaussians()
    mine = small(bound=bound).fit(X, y)
    assert np.isfinite(mine.mi_)
    assert mine.score(X, y) == mine.mi_
    contributions = mine.score_samples(X, y)
    assert contributions.shape == (100,)
    assert contributions.mean() == pytest.approx(mine.mi_, rel=1e-12)


@pytest.mark.parametrize("bound", ["dv", "nwj", "infonce", "js", "smile"])
def test_the_truth_for_a_gaussian(bound):
    X, y = gaussians(500, 1, noise=1.0)
    settings = {"hidden_layer_sizes": (16, 16), "max_epochs": 25, "batch_size": 100}
    mine = small(bound=bound, **settings, learning_rate=0.01).fit(X, y)
    assert mine.mi_ == pytest.approx(0.5 * math.log(2), abs=0.12)


def test_the_held_out_part_is_judged_by_the_critic_that_has_not_seen_it():
    X, y = gaussians()
    mine = small(evaluation="validation", activation="tanh", n_shuffles=1000).fit(X, y)
    (part,) = plan(mine._settings(), 100, np.random.RandomState(0))
    assert not set(part.train) & set(part.held_out)
    assert len(part.held_out) == 20
    scores = scores_of_all_pairs(mine, X, y)[np.ix_(part.held_out, part.held_out)]
    assert mine.mi_ == mine.mi_validation_
    assert mine.mi_ == pytest.approx(donsker_varadhan(scores), rel=1e-5)
    assert small(n_shuffles=1000, activation="tanh").fit(X, y).mi_validation_ == mine.mi_


def test_cross_fit_judges_each_sample_once_by_a_critic_that_has_not_seen_it():
    X, y = gaussians()
    mine = small(evaluation="cross-fit", n_folds=4, activation="tanh", n_shuffles=99).fit(X, y)
    parts = plan(mine._settings(), 100, np.random.RandomState(0))
    assert sorted(np.concatenate([part.held_out for part in parts])) == list(range(100))
    each = []
    for critic, part in enumerate(parts):
        rows = [set(part.train), set(part.stop), set(part.held_out)]
        assert sum(map(len, rows)) == len(set.union(*rows)) == 100
        scores = scores_of_all_pairs(mine, X, y, critic)[np.ix_(part.held_out, part.held_out)]
        each.append(donsker_varadhan(scores))
    assert mine.mi_ == mine.mi_validation_ == pytest.approx(np.mean(each), rel=1e-5)
    assert mine.mi_std_ == pytest.approx(np.std(each, ddof=1), rel=1e-4)
    assert mine.learning_curve_.train.shape == (6, 4)


def test_train_holds_nothing_out():
    X, y = gaussians()
    mine = small(evaluation="train").fit(X, y)
    (part,) = plan(mine._settings(), 100, np.random.RandomState(0))
    assert sorted(part.train) == list(range(100))
    assert math.isnan(mine.mi_validation_)
    assert mine.learning_curve_.validation is None
    assert list(mine.best_epochs_) == [6]


def test_without_early_stopping_independent_variables_are_learnt_by_heart():
    X, y = independent(200)
    settings = {"hidden_layer_sizes": (32,), "max_epochs": 60, "learning_rate": 0.03}
    assert small(**settings, evaluation="train").fit(X, y).mi_ > 0.3
    assert small(**settings).fit(X, y).mi_ == pytest.approx(0, abs=0.05)


def test_best_weights_are_copies_of_the_epoch_they_are_said_to_be_of():
    X, y = gaussians(60, 2)
    settings = {"hidden_layer_sizes": (32,), "weight_average": 0.5, "learning_rate": 0.03}
    mine = small(**settings, max_epochs=60).fit(X, y)
    (best,) = mine.best_epochs_
    assert 1 < best < 60  # there were others after it
    assert mine.learning_curve_.validation.argmax() == best - 1
    # The same training, ended there.
    ended = small(**settings, max_epochs=int(best)).fit(X, y)
    assert ended.mi_ == mine.mi_


def test_patience_ends_the_training():
    X, y = independent(60, 2)
    mine = small(max_epochs=60, n_iter_no_change=5).fit(X, y)
    assert len(mine.history_) == max(mine.best_epochs_[0], 0) + 5 < 60
    assert "interrupted" not in mine.doubts_


def test_history_and_learning_curve_agree():
    X, y = gaussians()
    mine = small(n_critics=2).fit(X, y)
    np.testing.assert_array_equal(mine.history_[:, "train_bounds"], mine.learning_curve_.train)
    valid = mine.history_[:, "valid_bounds"]
    np.testing.assert_array_equal(valid, mine.learning_curve_.validation)
    assert mine.history_[-1, "valid_bound"] == pytest.approx(np.mean(valid[-1]))
    assert all(duration > 0 for duration in mine.history_[:, "dur"])


def test_the_papers_training():
    X, y = gaussians(250, 2)
    mine = pickle.loads(pickle.dumps(clone(make_estimator("mine-paper", device="cpu"))))
    mine.fit(X, y)
    net = mine.net_
    assert net.module_.shapes == [(2, 100), (2, 100), (1, 100), (100, 100), (1, 100), (100, 1)]
    assert net.module_.activation == "relu"
    assert isinstance(net.optimizer_, torch.optim.Adam)
    assert net.optimizer_.param_groups[0]["lr"] == 1e-4
    assert net.n_steps_ == 500
    assert len(net.history) == 167  # of three batches each: 250 rows are no more than 3 × 100
    assert mine.learning_curve_.validation is None
    assert list(mine.best_epochs_) == [167]
    assert mine._center_X == mine._center_y == 0
    assert (mine._n_shuffles, net.weight_average) == (1, 0)


@pytest.mark.parametrize("n_samples", [4, 5, 9])
def test_few_samples(n_samples):
    X, y = gaussians(n_samples)
    for evaluation in ("full", "validation", "train"):
        assert np.isfinite(small(evaluation=evaluation).fit(X, y).mi_)
    with pytest.raises(ValueError, match=f"n_samples={n_samples} is too few.*cross-fit"):
        small(evaluation="cross-fit").fit(X, y)
    with pytest.raises(ValueError, match="n_samples=3 is too few"):
        small().fit(X[:3], y[:3])


def test_shifts_are_different_and_none_pairs_a_sample_with_itself():
    for n_samples in (2, 3, 17, 100):
        for n_shifts in (1, 2, 16, 99, 1000):
            shifts = spread_shifts(n_samples, n_shifts)
            assert len(set(shifts)) == len(shifts) == min(n_shifts, n_samples - 1)
            assert set(shifts) <= set(range(1, n_samples))


def test_batches_are_rows_of_ones_own_in_an_order_of_ones_own():
    data = torch.arange(40.0).reshape(2, 20, 1)
    rows = torch.tensor([range(10), range(5, 15), range(10)])
    dataset = PairedTensors(data, -data, torch.tensor([0, 1, 0]), rows, [3, 4, 5])
    batches = ShuffledBatches(dataset, 4)
    assert len(batches) == 3
    orders = []
    for _ in range(2):
        sides = [batch for batch, _ in batches]
        assert all(torch.equal(side["X"], -side["y"]) for side in sides)
        assert {side["X"].shape for side in sides} == {(3, 3, 1)}
        seen = torch.cat([side["X"] for side in sides], 1)[..., 0].tolist()
        for critic, allowed in enumerate([range(10), range(25, 35), range(10)]):
            assert len(set(seen[critic])) == 9
            assert set(seen[critic]) <= set(allowed)
        assert seen[0] != seen[2]
        orders.append(seen)
    assert orders[0] != orders[1]
    alone = PairedTensors(data[1:], -data[1:], torch.tensor([0]), rows[1:2], [4])
    found = torch.cat([batch["X"] for batch, _ in ShuffledBatches(alone, 4)], 1)[0, :, 0]
    assert found.tolist() == orders[0][1]
