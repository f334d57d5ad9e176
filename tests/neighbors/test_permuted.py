"""Every engine counts alike with one side permuted, and sorts once for all permutations."""

import numpy as np
import pytest

from skmi._input._sample import Sample, make_variable
from skmi.neighbors import Query, count_neighbors, make_counter
from skmi.neighbors._counter import ENGINES, make_engine
from skmi.neighbors._jit import BUDGET
from skmi.neighbors._sorted_distances import sort_distances
from tests.worlds import WORLDS

SCALES = {"one": [1.0], "paper": np.arange(1, 21) / 10, "octaves": 2.0 ** np.arange(-40, 41, 5)}
QUERIES = {
    "open": Query(3),
    "tolerant": Query(4, tie_tolerance=1e-10),
    "closed and euclidean": Query(2, True, "euclidean", 0.0),
    "many neighbours": Query(17),
}


def engines(x, y, query, scales):
    """All that can answer."""
    on_lines = x.shape[1] == y.shape[1] == len(scales) == 1 and not query.euclidean
    return [name for name in ENGINES if name != "line" or on_lines]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("query", QUERIES)
def test_every_engine_counts_alike(world, query, rng):
    x, y = WORLDS[world](rng)
    query = QUERIES[query]
    if query.euclidean and world in ("tiny numbers", "huge numbers"):
        return  # the counter brings them to size
    query = query._replace(n_neighbors=min(query.n_neighbors, len(x) - 1))
    order = rng.permutation(len(x))
    for scales in map(np.array, SCALES.values()):
        options = dict(
            zip(("n_neighbors", "closed", "metric", "tie_tolerance"), query, strict=True)
        )
        for permuted in (y, y[order]):
            expected = count_neighbors(x, permuted, algorithm="brute", scales=scales, **options)
            for name in engines(x, y, query, scales):
                engine = make_engine(name)(x, y, query)
                found = (
                    engine.count(scales) if permuted is y else engine.count_permuted(order, scales)
                )
                for field, a, b in zip(expected._fields, expected, found, strict=True):
                    np.testing.assert_array_equal(a, b, err_msg=f"{name} {field}")


@pytest.mark.parametrize("side", ["X", "y"])
@pytest.mark.parametrize("n_columns", [1, 2])
@pytest.mark.parametrize("n_neighbors", [1, 3, 149])
def test_a_counter_permutes_y_and_multiplies_either_side(side, n_columns, n_neighbors, rng):
    x, y = np.round(rng.normal(size=(2, 150, n_columns)), 1)
    order = rng.permutation(150)
    query = Query(n_neighbors, tie_tolerance=1e-10)
    sample = Sample(make_variable(x, "X")[0], make_variable(y, "y")[0])
    scales = np.array([3.0, 0.5, 1.0])
    for engine in ("auto", *(name for name in ENGINES if name != "line")):
        counter = make_counter(sample, query, engine=engine)
        for permuted, given in ((y, None), (y[order], order), (y[order[::-1]], order[::-1])):
            found = counter.count(scales, side=side, order=given)
            for s, scale in enumerate(scales):
                sides = (x, scale * permuted) if side == "y" else (scale * x, permuted)
                expected = count_neighbors(*sides, n_neighbors, tie_tolerance=1e-10)
                for a, b in zip(expected[1:], found[1:], strict=True):
                    np.testing.assert_array_equal(a[:, 0], b[:, s], err_msg=engine)


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


@pytest.mark.parametrize(
    ("scales", "n_columns", "metric", "made"),
    [
        ([1.0], 1, "chebyshev", "line"),
        ([1.0], 1, "euclidean", "sorted"),
        ([1.0, 2.0], 1, "chebyshev", "sorted"),
        ([1.0], 2, "chebyshev", "sorted"),
    ],
)
def test_what_is_made_once_is_kept(scales, n_columns, metric, made, rng, monkeypatch):
    monkeypatch.setattr(BUDGET, "spend", lambda *_: False)
    x, y = rng.normal(size=(2, 50, n_columns))
    sample = Sample(make_variable(x, "X")[0], make_variable(y, "y")[0])
    counter = make_counter(sample, Query(3, metric=metric))
    kept = []
    for _ in range(2):
        counter.count(scales, order=rng.permutation(50))
        (engine,) = counter._made.values()
        kept.append(vars(engine)["_lines" if made == "line" else "_sides"])
    assert kept[0] is kept[1]
    ((name, *_),) = counter._made
    assert name == made
