"""The same estimates made the usual way: scikit-learn's trees, scale by scale.

This is how NPEET and most scripts do it: a tree of the joint space gives each radius, and
a tree of each side counts within it; ball trees from 20 columns on.
"""

import numpy as np
from scipy.special import digamma
from sklearn.neighbors import BallTree, KDTree


def make_tree(points):
    return (BallTree if points.shape[1] >= 20 else KDTree)(points, metric="chebyshev")


def ksg(X, y, k=3):
    joint = np.hstack([X, y])
    radius = make_tree(joint).query(joint, k=k + 1)[0][:, k]
    below = np.nextafter(radius, 0)
    n_x, n_y = (make_tree(side).query_radius(side, below, count_only=True) for side in (X, y))
    return digamma(k) + digamma(len(X)) - np.mean(digamma(n_x) + digamma(n_y))


def sweep(X, y, scales, k=3):
    return np.array([ksg(X, c * y, k) for c in scales])


def gaussians(n_samples, n_features, n_targets, seed=0):
    """Noisy copies, both sides normalized in the maximum norm."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_features))
    y = rng.normal(size=(n_samples, n_targets))
    shared = min(n_features, n_targets)
    y[:, :shared] += X[:, :shared]
    return tuple(v / np.abs(v - v.mean(axis=0)).max(axis=1).mean() for v in (X, y))
