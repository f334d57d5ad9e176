"""One column of numbers against labels: nearest neighbours within a class, on a line."""

import numpy as np

from ._engine import NeighborCounts
from ._jit import Kernel, inline_jit, jit
from ._line import count_along

# That compiling it takes.
COMPILE_SECONDS = 1.0


@inline_jit
def _radius(own, place, k):
    """The distance from `place` of an ascending line to its k-th nearest other."""
    radius = np.inf
    for first in range(max(0, place - k), min(place, own.size - 1 - k) + 1):
        farthest = max(own[place] - own[first], own[first + k] - own[place])
        radius = min(radius, farthest)
    return radius


@jit
def _count_both_ways(line, place, below):
    up = count_along(line, place, 1, 1.0, below, 0)
    return up + count_along(line, place, -1, 1.0, below, 0)


@Kernel
def search_classes(
    values, n_neighbors, edge, count_joint, starts, own, places, radius, n_joint, n_x, n_y
):
    """Class by class: class c holds ``own[starts[c] : starts[c + 1]]``, in ascending order."""
    for c in range(starts.size - 1):
        members = own[starts[c] : starts[c + 1]]
        k = min(n_neighbors, members.size - 1)
        for i in range(members.size):
            r = _radius(members, i, k)
            below = r * edge if r > 0.0 else np.nextafter(0.0, 1.0)
            place = places[starts[c] + i]
            radius[place] = r
            n_joint[place] = k - 1
            if count_joint or r == 0.0:
                n_joint[place] = _count_both_ways(members, i, below)
            n_x[place] = _count_both_ways(values, place, below)
            n_y[place] = members.size - 1


def count_neighbors_on_line(values, labels, n_neighbors, *, tie_tolerance=None):
    """Count each sample's neighbours on a line within its radius among the same labels.

    As ``count_neighbors_of_labels`` for one column of numbers and labels on the other
    side, but for values in ascending order.

    Parameters
    ----------
    values : ndarray of float64, shape (n_samples,)
        Ascending, finite.
    labels : ndarray of int64, shape (n_samples,)
        Codes from 0; each that occurs must occur at least twice.
    n_neighbors : int
        k, at least 1; in a class of at most k samples, one less than its size.
    tie_tolerance : float, default=None
        As in ``count_neighbors``.

    Returns
    -------
    NeighborCounts
        Arrays of shape (n_samples,).
    """
    n_samples = values.size
    places = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    starts = np.concatenate([[0], np.cumsum(sizes[sizes > 0])])
    counts = NeighborCounts(np.empty(n_samples), *np.empty((3, n_samples), dtype=np.int64))
    edge = 1.0 - (tie_tolerance or 0.0)
    count_joint = tie_tolerance is not None
    search_classes(values, n_neighbors, edge, count_joint, starts, values[places], places, *counts)
    return counts
