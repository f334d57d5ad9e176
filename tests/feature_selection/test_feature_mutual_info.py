"""Scores of single features: right where the usual ones are, and where those are not."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from sklearn.datasets import load_diabetes, load_iris
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.metrics import mutual_info_score
from sklearn.preprocessing import StandardScaler

from skmi import KSG, LocalScaler, PlugInMI, RossMI, ScaleInvariantMI
from skmi.exceptions import IdentifierWarning, ThinTableWarning
from skmi.feature_selection import feature_mutual_info
from tests import naive

# For tests of what counting labels gives, however many they are.
thin_tables = pytest.mark.filterwarnings("ignore::skmi.exceptions.ThinTableWarning")

raw = partial(feature_mutual_info, clip=False)


def sample(rng, n=300):
    X = rng.normal(size=(n, 4))
    y = X[:, 0] + 0.5 * X[:, 1] ** 2 + 0.5 * rng.normal(size=n)
    return X, y


@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("n", [90, 300, 2000])
def test_equal_to_scikit_learn_without_ties(n, k, rng):
    X, y = sample(rng, n)
    # Large classes: in small ones scikit-learn's distances are off by a last digit, and
    # the neighbour that sets the radius counts as nearer than that.
    labels = np.digitize(y, np.quantile(y, [1 / 3, 2 / 3]))
    np.testing.assert_allclose(
        feature_mutual_info(X, y, n_neighbors=k),
        mutual_info_regression(X, y, n_neighbors=k, random_state=0),
        atol=1e-6,
    )
    np.testing.assert_allclose(
        feature_mutual_info(X, labels, n_neighbors=k),
        mutual_info_classif(X, labels, n_neighbors=k, random_state=0),
        atol=1e-6,
    )
    np.testing.assert_allclose(
        feature_mutual_info(labels[:, None], y, n_neighbors=k),
        mutual_info_regression(
            labels[:, None], y, discrete_features=True, n_neighbors=k, random_state=0
        ),
        atol=1e-6,
    )


@thin_tables
@pytest.mark.parametrize("decimals", [None, 2, 1, 0])
def test_equal_to_the_estimators(decimals, rng):
    X, y = sample(rng)
    if decimals is not None:
        X, y = X.round(decimals), y.round(decimals)
    labels = np.digitize(y, [-0.5, 1.0])
    for f in range(X.shape[1]):
        column = X[:, [f]]
        ksg = ScaleInvariantMI(KSG(), LocalScaler()).fit(column, y).mi_
        assert raw(column, y)[0] == pytest.approx(ksg, rel=1e-9, abs=1e-12)
        ross = RossMI(tie_tolerance=1e-10).fit(column, labels).mi_
        assert raw(column, labels)[0] == pytest.approx(ross, rel=1e-9, abs=1e-12)
        cells = np.round(column)
        plug_in = PlugInMI().fit(cells, labels).mi_
        found = raw(cells, labels, discrete_features=True, discrete_target=True)[0]
        assert found == pytest.approx(plug_in, rel=1e-9, abs=1e-12)


def test_frequencies_of_labels():
    # Each of two labels of y goes with one of x: log 2; an unrelated one has nothing.
    y = np.array([0, 0, 1, 1] * 3)
    X = np.column_stack([1 - y, np.tile([0, 1], 6), np.zeros(12, dtype=int)])
    with pytest.warns(ThinTableWarning, match="column 0 of X .and column 1 of X. has 2 labels"):
        scores = raw(X, y, discrete_features=True, discrete_target=True)
    np.testing.assert_allclose(scores, [np.log(2), 0, 0], atol=1e-15)
    for f in range(3):
        assert scores[f] == pytest.approx(mutual_info_score(X[:, f], y), abs=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [3, 5, 7])
def test_gaussians_and_classes_have_the_information_they_have(k, dtype, rng):
    n = 3000
    for correlation in (0.5, 0.8):
        covariance = [[1.0, 10.0 * correlation], [10.0 * correlation, 100.0]]
        X, y = rng.multivariate_normal([0, 0], covariance, size=n).astype(dtype).T
        expected = -0.5 * np.log(1 - correlation**2)
        scores = feature_mutual_info(X[:, None], y, n_neighbors=k)
        assert scores[0] == pytest.approx(expected, abs=0.06)
        assert scores.dtype == np.float64
    # Two uniform classes that overlap by half, one of them more frequent: what tells are
    # the samples of both outer halves, and in the overlap the classes mix as everywhere.
    for part in (0.3, 0.5, 0.7):
        labels = (rng.uniform(size=n) < part).astype(int)
        overlapping = (rng.uniform(size=n) + 0.5 * labels).astype(dtype)
        entropy = -part * np.log(part) - (1 - part) * np.log(1 - part)
        for sides in ((overlapping[:, None], labels), (labels[:, None], overlapping)):
            score = feature_mutual_info(*sides, n_neighbors=k)[0]
            assert score == pytest.approx(entropy / 2, abs=0.05)


def entropy(*columns):
    _, frequencies = np.unique(np.column_stack(columns), axis=0, return_counts=True)
    p = frequencies / frequencies.sum()
    return -np.sum(p * np.log(p))


@thin_tables
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=2, max_size=60))
def test_labels_tell_the_entropies_less_the_joint_one(pairs):
    x, y = np.array(pairs).T
    if max(np.bincount(y)) < 2:
        return  # refused: no two samples of the same class
    expected = entropy(x) + entropy(y) - entropy(x, y)
    options = {"discrete_features": True, "discrete_target": True}
    assert raw(x[:, None], y, **options)[0] == pytest.approx(expected, abs=1e-14)
    # Labels put together tell no more than before, and their names tell nothing.
    columns = np.column_stack([x, x // 2, 7 - x])
    fine, coarse, renamed = raw(columns, y, **options)
    assert coarse <= fine + 1e-14
    assert renamed == pytest.approx(fine, abs=1e-14)


@thin_tables
def test_many_labels_in_many_samples(rng):
    # As many pairs of labels as to be listed, not tabulated, and counts beyond 32 bits squared.
    x, y = rng.integers(0, 700, size=(2, 100_000))
    y[:60_000] = x[:60_000]
    found = raw(x[:, None], y, discrete_features=True, discrete_target=True)[0]
    assert found == pytest.approx(mutual_info_score(x, y), rel=1e-12)


@pytest.mark.parametrize("n_neighbors", [1, 3, 20])
def test_feature_and_target_may_change_places(n_neighbors, rng):
    numbers, others = rng.normal(size=(2, 100)).round(1)
    for labels in (rng.integers(0, 10, size=100), np.digitize(numbers, [-1, 0, 1])):
        for one, other in ((numbers, others), (numbers, labels), (labels, labels % 3)):
            forth, back = (
                raw(a[:, None], b, n_neighbors=n_neighbors)[0]
                for a, b in ((one, other), (other, one))
            )
            assert forth == pytest.approx(back, rel=1e-12, abs=1e-14)


def test_ranking_of_relevant_redundant_and_irrelevant(rng):
    X = rng.uniform(size=(500, 4))
    y = 3 * X[:, 0] + np.sin(6 * X[:, 1]) + 0.2 * X[:, 2]
    regression = feature_mutual_info(X, y)
    assert list(np.argsort(-regression)[:2]) == [0, 1]
    assert regression[3] < 0.1
    labels = np.digitize(y, np.quantile(y, [0.3, 0.7]))
    assert list(np.argsort(-feature_mutual_info(X, labels))[:2]) == [0, 1]


def test_the_larger_correlation_tells_more(rng):
    y = rng.normal(size=1000)
    correlations = np.array([0.3, -0.9, 0.0, 0.6])
    X = correlations * y[:, None] + np.sqrt(1 - correlations**2) * rng.normal(size=(1000, 4))
    assert list(np.argsort(-raw(X, y))) == [1, 3, 0, 2]
    assert list(np.argsort(-raw(X, y > 0))) == [1, 3, 0, 2]


def test_mixed_features(rng):
    n = 600
    y = rng.normal(size=n)
    X = np.column_stack([y > 0, y + rng.normal(size=n), rng.integers(0, 3, size=n)]).astype(float)
    mask = [True, False, True]
    scores = feature_mutual_info(X, y, discrete_features=mask)
    np.testing.assert_array_equal(scores, feature_mutual_info(X, y, discrete_features=[0, 2]))
    np.testing.assert_array_equal(scores, feature_mutual_info(X, y, discrete_features=[-1, 0]))
    assert scores[0] == pytest.approx(np.log(2), abs=0.05)
    assert scores[2] < 0.05
    assert scores[1] == feature_mutual_info(X[:, [1]], y)[0]
    # Floats are numbers unless said otherwise, whatever their values.
    as_numbers = feature_mutual_info(X, y, discrete_features=False)
    np.testing.assert_array_equal(feature_mutual_info(X, y), as_numbers)
    with pytest.warns(IdentifierWarning, match="column 1 of X looks like an identifier"):
        assert feature_mutual_info(X, y, discrete_features=True)[1] == 0.0 < as_numbers[1]


def test_neighbors_do_not_matter_to_labels(rng):
    labels = rng.integers(0, 3, size=300)
    X = np.column_stack([labels == 1, labels + rng.normal(size=300)]).astype(float)
    few, many = (raw(X, labels, discrete_features=[0], n_neighbors=k) for k in (3, 9))
    assert few[0] == many[0]
    assert few[1] != many[1]


@given(
    factors=st.lists(st.floats(-12, 12), min_size=5, max_size=5),
    signs=st.lists(st.sampled_from([-1, 1]), min_size=5, max_size=5),
    decimals=st.sampled_from([1, 12]),
)
def test_units_do_not_matter(factors, signs, decimals):
    X, y = (side.round(decimals) for side in sample(np.random.default_rng(0), 80))
    units = np.array(signs) * 10.0 ** np.array(factors)
    labels = np.digitize(y, [-0.5, 1.0])
    for target, factor in ((y, units[4]), (labels, 1)):
        np.testing.assert_allclose(
            raw(X * units[:4], target * factor), raw(X, target), rtol=1e-9, atol=1e-12
        )


def test_an_offset_costs_nothing(rng):
    X, y = sample(rng)
    X, y = (np.round(side * 2**20) / 2**20 for side in (X, y))  # exact with the offset
    for offset in (1e9, -1e9):
        np.testing.assert_allclose(raw(X + offset, y + offset), raw(X, y), rtol=1e-12)
        labels = np.digitize(y, [-0.5, 1.0])
        np.testing.assert_allclose(raw(X + offset, labels), raw(X, labels), rtol=1e-12)


def test_integers_are_not_rounded_away(rng):
    # An outlier makes the deviation large, so that dividing integers in place left zeros.
    numbers = np.array([*range(100), 1000])
    forth, back = (
        feature_mutual_info(a[:, None], b, discrete_features=False, discrete_target=False)[0]
        for a, b in ((numbers, numbers.astype(float)), (numbers.astype(float), numbers))
    )
    assert forth == pytest.approx(back, rel=1e-12)
    assert forth == feature_mutual_info(numbers[:, None].astype(float), numbers.astype(float))[0]
    assert forth > 2.0


@pytest.mark.parametrize("n", [50, 20_000])
def test_a_constant_column_scores_exactly_zero(n, rng):
    y = rng.normal(size=n)
    rare = (np.arange(n) < 10).astype(int)
    for constant in (0.0, 1.0, 1e9 + 0.1):
        X = np.full((n, 1), constant)
        for target in (y, rare, y.round(1)):
            assert raw(X, target)[0] == 0.0
        assert raw(y[:, None], X[:, 0])[0] == 0.0
        assert raw(rare[:, None], X[:, 0])[0] == 0.0
        assert raw(X, rare, discrete_features=True)[0] == 0.0
        assert raw(y[:, None], np.zeros(n, dtype=int))[0] == 0.0


def test_repeated_calls_and_any_number_of_threads_agree(rng):
    X, y = sample(rng)
    for target in (y, y > 0):
        expected = raw(X, target)
        for n_jobs in (None, 2, 3):
            np.testing.assert_array_equal(raw(X, target, n_jobs=n_jobs), expected)


def test_ties_are_counted_not_broken():
    # Iris in steps of 0.1: scores move with the seed of the noise elsewhere.
    X, y = load_iris(return_X_y=True)
    noisy = [mutual_info_classif(X, y, random_state=seed) for seed in range(10)]
    assert np.ptp(noisy, axis=0).max() > 0.01
    np.testing.assert_allclose(raw(X, y), raw(X.astype("float32"), y), atol=1e-12)
    np.testing.assert_allclose(raw(X, y), raw(X / 7.0, y), rtol=1e-12)
    np.testing.assert_allclose(raw(X, y), np.mean(noisy, axis=0), atol=0.1)


def test_clip_and_base(rng):
    X, y = rng.normal(size=(200, 8)), rng.normal(size=200)
    scores = raw(X, y)
    assert (scores < 0).any()
    np.testing.assert_array_equal(feature_mutual_info(X, y), np.maximum(scores, 0))
    np.testing.assert_allclose(raw(X, y, base=2), scores / np.log(2))
    with pytest.raises(ValueError, match=r"base must be a positive number other than 1.* got 1"):
        raw(X, y, base=1)


def test_labels_of_any_kind(rng):
    X, y = sample(rng)
    codes = np.digitize(y, [-0.5, 1.0])
    expected = feature_mutual_info(X, codes)
    words = np.array(["low", "middle", "high"])[codes]
    for labels in (words, list(words), pd.Series(words), pd.Series(words, dtype="category")):
        np.testing.assert_array_equal(feature_mutual_info(X, labels), expected)
    np.testing.assert_array_equal(
        feature_mutual_info(X, codes.astype(float), discrete_target=True), expected
    )
    assert not np.array_equal(feature_mutual_info(X, codes.astype(float)), expected)


def test_data_frames_tell_kinds_column_by_column(rng):
    n = 400
    group = rng.integers(0, 3, size=n)
    y = group + 0.1 * rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "size": y + rng.normal(size=n),
            "group": pd.Categorical.from_codes(group, ["a", "b", "c"]),
            "name": np.array(["u", "v", "w"])[group],
            "flag": group > 0,
            "count": group,
        }
    )
    scores = feature_mutual_info(frame, y)
    np.testing.assert_array_equal(scores[[1, 2, 4]], scores[1])
    assert scores[1] == pytest.approx(np.log(3), abs=0.05)
    assert scores[0] == feature_mutual_info(frame[["size"]].to_numpy(), y)[0]
    assert feature_mutual_info(frame, frame["name"])[1] == pytest.approx(
        mutual_info_score(group, group)
    )


def test_round_floats_are_numbers():
    X, y = load_diabetes(return_X_y=True)  # y in whole numbers, held as floats
    scores = feature_mutual_info(X, y)
    assert scores.argmax() in (2, 8)
    # As integers they are numbers as well: no value occurs often enough for a label.
    np.testing.assert_array_equal(feature_mutual_info(X, y.astype(int)), scores)
    with pytest.warns(ThinTableWarning, match="discrete_target=False for meas") as caught:
        feature_mutual_info((X > 0), y, discrete_target=True)
    assert caught[0].filename == __file__


def test_samples_alone_in_their_class_are_left_out(rng):
    X, y = sample(rng)
    labels = (y > 0).astype(int)
    more_X, more_labels = np.vstack([X, rng.normal(size=(2, 4))]), np.append(labels, [7, 8])
    np.testing.assert_allclose(raw(more_X, more_labels), raw(X, labels), rtol=1e-12)
    forth, back = (raw(b[:, None], a[:, 0])[0] for a, b in ((more_X, more_labels), (X, labels)))
    assert forth == pytest.approx(back, rel=1e-12)


@pytest.mark.parametrize("decimals", [12, 0])
def test_classes_of_one_to_four_samples(decimals, rng):
    labels = np.repeat(np.arange(40), rng.integers(1, 5, size=40))
    X = (labels[:, None] + 10 * rng.normal(size=(labels.size, 1))).round(decimals)
    unit = X / X.std()  # of all samples, also those left out
    expected = naive.ross(unit, labels, tolerance=1e-10)
    for sides in ((X, labels), (labels[:, None], X[:, 0])):
        found = raw(*sides, discrete_features=sides[0] is not X, discrete_target=sides[0] is X)
        assert found[0] == pytest.approx(expected, rel=1e-12)


def test_identifiers_tell_nothing_about_numbers(rng):
    X = np.arange(50)[:, None].astype(str)
    with pytest.warns(IdentifierWarning, match="50 distinct labels among 50 samples"):
        assert raw(X, rng.normal(size=50))[0] == 0.0


X, Y = np.arange(20.0).reshape(10, 2), np.arange(10.0) ** 2
BAD = {
    "two targets": ((X, X), {}, "y has 2 columns"),
    "lengths": ((X, Y[:9]), {}, "X has 10 samples and y has 9"),
    "NaN": ((np.where(X == 7, np.nan, X), Y), {}, "NaN in column 1"),
    "infinity": ((X, np.where(Y == 9, np.inf, Y)), {}, "y contains infinity"),
    "missing label": ((X, ["a", None] * 5), {}, "row 1"),
    "sparse": ((csr_array(X), Y), {}, r"X is a sparse matrix of numbers \(float64\)"),
    "one dimension": ((Y, Y), {}, "Expected 2D"),
    "one sample": ((X[:1], Y[:1]), {}, "minimum of 2 is required"),
    "no y": ((X, None), {}, "requires y"),
    "neighbours": ((X, Y), {"n_neighbors": 10}, "n_neighbors=10 must be less than n_samples=10"),
    "no neighbours": ((X, Y), {"n_neighbors": 0}, "'n_neighbors' parameter"),
    "mask": ((X, Y), {"discrete_features": [True]}, "mask of 1 columns"),
    "position": ((X, Y), {"discrete_features": [5]}, "column that X does not have"),
    "word": ((X, Y), {"discrete_features": "all"}, "'discrete_features' parameter"),
    "unlike labels": ((X, Y), {"discrete_target": True}, "discrete_target=False"),
    "base": ((X, Y), {"base": -2.0}, "base must be a positive number"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    arguments, options, message = BAD[case]
    with pytest.raises(ValueError, match=message):
        feature_mutual_info(*arguments, **options)


def test_scaling_beforehand_changes_nothing(rng):
    X, y = sample(rng)
    np.testing.assert_allclose(raw(StandardScaler().fit_transform(X), y), raw(X, y), rtol=1e-9)
