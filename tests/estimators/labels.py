"""Slow twins of the estimators for labels: everything is a loop over samples."""

import numpy as np
from scipy.special import digamma


def distances(values, labels, i):
    """From sample i to all on one side; infinite to other labels."""
    gaps = np.abs(values - values[i]).max(axis=1, initial=0.0)
    return gaps if labels is None else np.where(labels == labels[i], gaps, np.inf)


def with_labels(x, y, x_labels=None, y_labels=None, k=3, *, scale=1.0, tolerance=None):
    """Kraskov's algorithm 1 where different labels are infinitely far apart."""
    n = len(x)
    together = [(*(() if c is None else (c[i],) for c in (x_labels, y_labels)),) for i in range(n)]
    kept = np.array([together.count(t) > 1 for t in together])
    x, y = x[kept], y[kept]
    x_labels, y_labels = (c if c is None else np.asarray(c)[kept] for c in (x_labels, y_labels))
    n, terms = len(x), []
    for i in range(n):
        d_x, d_y = distances(x, x_labels, i), scale * distances(y, y_labels, i)
        joint = np.maximum(d_x, d_y)
        others = np.arange(n) != i
        of_the_same = np.sort(joint[others & np.isfinite(joint)])
        k_i = min(k, len(of_the_same))
        radius = of_the_same[k_i - 1]
        limit = radius * (1 - (tolerance or 0.0))

        def count(d, radius=radius, limit=limit, others=others):
            return (((d < limit) if radius > 0 else (d == 0)) & others).sum()

        nearer = k_i - 1 if tolerance is None and radius > 0 else count(joint)
        terms.append(
            digamma([nearer + 1, n]).sum() - digamma([count(d_x) + 1, count(d_y) + 1]).sum()
        )
    return np.mean(terms)


def plug_in(x, y):
    """From the table of frequencies."""
    x, y = list(map(tuple, x)), list(map(tuple, y))
    n, total = len(x), 0.0
    pairs = list(zip(x, y, strict=True))
    for a, b in set(pairs):
        p, p_x, p_y = pairs.count((a, b)) / n, x.count(a) / n, y.count(b) / n
        total += p * np.log(p / (p_x * p_y))
    return total


def mixed_ksg(x, y, k=3, *, formula="digamma"):
    """Gao and others' estimator for mixtures: as programmed, or as printed."""
    n, total = len(x), 0.0
    for i in range(n):
        d_x, d_y = distances(x, None, i), distances(y, None, i)
        joint = np.maximum(d_x, d_y)
        radius = np.sort(joint)[k]  # the sample itself comes first
        copies = (joint == 0).sum()
        k_i = copies if radius == 0 else k
        if formula == "log":
            counts = [np.log((d <= radius).sum()) for d in (d_x, d_y)]
        else:
            counts = [
                digamma((d <= radius if radius == 0 else d < radius).sum()) for d in (d_x, d_y)
            ]
        total += digamma(k_i) + np.log(n) - sum(counts)
    return total / n
