"""Neighbours in three variables by k-d trees: for few columns and many samples.

Radii come from a tree of all columns, counts from a tree of each set of columns, or from a
sorted line where there is one. Every column has a factor on its distances. A bound is made
by the arithmetic of the distances, so the counts are those of brute force, ties and all.
"""

import numpy as np

from ._jit import Kernel, inline_jit
from ._line import count_along
from ._selection import BLOCK, replace_largest
from ._threads import run_in_row_chunks
from ._tree import (
    JUMP,
    LEAF_SIZE,
    bound_boxes,
    descend,
    halve,
    make_tree,
    partition,
)

# At every jump all descendants but one may wait: enough for any tree that memory holds.
_STACK = 16 * 2**JUMP
# Points are quickly done here: so many take about as long as the usual chunk elsewhere.
_CHUNK = 2048


@inline_jit
def counts_below(radius, edge):
    """What distances must be below to count.

    A radius of zero belongs to a repeated point: its exact copies are counted.
    """
    return radius * edge if radius > 0.0 else np.nextafter(0.0, 1.0)


@inline_jit
def settle(smallest, far, edge):
    """From the k smallest distances: the radius, what must be below what, and how many are.

    Those not nearer than `far` do not count; the farthest of the others sets the radius.
    """
    radius = -1.0
    for distance in smallest:
        if distance < far:
            radius = max(radius, distance)
    below = counts_below(radius, edge)
    n_near = 0
    for distance in smallest:
        n_near += distance < below
    return radius, below, n_near


@inline_jit
def point_distances(tree, factors, leaf, i, out):
    """From the point `i` to those of a leaf."""
    start, stop = tree.start[leaf], tree.stop[leaf]
    out[: stop - start] = 0.0
    for f in range(factors.size):
        values, own, factor = tree.points[f, start:stop], tree.points[f, i], factors[f]
        for j in range(stop - start):
            out[j] = max(out[j], factor * abs(values[j] - own))


@inline_jit
def nearest_in_boxes(tree, factors, first, n, i, out):
    """Distances from the point `i` to the boxes of nodes first <= v < first + n."""
    out[:n] = 0.0
    for f in range(factors.size):
        low, high = tree.low[f, first : first + n], tree.high[f, first : first + n]
        own, factor = tree.points[f, i], factors[f]
        for j in range(n):
            out[j] = max(out[j], factor * max(low[j] - own, own - high[j]))


@inline_jit
def farthest_in_boxes(tree, factors, first, n, i, out):
    """Distances from the point `i` to the farthest corners of the boxes."""
    out[:n] = 0.0
    for f in range(factors.size):
        low, high = tree.low[f, first : first + n], tree.high[f, first : first + n]
        own, factor = tree.points[f, i], factors[f]
        for j in range(n):
            out[j] = max(out[j], factor * max(own - low[j], high[j] - own))


@inline_jit
def offer(distances, n, smallest):
    """Put the first `n` distances among the smallest, the largest of which comes first."""
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        least = np.inf
        for j in range(start, stop):
            least = min(least, distances[j])
        if least >= smallest[0]:
            continue
        for j in range(start, stop):
            if distances[j] < smallest[0]:
                replace_largest(smallest, smallest.size, distances[j])


@inline_jit
def _offer_leaf(tree, factors, leaf, i, distances, smallest):
    """Offer a leaf's points, but not the point `i` itself."""
    start, size = tree.start[leaf], tree.stop[leaf] - tree.start[leaf]
    point_distances(tree, factors, leaf, i, distances)
    if 0 <= i - start < size:
        distances[i - start] = np.inf
    offer(distances, size, smallest)


@Kernel
def find_radii(tree, factors, order, far, n_neighbors, edge, start, stop, below, n_joint):
    """What distances must be below to count, for the points start <= i < stop of the tree.

    The radius is the distance to the k-th nearest other point; of points no nearer than
    `far`, none counts, and if fewer than k are nearer the last of them sets the radius.
    Fills the entries `order[i]` of `below` and `n_joint`; the latter with -1 where the
    radius is 0.
    """
    work = np.empty((2, max(2**JUMP, (tree.stop[0] >> tree.n_levels) + 1)))
    distances, bounds = work[0], work[1]
    smallest = np.empty(n_neighbors)
    stack = np.empty((_STACK, 2), np.intp)
    n_inner = tree.start.size // 2
    home = n_inner
    for i in range(start, stop):
        while tree.stop[home] <= i:
            home += 1
        smallest[:] = far
        _offer_leaf(tree, factors, home, i, distances, smallest)
        depth = 0
        stack[0, 0], stack[0, 1] = 0, 0
        while depth >= 0:
            first, n, level = descend(tree, stack[depth, 0], stack[depth, 1])
            depth -= 1
            nearest_in_boxes(tree, factors, first, n, i, bounds)
            for j in range(n):
                node = first + j
                if bounds[j] >= smallest[0] or node == home:
                    continue
                if node >= n_inner:
                    _offer_leaf(tree, factors, node, i, distances, smallest)
                else:
                    depth += 1
                    stack[depth, 0], stack[depth, 1] = node, level
        radius, limit, n_near = settle(smallest, far, edge)
        below[order[i]] = limit
        n_joint[order[i]] = n_near if radius > 0.0 else -1


@Kernel
def count_in_tree(tree, factors, order, places, below, start, stop, counts):
    """How many others are nearer than `below`, for the points places[start:stop] of the tree.

    Reads and fills the entries `order[i]` of `below` and `counts`.
    """
    work = np.empty((3, max(2**JUMP, (tree.stop[0] >> tree.n_levels) + 1)))
    distances, nearest, farthest = work[0], work[1], work[2]
    stack = np.empty((_STACK, 2), np.intp)
    n_inner = tree.start.size // 2
    for place in range(start, stop):
        i = places[place]
        limit = below[order[i]]
        count, depth = -1, 0  # the point itself will be counted
        stack[0, 0], stack[0, 1] = 0, 0
        while depth >= 0:
            first, n, level = descend(tree, stack[depth, 0], stack[depth, 1])
            depth -= 1
            nearest_in_boxes(tree, factors, first, n, i, nearest)
            farthest_in_boxes(tree, factors, first, n, i, farthest)
            for j in range(n):
                node = first + j
                if nearest[j] >= limit:
                    continue
                size = tree.stop[node] - tree.start[node]
                if farthest[j] < limit:
                    count += size
                elif node >= n_inner:
                    point_distances(tree, factors, node, i, distances)
                    for p in range(size):
                        count += distances[p] < limit
                else:
                    depth += 1
                    stack[depth, 0], stack[depth, 1] = node, level
        counts[order[i]] = count


@Kernel
def count_on_line(line, order, factor, below, start, stop, counts):
    """As `count_in_tree`, in a single column in ascending order."""
    for place in range(start, stop):
        limit = below[order[place]]
        up = count_along(line, place, 1, factor, limit, 0)
        counts[order[place]] = up + count_along(line, place, -1, factor, limit, 0)


KERNELS = (partition, bound_boxes, find_radii, count_in_tree, count_on_line)


class Space:
    """Some columns, in which neighbours are looked for.

    Parameters
    ----------
    points : ndarray of float64, shape (n_columns, n_samples)
    factors : ndarray of float64, shape (n_columns,)
        Positive factors on the columns' distances.
    leaf_size : int, default=LEAF_SIZE
    """

    def __init__(self, points, factors, leaf_size=LEAF_SIZE):
        self.points, self.factors = points, factors
        self.order, *ranges = halve(factors[:, None] * points, leaf_size)
        self.tree = make_tree(points, self.order, *ranges)

    def radii(self, n_neighbors, far, edge, n_threads):
        """As `find_radii`, for all points; returns `below` and `n_joint`."""
        n_samples = self.order.size
        found = np.empty(n_samples), np.empty(n_samples, np.int64)
        below, n_joint = found
        searched = self.tree, self.factors, self.order, far, n_neighbors, edge

        def work(start, stop):
            find_radii(*searched, start, stop, *found)

        run_in_row_chunks(work, n_samples, n_threads, chunk=_CHUNK)
        copies = n_joint < 0
        if copies.any():
            n_joint[copies] = self.count(below, n_threads, copies)[copies]
        return below, n_joint

    def count(self, below, n_threads, which=None):
        """How many others are nearer than `below`, for all points or for some."""
        places = np.arange(self.order.size)
        if which is not None:
            places = np.flatnonzero(which[self.order])
        counts = np.empty(self.order.size, np.int64)
        searched = self.tree, self.factors, self.order, places, below

        def work(start, stop):
            count_in_tree(*searched, start, stop, counts)

        run_in_row_chunks(work, places.size, n_threads, chunk=_CHUNK)
        return counts


def count_nearer(points, factors, below, n_threads=1):
    """How many others are nearer than `below` in some columns.

    Parameters
    ----------
    points : ndarray of float64, shape (n_columns, n_samples)
    factors : ndarray of float64, shape (n_columns,)
    below : ndarray of float64, shape (n_samples,)
    n_threads : int, default=1

    Returns
    -------
    counts : ndarray of int64, shape (n_samples,)
        Without columns, all others.
    """
    n_columns, n_samples = points.shape
    if n_columns == 0:
        return np.full(n_samples, n_samples - 1)
    if n_columns > 1:
        return Space(points, factors).count(below, n_threads)
    order = np.argsort(points[0])
    line, counts = points[0][order], np.empty(n_samples, np.int64)

    def work(start, stop):
        count_on_line(line, order, factors[0], below, start, stop, counts)

    run_in_row_chunks(work, n_samples, n_threads, chunk=_CHUNK)
    return counts


def count_in_trees(x, y, z, scale, n_neighbors, edge, far, n_threads=1):
    """The four counts at one scale, as `count_conditional_neighbors` has them.

    Parameters
    ----------
    x, y, z : ndarray of float64, shape (n_columns, n_samples) each
    scale : float
        Factor on the distances in y.
    n_neighbors : int
    edge, far : float
        As in `settle`.
    n_threads : int, default=1

    Returns
    -------
    n_joint, n_xz, n_yz, n_z : ndarray of int64, shape (n_samples,)
    """
    points = np.vstack([x, y, z])
    factors = np.ones(len(points))
    factors[len(x) : len(x) + len(y)] = scale
    space = Space(points, factors, max(LEAF_SIZE, 2 * n_neighbors + 2))
    below, n_joint = space.radii(n_neighbors, far, edge, n_threads)
    is_x, is_y, is_z = np.split(np.arange(len(points)), [len(x), len(x) + len(y)])
    some = [np.concatenate([is_x, is_z]), np.concatenate([is_y, is_z]), is_z]
    return n_joint, *(count_nearer(points[s], factors[s], below, n_threads) for s in some)
