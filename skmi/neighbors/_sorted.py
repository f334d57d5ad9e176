"""All relative scales of one row by sorted distances, with one side permuted.

A permutation pairs the two sides anew and leaves the distances on either as they are.
Each row's others are visited from near to far on one side, until that side alone is too
far: about sqrt(k * n) visits where the sides are independent, as permuted sides are.

Of those visited, few are candidates. One with k before it that are not farther on the
other side either is not among the k nearest (but for equals) at any scale.
"""

from functools import cached_property

import numpy as np

from ._distances import equals
from ._engine import Engine, empty_counts
from ._jit import Kernel, inline_jit
from ._row_sweep import SLACK, Row, make_search, n_places, search_scales
from ._selection import count_below_each, replace_largest
from ._sorted_distances import SORTING_KERNELS, sort_distances

# One walk serves all scales up to those at which it is about this many times as long as
# between sides of like size; the others are served by a walk on the other side.
_LONGER = 2

# So few distances are counted for all scales in one pass; more by bisection.
_FEW = 256


@inline_jit
def find_candidates(side, i, scale, points, other_scale, k, euclidean, work):
    """Collect what may be among the k nearest of one row, from near to far on one side.

    `scale` and `other_scale` are those of the two sides at which the walk is longest.
    The row is row `i` of `side`, whose distances are sorted, and `points[i]` on the
    other, whose `points` come in the order of the first. Distances of the candidates on
    both sides go to the first rows of `work`; returns how many there are.
    """
    distances, order = side.distances, side.order
    near, far, nearest, least = work[0], work[1], work[2], work[3]
    nearest[:k] = np.inf  # joint distances, the k-th first
    least[:k] = np.inf  # distances on the other side
    n = 0
    for t in range(points.shape[0]):
        distance = scale * distances[i, t]
        if distance >= nearest[0] * SLACK:
            break
        j, other = order[i, t], 0.0
        for f in range(points.shape[1]):  # a function of its own would take most of the time
            gap = points[i, f] - points[j, f]
            other = other + gap * gap if euclidean else max(other, abs(gap))
            if other >= least[0]:
                break
        if other < least[0]:
            replace_largest(least, k, other)
            near[n], far[n] = distances[i, t], other
            n += 1
            other *= other_scale
            distance = distance + other if euclidean else max(distance, other)
            if distance < nearest[0]:
                replace_largest(nearest, k, distance)
    return n


@inline_jit
def count_sorted_below(distances, i, guess, scale, threshold):
    """How many of the sorted ``distances[i]`` have ``scale * distance < threshold``.

    Looks farther and farther from the `guess`, then in between.
    """
    n = distances.shape[1]
    low, high, step = guess, guess, 1
    while low > 0 and scale * distances[i, low - 1] >= threshold:
        high = low - 1
        low = max(0, low - step)
        step *= 2
    while high < n and scale * distances[i, high] < threshold:
        low = high + 1
        high = min(n, high + step)
        step *= 2
    while low < high:
        middle = (low + high) // 2
        if scale * distances[i, middle] < threshold:
            low = middle + 1
        else:
            high = middle
    return low


@inline_jit
def count_each(distances, i, guess, scales, below, most, first, last, counts):
    """Count ``distances[i]`` below each scale's threshold; scale `most` has the most.

    The other scales are first <= s < last.
    """
    n = count_sorted_below(distances, i, guess, scales[most], below[most])
    counts[most] = n
    if first == last:
        return
    if n <= _FEW:
        count_below_each(distances[i], n, scales, below, first, last, counts)
        return
    for s in range(first, last):
        n = counts[s] = count_sorted_below(distances, i, n, scales[s], below[s])


@inline_jit
def count_copies(x, i, y_points):
    """How many others equal row `i` on both sides."""
    copies = 0
    for t in range(y_points.shape[0]):
        if x.distances[i, t] > 0.0:
            break
        copies += equals(y_points[x.order[i, t]], y_points[i])
    return copies


@Kernel
def permuted_sweep(
    x, y, x_permuted, y_permuted, permutation, search, start, stop, radii, n_joint, n_x, n_y
):
    """Sweep the rows start <= i < stop: row i of x goes with row permutation[i] of y.

    `x` and `y` are `SortedDistances`; `y_permuted` are the points of y in the order of
    x, `x_permuted` those of x in the order of y. Results go to the rows of `radii`,
    `n_joint`, `n_x`, `n_y`: (n_samples, n_scales).
    """
    n_samples, n_scales, k = permutation.size, search.scales.size, search.n_neighbors
    scales, ones, euclidean = search.scales, search.ones, search.euclidean
    below, values = np.empty(n_scales), np.empty(n_scales)
    nearest = np.empty((n_places(k), n_scales))
    work = np.empty((4, n_samples))
    last = n_scales - 1
    # How many are nearer than the radius on both sides, if they are independent and of
    # like size.
    usual = min(n_samples - 1, int(np.sqrt(k * n_samples)))
    long, short = min(n_samples - 1, _LONGER * usual), usual // _LONGER
    for i in range(start, stop):
        j = permutation[i]
        row = Row(radii[i], n_joint[i], n_x[i], n_y[i], below, nearest, values)
        size, other_size = x.distances[i, long], y.distances[j, short]
        middle = 0
        while middle < n_scales and scales[middle] * other_size <= size:
            middle += 1
        if middle > 0:
            n = find_candidates(x, i, 1.0, y_permuted, scales[middle - 1], k, euclidean, work)
            search_scales(search, 0, middle, work[0], work[1], n, row)
        if middle < n_scales:
            n = find_candidates(y, j, scales[middle], x_permuted, 1.0, k, euclidean, work)
            search_scales(search, middle, n_scales, work[1], work[0], n, row)
        row.n_x[:] = 0
        row.n_y[:] = 0
        count_each(x.distances, i, usual, ones, below, last, 0, last, row.n_x)
        count_each(y.distances, j, usual, scales, below, 0, 1, n_scales, row.n_y)
        for s in range(n_scales):
            if row.radii[s] == 0.0:
                row.n_joint[s] = count_copies(x, i, y_permuted)


class SortedSides(Engine):
    """For many permutations: distances on both sides are sorted once; see `Engine`.

    They take ``2 * BYTES_PER_PAIR`` for each pair of samples.
    """

    compile_seconds = 5.0

    @classmethod
    def kernels(cls):
        return (permuted_sweep, *SORTING_KERNELS)

    @cached_property
    def _sides(self):
        options = {"euclidean": self.query.euclidean, "n_threads": self.n_threads}
        return [sort_distances(side, **options) for side in (self.x, self.y)]

    def count(self, scales):
        return self.count_permuted(np.arange(len(self.x)), scales)

    def count_permuted(self, order, scales):
        x, y = self._sides
        n_samples = len(order)
        search = make_search(self.query, scales)
        order = np.ascontiguousarray(order, dtype=np.intp)
        inverse = np.empty_like(order)
        inverse[order] = np.arange(n_samples)
        counts = empty_counts(n_samples, len(scales))
        permuted_sweep(
            x, y, x.points[inverse], y.points[order], order, search, 0, n_samples, *counts
        )
        if self.query.euclidean:
            np.sqrt(counts.radius, out=counts.radius)
        return counts
