"""Neighbour counts with the samples of one side permuted, many times over."""

from functools import cached_property
from typing import NamedTuple

import numpy as np

from ._counts import (
    choose_algorithm,
    count_neighbors,
    count_on_lines,
    empty_counts,
    euclidean_unit,
    restore_radius,
)
from ._jit import count_threads
from ._permuted_sweep import permuted_sweep
from ._row_sweep import make_search
from ._sorted_distances import BYTES_PER_PAIR, SortedDistances, sort_distances
from ._strips import permute_line, sort_line

# Sorted distances of both sides may take so much memory; 6688 samples do.
_MEMORY = 2**30

# With one column on either side trees are faster than sorted distances beyond this.
_FEW_SAMPLES = 2000

# A single scale takes a tree so little time that sorting for a hundred permutations does
# not pay beyond this number of samples, times the square of the number of columns.
_FEW_AT_ONE_SCALE = 120

# Nor does it in more columns than these if distances are Euclidean: they are much alike then,
# and the walk from near to far is long.
_FEW_EUCLIDEAN = 10


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


def sorting_pays(n_samples, n_features, n_scales, metric="chebyshev"):
    """Whether sorted distances fit into memory and are the faster way.

    Parameters
    ----------
    n_samples : int
    n_features : int
        Of both sides together.
    n_scales : int
    metric : {"chebyshev", "euclidean"}, default="chebyshev"

    Returns
    -------
    bool
    """
    if 2 * BYTES_PER_PAIR * n_samples**2 > _MEMORY:
        return False
    if n_scales == 1:
        if metric == "euclidean" and n_features > _FEW_EUCLIDEAN:
            return False
        return n_samples <= _FEW_AT_ONE_SCALE * n_features**2
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


class PermutedCounts:
    """Counts neighbours with the samples of y permuted, the fastest way for each call.

    What a permutation leaves as it is, is made once, when it is first needed: the order of
    two columns at a single scale, or the distances on both sides. Where neither pays,
    neighbours are searched anew.

    Parameters
    ----------
    x, y, n_neighbors, closed, metric, tie_tolerance, n_jobs
        As in `count_neighbors`.
    """

    def __init__(self, x, y, n_neighbors, *, closed, metric, tie_tolerance, n_jobs):
        self._x, self._y = x, y
        self._n_neighbors, self._metric, self._n_jobs = n_neighbors, metric, n_jobs
        self._options = {"closed": closed, "tie_tolerance": tie_tolerance}

    @cached_property
    def _lines(self):
        return tuple(sort_line(np.array(side[:, 0])) for side in (self._x, self._y))

    @cached_property
    def _sorted(self):
        return sort_pair(self._x, self._y, metric=self._metric, n_jobs=self._n_jobs)

    def __call__(self, permutation, scales):
        """The counts of x and ``y[permutation]``; scales ascend."""
        k, metric, options = self._n_neighbors, self._metric, self._options
        n_samples, n_features = len(self._x), self._x.shape[1] + self._y.shape[1]
        size = n_samples, n_features
        if choose_algorithm(*size, k, len(scales), metric) == "line":
            x, y = self._lines
            search = make_search(scales, k, **options)
            return count_on_lines(
                x,
                permute_line(y, np.argsort(permutation)),
                search,
                n_threads=count_threads(self._n_jobs),
            )
        if sorting_pays(*size, len(scales), metric):
            return count_permuted_neighbors(self._sorted, permutation, k, scales=scales, **options)
        return count_neighbors(
            self._x,
            self._y[permutation],
            k,
            scales=scales,
            metric=metric,
            n_jobs=self._n_jobs,
            **options,
        )
