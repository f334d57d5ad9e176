"""What each of many features would add to those selected, in one pass over the samples.

The joint distance with one more feature is the larger of two: that in what is selected
already, made once for all candidates, and that in the candidate. A sample's neighbours
must be near in both, so for each candidate only the front of a list, sorted once for all
of them, is gone through.
"""

import numpy as np

from ._conditional import counts_below, n_threads
from ._distances import chebyshev, joint
from ._jit import Kernel, inline_jit, run_in_row_chunks
from ._selection import count_below, find_smallest, replace_largest

# Samples in the list, beside those expected within the radius: with some to spare nearly
# no candidate needs a look at the other samples.
_MARGIN = 4
_FEWEST = 32

# Numbers held at a time: a row of contributions for every candidate of a batch.
_HELD = 2**23


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
def _alone(columns, orders, places, y, labels, sizes, n_neighbors, edge, psi, start, stop, terms):
    """Contributions of the rows start <= i < stop to each column's information on y.

    In the order they are added, a constant column makes them exactly 0.
    `columns` are sorted, each by its `orders`; sample i stands at ``places[:, i]``.
    """
    n = labels.size
    y_distances, smallest = np.empty(n), np.empty(n_neighbors)
    for i in range(start, stop):
        _distances_of_y(y, labels, i, y_distances)
        y_sorted = np.sort(y_distances)
        k = min(n_neighbors, sizes[labels[i]] - 1)
        for c in range(columns.shape[0]):
            ascending, order, place = columns[c], orders[c], places[c, i]
            _nearest_in_column(ascending, order, place, y_distances, k, smallest)
            below = counts_below(smallest[0], edge)
            n_joint = _count_nearest(smallest, k, below)
            n_x = _count_in_column(ascending, ascending[place], below) - 1
            if smallest[0] == 0.0:  # exact copies, of which there may be more than k
                n_joint = 0
                first = np.searchsorted(ascending, ascending[place])
                for other in range(first, first + n_x + 1):
                    n_joint += y_distances[order[other]] < below
            n_y = np.searchsorted(y_sorted, below)
            terms[c, i] = (psi[n_joint + 1] - psi[n_x + 1]) + (psi[n] - psi[n_y + 1])


@inline_jit
def _list_near(distances, limit, order, ascending):
    """List the samples within `limit`, nearest first; return how many there are."""
    count = 0
    for j in range(distances.size):
        if distances[j] <= limit:
            order[count] = j
            count += 1
    by_distance = np.argsort(distances[order[:count]])
    order[:count] = order[:count][by_distance]
    for p in range(count):
        ascending[p] = distances[order[p]]
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


@Kernel
def _beside(
    selected, candidates, y, labels, sizes, n_neighbors, n_listed, edge, psi, start, stop, terms
):
    """Contributions of the rows start <= i < stop with each candidate beside `selected`."""
    n = labels.size
    s, y_only, sy, work, other = np.empty((5, n))
    s_ascending, sy_ascending = np.empty((2, n))
    s_order, sy_order = np.empty((2, n), np.intp)
    smallest = np.empty(max(n_neighbors, n_listed))
    for i in range(start, stop):
        chebyshev(selected, 0, n, selected[:, i], s)
        s[i] = np.inf
        _distances_of_y(y, labels, i, y_only)
        joint(s, y_only, n, 1.0, False, sy)
        in_class = sizes[labels[i]] - 1
        k = min(n_neighbors, in_class)
        find_smallest(sy, n, min(max(n_listed, k), in_class), np.inf, smallest)
        limit = smallest[0]
        n_sy = _list_near(sy, limit, sy_order, sy_ascending)
        n_s = _list_near(s, limit, s_order, s_ascending)
        y_near = np.sort(y_only[y_only <= limit])
        for c in range(candidates.shape[0]):
            x, own = candidates[c], candidates[c, i]
            if _nearest_in_list(sy_ascending, sy_order, n_sy, x, own, k, smallest):
                below = counts_below(smallest[0], edge)
                n_joint = _count_nearest(smallest, k, below)
                if smallest[0] == 0.0:
                    n_joint = _count_in_list(sy_ascending, sy_order, n_sy, x, own, below)
                n_x = _count_in_list(s_ascending, s_order, n_s, x, own, below)
                n_y = np.searchsorted(y_near, below)
            else:
                for j in range(n):
                    other[j] = max(s[j], abs(x[j] - own))
                joint(other, y_only, n, 1.0, False, work)
                find_smallest(work, n, k, np.inf, smallest)
                below = counts_below(smallest[0], edge)
                n_joint = count_below(work, n, 1.0, below)
                n_x = count_below(other, n, 1.0, below)
                n_y = count_below(y_only, n, 1.0, below)
            terms[c, i] = (psi[n_joint + 1] - psi[n_x + 1]) + (psi[n] - psi[n_y + 1])


def expected_within(n_samples, n_features, n_neighbors):
    """Samples within the radius in all of `n_features` columns but one, on average.

    If the columns are independent: a part k/n of the samples is within the radius in
    all of them, and the n_features-th root of that in each.
    """
    part = min(1.0, n_neighbors / n_samples)
    return n_samples * part ** ((n_features - 1) / n_features)


def joint_mutual_info(
    selected, candidates, y, labels, n_neighbors, psi, *, tie_tolerance=0.0, n_jobs=None
):
    """The mutual information of y with each candidate and all selected columns together.

    The estimator of Kraskov, Stögbauer and Grassberger, or of Ross where y has labels,
    in the maximum norm, with ties counted.

    Parameters
    ----------
    selected : ndarray of float64, shape (n_selected, n_samples)
        Columns, feature by feature; there may be none.
    candidates : ndarray of float64, shape (n_candidates, n_samples)
        Columns to add, one at a time.
    y : ndarray of float64, shape (n_y_features, n_samples)
        Numbers of the second variable; none if it has only labels.
    labels : ndarray of int64, shape (n_samples,)
        Codes from 0, each at least twice: samples of different labels are infinitely
        far apart. Zeros if there are no labels.
    n_neighbors : int
        k, at least 1 and less than n_samples. In a class of fewer, all others.
    psi : ndarray of shape (n_samples + 1,)
        The digamma function of 0, 1, ...
    tie_tolerance : float, default=0.0
        Distances that differ from the radius by no more than this part of it are taken
        as equal to it.
    n_jobs : int, default=None
        Threads, as joblib counts them. The result does not depend on it.

    Returns
    -------
    mi : ndarray of shape (n_candidates,)
        In nats.
    """
    n_samples = labels.size
    batch = max(1, _HELD // n_samples)
    return np.concatenate(
        [
            _joint_mutual_info(
                *(np.ascontiguousarray(a) for a in (selected, candidates[c : c + batch], y)),
                labels.astype(np.int64),
                int(n_neighbors),
                psi,
                1.0 - tie_tolerance,
                n_threads(n_jobs),
            )
            for c in range(0, len(candidates), batch)
        ]
    )


def _joint_mutual_info(selected, candidates, y, labels, n_neighbors, psi, edge, threads):
    n_samples = labels.size
    sizes = np.bincount(labels)
    terms = np.empty((len(candidates), n_samples))
    if len(selected):
        n_columns = len(selected) + 1 + len(y)
        expected = expected_within(sizes.max(), n_columns, n_neighbors)
        n_listed = int(_FEWEST + _MARGIN * expected)

        def work(start, stop):
            _beside(
                selected, candidates, y, labels, sizes, n_neighbors, n_listed, edge, psi,
                start, stop, terms,
            )  # fmt: skip
    else:
        orders = np.argsort(candidates, axis=1)
        columns = np.take_along_axis(candidates, orders, axis=1)
        places = np.argsort(orders, axis=1)

        def work(start, stop):
            _alone(
                columns, orders, places, y, labels, sizes, n_neighbors, edge, psi,
                start, stop, terms,
            )  # fmt: skip

    run_in_row_chunks(work, n_samples, threads)
    return terms.mean(axis=1)
