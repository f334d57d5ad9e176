"""The scaled recipes do not depend on units; the network alone does."""

import numpy as np
import pytest
import torch

from skmi import ScaleInvariantMI, make_estimator, mutual_info
from skmi.preprocessing import NormalScoreScaler

from .small import gaussians, quiet, small

pytestmark = quiet

SCALED = ["mine-local", "mine-global", "mine-global-corrected"]


def recipe(name):
    model = make_estimator(name)
    return model.set_params(estimator=small(max_epochs=8, learning_rate=0.05))


@pytest.fixture
def pair():
    X, y = gaussians(100, 3)
    return X * [1, 0.3, 2], y + 0.5


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize(("a", "b"), [(1e-6, 1), (1e6, 1), (1, 1e-6), (1, 1e6), (1e6, 1e-6)])
def test_any_factor_on_either_side(name, a, b, pair):
    X, y = pair
    expected = recipe(name).fit(X, y)
    found = recipe(name).fit(a * X, b * y)
    assert expected.mi_ > 0.1
    assert found.mi_ == pytest.approx(expected.mi_, rel=1e-4)
    assert found.score(a * X[:50], b * y[:50]) == pytest.approx(
        expected.score(X[:50], y[:50]), rel=1e-4
    )


@pytest.mark.parametrize("name", SCALED)
def test_powers_of_two_bit_for_bit(name, pair):
    X, y = pair
    expected = recipe(name).fit(X, y).mi_
    for a, b in ((2.0**40, 1), (1, 2.0**-40), (2.0**-33, 2.0**21)):
        assert recipe(name).fit(a * X, b * y).mi_ == expected


@pytest.mark.parametrize("name", SCALED)
def test_an_offset_costs_little(name, pair):
    X, y = pair
    found = recipe(name).fit(X + 1e6, y - 1e6).mi_
    assert found == pytest.approx(recipe(name).fit(X, y).mi_, rel=1e-3)


def test_normal_scores_undo_any_increasing_map(pair):
    X, y = pair
    model = ScaleInvariantMI(small(), NormalScoreScaler())
    assert model.fit(X**3, np.exp(y)).mi_ == model.fit(X, y).mi_


def test_proposition_4_the_same_bound_by_rescaled_weights(pair):
    X, y = pair
    mine = small(center=False).fit(X, y)
    expected = mine.score(X, y)
    with torch.no_grad():
        mine.net_.module_.weights[:, : 3 * 8] /= 2.0**10
    assert mine.score(2.0**10 * X, y) == expected
    assert mine.score(X, y) != expected


@pytest.mark.parametrize("optimizer", [None, torch.optim.SGD])
def test_proposition_5_unscaled_it_falls_to_0_with_the_factor(optimizer):
    X, y = gaussians(200)
    rate = 0.02 if optimizer is None else 1.0
    mine = small(max_epochs=20, learning_rate=rate, net__optimizer=optimizer)
    found = [mine.fit(factor * X, y).mi_ for factor in (1, 1e-1, 1e-3, 1e-5)]
    assert found[0] > 0.4
    assert found[0] > found[1] > found[2]
    assert found[2:] == pytest.approx([0, 0], abs=0.01)
    # That is the fault of the units, and scaling mends it.
    assert ScaleInvariantMI(mine).fit(1e-5 * X, y).mi_ > 0.4


def test_recipes_take_parameters():
    made = make_estimator("mine-global-corrected-paper", max_steps=7, random_state=3)
    assert (made.estimator.training.max_steps, made.estimator.random_state) == (7, 3)
    assert made.estimator.hidden_layer_sizes == (100, 100)
    assert made.scaler.corrected


def test_the_seed_of_mutual_info_reaches_the_network(pair):
    X, y = pair
    first, again, other = (
        mutual_info(X, y, recipe("mine-global"), random_state=seed) for seed in (1, 1, 2)
    )
    assert first == again != other
