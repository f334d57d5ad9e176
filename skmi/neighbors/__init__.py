"""Compute kernels: pure functions on arrays, exact to the last neighbour."""

from ._counts import ALGORITHMS, METRICS, NeighborCounts, count_neighbors

__all__ = ["ALGORITHMS", "METRICS", "NeighborCounts", "count_neighbors"]
