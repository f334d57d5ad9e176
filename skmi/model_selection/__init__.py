"""Choosing what an estimate depends on."""

from ._conditional_independence import conditional_independence_test
from ._relative_scale import RelativeScaleSearch

__all__ = ["RelativeScaleSearch", "conditional_independence_test"]
