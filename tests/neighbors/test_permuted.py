"""Sorted distances give the counts of an ordinary search, whatever the permutation."""

import numpy as np
import pytest

from skmi.neighbors._counts import count_neighbors
from skmi.neighbors._permuted import count_permuted_neighbors, sort_pair, sorting_pays
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


def test_memory_is_bounded():
    assert sorting_pays(6688, 4)
    assert not sorting_pays(6689, 4)
    assert not sorting_pays(100_000, 2)
