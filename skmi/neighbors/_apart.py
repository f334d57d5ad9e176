"""Neighbours in three variables that are not neighbours in time.

Every row is compared with every other, n_samples squared in all.
"""

import numpy as np

from ._conditional import ConditionalCounts
from ._conditional_tree import settle
from ._distances import chebyshev, joint
from ._jit import Kernel
from ._selection import count_below, find_smallest
from ._threads import count_threads, run_in_row_chunks


@Kernel
def _count_rows(x, y, z, times, window, k, edge, far, start, stop, found, n_joint, n_xz, n_yz, n_z):
    """Count for the rows start <= i < stop; variables are (n_features, n_samples)."""
    n = x.shape[1]
    xz, yz, z_only, all_three = np.empty((4, n))
    smallest = np.empty(k)
    for i in range(start, stop):
        chebyshev(x, 0, n, x[:, i], xz)
        chebyshev(y, 0, n, y[:, i], yz)
        chebyshev(z, 0, n, z[:, i], z_only)
        for step in (-1, 1):  # outwards in time, from the row itself on
            j = i
            while 0 <= j < n and abs(times[j] - times[i]) <= window:
                z_only[j] = np.inf
                j += step
        joint(xz, z_only, n, 1.0, False, xz)
        joint(yz, z_only, n, 1.0, False, yz)
        joint(xz, yz, n, 1.0, False, all_three)
        find_smallest(all_three, n, k, far, smallest)
        radius, below, _ = settle(smallest, far, edge)
        found[i] = radius >= 0.0
        n_joint[i] = count_below(all_three, n, 1.0, below)
        n_xz[i] = count_below(xz, n, 1.0, below)
        n_yz[i] = count_below(yz, n, 1.0, below)
        n_z[i] = count_below(z_only, n, 1.0, below)


def count_apart(x, y, z, times, window, n_neighbors, *, far=np.inf, tie_tolerance=0.0, n_jobs=None):
    """Count neighbours as `count_conditional_neighbors`, of other times alone.

    Rows at most `window` apart in time are no neighbours and are counted nowhere.

    Parameters
    ----------
    x, y, z : ndarray of float64, shape (n_samples, n_features)
        The variables; finite. `z` may have no columns.
    times : ndarray of int64, shape (n_samples,)
        When each row was; ascending.
    window : int
        0 leaves out the row itself.
    n_neighbors : int
        k, at least 1. Where fewer are left, the farthest of them sets the radius.
    far, tie_tolerance, n_jobs
        As in `count_conditional_neighbors`.

    Returns
    -------
    counts : ConditionalCounts
        Arrays of shape (n_samples,).
    found : ndarray of bool, shape (n_samples,)
        Whether there is a neighbour at all.
    """
    n_samples = len(x)
    z = z if z.shape[1] else np.zeros((n_samples, 1))
    columns = [np.array(side.T, order="C") for side in (x, y, z)]
    counts = ConditionalCounts(*np.empty((4, n_samples), np.int64))
    found = np.empty(n_samples, np.bool_)
    given = *columns, times, int(window), int(n_neighbors), 1.0 - tie_tolerance, far

    def work(start, stop):
        _count_rows(*given, start, stop, found, *counts)

    run_in_row_chunks(work, n_samples, count_threads(n_jobs))
    return counts, found
