"""p-values by permutation, of many features, each only until its fate is certain.

A feature that independent data often match is none to select: after so many matches its
permutations end (Besag and Clifford 1991). A feature that would be selected whatever the
permutations left over bring, or by none of them, needs these no more, either.
"""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import false_discovery_control

from .._permutations import PermutationScheme
from .._typing import BoolArray, FloatArray, IntArray
from ..neighbors._threads import run_in_row_chunks
from ._prepared import Tested

# Matches by independent data after which a feature's permutations end.
N_MATCHES = 10

# Permutations between two looks at what is certain: at first so many, later this part of
# those done, so that few are made in vain; and never so many that nothing is told for long.
_FIRST_LOOK = 16
_PART = 5
_LONGEST = 128

# What rounding may do to a score, in units of its largest terms.
_ROUNDING = 1e-13
# A p-value at the level is selected, whatever rounding does to their ratio.
_AT_LEVEL = 1.0 + 1e-9


class Permuted(NamedTuple):
    """What the permutations gave, arrays of shape (n_tested,)."""

    pvalues: FloatArray
    n_permutations: IntArray


class Level:
    """Which p-values are small enough.

    Parameters
    ----------
    alpha : float
    correction : {"fdr", "fwer"} or None
        By the step-up of Benjamini and Hochberg, the step-down of Holm, or none.
    """

    def __init__(self, alpha: float, correction: str | None) -> None:
        self.alpha, self.correction = alpha, correction

    def n_needed(self, n_tests: int) -> int:
        """Permutations with which a single feature among `n_tests` can be selected."""
        tests = n_tests if self.correction else 1
        return max(1, int(np.ceil(tests / self.alpha / _AT_LEVEL)) - 1)

    def adjusted(self, pvalues: FloatArray) -> FloatArray:
        """p-values that are compared with alpha itself."""
        if self.correction == "fdr":
            return np.asarray(false_discovery_control(pvalues)) if pvalues.size else pvalues
        return _holm(pvalues) if self.correction == "fwer" else pvalues

    def selects(self, pvalues: FloatArray) -> BoolArray:
        """Which features have p-values that are small enough."""
        return np.asarray(self.adjusted(pvalues) <= self.alpha * _AT_LEVEL)


def _holm(pvalues: FloatArray) -> FloatArray:
    order = np.argsort(pvalues, kind="stable")
    steps = np.maximum.accumulate(pvalues[order] * np.arange(len(pvalues), 0, -1))
    adjusted = np.empty(len(pvalues))
    adjusted[order] = np.minimum(steps, 1.0)
    return adjusted


def permute_until_certain(
    tested: Tested,
    seeds: list[int],
    scheme: PermutationScheme,
    *,
    level: Level | None,
    n_matches: int | None,
    n_threads: int,
    report: Callable[[int, int, Any], None] = lambda done, n_open, seconds: None,
) -> Permuted:
    """p-values that lead to the same selection as all permutations would.

    Parameters
    ----------
    tested : Tested
    seeds : list of int
        Of the permutations, the same for all features.
    scheme : PermutationScheme
    level : Level or None
        What the p-values are for. Without it only matches end a feature's permutations.
    n_matches : int or None
        After so many matches a feature's permutations end. None: all are made.
    n_threads : int
    report : callable
        Called with the permutations done, the features still open, and the seconds passed.

    Returns
    -------
    Permuted

    Notes
    -----
    With h matches after t permutations the p-value is h/t; with b < h after all B of them
    (b + 1)/(B + 1). Both are exact (Besag and Clifford 1991). Where a feature's permutations
    end before, the largest p-value that the others could have led to is given.
    """
    n_all = len(seeds)
    counts = _Counts(len(tested.observed), n_all, n_matches)
    open_ = np.ones(len(tested.observed), dtype=bool)
    # A score that equals the observed one but for rounding is as large.
    least = tested.observed - _ROUNDING * np.log(scheme.n_samples)
    start, done = time.perf_counter(), 0
    while done < n_all and open_.any():
        n_next = min(n_all - done, max(_FIRST_LOOK, done // _PART), _LONGEST)
        sources = np.unique(tested.source_of[open_])
        null = _null_scores(tested, sources, seeds[done : done + n_next], scheme, n_threads)
        place = np.searchsorted(sources, tested.source_of)
        within = place < len(sources)
        within[within] = sources[place[within]] == tested.source_of[within]
        for j in np.flatnonzero(within & ~counts.matched()):
            counts.add(int(j), null[:, place[j]] >= least[j])
        done += n_next
        open_ = ~counts.matched()
        if level is not None and n_matches is not None:
            certain = level.selects(counts.largest()) | ~level.selects(counts.smallest())
            open_ &= ~certain
        report(done, int(open_.sum()), time.perf_counter() - start)
    return Permuted(counts.largest(), counts.done)


def _null_scores(
    tested: Tested, sources: IntArray, seeds: list[int], scheme: PermutationScheme, n_threads: int
) -> FloatArray:
    """Values of some sources under permutations, shape (n_permutations, n_sources)."""
    null = np.empty((len(seeds), len(sources)))

    def work(start: int, stop: int) -> None:
        for i in range(start, stop):
            order = scheme.draw(np.random.default_rng(seeds[i]))
            null[i] = tested.null(sources, order)

    run_in_row_chunks(work, len(seeds), n_threads, chunk=1)
    return null


class _Counts:
    """Matches so far of each feature, and the p-values that they may still lead to."""

    def __init__(self, n_tested: int, n_all: int, n_matches: int | None) -> None:
        self.done = np.zeros(n_tested, dtype=np.int64)
        self.matches = np.zeros(n_tested, dtype=np.int64)
        self._n_all = n_all
        self._most = n_all + 1 if n_matches is None else n_matches

    def matched(self) -> BoolArray:
        """Whose permutations have ended by matches."""
        return self.matches >= self._most

    def add(self, feature: int, as_large: BoolArray) -> None:
        """Count the matches of some more permutations, up to the last that is needed."""
        so_far = self.matches[feature] + np.cumsum(as_large)
        n_looked_at = min(len(so_far), int(np.searchsorted(so_far, self._most)) + 1)
        self.matches[feature] = so_far[n_looked_at - 1]
        self.done[feature] += n_looked_at

    def largest(self) -> FloatArray:
        """The p-values if all further permutations matched."""
        at_the_most = self.done + self._most - self.matches
        early = self._most / np.maximum(at_the_most, 1)
        late = (self.matches + self._n_all - self.done + 1) / (self._n_all + 1)
        return np.where(at_the_most <= self._n_all, early, late)

    def smallest(self) -> FloatArray:
        """The p-values if no further one did."""
        late = (self.matches + 1) / (self._n_all + 1)
        return np.where(self.matched(), self._most / np.maximum(self.done, 1), late)
