"""Sparse columns of labels and counts against a target, from the entries that are stored.

A column's table with the target's labels is made of its entries; the row of the zeros is
what they leave. No column is ever made dense, unless the target holds numbers: then one at
a time is.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import numpy as np
from scipy.sparse import csc_array, issparse

from .._input._kinds import LARGEST_BIAS, explicit_mask
from .._input._sample import (
    FEW_SAMPLES,
    SAMPLES_PER_IDENTIFIER,
    check_lengths,
    default_tolerance,
    warn_of_identifier,
)
from .._input._table import Table, read_table
from .._typing import BoolArray, CodeArray, FloatArray, IntArray
from ..neighbors._threads import run_in_row_chunks
from ._pair_scores import Labels, PairScores, make_labels, permuted
from ._prepared import (
    Prepared,
    Tested,
    first_of_each,
    prepare_target,
    refuse_classes_of_one,
    refuse_several_targets,
    score_by_chance,
    warn_of_thin_tables,
)

# Cells of the tables that are made at a time.
_CELLS = 2**22


def prepare(
    X: Any, y: Any, n_neighbors: int, discrete_features: Any, discrete_target: Any
) -> "Prepared | SparsePrepared":
    """Features and a target, prepared; see `Prepared`."""
    kind = SparsePrepared if issparse(X) else Prepared
    return kind(X, y, n_neighbors, discrete_features, discrete_target)


class _Entries(NamedTuple):
    """The stored entries of sparse columns, each with the number of its level.

    A level is a value other than zero that a column has.
    """

    rows: IntArray  # of each entry
    levels: IntArray  # of each entry, ascending from column to column
    starts: IntArray  # of each column: its first entry, (n_columns + 1,)
    column_of: IntArray  # of each level
    sizes: IntArray  # of each level

    @classmethod
    def of(cls, X: Any) -> Self:
        """The entries of a matrix in canonical form."""
        n_columns = X.shape[1]
        columns = np.repeat(np.arange(n_columns), np.diff(X.indptr))
        if X.data.size and (X.data == X.data[0]).all():
            keys, width = columns, 1
        else:
            values, codes = np.unique(X.data, return_inverse=True)
            width = max(1, len(values))
            keys = columns * width + codes
        found, levels, sizes = np.unique(keys, return_inverse=True, return_counts=True)
        starts = X.indptr.astype(np.intp)
        return cls(X.indices.astype(np.intp), levels, starts, found // width, sizes)


class SparsePrepared:
    """What `Prepared` is, for sparse columns.

    Parameters
    ----------
    X : sparse matrix or array of shape (n_samples, n_features)
        Integers and booleans, of which each value is a label; numbers of other dtypes only
        where `discrete_features` says that they are labels.
    y, n_neighbors, discrete_features, discrete_target
        As in `feature_mutual_info`.
    """

    def __init__(
        self, X: Any, y: Any, n_neighbors: int, discrete_features: Any, discrete_target: Any
    ) -> None:
        if y is None:
            raise ValueError("Scoring features requires y to be passed, but the target y is None.")
        matrix = _read_sparse(X, discrete_features)
        target = read_table(y, "y")
        self.n_samples, self._n_columns = matrix.shape
        shape = Table("X", None, np.empty((self.n_samples, 0)), [], False, False)
        check_lengths(shape, target)
        refuse_several_targets(target)
        self._target = prepare_target(target, discrete_target)
        self._entries = _Entries.of(matrix)
        if isinstance(self._target, Labels):
            refuse_classes_of_one(self._target)
        self._score = PairScores(self.n_samples, n_neighbors, default_tolerance(target.is_single))
        self.n_levels = self._count_levels()
        self.identifiers: list[int] = []
        self._by_chance = self._score_by_chance(target)

    def _count_levels(self) -> IntArray:
        """How many values each column has, zero among them."""
        with_zeros = np.diff(self._entries.starts) < self.n_samples
        return np.bincount(self._entries.column_of, minlength=self._n_columns) + with_zeros

    def _score_by_chance(self, target: Table) -> FloatArray:
        by_chance = np.zeros(self._n_columns)
        many = self.n_levels * SAMPLES_PER_IDENTIFIER > self.n_samples
        if self.n_samples >= FEW_SAMPLES:
            self.identifiers = [int(i) for i in np.flatnonzero(many)]
        for position in self.identifiers:
            place, n_levels = f"column {position} of X", int(self.n_levels[position])
            warn_of_identifier(place, n_levels, self.n_samples)
        if not isinstance(self._target, Labels):
            return by_chance
        for position in self.identifiers:
            by_chance[position] = score_by_chance(self._dense(position), self._target)
        n_y = len(self._target.sizes)
        most = np.log(np.minimum(self.n_levels, n_y))
        bias = np.minimum((self.n_levels - 1) * (n_y - 1) / (2 * self.n_samples), most)
        bias[self.identifiers] = 0.0
        thin = {
            f"column {i} of X": (float(bias[i]), (int(self.n_levels[i]), n_y))
            for i in np.flatnonzero(bias > LARGEST_BIAS)
        }
        warn_of_thin_tables(thin, target.place(0), self.n_samples)
        return by_chance

    def constant(self) -> BoolArray:
        """Which columns have one value throughout."""
        return np.asarray(self.n_levels == 1)

    def kinds(self) -> list[str]:
        """Of each feature, as it is scored: all are labels."""
        return ["labels"] * self._n_columns

    def scores(self, n_threads: int = 1, order: IntArray | None = None) -> FloatArray:
        """The score of every feature in nats, not clipped; as `Prepared.scores`."""
        target = self._target if order is None else permuted(self._target, order)
        found = np.empty(self._n_columns)
        if isinstance(target, Labels):
            blocks = list(self._blocks(len(target.sizes)))

            def score_blocks(start: int, stop: int) -> None:
                for first, last in blocks[start:stop]:
                    found[first:last] = _plug_in(self._entries, first, last, target, self.n_samples)

            run_in_row_chunks(score_blocks, len(blocks), n_threads, chunk=1)
            return found - self._by_chance

        def score_columns(start: int, stop: int) -> None:
            for i in range(start, stop):
                found[i] = self._score(self._dense(i), target)

        run_in_row_chunks(score_columns, self._n_columns, n_threads)
        return found

    def _blocks(self, n_classes: int) -> Iterator[tuple[int, int]]:
        width = max(1, _CELLS // n_classes)
        for first in range(0, self._n_columns, width):
            yield first, min(first + width, self._n_columns)

    def _dense(self, position: int) -> Labels:
        """One column, with zeros."""
        entries = self._entries
        here = slice(entries.starts[position], entries.starts[position + 1])
        codes = np.zeros(self.n_samples, dtype=np.int64)
        levels = entries.levels[here]
        if levels.size:
            codes[entries.rows[here]] = levels - levels.min() + 1
        return make_labels(np.unique(codes, return_inverse=True)[1].reshape(-1))

    @property
    def n_features(self) -> int:
        return self._n_columns

    def series(self) -> list[list[Any]]:
        raise ValueError("permutation='iid' alone goes with a sparse X: pass X.toarray().")

    def _take(self, positions: IntArray) -> Self:
        """Some of the columns."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        old = self._entries
        sizes = np.diff(old.starts)[positions]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        offset = np.repeat(old.starts[positions] - starts[:-1], sizes)
        taken = np.arange(starts[-1]) + offset
        found, levels = np.unique(old.levels[taken], return_inverse=True)
        number = np.full(self._n_columns, -1, dtype=np.intp)
        number[positions] = np.arange(len(positions))
        other._entries = _Entries(
            old.rows[taken], levels, starts, number[old.column_of[found]], old.sizes[found]
        )
        other._n_columns = len(positions)
        other.n_levels = self.n_levels[positions]
        other._by_chance = self._by_chance[positions]
        return other

    def tested(self, positions: IntArray, *, shared: bool) -> Tested:
        """As `Prepared.tested`: columns whose labels occur equally often share a source."""
        chosen = self._take(positions)
        first, source_of = first_of_each(chosen._null_keys())
        representatives = chosen._take(np.array(first, dtype=np.intp))
        kept: dict[bytes, SparsePrepared] = {}

        def null(sources: IntArray, order: IntArray) -> FloatArray:
            key = sources.tobytes()
            some = kept.get(key)
            if some is None:
                some = representatives._take(sources)
                kept.clear()
                kept[key] = some
            return some.scores(order=order)

        return Tested(chosen.scores(), source_of, null)

    def _null_keys(self) -> list[bytes]:
        sizes, columns = self._entries.sizes, self._entries.column_of
        n_zeros = self.n_samples - np.diff(self._entries.starts)
        ends = np.searchsorted(columns, np.arange(self._n_columns + 1))
        return [
            np.sort(np.append(sizes[ends[i] : ends[i + 1]], n_zeros[i])).tobytes()
            for i in range(self._n_columns)
        ]


def _read_sparse(X: Any, discrete: Any) -> Any:
    """The matrix in canonical form, column by column; an error for numbers."""
    n_samples, n_columns = X.shape
    if n_samples < 2 or n_columns < 1:
        raise ValueError(
            f"Found array with {n_samples} sample(s) and {n_columns} feature(s) in the sparse X: "
            "a minimum of 2 samples and 1 feature is required."
        )
    if X.dtype.kind == "c":
        raise ValueError("Complex data not supported: the sparse X holds complex numbers.")
    auto = isinstance(discrete, str) and discrete == "auto"
    labels = X.dtype.kind in "biu"
    if not auto:
        names = Table("X", None, None, ["label"] * n_columns, False, False)
        labels = bool(explicit_mask(discrete, names).all())
    if not labels:
        raise ValueError(
            f"X is a sparse matrix of numbers ({X.dtype}), whose neighbours are sought among all "
            "values: pass X.toarray(). If its values are labels or counts, pass them as integers, "
            "or discrete_features=True."
        )
    matrix = csc_array(X, copy=True)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    if matrix.dtype.kind == "f" and not np.isfinite(matrix.data).all():
        what = "NaN" if np.isnan(matrix.data).any() else "infinity"
        place = int(np.flatnonzero(~np.isfinite(matrix.data))[0])
        column = int(np.searchsorted(matrix.indptr, place, side="right")) - 1
        raise ValueError(
            f"Input X contains {what} in column {column} (in row {int(matrix.indices[place])}). "
            "Drop those rows or fill them in."
        )
    return matrix


def _plug_in(
    entries: _Entries, first: int, last: int, target: Labels, n_samples: int
) -> FloatArray:
    """Mutual information of the columns first <= j < last and the target, from frequencies."""
    here = slice(entries.starts[first], entries.starts[last])
    n_columns, n_classes = last - first, len(target.sizes)
    classes = target.codes[entries.rows[here]]
    own = np.searchsorted(entries.column_of, [first, last])
    column_of, sizes = entries.column_of[own[0] : own[1]] - first, entries.sizes[own[0] : own[1]]
    cells, counts = _count(
        (entries.levels[here] - own[0]) * n_classes + classes, len(sizes) * n_classes
    )
    level, of_class = np.divmod(cells, n_classes)
    terms = np.log(counts) - np.log(target.sizes[of_class])
    terms += np.log(n_samples) - np.log(sizes[level])
    information = np.bincount(column_of[level], counts * terms, n_columns).astype(np.float64)
    # What is left of each class are zeros.
    stored = np.bincount(column_of[level] * n_classes + of_class, counts, n_columns * n_classes)
    zeros = target.sizes - stored.reshape(n_columns, n_classes).astype(np.float64)
    n_zeros = zeros.sum(axis=1)
    information += np.where(n_zeros > 0, _row_terms(zeros, target.sizes, n_zeros, n_samples), 0.0)
    return np.asarray(information / n_samples)


def _row_terms(zeros: Any, class_sizes: Any, n_zeros: Any, n_samples: int) -> FloatArray:
    ratio = np.log(np.maximum(zeros, 1.0)) - np.log(class_sizes)
    ratio += np.log(n_samples) - np.log(np.maximum(n_zeros, 1.0))[:, None]
    return np.asarray((zeros * ratio).sum(axis=1))


def _count(keys: CodeArray, n_keys: int) -> tuple[IntArray, IntArray]:
    """The distinct keys, and how often each occurs."""
    if n_keys <= max(_CELLS, 4 * keys.size):
        counts = np.bincount(keys, minlength=0)
        found = np.flatnonzero(counts)
        return found, counts[found]
    return np.unique(keys, return_counts=True)
