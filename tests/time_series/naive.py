"""Slow readable twins: neighbours of other times alone."""

import numpy as np
from scipy.special import digamma


def conditional_apart(x, y, z, window, n_neighbors):
    """Frenzel and Pompe's estimator of variables of shape (n_samples, n_columns), row by row."""
    n_samples, terms = len(x), []
    for i in range(n_samples):
        others = [j for j in range(n_samples) if abs(i - j) > window]
        d_x, d_y, d_z = (
            np.abs(side[others] - side[i]).max(axis=1, initial=0.0) for side in (x, y, z)
        )
        joint = np.maximum(np.maximum(d_x, d_y), d_z)
        radius = np.sort(joint)[n_neighbors - 1]
        below = radius * (1 - 1e-10) if radius > 0 else np.nextafter(0.0, 1.0)
        counts = [
            np.count_nonzero(distances < below)
            for distances in (joint, np.maximum(d_x, d_z), np.maximum(d_y, d_z), d_z)
        ]
        m, n_xz, n_yz, n_z = digamma(np.array(counts) + 1)
        terms.append(m - n_xz - n_yz + n_z)
    return np.mean(terms)


def lagged_apart(x, y, window, n_neighbors):
    """Mutual information of two columns, in units of their deviations."""
    a, b = ((side / side.std())[:, None] for side in (x, y))
    return conditional_apart(a, b, np.empty((len(x), 0)), window, n_neighbors)
