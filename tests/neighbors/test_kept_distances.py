"""Distances kept in single precision give the counts of distances made afresh."""

import numpy as np
import pytest

from skmi.neighbors import Query, count_neighbors
from skmi.neighbors._kept_distances import KeptSide, count_kept

SCALES = np.arange(1, 21) / 10


def keep_distances(x, *, max_bytes, n_jobs=1):
    return KeptSide(max_bytes, n_jobs).distances(x)


def count_kept_neighbors(kept, y, k, *, scales, closed=False, tie_tolerance=None, n_jobs=1):
    query = Query(k, closed, tie_tolerance=tie_tolerance)
    return count_kept(kept, y, query, np.asarray(scales), n_jobs)


def on_a_grid(rng, n, d):
    """Multiples of 1/8: all differences are exact in single precision, many are equal."""
    return rng.integers(0, 40, (n, d)) / 8


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("tolerance", [None, 0.0, 1e-5])
@pytest.mark.parametrize("unit", [1.0, 2.0**400, 2.0**-400])
def test_exact_where_single_precision_is(rng, closed, tolerance, unit):
    X, y = on_a_grid(rng, 150, 3), on_a_grid(rng, 150, 2)
    y[:20] = y[0]
    X[10:20] = X[10]
    options = {"closed": closed, "tie_tolerance": tolerance}
    kept = keep_distances(X * unit, max_bytes=1e9)
    # In single precision c * d_y is rounded too, but for such c.
    for dtype, scales in ((np.float32, np.arange(1, 17) / 8), (np.float64, SCALES)):
        scales = scales * unit
        expected = count_neighbors(X * unit, y, 3, scales=scales, **options)
        found = count_kept_neighbors(kept, y.astype(dtype), 3, scales=scales, **options)
        for name, a, b in zip(expected._fields, expected, found, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=name)


def test_close_where_it_rounds(rng):
    X = rng.normal(size=(400, 70)) + 100.0
    y = rng.normal(size=(400, 4)).astype(np.float32)
    expected = count_neighbors(X, y.astype(float), 3, scales=SCALES, tie_tolerance=1e-5)
    kept = keep_distances(X, max_bytes=1e9)
    found = count_kept_neighbors(kept, y, 3, scales=SCALES, tie_tolerance=1e-5)
    np.testing.assert_allclose(found.radius, expected.radius, rtol=2e-7)
    for a, b in zip(expected[1:], found[1:], strict=True):
        assert (a != b).mean() < 1e-3
        assert np.abs(a - b).max() <= 1


@pytest.mark.parametrize("n_kept", [0, 1, 100, 333])
def test_what_does_not_fit_is_made_again(rng, n_kept):
    X, y = rng.normal(size=(333, 5)), rng.normal(size=(333, 2))
    all_kept = keep_distances(X, max_bytes=np.inf if n_kept == 333 else 4 * 333 * 333)
    some = keep_distances(X, max_bytes=4 * 333 * n_kept + 3)
    assert len(some.rows) == n_kept
    assert some.rows.dtype == np.float32
    for a, b in zip(
        count_kept_neighbors(all_kept, y, 3, scales=SCALES),
        count_kept_neighbors(some, y, 3, scales=SCALES),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


def test_threads_do_not_matter(rng):
    X, y = rng.normal(size=(700, 5)), rng.normal(size=(700, 2))
    one, three = (keep_distances(X, max_bytes=1e9, n_jobs=n) for n in (1, 3))
    np.testing.assert_array_equal(one.rows, three.rows)
    for a, b in zip(
        count_kept_neighbors(one, y, 3, scales=SCALES),
        count_kept_neighbors(one, y, 3, scales=SCALES, n_jobs=3),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)
