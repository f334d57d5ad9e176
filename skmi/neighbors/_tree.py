"""A k-d tree over one side, or over both at once, laid out in plain arrays.

Nodes are numbered as in a heap: the children of node v are 2v + 1 and 2v + 2, and all
leaves lie on the last level. A node's descendants a few levels down are neighbours in
memory, so that a search goes down several levels at a time and bounds the distances to
all their boxes in vector instructions. A bound is made from differences to a box's
sides, by the same arithmetic as the distances themselves; rounding is monotone, so it
holds exactly and no neighbour is ever lost to it.
"""

from typing import NamedTuple

import numpy as np

from ._engine import place_type
from ._jit import Kernel, inline_jit

# Points in a leaf, at most. Going through a leaf in vector instructions is cheap beside
# a descent, so leaves are large: 64 to 128 did best, with 2 to 6 features in all.
LEAF_SIZE = 80


# Levels gone down at a time, by two to the power of that many boxes.
JUMP = 4


class Tree(NamedTuple):
    """Points in the order of the leaves, and the boxes around them."""

    points: np.ndarray  # (n_features, n_points)
    start: np.ndarray  # (n_nodes,): a node's points are start <= j < stop
    stop: np.ndarray
    n_levels: int
    low: np.ndarray  # (n_features, n_nodes): the box around a node's points
    high: np.ndarray


@inline_jit
def _select(values, order, start, stop, middle):
    """Reorder ``order[start:stop]`` so that ``values[order]`` is split at `middle`."""
    left, right = start, stop - 1
    while left < right:
        pivot = values[order[(left + right) // 2]]
        i, j = left, right
        while i <= j:
            while values[order[i]] < pivot:
                i += 1
            while values[order[j]] > pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if middle <= j:
            right = j
        elif middle >= i:
            left = i
        else:
            return


@Kernel
def partition(points, n_levels, order, start, stop):
    """Halve the points `n_levels` times, each time along the widest feature.

    Fills `order` (the points, leaf by leaf) and each node's `start` and `stop`.
    """
    n_features, n_points = points.shape
    for j in range(n_points):
        order[j] = j
    start[0], stop[0] = 0, n_points
    for node in range(2**n_levels - 1):
        first, last = start[node], stop[node]
        widest, spread = 0, -1.0
        for f in range(n_features):
            low = high = points[f, order[first]]
            for j in range(first + 1, last):
                low = min(low, points[f, order[j]])
                high = max(high, points[f, order[j]])
            if high - low > spread:
                widest, spread = f, high - low
        middle = (first + last) // 2
        _select(points[widest], order, first, last, middle)
        start[2 * node + 1], stop[2 * node + 1] = first, middle
        start[2 * node + 2], stop[2 * node + 2] = middle, last


@Kernel
def bound_boxes(points, start, stop, low, high):
    """Fill the boxes `low` and `high` around each node's points."""
    for node in range(start.size):
        for f in range(points.shape[0]):
            least, most = np.inf, -np.inf
            for j in range(start[node], stop[node]):
                least, most = min(least, points[f, j]), max(most, points[f, j])
            low[f, node], high[f, node] = least, most


def halve(points, leaf_size=LEAF_SIZE):
    """Split the points into leaves; return their order and the nodes' ranges."""
    n_points = points.shape[1]
    n_levels = max(0, int(np.ceil(np.log2(n_points / leaf_size))))
    order = np.empty(n_points, dtype=place_type(n_points))
    start, stop = np.empty((2, 2 ** (n_levels + 1) - 1), dtype=np.intp)
    partition(points, n_levels, order, start, stop)
    return order, start, stop


def make_tree(points, order, start, stop):
    """The tree of `points` under a division made by `halve`, of them or of others."""
    points = np.ascontiguousarray(points[:, order])
    low, high = np.empty((2, points.shape[0], start.size))
    bound_boxes(points, start, stop, low, high)
    return Tree(points, start, stop, start.size.bit_length() - 1, low, high)


@inline_jit
def descend(tree, node, level):
    """The first of the descendants to go on with, how many there are, and their level."""
    jump = min(JUMP, tree.n_levels - level)
    return ((node + 1) << jump) - 1, 1 << jump, level + jump


@inline_jit
def nearest_in_boxes(tree, first, n, point, euclidean, out):
    """Distances from a point to the boxes of nodes first <= v < first + n."""
    out[:n] = 0.0
    for f in range(point.size):
        low, high = tree.low[f, first : first + n], tree.high[f, first : first + n]
        p = point[f]
        for j in range(n):
            gap = max(0.0, max(low[j] - p, p - high[j]))
            out[j] = out[j] + gap * gap if euclidean else max(out[j], gap)


@inline_jit
def farthest_in_boxes(tree, first, n, point, euclidean, out):
    """Distances from a point to the farthest corners of the boxes."""
    out[:n] = 0.0
    for f in range(point.size):
        low, high = tree.low[f, first : first + n], tree.high[f, first : first + n]
        p = point[f]
        for j in range(n):
            gap = max(p - low[j], high[j] - p)
            out[j] = out[j] + gap * gap if euclidean else max(out[j], gap)
