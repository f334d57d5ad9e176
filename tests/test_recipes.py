"""Estimators by name, and the one-line door to them."""

import numpy as np
import pytest
from sklearn.base import clone

from skmi import (
    BIKSG,
    KSG,
    MINE,
    AutoMI,
    AutoMINE,
    BinningMI,
    CanonicalKSG,
    GaussianMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
    _recipes,
    get_estimator_names,
    make_estimator,
    mutual_info,
)
from skmi.benchmark.paper._protocol import RECOVERED_TRAINING
from skmi.neural import Training
from tests.worlds import WORLDS

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

DEFAULT = MINE(training=Training())
NEURAL = {
    "mine": DEFAULT,
    "mine-local": ScaleInvariantMI(DEFAULT, LocalScaler()),
    "mine-global": ScaleInvariantMI(DEFAULT, GlobalScaler()),
    "mine-global-corrected": ScaleInvariantMI(DEFAULT, GlobalScaler(corrected=True)),
    "mine-auto": AutoMINE(DEFAULT),
}
TOOLBOX = MINE(
    (100, 100),
    activation="relu",
    learning_rate=1e-4,
    max_epochs=500,
    early_stopping=False,
    evaluation="train",
    training=Training(
        max_steps=500,
        tol=0.0,
        n_iter_no_change=None,
        n_shuffles=1,
        weight_average=0.0,
        center=False,
    ),
)
NEURAL |= {
    "mine-paper": TOOLBOX,
    "mine-local-paper": ScaleInvariantMI(TOOLBOX, LocalScaler()),
    "mine-global-paper": ScaleInvariantMI(TOOLBOX, GlobalScaler()),
    "mine-global-corrected-paper": ScaleInvariantMI(TOOLBOX, GlobalScaler(corrected=True)),
}
# Parameters that a setting of the training leaves to whoever runs it.
OF_A_RUN = {"module", "nan_policy", "device", "random_state", "n_jobs", "verbose"}
BY_HAND = {
    "auto": AutoMI(),
    "gaussian": GaussianMI(),
    "canonical-ksg": CanonicalKSG(),
    "ksg": KSG(),
    "bi-ksg": BIKSG(),
    "ksg-local": ScaleInvariantMI(KSG(), LocalScaler()),
    "ksg-global": ScaleInvariantMI(RelativeScaleSearch(KSG()), GlobalScaler()),
    "ksg-global-linf": ScaleInvariantMI(RelativeScaleSearch(KSG()), GlobalLinfScaler()),
}


def test_names():
    assert get_estimator_names() == [*BY_HAND, *NEURAL]


@pytest.mark.parametrize("name", BY_HAND)
def test_recipes_are_what_one_would_build_by_hand(name, rng):
    X, y = WORLDS["plane"](rng)
    assert repr(make_estimator(name)) == repr(BY_HAND[name])
    assert mutual_info(X, y, name) == BY_HAND[name].fit(X, y).mi_


@pytest.mark.filterwarnings("ignore::skmi.exceptions.TrainingWarning")
@pytest.mark.parametrize("name", NEURAL)
def test_recipes_by_networks(name):
    # What they estimate is tested with small networks, in tests/neural.
    assert repr(make_estimator(name)) == repr(NEURAL[name])
    small = make_estimator(name, max_epochs=2, hidden_layer_sizes=(4,), random_state=0)
    by_hand = clone(NEURAL[name])
    prefix = "" if isinstance(by_hand, MINE) else "estimator__"
    params = {"max_epochs": 2, "hidden_layer_sizes": (4,), "random_state": 0}
    by_hand.set_params(**{prefix + param: value for param, value in params.items()})
    X, y = WORLDS["plane"](np.random.default_rng(0))
    assert mutual_info(X, y, small) == by_hand.fit(X, y).mi_


def test_a_setting_of_the_training_sets_all_of_it():
    """No default decides: a new parameter of MINE must be written into each."""
    own, training = set(MINE().get_params(deep=False)) - OF_A_RUN, set(Training().get_params())
    assert set(_recipes._TOOLBOX) == own
    assert set(_recipes._TOOLBOX["training"]) == training
    assert {*RECOVERED_TRAINING, "center"} == (own - {"training"}) | training


def test_the_default_suits_the_columns(rng):
    X, y = WORLDS["plane"](rng)
    assert mutual_info(X, y) == mutual_info(X, y, "auto")
    assert repr(make_estimator()) == repr(make_estimator("auto"))


def test_parameters_find_their_part():
    made = make_estimator("ksg-global", n_neighbors=7, scales="auto", corrected=True, n_jobs=2)
    assert made.estimator.estimator.n_neighbors == 7
    assert made.estimator.scales == "auto"
    assert made.scaler.corrected
    assert made.estimator.n_jobs == made.estimator.estimator.n_jobs == 2
    nested = make_estimator("ksg-global", estimator__estimator__n_neighbors=5)
    assert nested.estimator.estimator.n_neighbors == 5


def test_the_door_takes_parameters_of_any_part(rng):
    X, y = WORLDS["plane"](rng)
    name = "ksg-global-linf"
    for params in ({"n_neighbors": 5}, {"scales": "auto"}, {"scaler": LocalScaler(), "side": "X"}):
        made = make_estimator(name, **params)
        assert mutual_info(X, y, name, **params) == made.fit(X, y).mi_
    by_estimator = mutual_info(X, y, ScaleInvariantMI(RelativeScaleSearch(KSG())), scales="auto")
    assert by_estimator == mutual_info(X, y, name, scales="auto")
    assert mutual_info(X, y, n_neighbors=5) == AutoMI(5).fit(X, y).mi_
    labels = np.where(y[:, 0] > 0, 1.0, 0.0)
    assert mutual_info(X, labels, discrete_target=True) == mutual_info(X, labels > 0)
    with pytest.raises(ValueError, match=r"'ksg-local' has no parameter 'scale'; it has .*scaler"):
        mutual_info(X, y, "ksg-local", scale=2)
    with pytest.raises(ValueError, match=r"'ksg-global' and 'ksg-global-linf' have 'scales'"):
        mutual_info(X, y, scales="auto")
    with pytest.raises(ValueError, match="'n_neighbors' parameter of AutoMI must be"):
        mutual_info(X, y, n_neighbors=0)


def test_each_estimator_is_new():
    make_estimator("ksg-local").scaler.with_mean = True
    assert not make_estimator("ksg-local").scaler.with_mean


def test_unknown_names_and_parameters():
    with pytest.raises(ValueError, match=r"no estimator 'kgs'; choose from \['auto', "):
        make_estimator("kgs")
    with pytest.raises(ValueError, match=r"'ksg' has no parameter 'scales'; it has .*n_nei"):
        make_estimator("ksg", scales="auto")


def test_bases(rng):
    X, y = WORLDS["plane"](rng)
    nats = mutual_info(X, y)
    assert mutual_info(X, y, base=2) == pytest.approx(nats / np.log(2), rel=1e-15)
    assert mutual_info(X, y, base=np.e) == pytest.approx(nats, rel=1e-15)
    for base in (0, 1, -2, np.nan, np.inf):
        with pytest.raises(ValueError, match="base must be"):
            mutual_info(X, y, base=base)


def test_an_estimator_in_place_of_a_name(rng):
    X, y = WORLDS["plane"](rng)
    estimator = BinningMI(4)
    assert mutual_info(X, y, estimator) == BinningMI(4).fit(X, y).mi_
    assert not hasattr(estimator, "mi_")
    for wrong in (3, None, BinningMI, ["ksg"]):
        with pytest.raises(TypeError, match="method must be"):
            mutual_info(X, y, wrong)


def test_threads_and_seeds_change_nothing(rng):
    X, y = WORLDS["many samples"](rng)
    assert mutual_info(X, y, n_jobs=2, random_state=3) == mutual_info(X, y)
