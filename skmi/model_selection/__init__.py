"""Choosing what an estimate depends on, and how far to trust it."""

from ._conditional_independence import conditional_independence_test
from ._diagnostics import Finding, MutualInfoDiagnostics, mutual_info_diagnostics
from ._interval import MutualInfoInterval, mutual_info_interval
from ._permutation_test import mutual_info_permutation_test
from ._relative_scale import RelativeScaleSearch

__all__ = [
    "Finding",
    "MutualInfoDiagnostics",
    "MutualInfoInterval",
    "RelativeScaleSearch",
    "conditional_independence_test",
    "mutual_info_diagnostics",
    "mutual_info_interval",
    "mutual_info_permutation_test",
]
