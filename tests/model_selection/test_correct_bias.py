"""What the maximum over scales has by chance, taken off."""

import numpy as np
import pytest
from sklearn.base import clone

from skmi import (
    KSG,
    BinningMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    make_estimator,
    mutual_info,
)
from tests.model_selection.test_diagnostics import gaussians
from tests.worlds import WORLDS

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

CORRECTING = RelativeScaleSearch(KSG(), correct_bias=True, n_permutations=10, random_state=0)


def test_the_mean_over_independent_data_is_zero():
    corrected = ScaleInvariantMI(clone(CORRECTING))
    raw, found = [], []
    for seed in range(100):
        corrected.fit(*gaussians(200, 1, 0.0, seed))
        raw.append(corrected.estimator_.best_score_)
        found.append(corrected.mi_)
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(raw) > 6 * error
    assert abs(np.mean(found)) < 3 * error


def test_bias_is_the_mean_maximum_over_permutations(rng):
    X, y = WORLDS["plane"](rng)
    found = clone(CORRECTING).fit(X, y)
    random_state = np.random.RandomState(0)
    plain = RelativeScaleSearch(KSG())
    maxima = [plain.fit(X, y[random_state.permutation(len(X))]).mi_ for _ in range(10)]
    assert found.bias_ == np.mean(maxima)
    assert found.best_score_ == plain.fit(X, y).mi_
    assert found.mi_ == found.best_score_ - found.bias_
    assert found.scale_results_["mean_test_score"].max() == found.best_score_


def test_labels_have_no_maximum_but_a_bias(rng):
    # One scale, and estimates of labels that are permuted.
    X, y = WORLDS["line"](rng)
    y = (y[:, 0] > 0).astype(int)
    found = clone(CORRECTING).set_params(estimator=RossMI()).fit(X, y)
    random_state = np.random.RandomState(0)
    permuted = [RossMI().fit(X, y[random_state.permutation(len(X))]).mi_ for _ in range(10)]
    assert found.best_score_ == RossMI().fit(X, y).mi_
    assert found.bias_ == np.mean(permuted)
    assert found.mi_ == found.best_score_ - found.bias_


def test_score_has_no_maximum_to_correct(rng):
    X, y = WORLDS["plane"](rng)
    plain, found = RelativeScaleSearch(KSG()).fit(X, y), clone(CORRECTING).fit(X, y)
    assert found.score(X, y) == plain.score(X, y) == found.best_score_
    assert not hasattr(plain, "bias_")


@pytest.mark.parametrize("scales", [None, "auto"])
def test_units_change_nothing(scales, rng):
    X, y = WORLDS["plane"](rng)
    estimator = ScaleInvariantMI(clone(CORRECTING).set_params(scales=scales))
    expected = clone(estimator).fit(X, y)
    found = clone(estimator).fit(2.0**40 * X, 2.0**-33 * y)
    assert found.mi_ == expected.mi_
    assert found.estimator_.bias_ == expected.estimator_.bias_ != 0.0
    found = clone(estimator).fit(1e-12 * X, 3e7 * y)
    assert found.mi_ == pytest.approx(expected.mi_, rel=1e-9)


@pytest.mark.parametrize("inside", [KSG(), BinningMI(3), RossMI()], ids=repr)
def test_the_number_of_jobs_changes_nothing(inside, rng):
    X, y = WORLDS["line"](rng)
    y = (y > 0).astype(int) if isinstance(inside, RossMI) else y
    search = clone(CORRECTING).set_params(estimator=inside, scales=[0.5, 1.0, 2.0])
    expected = clone(search).fit(X, y)
    found = clone(search).set_params(n_jobs=2).fit(X, y)
    assert found.mi_ == expected.mi_


def test_recipes_take_it(rng):
    X, y = WORLDS["line"](rng)
    estimator = make_estimator("ksg-global-linf", correct_bias=True, n_permutations=5)
    found = mutual_info(X, y, method=estimator, random_state=0)
    assert found == mutual_info(X, y, method=estimator, random_state=0)
    assert found < mutual_info(X, y, "ksg-global-linf")


def test_parameters_are_checked(rng):
    X, y = WORLDS["line"](rng)
    with pytest.raises(ValueError, match="'n_permutations' parameter"):
        RelativeScaleSearch(KSG(), n_permutations=0).fit(X, y)
    with pytest.raises(ValueError, match="'correct_bias' parameter"):
        RelativeScaleSearch(KSG(), correct_bias="yes").fit(X, y)
