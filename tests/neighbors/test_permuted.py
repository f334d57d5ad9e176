"""Sorted distances give the counts of an ordinary search, whatever the permutation."""

import numpy as np
import pytest

from skmi.neighbors import _permuted
from skmi.neighbors._counts import count_neighbors
from skmi.neighbors._permuted import (
    PermutedCounts,
    count_permuted_neighbors,
    sort_pair,
    sorting_pays,
)
from skmi.neighbors._sorted_distances import sort_distances
from tests.worlds import WORLDS

SCALES = {"one": [1.0], "paper": np.arange(1, 21) / 10, "octaves": 2.0 ** np.arange(-40, 41, 5)}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("scales", SCALES)
def test_counts_are_those_of_a_search(world, scales, rng):
    x, y = WORLDS[world](rng)
    permutations = [np.arange(len(x)), rng.permutation(len(x))]
    for metric, closed, tolerance, k in (
        ("chebyshev", False, None, 3),
        ("chebyshev", False, 1e-10, 4),
        ("euclidean", True, 0.0, 2),
    ):
        pair = sort_pair(x, y, metric=metric)
        options = {"scales": SCALES[scales], "closed": closed, "tie_tolerance": tolerance}
        for permutation in permutations:
            expected = count_neighbors(
                x, y[permutation], k, metric=metric, algorithm="brute", **options
            )
            found = count_permuted_neighbors(pair, permutation, k, **options)
            for name, a, b in zip(expected._fields, expected, found, strict=True):
                np.testing.assert_array_equal(a, b, err_msg=f"{metric} {name}")


@pytest.mark.parametrize("n_neighbors", [1, 5, 17, 149])
def test_any_number_of_neighbors(n_neighbors, rng):
    x, y = WORLDS["line"](rng)
    permutation = rng.permutation(len(x))
    expected = count_neighbors(x, y[permutation], n_neighbors, scales=SCALES["paper"])
    found = count_permuted_neighbors(
        sort_pair(x, y), permutation, n_neighbors, scales=SCALES["paper"]
    )
    for a, b in zip(expected, found, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("n_features", [1, 2])
@pytest.mark.parametrize("euclidean", [False, True])
def test_rows_ascend_and_say_to_whom(n_features, euclidean, rng):
    points = np.round(rng.normal(size=(300, n_features)), 1)
    points[0] = 1e300 if not euclidean else 1e3
    by_one = sort_distances(points, euclidean=euclidean, n_threads=1)
    by_two = sort_distances(points, euclidean=euclidean, n_threads=2)
    np.testing.assert_array_equal(by_one.distances, by_two.distances)
    gaps = np.abs(points[:, None] - points)
    expected = (gaps**2).sum(axis=2) if euclidean else gaps.max(axis=2)
    np.fill_diagonal(expected, np.inf)
    np.testing.assert_array_equal(by_one.distances, np.sort(expected, axis=1))
    np.testing.assert_array_equal(
        np.take_along_axis(expected, by_one.order.astype(int), axis=1), by_one.distances
    )
    np.testing.assert_array_equal(by_one.order[:, -1], np.arange(300))


@pytest.mark.parametrize("metric", ["chebyshev", "euclidean"])
@pytest.mark.parametrize("n_columns", [1, 2])
def test_every_way_counts_alike(n_columns, metric, rng, monkeypatch):
    x, y = np.round(rng.normal(size=(2, 150, n_columns)), 1)
    options = {"closed": False, "metric": metric, "tie_tolerance": 1e-10, "n_jobs": 1}
    count, permutation = PermutedCounts(x, y, 3, **options), rng.permutation(150)
    for scales in SCALES.values():
        expected = count_neighbors(x, y[permutation], 3, scales=scales, **options)
        for memory in (2**30, 0):
            monkeypatch.setattr(_permuted, "_MEMORY", memory)
            found = count(permutation, scales)
            for a, b in zip(expected, found, strict=True):
                np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("scales", "n_columns", "metric", "made"),
    [
        ([1.0], 1, "chebyshev", "_lines"),
        ([1.0], 1, "euclidean", "_sorted"),
        ([1.0, 2.0], 1, "chebyshev", "_sorted"),
        ([1.0], 2, "chebyshev", "_sorted"),
    ],
)
def test_what_is_made_once_is_kept(scales, n_columns, metric, made, rng):
    x, y = rng.normal(size=(2, 50, n_columns))
    count = PermutedCounts(x, y, 3, closed=False, metric=metric, tie_tolerance=None, n_jobs=None)
    kept = []
    for _ in range(2):
        count(rng.permutation(50), scales)
        kept.append(vars(count)[made])
    assert kept[0] is kept[1]
    assert {"_lines", "_sorted"} & set(vars(count)) == {made}


def test_memory_is_bounded():
    assert sorting_pays(6688, 4, 20)
    assert not sorting_pays(6689, 4, 20)
    assert not sorting_pays(6689, 100, 1)
    assert not sorting_pays(100_000, 2, 20)


def test_trees_are_left_what_they_do_faster():
    assert sorting_pays(1000, 10, 1, "euclidean")
    assert not sorting_pays(1000, 11, 1, "euclidean")
    assert sorting_pays(1000, 11, 1)
    assert sorting_pays(1000, 11, 20, "euclidean")
    assert sorting_pays(1900, 4, 1)
    assert not sorting_pays(2000, 4, 1)
    assert sorting_pays(2000, 2, 20)
    assert not sorting_pays(2001, 2, 20)
