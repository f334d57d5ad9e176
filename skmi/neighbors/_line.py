"""One column against one column: strips of equal count, and counts by bisection.

A point's nearest neighbours are a few steps up and down in its own strip and in those
beside it. Each side alone is a sorted line, on which distances from a point only grow
outwards: bisection finds where they stop to be below the radius. What is compared is the
distance itself, ``abs(a - b) < r``, never ``b < a + r``, which rounds differently.
"""

from functools import cached_property

import numpy as np

from ._engine import Engine, NeighborCounts
from ._jit import Kernel, inline_jit, jit
from ._row_sweep import make_search
from ._selection import replace_largest
from ._strips import STRIP_KERNELS, make_strips, permute_line, sort_line
from ._threads import run_in_row_chunks

# Points are quickly done here: so many take about as long as the usual chunk elsewhere.
_CHUNK = 2048

# Up to so many neighbours are faster kept in order than in a heap.
_FEW = 16


@inline_jit
def _keep_in_order(nearest, k, distance):
    """Put `distance` among the k smallest, in descending order, if it is one of them.

    Each place keeps the smaller and passes on the larger, without a branch to mispredict.
    """
    for p in range(k - 1, -1, -1):
        smaller = min(nearest[p], distance)
        distance = max(nearest[p], distance)
        nearest[p] = smaller


@inline_jit
def _keep_in_heap(nearest, k, distance):
    """Put `distance` among the k smallest, the largest first, if it is one of them."""
    if distance < nearest[0]:
        replace_largest(nearest, k, distance)


@inline_jit
def _offer(strips, place, stop, step, x, y, scale, k, nearest, keep):
    """Offer the points from `place` on, up or down, as long as they are near in y."""
    while place != stop:
        distance = scale * abs(strips.y[place] - y)
        if distance >= nearest[0]:
            break
        distance = max(distance, abs(strips.x[place] - x))
        keep(nearest, k, distance)
        place += step


@inline_jit
def _offer_strip(strips, strip, x, y, scale, k, nearest, keep):
    """Offer the points of a strip that does not hold (x, y) itself."""
    start, size = strip << strips.bits, 1 << strips.bits
    # Strips that share one value of x lie one above the other.
    beyond = max(strips.y[start] - y, y - strips.y[start + size - 1])
    if scale * max(beyond, 0.0) >= nearest[0]:
        return
    place = start
    for bit in range(strips.bits - 1, -1, -1):
        place += np.int64(strips.y[place + (1 << bit) - 1] < y) << bit
    place += strips.y[place] < y
    _offer(strips, place, start + size, 1, x, y, scale, k, nearest, keep)
    _offer(strips, place - 1, start - 1, -1, x, y, scale, k, nearest, keep)


@inline_jit
def _find_nearest(strips, here, scale, k, nearest, keep):
    """Put the k smallest joint distances to others into `nearest`, the largest first."""
    bits, line = strips.bits, strips.x_line
    window = 1 << strips.window_bits
    home = here >> bits
    x, y = strips.x[here], strips.y[here]
    nearest[:k] = np.inf
    _offer(strips, here + 1, (home + 1) << bits, 1, x, y, scale, k, nearest, keep)
    _offer(strips, here - 1, (home << bits) - 1, -1, x, y, scale, k, nearest, keep)
    left, right = home - 1, home + 1
    while True:
        to_left = x - line[window + ((left + 1) << bits) - 1]
        to_right = line[min(window + (right << bits), line.size - 1)] - x
        if min(to_left, to_right) >= nearest[0]:
            break
        if to_left < to_right:
            _offer_strip(strips, left, x, y, scale, k, nearest, keep)
            left -= 1
        else:
            _offer_strip(strips, right, x, y, scale, k, nearest, keep)
            right += 1


@jit
def count_along(line, place, direction, scale, below, near):
    """How many follow `place` in one direction at scaled distances below `below`.

    It is known to be at least `near`, one less than a power of two: with steps of such
    powers, doubled until one is too far and halved from there, no place is left out.
    """
    value = line[place]
    step, growing = near + 1, True
    while step > 0:
        far = place + direction * (near + step)
        within = 0 <= far < line.size and scale * abs(line[far] - value) < below
        if within:
            near += step
        growing = growing and within
        step = 2 * step if growing else step >> 1
    return near


@inline_jit
def _count_around(line, place, bits, scale, below):
    """How many others are at scaled distances below `below`, `line` with infinities around it.

    Two bisections go on side by side, without a branch to mispredict.
    """
    value = line[place]
    up = down = 0
    for bit in range(bits - 1, -1, -1):
        half = 1 << bit
        # Shifts, not products: those the compiler would turn into branches.
        up += np.int64(scale * abs(line[place + (up + half)] - value) < below) << bit
        down += np.int64(scale * abs(line[place - (down + half)] - value) < below) << bit
    most = (1 << bits) - 1
    if up == most:
        up = count_along(line, place, 1, scale, below, up)
    if down == most:
        down = count_along(line, place, -1, scale, below, down)
    return up + down


@jit
def _count_equal(x, y, place, direction):
    """How many follow `place` in one direction that equal it on both sides."""
    near, size, growing = 0, 1, True
    while size > 0:
        far = place + direction * (near + size)
        equal = 0 <= far < x.size and x[far] == x[place] and y[far] == y[place]
        if equal:
            near += size
        growing = growing and equal
        size = 2 * size if growing else size >> 1
    return near


@Kernel
def line_search(strips, search, start, stop, radius, n_joint, n_x, y_below):
    """Radii and counts of the points start <= i < stop in the order of the strips.

    `search` has a single scale. Results are in the order of the strips, too: entry i of
    `radius`, `n_joint` and `n_x` belongs to ``strips.sample[i]``. What distances in y must be
    below to count goes to `y_below`, in the order of y: there, one after the other finds its
    surroundings in the processor's cache.
    """
    k, scale, bits = search.n_neighbors, search.scales[0], strips.window_bits
    nearest = np.empty(k)
    for here in range(start, stop):
        if k <= _FEW:
            _find_nearest(strips, here, scale, k, nearest, _keep_in_order)
        else:
            _find_nearest(strips, here, scale, k, nearest, _keep_in_heap)
        r = nearest[0]
        below = r * search.edge
        if search.closed or r == 0.0:
            below = np.nextafter(below, np.inf)
        joint = k if search.closed else k - 1
        x_place = np.int64(strips.x_place[here])
        if r == 0.0:
            joint = _count_equal(strips.x_line, strips.y_along_x, x_place, 1)
            joint += _count_equal(strips.x_line, strips.y_along_x, x_place, -1)
        elif search.count_joint and not search.closed:
            joint = 0
            for p in range(k):
                joint += nearest[p] < below
        radius[here] = r
        n_joint[here] = joint
        n_x[here] = _count_around(strips.x_line, x_place, bits, 1.0, below)
        y_below[strips.y_place[here] - (1 << bits)] = below


@Kernel
def count_by_place(line, bits, scale, below, start, stop, counts):
    """How many others are nearer than `below`, for the places start <= i < stop of a line.

    The line has ``2**bits`` infinities before and after it.
    """
    for i in range(start, stop):
        counts[i] = _count_around(line, i + (1 << bits), bits, scale, below[i])


def count_on_lines(x, y, search, *, n_threads=1):
    """Radii and counts, in an order of their own.

    As ``count_neighbors`` for one column on either side, sorted already: one side can be
    sorted once for many partners.

    Parameters
    ----------
    x, y : Line
    search : Search
        With a single scale, and fewer neighbours than samples.
    n_threads : int, default=1

    Returns
    -------
    counts : list of four ndarrays of shape (n_samples,)
        radius, n_joint, n_x, n_y.
    sample : ndarray of int, shape (n_samples,)
        The sample that each entry belongs to.
    """
    return _search_strips(
        make_strips(x, y, search.n_neighbors, search.scales[0]), search, n_threads
    )


def _search_strips(strips, search, n_threads):
    """As `count_on_lines`, of points in their strips."""
    n_samples, place = strips.sample.size, strips.sample.dtype
    bits, scale = strips.window_bits, float(search.scales[0])
    # Arrays of their own, each of which can go when it is done with.
    radius, y_below = np.empty(n_samples), np.empty(n_samples)
    n_joint, n_x, n_y = (np.empty(n_samples, place) for _ in range(3))

    def search_rows(start, stop):
        line_search(strips, search, start, stop, radius, n_joint, n_x, y_below)

    def count_rows(start, stop):
        count_by_place(strips.y_line, bits, scale, y_below, start, stop, n_y)

    for work in (search_rows, count_rows):
        run_in_row_chunks(work, n_samples, n_threads, chunk=_CHUNK)
    n_y = n_y[strips.y_place - (1 << bits)]
    return [radius, n_joint, n_x, n_y], strips.sample


class LineSearch(Engine):
    """For one column on either side and a single scale; see `Engine`."""

    compile_seconds = 4.0

    @classmethod
    def kernels(cls):
        return (line_search, count_by_place, *STRIP_KERNELS)

    @cached_property
    def _lines(self):
        return [sort_line(np.ascontiguousarray(side[:, 0])) for side in (self.x, self.y)]

    def count(self, scales):
        # Of very many samples nothing is kept that the search does not need.
        def sort():
            x, y = (sort_line(np.ascontiguousarray(side[:, 0])) for side in (self.x, self.y))
            return x._replace(order=None), y._replace(first=None)

        return self._count(sort, scales)

    def count_permuted(self, order, scales):
        x, y = self._lines
        return self._count(lambda: (x, permute_line(y, np.argsort(order))), scales)

    def _count(self, lines, scales):
        search = make_search(self.query, scales)
        strips = make_strips(*lines(), search.n_neighbors, search.scales[0])
        found, sample = _search_strips(strips, search, self.n_threads)
        del strips
        counts = []
        while found:  # one after the other, so that no two are there twice
            values = found.pop(0)
            counts.append(np.empty((len(sample), 1), values.dtype))
            counts[-1][sample, 0] = values
        return NeighborCounts(*counts)
