"""Conditional mutual information: the definition, the truth, and what must not change it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.preprocessing import FunctionTransformer

from skmi import KSG, LocalScaler, ScaleInvariantMI, conditional_mutual_info
from skmi.neighbors._conditional import count_conditional_neighbors
from tests import naive
from tests.worlds import WORLDS

AS_IT_IS = FunctionTransformer()

factors = st.floats(-12, 12).map(lambda exponent: 10.0**exponent)
signs = st.sampled_from([1, -1])


def three(world, rng):
    """A world's two variables and a third that has to do with both, ties and all."""
    X, y = WORLDS[world](rng)
    half = len(X) // 2
    z = np.column_stack([X[:, 0], y[:, 0]])
    z[:half, 0] = X[-half:, 0]
    return X, y, z


def gaussians(rng, n, dz, rho):
    """x and y with a partial correlation of rho, and dz columns that drive both."""
    z = rng.normal(size=(n, dz))
    x = rng.normal(size=n)
    y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=n)
    shared = z.sum(axis=1) / np.sqrt(dz)
    return x + shared, y - shared, z


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("tolerance", [0.0, 1e-10])
def test_counts_equal_the_definition(world, tolerance, rng):
    X, y, z = three(world, rng)
    for k in (1, 4):
        counts = count_conditional_neighbors(
            X, y, z, k, scales=[0.3, 1.0, 20.0], tie_tolerance=tolerance
        )
        for s, scale in enumerate((0.3, 1.0, 20.0)):
            expected = naive.conditional_counts(X, y, z, k, scale=scale, tolerance=tolerance)
            np.testing.assert_array_equal([each[:, s] for each in counts], expected)


@pytest.mark.parametrize("world", ["plane", "integer grid", "rows four times", "ten columns"])
def test_the_estimate_is_the_formula(world, rng):
    X, y, z = three(world, rng)
    found = conditional_mutual_info(X, y, z, n_neighbors=4, scaler=AS_IT_IS)
    assert found == pytest.approx(naive.conditional_ksg(X, y, z, 4, tolerance=1e-10), rel=1e-12)


@pytest.mark.parametrize("world", ["plane", "coarse grid", "point mass and density"])
def test_without_a_condition_it_is_ksg(world, rng):
    X, y = WORLDS[world](rng)
    expected = ScaleInvariantMI(KSG()).fit(X, y).mi_
    constant = np.full((len(X), 2), 7.0)
    for z in (None, np.empty((len(X), 0)), constant):
        assert conditional_mutual_info(X, y, z) == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("world", ["plane", "heavy tails", "fine grid", "rows four times"])
@settings(max_examples=25)
@given(a=factors, b=factors, c=factors, sign=signs)
def test_any_factor_on_any_variable(world, a, b, c, sign):
    X, y, z = three(world, np.random.default_rng(5))
    expected = conditional_mutual_info(X, y, z)
    found = conditional_mutual_info(sign * a * X, b * y, -sign * c * z)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("scales", [None, [0.5, 1, 2], "auto"])
@pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")
def test_powers_of_two_bit_for_bit(scales, rng):
    X, y, z = three("spiral", rng)
    expected = conditional_mutual_info(X, y, z, scales=scales)
    found = conditional_mutual_info(2.0**40 * X, 2.0**-33 * y, 2.0**21 * z, scales=scales)
    assert found == expected


def test_an_offset_costs_nothing(rng):
    X, y, z = (np.round(v * 2**10) / 2**10 for v in three("plane", rng))
    expected = conditional_mutual_info(X, y, z)
    found = conditional_mutual_info(X + 2.0**41, y - 2.0**42, z + 2.0**40)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("dz", "rho"), [(1, 0.0), (1, 0.5), (1, 0.9), (2, 0.0), (2, 0.5), (3, 0.0), (3, 0.5)]
)
def test_gaussians(dz, rho):
    # -log(1 - rho**2) / 2, rho being the partial correlation. In more columns a
    # sample's neighbours are farther away, and the estimate falls short.
    truth = -0.5 * np.log(1 - rho**2)
    found = [
        conditional_mutual_info(*gaussians(np.random.default_rng(seed), 1500, dz, rho))
        for seed in range(4)
    ]
    assert np.mean(found) == pytest.approx(truth, abs=0.03 + 0.12 * truth * dz)


def test_many_columns_of_each(rng):
    # Two independent channels: twice the information of one.
    z = rng.normal(size=(2000, 2))
    X = rng.normal(size=(2000, 2))
    y = 0.6 * X + 0.8 * rng.normal(size=(2000, 2))
    truth = -np.log(1 - 0.6**2)
    found = conditional_mutual_info(X + z, y + z, z, scaler=LocalScaler())
    assert found == pytest.approx(truth, abs=0.12)
    assert conditional_mutual_info(X, y, rng.normal(size=2000)) == pytest.approx(truth, abs=0.06)


def test_exclusive_or(rng):
    # Independent coins, and whether they agree: given the third they tell one bit.
    x, y = rng.integers(0, 2, size=(2, 1000))
    z = x ^ y
    assert conditional_mutual_info(x, y, None) == pytest.approx(0, abs=0.01)
    assert conditional_mutual_info(x, y, z, base=2) == pytest.approx(1, abs=0.01)
    assert conditional_mutual_info(x, x, x) == pytest.approx(0, abs=1e-12)


def test_a_chain_and_ties(rng):
    # Counts on counts: y depends on x through z alone.
    x = rng.integers(0, 4, size=3000)
    z = x + rng.integers(0, 2, size=3000)
    y = z + rng.integers(0, 2, size=3000)
    assert conditional_mutual_info(x, y, None) > 0.4
    assert conditional_mutual_info(x, y, z) == pytest.approx(0, abs=0.02)


def test_a_constant_tells_nothing(rng):
    x, z = rng.normal(size=(2, 100))
    assert conditional_mutual_info(x, np.ones(100), z) == 0


def test_a_factor_on_y_only_lowers_and_one_on_z_forgets_it(rng):
    # Why scales are searched on y and not on z.
    x, y, z = gaussians(rng, 1000, 1, 0.0)
    x, y, z = x[:, None], y[:, None], z
    options = {"scaler": AS_IT_IS}
    for factor in (1e-9, 1e9):
        assert conditional_mutual_info(x, factor * y, z, **options) == pytest.approx(0, abs=1e-3)
    forgotten = conditional_mutual_info(x, y, 1e-9 * z, **options)
    assert forgotten == pytest.approx(conditional_mutual_info(x, y, None, **options), rel=1e-9)
    assert forgotten > 0.1 > abs(conditional_mutual_info(x, y, z, **options))


def test_the_best_of_several_scales(rng):
    X, y, z = three("plane", rng)
    scales = [0.5, 2.0, 1.0, 16.0, 0.1]
    each = [conditional_mutual_info(X, y, z, scales=[scale]) for scale in scales]
    assert conditional_mutual_info(X, y, z, scales=scales) == max(each)
    assert each[2] == conditional_mutual_info(X, y, z)
    assert conditional_mutual_info(X, y, z, scales="auto") >= max(each) - 0.02
    with pytest.warns(UserWarning, match="best relative scale, 16, is the smallest"):
        conditional_mutual_info(X, y, z, scales=[16.0, 64.0])


@pytest.mark.parametrize("n", [300, 2500])
def test_threads_and_order_change_nothing(n, rng):
    X, y, z = rng.normal(size=(3, n, 2))
    expected = conditional_mutual_info(X, y, z)
    assert conditional_mutual_info(X, y, z, n_jobs=4) == expected
    order = rng.permutation(n)
    found = conditional_mutual_info(X[order], y[order], z[order])
    assert found == pytest.approx(expected, rel=1e-12)


def test_bits_frames_and_symmetry(rng):
    X, y, z = three("plane", rng)
    expected = conditional_mutual_info(X, y, z)
    assert conditional_mutual_info(X, y, z, base=2) == pytest.approx(expected / np.log(2))
    assert conditional_mutual_info(y, X, z) == pytest.approx(expected, rel=1e-12)
    frames = (pd.DataFrame(v) for v in (X, y, z))
    assert conditional_mutual_info(*frames) == expected
    assert conditional_mutual_info(X.tolist(), y.tolist(), z.tolist()) == expected


GOOD = np.arange(20.0).reshape(10, 2) ** 2

BAD = {
    "lengths": ((GOOD, GOOD, GOOD[:9]), ValueError, "X has 10 samples, y has 10 and z has 9"),
    "NaN": ((GOOD, GOOD, np.where(GOOD == 9, np.nan, GOOD)), ValueError, "z contains NaN.*1"),
    "strings": ((GOOD, list("abcdefghij"), GOOD), ValueError, "row 0 of y holds the string 'a'"),
    "no columns": ((GOOD, GOOD[:, :0], GOOD), ValueError, "0 feature"),
    "sparse": ((GOOD, GOOD, csr_array(GOOD)), TypeError, "Sparse data was passed for z"),
    "one sample": ((GOOD[:1],) * 3, ValueError, "1 sample"),
    "no y": ((GOOD, None, GOOD), ValueError, "y must be given"),
    "a cube": ((GOOD, GOOD, GOOD[:, :, None]), ValueError, "dim 3"),
    "complex": ((GOOD + 1j, GOOD, GOOD), ValueError, "Complex data"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_said_so(case):
    variables, error, message = BAD[case]
    with pytest.raises(error, match=message):
        conditional_mutual_info(*variables)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_neighbors": 0}, "'n_neighbors' parameter"),
        ({"n_neighbors": 10}, "n_neighbors=10 must be less than n_samples=10"),
        ({"scaler": "local"}, "'scaler' parameter"),
        ({"scales": "all"}, "'scales' parameter"),
        ({"scales": [1, -1]}, "scales must be"),
        ({"base": 1}, "base must be a positive number other than 1"),
        ({"base": -2}, "base must be"),
    ],
    ids=str,
)
def test_bad_parameters_are_said_so(options, message):
    with pytest.raises(ValueError, match=message):
        conditional_mutual_info(GOOD, GOOD, GOOD, **options)
