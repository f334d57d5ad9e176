"""Displays: they hold arrays, draw with matplotlib, and import it only then."""

from ._mine_curve import MINECurveDisplay
from ._scale_curve import ScaleCurveDisplay

__all__ = ["MINECurveDisplay", "ScaleCurveDisplay"]
