"""One side's distances kept in memory, for a second side that changes again and again.

Distances of many columns cost far more than the sweep over relative scales. Where the
first side stays the same they are made once, in double precision, and kept in single
precision: rounding is monotone, so that no two distances change places, and equal ones
stay equal. Distances that differ by less than a part in 10^7 may become equal, which a
tolerance for ties above that takes as equal anyway.
"""

import os
from typing import NamedTuple

import numpy as np
from joblib import effective_n_jobs

from ._counts import NeighborCounts
from ._distances import chebyshev
from ._jit import Kernel, run_in_row_chunks
from ._row_sweep import Row, Search, n_places, sweep_row

# As for brute force: rows made together, and samples they go over at a time. With many
# columns a tile must be short to stay in the processor's cache.
_ROWS = 8
_TILE = 1024
_SHORT_TILE = 128
_MANY_COLUMNS = 64


class KeptDistances(NamedTuple):
    """What stays of one side: its points, and the distances between them.

    Attributes
    ----------
    points : ndarray of float64, shape (n_features, n_samples)
        The side, in units of `unit`.
    rows : ndarray of float32, shape (n_kept, n_samples)
        Chebyshev distances from the first `n_kept` samples to all, in units of `unit`;
        infinite to themselves. Those from the others are made again each time.
    unit : float
        A power of two near the largest distance, so that distances of data of any
        magnitude are within single precision's range.
    """

    points: np.ndarray
    rows: np.ndarray
    unit: float


def _unit(columns):
    """A power of two near the largest distance there can be."""
    with np.errstate(over="ignore"):
        largest = (columns.max(axis=1) - columns.min(axis=1)).max()
    return float(np.ldexp(1.0, int(np.frexp(min(largest, 1e300))[1]))) if largest > 0 else 1.0


def _n_threads(n_jobs):
    return min(effective_n_jobs(n_jobs), os.cpu_count() or 1)


def keep_distances(x, *, max_bytes, n_jobs=None):
    """Make the Chebyshev distances between all samples and keep what fits.

    Parameters
    ----------
    x : ndarray of float64, shape (n_samples, n_features)
        Finite.
    max_bytes : float
        Rows are kept up to this size; a row takes ``4 * n_samples`` bytes.
    n_jobs : int, default=None
        Threads, as joblib counts them.

    Returns
    -------
    KeptDistances
    """
    n_samples = x.shape[0]
    points = np.array(x.T, dtype=np.float64, order="C")
    unit = _unit(points)
    points /= unit
    n_kept = int(min(n_samples, max_bytes / (4 * n_samples)))
    rows = np.empty((n_kept, n_samples), dtype=np.float32)
    tile = _SHORT_TILE if len(points) > _MANY_COLUMNS else _TILE

    def work(start, stop):
        _fill_rows(points, tile, start, stop, rows)

    if n_kept:
        run_in_row_chunks(work, n_kept, _n_threads(n_jobs))
    return KeptDistances(points, rows, unit)


def count_kept_neighbors(
    kept, y, n_neighbors, *, scales=(1.0,), closed=False, tie_tolerance=None, n_jobs=None
):
    """`count_neighbors` in the Chebyshev metric, with the first side's distances kept.

    Parameters
    ----------
    kept : KeptDistances
        The first side.
    y : ndarray of float32 or float64, shape (n_samples, n_targets)
        Second side; finite. Its distances, and all that is done with them, are of the
        precision it comes in.
    n_neighbors : int
        k, at least 1 and less than n_samples.
    scales : sequence of float, default=(1.0,)
        Factors c on the second side; positive, ascending.
    closed : bool, default=False
        Whether neighbours at exactly the radius count.
    tie_tolerance : float, default=None
        As for `count_neighbors`. Distances rounded to single precision call for one well
        above 6e-8.
    n_jobs : int, default=None
        Threads, as joblib counts them. The counts do not depend on it.

    Returns
    -------
    NeighborCounts
        Arrays of shape (n_samples, n_scales).
    """
    n_samples = kept.points.shape[1]
    y = np.array(y.T, order="C")
    y_unit = _unit(y.astype(np.float64))
    y /= np.asarray(y_unit, dtype=y.dtype)
    scales = np.array(scales, dtype=np.float64) * (y_unit / kept.unit)
    tolerance = 0.0 if tie_tolerance is None else tie_tolerance
    search = Search(
        scales=scales.astype(y.dtype),
        ones=np.ones(scales.size, dtype=y.dtype),
        n_neighbors=int(n_neighbors),
        closed=closed,
        edge=float(1.0 + tolerance if closed else 1.0 - tolerance),
        count_joint=tie_tolerance is not None,
        euclidean=False,
    )
    shape = (n_samples, scales.size)
    counts = NeighborCounts(
        np.empty(shape, y.dtype), *(np.empty(shape, np.int64) for _ in ("n_joint", "n_x", "n_y"))
    )

    def work(start, stop):
        _sweep_kept(kept.points, kept.rows, y, search, start, stop, *counts)

    run_in_row_chunks(work, n_samples, _n_threads(n_jobs))
    return counts._replace(radius=counts.radius.astype(np.float64) * kept.unit)


@Kernel
def _fill_rows(points, tile, start, stop, rows):
    """Fill ``rows[start:stop]`` with distances, infinite to itself."""
    n_samples = points.shape[1]
    distances = np.empty(tile)
    for block in range(start, stop, _ROWS):
        n_rows = min(_ROWS, stop - block)
        for first in range(0, n_samples, tile):
            end = min(first + tile, n_samples)
            for i in range(block, block + n_rows):
                chebyshev(points, first, end, points[:, i], distances)
                row = rows[i]
                for j in range(end - first):
                    row[first + j] = distances[j]
        for i in range(block, block + n_rows):
            rows[i, i] = np.inf


@Kernel
def _sweep_kept(points, rows, y, search, start, stop, radii, n_joint, n_x, n_y):
    """Sweep the rows start <= i < stop, as `brute_force` does."""
    n_samples = points.shape[1]
    n_kept = rows.shape[0]
    # All arithmetic is of the second side's precision.
    made = np.empty(n_samples)
    x_distances = np.empty(n_samples, y.dtype)
    y_distances = np.empty((_ROWS, n_samples), y.dtype)
    work = np.empty((4, n_samples), y.dtype)
    n_scales = search.scales.size
    below, values = np.empty(n_scales, y.dtype), np.empty(n_scales, y.dtype)
    nearest = np.empty((n_places(search.n_neighbors), n_scales), y.dtype)
    for block in range(start, stop, _ROWS):
        n_rows = min(_ROWS, stop - block)
        for tile in range(0, n_samples, _TILE):
            end = min(tile + _TILE, n_samples)
            for b in range(n_rows):
                chebyshev(y, tile, end, y[:, block + b], y_distances[b, tile:end])
        for b in range(n_rows):
            i = block + b
            if i < n_kept:
                kept = rows[i]
                for j in range(n_samples):
                    x_distances[j] = kept[j]
            else:
                chebyshev(points, 0, n_samples, points[:, i], made)
                for j in range(n_samples):  # rounded as if it had been kept
                    x_distances[j] = np.float32(made[j])
                x_distances[i] = np.inf
            y_distances[b, i] = np.inf
            row = Row(radii[i], n_joint[i], n_x[i], n_y[i], below, nearest, values)
            sweep_row(search, x_distances, y_distances[b], n_samples, work, row)
