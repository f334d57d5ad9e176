"""Estimators for labels: equal to their definitions, and near what is known."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.feature_selection import mutual_info_classif
from sklearn.metrics import mutual_info_score

from skmi import KSG, MixedKSG, PlugInMI, RossMI, ScaleInvariantMI, make_estimator
from skmi.exceptions import EstimateWarning, ThinTableWarning
from tests.estimators import labels as naive
from tests.neighbors.labelled import count_neighbors_of_labels
from tests.worlds import WORLDS

EXACT = {"rel": 1e-12, "abs": 1e-12}
SEARCH = "ksg-global-linf"


def some_labels(rng, n, n_labels=4):
    """A class of one sample, one of two, one of three, and larger ones."""
    codes = rng.integers(3, 3 + n_labels, size=n)
    codes[:6] = [0, 1, 1, 2, 2, 2]
    return rng.permutation(codes)


@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
@pytest.mark.parametrize("world", [name for name in WORLDS if name != "few samples"])
def test_ross_equals_its_definition(world, algorithm, rng):
    X, _ = WORLDS[world](rng)
    y = some_labels(rng, len(X))
    nothing = np.empty((len(X), 0))
    for tolerance in (None, 0.0, 1e-10):
        expected = naive.with_labels(X, nothing, None, y, tolerance=tolerance)
        ross = RossMI(tie_tolerance=tolerance, algorithm=algorithm).fit(X, y)
        assert ross.mi_ == pytest.approx(expected, **EXACT)
        ksg = KSG(tie_tolerance=tolerance, algorithm=algorithm, discrete_target=True).fit(X, y)
        assert ksg.mi_ == ross.mi_
        turned = KSG(discrete_features=True, discrete_target=False, tie_tolerance=tolerance)
        assert turned.fit(y[:, None], X).mi_ == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("k", [1, 2, 5, 30])
def test_any_number_of_neighbors_in_classes_of_any_size(k, rng):
    X = rng.normal(size=(120, 2))
    y = some_labels(rng, 120, n_labels=12)
    expected = naive.with_labels(X, np.empty((120, 0)), None, y, k)
    assert RossMI(k).fit(X, y).mi_ == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("scale", [0.1, 1.0, 7.0])
def test_numbers_and_labels_in_one_variable(scale, rng):
    X, y = WORLDS["plane"](rng)
    u, v = some_labels(rng, len(X)), rng.integers(0, 2, size=len(X))
    for tolerance in (None, 1e-10):
        ksg = KSG(discrete_features=[0], discrete_target=False, tie_tolerance=tolerance)
        expected = naive.with_labels(X, y, u, None, scale=scale, tolerance=tolerance)
        both = np.column_stack([u, X])
        assert ksg.score_scales(both, y, [5.0, scale])[1] == pytest.approx(expected, **EXACT)
        assert ksg.method_ == "mixed"
        turned = KSG(discrete_features=False, discrete_target=[0], tie_tolerance=tolerance)
        found = turned.score_scales(y, both, [scale], side="X")[0]
        assert found == pytest.approx(expected, **EXACT)
        ksg.set_params(discrete_target=[False, False, True])
        expected = naive.with_labels(X, y, u, v, scale=scale, tolerance=tolerance)
        found = ksg.score_scales(both, np.column_stack([y, v]), [scale])[0]
        assert found == pytest.approx(expected, **EXACT)


@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
def test_kernel_at_many_scales_on_several_threads(algorithm, rng):
    x, y = rng.normal(size=(2, 700, 1))
    labels = some_labels(rng, 700)
    labels[labels == 0] = 1
    scales = np.geomspace(1e-2, 1e2, 7)
    one, two = (
        count_neighbors_of_labels(
            x, y, labels, None, 3, scales=scales, algorithm=algorithm, n_threads=n_threads
        )
        for n_threads in (1, 2)
    )
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)
    for s, scale in enumerate(scales):
        alone = count_neighbors_of_labels(x, y, labels, None, 3, scales=[scale])
        for a, b in zip(alone, one, strict=True):
            np.testing.assert_array_equal(a[:, 0], b[:, s])


def test_ross_equals_scikit_learns_for_one_column(rng):
    # In classes of at most 2 k samples scikit-learn's distances are rounded otherwise.
    y = rng.integers(0, 3, size=300)
    X = rng.normal(size=(300, 3)) + y[:, None] * [0, 1, 3]
    for k in (1, 3, 10):
        expected = mutual_info_classif(X, y, n_neighbors=k, random_state=0)
        found = [RossMI(k).fit(X[:, [j]], y).mi_ for j in range(3)]
        np.testing.assert_allclose(np.maximum(found, 0), expected, atol=1e-6)


@pytest.mark.parametrize("shift", [0.0, 1.0, 3.0])
def test_a_mixture_of_gaussians_and_its_component(shift, rng):
    # I(X; Y) = h(X) - h(X | Y), by quadrature.
    y = rng.integers(0, 2, size=4000)
    X = rng.normal(size=(4000, 1)) + shift * y[:, None]
    grid = np.linspace(-8, 8 + shift, 20_001)
    density = (norm.pdf(grid) + norm.pdf(grid - shift)) / 2
    entropy = -np.sum(density * np.log(density)) * (grid[1] - grid[0])
    truth = entropy - 0.5 * np.log(2 * np.pi * np.e)
    for estimator in (RossMI(), make_estimator(SEARCH)):
        # Over 50 such samples the spread is at most 0.013.
        assert estimator.fit(X, y).mi_ == pytest.approx(truth, abs=0.05)


def test_many_columns_and_labels(rng):
    # Two of five columns shift by the label: the same truth for any number of others.
    y = rng.choice(["a", "b", "c"], size=3000)
    X = 0.1 * rng.normal(size=(3000, 5))
    X[:, 0] += 3.0 * (y == "a")
    X[:, 1] += 3.0 * (y == "b")
    assert RossMI().fit(X, y).mi_ == pytest.approx(np.log(3), abs=0.01)


def test_independent_labels(rng):
    X, y = rng.normal(size=(2000, 3)), rng.integers(0, 5, size=2000).astype(str)
    assert KSG().fit(X, y).mi_ == pytest.approx(0, abs=0.05)


def test_numbers_and_labels_against_the_truth(rng):
    # X is a label u and a Gaussian v; y has a correlation with v of a sign that u tells.
    n, rho = 4000, 0.8
    u, v = rng.integers(0, 2, size=n), rng.normal(size=n)
    y = rho * np.where(u == 1, v, -v) + np.sqrt(1 - rho**2) * rng.normal(size=n)
    truth = -0.5 * np.log(1 - rho**2)
    for estimator in (KSG(discrete_features=[0]), make_estimator(SEARCH, discrete_features=[0])):
        found = estimator.fit(np.column_stack([u, v]), y)
        assert found.mi_ == pytest.approx(truth, abs=0.06)
        assert found.method_ == "mixed"


factors = st.floats(-12, 12).map(lambda exponent: 10.0**exponent)


@settings(max_examples=25)
@given(a=factors, b=factors)
def test_labels_take_no_part_in_scaling(a, b):
    rng = np.random.default_rng(5)
    X, y = WORLDS["fine grid"](rng)
    labels = some_labels(rng, len(X))
    words = labels.astype(str)
    for name in ("ksg-local", SEARCH):
        expected = make_estimator(name).fit(X, words).mi_
        assert make_estimator(name).fit(a * X, words).mi_ == pytest.approx(expected, rel=1e-9)
        # Labels held as floats may be multiplied, too: they stay labels.
        told = make_estimator(name, discrete_target=True)
        assert told.fit(a * X, b * labels).mi_ == pytest.approx(expected, rel=1e-9)
        mixed = make_estimator(name, discrete_features=[1])
        both = np.column_stack([X, labels])
        expected = mixed.fit(both, y).mi_
        assert mixed.fit(both * [a, b], b * y).mi_ == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("world", ["line", "ten columns", "tiny numbers", "huge numbers"])
@pytest.mark.parametrize("a", [2.0**40, 2.0**-33])
def test_powers_of_two_bit_for_bit(world, a, rng):
    X, _ = WORLDS[world](rng)
    y = some_labels(rng, len(X)).astype(str)
    for estimator in (RossMI(), make_estimator("ksg-local"), make_estimator(SEARCH)):
        assert estimator.fit(a * X, y).mi_ == estimator.fit(X, y).mi_


def test_labels_can_be_renamed(rng):
    X, y = rng.normal(size=(200, 2)), rng.integers(0, 6, size=200)
    X[:, 0] += y
    names = rng.permutation(np.array(["z", "yes", "", "no", "10", "9"]))
    for estimator in (KSG(), RossMI(), make_estimator(SEARCH)):
        expected = estimator.fit(X, y).mi_
        for renamed in (names[y], rng.permutation(6)[y], list(names[y])):
            assert estimator.fit(X, renamed).mi_ == pytest.approx(expected, rel=1e-13)
    assert RossMI().fit(X, 2.5 * y).mi_ == RossMI().fit(X, y).mi_
    a = rng.integers(0, 3, size=200)
    with pytest.warns(ThinTableWarning):
        by_names = PlugInMI().fit(names[y][:, None], a).mi_
    with pytest.warns(ThinTableWarning):
        assert PlugInMI().fit(y[:, None], 10 - a).mi_ == pytest.approx(by_names, rel=1e-12)


def test_labels_in_several_columns_are_one_label(rng):
    X = rng.normal(size=(200, 2))
    y = rng.integers(0, 3, size=(200, 2))
    assert RossMI().fit(X, y).mi_ == RossMI().fit(X, 3 * y[:, 0] + y[:, 1]).mi_


def test_plug_in_equals_its_definition_and_scikit_learns(rng):
    x, y = rng.integers(0, 3, size=(900, 1)), rng.integers(0, 4, size=(900, 2))
    assert PlugInMI().fit(x, y).mi_ == pytest.approx(naive.plug_in(x, y), **EXACT)
    expected = mutual_info_score(x[:, 0], y[:, 1])
    for estimator in (PlugInMI(), KSG(), make_estimator(SEARCH)):
        assert estimator.fit(x, y[:, 1]).mi_ == pytest.approx(expected, **EXACT)


@pytest.mark.filterwarnings("ignore::skmi.exceptions.ThinTableWarning")
def test_plug_in_of_known_tables():
    x = np.repeat(["a", "b"], [2, 2])[:, None]
    assert PlugInMI().fit(x, ["u", "u", "v", "v"]).mi_ == pytest.approx(np.log(2), rel=1e-15)
    assert PlugInMI().fit(x, ["u", "v", "u", "v"]).mi_ == pytest.approx(0, abs=1e-15)
    # 3 of 4 pairs occur; K_x + K_y - K_xy - 1 = 0 takes nothing off, 4 pairs take 1/8.
    plain, corrected = PlugInMI(), PlugInMI("miller-madow")
    for y, off in ((["u", "u", "u", "v"], 0), (["u", "v", "u", "v"], 1 / 8)):
        assert plain.fit(x, y).mi_ - corrected.fit(x, y).mi_ == pytest.approx(off, abs=1e-15)


@pytest.mark.filterwarnings("ignore::skmi.exceptions.ThinTableWarning")
def test_miller_and_madow_take_off_most_of_the_bias(rng):
    tables = [rng.integers(0, 6, size=(2, 200, 1)) for _ in range(100)]
    plain, corrected = (
        np.mean([PlugInMI(c).fit(x, y).mi_ for x, y in tables]) for c in (None, "miller-madow")
    )
    assert plain == pytest.approx(25 / 400, abs=0.01)
    assert abs(corrected) < 0.01


@pytest.mark.parametrize("formula", ["digamma", "log"])
@pytest.mark.parametrize("world", WORLDS)
def test_mixed_ksg_equals_its_definition(world, formula, rng):
    X, y = WORLDS[world](rng)
    expected = naive.mixed_ksg(X, y, formula=formula)
    assert MixedKSG(formula=formula).fit(X, y).mi_ == pytest.approx(expected, **EXACT)


def zero_inflated(rng, n, p=0.15):
    """X exponential or, with probability p, 0; y Poisson of mean X."""
    x = rng.exponential(size=(n, 1)) * (rng.random((n, 1)) >= p)
    return x, rng.poisson(x).astype(float)


def test_a_zero_inflated_variable(rng):
    X, y = zero_inflated(rng, 4000)
    # By quadrature over X and sums over y.
    p, grid = 0.15, np.linspace(0, 60, 600_001)
    step = grid[1] - grid[0]
    weights = (1 - p) * np.exp(-grid) * step
    given_x, pmf = np.exp(-grid), []
    total = 0.0
    for m in range(60):
        marginal = np.sum(weights * given_x) + (p if m == 0 else 0.0)
        inside = given_x > 0
        total += np.sum(weights[inside] * given_x[inside] * np.log(given_x[inside] / marginal))
        total += p * np.log(1 / marginal) if m == 0 else 0.0
        pmf.append(marginal)
        given_x = given_x * grid / (m + 1)
    assert sum(pmf) == pytest.approx(1, abs=1e-3)
    assert MixedKSG().fit(X, y).mi_ == pytest.approx(total, abs=0.05)


def test_a_mixture_of_a_point_mass_and_a_density(rng):
    n, p, rho = 4000, 0.4, 0.9
    X = rng.normal(size=(n, 2))
    y = rng.normal(size=(n, 1))
    y = rho * X[:, :1] + np.sqrt(1 - rho**2) * y
    mass = rng.random(n) < p
    X[mass] = y[mass] = 9.0
    truth = -p * np.log(p) - (1 - p) * np.log(1 - p) - (1 - p) / 2 * np.log(1 - rho**2)
    assert MixedKSG().fit(X[:, :1], y).mi_ == pytest.approx(truth, abs=0.06)
    assert ScaleInvariantMI(MixedKSG()).fit(1e9 * X[:, :1], y).mi_ == pytest.approx(truth, abs=0.06)


@pytest.mark.parametrize(
    "estimator", [RossMI(), PlugInMI(), PlugInMI("miller-madow"), MixedKSG(), KSG()], ids=repr
)
def test_score_samples_has_the_score_as_its_mean(estimator, rng):
    X, y = rng.integers(0, 9, size=(150, 2)).astype(float), some_labels(rng, 150).astype(str)
    if isinstance(estimator, MixedKSG):
        y = y.astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)
        estimator.fit(X, y)
    contributions = estimator.score_samples(X, y)
    assert contributions.shape == (150,)
    assert np.mean(contributions) == estimator.score(X, y) == estimator.mi_


def test_every_sample_a_class_of_its_own(rng):
    X = rng.normal(size=(8, 1))
    for estimator in (RossMI(), KSG(), make_estimator(SEARCH)):
        with pytest.raises(ValueError, match=r"8 samples has labels of its own.*discrete_target"):
            estimator.fit(X, list("abcdefgh"))
