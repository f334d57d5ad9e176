"""All relative scales of one row, from its distances on both sides.

Multiplying the second side by a growing scale c makes every joint distance grow, so
the k-th radius r grows with c, while r / c shrinks. From the middle scale outwards,
then, the row's neighbours at each further scale lie among those within the last radius
on one side, and the lists to search shrink as the sweep goes on.
"""

from typing import NamedTuple

import numpy as np

from ._distances import joint
from ._jit import inline_jit
from ._selection import count_below, count_below_each, find_smallest

# c * (r / c) can be off by a few units in the last place, in single precision too: lists
# of candidates are cut this much (relatively) too wide, which costs nothing and misses
# nobody.
SLACK = 1.0 + 1e-6

# A list of candidates shorter than this, divided by k, is gone through once for all
# remaining scales rather than once for each.
_SHORT = 600


# Places in a list of nearest neighbours are gone through four at a time.
PLACES = 4


@inline_jit
def n_places(n_neighbors):
    """How many places a list of nearest neighbours takes."""
    return -(-n_neighbors // PLACES) * PLACES


class Search(NamedTuple):
    """What to look for; the same for all rows."""

    scales: np.ndarray  # ascending; squared for the Euclidean metric
    ones: np.ndarray  # as many ones: the first side's scales
    n_neighbors: int
    closed: bool  # count what is not farther than the radius, not what is nearer
    edge: float  # the radius is multiplied by this to count: 1 but for a tolerance
    count_joint: bool  # count joint neighbours nearer than the radius: k - 1 but for ties
    euclidean: bool


def make_search(query, scales):
    """A `Query` at some scales, as the kernels take it."""
    scales = np.array(scales, dtype=np.float64)
    scales = scales * scales if query.euclidean else scales
    return Search(
        scales=scales,
        ones=np.ones_like(scales),
        n_neighbors=int(query.n_neighbors),
        closed=query.closed,
        edge=query.edge,
        count_joint=query.counts_joint,
        euclidean=query.euclidean,
    )


class Row(NamedTuple):
    """What is found for one row, an entry a scale; and scratch space for finding it."""

    radii: np.ndarray
    n_joint: np.ndarray
    n_x: np.ndarray
    n_y: np.ndarray
    below: np.ndarray  # n_x and n_y count (scaled) distances below this
    nearest: np.ndarray  # (n_places(k), n_scales): joint distances, the k-th last
    values: np.ndarray


@inline_jit
def offer(search, first, last, x, y, row):
    """Offer one point to the lists of nearest neighbours of scales first <= s < last.

    The lists are kept in ascending order for all scales side by side: each smaller of
    two stays, each larger moves on, four places a pass, without a branch.
    """
    values = row.values
    for s in range(first, last):
        if search.euclidean:
            values[s] = x + search.scales[s] * y
        else:
            values[s] = max(x, search.scales[s] * y)
    for p in range(0, row.nearest.shape[0], PLACES):
        a, b = row.nearest[p], row.nearest[p + 1]
        c, d = row.nearest[p + 2], row.nearest[p + 3]
        for s in range(first, last):
            value = values[s]
            a[s], value = min(a[s], value), max(a[s], value)
            b[s], value = min(b[s], value), max(b[s], value)
            c[s], value = min(c[s], value), max(c[s], value)
            d[s], values[s] = min(d[s], value), max(d[s], value)


@inline_jit
def forget_nearest(search, first, last, row):
    """Empty the lists of scales first <= s < last; places beyond k stay out of use."""
    unused = row.nearest.shape[0] - search.n_neighbors
    for p in range(row.nearest.shape[0]):
        for s in range(first, last):
            row.nearest[p, s] = -np.inf if p < unused else np.inf


@inline_jit
def offer_each(search, first, last, x, y, n, row):
    """`offer` those of `n` points that can be among the nearest at some scale."""
    worst = row.nearest[-1]
    smallest = search.scales[first]
    for j in range(n):
        # Radii grow with the scale, and shrink relative to it.
        if x[j] < worst[last - 1] and smallest * y[j] < worst[first] * SLACK:
            offer(search, first, last, x[j], y[j], row)


@inline_jit
def set_radii(search, first, last, row):
    """Note the radii of scales first <= s < last, and how to count.

    What is below the radius counts, or what is not above it. A radius of zero belongs
    to a repeated point: its exact copies are counted.
    """
    k, n_places = search.n_neighbors, row.nearest.shape[0]
    farthest = row.nearest[n_places - 1]
    for s in range(first, last):
        row.radii[s] = farthest[s]
        row.below[s] = farthest[s] * search.edge
        row.n_joint[s] = k if search.closed else k - 1
    for s in range(first, last):
        if search.closed or farthest[s] == 0.0:
            row.below[s] = np.nextafter(row.below[s], row.below.dtype.type(np.inf))
    if search.count_joint and not search.closed:
        row.n_joint[first:last] = 0
        for p in range(n_places - k, n_places):
            distances = row.nearest[p]
            for s in range(first, last):
                row.n_joint[s] += distances[s] < row.below[s]


@inline_jit
def reach(s, row):
    """The farthest that neighbours on one side, scaled, can be at scale `s`."""
    return max(row.radii[s], row.below[s]) * SLACK


@inline_jit
def search_scale(search, s, x, y, n, bound, work, row):
    """Find the radius of scale `s`, at most `bound`, among `n` candidates."""
    distances, smallest = work[0], work[3]
    joint(x, y, n, search.scales[s], search.euclidean, distances)
    find_smallest(distances, n, search.n_neighbors, bound, smallest)
    for p in range(search.n_neighbors):
        row.nearest[row.nearest.shape[0] - 1 - p, s] = smallest[p]
    set_radii(search, s, s + 1, row)


@inline_jit
def search_scales(search, first, last, x, y, n, row):
    """Find the radii of scales first <= s < last among a short list of candidates."""
    forget_nearest(search, first, last, row)
    offer_each(search, first, last, x, y, n, row)
    set_radii(search, first, last, row)


@inline_jit
def keep_within(key, n, limit, x, y, x_kept, y_kept):
    """Copy the pairs whose `key` is at most `limit`; return how many there are."""
    limit = key.dtype.type(limit)
    kept = 0
    for j in range(n):
        keep = key[j] <= limit
        x_kept[kept] = x[j]
        y_kept[kept] = y[j]
        kept += keep
    return kept


@inline_jit
def sweep_down(search, middle, x, y, n, work, row):
    """The scales below the middle one: the first side's radii shrink."""
    x_near, y_near = work[1], work[2]
    m = keep_within(x, n, reach(middle, row), x, y, x_near, y_near)
    s = middle - 1
    while s >= 0 and m * search.n_neighbors > _SHORT:
        search_scale(search, s, x_near, y_near, m, row.radii[s + 1], work, row)
        row.n_x[s] += count_below(x_near, m, 1.0, row.below[s])
        if 4 * row.n_x[s] < 3 * m:
            m = keep_within(x_near, m, reach(s, row), x_near, y_near, x_near, y_near)
        s -= 1
    if s >= 0:
        search_scales(search, 0, s + 1, x_near, y_near, m, row)
        count_below_each(x_near, m, search.ones, row.below, 0, s + 1, row.n_x)
    count_below_each(y, n, search.scales, row.below, 0, middle, row.n_y)


@inline_jit
def sweep_up(search, middle, x, y, n, work, row):
    """The scales above the middle one: the second side's radii, unscaled, shrink."""
    scales = search.scales
    x_near, y_near = work[1], work[2]
    limit = reach(middle, row) / scales[middle]
    m = keep_within(y, n, limit, x, y, x_near, y_near)
    s = middle + 1
    while s < scales.size and m * search.n_neighbors > _SHORT:
        bound = row.radii[s - 1] * (scales[s] / scales[s - 1]) * SLACK
        search_scale(search, s, x_near, y_near, m, bound, work, row)
        row.n_y[s] += count_below(y_near, m, scales[s], row.below[s])
        if 4 * row.n_y[s] < 3 * m:
            limit = reach(s, row) / scales[s]
            m = keep_within(y_near, m, limit, x_near, y_near, x_near, y_near)
        s += 1
    if s < scales.size:
        search_scales(search, s, scales.size, x_near, y_near, m, row)
        count_below_each(y_near, m, scales, row.below, s, scales.size, row.n_y)
    count_below_each(x, n, search.ones, row.below, middle + 1, scales.size, row.n_x)


@inline_jit
def sweep_row(search, x, y, n, work, row):
    """Radii and counts of one row at every scale.

    `x` and `y` hold its distances to the `n` rows, infinite to itself; `work` is
    scratch space of shape (4, n).
    """
    n_scales = search.scales.size
    middle = n_scales // 2
    row.n_x[:] = 0
    row.n_y[:] = 0
    search_scale(search, middle, x, y, n, np.inf, work, row)
    count_below_each(x, n, search.ones, row.below, middle, middle + 1, row.n_x)
    count_below_each(y, n, search.scales, row.below, middle, middle + 1, row.n_y)
    if middle > 0:
        sweep_down(search, middle, x, y, n, work, row)
    if middle + 1 < n_scales:
        sweep_up(search, middle, x, y, n, work, row)
    for s in range(n_scales):
        if row.radii[s] == 0.0:
            joint(x, y, n, search.scales[s], search.euclidean, work[0])
            row.n_joint[s] = count_below(work[0], n, 1.0, row.below[s])
