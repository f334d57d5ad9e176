"""What an engine is asked and what it answers; each engine is a file of its own."""

from typing import NamedTuple, Self

import numpy as np

METRICS = ("chebyshev", "euclidean")

# A place and a step from it are within 32 bits.
_MOST_BY_INT32 = 2**30


class NeighborCounts(NamedTuple):
    """Joint radii and neighbour counts, arrays of shape (n_samples, n_scales).

    Attributes
    ----------
    radius : ndarray of float64
        Distance from each sample to its k-th nearest other sample in the joint space, in
        units of the first side.
    n_joint : ndarray of int
        Other samples within the radius: ``n_neighbors - 1`` are nearer than it and
        ``n_neighbors`` not farther, but for ties. Where the
        radius is 0, the other samples that equal this one on both sides.
    n_x, n_y : ndarray of int
        Other samples within the radius on one side.
    """

    radius: np.ndarray
    n_joint: np.ndarray
    n_x: np.ndarray
    n_y: np.ndarray


def empty_counts(n_samples, n_scales):
    """Arrays to fill in."""
    shape = (n_samples, n_scales)
    return NeighborCounts(np.empty(shape), *np.empty((3, *shape), place_type(n_samples)))


def place_type(n_samples):
    """The integers that count samples: as narrow as they can be, for there are many."""
    return np.int32 if n_samples <= _MOST_BY_INT32 else np.int64


class Query(NamedTuple):
    """What to count.

    Attributes
    ----------
    n_neighbors : int
        k, at least 1 and less than n_samples.
    closed : bool, default=False
        Whether neighbours at exactly the radius count.
    metric : {"chebyshev", "euclidean"}, default="chebyshev"
    tie_tolerance : float, default=None
        Distances that differ from the radius by no more than this part of it are taken
        as equal to it, and with ``closed=False`` the joint neighbours that are nearer
        are counted. None is 0, without counting them.
    """

    n_neighbors: int
    closed: bool = False
    metric: str = "chebyshev"
    tie_tolerance: float | None = None

    @property
    def euclidean(self):
        """Whether distances are Euclidean, and squared while they are compared."""
        return self.metric == "euclidean"

    @property
    def counts_joint(self):
        """Whether joint neighbours nearer than the radius are counted: k - 1 but for ties."""
        return self.tie_tolerance is not None

    @property
    def edge(self):
        """What a radius is multiplied by to count: 1 but for a tolerance."""
        tolerance = self.tie_tolerance or 0.0
        edge = 1.0 + tolerance if self.closed else 1.0 - tolerance
        return float(edge * edge if self.euclidean else edge)


class Engine:
    """Counts neighbours among the samples of two variables.

    Subclasses define `_count`. What serves several calls, such as a tree or a sorted
    column, they make when it is first asked for.

    Parameters
    ----------
    x : ndarray of float64, shape (n_samples, n_x_features)
        First side; finite and of ordinary size.
    y : ndarray of float64, shape (n_samples, n_y_features)
        Second side.
    query : Query
    n_threads : int
    device : str, default="cpu"
        For engines that have a choice.
    """

    # Seconds that compiling takes the first time; 0 if there is nothing to compile.
    compile_seconds = 0.0

    @classmethod
    def kernels(cls):
        """The compiled functions that it needs."""
        return ()

    def __init__(self, x, y, query, n_threads=1, device="cpu"):
        self.x, self.y, self.query = x, y, query
        self.n_threads, self.device = n_threads, device

    def count(self, scales):
        """Radii and counts at each scale.

        Parameters
        ----------
        scales : ndarray of float64, shape (n_scales,)
            Factors on the second side's distances; positive, ascending.

        Returns
        -------
        NeighborCounts
        """
        raise NotImplementedError

    def count_permuted(self, order, scales):
        """The counts of x and ``y[order]``.

        Parameters
        ----------
        order : ndarray of intp, shape (n_samples,)
            A permutation.
        scales : ndarray of float64, shape (n_scales,)

        Returns
        -------
        NeighborCounts
        """
        return self._other(self.y[order]).count(scales)

    def _other(self, y) -> Self:
        """The same of another second side."""
        return type(self)(self.x, y, self.query, self.n_threads, self.device)


def by_feature(points):
    """Points as the kernels read them: (n_features, n_samples), a copy of their own.

    Kernels compiled for read-only arrays would be other kernels.
    """
    return np.array(points.T, dtype=np.float64, order="C")
