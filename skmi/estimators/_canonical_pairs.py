"""Canonical pairs of features: learnt on some of the samples, judged on others."""

import time
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

import numpy as np

from .._input._sample import Sample, Side
from .._typing import FloatArray, IntArray
from ..preprocessing._normal_score import NormalScores
from ._canonical_features import FEATURES, Moments, Projection
from ._gaussian import GaussianCopula
from ._ksg import KSG

# Features of so many samples are in memory at once.
_BLOCK = 50_000

# Some of the samples.
Rows = IntArray | slice

_MOST_PAIRS = 3
# Neighbours are counted among all columns where they are so few, both sides together.
_FEW_COLUMNS = 6
# A fold must have so many samples for each neighbour.
_LEAST_PER_NEIGHBOR = 5
# Candidates are compared on so many samples of a fold at most.
_MOST_COMPARED = 5000


class CanonicalPairs(NamedTuple):
    """Combinations of one kind of features of two variables.

    A side of labels has one indicator for each, and stays as it is: the combinations of the
    other side are those that tell the labels apart.
    """

    kind: str
    seed: int
    x: Projection
    y: Projection

    def __call__(self, sample: Sample, rows: Rows = slice(None)) -> Sample:
        """The combinations, in the place of the normal scores they are made of."""
        x, y = (
            side.take(rows)
            if side.codes is not None
            else Side.of(self.combine(side.numbers[rows], position))
            for position, side in enumerate((sample.X, sample.y))
        )
        return Sample(x, y, tie_tolerance=sample.tie_tolerance)

    def combine(self, scores: FloatArray, position: int) -> FloatArray:
        """Combinations of the scores of X (0) or of y (1)."""
        project, make = (self.x, self.y)[position], FEATURES[self.kind].make
        blocks = [
            project(make(scores[start : start + _BLOCK], self.seed))
            for start in range(0, len(scores), _BLOCK)
        ]
        return np.concatenate(blocks)


def features_of(sample: Sample, rows: Rows, kind: str, seed: int) -> tuple[FloatArray, FloatArray]:
    """One kind of features of either side, of some of a sample of normal scores."""
    x, y = (
        FEATURES[kind].make(side.numbers[rows], seed)
        if side.codes is None
        else np.eye(int(side.codes.max()) + 1)[side.codes[rows]]
        for side in (sample.X, sample.y)
    )
    return x, y


def cross_fitted(
    sample: Sample, parts: Sequence[IntArray], kind: str, seed: int
) -> tuple[list[Sample], list[CanonicalPairs], CanonicalPairs]:
    """Learn canonical pairs on all parts but one, for each, and apply them to that one.

    Parameters
    ----------
    sample : Sample
        Of normal scores.
    parts : sequence of ndarray
        The rows of each part.
    kind : str
        One of `FEATURES`.
    seed : int

    Returns
    -------
    held_out : list of Sample
        The combinations of each part, by pairs that have not seen it.
    by_part : list of CanonicalPairs
        Learnt on the other parts.
    overall : CanonicalPairs
        Learnt on all.
    """
    features = [features_of(sample, rows, kind, seed) for rows in parts]
    moments = [Moments.of(*each) for each in features]
    total = reduce(Moments.plus, moments)

    ridge = FEATURES[kind].ridge

    def learn(some: Moments) -> CanonicalPairs:
        return CanonicalPairs(kind, seed, *some.canonical_pairs(ridge, _MOST_PAIRS))

    by_part = [learn(total.minus(own)) for own in moments]
    held_out = [
        _combined(sample, rows, each, pairs)
        for rows, each, pairs in zip(parts, features, by_part, strict=True)
    ]
    return held_out, by_part, learn(total)


def _combined(
    sample: Sample, rows: Rows, features: tuple[FloatArray, FloatArray], pairs: CanonicalPairs
) -> Sample:
    x, y = (
        side.take(rows) if side.codes is not None else Side.of(project(each))
        for side, each, project in zip(
            (sample.X, sample.y), features, (pairs.x, pairs.y), strict=True
        )
    )
    return Sample(x, y, tie_tolerance=sample.tie_tolerance)


def normal_scored(sample: Sample) -> Sample:
    """A sample with the normal scores of its numbers."""
    x, y = (
        side if side.codes is not None else Side.of(NormalScores.of(side.numbers)[1])
        for side in (sample.X, sample.y)
    )
    return Sample(x, y, tie_tolerance=sample.tie_tolerance)


def first_pairs(sample: Sample, n_pairs: int) -> Sample:
    """A sample of combinations with the first of them alone."""
    x, y = (
        side if side.codes is not None else side.only(slice(n_pairs))
        for side in (sample.X, sample.y)
    )
    return Sample(x, y, tie_tolerance=sample.tie_tolerance)


def count_pairs(sample: Sample) -> int:
    """How many combinations a sample has on a side of numbers."""
    return min(side.n_columns for side in (sample.X, sample.y) if side.codes is None)


class Trials:
    """What each candidate gives on one sample of normal scores.

    Parameters
    ----------
    sample : Sample
        Of normal scores.
    folds : ndarray of shape (n_samples,)
    ksg : KSG
    kinds : sequence of str
        Kinds of features.
    seed : int

    Attributes
    ----------
    terms : dict of str to ndarray of shape (n_samples,)
        Each sample's contribution by each candidate; NaN for samples that it was not asked
        for.
    seconds : dict of str to float
    copula : GaussianCopula or None
        If there are numbers on both sides.
    pairs : dict of str to (CanonicalPairs, int)
        The pairs behind a candidate, learnt on all samples, and how many of them it takes.
    """

    def __init__(
        self, sample: Sample, folds: IntArray, ksg: KSG, kinds: Sequence[str], seed: int
    ) -> None:
        self.terms: dict[str, FloatArray] = {}
        self.seconds: dict[str, float] = {}
        self.copula: GaussianCopula | None = None
        self.pairs: dict[str, tuple[CanonicalPairs, int]] = {}
        self._sample, self._ksg, self._seed = sample, ksg, seed
        self._parts = [np.flatnonzero(folds == fold) for fold in range(int(folds.max()) + 1)]
        self._by_part: dict[str, list[CanonicalPairs]] = {}
        start = time.perf_counter()
        for found in self._run(kinds):
            now = time.perf_counter()
            self.terms |= found
            self.seconds |= dict.fromkeys(found, (now - start) / max(1, len(found)))
            start = now

    def complete(self, by_fold: Sequence[str]) -> None:
        """Let those chosen for each fold judge all samples of it."""
        for fold, name in enumerate(by_fold):
            rows = self._parts[fold]
            if name in self.pairs and not np.isfinite(self.terms[name][rows]).all():
                pairs = normal_scored(self._by_part[name][fold](self._sample, rows))
                self.terms[name][rows] = self._judge(name, pairs, rows)

    def _run(self, kinds: Sequence[str]) -> Iterator[dict[str, FloatArray]]:
        sample, method = self._sample, self._sample.kinds.method
        x, y = sample.X.numbers, sample.y.numbers
        if method == "ksg":
            self.copula = GaussianCopula.of(x, y)
            yield {"gaussian": self.copula.log_ratio(x, y) - self.copula.bias}
        if method != "ksg" or x.shape[1] + y.shape[1] <= _FEW_COLUMNS:
            yield {method: self._ksg._estimate(sample)}
        smallest = min(len(rows) for rows in self._parts)
        if method in ("ksg", "ross") and smallest >= _LEAST_PER_NEIGHBOR * self._ksg.n_neighbors:
            for kind in kinds:
                yield self._cross_fitted(kind)

    def _cross_fitted(self, kind: str) -> dict[str, FloatArray]:
        """The contributions by one kind of features, of one pair, of two, ..."""
        compared = [rows[:: -(-len(rows) // _MOST_COMPARED)] for rows in self._parts]
        held_out, by_part, overall = cross_fitted(self._sample, compared, kind, self._seed)
        scored = [normal_scored(pairs) for pairs in held_out]
        found = {}
        for n_pairs in range(1, min(map(count_pairs, scored)) + 1):
            name = f"{kind}-{n_pairs}"
            self.pairs[name], self._by_part[name] = (overall, n_pairs), by_part
            found[name] = np.full(self._sample.n_samples, np.nan)
            for rows, pairs in zip(compared, scored, strict=True):
                found[name][rows] = self._judge(name, pairs, rows)
        return found

    def _judge(self, name: str, scored: Sample, rows: IntArray) -> FloatArray:
        """What neighbours find in the first pairs of some samples.

        What linear pairs tell beyond a Gaussian of the same correlations is added to the
        Gaussian part of all columns.
        """
        pairs, n_pairs = self.pairs[name]
        some = first_pairs(scored, n_pairs)
        terms = self._ksg._estimate(some)
        if pairs.kind == "linear" and self.copula is not None:
            own = GaussianCopula.of(some.X.numbers, some.y.numbers)
            terms -= own.log_ratio(some.X.numbers, some.y.numbers) - own.bias
            terms += self.terms["gaussian"][rows]
        return terms
