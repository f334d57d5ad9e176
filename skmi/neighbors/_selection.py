"""Selecting and counting in one row of distances."""

import numpy as np

from ._jit import inline_jit, jit

# A block's minimum is found in vector instructions; only a block that holds a new
# neighbour is looked at value by value.
BLOCK = 16

# Of what waits to be sorted each is at most half of the one before.
_DEEPEST = 64


@inline_jit
def replace_largest(heap, size, value):
    """Put `value` in place of the largest of a heap, which comes first."""
    hole = 0
    while 2 * hole + 1 < size:
        child = 2 * hole + 1
        if child + 1 < size and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= value:
            break
        heap[hole] = heap[child]
        hole = child
    heap[hole] = value


@jit
def find_smallest(values, n, k, upper_bound, smallest):
    """Put the k smallest of the first `n` values into `smallest`, the largest first.

    `upper_bound` is known not to be less than the k-th; what lies above it is not
    looked at, and may stand for a value equal to it.
    """
    smallest[:k] = upper_bound
    n_blocks = n // BLOCK
    for block in range(n_blocks + 1):
        start = block * BLOCK
        stop = n
        if block < n_blocks:
            stop = start + BLOCK
            least = values[start]
            for j in range(1, BLOCK):
                least = min(least, values[start + j])
            if least >= smallest[0]:
                continue
        for j in range(start, stop):
            if values[j] < smallest[0]:
                replace_largest(smallest, k, values[j])


@jit
def sort_together(values, order, n):
    """Sort the first `n` values, ascending, and those of `order` with them.

    numpy's sorting takes numba many times as long to compile.
    """
    waiting = np.empty((_DEEPEST, 2), np.intp)
    waiting[0, 0], waiting[0, 1] = 0, n - 1
    depth = 0
    while depth >= 0:
        low, high = waiting[depth, 0], waiting[depth, 1]
        depth -= 1
        while high - low >= BLOCK:
            a, b, c = values[low], values[(low + high) // 2], values[high]
            middle = max(min(a, b), min(max(a, b), c))
            i, j = low, high
            while i <= j:
                while values[i] < middle:
                    i += 1
                while values[j] > middle:
                    j -= 1
                if i <= j:
                    values[i], values[j] = values[j], values[i]
                    order[i], order[j] = order[j], order[i]
                    i += 1
                    j -= 1
            depth += 1
            if j - low < high - i:  # the longer part waits
                waiting[depth, 0], waiting[depth, 1] = i, high
                high = j
            else:
                waiting[depth, 0], waiting[depth, 1] = low, j
                low = i
        for i in range(low + 1, high + 1):
            value, place, j = values[i], order[i], i - 1
            while j >= low and values[j] > value:
                values[j + 1], order[j + 1] = values[j], order[j]
                j -= 1
            values[j + 1], order[j + 1] = value, place


@inline_jit
def count_nearer_in_order(ascending, n, threshold):
    """How many of the first `n` values, which ascend, are below the threshold."""
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < threshold:
            low = middle + 1
        else:
            high = middle
    return low


@inline_jit
def count_below(values, n, scale, threshold):
    """How many of the first `n` values have ``scale * value < threshold``."""
    count = 0
    for j in range(n):
        count += scale * values[j] < threshold
    return count


@inline_jit
def count_below_four(values, n, scales, thresholds, first, counts, whole):
    """`count_below` for four scales in one pass, starting with the scale `first`.

    The type `whole` counts; as wide as the values, it takes as many places in a vector.
    """
    s0, s1, s2, s3 = (
        scales[first],
        scales[first + 1],
        scales[first + 2],
        scales[first + 3],
    )
    t0, t1, t2, t3 = (
        thresholds[first],
        thresholds[first + 1],
        thresholds[first + 2],
        thresholds[first + 3],
    )
    c0 = c1 = c2 = c3 = whole(0)
    for j in range(n):
        value = values[j]
        c0 = whole(c0 + whole(s0 * value < t0))
        c1 = whole(c1 + whole(s1 * value < t1))
        c2 = whole(c2 + whole(s2 * value < t2))
        c3 = whole(c3 + whole(s3 * value < t3))
    counts[first] += c0
    counts[first + 1] += c1
    counts[first + 2] += c2
    counts[first + 3] += c3


@jit
def count_below_each(values, n, scales, thresholds, first, last, counts):
    """Add `count_below` to `counts` for the scales first <= s < last."""
    s = first
    while s + 4 <= last:
        if values.itemsize == 4:
            count_below_four(values, n, scales, thresholds, s, counts, np.int32)
        else:
            count_below_four(values, n, scales, thresholds, s, counts, np.int64)
        s += 4
    while s < last:
        counts[s] += count_below(values, n, scales[s], thresholds[s])
        s += 1
