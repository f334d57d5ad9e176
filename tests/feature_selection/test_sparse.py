"""Sparse labels and counts: the scores of the same columns made dense."""

import time
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import SelectKBest, mutual_info_classif

from skmi.exceptions import ConstantWarning, IdentifierWarning, ThinTableWarning
from skmi.feature_selection import FeatureMutualInfo, MutualInfoSelector, feature_mutual_info

CONTAINERS = [sparse.csr_array, sparse.csc_matrix, sparse.coo_array, sparse.lil_matrix]


def documents(rng, n_samples=300, n_words=20, density=0.1):
    counts = rng.integers(1, 3, size=(n_samples, n_words))
    X = np.where(rng.random((n_samples, n_words)) < density, counts, 0)
    y = (X[:, 0] > 0) * 2 + rng.integers(0, 2, n_samples)
    return X, y


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int64])
def test_as_dense(container, dtype, rng):
    X, y = documents(rng)
    X = X.astype(dtype)
    expected = feature_mutual_info(X, y, discrete_features=True, clip=False)
    found = feature_mutual_info(container(X), y, clip=False)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(1, 6), st.integers(1, 5))
def test_any_table(seed, n_samples, n_columns, n_classes):
    rng = np.random.default_rng(seed)
    X = rng.integers(-2, 3, size=(n_samples, n_columns)) * rng.integers(
        0, 2, size=(n_samples, n_columns)
    )
    y = rng.integers(0, n_classes, n_samples)
    y[-1] = y[0]
    options = {"discrete_target": True, "clip": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = feature_mutual_info(sparse.csr_array(X), y, **options)
        expected = feature_mutual_info(X, y, discrete_features=True, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def test_zeros_and_repeats_that_are_stored(rng):
    X, y = documents(rng)
    expected = feature_mutual_info(sparse.csr_array(X), y)
    rows, columns = np.indices(X.shape).reshape(2, -1)
    every = sparse.csr_array((X.ravel(), (rows, columns)), shape=X.shape)
    assert every.nnz == X.size
    np.testing.assert_allclose(feature_mutual_info(every, y), expected, rtol=1e-12)
    assert every.nnz == X.size  # what is given stays as it is
    twice = (np.tile(X.ravel(), 2), (np.tile(rows, 2), np.tile(columns, 2)))
    doubled = feature_mutual_info(sparse.coo_array(twice, shape=X.shape), y)
    np.testing.assert_allclose(doubled, expected, rtol=1e-12)


def test_as_scikit_learn(rng):
    X, y = documents(rng)
    expected = mutual_info_classif(sparse.csr_array(X), y, discrete_features=True)
    np.testing.assert_allclose(feature_mutual_info(sparse.csr_array(X), y), expected, atol=1e-12)


def test_a_target_of_numbers(rng):
    X, y = documents(rng)
    numbers = y + 0.1 * rng.normal(size=len(y))
    expected = feature_mutual_info(X, numbers, discrete_features=True)
    np.testing.assert_array_equal(feature_mutual_info(sparse.csc_array(X), numbers), expected)


def test_pvalues_as_dense(rng):
    X, y = documents(rng)
    for target in (y, y + 0.1 * rng.normal(size=len(y))):
        expected = FeatureMutualInfo(19, discrete_features=True, random_state=0)(X, target)
        found = FeatureMutualInfo(19, random_state=0)(sparse.csr_array(X), target)
        np.testing.assert_allclose(found[0], expected[0], atol=1e-14)
        np.testing.assert_array_equal(found[1], expected[1])


def test_selection_as_dense(rng):
    X, y = documents(rng)
    X[:, 5] = 0
    options = {"alpha": 0.05, "random_state": 0}
    with pytest.warns(ConstantWarning, match="column 5"):
        dense = MutualInfoSelector(**options, discrete_features=True).fit(X, y)
    with pytest.warns(ConstantWarning, match="column 5"):
        found = MutualInfoSelector(**options).fit(sparse.csr_array(X), y)
    np.testing.assert_array_equal(found.pvalues_, dense.pvalues_)
    np.testing.assert_array_equal(found.n_permutations_, dense.n_permutations_)
    assert list(found.get_support(indices=True)) == [0]
    assert sparse.issparse(found.transform(sparse.csr_array(X)))


def test_words_occurring_equally_often_share_a_null(rng):
    X = np.zeros((200, 6), dtype=int)
    for column in X.T[:4]:
        column[rng.choice(200, 30, replace=False)] = 1
    X[:10, 4:] = [1, 2]
    selector = MutualInfoSelector(2, n_permutations=9, random_state=0)
    assert list(selector.fit(sparse.csr_array(X), np.arange(200) % 3).null_) == ["shared"] * 6
    X[0, 4] = 3
    null = selector.fit(sparse.csr_array(X), np.arange(200) % 3).null_
    assert list(null) == ["shared"] * 4 + ["own"] * 2


def test_words_of_documents():
    texts = ["the ball and the goal", "the vote and the law", "a goal", "a law"] * 10
    counts = CountVectorizer().fit(texts)
    X, y = counts.transform(texts), ["sport", "politics"] * 20
    selected = SelectKBest(feature_mutual_info, k=2).fit(X, y).get_support()
    assert set(counts.get_feature_names_out()[selected]) == {"goal", "law"}


def test_doubts_as_dense(rng):
    X = rng.integers(1, 30, size=(100, 2))
    y = rng.integers(0, 20, size=100)
    words = y.astype(str)
    with pytest.warns(ThinTableWarning, match=r"column [01] of X .* has \d+ labels and y 20"):
        feature_mutual_info(sparse.csr_array(X), words)
    X = np.column_stack([X[:, 0] % 2, np.arange(100)])
    with pytest.warns(IdentifierWarning, match="column 1 of X looks like an identifier: 100"):
        found = feature_mutual_info(sparse.csr_array(X), y % 2, clip=False)
    assert found[1] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (lambda X: X.astype(float), {}, r"numbers \(float64\).* X.toarray\(\).*discrete_features"),
        (lambda X: X, {"discrete_features": False}, "sparse matrix of numbers"),
        (lambda X: X, {"discrete_features": [0]}, "sparse matrix of numbers"),
        (lambda X: X, {"discrete_features": [99]}, "names a column that X does not have"),
        (lambda X: X.astype(complex), {}, "sparse X holds complex numbers"),
        (lambda X: X * np.nan, {"discrete_features": True}, "X contains NaN in column 0"),
        (lambda X: X[:5], {}, "X has 5 samples and y has 300"),
        (lambda X: X[:1], {}, "minimum of 2 samples"),
    ],
)
def test_bad_input_is_said_so(change, options, message, rng):
    X, y = documents(rng)
    X[0, 0] = 1
    with pytest.raises(ValueError, match=message):
        feature_mutual_info(change(sparse.csr_array(X)), y, **options)


def test_many_words_take_no_time(rng):
    n_samples, n_words, n_entries = 5000, 20_000, 300_000
    where = rng.integers(0, n_samples, n_entries), rng.integers(0, n_words, n_entries)
    X = sparse.csr_array((np.ones(n_entries, dtype=int), where), shape=(n_samples, n_words))
    y = rng.integers(0, 20, n_samples)
    start = time.process_time()
    scores = feature_mutual_info(X, y)
    assert scores.shape == (n_words,)
    assert time.process_time() - start < 3.0  # 0.1 s; dense 800 MB
