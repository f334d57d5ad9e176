"""Estimators against tasks of known truth: the grid, its summary and its ranking."""

from ._fingerprint import NotCachedWarning
from ._grid import BenchmarkGrid
from ._summary import rank, summarize
from ._task import Task

__all__ = ["BenchmarkGrid", "NotCachedWarning", "Task", "rank", "summarize"]
