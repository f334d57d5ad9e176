"""Neighbours in three variables: the counts behind conditional mutual information."""

from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

from ._conditional_tree import KERNELS as TREE_KERNELS
from ._conditional_tree import count_in_trees, settle
from ._counter import count_neighbors
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

# Trees are faster from so many samples on, times the square of the number of columns.
_CROSSOVER = 30

# Distances made at a time by the dense way, small enough for the processor's cache.
_HELD = 2**17


class ConditionalCounts(NamedTuple):
    """Other samples within the joint radius, arrays of shape (n_samples, n_scales).

    Attributes
    ----------
    n_joint : ndarray of int64
        In all three variables: ``n_neighbors - 1`` but for ties.
    n_xz, n_yz : ndarray of int64
        In the first and the third variable; in the second and the third.
    n_z : ndarray of int64
        In the third variable alone.
    """

    n_joint: np.ndarray
    n_xz: np.ndarray
    n_yz: np.ndarray
    n_z: np.ndarray


@Kernel
def _count_rows(x, y, z, scales, n_neighbors, edge, far, start, stop, n_joint, n_xz, n_yz, n_z):
    """Count for the rows start <= i < stop; variables are (n_features, n_samples)."""
    n = x.shape[1]
    xz, y_only, z_only, yz, all_three = np.empty((5, n))
    smallest = np.empty(n_neighbors)
    for i in range(start, stop):
        chebyshev(x, 0, n, x[:, i], xz)
        chebyshev(y, 0, n, y[:, i], y_only)
        chebyshev(z, 0, n, z[:, i], z_only)
        z_only[i] = np.inf  # no sample is its own neighbour
        joint(xz, z_only, n, 1.0, False, xz)
        for s in range(scales.size):
            joint(z_only, y_only, n, scales[s], False, yz)
            joint(xz, y_only, n, scales[s], False, all_three)
            find_smallest(all_three, n, n_neighbors, far, smallest)
            below = settle(smallest, far, edge)[1]
            n_joint[i, s] = count_below(all_three, n, 1.0, below)
            n_xz[i, s] = count_below(xz, n, 1.0, below)
            n_yz[i, s] = count_below(yz, n, 1.0, below)
            n_z[i, s] = count_below(z_only, n, 1.0, below)


def _count_dense(x, y, z, scales, n_neighbors, edge, far, counts):
    """The same in plain matrices: for small work, with nothing to compile."""
    n_samples = x.shape[1]
    n_rows = max(1, _HELD // n_samples)
    for start in range(0, n_samples, n_rows):
        rows = np.arange(start, min(start + n_rows, n_samples))
        d_x, d_y, d_z = (cdist(side.T[rows], side.T, "chebyshev") for side in (x, y, z))
        d_z[rows - start, rows] = np.inf
        xz = np.maximum(d_x, d_z)
        for s, scale in enumerate(scales):
            yz = np.maximum(scale * d_y, d_z)
            both = np.maximum(xz, yz)
            nearest = np.sort(np.partition(both, n_neighbors - 1, axis=1)[:, :n_neighbors], axis=1)
            radius = np.max(nearest, axis=1, where=nearest < far, initial=0.0)
            below = np.where(radius > 0.0, radius * edge, np.nextafter(0.0, 1.0))[:, None]
            for count, distances in zip(counts, (both, xz, yz, d_z), strict=True):
                count[rows, s] = np.count_nonzero(distances < below, axis=1)


def with_labels(numbers, codes, scales=(1.0,)):
    """Labels as columns of their own, with gaps wider than any other distance.

    Parameters
    ----------
    numbers : sequence of three ndarrays of float64, shape (n_samples, n_columns) each
        Those of x, y and z.
    codes : sequence of three ndarrays of int64, shape (n_samples,), or None
        Their labels, where they have some.
    scales : sequence of float, default=(1.0,)
        Factors that the distances in y will be multiplied by.

    Returns
    -------
    x, y, z : ndarray of float64
    far : float
        Distances of samples of different labels are at least this, and others are less;
        infinity where there are no labels.
    """
    if all(each is None for each in codes):
        return *numbers, np.inf
    largest = max(np.abs(each).max(initial=0.0) for each in numbers)
    far = np.ldexp(4.0, int(np.frexp(largest * max(1.0, max(scales)))[1]))
    on_y = np.ldexp(far, -int(np.frexp(min(1.0, min(scales)))[1]) + 1)
    gaps = far, on_y, far
    sides = [
        each if labels is None else np.column_stack([each, gap * labels])
        for each, labels, gap in zip(numbers, codes, gaps, strict=True)
    ]
    return *sides, far


def count_conditional_neighbors(
    x,
    y,
    z,
    n_neighbors,
    *,
    scales=(1.0,),
    far=np.inf,
    tie_tolerance=0.0,
    algorithm="auto",
    device="cpu",
    n_jobs=None,
):
    """Count each sample's neighbours within its radius in three joint variables.

    The joint distance of two samples is ``max(d_x, c * d_y, d_z)``, each in the
    Chebyshev metric; a sample's radius is the distance to its k-th nearest other
    sample. Others nearer than that are counted in all three variables, in two pairs of
    them, and in z alone. Comparisons are made between distances themselves, so that
    ties are ties. A sample that has k exact copies has radius 0; its copies are counted.

    Parameters
    ----------
    x : ndarray of float64, shape (n_samples, n_x_features)
        First variable; finite.
    y : ndarray of float64, shape (n_samples, n_y_features)
        Second variable; finite.
    z : ndarray of float64, shape (n_samples, n_z_features)
        Third variable, the one conditioned on; finite. It may have no columns.
    n_neighbors : int
        k, at least 1 and less than n_samples.
    scales : sequence of float, default=(1.0,)
        Factors c on the second variable; positive, ascending.
    far : float, default=numpy.inf
        Samples so far apart are no neighbours: of different labels, see `with_labels`. If
        fewer than k others are nearer, the farthest of them sets the radius; it is 0 if
        there is none.
    tie_tolerance : float, default=0.0
        Distances that differ from the radius by no more than this part of it are taken
        as equal to it.
    algorithm : {"auto", "brute", "kd_tree", "dense", "torch"}, default="auto"
        How neighbours are found. The counts are the same.
    device : str, default="cpu"
        Where torch computes.
    n_jobs : int, default=None
        Threads, as joblib counts them. The counts do not depend on it.

    Returns
    -------
    ConditionalCounts
        Arrays of shape (n_samples, n_scales).
    """
    scales = np.array(scales, dtype=np.float64)
    n_samples, k, edge = len(x), int(n_neighbors), 1.0 - tie_tolerance
    if z.shape[1] == 0:
        if far == np.inf and algorithm == "auto":
            return _without_condition(x, y, k, scales, tie_tolerance, n_jobs)
        z = np.zeros((n_samples, 1))  # all are equally near
    columns = [np.array(side.T, order="C") for side in (x, y, z)]
    shape = (n_samples, scales.size)
    counts = ConditionalCounts(*(np.empty(shape, np.int64) for _ in ConditionalCounts._fields))
    n_threads = count_threads(n_jobs)
    if algorithm == "auto":
        algorithm = _choose(n_samples, sum(map(len, columns)), scales.size)
    if algorithm == "torch":
        from ._torch import count_conditional  # loads torch

        sides = [each.T for each in columns]
        count_conditional(sides, scales, k, edge, far, counts, device, n_threads)
    elif algorithm == "dense":
        _count_dense(*columns, scales, k, edge, far, counts)
    elif algorithm == "kd_tree":
        for s, scale in enumerate(scales):
            found = count_in_trees(*columns, scale, k, edge, far, n_threads)
            for count, values in zip(counts, found, strict=True):
                count[:, s] = values
    else:

        def work(start, stop):
            _count_rows(*columns, scales, k, edge, far, start, stop, *counts)

        run_in_row_chunks(work, n_samples, n_threads)
    return counts


def _choose(n_samples, n_columns, n_scales):
    """The fastest way; plain matrices if that is not compiled yet, and the work is small."""
    trees = n_samples >= _CROSSOVER * n_columns**2
    kernels, seconds = (TREE_KERNELS, 8.0) if trees else ((_count_rows,), 3.0)
    if dense_is_cheaper(kernels, 2 * dense_seconds(n_samples, n_columns, n_scales), seconds):
        return "dense"
    return "kd_tree" if trees else "brute"


def _without_condition(x, y, n_neighbors, scales, tie_tolerance, n_jobs):
    counts = count_neighbors(
        x, y, n_neighbors, scales=scales, tie_tolerance=tie_tolerance, n_jobs=n_jobs
    )
    everyone = np.full_like(counts.n_x, len(x) - 1)
    return ConditionalCounts(counts.n_joint, counts.n_x, counts.n_y, everyone)


@inline_jit
def _gap(x, a, b):
    """Chebyshev distance of the samples a and b; `x` is (n_samples, n_features)."""
    largest = abs(x[a, 0] - x[b, 0])
    for f in range(1, x.shape[1]):
        largest = max(largest, abs(x[a, f] - x[b, f]))
    return largest


@Kernel
def _permuted_rows(x, y, z, permutations, n_neighbors, edge, far, psi, start, stop, terms):
    """Contributions of the rows start <= i < stop when x is permuted, for many permutations.

    `x` is (n_samples, n_features), `y` and `z` are (n_features, n_samples). A row's
    samples are sorted once by their distance in (y, z) and once by that in z: under
    every permutation the few nearest lie at the front of these lists.
    """
    n = x.shape[0]
    yz, z_only = np.empty((2, n))
    by_yz, by_z = np.empty((2, n), np.intp)
    smallest = np.empty(n_neighbors)
    for i in range(start, stop):
        chebyshev(y, 0, n, y[:, i], yz)
        chebyshev(z, 0, n, z[:, i], z_only)
        z_only[i] = np.inf
        joint(yz, z_only, n, 1.0, False, yz)
        for j in range(n):
            by_yz[j] = by_z[j] = j
        sort_together(yz, by_yz, n)
        sort_together(z_only, by_z, n)
        for b in range(permutations.shape[0]):
            permutation = permutations[b]
            own = permutation[i]
            smallest[:] = far
            for place in range(n):
                distance = yz[place]
                if distance >= smallest[0]:
                    break
                distance = max(distance, _gap(x, permutation[by_yz[place]], own))
                if distance < smallest[0]:
                    replace_largest(smallest, n_neighbors, distance)
            below = settle(smallest, far, edge)[1]
            n_yz = count_nearer_in_order(yz, n, below)
            n_z = count_nearer_in_order(z_only, n, below)
            n_joint = n_xz = 0
            for place in range(n_yz):
                n_joint += _gap(x, permutation[by_yz[place]], own) < below
            for place in range(n_z):
                n_xz += _gap(x, permutation[by_z[place]], own) < below
            # In this order a constant x or y makes it exactly 0.
            terms[b, i] = (psi[n_joint + 1] - psi[n_xz + 1]) - (psi[n_yz + 1] - psi[n_z + 1])


def permuted_contributions(
    x, y, z, permutations, n_neighbors, psi, *, far=np.inf, tie_tolerance=0.0, n_jobs=None
):
    """Contributions to conditional mutual information with the rows of x permuted.

    Parameters
    ----------
    x, y, z : ndarray of float64, shape (n_samples, n_features) each
        The variables; finite, at least a column each.
    permutations : ndarray of int, shape (n_permutations, n_samples)
        The row of x that each sample gets.
    n_neighbors : int
        k, at least 1 and less than n_samples.
    psi : ndarray of shape (n_samples + 1,)
        The digamma function of 0, 1, ...
    far, tie_tolerance : float
        As in `count_conditional_neighbors`.
    n_jobs : int, default=None
        Threads, as joblib counts them. The result does not depend on it.

    Returns
    -------
    contributions : ndarray of shape (n_permutations, n_samples)
    """
    x = np.array(x, order="C")
    y, z = np.array(y.T, order="C"), np.array(z.T, order="C")
    permutations = np.array(permutations, dtype=np.intp, order="C")
    terms = np.empty((permutations.shape[0], x.shape[0]))
    given = x, y, z, permutations, int(n_neighbors), 1.0 - tie_tolerance, far, psi

    def work(start, stop):
        _permuted_rows(*given, start, stop, terms)

    run_in_row_chunks(work, x.shape[0], count_threads(n_jobs))
    return terms
