"""Estimators of mutual information, and what makes any of them scale-invariant."""

from ._biksg import BIKSG
from ._binning import BinningMI
from ._ksg import KSG
from ._registry import get_estimator_names, make_estimator, mutual_info
from ._scale_invariant import ScaleInvariantMI

__all__ = [
    "BIKSG",
    "KSG",
    "BinningMI",
    "ScaleInvariantMI",
    "get_estimator_names",
    "make_estimator",
    "mutual_info",
]
