"""One side's distances kept in memory, for a second side that changes again and again.

Distances of many columns cost far more than the sweep over relative scales. Where the
first side stays the same they are made once, in double precision, and kept in single
precision: rounding is monotone, so that no two distances change places, and equal ones
stay equal. Distances that differ by less than a part in 10^7 may become equal, which a
tolerance for ties above that takes as equal anyway.
"""

from threading import Lock
from typing import NamedTuple

import numpy as np

from ._distances import chebyshev
from ._engine import empty_counts
from ._jit import Kernel
from ._row_sweep import Row, make_search, n_places, sweep_row
from ._threads import run_in_row_chunks

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


class KeptSide:
    """Where the distances of a side are kept, in each way that its columns are scaled.

    Parameters
    ----------
    max_bytes : float
        Distances are kept up to this size in all; a row takes ``4 * n_samples`` bytes.
        What does not fit is made again each time.
    n_threads : int
        Threads that make them.
    """

    def __init__(self, max_bytes, n_threads):
        self._max_bytes, self._n_threads = max_bytes, n_threads
        self._made, self._lock = {}, Lock()

    def scaled_by(self, scaler):
        """The distances of the same side with its columns divided by a scaler's factors."""
        return _ScaledSide(self, repr(scaler))

    def distances(self, numbers, key=""):
        """The distances between the samples of the side, which are made if they are not there."""
        with self._lock:  # one thread makes them, the others wait for it
            if key not in self._made:
                left = max(0.0, self._max_bytes - self.nbytes)
                self._made[key] = _keep_distances(numbers, left, self._n_threads)
            return self._made[key]

    @property
    def nbytes(self):
        """Bytes of the distances kept so far."""
        return sum(kept.rows.nbytes for kept in self._made.values())


class _ScaledSide(NamedTuple):
    store: KeptSide
    key: str

    def distances(self, numbers):
        return self.store.distances(numbers, self.key)


def _keep_distances(x, max_bytes, n_threads):
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
        run_in_row_chunks(work, n_kept, n_threads)
    return KeptDistances(points, rows, unit)


def count_kept(kept, y, query, scales, n_threads):
    """Counts in the Chebyshev metric, with the first side's distances kept.

    Parameters
    ----------
    kept : KeptDistances
        The first side.
    y : ndarray of float32 or float64, shape (n_samples, n_targets)
        Second side; finite. Its distances, and all that is done with them, are of the
        precision it comes in.
    query : Query
        With a tolerance well above 6e-8: distances are rounded to single precision.
    scales : ndarray of float64, shape (n_scales,)
        Factors c on the second side; positive, ascending.
    n_threads : int

    Returns
    -------
    NeighborCounts
        Arrays of shape (n_samples, n_scales).
    """
    n_samples = kept.points.shape[1]
    y = np.array(y.T, order="C")
    y_unit = _unit(y.astype(np.float64))
    y /= np.asarray(y_unit, dtype=y.dtype)
    search = make_search(query, scales * (y_unit / kept.unit))
    search = search._replace(scales=search.scales.astype(y.dtype), ones=search.ones.astype(y.dtype))
    counts = empty_counts(n_samples, len(scales))
    counts = counts._replace(radius=np.empty(counts.radius.shape, y.dtype))

    def work(start, stop):
        _sweep_kept(kept.points, kept.rows, y, search, start, stop, *counts)

    run_in_row_chunks(work, n_samples, n_threads)
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
