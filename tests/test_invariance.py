"""What the library exists for: the paper's propositions, and estimates without units."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_digits

from skmi import (
    KSG,
    BinningMI,
    GlobalScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
    get_estimator_names,
    make_estimator,
    mutual_info,
)
from tests.worlds import WORLDS

# The recipes by neural networks have tests of their own: tests/neural/test_invariance.py.
SCALED = [name for name in get_estimator_names() if name.startswith("ksg-")]

factors = st.floats(-12, 12).map(lambda exponent: 10.0**exponent)
signs = st.sampled_from([1, -1])

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")


def estimators():
    return {
        **{name: make_estimator(name) for name in SCALED},
        "auto": ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"), GlobalScaler()),
        "binning": BinningMI(),
    }


@pytest.mark.parametrize("name", estimators())
@pytest.mark.parametrize("world", ["plane", "heavy tails", "fine grid", "rows four times"])
@settings(max_examples=25)
@given(a=factors, b=factors, sign=signs)
def test_any_factor_on_either_side(name, world, a, b, sign):
    X, y = WORLDS[world](np.random.default_rng(5))
    estimator = estimators()[name]
    expected = estimator.fit(X, y).mi_
    if name == "binning":
        sign = 1  # bins are closed on the left: a reflection moves what lies on an edge
    assert estimator.fit(sign * a * X, b * y).mi_ == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("world", WORLDS)
def test_powers_of_two_bit_for_bit(name, world, rng):
    X, y = WORLDS[world](rng)
    expected = mutual_info(X, y, name)
    for a, b in ((2.0**40, 1), (1, 2.0**-40), (2.0**-33, 2.0**21)):
        assert mutual_info(a * X, b * y, name) == expected


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize(("a", "b"), [(1e-12, 1), (1, 1e-12), (1e12, 1e-12), (0.1, 3.7)])
def test_real_data(name, a, b):
    X, y = load_diabetes(return_X_y=True)
    assert mutual_info(a * X, b * y, name) == pytest.approx(mutual_info(X, y, name), rel=1e-9)
    images = load_digits().data[:500]
    X, y = images[:, :32], images[:, 32:]
    assert mutual_info(a * X, b * y, name) == pytest.approx(mutual_info(X, y, name), rel=1e-9)


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_real_data_in_single_precision(name, dtype):
    images = load_digits().data[:400].astype(dtype)
    X, y = images[:, :32], images[:, 32:]
    expected = mutual_info(X, y, name)
    scaled = np.float32(0.01) * X.astype("float32"), np.float32(1e3) * y.astype("float32")
    assert mutual_info(*scaled, name) == pytest.approx(expected, rel=1e-9)
    frames = (pd.DataFrame(side) for side in scaled)
    assert mutual_info(*frames, name) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", SCALED)
def test_held_out_scores_do_not_depend_on_units_either(name, rng):
    X, y = WORLDS["plane"](rng)
    here, there = (
        make_estimator(name).fit(a * X[:120], b * y[:120]).score(a * X[120:], b * y[120:])
        for a, b in ((1, 1), (1e-5, 3e7))
    )
    assert there == pytest.approx(here, rel=1e-9)


@pytest.mark.parametrize("name", SCALED)
def test_an_offset_costs_nothing(name, rng):
    # All sums are exact, but a quotient of them by anything would not be.
    X, y = (np.round(v * 2**10) / 2**10 for v in WORLDS["plane"](rng))
    found = mutual_info(X + 2.0**41, y - 2.0**42, name)
    assert found == pytest.approx(mutual_info(X, y, name), rel=1e-9)


@settings(max_examples=40)
@given(a=factors, b=factors)
def test_proposition_1_binning_is_invariant_on_both_sides_and_on_one(a, b):
    X, y = WORLDS["plane"](np.random.default_rng(5))
    expected = BinningMI().fit(X, y).mi_
    assert BinningMI().fit(a * X, a * y).mi_ == pytest.approx(expected, rel=1e-12)
    assert BinningMI().fit(X, b * y).mi_ == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("algorithm", [1, 2])
@settings(max_examples=40)
@given(a=factors)
def test_proposition_2_ksg_is_invariant_under_a_common_factor(algorithm, a):
    X, y = WORLDS["plane"](np.random.default_rng(5))
    ksg = KSG(variant=algorithm)
    assert ksg.fit(a * X, a * y).mi_ == pytest.approx(ksg.fit(X, y).mi_, rel=1e-12)


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_proposition_3_ksg_under_a_one_sided_factor(k, factor, rng):
    # One side alone makes the radius: k neighbours are within it there (k - 1 strictly),
    # and all n - 1 on the other side.
    X, y = WORLDS["plane"](rng)
    n = len(X)
    assert KSG(k).fit(X, y).mi_ > 0.3
    assert KSG(k).fit(X, factor * y).mi_ == pytest.approx(0, abs=1e-12)
    limit = -1 / k + 1 / (n - 1)
    assert KSG(k, variant=2).fit(X, factor * y).mi_ == pytest.approx(limit, abs=1e-12)
