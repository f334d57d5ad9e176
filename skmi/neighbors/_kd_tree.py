"""All relative scales of one row by k-d trees: for few features and many samples."""

from functools import cached_property

import numpy as np

from ._distances import equals, one_sided
from ._engine import Engine, by_feature, empty_counts
from ._jit import Kernel, inline_jit
from ._row_sweep import SLACK, Row, forget_nearest, make_search, n_places, offer_each, set_radii
from ._selection import count_below_each
from ._threads import run_in_row_chunks
from ._tree import (
    JUMP,
    LEAF_SIZE,
    bound_boxes,
    descend,
    farthest_in_boxes,
    halve,
    make_tree,
    nearest_in_boxes,
    partition,
)

# At every jump all descendants but one may wait: enough for any tree that memory holds.
_STACK = 16 * 2**JUMP


@inline_jit
def offer_leaf(search, x_tree, y_tree, leaf, query, x, y, work, row):
    """Offer the points of a leaf to the nearest neighbours, except the query itself."""
    start, stop = x_tree.start[leaf], x_tree.stop[leaf]
    x_distances, y_distances = work[0], work[1]
    one_sided(x_tree.points, start, stop, x, search.euclidean, x_distances)
    one_sided(y_tree.points, start, stop, y, search.euclidean, y_distances)
    if start <= query < stop:
        x_distances[query - start] = np.inf
    n_scales = search.scales.size
    offer_each(search, 0, n_scales, x_distances, y_distances, stop - start, row)


@inline_jit
def reaches_some_scale(search, x_bound, y_bound, worst):
    """Whether a box so far away can hold a new neighbour at any scale."""
    last = search.scales.size - 1
    if x_bound >= worst[last] or search.scales[0] * y_bound >= worst[0] * SLACK:
        return False
    reached = False
    for s in range(search.scales.size):
        scaled = search.scales[s] * y_bound
        bound = x_bound + scaled if search.euclidean else max(x_bound, scaled)
        reached |= bound < worst[s]
    return reached


@inline_jit
def find_nearest(search, x_tree, y_tree, query, home, x, y, work, stack, row):
    """The nearest neighbours of one point at every scale, in one descent.

    The two trees are one division of the joint space, seen from both sides. `home` is
    the leaf of the query: it is searched first, so that most others are soon too far.
    """
    forget_nearest(search, 0, search.scales.size, row)
    offer_leaf(search, x_tree, y_tree, home, query, x, y, work, row)
    worst = row.nearest[-1]
    n_inner = x_tree.start.size // 2
    x_bounds, y_bounds = work[2], work[3]
    depth = 0
    stack[0, 0], stack[0, 1] = 0, 0
    while depth >= 0:
        first, n, level = descend(x_tree, stack[depth, 0], stack[depth, 1])
        depth -= 1
        nearest_in_boxes(x_tree, first, n, x, search.euclidean, x_bounds)
        nearest_in_boxes(y_tree, first, n, y, search.euclidean, y_bounds)
        for j in range(n):
            node = first + j
            if node == home or not reaches_some_scale(search, x_bounds[j], y_bounds[j], worst):
                continue
            if node >= n_inner:
                offer_leaf(search, x_tree, y_tree, node, query, x, y, work, row)
            else:
                depth += 1
                stack[depth, 0], stack[depth, 1] = node, level


@inline_jit
def count_neighbors(tree, point, euclidean, scales, below, work, stack, counts):
    """Add to `counts` how many points have ``scale * distance < below``, per scale.

    One descent serves all scales: a node within the reach of some and beyond that of
    others goes on with the scales in between. The point itself is counted too.
    """
    distances, nearest, farthest = work[0], work[1], work[2]
    n_inner = tree.start.size // 2
    reach = 0.0
    for s in range(scales.size):
        reach = max(reach, below[s] / scales[s])
    reach *= SLACK
    depth = 0
    stack[0, 0], stack[0, 1], stack[0, 2], stack[0, 3] = 0, 0, 0, scales.size
    while depth >= 0:
        some, all_ = stack[depth, 2], stack[depth, 3]
        first, n, level = descend(tree, stack[depth, 0], stack[depth, 1])
        depth -= 1
        nearest_in_boxes(tree, first, n, point, euclidean, nearest)
        farthest_in_boxes(tree, first, n, point, euclidean, farthest)
        for j in range(n):
            if nearest[j] > reach:
                continue
            node, near, far = first + j, nearest[j], farthest[j]
            size = tree.stop[node] - tree.start[node]
            a, b = some, all_
            while a < b and (scales[a] * near >= below[a] or scales[a] * far < below[a]):
                counts[a] += size * (scales[a] * far < below[a])
                a += 1
            while a < b and (
                scales[b - 1] * near >= below[b - 1] or scales[b - 1] * far < below[b - 1]
            ):
                b -= 1
                counts[b] += size * (scales[b] * far < below[b])
            if a == b:
                continue
            if node >= n_inner:
                start, stop = tree.start[node], tree.stop[node]
                one_sided(tree.points, start, stop, point, euclidean, distances)
                count_below_each(distances, size, scales, below, a, b, counts)
            else:
                depth += 1
                stack[depth, 0], stack[depth, 1] = node, level
                stack[depth, 2], stack[depth, 3] = a, b


@inline_jit
def count_copies(x_tree, y_tree, x, y, work, stack):
    """How many points equal (x, y) on both sides, the point itself among them."""
    x_bounds, y_bounds, x_far, y_far = work[0], work[1], work[2], work[3]
    n_inner = x_tree.start.size // 2
    copies = 0
    depth = 0
    stack[0, 0], stack[0, 1] = 0, 0
    while depth >= 0:
        first, n, level = descend(x_tree, stack[depth, 0], stack[depth, 1])
        depth -= 1
        nearest_in_boxes(x_tree, first, n, x, False, x_bounds)
        nearest_in_boxes(y_tree, first, n, y, False, y_bounds)
        farthest_in_boxes(x_tree, first, n, x, False, x_far)
        farthest_in_boxes(y_tree, first, n, y, False, y_far)
        for j in range(n):
            node = first + j
            if x_bounds[j] > 0.0 or y_bounds[j] > 0.0:
                continue
            if x_far[j] == 0.0 and y_far[j] == 0.0:
                copies += x_tree.stop[node] - x_tree.start[node]
            elif node >= n_inner:
                for i in range(x_tree.start[node], x_tree.stop[node]):
                    copies += equals(x_tree.points[:, i], x) and equals(y_tree.points[:, i], y)
            else:
                depth += 1
                stack[depth, 0], stack[depth, 1] = node, level
    return copies


@Kernel
def tree_search(
    x_joint, y_joint, x_tree, y_tree, order, search, start, stop, radii, n_joint, n_x, n_y
):
    """Sweep the points start <= i < stop, in the order of the joint tree's leaves.

    `x_joint` and `y_joint` are the joint space's tree seen from both sides, `x_tree`
    and `y_tree` trees of each side alone. Results go to the rows `order[i]` of
    `radii`, `n_joint`, `n_x`, `n_y`: (n_samples, n_scales).
    """
    n_scales = search.scales.size
    n_levels = x_joint.n_levels
    largest_leaf = (x_joint.stop[0] >> n_levels) + 1
    work = np.empty((4, max(2**JUMP, largest_leaf)))
    nearest = np.empty((n_places(search.n_neighbors), n_scales))
    values, below = np.empty(n_scales), np.empty(n_scales)
    stack = np.empty((_STACK, 4), np.intp)
    home = x_joint.start.size // 2
    for i in range(start, stop):
        while x_joint.stop[home] <= i:
            home += 1
        x, y = x_joint.points[:, i], y_joint.points[:, i]
        o = order[i]
        row = Row(radii[o], n_joint[o], n_x[o], n_y[o], below, nearest, values)
        find_nearest(search, x_joint, y_joint, i, home, x, y, work, stack, row)
        set_radii(search, 0, n_scales, row)
        copies = -1
        for s in range(n_scales):
            if row.radii[s] == 0.0:
                if copies < 0:
                    copies = count_copies(x_joint, y_joint, x, y, work, stack) - 1
                row.n_joint[s] = copies
        row.n_x[:] = -1  # the point itself will be counted
        row.n_y[:] = -1
        count_neighbors(x_tree, x, search.euclidean, search.ones, below, work, stack, row.n_x)
        count_neighbors(y_tree, y, search.euclidean, search.scales, below, work, stack, row.n_y)


class KDTree(Engine):
    """For few columns and many samples; see `Engine`."""

    compile_seconds = 10.0

    @classmethod
    def kernels(cls):
        return (partition, bound_boxes, tree_search)

    @cached_property
    def _leaf_size(self):
        # A leaf alone must bound the radius: it holds more than k points.
        return max(LEAF_SIZE, 2 * self.query.n_neighbors + 2)

    @cached_property
    def _one_sided(self):
        return [
            make_tree(side.T, *halve(by_feature(side), self._leaf_size))
            for side in (self.x, self.y)
        ]

    def _both_sides(self, scale):
        """All columns, feature by feature, with a factor on those of y."""
        n_x = self.x.shape[1]
        both = np.empty((n_x + self.y.shape[1], len(self.x)))
        both[:n_x] = self.x.T
        np.multiply(scale, self.y.T, out=both[n_x:])
        return both

    def count(self, scales):
        search = make_search(self.query, scales)
        middle = scales[len(scales) // 2]
        order, *ranges = halve(self._both_sides(middle), self._leaf_size)
        joint = [make_tree(side.T, order, *ranges) for side in (self.x, self.y)]
        counts = empty_counts(len(self.x), len(scales))

        def work(start, stop):
            tree_search(*joint, *self._one_sided, order, search, start, stop, *counts)

        run_in_row_chunks(work, len(self.x), self.n_threads)
        if self.query.euclidean:
            np.sqrt(counts.radius, out=counts.radius)
        return counts
