"""What each of many features would add to those selected, in one pass over the samples.

The joint distance with one more feature is the larger of two: that in what is selected
already, made once for all candidates, and that in the candidate. A sample's neighbours
must be near in both, so for each candidate only the front of a list, sorted once for all
of them, is gone through.
"""

import numpy as np

from ._conditional_tree import counts_below
from ._counter import Counter, Variable
from ._dense import dense_seconds
from ._distances import chebyshev, joint
from ._jit import Kernel, dense_is_cheaper, inline_jit
from ._selection import (
    count_below,
    count_nearer_in_order,
    find_smallest,
    replace_largest,
    sort_together,
)
from ._threads import count_threads, run_in_row_chunks

# Samples in the list, beside those expected within the radius: with some to spare nearly
# no candidate needs a look at the other samples.
_MARGIN = 4
_FEWEST = 32

# That compiling it all takes.
_COMPILE_SECONDS = 9.0

# Candidates that pass over a sample's lists together: their values stay in the cache.
BATCH = 256


@inline_jit
def _distances_of_y(y, labels, i, out):
    """Distances to sample `i` in y; infinite to itself and to other labels."""
    n = labels.size
    if y.shape[0]:
        chebyshev(y, 0, n, y[:, i], out)
    else:
        out[:] = 0.0
    for j in range(n):
        if labels[j] != labels[i]:
            out[j] = np.inf
    out[i] = np.inf


@inline_jit
def _count_in_column(ascending, value, below):
    """How many of a sorted column lie nearer to `value` than `below`."""
    low, high = 0, ascending.size
    while low < high:
        middle = (low + high) // 2
        if value - ascending[middle] < below:
            high = middle
        else:
            low = middle + 1
    first = low
    high = ascending.size
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] - value < below:
            low = middle + 1
        else:
            high = middle
    return low - first


@inline_jit
def _nearest_in_column(ascending, order, place, y, k, smallest):
    """The k smallest joint distances to the sample at `place` of a sorted column.

    From there outwards, the nearer side first, until none can be nearer.
    """
    n = ascending.size
    smallest[:k] = np.inf
    value = ascending[place]
    left, right = place - 1, place + 1
    while True:
        below = value - ascending[left] if left >= 0 else np.inf
        above = ascending[right] - value if right < n else np.inf
        if below <= above:
            distance, other = below, left
            left -= 1
        else:
            distance, other = above, right
            right += 1
        if distance >= smallest[0]:
            return
        distance = max(distance, y[order[other]])
        if distance < smallest[0]:
            replace_largest(smallest, k, distance)


@inline_jit
def _count_nearest(smallest, k, below):
    """How many of the k nearest are nearer than the farthest of them, but for ties."""
    count = 0
    for p in range(k):
        count += smallest[p] < below
    return count


@Kernel
def _alone(columns, orders, places, y, labels, sizes, n_neighbors, edge, start, stop, counts):
    """Counts of the rows start <= i < stop for each column and y.

    `columns` are sorted, each by its `orders`; sample i stands at ``places[:, i]``.
    """
    n = labels.size
    y_distances, y_sorted, smallest = np.empty(n), np.empty(n), np.empty(n_neighbors)
    y_order = np.empty(n, np.intp)
    for i in range(start, stop):
        _distances_of_y(y, labels, i, y_distances)
        for j in range(n):
            y_sorted[j] = y_distances[j]
        sort_together(y_sorted, y_order, n)
        k = min(n_neighbors, sizes[labels[i]] - 1)
        for c in range(columns.shape[0]):
            ascending, order, place = columns[c], orders[c], places[c, i]
            _nearest_in_column(ascending, order, place, y_distances, k, smallest)
            below = counts_below(smallest[0], edge)
            n_joint = _count_nearest(smallest, k, below)
            n_x = _count_in_column(ascending, ascending[place], below) - 1
            if smallest[0] == 0.0:  # exact copies, of which there may be more than k
                n_joint = 0
                first = count_nearer_in_order(ascending, n, ascending[place])
                for other in range(first, first + n_x + 1):
                    n_joint += y_distances[order[other]] < below
            n_y = count_nearer_in_order(y_sorted, n, below)
            counts[0, c, i], counts[1, c, i], counts[2, c, i] = n_joint, n_x, n_y


@inline_jit
def _list_near(distances, limit, order, ascending):
    """List the samples within `limit`, nearest first; return how many there are."""
    count = 0
    for j in range(distances.size):
        if distances[j] <= limit:
            order[count], ascending[count] = j, distances[j]
            count += 1
    sort_together(ascending, order, count)
    return count


@inline_jit
def _nearest_in_list(ascending, order, n_listed, x, own, k, smallest):
    """The k smallest joint distances among a sorted list; whether none was missed."""
    smallest[:k] = np.inf
    for p in range(n_listed):
        if ascending[p] >= smallest[0]:
            return True
        distance = max(ascending[p], abs(x[order[p]] - own))
        if distance < smallest[0]:
            replace_largest(smallest, k, distance)
    return n_listed > 0 and smallest[0] <= ascending[n_listed - 1]


@inline_jit
def _count_in_list(ascending, order, n_listed, x, own, below):
    """How many of a sorted list are nearer than `below` in it and in `x`."""
    count = 0
    for p in range(n_listed):
        if ascending[p] >= below:
            break
        count += abs(x[order[p]] - own) < below
    return count


@inline_jit
def _count_among_all(s, y_only, x, own, k, edge, work, beside, smallest):
    """The three counts of one candidate, from all samples: its neighbours are not listed."""
    n = s.size
    for j in range(n):
        beside[j] = max(s[j], abs(x[j] - own))
    joint(beside, y_only, n, 1.0, False, work)
    find_smallest(work, n, k, np.inf, smallest)
    below = counts_below(smallest[0], edge)
    return (
        count_below(work, n, 1.0, below),
        count_below(beside, n, 1.0, below),
        count_below(y_only, n, 1.0, below),
    )


@Kernel
def _beside(
    selected, candidates, in_order, y, y_in_order, labels, sizes, n_neighbors, n_listed, edge,
    start, stop, counts,
):  # fmt: skip
    """Counts of the rows start <= i < stop with each candidate beside `selected`.

    `in_order` are the candidates, each in ascending order, if nothing is selected;
    `y_in_order` is y in ascending order if it is a single column without labels.
    """
    n = labels.size
    s, y_only, sy, work, beside = np.zeros((5, n))
    s_ascending, sy_ascending, y_ascending = np.empty((3, n))
    s_order, sy_order, y_order = np.empty((3, n), np.intp)
    smallest = np.empty(max(n_neighbors, n_listed))
    n_s = n_near = 0
    for i in range(start, stop):
        if selected.shape[0]:
            chebyshev(selected, 0, n, selected[:, i], s)
        else:
            s[:] = 0.0
        s[i] = np.inf
        _distances_of_y(y, labels, i, y_only)
        joint(s, y_only, n, 1.0, False, sy)
        in_class = sizes[labels[i]] - 1
        k = min(n_neighbors, in_class)
        find_smallest(sy, n, min(max(n_listed, k), in_class), np.inf, smallest)
        limit = smallest[0]
        n_sy = _list_near(sy, limit, sy_order, sy_ascending)
        if selected.shape[0]:
            n_s = _list_near(s, limit, s_order, s_ascending)
        if y_in_order.size == 0:
            n_near = _list_near(y_only, limit, y_order, y_ascending)
        for c in range(candidates.shape[0]):
            x, own = candidates[c], candidates[c, i]
            if not _nearest_in_list(sy_ascending, sy_order, n_sy, x, own, k, smallest):
                n_joint, n_x, n_y = _count_among_all(
                    s, y_only, x, own, k, edge, work, beside, smallest
                )
            else:
                below = counts_below(smallest[0], edge)
                n_joint = _count_nearest(smallest, k, below)
                if smallest[0] == 0.0:  # exact copies, of which there may be more than k
                    n_joint = _count_in_list(sy_ascending, sy_order, n_sy, x, own, below)
                if selected.shape[0]:
                    n_x = _count_in_list(s_ascending, s_order, n_s, x, own, below)
                else:
                    n_x = _count_in_column(in_order[c], own, below) - 1
                if y_in_order.size:
                    n_y = _count_in_column(y_in_order, y[0, i], below) - 1
                else:
                    n_y = count_nearer_in_order(y_ascending, n_near, below)
            counts[0, c, i], counts[1, c, i], counts[2, c, i] = n_joint, n_x, n_y


def expected_within(n_samples, n_features, n_neighbors):
    """Samples within the radius in all of `n_features` columns but one, on average.

    If the columns are independent: a part k/n of the samples is within the radius in
    all of them, and the n_features-th root of that in each.
    """
    part = min(1.0, n_neighbors / n_samples)
    return n_samples * part ** ((n_features - 1) / n_features)


def count_joint(
    selected, candidates, y, labels, query, *, engine="auto", device="cpu", n_jobs=None
):
    """Neighbours in each candidate and all selected columns together, in y, and in both.

    In the maximum norm, with ties counted.

    Parameters
    ----------
    selected : ndarray of float64, shape (n_selected, n_samples)
        Columns, feature by feature; there may be none.
    candidates : ndarray of float64, shape (n_candidates, n_samples)
        Columns to add, one at a time.
    y : ndarray of float64, shape (n_y_features, n_samples)
        Numbers of the second variable; none if it has only labels.
    labels : ndarray of int64, shape (n_samples,), or None
        Codes from 0, each at least twice: samples of different labels are infinitely
        far apart.
    query : Query
        Of neighbours strictly nearer than the radius, with a tolerance for ties. In a class
        of at most k samples all others set the radius.
    engine : {"auto", "torch"}, default="auto"
    device : str, default="cpu"
        Where torch computes.
    n_jobs : int, default=None
        Threads, as joblib counts them. The result does not depend on it.

    Returns
    -------
    n_joint, n_x, n_y : ndarrays of int64, shape (n_candidates, n_samples)
        Others within the radius: in all columns, in the selected and the candidate, in y.
    """
    if engine == "torch":
        from ._torch import count_joint as count_by_torch  # loads torch

        given = selected, candidates, y, labels, query
        return count_by_torch(*given, device, count_threads(n_jobs))
    n_candidates, n_samples = candidates.shape
    n_columns = len(selected) + 1 + len(y) + (labels is not None)
    if _trees_are_faster(n_samples, n_columns, n_candidates):
        return _count_one_by_one(selected, candidates, y, labels, query, n_jobs, "auto")
    seconds = n_candidates * dense_seconds(n_samples, n_columns, 1)
    if dense_is_cheaper((_alone, _beside), seconds, _COMPILE_SECONDS):
        return _count_one_by_one(selected, candidates, y, labels, query, n_jobs, "dense")
    selected, y = np.ascontiguousarray(selected), np.ascontiguousarray(y)
    labels = np.zeros(n_samples, np.int64) if labels is None else labels.astype(np.int64)
    options = labels, np.bincount(labels), int(query.n_neighbors), query.edge
    # Labels alone leave all samples of a class equally near: nothing to list.
    unlisted = not len(selected) and not len(y)
    kernel = _alone_with_labels if unlisted else _beside_selected
    counts = np.empty((3, len(candidates), n_samples), np.int64)
    for first in range(0, len(candidates), BATCH):
        some = slice(first, first + BATCH)
        work = kernel(
            selected, np.ascontiguousarray(candidates[some]), y, *options, counts[:, some]
        )
        run_in_row_chunks(work, n_samples, count_threads(n_jobs))
    return counts


def _trees_are_faster(n_samples, n_columns, n_candidates):
    """Whether a search for each candidate is faster than one pass over all distances.

    Fitted to ``tests/perf/joint_selection.py``.
    """
    one_search = 4e-7 * n_columns**2 * n_samples * (n_samples / 1e4) ** 0.3
    one_pass = n_samples**2 * (1.6e-8 + 5e-10 * n_candidates)
    return n_candidates * one_search < one_pass


def _count_one_by_one(selected, candidates, y, labels, query, n_jobs, engine):
    """The same, candidate by candidate."""
    counts = np.empty((3, *candidates.shape), np.int64)
    target = Variable(y.T, labels)
    n_threads = count_threads(n_jobs)
    for c, candidate in enumerate(candidates):
        columns = Variable(np.column_stack([*selected, candidate]))
        found = Counter(columns, target, query, engine, n_threads).count()
        counts[:, c] = found.n_joint[:, 0], found.n_x[:, 0], found.n_y[:, 0]
    return counts


def _alone_with_labels(_, candidates, y, labels, sizes, n_neighbors, edge, counts):
    orders = np.argsort(candidates, axis=1)
    columns = np.take_along_axis(candidates, orders, axis=1)
    places = np.argsort(orders, axis=1)

    def work(start, stop):
        _alone(columns, orders, places, y, labels, sizes, n_neighbors, edge, start, stop, counts)

    return work


def _beside_selected(selected, candidates, y, labels, sizes, n_neighbors, edge, counts):
    n_columns = len(selected) + 1 + len(y)
    n_listed = int(_FEWEST + _MARGIN * expected_within(sizes.max(), n_columns, n_neighbors))
    in_order = np.sort(candidates[:0] if len(selected) else candidates, axis=1)
    y_in_order = np.sort(y[0] if len(y) == 1 == sizes.size else y.ravel()[:0])

    def work(start, stop):
        _beside(
            selected, candidates, in_order, y, y_in_order, labels, sizes, n_neighbors, n_listed,
            edge, start, stop, counts,
        )  # fmt: skip

    return work
