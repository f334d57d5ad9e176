"""Neighbours in three variables: the counts behind conditional mutual information."""

from typing import NamedTuple

import numpy as np

from ._counter import count_neighbors
from ._distances import chebyshev, joint
from ._jit import Kernel, inline_jit
from ._selection import count_below, find_smallest, replace_largest
from ._threads import count_threads, run_in_row_chunks


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


@inline_jit
def counts_below(radius, edge):
    """What distances must be below to count.

    A radius of zero belongs to a repeated point: its exact copies are counted.
    """
    return radius * edge if radius > 0.0 else np.nextafter(0.0, 1.0)


@Kernel
def _count_rows(x, y, z, scales, n_neighbors, edge, start, stop, n_joint, n_xz, n_yz, n_z):
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
            find_smallest(all_three, n, n_neighbors, np.inf, smallest)
            below = counts_below(smallest[0], edge)
            n_joint[i, s] = count_below(all_three, n, 1.0, below)
            n_xz[i, s] = count_below(xz, n, 1.0, below)
            n_yz[i, s] = count_below(yz, n, 1.0, below)
            n_z[i, s] = count_below(z_only, n, 1.0, below)


def count_conditional_neighbors(
    x, y, z, n_neighbors, *, scales=(1.0,), tie_tolerance=0.0, n_jobs=None
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
    tie_tolerance : float, default=0.0
        Distances that differ from the radius by no more than this part of it are taken
        as equal to it.
    n_jobs : int, default=None
        Threads, as joblib counts them. The counts do not depend on it.

    Returns
    -------
    ConditionalCounts
        Arrays of shape (n_samples, n_scales).
    """
    scales = np.array(scales, dtype=np.float64)
    n_samples = x.shape[0]
    if z.shape[1] == 0:
        counts = count_neighbors(
            x, y, n_neighbors, scales=scales, tie_tolerance=tie_tolerance, n_jobs=n_jobs
        )
        everyone = np.full_like(counts.n_x, n_samples - 1)
        return ConditionalCounts(counts.n_joint, counts.n_x, counts.n_y, everyone)
    columns = [np.array(side.T, order="C") for side in (x, y, z)]
    shape = (n_samples, scales.size)
    counts = ConditionalCounts(*(np.empty(shape, np.int64) for _ in ConditionalCounts._fields))

    def work(start, stop):
        _count_rows(*columns, scales, int(n_neighbors), 1.0 - tie_tolerance, start, stop, *counts)

    run_in_row_chunks(work, n_samples, count_threads(n_jobs))
    return counts


@inline_jit
def _gap(x, a, b):
    """Chebyshev distance of the samples a and b; `x` is (n_samples, n_features)."""
    largest = abs(x[a, 0] - x[b, 0])
    for f in range(1, x.shape[1]):
        largest = max(largest, abs(x[a, f] - x[b, f]))
    return largest


@Kernel
def _permuted_rows(x, y, z, permutations, n_neighbors, edge, psi, start, stop, terms):
    """Contributions of the rows start <= i < stop when x is permuted, for many permutations.

    `x` is (n_samples, n_features), `y` and `z` are (n_features, n_samples). A row's
    samples are sorted once by their distance in (y, z) and once by that in z: under
    every permutation the few nearest lie at the front of these lists.
    """
    n = x.shape[0]
    yz, z_only = np.empty((2, n))
    smallest = np.empty(n_neighbors)
    for i in range(start, stop):
        chebyshev(y, 0, n, y[:, i], yz)
        chebyshev(z, 0, n, z[:, i], z_only)
        z_only[i] = np.inf
        joint(yz, z_only, n, 1.0, False, yz)
        by_yz, by_z = np.argsort(yz), np.argsort(z_only)
        yz_sorted, z_sorted = yz[by_yz], z_only[by_z]
        for b in range(permutations.shape[0]):
            permutation = permutations[b]
            own = permutation[i]
            smallest[:] = np.inf
            for place in range(n):
                distance = yz_sorted[place]
                if distance >= smallest[0]:
                    break
                distance = max(distance, _gap(x, permutation[by_yz[place]], own))
                if distance < smallest[0]:
                    replace_largest(smallest, n_neighbors, distance)
            below = counts_below(smallest[0], edge)
            n_yz = np.searchsorted(yz_sorted, below)
            n_z = np.searchsorted(z_sorted, below)
            n_joint = n_xz = 0
            for place in range(n_yz):
                n_joint += _gap(x, permutation[by_yz[place]], own) < below
            for place in range(n_z):
                n_xz += _gap(x, permutation[by_z[place]], own) < below
            # In this order a constant x or y makes it exactly 0.
            terms[b, i] = (psi[n_joint + 1] - psi[n_xz + 1]) - (psi[n_yz + 1] - psi[n_z + 1])


def permuted_contributions(
    x, y, z, permutations, n_neighbors, psi, *, tie_tolerance=0.0, n_jobs=None
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
    tie_tolerance : float, default=0.0
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

    def work(start, stop):
        _permuted_rows(
            x, y, z, permutations, int(n_neighbors), 1.0 - tie_tolerance, psi, start, stop, terms
        )

    run_in_row_chunks(work, x.shape[0], count_threads(n_jobs))
    return terms
