"""All relative scales of one row by k-d trees: for few features and many samples."""

import numpy as np

from ._distances import one_sided
from ._jit import Kernel, inline_jit
from ._row_sweep import SLACK, Row, forget_nearest, n_places, offer_each, set_radii
from ._selection import count_below_each
from ._tree import LEAF_SIZE, farthest_in_box, nearest_in_box

# A tree halves its points at every level: no machine's memory needs a deeper stack.
_STACK = 128


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
    euclidean = search.euclidean
    depth = 0
    stack[0] = 0
    x_bounds[0] = y_bounds[0] = 0.0
    while depth >= 0:
        node = stack[depth]
        x_bound, y_bound = x_bounds[depth], y_bounds[depth]
        depth -= 1
        if node == home or not reaches_some_scale(search, x_bound, y_bound, worst):
            continue
        if node >= n_inner:
            offer_leaf(search, x_tree, y_tree, node, query, x, y, work, row)
            continue
        for child in range(2 * node + 1, 2 * node + 3):
            depth += 1
            stack[depth] = child
            x_bounds[depth] = nearest_in_box(x_tree, child, x, euclidean)
            y_bounds[depth] = nearest_in_box(y_tree, child, y, euclidean)
        # The nearer child comes last, to be looked at first.
        middle = search.scales[search.scales.size // 2]
        first = max(x_bounds[depth - 1], middle * y_bounds[depth - 1])
        if first < max(x_bounds[depth], middle * y_bounds[depth]):
            for values_ in (x_bounds, y_bounds):
                values_[depth - 1], values_[depth] = values_[depth], values_[depth - 1]
            stack[depth - 1], stack[depth] = stack[depth], stack[depth - 1]


@inline_jit
def count_neighbors(tree, point, euclidean, scales, below, work, stack, counts):
    """Add to `counts` how many points have ``scale * distance < below``, per scale.

    One descent serves all scales: a node within the reach of some and beyond that of
    others goes on with the scales in between. The point itself is counted too.
    """
    n_inner = tree.start.size // 2
    depth = 0
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, 0, scales.size
    while depth >= 0:
        node, first, last = stack[depth, 0], stack[depth, 1], stack[depth, 2]
        depth -= 1
        nearest = nearest_in_box(tree, node, point, euclidean)
        farthest = farthest_in_box(tree, node, point, euclidean)
        size = tree.stop[node] - tree.start[node]
        while first < last and (
            scales[first] * nearest >= below[first] or scales[first] * farthest < below[first]
        ):
            counts[first] += size * (scales[first] * farthest < below[first])
            first += 1
        while first < last and (
            scales[last - 1] * nearest >= below[last - 1]
            or scales[last - 1] * farthest < below[last - 1]
        ):
            last -= 1
            counts[last] += size * (scales[last] * farthest < below[last])
        if first == last:
            continue
        if node < n_inner:
            for child in range(2 * node + 1, 2 * node + 3):
                depth += 1
                stack[depth, 0], stack[depth, 1], stack[depth, 2] = child, first, last
        else:
            distances = work[0]
            start, stop = tree.start[node], tree.stop[node]
            one_sided(tree.points, start, stop, point, euclidean, distances)
            count_below_each(distances, size, scales, below, first, last, counts)


@inline_jit
def count_copies(x_tree, y_tree, x, y, stack):
    """How many points equal (x, y) on both sides, the point itself among them."""
    n_inner = x_tree.start.size // 2
    copies = 0
    depth = 0
    stack[0] = 0
    while depth >= 0:
        node = stack[depth]
        depth -= 1
        if nearest_in_box(x_tree, node, x, False) + nearest_in_box(y_tree, node, y, False) > 0.0:
            continue
        if farthest_in_box(x_tree, node, x, False) + farthest_in_box(y_tree, node, y, False) == 0:
            copies += x_tree.stop[node] - x_tree.start[node]
        elif node < n_inner:
            stack[depth + 1], stack[depth + 2] = 2 * node + 1, 2 * node + 2
            depth += 2
        else:
            for j in range(x_tree.start[node], x_tree.stop[node]):
                same = (x_tree.points[:, j] == x).all() and (y_tree.points[:, j] == y).all()
                copies += same
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
    work = np.empty((4, max(_STACK, LEAF_SIZE)))
    nearest = np.empty((n_places(search.n_neighbors), n_scales))
    values, below = np.empty(n_scales), np.empty(n_scales)
    stack = np.empty((_STACK, 3), np.intp)
    home = x_joint.start.size // 2
    for i in range(start, stop):
        while x_joint.stop[home] <= i:
            home += 1
        x, y = x_joint.points[:, i], y_joint.points[:, i]
        o = order[i]
        row = Row(radii[o], n_joint[o], n_x[o], n_y[o], below, nearest, values)
        find_nearest(search, x_joint, y_joint, i, home, x, y, work, stack[:, 0], row)
        set_radii(search, 0, n_scales, row)
        copies = -1
        for s in range(n_scales):
            if row.radii[s] == 0.0:
                if copies < 0:
                    copies = count_copies(x_joint, y_joint, x, y, stack[:, 0]) - 1
                row.n_joint[s] = copies
        row.n_x[:] = -1  # the point itself will be counted
        row.n_y[:] = -1
        count_neighbors(x_tree, x, search.euclidean, search.ones, below, work, stack, row.n_x)
        count_neighbors(y_tree, y, search.euclidean, search.scales, below, work, stack, row.n_y)
