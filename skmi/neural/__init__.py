"""Mutual information by neural networks."""

from ._auto_mine import AutoMINE
from ._mine import MINE
from ._settings import Training

__all__ = ["MINE", "AutoMINE", "Training"]
