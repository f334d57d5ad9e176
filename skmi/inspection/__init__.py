"""Displays: they hold arrays, draw with matplotlib, and import it only then."""

from ._feature_scores import FeatureScoreDisplay
from ._scale_curve import ScaleCurveDisplay

__all__ = ["FeatureScoreDisplay", "ScaleCurveDisplay"]
