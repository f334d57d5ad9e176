"""Choosing what an estimate depends on."""

from ._relative_scale import RelativeScaleSearch

__all__ = ["RelativeScaleSearch"]
