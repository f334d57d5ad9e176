"""Displays: they hold arrays, draw with matplotlib, and import it only then."""

from ._feature_scores import FeatureScoreDisplay
from ._information_plane import InformationPlaneDisplay
from ._lags import LagDisplay
from ._mine_curve import MINECurveDisplay
from ._noise_response import NoiseResponseDisplay
from ._pairwise import PairwiseMIDisplay
from ._relative_scale import RelativeScaleDisplay
from ._scale_curve import ScaleCurveDisplay
from ._training_dynamics import TrainingDynamicsDisplay

__all__ = [
    "FeatureScoreDisplay",
    "InformationPlaneDisplay",
    "LagDisplay",
    "MINECurveDisplay",
    "NoiseResponseDisplay",
    "PairwiseMIDisplay",
    "RelativeScaleDisplay",
    "ScaleCurveDisplay",
    "TrainingDynamicsDisplay",
]
