"""A copy of an estimator finds what the estimator finds.

Settings are values: it must not matter which objects they are, which of them have been set,
or in which process they are read. (A setting that asked for that once made networks of one
grid train in two ways, and those of a published table in a third.)
"""

import copy
import pickle
import warnings

import numpy as np
import pytest
from joblib import Parallel, delayed
from sklearn.base import clone

from skmi import MINE, PlugInMI, RossMI, get_estimator_names, make_estimator
from skmi.benchmark.paper import Protocol
from skmi.benchmark.paper._estimators import MINE_FAMILY, make
from skmi.feature_selection import FeatureMutualInfo, JointMISelector

from .test_common import ESTIMATORS

pytest.importorskip("skorch")


def brief(estimator):
    """Few epochs and a seed, for networks; all else as it is."""
    given = {"max_epochs": 25, "random_state": 0, "device": "cpu"}
    there = estimator.get_params()
    own = {name: given[last] for name in there if (last := name.rpartition("__")[2]) in given}
    networks = any("max_epochs" in name for name in own)
    return clone(estimator).set_params(**own) if networks else estimator


CASES = {
    **{repr(each): each for each in ESTIMATORS},
    **{name: make_estimator(name) for name in get_estimator_names()},
    **{
        f"{name}{version} of the paper's tables": make(f"{name}{version}", Protocol())
        for name in MINE_FAMILY
        for version in ("", " (recovered)")
    },
    "smile": MINE((4, 3), bound="smile", activation="silu", evaluation="validation"),
    "nested": make_estimator("ksg-global", scales=[0.5, 1.0], variant=2, corrected=True),
    "scores": FeatureMutualInfo(3, random_state=0),
    "selector": JointMISelector(2, n_permutations=3, random_state=0),
}
CASES = {name: brief(each) for name, each in CASES.items()}
X = np.random.default_rng(0).normal(size=(60, 3))
Y = X[:, 0] + 0.5 * np.random.default_rng(1).normal(size=60)
LABELS = np.where(X > 0, "high", "low"), np.where(Y > 0, "high", "low")


def found(estimator):
    """Whatever numbers a fit leaves behind."""
    x, y = X, Y
    if isinstance(estimator, PlugInMI):
        x, y = LABELS
    elif isinstance(estimator, RossMI):
        y = LABELS[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if callable(estimator):  # a score function
            return estimator(x, y)[0].tolist()
        fitted = estimator.fit(x, y)
        if hasattr(fitted, "mi_"):
            return [fitted.mi_, fitted.score(x[:40], y[:40])]
        if hasattr(fitted, "scores_"):
            return np.asarray(fitted.scores_).tolist()
        return fitted.transform(x).tolist()


def touched(estimator):
    """Every parameter set anew, to an equal value that is another object, and one that is idle."""
    values = pickle.loads(pickle.dumps(estimator.get_params(deep=False)))
    same = clone(estimator).set_params(**values)
    idle = {name: 1 for name in estimator.get_params() if name.endswith("n_jobs")}
    return same.set_params(**idle)


COPIES = {
    "cloned twice": lambda each: clone(clone(each)),
    "pickled": lambda each: pickle.loads(pickle.dumps(each)),
    "copied": copy.deepcopy,
    "touched": touched,
}


@pytest.fixture(scope="module")
def found_by_a_worker():
    with Parallel(n_jobs=2) as workers:
        numbers = workers(delayed(found)(each) for each in CASES.values())
    return dict(zip(CASES, numbers, strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_copy_finds_the_same(name, found_by_a_worker):
    estimator = CASES[name]
    expected = found(copy.copy(estimator))
    assert np.isfinite(expected).all()
    for how, make_copy in COPIES.items():
        assert found(make_copy(estimator)) == expected, how
    assert found_by_a_worker[name] == expected
