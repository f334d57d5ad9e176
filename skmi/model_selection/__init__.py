"""Choosing what an estimate depends on, and how far to trust it."""

from ._permutation_test import mutual_info_permutation_test
from ._relative_scale import RelativeScaleSearch

__all__ = ["RelativeScaleSearch", "mutual_info_permutation_test"]
