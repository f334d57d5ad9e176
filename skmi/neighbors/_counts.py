"""Radii and neighbour counts: the public face of the kernels."""

from typing import NamedTuple

import numpy as np

from ._brute import brute_force
from ._jit import count_threads, run_in_row_chunks
from ._line import count_neighbors_on_lines
from ._row_sweep import make_search
from ._strips import sort_line
from ._tree import LEAF_SIZE, halve, make_tree
from ._tree_search import tree_search

METRICS = ("chebyshev", "euclidean")
ALGORITHMS = ("auto", "brute", "kd_tree")


class NeighborCounts(NamedTuple):
    """Joint radii and neighbour counts, arrays of shape (n_samples, n_scales).

    Attributes
    ----------
    radius : ndarray of float64
        Distance from each sample to its k-th nearest other sample in the joint space.
    n_joint : ndarray of int64
        Other samples within the radius: ``n_neighbors - 1`` are nearer than it and
        ``n_neighbors`` not farther, but for ties. Where the
        radius is 0, the other samples that equal this one on both sides.
    n_x, n_y : ndarray of int64
        Other samples within the radius on one side.
    """

    radius: np.ndarray
    n_joint: np.ndarray
    n_x: np.ndarray
    n_y: np.ndarray


def choose_algorithm(n_samples, n_features, n_neighbors, n_scales, metric="chebyshev"):
    """The fastest of the ways to the same counts.

    Fitted to the crossovers that ``tests/perf/crossover.py`` measures, for 2 to 14
    features, 3 to 40 neighbours, 1 and 20 scales.

    Parameters
    ----------
    n_samples : int
    n_features : int
        Of both sides together.
    n_neighbors, n_scales : int
    metric : {"chebyshev", "euclidean"}, default="chebyshev"

    Returns
    -------
    {"brute", "kd_tree", "line"}
    """
    if n_features == 2 and n_scales == 1 and metric == "chebyshev":
        return "line"
    if n_neighbors > LEAF_SIZE // 2:  # a leaf alone must bound the radius
        return "brute"
    if n_scales == 1:
        crossover = 60 * n_features**2
    else:
        crossover = n_neighbors * n_features**4 * max(1, n_neighbors / 10)
    return "kd_tree" if n_samples >= crossover else "brute"


def euclidean_unit(x, y):
    """A power of two that brings the data near 1, where squares cannot overflow."""
    largest = max(np.abs(x).max(), np.abs(y).max())
    return np.ldexp(1.0, 1 - int(np.frexp(largest)[1])) if largest > 0.0 else 1.0


def empty_counts(n_samples, n_scales):
    """Arrays for the kernels to fill in."""
    shape = (n_samples, n_scales)
    return NeighborCounts(
        np.empty(shape), *(np.empty(shape, np.int64) for _ in ("n_joint", "n_x", "n_y"))
    )


def restore_radius(counts, unit):
    """Radii from squared ones, in the data's own units."""
    np.sqrt(counts.radius, out=counts.radius)
    np.divide(counts.radius, unit, out=counts.radius)


def count_on_lines(x, y, search, *, n_threads=1):
    """As `count_neighbors_on_lines`, with the counts in the order of the samples."""
    found, sample = count_neighbors_on_lines(x, y, search, n_threads=n_threads)
    counts = empty_counts(len(sample), 1)
    for count, values in zip(counts, found, strict=True):
        count[sample, 0] = values
    return counts


def count_neighbors(
    x,
    y,
    n_neighbors,
    *,
    scales=(1.0,),
    closed=False,
    metric="chebyshev",
    tie_tolerance=None,
    algorithm="auto",
    n_jobs=None,
):
    """Count each sample's neighbours on both sides within its joint radius.

    For every relative scale c the joint distance of two samples is, in the Chebyshev
    metric, ``max(d_x, c * d_y)``, and in the Euclidean one the root of
    ``d_x**2 + c**2 * d_y**2``. A sample's radius is the distance to its k-th nearest
    other sample, and its neighbours on one side are the other samples nearer than that
    (``closed=False``) or not farther (``closed=True``). All comparisons are made
    between distances themselves, so that ties are ties. A sample that has k exact
    copies has radius 0; its neighbours are then its copies, on either side.

    Parameters
    ----------
    x : ndarray of float64, shape (n_samples, n_x_features)
        First side; finite.
    y : ndarray of float64, shape (n_samples, n_y_features)
        Second side; finite.
    n_neighbors : int
        k, at least 1 and less than n_samples.
    scales : sequence of float, default=(1.0,)
        Factors c on the second side; positive, ascending.
    closed : bool, default=False
        Whether neighbours at exactly the radius count.
    metric : {"chebyshev", "euclidean"}, default="chebyshev"
    tie_tolerance : float, default=None
        Distances that differ from the radius by no more than this part of it are taken
        as equal to it, and with ``closed=False`` the joint neighbours that are nearer
        are counted. None is 0, without counting them.
    algorithm : {"auto", "brute", "kd_tree", "line"}, default="auto"
        The counts are the same; "auto" takes the fastest. "line" is for one column on
        either side, a single scale and the Chebyshev metric.
    n_jobs : int, default=None
        Threads, as joblib counts them. The counts do not depend on it.

    Returns
    -------
    NeighborCounts
        Arrays of shape (n_samples, n_scales).
    """
    n_samples = x.shape[0]
    n_features = x.shape[1] + y.shape[1]
    euclidean = metric == "euclidean"
    # Copies of their own: kernels compiled for read-only arrays would be other kernels.
    x, y = np.array(x.T, order="C"), np.array(y.T, order="C")
    unit = 1.0
    if euclidean:
        unit = euclidean_unit(x, y)
        x, y = x * unit, y * unit
    search = make_search(scales, n_neighbors, closed, tie_tolerance, euclidean)
    scales = search.scales
    if algorithm == "auto":
        algorithm = choose_algorithm(n_samples, n_features, n_neighbors, scales.size, metric)
    n_threads = count_threads(n_jobs)
    if algorithm == "line":
        return count_on_lines(sort_line(x[0]), sort_line(y[0]), search, n_threads=n_threads)
    counts = empty_counts(n_samples, scales.size)
    if algorithm == "brute":

        def work(start, stop):
            brute_force(x, y, search, start, stop, *counts)
    else:
        middle = scales[scales.size // 2]
        joint = halve(np.vstack([x, (np.sqrt(middle) if euclidean else middle) * y]))
        x_joint, y_joint = make_tree(x, *joint), make_tree(y, *joint)
        x_tree, y_tree = make_tree(x, *halve(x)), make_tree(y, *halve(y))

        def work(start, stop):
            tree_search(x_joint, y_joint, x_tree, y_tree, joint[0], search, start, stop, *counts)

    run_in_row_chunks(work, n_samples, n_threads)
    if euclidean:
        restore_radius(counts, unit)
    return counts
