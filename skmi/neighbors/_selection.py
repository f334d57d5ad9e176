"""Selecting and counting in one row of distances."""

import numpy as np

from ._jit import inline_jit, jit

# A block's minimum is found in vector instructions; only a block that holds a new
# neighbour is looked at value by value.
BLOCK = 16


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
