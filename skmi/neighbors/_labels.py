"""Neighbours among samples of the same labels: different labels are infinitely far apart.

Labels become a column of their own, with gaps wider than any other distance. The searches
for continuous variables then find what is asked for, exactly and at their own speed.
"""

import numpy as np
from scipy.spatial.distance import cdist

from ._engine import empty_counts

# Distances held at a time, for samples whose class is too small for the search: 32 MiB.
_HELD = 2**22


def count_labelled(first, second, query, scales, count):
    """Radii and counts where either side holds labels besides numbers.

    As `Counter`, in the maximum norm and with neighbours strictly nearer than the radius.

    Parameters
    ----------
    first, second : (numbers, codes)
        The numbers of a side, shape (n_samples, n_features), and its labels or None. At least
        one has labels; a pair of codes that occurs must occur at least twice.
    query : Query
    scales : ndarray of float64, shape (n_scales,)
        Factors on the second side; positive, ascending.
    count : callable
        ``count(x, y)`` counts among numbers.

    Returns
    -------
    NeighborCounts
        With ``tie_tolerance=None``, ``n_joint`` is the number of neighbours that set the
        radius, less one.
    """
    (x, x_codes), (y, y_codes) = first, second
    classes, sizes = _joint_classes(x_codes, y_codes, len(x))
    # Near 1, where gaps cannot overflow; distances are then at most 2 before they are scaled.
    units = [_power_of_two(np.abs(numbers).max(initial=0.0)) for numbers in (x, y)]
    scales = scales * (units[0] / units[1])
    x = _with_gaps(x * units[0], x_codes, 4.0 * max(1.0, scales[-1]))
    y = _with_gaps(y * units[1], y_codes, 4.0 * max(1.0, 1.0 / scales[0]))
    small = sizes[classes] <= query.n_neighbors
    if small.all():
        counts = empty_counts(len(x), len(scales))
    else:
        counts = count(x, y, scales)
    if small.any():
        _count_in_small_classes(x, y, classes, small, scales, query.tie_tolerance, counts)
    np.divide(counts.radius, units[0], out=counts.radius)
    return counts


def _power_of_two(largest):
    """What brings a number near 1."""
    return np.ldexp(1.0, -int(np.frexp(largest)[1])) if largest > 0.0 else 1.0


def _joint_classes(x_labels, y_labels, n_samples):
    """The class of each sample, labels of both sides together, and the classes' sizes."""
    classes = np.zeros(n_samples, dtype=np.int64)
    for labels in (x_labels, y_labels):
        if labels is not None:
            pairs = classes * (int(labels.max()) + 1) + labels
            classes = np.unique(pairs, return_inverse=True)[1].reshape(-1)
    return classes, np.bincount(classes)


def _with_gaps(points, labels, gap):
    return points if labels is None else np.column_stack([points, gap * labels])


def _count_in_small_classes(x, y, classes, small, scales, tie_tolerance, counts):
    """Fill in the rows of classes with at most k samples: the farthest sets the radius."""
    edge = 1.0 - (tie_tolerance or 0.0)
    rows = np.flatnonzero(small)
    rows = rows[np.argsort(classes[rows], kind="stable")]
    below = np.empty((len(x), scales.size))
    for members in np.split(rows, np.flatnonzero(np.diff(classes[rows])) + 1):
        x_distances = cdist(x[members], x[members], "chebyshev")
        y_distances = cdist(y[members], y[members], "chebyshev")
        for s, scale in enumerate(scales):
            distances = np.maximum(x_distances, scale * y_distances)
            radius = distances.max(axis=1)
            limit = np.where(radius > 0.0, radius * edge, np.nextafter(0.0, 1.0))
            counts.radius[members, s] = radius
            below[members, s] = limit
            nearer = (distances < limit[:, None]).sum(axis=1) - 1
            if tie_tolerance is None:
                nearer = np.where(radius > 0.0, len(members) - 2, nearer)
            counts.n_joint[members, s] = nearer
    n_rows = max(1, _HELD // len(x))
    for start in range(0, len(rows), n_rows):
        block = rows[start : start + n_rows]
        x_distances = cdist(x[block], x, "chebyshev")
        y_distances = cdist(y[block], y, "chebyshev")
        for s, scale in enumerate(scales):
            limit = below[block, s, None]
            counts.n_x[block, s] = (x_distances < limit).sum(axis=1) - 1
            counts.n_y[block, s] = (scale * y_distances < limit).sum(axis=1) - 1
