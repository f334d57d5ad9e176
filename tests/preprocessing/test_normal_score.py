"""Ranks as normal scores: whatever increasing map a column went through, it is undone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm, rankdata

from skmi import GlobalScaler, NormalScoreScaler
from tests.worlds import WORLDS


def by_definition(X):
    """Normal scores of mean ranks, then the root of the columns' mean variance."""
    scores = norm.ppf((rankdata(X, axis=0) - 0.5) / len(X))
    factor = np.sqrt(scores.var(axis=0).mean())
    return scores / factor if factor else scores


@pytest.mark.parametrize("world", WORLDS)
def test_is_the_definition(world, rng):
    for side in WORLDS[world](rng):
        found = NormalScoreScaler().fit_transform(side)
        np.testing.assert_allclose(found, by_definition(side), atol=1e-14, rtol=1e-12)


def test_columns_without_ties_have_variance_one(rng):
    scaled = NormalScoreScaler().fit_transform(rng.exponential(size=(101, 3)) * [1, 1e9, 1e-9])
    np.testing.assert_allclose(scaled.var(axis=0), 1, rtol=1e-13)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-15)


MAPS = {
    "cube": lambda v: v**3,
    "exponential": np.exp,
    "power of two": lambda v: 2.0**-40 * v,
    "factor and offset": lambda v: 1e12 * v - 3e11,
    "another for each column": lambda v: np.column_stack([np.arctan(v[:, 0]), np.sinh(v[:, 1])]),
}


@pytest.mark.parametrize("name", MAPS)
@given(X=arrays(int, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(-60, 60)))
def test_any_increasing_map_of_a_column_changes_nothing(name, X):
    X = X / 16
    expected = NormalScoreScaler().fit_transform(X)
    np.testing.assert_array_equal(NormalScoreScaler().fit_transform(MAPS[name](X)), expected)


@given(exponent=st.integers(-60, 60), sign=st.sampled_from([1, -1]))
def test_new_data_in_other_units(exponent, sign):
    rng = np.random.default_rng(3)
    X, new = rng.normal(size=(40, 2)), rng.normal(size=(30, 2))
    factor = sign * 2.0**exponent
    expected = sign * NormalScoreScaler().fit(X).transform(new)
    found = NormalScoreScaler().fit(factor * X).transform(factor * new)
    if sign > 0:
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-13)


def test_new_data_lie_between_their_neighbours_and_end_at_the_ends():
    scaler = NormalScoreScaler().fit([[1.0], [2.0], [4.0], [4.0]])
    low, middle, high = scaler.scores_[0]
    new = [[-1e300], [1.0], [1.25], [3.0], [4.0], [1e300]]
    expected = [low, low, 0.75 * low + 0.25 * middle, (middle + high) / 2, high, high]
    np.testing.assert_allclose(scaler.transform(new).ravel(), expected, rtol=1e-15)


def test_constant_columns_become_zero():
    X = np.column_stack([np.full(6, 1e9), np.arange(6.0), np.full(6, -3)])
    scaled = NormalScoreScaler().fit_transform(X)
    np.testing.assert_array_equal(scaled[:, [0, 2]], 0)
    # One factor from all columns, those that are constant among them.
    assert scaled[:, 1].var() == pytest.approx(3)
    constant = NormalScoreScaler().fit(X[:, :1])
    assert constant.scale_ == 1
    np.testing.assert_array_equal(constant.transform([[0.0], [1e9], [2e9]]), 0)


def test_the_way_back(rng):
    X = np.round(rng.normal(size=(50, 3)) ** 3, 1)
    scaler = NormalScoreScaler().fit(X)
    np.testing.assert_array_equal(scaler.inverse_transform(scaler.transform(X)), X)


def test_single_precision_and_names(rng):
    X = rng.normal(size=(30, 2)).astype(np.float32)
    scaler = NormalScoreScaler().fit(X)
    assert scaler.transform(X).dtype == np.float32
    np.testing.assert_array_equal(scaler.transform(X), scaler.transform(X * 1.0).astype("f4"))
    frame = pd.DataFrame(X, columns=["a", "b"])
    framed = NormalScoreScaler().set_output(transform="pandas").fit_transform(frame)
    assert list(framed.columns) == ["a", "b"]


def test_the_factor_is_that_of_the_global_scaler(rng):
    X = np.column_stack([rng.normal(size=80), rng.integers(0, 2, size=80)])
    scores = norm.ppf((rankdata(X, axis=0) - 0.5) / len(X))
    expected = GlobalScaler(corrected=True).fit(scores).scale_
    assert NormalScoreScaler().fit(X).scale_ == pytest.approx(expected, rel=1e-14)
