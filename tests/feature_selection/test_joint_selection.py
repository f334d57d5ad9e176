"""Every candidate's value is that of the estimator on the same columns."""

from inspect import signature
from types import SimpleNamespace

import numpy as np
import pytest

from skmi import KSG, LocalScaler, ScaleInvariantMI
from skmi._input._sample import make_sample
from skmi.estimators import _formulas
from skmi.feature_selection import _forward
from skmi.feature_selection._features import Features
from skmi.feature_selection._forward import Step, permutation_test
from skmi.feature_selection._joint_scores import JMI, MRMR, EstimatorScores, Joint, NeighborsScores
from skmi.model_selection import conditional_independence_test
from skmi.neighbors import Query, _joint_selection
from skmi.neighbors._joint_selection import count_joint
from tests import naive
from tests.worlds import WORLDS

NUMBERS = np.array([False])
LABELS = np.array([True])


def sides(X, y, discrete):
    """The features, all of numbers, the target, and whether either is in single precision."""
    sample = make_sample(X, y, discrete=(False, discrete))
    places = {position: position for position in range(X.shape[1])}
    return Features(sample.X, places, {}, []), sample.y, sample.is_single


def scores(X, y, discrete, k=3, n_jobs=None):
    return NeighborsScores(*sides(X, y, discrete), n_neighbors=k, n_jobs=n_jobs)


def information(selected, candidates, y, labels=None, k=3):
    """Of each candidate and all selected columns together on y, without a tolerance for ties."""
    query = Query(k, tie_tolerance=0.0)
    counts = count_joint(selected, candidates, y, labels, query)
    return _formulas.ksg(*counts, candidates.shape[1]).mean(axis=1)


def features(world, rng):
    """A world's columns, a column that repeats one, one that is constant, one of two values."""
    X, y = WORLDS[world](rng)
    X = X[:, :6]
    return np.column_stack([X, X[:, 0], np.ones(len(X)), rng.integers(0, 2, len(X)), y[:, 0]]), y


SETS = [[], [0], [0, 1], [1, 2], [0, 1, 2], [3, 1, 0]]


@pytest.mark.parametrize("world", [w for w in WORLDS if w != "few samples"])
@pytest.mark.parametrize("k", [1, 3])
def test_numbers(world, k, rng):
    X, y = features(world, rng)
    fast = scores(X, y, np.zeros(y.shape[1], dtype=bool), k)
    for selected in SETS:
        candidates = [c for c in range(X.shape[1]) if c not in selected]
        found = fast.with_target(selected, candidates)
        for c, value in zip(candidates, found, strict=True):
            estimator = ScaleInvariantMI(KSG(k), LocalScaler())
            expected = estimator.fit(X[:, [*selected, c]], y).mi_
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("world", ["plane", "integer grid", "rows four times", "ten columns"])
@pytest.mark.parametrize("k", [1, 4])
def test_labels(world, k, rng):
    X, _ = features(world, rng)
    # Of 0 to 9, some of two or three samples, and two samples alone with their label.
    y = np.where(rng.random(len(X)) < 0.9, 0, rng.integers(1, 9, len(X)))
    y[:2] = 100, 101
    fast = scores(X, y[:, None], LABELS, k)
    estimator = ScaleInvariantMI(KSG(k, discrete_target=True), LocalScaler())
    columns = LocalScaler().fit_transform(X)
    for selected in SETS:
        candidates = [c for c in range(X.shape[1]) if c not in selected]
        found = fast.with_target(selected, candidates)
        for c, value in zip(candidates, found, strict=True):
            expected = naive.ross(columns[:, [*selected, c]], y, k, tolerance=1e-10)
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-13)
            alike = estimator.fit(X[:, [*selected, c]], y).mi_
            assert value == pytest.approx(alike, rel=1e-12, abs=1e-13)


def test_labels_and_numbers_in_y(rng):
    X, y = features("plane", rng)
    y[:, 1] = rng.integers(0, 3, len(X))
    mixed = scores(X, y, np.array([False, True]))
    # Different labels so far apart that none is a neighbour.
    apart = np.column_stack([y[:, 0] / y[:, 0].std(), 1e3 * y[:, 1]])
    columns = LocalScaler().fit_transform(X)
    for selected in SETS[:4]:
        found = mixed.with_target(selected, [4, 5])
        for c, value in zip([4, 5], found, strict=True):
            expected = naive.ksg(columns[:, [*selected, c]], apart, tolerance=1e-10)
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("listed", [(0, 1), (1, 2), (4, 32), (1000, 1000)])
@pytest.mark.parametrize("world", ["plane", "fine grid", "nearly deterministic"])
def test_how_many_are_listed_changes_nothing(listed, world, rng, monkeypatch):
    X, y = features(world, rng)
    expected = scores(X, y, np.zeros(y.shape[1], dtype=bool)).with_target([0, 1], [2, 3, 4])
    monkeypatch.setattr(_joint_selection, "_MARGIN", listed[0])
    monkeypatch.setattr(_joint_selection, "_FEWEST", listed[1])
    found = scores(X, y, np.zeros(y.shape[1], dtype=bool)).with_target([0, 1], [2, 3, 4])
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("n", [400, 2500])
def test_threads_and_batches_change_nothing(n, rng, monkeypatch):
    X, y = rng.normal(size=(n, 6)), rng.normal(size=(n, 1))
    for selected in ([], [0, 3]):
        expected = scores(X, y, NUMBERS).with_target(selected, [1, 2, 4, 5])
        threaded = scores(X, y, NUMBERS, n_jobs=4).with_target(selected, [1, 2, 4, 5])
        np.testing.assert_array_equal(threaded, expected)
        with monkeypatch.context() as patch:
            patch.setattr(_joint_selection, "BATCH", 3)
            batches = scores(X, y, NUMBERS).with_target(selected, [1, 2, 4, 5])
        np.testing.assert_array_equal(batches, expected)


def test_a_constant_adds_nothing(rng):
    X = np.column_stack([rng.normal(size=(80, 2)), np.full(80, 5.0)])
    for y, discrete in ((rng.normal(size=80), NUMBERS), (rng.integers(0, 3, 80), LABELS)):
        assert scores(X, y[:, None], discrete).with_target([], [2]) == 0
    assert scores(X, np.ones((80, 1)), LABELS).with_target([0], [1]) == 0
    assert scores(X, np.ones((80, 1)), NUMBERS).with_target([0], [1]) == 0


def test_many_copies_are_all_counted(rng):
    # More copies than k, in one column and in several.
    X = np.repeat(rng.normal(size=(12, 3)), 10, axis=0)
    y = np.repeat(rng.normal(size=12), 10)[:, None]
    found = information(X.T[:0], X.T, y.T)
    np.testing.assert_allclose(found, naive.ksg(X, y, tolerance=0.0), rtol=1e-12)
    found = information(X.T[:1], X.T[1:], y.T)
    np.testing.assert_allclose(found, naive.ksg(X, y, tolerance=0.0), rtol=1e-12)


@pytest.mark.parametrize("discrete", [False, True])
def test_criteria_are_their_formulas(discrete, rng):
    X = rng.normal(size=(150, 5))
    X[:, 3] += X[:, 0]
    y = X[:, :1] + X[:, 1:2] ** 2
    y = np.digitize(y, [0.5, 1.5]) if discrete else y
    discrete = np.array([discrete])
    fast = scores(X, y, discrete)

    def joint(columns):
        return fast.with_target(columns[:-1], columns[-1:])[0]

    def shared(a, b):
        return ScaleInvariantMI(KSG(), LocalScaler()).fit(X[:, [a]], X[:, b]).mi_

    mrmr, jmi = MRMR(fast), JMI(fast)
    for selected in ([], [2], [2, 0], [2, 0, 3]):
        rest = [c for c in range(5) if c not in selected]
        alone = [joint([c]) for c in rest]
        if not selected:
            np.testing.assert_allclose(mrmr(selected, rest), alone)
            np.testing.assert_allclose(jmi(selected, rest), alone)
            continue
        redundancy = [np.mean([shared(c, s) for s in selected]) for c in rest]
        np.testing.assert_allclose(mrmr(selected, rest), np.subtract(alone, redundancy))
        pairs = [np.mean([joint([s, c]) for s in selected]) for c in rest]
        np.testing.assert_allclose(jmi(selected, rest), pairs)


@pytest.mark.parametrize("selected", [[], [1], [4, 0]])
def test_pairs_are_judged_beside_what_is_selected(selected, rng):
    X = rng.normal(size=(90, 5))
    y = X[:, :1] * X[:, 1:2] + X[:, 2:3]
    joint = Joint(scores(X, y, NUMBERS))
    rest = [c for c in range(5) if c not in selected]
    pairs = joint.pairs(selected, rest)
    permutations = np.array([rng.permutation(90) for _ in range(3)])
    best = list(joint.best_pair_permuted(selected, rest, permutations))
    estimator = ScaleInvariantMI(KSG(), LocalScaler())

    def expected(X):
        values = np.full((len(rest), len(rest)), np.nan)
        for i, one in enumerate(rest):
            for j, other in enumerate(rest):
                if one != other:
                    values[i, j] = estimator.fit(X[:, [*selected, one, other]], y).mi_
        return values

    np.testing.assert_allclose(pairs, expected(X), rtol=1e-10, atol=1e-12)
    for permutation, value in zip(permutations, best, strict=True):
        permuted = X[permutation]
        permuted[:, selected] = X[:, selected]
        assert value == pytest.approx(np.nanmax(expected(permuted)), rel=1e-10)


@pytest.mark.parametrize("discrete", [False, True])
def test_any_estimator_takes_the_same_road(discrete, rng):
    X, y = rng.normal(size=(90, 4)), rng.integers(0, 3, size=(90, 1)).astype(float)
    discrete = np.array([discrete])
    estimator = ScaleInvariantMI(KSG(), LocalScaler())
    slow = EstimatorScores(*sides(X, y, discrete), estimator=estimator, n_jobs=None)
    fast = scores(X, y, discrete)
    permutation = rng.permutation(90)
    for one, other in ((slow, fast), (each.permuted(permutation, [1]) for each in (slow, fast))):
        for selected in ([], [1], [1, 0]):
            found = one.with_target(selected, [2, 3])
            np.testing.assert_allclose(found, other.with_target(selected, [2, 3]), rtol=1e-12)
            permutations = np.array([rng.permutation(90) for _ in range(3)])
            best = list(one.best_permuted(selected, [2, 3], permutations))
            single = [one.permuted(p, selected).with_target(selected, [2, 3]) for p in permutations]
            np.testing.assert_allclose(best, np.max(single, axis=1), rtol=1e-12)
            again = list(other.best_permuted(selected, [2, 3], permutations))
            np.testing.assert_allclose(best, again, rtol=1e-12)
        found = one.with_feature(1, [0, 2])
        np.testing.assert_allclose(found, other.with_feature(1, [0, 2]), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("world", ["coarse grid", "integer grid", "fine grid", "rows four times"])
def test_ties_at_the_radius_itself(world, rng):
    # Without a tolerance: distances equal to the radius do not count, to the last digit.
    X, y = WORLDS[world](rng)
    X = np.column_stack([X, 3 * rng.integers(0, 5, size=len(X))]).T
    for selected in ([], [0]):
        found = information(X[selected], X[1:], y.T)
        for c, value in enumerate(found, start=1):
            expected = naive.ksg(X[[*selected, c]].T, y, tolerance=0.0)
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-13)
    labels = rng.integers(0, 3, size=X.shape[1])
    found = information(X[:0], X, X[:0], labels)
    expected = [naive.ross(column[:, None], labels) for column in X]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_permutations_end_once_no_step_can_be_significant(rng):
    asked = []

    class AlwaysAsMuch:
        scores = SimpleNamespace(features=sides(*rng.normal(size=(2, 30, 3)), False)[0])

        def best_permuted(self, selected, candidates, permutations):
            for _ in permutations:
                asked.append(1)
                yield 1.0

    pvalue = permutation_test(AlwaysAsMuch(), 99, 0.05, rng)
    assert pvalue(Step([0], [1, 2], False, [1], np.array([1.0, 0.5]))) == 1.0
    assert len(asked) == 5  # 6 of 100 are more than 5%


@pytest.mark.parametrize("in_pairs", [False, True])
def test_the_best_is_compared_with_the_best_of_its_kind(in_pairs, rng):
    X, y = rng.normal(size=(60, 4)), rng.normal(size=(60, 1))
    joint = Joint(scores(X, y, NUMBERS))
    permutations = np.array([rng.permutation(60) for _ in range(39)])
    null = joint.best_pair_permuted if in_pairs else joint.best_permuted
    null = np.array(list(null([], [0, 1, 2, 3], permutations)))
    # Near the end of what is there by chance; others than the best of their kind differ.
    step = Step([], [0, 1, 2, 3], in_pairs, [0], np.array([np.sort(null)[30]]))
    each = iter(permutations)
    drawn = SimpleNamespace(permutation=lambda n: next(each))
    pvalue = permutation_test(joint, 39, 1.0, drawn)(step)
    assert pvalue == pytest.approx((1 + 9) / 40)


def test_candidates_are_shuffled_among_as_many_as_in_the_test_of_one_variable():
    default = signature(conditional_independence_test).parameters["n_shuffle_neighbors"].default
    assert default == _forward._N_SHUFFLE_NEIGHBORS
