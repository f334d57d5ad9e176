"""Estimators of mutual information, and what makes any of them scale-invariant."""

from ._biksg import BIKSG
from ._binning import BinningMI
from ._canonical import CanonicalKSG
from ._conditional import conditional_mutual_info
from ._gaussian import GaussianMI
from ._ksg import KSG
from ._mixed_ksg import MixedKSG
from ._plug_in import PlugInMI
from ._relative_scale import RelativeScaleSearch
from ._ross import RossMI
from ._scale_invariant import ScaleInvariantMI

__all__ = [
    "BIKSG",
    "KSG",
    "BinningMI",
    "CanonicalKSG",
    "GaussianMI",
    "MixedKSG",
    "PlugInMI",
    "RelativeScaleSearch",
    "RossMI",
    "ScaleInvariantMI",
    "conditional_mutual_info",
]
