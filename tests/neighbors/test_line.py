"""One column against another: every count is the naive one, ties and all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skmi.neighbors import count_neighbors
from skmi.neighbors._line_labels import count_neighbors_on_line
from skmi.neighbors._strips import sort_line
from tests import naive
from tests.neighbors.labelled import count_neighbors_of_labels
from tests.worlds import SQUARABLE, WORLDS

MODES = [(False, None), (False, 0.0), (False, 1e-10), (True, None), (True, 1e-10)]


def assert_lines_are_brute_force(x, y, k, scale=1.0):
    for closed, tolerance in MODES:
        expected, found = (
            count_neighbors(
                x[:, None],
                y[:, None],
                k,
                scales=[scale],
                closed=closed,
                tie_tolerance=tolerance,
                algorithm=algorithm,
            )
            for algorithm in ("brute", "line")
        )
        for name in expected._fields:
            np.testing.assert_array_equal(
                getattr(found, name),
                getattr(expected, name),
                err_msg=f"{name} {closed} {tolerance}",
            )


@pytest.mark.parametrize("name", WORLDS)
def test_counts_are_those_of_brute_force(name, rng):
    X, y = WORLDS[name](rng)
    for k in sorted({1, 3, len(X) // 4, len(X) - 1}):
        for scale in (1.0, 0.3, 1e-4, 1e4):
            assert_lines_are_brute_force(X[:, 0], y[:, 0], k, scale)


@pytest.mark.parametrize("name", SQUARABLE)
def test_counts_equal_the_definition(name, rng):
    X, y = (side[:, :1] for side in WORLDS[name](rng))
    for closed, tolerance in MODES:
        expected = naive.counts(X, y, 3, closed=closed, tolerance=tolerance)
        found = count_neighbors(X, y, 3, closed=closed, tie_tolerance=tolerance, algorithm="line")
        for name_, values, column in zip(found._fields, expected, found, strict=True):
            np.testing.assert_array_equal(column[:, 0], values, err_msg=f"{name_} {closed}")


values = st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.1, 0.2, 0.30000000000000004, 0.3, 1e9, -1e9, -0.0])


@given(
    data=arrays(float, st.tuples(st.integers(5, 60), st.just(2)), elements=values),
    k=st.integers(1, 4),
)
def test_hostile_values(data, k):
    assert_lines_are_brute_force(data[:, 0].copy(), data[:, 1].copy(), k)


@pytest.mark.parametrize("step", [0.0, 0.01, 0.2, 1.0])
def test_many_strips(step, rng):
    x, y = rng.normal(size=(2, 3000))
    y += x**2
    if step:
        x, y = np.round(x / step), np.round(y / step)
    assert_lines_are_brute_force(x, y, 3)
    assert_lines_are_brute_force(x**9, y, 3)  # heavy tails: counts beyond the window


def test_differences_beyond_the_largest_number():
    x = np.array([1e308, -1e308, 1.5e308, -1.2e308, 0.0, 1.0, 2.0, 1e307])
    assert_lines_are_brute_force(x, -x, 1)
    assert_lines_are_brute_force(x, np.arange(8.0), 1)


def test_automatic_where_it_can_be(rng):
    X, y = rng.normal(size=(2, 50, 1))
    expected = count_neighbors(X, y, 3, algorithm="brute")
    found = count_neighbors(X, y, 3)
    np.testing.assert_array_equal(found.n_x, expected.n_x)
    for options in ({"metric": "euclidean"}, {"scales": [0.5, 1.0]}):
        expected, found = (
            count_neighbors(X, y, 3, algorithm=a, **options) for a in ("brute", "auto")
        )
        np.testing.assert_array_equal(found.n_x, expected.n_x)


def test_the_number_of_threads_changes_nothing(rng):
    X, y = rng.normal(size=(2, 5000, 1))
    one, three = (count_neighbors(X, y, 3, n_jobs=n, algorithm="line") for n in (1, 3))
    for a, b in zip(one, three, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("step", [0.0, 0.2, 1.0, 1e9])
@pytest.mark.parametrize("tolerance", [None, 0.0, 1e-10])
@pytest.mark.parametrize("k", [1, 3, 50])
def test_labels_on_a_line_count_as_in_the_plane(step, tolerance, k, rng):
    x = rng.normal(size=300)
    x = np.round(x / step) if step else x
    labels = rng.integers(0, 4, size=300)
    labels[:3] = 6  # a small class, after a code that does not occur
    line = sort_line(x)
    found = count_neighbors_on_line(line.values, labels[line.order], k, tie_tolerance=tolerance)
    expected = count_neighbors_of_labels(
        x[:, None], np.empty((300, 0)), None, labels, k, tie_tolerance=tolerance, algorithm="brute"
    )
    np.testing.assert_allclose(found.radius, expected.radius[line.order, 0], rtol=1e-14)
    for name in ("n_joint", "n_x", "n_y"):
        np.testing.assert_array_equal(
            getattr(found, name), getattr(expected, name)[line.order, 0], err_msg=name
        )
