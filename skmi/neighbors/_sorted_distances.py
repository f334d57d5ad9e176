"""One side's distances between all samples, each row from near to far."""

from typing import NamedTuple

import numpy as np

from ._distances import one_sided
from ._jit import Kernel
from ._threads import run_in_row_chunks

# What a pair of samples takes on one side: a distance and a number.
BYTES_PER_PAIR = 8 + 4


class SortedDistances(NamedTuple):
    """All distances on one side; squared in the Euclidean metric.

    Attributes
    ----------
    points : ndarray of float64, shape (n_samples, n_features)
        What they are between.
    distances : ndarray of float64, shape (n_samples, n_samples)
        Row i ascends; its last is sample i's distance to itself, set to infinity.
    order : ndarray of int32, shape (n_samples, n_samples)
        Row i holds the samples that are at those distances from sample i.
    """

    points: np.ndarray
    distances: np.ndarray
    order: np.ndarray


@Kernel
def fill_distances(points, euclidean, start, stop, distances):
    """Distances from the points start <= i < stop of (n_features, n_samples) to all."""
    n_samples = points.shape[1]
    for i in range(start, stop):
        one_sided(points, 0, n_samples, points[:, i], euclidean, distances[i])
        distances[i, i] = np.inf


@Kernel
def merge_distances(values, by_value, start, stop, distances, order):
    """The rows of one column's points start <= i < stop, already in order.

    `by_value` sorts the column `values`; from each point on, its others are taken from
    below and from above, whichever is nearer.
    """
    n_samples = values.size
    for place in range(start, stop):
        i = by_value[place]
        below, above = place - 1, place + 1
        for t in range(n_samples - 1):
            j = by_value[max(below, 0)]
            low = abs(values[j] - values[i]) if below >= 0 else np.inf
            if above < n_samples:
                high = abs(values[by_value[above]] - values[i])
            else:
                high = np.inf
            if below >= 0 and (low <= high or above == n_samples):
                distances[i, t], order[i, t] = low, j
                below -= 1
            else:
                distances[i, t], order[i, t] = high, by_value[above]
                above += 1
        distances[i, n_samples - 1], order[i, n_samples - 1] = np.inf, i


def sort_distances(points, *, euclidean, n_threads):
    """Distances between all points, sorted.

    Parameters
    ----------
    points : ndarray of float64, shape (n_samples, n_features)
    euclidean : bool
        Whether squares are added; otherwise the largest difference is taken.
    n_threads : int

    Returns
    -------
    SortedDistances
    """
    n_samples = points.shape[0]
    columns = np.array(points.T, order="C")
    distances = np.empty((n_samples, n_samples))
    order = np.empty((n_samples, n_samples), np.int32)

    by_value = np.argsort(columns[0])

    def work(start, stop):
        if len(columns) == 1:
            merge_distances(columns[0], by_value, start, stop, distances, order)
            if euclidean:
                distances[by_value[start:stop]] **= 2
            return
        fill_distances(columns, euclidean, start, stop, distances)
        for i in range(start, stop):  # row by row: argsort's own numbers are wide
            order[i] = np.argsort(distances[i])
            distances[i] = distances[i, order[i]]

    run_in_row_chunks(work, n_samples, n_threads)
    return SortedDistances(np.array(points, order="C"), distances, order)


SORTING_KERNELS = (fill_distances, merge_distances)
