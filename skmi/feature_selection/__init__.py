"""Selecting features by what they tell about the target."""

from ._feature_mutual_info import feature_mutual_info
from ._joint_mi import JointMISelector
from ._pairwise import PairwiseMutualInfo, pairwise_mutual_info
from ._scan import MutualInfoScan, scan_mutual_info
from ._scorer import FeatureMutualInfo
from ._selector import MutualInfoSelector

__all__ = [
    "FeatureMutualInfo",
    "JointMISelector",
    "MutualInfoScan",
    "MutualInfoSelector",
    "PairwiseMutualInfo",
    "feature_mutual_info",
    "pairwise_mutual_info",
    "scan_mutual_info",
]
