"""The definitions, read off the page: slow twins of the kernels and of the estimators.

Everything is an n by n matrix here, and nothing is clever.
"""

import numpy as np
from scipy.special import digamma, gamma


def one_sided(values, metric):
    """All distances on one side; squared in the Euclidean metric."""
    gaps = np.abs(values[:, None, :] - values[None, :, :])
    if metric == "chebyshev":
        return gaps.max(axis=2)
    total = np.zeros(gaps.shape[:2])
    for f in range(values.shape[1]):
        total += gaps[:, :, f] ** 2
    return total


def counts(X, y, k, *, scale=1.0, closed=False, metric="chebyshev", tolerance=None):
    """radius, n_joint, n_x, n_y of every sample, by definition."""
    n = len(X)
    d_x, d_y = one_sided(X, metric), one_sided(y, metric)
    if metric == "chebyshev":
        d_y = scale * d_y
        joint = np.maximum(d_x, d_y)
    else:
        d_y = scale * scale * d_y
        joint = d_x + d_y
    others = ~np.eye(n, dtype=bool)
    radius = np.array([np.sort(joint[i, others[i]])[k - 1] for i in range(n)])
    n_joint, n_x, n_y = np.zeros((3, n), dtype=int)
    slack = 0.0 if tolerance is None else tolerance
    edge = 1 + slack if closed else 1 - slack
    edge = edge if metric == "chebyshev" else edge * edge
    for i in range(n):
        limit = radius[i] * edge

        def within(distances, limit=limit, copies=radius[i] == 0.0, i=i):
            near = distances[i] <= limit if closed or copies else distances[i] < limit
            return int((near & others[i]).sum())

        n_x[i], n_y[i] = within(d_x), within(d_y)
        n_joint[i] = k if closed else k - 1
        if radius[i] == 0.0 or (tolerance is not None and not closed):
            n_joint[i] = within(joint)
    return (np.sqrt(radius) if metric == "euclidean" else radius), n_joint, n_x, n_y


def ksg(X, y, k=3, *, algorithm=1, scale=1.0, tolerance=None):
    """Kraskov's first algorithm, or equation 6 of the paper, sample by sample."""
    n = len(X)
    radius, n_joint, n_x, n_y = counts(
        X, y, k, scale=scale, closed=algorithm == 2, tolerance=tolerance
    )
    total = 0.0
    for i in range(n):
        if algorithm == 1 or radius[i] == 0.0:
            total += digamma(n_joint[i] + 1) + digamma(n)
            total -= digamma(n_x[i] + 1) + digamma(n_y[i] + 1)
        else:
            total += digamma(k) - 1 / k + digamma(n) - digamma(n_x[i]) - digamma(n_y[i])
    return total / n


def bi_ksg(X, y, k=3, *, metric="euclidean", scale=1.0):
    """Gao, Oh and Viswanath's estimator, sample by sample."""
    n = len(X)
    radius, n_joint, n_x, n_y = counts(X, y, k, scale=scale, closed=True, metric=metric)

    def ball(d):
        return np.pi ** (d / 2) / gamma(d / 2 + 1) if metric == "euclidean" else 2.0**d

    volumes = np.log(ball(X.shape[1]) * ball(y.shape[1]) / ball(X.shape[1] + y.shape[1]))
    total = 0.0
    for i in range(n):
        if radius[i] == 0.0:
            total += np.log((n_joint[i] + 1) * n / ((n_x[i] + 1) * (n_y[i] + 1)))
        else:
            total += digamma(k) + np.log(n) + volumes - np.log(n_x[i]) - np.log(n_y[i])
    return total / n


def binning(X, y, n_bins):
    """Entropies of the cells, each cell a tuple of bin numbers."""

    def cells(values):
        columns = []
        for column in values.T:
            low, width = column.min(), np.ptp(column)
            unit = (column - low) / width if width > 0 else 0 * column
            columns.append(np.minimum((unit * n_bins).astype(int), n_bins - 1))
        return [tuple(row) for row in np.transpose(columns)]

    def entropy(labels):
        _, frequencies = np.unique(labels, axis=0, return_counts=True)
        p = frequencies / len(labels)
        return -np.sum(p * np.log(p))

    x, t = cells(X), cells(y)
    return entropy(x) + entropy(t) - entropy([a + b for a, b in zip(x, t, strict=True)])


def conditional_counts(X, y, z, k, *, scale=1.0, tolerance=0.0, labels=(None, None, None)):
    """n_joint, n_xz, n_yz, n_z of every sample, by definition.

    Samples of different labels are infinitely far apart; if fewer than k others are at a
    finite distance, the farthest of these sets the radius.
    """
    n = len(X)
    sides = [np.zeros((n, n)) if v.shape[1] == 0 else one_sided(v, "chebyshev") for v in (X, y, z)]
    sides[1] = scale * sides[1]
    for distances, codes in zip(sides, labels, strict=True):
        if codes is not None:
            distances[codes[:, None] != codes] = np.inf
    d_x, d_y, d_z = sides
    spaces = [np.maximum(d_x, np.maximum(d_y, d_z)), np.maximum(d_x, d_z), np.maximum(d_y, d_z)]
    found = np.zeros((4, n), dtype=int)
    for i in range(n):
        others = np.arange(n) != i
        nearest = np.sort(spaces[0][i, others])[:k]
        radius = max(nearest[np.isfinite(nearest)], default=0.0)
        for row, distances in enumerate([*spaces, d_z]):
            near = distances[i] < radius * (1 - tolerance) if radius > 0 else distances[i] == 0
            found[row, i] = (near & others).sum()
    return found


def conditional_ksg(X, y, z, k=3, **options):
    """Frenzel and Pompe's estimator, sample by sample; options as `conditional_counts`."""
    joint, xz, yz, only_z = conditional_counts(X, y, z, k, **options)
    return np.mean(digamma(joint + 1) - digamma(xz + 1) - digamma(yz + 1) + digamma(only_z + 1))


def ross(X, labels, k=3, *, tolerance=0.0):
    """Ross's estimator, sample by sample; samples alone with their label left out."""
    paired = np.array([np.sum(labels == label) > 1 for label in labels])
    X, labels = X[paired], labels[paired]
    distances = one_sided(X, "chebyshev")
    n, total = len(X), 0.0
    for i in range(n):
        others = np.arange(n) != i
        same = others & (labels == labels[i])
        radius = np.sort(distances[i, same])[min(k, same.sum()) - 1]
        near = distances[i] < radius * (1 - tolerance) if radius > 0 else distances[i] == 0
        total += digamma((near & same).sum() + 1) + digamma(n)
        total -= digamma(same.sum() + 1) + digamma((near & others).sum() + 1)
    return total / n
