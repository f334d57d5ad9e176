"""Conditional mutual information: the definition, the truth, and what must not change it."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.preprocessing import FunctionTransformer

from skmi import KSG, LocalScaler, ScaleInvariantMI, conditional_mutual_info
from skmi.exceptions import IdentifierWarning, ThinTableWarning
from skmi.neighbors._conditional import count_conditional_neighbors, with_labels
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


ALGORITHMS = "auto", "brute", "kd_tree", "dense", "torch"


@pytest.mark.parametrize("world", WORLDS)
def test_counts_equal_the_definition(world, rng):
    X, y, z = three(world, rng)
    scales = [0.3, 1.0, 20.0]
    for k, tolerance in ((1, 0.0), (4, 1e-10)):
        expected = [
            naive.conditional_counts(X, y, z, k, scale=scale, tolerance=tolerance)
            for scale in scales
        ]
        for algorithm in ALGORITHMS:
            options = {"scales": scales, "tie_tolerance": tolerance, "algorithm": algorithm}
            counts = count_conditional_neighbors(X, y, z, k, **options)
            np.testing.assert_array_equal(np.moveaxis(counts, 2, 0), expected)


# Which of x, y, z have numbers, and which labels.
KINDS = {
    "labels in z": ("nnl", "..l"),
    "labels in y": ("nln", ".l."),
    "labels in x and y": ("lln", "ll."),
    "labels alone": ("lll", "lll"),
    "both kinds in each": ("nnn", "lll"),
    "both kinds in z": ("nnn", "..l"),
}


def of_kinds(kinds, rng, n=120):
    """Numbers, some of them equal, and labels, some of them rare, of three variables."""
    numbers, labels = [], []
    for has_numbers, has_labels in zip(*KINDS[kinds], strict=True):
        values = np.round(rng.normal(size=(n, 2)), 1)
        numbers.append(values if has_numbers == "n" else values[:, :0])
        codes = np.minimum(rng.geometric(0.5, size=n) - 1, 5)
        labels.append(codes if has_labels == "l" else None)
    return numbers, labels


@pytest.mark.parametrize("kinds", KINDS)
def test_counts_with_labels_equal_the_definition(kinds, rng):
    numbers, labels = of_kinds(kinds, rng)
    for scale in (0.01, 1.0, 300.0):
        x, y, z, far = with_labels(numbers, labels, [scale])
        for k in (1, 5):
            expected = naive.conditional_counts(*numbers, k, scale=scale, labels=labels)
            for algorithm in ALGORITHMS:
                options = {"scales": [scale], "far": far, "algorithm": algorithm}
                found = count_conditional_neighbors(x, y, z, k, **options)
                np.testing.assert_array_equal([each[:, 0] for each in found], expected)


def test_trees_are_brute_force_in_many_samples(rng):
    x, y, z = np.round(rng.standard_t(2, size=(3, 4000, 1)), 2)
    for columns in ((x, y, z), (np.hstack([x, z]), y, np.hstack([y, rng.normal(size=z.shape)]))):
        trees, brute = (
            count_conditional_neighbors(*columns, 3, algorithm=algorithm)
            for algorithm in ("kd_tree", "brute")
        )
        np.testing.assert_array_equal(trees, brute)


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


def driven_by_labels(rng, n, n_labels=30):
    """Numbers that depend on a label alone, whose values say nothing about their means."""
    labels = rng.integers(0, n_labels, size=n)
    means = rng.permutation(n_labels)[labels] / 9
    return *(means + rng.normal(size=(2, n))), labels


def test_labels_as_condition(rng):
    for seed in range(3):
        x, y, labels = driven_by_labels(np.random.default_rng(seed), 1500)
        assert conditional_mutual_info(x, y, labels.astype(float)) > 0.05
        found = conditional_mutual_info(x, y, labels)  # integers with 50 samples each
        assert found == pytest.approx(0, abs=0.04)
        assert conditional_mutual_info(x, y, labels.astype(str)) == found
        assert conditional_mutual_info(x, y, labels * 1.0, discrete_condition=True) == found


def test_given_labels_it_is_ksg_within_each(rng):
    x, y, labels = driven_by_labels(rng, 400, 4)
    y = y + 0.5 * x
    parts = [
        np.mean(labels == label)
        * KSG(tie_tolerance=1e-10).fit(x[:, None][labels == label], y[labels == label]).mi_
        for label in range(4)
    ]
    found = conditional_mutual_info(x, y, labels.astype(str), scaler=AS_IT_IS)
    assert found == pytest.approx(sum(parts), rel=1e-12)


def test_labels_without_a_condition_are_ross(rng):
    labels = rng.choice(list("abc"), size=200)
    X = rng.normal(size=(200, 2)) + (labels == "a")[:, None]
    expected = ScaleInvariantMI(KSG()).fit(X, labels).mi_
    for z in (None, np.ones(200), ["only"] * 200):
        assert conditional_mutual_info(X, labels, z) == pytest.approx(expected, rel=1e-12)
        assert conditional_mutual_info(labels, X, z) == pytest.approx(expected, rel=1e-12)


def test_the_truth_of_labels_and_numbers():
    # Given the label, x and y are Gaussian with a correlation of its own.
    correlations = np.array([0.0, 0.6, -0.9])
    truth = np.mean(-0.5 * np.log(1 - correlations**2))
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 3, size=1500)
        rho = correlations[labels]
        x, noise = rng.normal(size=(2, 1500))
        y = rho * x + np.sqrt(1 - rho**2) * noise
        found.append(
            conditional_mutual_info(x + 3 * labels, y - 5 * labels, np.array(list("pqr"))[labels])
        )
    assert np.mean(found) == pytest.approx(truth, abs=0.03)


def test_frequencies_are_corrected_for_their_bias():
    # Plugged in, these tables give about (2 * 3 * 8) / 2000 = 0.024 nats.
    found = [
        conditional_mutual_info(*(rng.choice(list("abcdefgh")[:m], 1000) for m in (3, 4, 8)))
        for rng in map(np.random.default_rng, range(20))
    ]
    assert np.mean(found) == pytest.approx(0, abs=0.003)


@pytest.mark.parametrize("kinds", KINDS)
@settings(max_examples=15)
@given(a=factors, b=factors, c=factors, seed=st.integers(0, 99))
@pytest.mark.filterwarnings("ignore::skmi.exceptions.ThinTableWarning")
def test_any_factor_and_any_names(kinds, a, b, c, seed):
    rng = np.random.default_rng(seed)
    numbers, labels = of_kinds(kinds, rng)
    names = rng.permutation(list("uvwxyz"))

    def frames(factors, rename):
        for values, codes, factor in zip(numbers, labels, factors, strict=True):
            frame = pd.DataFrame(factor * values, columns=[f"n{i}" for i in range(values.shape[1])])
            if codes is not None:
                frame["label"] = rename(codes)
            yield frame

    expected = conditional_mutual_info(*frames((1, 1, 1), lambda codes: codes.astype(str)))
    found = conditional_mutual_info(*frames((a, b, c), lambda codes: pd.Categorical(names[codes])))
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_scales_with_labels(rng):
    numbers, labels = of_kinds("both kinds in each", rng, 300)
    x, y, z = (
        pd.DataFrame(values).assign(label=codes.astype(str)).rename(columns=str)
        for values, codes in zip(numbers, labels, strict=True)
    )
    options = {"scales": [0.5, 1.0, 2.0]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each = [conditional_mutual_info(x, y, z, scales=[scale]) for scale in options["scales"]]
        assert conditional_mutual_info(x, y, z, **options) == max(each)
        assert each[1] == conditional_mutual_info(x, y, z)
        # Where y holds labels alone there is nothing to multiply.
        only = y["label"]
        assert conditional_mutual_info(x, only, z, **options) == conditional_mutual_info(x, only, z)


def test_thin_strata_are_said_so(rng):
    x, y = rng.normal(size=(2, 200))
    many = rng.choice([f"shop {i}" for i in range(60)], size=200)
    with pytest.warns(ThinTableWarning, match="samples share their labels with fewer than"):
        conditional_mutual_info(x, y, many)
    few = [rng.choice(list("abcdefgh"), size=200) for _ in range(3)]
    with pytest.warns(ThinTableWarning, match="frequencies would give about"):
        conditional_mutual_info(*few)
    rare = [f"customer {i // 2 if i < 160 else i}" for i in range(200)]
    with (
        pytest.warns(IdentifierWarning, match="z looks like an identifier"),
        pytest.warns(ThinTableWarning),
    ):
        conditional_mutual_info(x, y, rare)


GOOD = np.arange(20.0).reshape(10, 2) ** 2

BAD = {
    "lengths": ((GOOD, GOOD, GOOD[:9]), ValueError, "X has 10 samples, y has 10 and z has 9"),
    "NaN": ((GOOD, GOOD, np.where(GOOD == 9, np.nan, GOOD)), ValueError, "z contains NaN.*1"),
    "single labels": ((GOOD, list("abcdefghij"), GOOD), ValueError, "labels of its own"),
    "no columns": ((GOOD, GOOD[:, :0], GOOD), ValueError, "0 feature"),
    "sparse": ((GOOD, GOOD, csr_array(GOOD)), TypeError, "Sparse data was passed for z"),
    "one sample": ((GOOD[:1],) * 3, ValueError, "1 sample"),
    "no X": ((None, GOOD, GOOD), ValueError, "^X must be given"),
    "no X nor z": ((None, GOOD, None), ValueError, "^X must be given"),
    "no y nor z": ((GOOD, None, None), ValueError, "^y must be given"),
    "no y": ((GOOD, None, GOOD), ValueError, "y must be given"),
    "a cube": ((GOOD, GOOD, GOOD[:, :, None]), ValueError, "dim 3"),
    "complex": ((GOOD + 1j, GOOD, GOOD), ValueError, "Complex data"),
}


@pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")
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
