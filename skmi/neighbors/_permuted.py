"""Neighbour counts with the samples of one side permuted, many times over."""

from typing import NamedTuple

import numpy as np

from ._counts import empty_counts, euclidean_unit, restore_radius
from ._jit import count_threads
from ._permuted_sweep import permuted_sweep
from ._row_sweep import make_search
from ._sorted_distances import BYTES_PER_PAIR, SortedDistances, sort_distances

# Sorted distances of both sides may take so much memory; 6688 samples do.
_MEMORY = 2**30

# With one column on either side trees are faster than sorted distances beyond this.
_FEW_SAMPLES = 2000


class SortedPair(NamedTuple):
    """Both sides' distances, sorted once for any number of permutations.

    Attributes
    ----------
    x, y : SortedDistances
    unit : float
        What the data were multiplied by.
    euclidean : bool
    """

    x: SortedDistances
    y: SortedDistances
    unit: float
    euclidean: bool


def sorting_pays(n_samples, n_features):
    """Whether sorted distances fit into memory and are the faster way.

    Parameters
    ----------
    n_samples : int
    n_features : int
        Of both sides together.

    Returns
    -------
    bool
    """
    if 2 * BYTES_PER_PAIR * n_samples**2 > _MEMORY:
        return False
    return n_features > 2 or n_samples <= _FEW_SAMPLES


def sort_pair(x, y, *, metric="chebyshev", n_jobs=None):
    """Sort the distances on both sides.

    Parameters
    ----------
    x : ndarray of float64, shape (n_samples, n_x_features)
        First side; finite.
    y : ndarray of float64, shape (n_samples, n_y_features)
        Second side; finite.
    metric : {"chebyshev", "euclidean"}, default="chebyshev"
    n_jobs : int, default=None
        Threads, as joblib counts them.

    Returns
    -------
    SortedPair
        24 bytes for each pair of samples.
    """
    euclidean = metric == "euclidean"
    unit = euclidean_unit(x, y) if euclidean else 1.0
    options = {"euclidean": euclidean, "n_threads": count_threads(n_jobs)}
    return SortedPair(
        sort_distances(x * unit, **options), sort_distances(y * unit, **options), unit, euclidean
    )


def count_permuted_neighbors(
    pair, permutation, n_neighbors, *, scales=(1.0,), closed=False, tie_tolerance=None
):
    """The counts of ``count_neighbors(x, y[permutation], ...)``, from sorted distances.

    Parameters
    ----------
    pair : SortedPair
        Of x and y.
    permutation : ndarray of int, shape (n_samples,)
        Row i of x goes with row ``permutation[i]`` of y.
    n_neighbors : int
        k, at least 1 and less than n_samples.
    scales : sequence of float, default=(1.0,)
        Factors c on the second side; positive, ascending.
    closed : bool, default=False
        Whether neighbours at exactly the radius count.
    tie_tolerance : float, default=None
        As in `count_neighbors`.

    Returns
    -------
    NeighborCounts
        Arrays of shape (n_samples, n_scales), equal to those of `count_neighbors`.
    """
    search = make_search(scales, n_neighbors, closed, tie_tolerance, pair.euclidean)
    n_samples = len(permutation)
    permutation = np.ascontiguousarray(permutation, dtype=np.intp)
    inverse = np.empty_like(permutation)
    inverse[permutation] = np.arange(n_samples)
    counts = empty_counts(n_samples, search.scales.size)
    x_permuted, y_permuted = pair.x.points[inverse], pair.y.points[permutation]
    permuted_sweep(
        pair.x, pair.y, x_permuted, y_permuted, permutation, search, 0, n_samples, *counts
    )
    if pair.euclidean:
        restore_radius(counts, pair.unit)
    return counts
