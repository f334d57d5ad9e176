"""Neighbour counts: one door, `make_counter`, and an engine a file behind it."""

from ._counter import METRICS, Counter, count_neighbors, make_counter
from ._engine import NeighborCounts, Query

__all__ = [
    "METRICS",
    "Counter",
    "NeighborCounts",
    "Query",
    "count_neighbors",
    "make_counter",
]
