"""All distances in plain matrices: for small work, with nothing to compile.

What the compiled engines find, read off the definition; see `Engine`.
"""

import numpy as np
from scipy.spatial.distance import cdist

from ._engine import Engine, empty_counts

# Distances made at a time on one side, small enough for the processor's cache.
_HELD = 2**17
# Up to so many neighbours are found by as many passes of a minimum.
_FEW = 8

# Seconds for a pair of samples: to make the distance in a column, and to look at it at one scale.
_FOR_A_COLUMN = 1.5e-9
_FOR_A_SCALE = 6e-9


def dense_seconds(n_samples, n_features, n_scales):
    """About how long `Dense` takes for one question."""
    return n_samples**2 * (_FOR_A_COLUMN * n_features + _FOR_A_SCALE * n_scales)


class Dense(Engine):
    """Some rows at a time against all."""

    def count(self, scales):
        n_samples = len(self.x)
        counts = empty_counts(n_samples, len(scales))
        n_rows = max(1, _HELD // n_samples)
        for start in range(0, n_samples, n_rows):
            rows = slice(start, min(start + n_rows, n_samples))
            x, y = (self._distances(side, rows) for side in (self.x, self.y))
            for s, scale in enumerate(scales):
                self._count_rows(x, y, scale, [count[rows, s] for count in counts])
        if self.query.euclidean:
            np.sqrt(counts.radius, out=counts.radius)
        return counts

    def _distances(self, points, rows):
        """From some points to all, squared if Euclidean; infinite to themselves."""
        metric = "sqeuclidean" if self.query.euclidean else "chebyshev"
        distances = cdist(points[rows], points, metric)
        own = np.arange(rows.start, rows.stop)
        distances[own - rows.start, own] = np.inf
        return distances

    def _count_rows(self, x, y, scale, counts):
        query, k = self.query, self.query.n_neighbors
        radius, n_joint, n_x, n_y = counts
        y = y * (scale * scale if query.euclidean else scale)
        joint = x + y if query.euclidean else np.maximum(x, y)
        radius[:] = kth_smallest(joint, k)
        below = radius * query.edge
        copies = radius == 0.0
        # What is not farther counts if the query is closed, and exact copies always do.
        closed = np.ones_like(copies) if query.closed else copies
        below[closed] = np.nextafter(below[closed], np.inf)
        below = below[:, None]
        n_x[:] = np.count_nonzero(x < below, axis=1)
        n_y[:] = np.count_nonzero(y < below, axis=1)
        n_joint[:] = k if query.closed else k - 1
        counted = np.ones_like(copies) if query.counts_joint and not query.closed else copies
        if counted.any():
            n_joint[counted] = np.count_nonzero(joint[counted] < below[counted], axis=1)


def kth_smallest(rows, k):
    """The k-th smallest value of each row."""
    if k > _FEW:
        return np.partition(rows, k - 1, axis=1)[:, k - 1]
    every, taken = np.arange(len(rows)), []
    for _ in range(k):
        place = rows.argmin(axis=1)
        taken.append((place, rows[every, place]))
        rows[every, place] = np.inf
    for place, value in taken:
        rows[every, place] = value
    return taken[-1][1]
