"""Canonical pairs of features: learnt on some of the samples, judged on others."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from .._input._sample import Sample, Side
from .._typing import FloatArray, IntArray
from ..preprocessing._normal_score import NormalScores
from ._candidates import assign_folds
from ._canonical_features import FEATURES, Projection
from ._gaussian import GaussianCopula, singular_vectors
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
# Candidates are compared on so many samples at most.
_MOST_COMPARED = 20_000


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


class WhitenedSide(NamedTuple):
    """One kind of features of one side, made uncorrelated; the other side has no part in it."""

    projection: Projection
    values: FloatArray

    @classmethod
    def of(cls, side: Side, rows: Rows, kind: str, seed: int) -> Self:
        """Those of some samples; of labels, one indicator each."""
        if side.codes is None:
            features = FEATURES[kind].make(side.numbers[rows], seed)
        else:
            features = np.eye(int(side.codes.max()) + 1)[side.codes[rows]]
        projection = Projection.whitening(features, FEATURES[kind].ridge)
        return cls(projection, projection(features))


class Prepared(NamedTuple):
    """What is made of either side of a sample alone, whatever the other side's order.

    Attributes
    ----------
    sample : Sample
        Of normal scores.
    compared : ndarray
        The rows that candidates are compared on.
    whitened : dict of str to (WhitenedSide, WhitenedSide)
        Those of X and of y at these rows, for each kind of features.
    seconds : dict of str to float
    seed : int
        Of features.
    fold_seed : int
        Of folds.
    """

    sample: Sample
    compared: IntArray
    whitened: Mapping[str, tuple[WhitenedSide, WhitenedSide]]
    seconds: Mapping[str, float]
    seed: int
    fold_seed: int

    @classmethod
    def of(cls, sample: Sample, kinds: Sequence[str], seed: int, fold_seed: int) -> Self:
        """Prepare a sample of normal scores."""
        rows = np.arange(0, sample.n_samples, -(-sample.n_samples // _MOST_COMPARED))
        whitened, seconds = {}, {}
        for kind in kinds:
            start = time.perf_counter()
            x, y = (WhitenedSide.of(side, rows, kind, seed) for side in (sample.X, sample.y))
            whitened[kind] = x, y
            seconds[kind] = time.perf_counter() - start
        return cls(sample, rows, whitened, seconds, seed, fold_seed)

    def folds(self, n_folds: int) -> IntArray:
        """A fold for each sample."""
        x, y = self.sample.X.numbers, self.sample.y.numbers
        rng = np.random.RandomState(self.fold_seed)
        return assign_folds(x, y, min(n_folds, len(x)), rng)

    def learn(self, kind: str) -> CanonicalPairs:
        """The pairs that all samples compared lead to."""
        x, y = self.whitened[kind]
        return self.pairs(kind, *_leading(x.values.T @ y.values))

    def pairs(self, kind: str, left: FloatArray, right: FloatArray) -> CanonicalPairs:
        """Combinations of whitened features, as ones of scores."""
        x, y = (side.projection for side in self.whitened[kind])
        return CanonicalPairs(kind, self.seed, x.then(left), y.then(right))

    def permuted(self, order: IntArray) -> Self:
        """The same with the samples of y in another order."""
        sample = self.sample.permuted(order)
        if len(self.compared) < sample.n_samples:
            return self.of(sample, list(self.whitened), self.seed, self.fold_seed)
        whitened = {
            kind: (x, y._replace(values=y.values[order])) for kind, (x, y) in self.whitened.items()
        }
        return self._replace(sample=sample, whitened=whitened)


class Trials:
    """What each candidate gives on one sample of normal scores.

    Parameters
    ----------
    prepared : Prepared
    folds : ndarray of shape (n_samples,)
    ksg : KSG

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

    def __init__(self, prepared: Prepared, folds: IntArray, ksg: KSG) -> None:
        self.terms: dict[str, FloatArray] = {}
        self.seconds: dict[str, float] = {}
        self.copula: GaussianCopula | None = None
        self.pairs: dict[str, tuple[CanonicalPairs, int]] = {}
        self._prepared, self._sample, self._ksg = prepared, prepared.sample, ksg
        self._parts = [np.flatnonzero(folds == fold) for fold in range(int(folds.max()) + 1)]
        # Positions among the rows compared.
        seen = folds[prepared.compared]
        self._compared = [np.flatnonzero(seen == fold) for fold in range(int(folds.max()) + 1)]
        self._by_part: dict[str, list[CanonicalPairs]] = {}
        start = time.perf_counter()
        for found in self._run():
            now = time.perf_counter()
            self.terms |= found
            self.seconds |= dict.fromkeys(found, (now - start) / max(1, len(found)))
            start = now
        for name, (pairs, _) in self.pairs.items():
            self.seconds[name] += prepared.seconds[pairs.kind] / _MOST_PAIRS

    def complete(self, by_fold: Sequence[str]) -> None:
        """Let those chosen for each fold judge all samples of it."""
        for fold, name in enumerate(by_fold):
            rows = self._parts[fold]
            if name in self.pairs and not np.isfinite(self.terms[name][rows]).all():
                pairs = normal_scored(self._by_part[name][fold](self._sample, rows))
                self.terms[name][rows] = self._judge(name, pairs, rows)

    def _run(self) -> Iterator[dict[str, FloatArray]]:
        sample, method = self._sample, self._sample.kinds.method
        x, y = sample.X.numbers, sample.y.numbers
        if method == "ksg":
            self.copula = GaussianCopula.of(x, y)
            yield {"gaussian": self.copula.log_ratio(x, y) - self.copula.bias}
        if method != "ksg" or x.shape[1] + y.shape[1] <= _FEW_COLUMNS:
            yield {method: self._ksg._estimate(sample)}
        smallest = min(len(rows) for rows in self._compared)
        if method in ("ksg", "ross") and smallest >= _LEAST_PER_NEIGHBOR * self._ksg.n_neighbors:
            for kind in self._prepared.whitened:
                yield self._cross_fitted(kind)

    def _cross_fitted(self, kind: str) -> dict[str, FloatArray]:
        """The contributions by one kind of features, of one pair, of two, ..."""
        prepared = self._prepared
        x, y = prepared.whitened[kind]
        products = [x.values[rows].T @ y.values[rows] for rows in self._compared]
        total = np.sum(products, axis=0)

        learnt = [_leading(total - own) for own in products]
        held_out = [
            normal_scored(self._combined(rows, x.values[rows] @ left, y.values[rows] @ right))
            for rows, (left, right) in zip(self._compared, learnt, strict=True)
        ]
        by_part = [prepared.pairs(kind, *weights) for weights in learnt]
        overall = prepared.pairs(kind, *_leading(total))
        found = {}
        for n_pairs in range(1, min(map(count_pairs, held_out)) + 1):
            name = f"{kind}-{n_pairs}"
            self.pairs[name], self._by_part[name] = (overall, n_pairs), by_part
            found[name] = np.full(self._sample.n_samples, np.nan)
            for positions, pairs in zip(self._compared, held_out, strict=True):
                rows = prepared.compared[positions]
                found[name][rows] = self._judge(name, pairs, rows)
        return found

    def _combined(self, positions: IntArray, x: FloatArray, y: FloatArray) -> Sample:
        """Combinations of some of the rows compared; labels stay as they are."""
        rows = self._prepared.compared[positions]
        left, right = (
            Side.of(combined) if side.codes is None else side.take(rows)
            for side, combined in ((self._sample.X, x), (self._sample.y, y))
        )
        return Sample(left, right, tie_tolerance=self._sample.tie_tolerance)

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


def _leading(product: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The combinations of two whitened sides that are correlated most, as columns."""
    left, _, right = singular_vectors(product)
    return left[:, :_MOST_PAIRS], right[:_MOST_PAIRS].T


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
