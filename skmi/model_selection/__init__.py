"""How far to trust an estimate: tests, intervals, diagnostics."""

from ._conditional_independence import (
    ConditionalIndependenceResult,
    conditional_independence_test,
)
from ._diagnostics import Finding, MutualInfoDiagnostics, mutual_info_diagnostics
from ._interval import MutualInfoInterval, mutual_info_interval
from ._permutation_test import mutual_info_permutation_test
from ._results import PermutationTestResult

__all__ = [
    "ConditionalIndependenceResult",
    "Finding",
    "MutualInfoDiagnostics",
    "MutualInfoInterval",
    "PermutationTestResult",
    "conditional_independence_test",
    "mutual_info_diagnostics",
    "mutual_info_interval",
    "mutual_info_permutation_test",
]
