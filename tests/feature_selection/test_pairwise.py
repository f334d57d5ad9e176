import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from skmi import make_estimator, pairwise_mutual_info
from skmi.exceptions import IdentifierWarning, OutlierWarning, ThinTableWarning
from skmi.feature_selection import feature_mutual_info


def mixed_frame(n_samples=300, seed=0):
    """Columns of all kinds that tell about each other."""
    rng = np.random.default_rng(seed)
    a = rng.normal(size=n_samples)
    return pd.DataFrame(
        {
            "number": a,
            "copy": a + 0.5 * rng.normal(size=n_samples),
            "noise": rng.exponential(size=n_samples),
            "word": np.where(a > 0.3, "high", np.where(a < -0.5, "low", "middle")),
            "flag": rng.random(n_samples) < 0.3,
            "count": rng.poisson(3 + np.abs(a)),
            "few": rng.integers(0, 3, size=n_samples),
        }
    )


def test_each_pair_has_the_value_of_the_feature_score():
    frame = mixed_frame()
    matrix = pairwise_mutual_info(frame, clip=False)
    for i, name in enumerate(frame):
        for other in list(frame)[i + 1 :]:
            (score,) = feature_mutual_info(frame[[name]], frame[other], clip=False)
            assert matrix.loc[name, other] == pytest.approx(score, abs=1e-14)
            assert matrix.loc[other, name] == matrix.loc[name, other]


def test_numbers_have_the_value_of_ksg_local():
    X = mixed_frame()[["number", "copy", "noise"]].to_numpy()
    matrix = pairwise_mutual_info(X, clip=False)
    for i, j in (0, 1), (0, 2), (1, 2):
        truth = make_estimator("ksg-local").fit(X[:, [i]], X[:, j]).mi_
        assert matrix[i, j] == pytest.approx(truth, abs=1e-12)


def test_labels_have_the_value_of_scikit_learn():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, size=(500, 3))
    X[:, 2] = np.where(rng.random(500) < 0.7, X[:, 0], X[:, 2])
    matrix = pairwise_mutual_info(X)
    for i in range(3):
        for j in range(3):
            assert matrix[i, j] == pytest.approx(mutual_info_score(X[:, i], X[:, j]), abs=1e-12)


def test_gaussian_truth():
    rng = np.random.default_rng(0)
    rho = 0.8
    x, noise = rng.normal(size=(2, 5000))
    matrix = pairwise_mutual_info(np.column_stack([x, rho * x + np.sqrt(1 - rho**2) * noise]))
    assert matrix[0, 1] == pytest.approx(-0.5 * np.log(1 - rho**2), abs=0.03)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.permutations(range(4)), st.floats(1e-9, 1e9))
def test_units_and_order_of_columns_change_nothing(seed, order, factor):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 4)) @ rng.normal(size=(4, 4))
    matrix = pairwise_mutual_info(X, clip=False)
    np.testing.assert_array_equal(matrix, matrix.T)
    other = pairwise_mutual_info(X[:, order] * [factor, 1.0, -1.0, 1 / factor], clip=False)
    np.testing.assert_allclose(other, matrix[np.ix_(order, order)], rtol=1e-9, atol=1e-12)


def test_diagonal():
    frame = mixed_frame()
    frame["constant"] = 1.5
    matrix = pairwise_mutual_info(frame)
    shares = frame["word"].value_counts()
    assert matrix.loc["word", "word"] == pytest.approx(entropy(shares))
    assert matrix.loc["number", "number"] == np.inf
    assert (matrix["constant"] == 0.0).all()
    bits = pairwise_mutual_info(frame, base=2)
    assert bits.loc["word", "word"] == pytest.approx(entropy(shares, base=2))
    assert bits.loc["number", "copy"] == pytest.approx(matrix.loc["number", "copy"] / np.log(2))
    assert (np.diag(pairwise_mutual_info(frame, diagonal=0.0)) == 0.0).all()
    assert np.isnan(np.diag(pairwise_mutual_info(frame, diagonal=None))).all()


def test_a_frame_gives_a_frame_of_its_library():
    frame = mixed_frame()
    truth = pairwise_mutual_info(frame)
    assert list(truth.index) == list(truth.columns) == list(frame)
    for library in pl.from_pandas(frame), pa.Table.from_pandas(frame):
        found = pairwise_mutual_info(library)
        assert type(found) is type(library)
        names = found.columns if isinstance(found, pl.DataFrame) else found.column_names
        assert list(names) == list(frame)
        values = np.column_stack([np.asarray(found[name]) for name in names])
        np.testing.assert_array_equal(values, truth.to_numpy())


def test_threads_change_nothing():
    frame = mixed_frame()
    one, two = (
        pairwise_mutual_info(frame, n_permutations=5, random_state=0, n_jobs=n) for n in (1, 2)
    )
    np.testing.assert_array_equal(one.mi, two.mi)
    np.testing.assert_array_equal(one.pvalues, two.pvalues)


def test_pvalues_tell_dependence_from_chance():
    frame = mixed_frame(200)
    mi, pvalues = pairwise_mutual_info(frame, n_permutations=39, random_state=0)
    assert pvalues.loc["number", "copy"] == pvalues.loc["copy", "number"] == 1 / 40
    assert pvalues.loc["number", "word"] == 1 / 40
    assert pvalues.loc["noise", "flag"] > 0.05
    assert np.isnan(np.diag(pvalues)).all()
    pd.testing.assert_frame_equal(mi, pairwise_mutual_info(frame))


def test_pvalues_are_uniform_for_independent_columns():
    rng = np.random.default_rng(0)
    _, pvalues = pairwise_mutual_info(rng.normal(size=(60, 25)), n_permutations=19, random_state=0)
    found = pvalues[np.triu_indices(25, 1)]
    assert 0.02 < np.mean(found <= 0.05) < 0.09  # 300 pairs
    assert 0.4 < found.mean() < 0.6


def test_doubts_are_told_once():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": [f"row {i}" for i in range(100)],
            "a": rng.choice(list("abcdefghijkl"), size=100),
            "b": rng.choice(list("abcdefghijkl"), size=100),
            "wild": np.where(np.arange(100) == 5, 1e9, rng.normal(size=100)),
        }
    )
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        matrix = pairwise_mutual_info(frame)
    classes = [w.category for w in told]
    for each in IdentifierWarning, ThinTableWarning, OutlierWarning:
        assert classes.count(each) == 1
    # What an identifier gives by chance is all that it gives.
    assert matrix.loc["id", "a"] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("X", "match"),
    [
        ([1.0, 2.0], "2D"),
        ([[1.0, np.nan], [2.0, 3.0]], "NaN"),
        ([[1.0, 2.0], [2.0, 3.0]], "n_neighbors=3"),
        (None, "X"),
    ],
)
def test_bad_input_is_refused(X, match):
    with pytest.raises(ValueError, match=match):
        pairwise_mutual_info(X)


def test_bad_diagonal_is_refused():
    with pytest.raises(ValueError, match="diagonal"):
        pairwise_mutual_info(np.eye(9), diagonal="ones")
