"""Displays: they hold arrays, draw with matplotlib, and import it only then."""

from ._relative_scale import RelativeScaleDisplay
from ._scale_curve import ScaleCurveDisplay

__all__ = ["RelativeScaleDisplay", "ScaleCurveDisplay"]
