"""Estimators of mutual information, and what makes any of them scale-invariant."""

from ._biksg import BIKSG
from ._binning import BinningMI
from ._ksg import KSG
from ._mixed_ksg import MixedKSG
from ._plug_in import PlugInMI
from ._registry import get_estimator_names, make_estimator, mutual_info
from ._ross import RossMI
from ._scale_invariant import ScaleInvariantMI

__all__ = [
    "BIKSG",
    "KSG",
    "BinningMI",
    "MixedKSG",
    "PlugInMI",
    "RossMI",
    "ScaleInvariantMI",
    "get_estimator_names",
    "make_estimator",
    "mutual_info",
]
