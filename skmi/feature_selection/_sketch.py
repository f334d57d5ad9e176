"""What is kept of a stream of rows: a random sample of them, and joint histograms of all.

Each row draws a number, and the rows with the smallest numbers are kept. So samples of parts of
the stream, put together, are a sample of the whole, whatever order the parts come in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple, Self

import numpy as np

from .._input._missing import with_missing_labels
from .._input._stream import Batch, Stream, check_alike, join_batches
from .._typing import FloatArray, IntArray
from ._tallies import Coder, Tallies

# Of rows whose number is known, a few more are kept at first than are asked for, so that hardly
# ever too few are: by this many standard deviations.
_DEVIATIONS = 8.0


@dataclass(frozen=True)
class Keeping:
    """What is to be kept.

    Attributes
    ----------
    max_samples : int
        Rows of the sample.
    seed : int
    nan_policy : {"raise", "omit", "label"}
        What becomes of missing values.
    discrete : (discrete_features, discrete_target)
        What the user says of columns, for "label".
    """

    max_samples: int
    seed: int
    nan_policy: str = "raise"
    discrete: tuple[Any, Any] = ("auto", "auto")

    def prepared(self, batch: Batch) -> Batch:
        """A batch in which missing labels are a label, if they are to be."""
        if self.nan_policy != "label":
            return batch
        X = with_missing_labels(batch.X, self.discrete[0])
        return Batch(X, batch.y and with_missing_labels(batch.y, self.discrete[1]))


class _Chunk(NamedTuple):
    keys: FloatArray  # (n_kept,)
    places: IntArray  # (n_kept,), rows in the order of their part
    rows: Batch


class RowSample:
    """The rows of one part with the smallest random numbers.

    Parameters
    ----------
    size : int
    seed : int
    part : int, default=0
        The part of the stream, whose rows draw numbers of their own.
    below : float, default=1.0
        Numbers that are larger are out from the start.
    """

    def __init__(self, size: int, seed: int, part: int = 0, below: float = 1.0) -> None:
        self.size, self.n_samples = size, 0
        self._rng = np.random.default_rng([seed, part])
        self._part, self._below = part, below
        self._chunks: list[_Chunk] = []
        self._n_kept = 0

    def add(self, batch: Batch) -> None:
        """Take in some rows."""
        keys = self._rng.random(batch.n_samples)
        chosen = np.flatnonzero(keys < self._below)
        if self._chunks:
            check_alike(self._chunks[0].rows, batch)
        if chosen.size or not self._chunks:
            places = self._part * 2**40 + self.n_samples + chosen
            self._chunks.append(_Chunk(keys[chosen], places, _copied(batch.take(chosen))))
        self.n_samples += batch.n_samples
        self._n_kept += len(chosen)
        if self._n_kept > 2 * self.size:
            self._shrink()

    def merge(self, other: "RowSample") -> None:
        """Take in the rows of another part."""
        if self._chunks and other._chunks:
            check_alike(self._chunks[0].rows, other._chunks[0].rows)
        self._chunks += other._chunks
        self.n_samples += other.n_samples
        self._n_kept += other._n_kept
        if self._n_kept > 2 * self.size:
            self._shrink()

    def kept(self) -> tuple[FloatArray, Batch]:
        """The random numbers and the rows of the sample, in the order of the stream.

        Raises
        ------
        ValueError
            If there are none.
        """
        if not self._chunks:
            raise ValueError(
                "Found array with 0 sample(s): the stream of batches is empty. An iterator can be "
                "read once: give a callable that makes a new one."
            )
        self._shrink()
        return self._chunks[0].keys, self._chunks[0].rows

    def _shrink(self) -> None:
        keys = np.concatenate([chunk.keys for chunk in self._chunks])
        places = np.concatenate([chunk.places for chunk in self._chunks])
        rows = join_batches([chunk.rows for chunk in self._chunks])
        chosen = np.argsort(places, kind="stable")
        if len(keys) > self.size:
            self._below = float(np.partition(keys, self.size - 1)[self.size - 1])
            chosen = chosen[keys[chosen] <= self._below]
        self._chunks = [_Chunk(keys[chosen], places[chosen], rows.take(chosen))]
        self._n_kept = len(chosen)


class Sketch:
    """A sample of the rows of a stream and, if that is not all of them, tallies of all.

    Rows are added one batch after the other. The bins of the tallies are settled when rows no
    longer fit in, by the rows up to there; `of` settles them by all rows where a stream can be
    read twice.

    Parameters
    ----------
    keeping : Keeping
    """

    def __init__(self, keeping: Keeping) -> None:
        self.keeping = keeping
        self.tallies: Tallies | None = None
        self._sample = RowSample(keeping.max_samples, keeping.seed)

    @classmethod
    def of(cls, stream: Stream, keeping: Keeping, n_jobs: int | None = None) -> Self:
        """What is kept of a stream that is read to its end."""
        sketch = cls(keeping)
        if not stream.again:
            for batches in stream.run(_batches_as_they_are, None, 1):
                for batch in batches:
                    sketch.add(batch)
            return sketch
        below = _likely_limit(keeping.max_samples, stream.n_rows)
        sketch._gather(stream, below, n_jobs)
        if below < 1.0 and sketch._sample._n_kept < keeping.max_samples:
            sketch._gather(stream, 1.0, n_jobs)
        if not sketch.is_whole:
            tallies = sketch._new_tallies()
            for counted in stream.run(_count_part, (keeping, tallies), n_jobs):
                tallies.add(counted)
            sketch.tallies = tallies
            sketch._refuse_change(stream)
        return sketch

    def add(self, batch: Batch) -> None:
        """Take in a batch."""
        batch = self.keeping.prepared(batch)
        before = None
        if self.tallies is None and self.n_samples + batch.n_samples > self.keeping.max_samples:
            before = self._sample.kept()[1] if self.n_samples else batch.take(slice(0, 0))
        self._sample.add(batch)
        if before is not None:
            self.tallies = self._new_tallies()
            self.tallies.count(before)
        if self.tallies is not None:
            self.tallies.count(batch)

    @property
    def n_samples(self) -> int:
        """How many rows there were."""
        return self._sample.n_samples

    @property
    def is_whole(self) -> bool:
        """Whether the sample holds all rows."""
        return self.n_samples <= self.keeping.max_samples

    def rows(self) -> Batch:
        """The rows of the sample, in the order of the stream."""
        return self._sample.kept()[1]

    def subsamples(self, n_subsamples: int) -> list[IntArray]:
        """Positions of the sample's rows, divided at random into parts of equal size."""
        order = np.argsort(self._sample.kept()[0], kind="stable")
        size = len(order) // n_subsamples
        return [np.sort(order[i * size : (i + 1) * size]) for i in range(n_subsamples)]

    def all_tallies(self) -> Tallies:
        """Of all rows, also where the sample holds them."""
        if self.tallies is None:
            self.tallies = self._new_tallies()
            self.tallies.count(self.rows())
        return self.tallies

    def _gather(self, stream: Stream, below: float, n_jobs: int | None) -> None:
        self._sample = RowSample(self.keeping.max_samples, self.keeping.seed)
        for part in stream.run(_sample_part, (self.keeping, below), n_jobs):
            self._sample.merge(part)

    def _new_tallies(self) -> Tallies:
        rows = self.rows()
        coders = [Coder.of(table, p) for table in rows.tables for p in range(table.n_columns)]
        last = len(coders) - 1
        pairs = list(combinations(range(len(coders)), 2))
        if rows.y is not None:
            pairs = [(i, last) for i in range(last)]
        return Tallies(coders, pairs, self.keeping.nan_policy == "raise")

    def _refuse_change(self, stream: Stream) -> None:
        assert self.tallies is not None
        if self.tallies.n_samples != self.n_samples:
            again = (
                " A callable must make a new iterator each time it is called."
                if stream.n_rows is None
                else ""
            )
            raise ValueError(
                f"The stream had {self.n_samples} rows when it was read first and "
                f"{self.tallies.n_samples} when it was read again.{again}"
            )


def _likely_limit(size: int, n_rows: int | None) -> float:
    """A number below which at least `size` of so many random ones lie, nearly for certain."""
    if n_rows is None or n_rows <= size:
        return 1.0
    return min(1.0, (size + _DEVIATIONS * np.sqrt(size)) / n_rows)


def _sample_part(shared: tuple[Keeping, float], part: tuple[int, Iterable[Batch]]) -> RowSample:
    (keeping, below), (number, batches) = shared, part
    sample = RowSample(keeping.max_samples, keeping.seed, number, below)
    for batch in batches:
        sample.add(keeping.prepared(batch))
    return sample


def _count_part(shared: tuple[Keeping, Tallies], part: tuple[int, Iterable[Batch]]) -> Tallies:
    (keeping, empty), (_, batches) = shared, part
    tallies = Tallies(empty.coders, empty.pairs, empty.refuses_missing)
    for batch in batches:
        tallies.count(keeping.prepared(batch))
    return tallies


def _batches_as_they_are(_: None, part: tuple[int, Iterable[Batch]]) -> Iterable[Batch]:
    return part[1]


def _copied(batch: Batch) -> Batch:
    """The same rows in memory of their own, so that the batch they come from is let go."""
    return join_batches([batch])
