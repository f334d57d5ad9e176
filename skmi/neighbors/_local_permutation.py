"""Permutations that exchange a sample only with its neighbours."""

import numpy as np

from ._distances import chebyshev
from ._jit import Kernel
from ._selection import find_smallest

# Neighbours kept for a sample, at most, where many are equally near: enough that one not
# yet taken is nearly always among them.
_MOST = 1000


@Kernel
def _neighborhood(z, i, n_neighbors, far, found):
    """Find the nearest samples to `i`, itself among them, and all as near as the last.

    `z` is (n_features, n_samples). Only those nearer than `far` are found. Fills `found` and
    returns how many there are.
    """
    n = z.shape[1]
    distances, smallest = np.empty(n), np.empty(n_neighbors)
    chebyshev(z, 0, n, z[:, i], distances)
    find_smallest(distances, n, n_neighbors, np.inf, smallest)
    count = 0
    for j in range(n):
        if distances[j] <= smallest[0] and distances[j] < far:
            found[count] = j
            count += 1
    return count


def local_neighborhoods(z, n_neighbors, rng, far=np.inf):
    """Each sample's nearest samples, itself among them.

    Parameters
    ----------
    z : ndarray of float64, shape (n_samples, n_features)
        The variable that says who is near; finite, at least a column.
    n_neighbors : int
        How many are near, the sample itself among them; at most n_samples. All that are
        as near as the last are taken in, so that the order of samples decides nothing.
    rng : numpy.random.Generator
        Draws from those, where they are very many.
    far : float, default=numpy.inf
        Samples so far apart, those of different labels, are never neighbours.

    Returns
    -------
    neighbors : ndarray of intp, shape (n_near,)
        One sample's after another's.
    ends : ndarray of intp, shape (n_samples + 1,)
        Those of sample i are ``neighbors[ends[i]:ends[i + 1]]``.
    """
    n_samples = z.shape[0]
    columns = np.array(z.T, order="C")
    found = np.empty(n_samples, dtype=np.intp)
    near = []
    for i in range(n_samples):
        those = found[: _neighborhood(columns, i, int(n_neighbors), far, found)]
        if len(those) > _MOST:
            those = rng.choice(those, _MOST, replace=False)
        near.append(those.copy())
    return np.concatenate(near), np.cumsum([0, *map(len, near)])


@Kernel
def _permute(rng, order, neighbors, ends, permutation):
    """Go through the samples in `order`; each takes a random neighbour not yet taken.

    One whose neighbours are all taken takes any of them. Reorders `neighbors`.
    """
    taken = np.zeros(order.size, dtype=np.bool_)
    for i in order:
        near = neighbors[ends[i] : ends[i + 1]]
        choice = near[int(rng.random() * near.size)]
        left = near.size
        while left > 0:
            pick = int(rng.random() * left)
            if not taken[near[pick]]:
                choice = near[pick]
                break
            left -= 1
            near[pick], near[left] = near[left], near[pick]
        permutation[i] = choice
        taken[choice] = True


def local_permutations(z, n_neighbors, n_permutations, rng, far=np.inf):
    """Permutations of samples, each with one of its nearest in z.

    Parameters
    ----------
    z : ndarray of float64, shape (n_samples, n_features)
        The variable that says who is near; finite. Without columns all are equally
        near, and these are permutations of all.
    n_neighbors : int
        How many are near, the sample itself among them; at most n_samples.
    n_permutations : int
    rng : numpy.random.Generator
    far : float, default=numpy.inf
        Samples so far apart, those of different labels, never change places.

    Returns
    -------
    permutations : ndarray of intp, shape (n_permutations, n_samples)
        The sample that takes each one's place. A few may occur twice, where all of a
        sample's neighbours are taken.
    """
    n_samples = z.shape[0]
    if z.shape[1] == 0:
        return np.array([rng.permutation(n_samples) for _ in range(n_permutations)])
    neighbors, ends = local_neighborhoods(z, n_neighbors, rng, far)
    permutations = np.empty((n_permutations, n_samples), dtype=np.intp)
    for permutation in permutations:
        _permute(rng, rng.permutation(n_samples), neighbors, ends, permutation)
    return permutations
