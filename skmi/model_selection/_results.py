"""What tests give back: named fields, in scipy's words, and a sentence when printed."""

from __future__ import annotations

from dataclasses import dataclass

from .._typing import FloatArray


@dataclass(frozen=True, repr=False, eq=False)
class PermutationTestResult:
    """A test by permutation; printed, it is a sentence.

    Attributes
    ----------
    statistic : float
        The estimate for the data, in nats.
    pvalue : float
        The share of estimates, that for the data among them, that are at least
        `statistic`.
    null_distribution : ndarray of shape (n_permutations,)
        The estimates for permuted data.
    """

    statistic: float
    pvalue: float
    null_distribution: FloatArray

    _what = "mutual information"

    def __repr__(self) -> str:
        n = len(self.null_distribution)
        return (
            f"{self._what}: {self.statistic:.3f} nats, p = {self.pvalue:.3g} "
            f"({n} permutations gave {self.null_distribution.mean():.3f} on average, "
            f"{self.null_distribution.max():.3f} at most)"
        )
