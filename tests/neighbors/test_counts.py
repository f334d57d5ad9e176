"""Every count is the naive one: every way to it, every metric, on every input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skmi.neighbors import count_neighbors
from skmi.neighbors._counter import ENGINES, choose_engine, choose_repeated
from skmi.neighbors._engine import Query
from tests import naive
from tests.worlds import SQUARABLE, WORLDS

SCALES = np.array([0.1, 0.3, 1.0, 1.7, 20.0])
# Engines for any number of columns and scales.
ANYWHERE = [name for name in ENGINES if name != "line"]


def assert_counts_are_naive(X, y, k, *, scales=SCALES, metrics=("chebyshev", "euclidean")):
    for metric in metrics:
        for closed, tolerance in ((False, None), (False, 0.0), (True, None), (True, 1e-10)):
            options = {"closed": closed, "metric": metric}
            expected = [
                naive.counts(X, y, k, scale=c, tolerance=tolerance, **options) for c in scales
            ]
            for algorithm in ANYWHERE:
                found = count_neighbors(
                    X, y, k, scales=scales, tie_tolerance=tolerance, algorithm=algorithm, **options
                )
                for s in range(len(scales)):
                    np.testing.assert_allclose(found.radius[:, s], expected[s][0], rtol=1e-14)
                    for name, position in (("n_joint", 1), ("n_x", 2), ("n_y", 3)):
                        np.testing.assert_array_equal(
                            getattr(found, name)[:, s],
                            expected[s][position],
                            err_msg=f"{name} {algorithm} {options} {tolerance} c={scales[s]}",
                        )


@pytest.mark.parametrize("name", SQUARABLE)
def test_counts_equal_the_definition(name, rng):
    X, y = WORLDS[name](rng)
    assert_counts_are_naive(X, y, 3)


@pytest.mark.parametrize("name", ["tiny numbers", "huge numbers"])
def test_counts_equal_the_definition_at_extreme_magnitudes(name, rng):
    X, y = WORLDS[name](rng)
    assert_counts_are_naive(X, y, 3, metrics=["chebyshev"])
    unit = 2.0 ** np.round(np.log2(np.abs(X).max()))
    near_one = count_neighbors(X / unit, y / unit, 3, metric="euclidean", closed=True)
    found = count_neighbors(X, y, 3, metric="euclidean", closed=True)
    np.testing.assert_array_equal(found.n_x, near_one.n_x)
    np.testing.assert_array_equal(found.n_y, near_one.n_y)
    np.testing.assert_allclose(found.radius, near_one.radius * unit, rtol=1e-14)


@pytest.mark.parametrize("k", [1, 2, 17, 80, 149])
def test_any_number_of_neighbors(k, rng):
    assert_counts_are_naive(*WORLDS["integer grid"](rng), k, scales=[0.5, 1.0, 2.0])


@pytest.mark.parametrize("n_scales", [1, 2, 3, 20, 61])
def test_any_number_of_scales(n_scales, rng):
    scales = np.geomspace(1e-3, 1e3, n_scales) if n_scales > 1 else [0.7]
    X, y = WORLDS["plane"](rng)
    assert_counts_are_naive(X, y, 3, scales=scales, metrics=["chebyshev"])


values = st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.1, 0.2, 0.30000000000000004, 0.3, 1e9, -1e9])


@given(
    data=arrays(float, st.tuples(st.integers(5, 30), st.just(3)), elements=values),
    k=st.integers(1, 4),
    split=st.integers(1, 2),
)
def test_counts_equal_the_definition_on_hostile_values(data, k, split):
    assert_counts_are_naive(data[:, :split], data[:, split:], k, scales=[0.1, 1.0, 3.0])


def test_the_searchsorted_trap():
    # 0.1 + 0.2 > 0.3 in floating point: a window from x - r to x + r would take in a
    # point whose distance is not below r.
    x = np.array([[0.1], [0.3], [0.5], [0.7], [0.9]])
    assert_counts_are_naive(x, x.copy(), 1, scales=[1.0])


@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
@pytest.mark.parametrize("n", [300, 2500])
def test_the_number_of_threads_changes_nothing(n, algorithm, rng):
    X, y = rng.normal(size=(2, n, 2))
    one, four = (
        count_neighbors(X, y, 3, scales=SCALES, algorithm=algorithm, n_jobs=n_jobs)
        for n_jobs in (1, 4)
    )
    for a, b in zip(one, four, strict=True):
        np.testing.assert_array_equal(a, b)


EUCLIDEAN = Query(3, metric="euclidean")


def test_trees_are_chosen_for_few_features_and_many_samples():
    assert choose_engine(10_000, 2, 1, EUCLIDEAN) == "kd_tree"
    assert choose_engine(10_000, 2, 20, Query(3)) == "kd_tree"
    assert choose_engine(100, 2, 1, Query(3)) == "line"
    assert choose_engine(100, 4, 1, Query(3)) == "brute"
    assert choose_engine(100_000, 2, 20, Query(41)) == "kd_tree"
    assert choose_engine(10_000, 60, 20, Query(3)) == "brute"


def test_the_memory_of_sorted_distances_is_bounded():
    assert choose_repeated(6688, 4, 20, Query(3)) == "sorted"
    for size in (6689, 4, 20), (6689, 100, 1), (100_000, 2, 20):
        assert choose_repeated(*size, Query(3)) != "sorted"


def test_trees_are_left_what_they_do_faster():
    for size, query, pays in (
        ((1000, 10, 1), EUCLIDEAN, True),
        ((1000, 11, 1), EUCLIDEAN, False),
        ((1000, 11, 1), Query(3), True),
        ((1000, 11, 20), EUCLIDEAN, True),
        ((1900, 4, 1), Query(3), True),
        ((2000, 4, 1), Query(3), False),
        ((2000, 2, 20), Query(3), True),
        ((2001, 2, 20), Query(3), False),
        ((1000, 2, 1), Query(3), False),
    ):
        assert (choose_repeated(*size, query) == "sorted") is pays
