"""The choice among scalers and baselines of `MINE`, by what was held out."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone

from skmi import MINE, AutoMINE, ScaleInvariantMI, make_estimator, mutual_info
from skmi.exceptions import UnitsWarning
from skmi.neural._auto_mine import choose_by_others
from skmi.preprocessing import GlobalScaler, NormalScoreScaler

from .small import gaussians, independent, small

pytestmark = [
    pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning"),
]
NAMES = ["global-corrected", "normal-scores", "gaussian"]


def auto(**params):
    return AutoMINE(small(**params))


@pytest.fixture
def pair():
    X, y = gaussians(150, 3)
    return X * [1, 0.3, 2], y + 0.5


def test_the_candidates_are_fits_of_their_own(pair):
    X, y = pair
    found = auto().fit(X, y)
    alone = [
        ScaleInvariantMI(small(), GlobalScaler(corrected=True)),
        ScaleInvariantMI(small(), NormalScoreScaler()),
        small(baseline="gaussian"),
    ]
    assert [each.name for each in found.candidates_] == NAMES
    for model, candidate in zip(alone, found.candidates_, strict=True):
        assert candidate.mi == pytest.approx(model.fit(X, y).mi_, abs=1e-5)


def test_the_highest_held_out_bound_makes_the_estimate(pair):
    X, y = pair
    found = auto().fit(X, y)
    assert found.method_ == max(found.mi_validation_, key=found.mi_validation_.get)
    assert [each.share for each in found.candidates_] == [n == found.method_ for n in NAMES]
    assert {each.name: each.mi for each in found.candidates_}[found.method_] == found.mi_
    assert found.score(X, y) == pytest.approx(found.mi_, abs=1e-5)
    assert found.score_samples(X, y).mean() == pytest.approx(found.mi_, abs=1e-5)
    assert found.estimator_.mi_ == found.mi_


def test_the_choice_follows_the_data():
    X, y = gaussians(400, 4, noise=1.0)
    assert auto(max_epochs=10).fit(X, y).method_ == "gaussian"
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 1))
    y = np.abs(X) + 0.1 * rng.normal(size=X.shape)  # no correlation for a baseline to know
    sizes = {"hidden_layer_sizes": (32,), "max_epochs": 60, "learning_rate": 0.03}
    wide = auto(**sizes).fit(X**5, y)
    assert wide.method_ != "global-corrected"  # which sees outliers
    assert wide.mi_ > 0.5


def test_folds_are_chosen_by_the_others():
    # Fold 0 alone speaks for the second candidate, and has no say in its own choice.
    bounds = np.array([[0.0, 1.0, 1.0], [9.0, 0.0, 0.9]])
    assert choose_by_others(bounds, 1).tolist() == [0, 1, 1]
    twice = np.hstack([bounds, bounds[::-1]])
    assert choose_by_others(twice, 2).tolist() == [0, 1, 1, 1, 0, 0]
    assert choose_by_others(np.zeros((3, 4)), 1).tolist() == [0] * 4


@pytest.mark.parametrize("evaluation", ["cross-fit", "symmetric"])
def test_cross_fitted_the_value_is_put_together_fold_by_fold(evaluation, pair):
    found = auto(evaluation=evaluation, n_folds=3).fit(*pair)
    shares = [each.share for each in found.candidates_]
    assert sum(shares) == pytest.approx(1)
    values = [each.mi for each in found.candidates_]
    if max(shares) == 1:
        assert found.mi_ == pytest.approx(values[int(np.argmax(shares))])
    assert min(values) - 0.3 < found.mi_ < max(values) + 0.3


def test_independent_columns_give_0():
    sets = [independent(400, 3, seed) for seed in range(12)]
    fits = auto(max_epochs=20, n_shuffles=20).fit_many(
        [X for X, _ in sets], [y for _, y in sets], range(12)
    )
    assert abs(np.mean([each.mi_ for each in fits])) < 0.01


@pytest.mark.parametrize(("a", "b"), [(2.0**40, 1), (1, 2.0**-40), (2.0**-33, 2.0**21)])
def test_powers_of_two_bit_for_bit(a, b, pair):
    X, y = pair
    assert auto().fit(a * X, b * y).mi_ == auto().fit(X, y).mi_


@pytest.mark.parametrize(("a", "b"), [(1e-6, 1), (1, 1e6), (1e6, 1e-6)])
def test_any_factor_on_either_side(a, b, pair):
    X, y = pair
    assert auto().fit(a * X, b * y).mi_ == pytest.approx(auto().fit(X, y).mi_, rel=1e-4)


def test_a_factor_on_a_column_moves_one_candidate_alone(pair):
    X, y = pair
    before, after = auto().fit(X, y), auto().fit(X * [1, 1e-3, 1e3], y)
    for old, new in zip(before.candidates_[1:], after.candidates_[1:], strict=True):
        assert old.mi == new.mi
    assert before.method_ == after.method_ == "gaussian"
    assert before.mi_ == after.mi_


def test_fit_many_is_as_fits_on_their_own():
    sets = [gaussians(100, 2, seed=seed) for seed in range(3)]
    many = auto().fit_many([X for X, _ in sets], [y for _, y in sets], [5, 6, 7])
    for each, (X, y), seed in zip(many, sets, [5, 6, 7], strict=True):
        alone = auto(random_state=seed).fit(X, y)
        assert each.mi_ == pytest.approx(alone.mi_, abs=1e-4)
        assert each.method_ == alone.method_
        assert each.estimator.random_state == seed
    with pytest.raises(ValueError, match="3 X and 2 y"):
        auto().fit_many([0] * 3, [0] * 2)
    assert auto().fit_many([], []) == []


def test_the_same_seed_gives_the_same(pair):
    X, y = pair
    found = auto().fit(X, y)
    assert clone(found).fit(X, y).mi_ == found.mi_
    again = pickle.loads(pickle.dumps(found))
    assert again.score(X, y) == found.score(X, y)
    drawn = auto(random_state=np.random.RandomState(3)).fit(X, y).mi_
    assert drawn == auto(random_state=np.random.RandomState(3)).fit(X, y).mi_ != found.mi_


def test_what_cannot_be_is_refused(pair):
    with pytest.raises(ValueError, match="baseline='gaussian' of its estimator"):
        auto(baseline="gaussian").fit(*pair)
    with pytest.raises(ValueError, match="evaluation='train'"):
        auto(evaluation="train").fit(*pair)
    with pytest.raises(ValueError, match="estimator"):
        AutoMINE(3).fit(*pair)


def test_the_recipe_is_it(pair):
    assert repr(make_estimator("mine-auto")) == repr(AutoMINE(make_estimator("mine")))
    assert isinstance(AutoMINE().fit.__self__, AutoMINE)
    params = {"hidden_layer_sizes": (4,), "max_epochs": 2, "random_state": 0}
    expected = AutoMINE(MINE(**params)).fit(*pair).mi_
    assert mutual_info(*pair, "mine-auto", **params) == expected


@pytest.mark.filterwarnings("default")
def test_the_doubts_are_those_of_the_one_chosen(pair):
    X, y = pair
    uneven = X * [1, 1e-3, 1e3]
    found = auto().fit(X, y)
    assert found.method_ != "global-corrected"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        auto().fit(uneven, y)
    assert UnitsWarning not in {each.category for each in told}  # normal scores have no units
