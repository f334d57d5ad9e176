"""Mutual information by neural networks."""

from ._mine import MINE

__all__ = ["MINE"]
