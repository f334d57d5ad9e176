"""Mutual information by neural networks."""

from ._mine import MINE
from ._settings import Training

__all__ = ["MINE", "Training"]
