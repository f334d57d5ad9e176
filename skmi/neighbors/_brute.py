"""Brute force: every row against every row, no more than a few rows held at a time."""

from functools import cached_property

import numpy as np

from ._distances import one_sided
from ._engine import Engine, by_feature, empty_counts
from ._jit import Kernel
from ._row_sweep import Row, make_search, n_places, sweep_row
from ._threads import run_in_row_chunks

# Rows whose distances are made together, and how many samples of the data they go
# over at a time: a tile stays in the processor's cache while the rows of a block pass.
_ROWS = 8
_TILE = 1024


@Kernel
def brute_force(x, y, search, start, stop, radii, n_joint, n_x, n_y):
    """Sweep the rows start <= i < stop of `x` and `y`, (n_features, n_samples) each.

    Results go to the rows of `radii`, `n_joint`, `n_x`, `n_y`: (n_samples, n_scales).
    """
    n_samples = x.shape[1]
    x_distances = np.empty((_ROWS, n_samples))
    y_distances = np.empty((_ROWS, n_samples))
    work = np.empty((4, n_samples))
    n_scales = search.scales.size
    below, values = np.empty(n_scales), np.empty(n_scales)
    nearest = np.empty((n_places(search.n_neighbors), n_scales))
    for block in range(start, stop, _ROWS):
        n_rows = min(_ROWS, stop - block)
        for tile in range(0, n_samples, _TILE):
            end = min(tile + _TILE, n_samples)
            for b in range(n_rows):
                x_point, y_point = x[:, block + b], y[:, block + b]
                x_out, y_out = x_distances[b, tile:end], y_distances[b, tile:end]
                one_sided(x, tile, end, x_point, search.euclidean, x_out)
                one_sided(y, tile, end, y_point, search.euclidean, y_out)
        for b in range(n_rows):
            i = block + b
            x_distances[b, i] = np.inf
            y_distances[b, i] = np.inf
            row = Row(radii[i], n_joint[i], n_x[i], n_y[i], below, nearest, values)
            sweep_row(search, x_distances[b], y_distances[b], n_samples, work, row)


class BruteForce(Engine):
    """For many columns, or few samples; see `Engine`."""

    compile_seconds = 8.0

    @classmethod
    def kernels(cls):
        return (brute_force,)

    @cached_property
    def _columns(self):
        return by_feature(self.x), by_feature(self.y)

    def count(self, scales):
        search = make_search(self.query, scales)
        counts = empty_counts(len(self.x), len(scales))

        def work(start, stop):
            brute_force(*self._columns, search, start, stop, *counts)

        run_in_row_chunks(work, len(self.x), self.n_threads)
        if self.query.euclidean:
            np.sqrt(counts.radius, out=counts.radius)
        return counts
