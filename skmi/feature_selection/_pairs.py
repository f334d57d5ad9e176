"""Columns, and the estimates of pairs of them."""

from collections.abc import Callable
from itertools import combinations
from typing import Any, cast

import numpy as np
from scipy.stats import entropy
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from .._input._checks import listed
from .._input._kinds import LARGEST_BIAS, plug_in_bias
from .._input._sample import default_tolerance, make_side, thin_table_message, warn_of_identifiers
from .._input._table import Table
from .._typing import FloatArray
from .._warn import warn_caller
from ..exceptions import ThinTableWarning
from ..neighbors._threads import run_in_row_chunks
from ..preprocessing._normalize import tame_outliers
from ._pair_scores import Column, Labels, PairScores, in_order, make_lines, permuted
from ._prepared import ColumnKind, column_kinds, label_pairs


class Pairs:
    """Columns, validated and prepared once, and the estimates of all or some of their pairs.

    Attributes
    ----------
    columns : list of two lists
        The columns as numbers and as labels; None where no pair asks for it.
    advance : callable or None
        Called after each pair.
    """

    advance: Callable[[], None] | None = None

    def __init__(
        self,
        table: Table,
        n_neighbors: int,
        discrete: Any,
        pairs: list[tuple[int, int]] | None = None,
    ) -> None:
        self.n_samples, self.n_columns = table.n_samples, table.n_columns
        kinds = column_kinds(table, discrete)
        self._pairs = list(combinations(range(table.n_columns), 2)) if pairs is None else pairs
        self._as_labels = label_pairs(kinds, self._pairs, table.n_samples)
        self._labels = [kind.labels for kind in kinds]
        self.columns = self._prepare(table, kinds)
        if n_neighbors >= self.n_samples and any(self.columns[0]):
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={self.n_samples}: a "
                "sample's neighbours are other samples. Lower n_neighbors or give more samples."
            )
        self._score = PairScores(self.n_samples, n_neighbors, default_tolerance(table.is_single))
        self._by_chance = self._estimate_by_chance(table)

    def _prepare(self, table: Table, kinds: list[ColumnKind]) -> list[list[Column | None]]:
        numbers = np.array([kind.labels is None for kind in kinds])
        for pair, as_labels in zip(self._pairs, self._as_labels, strict=True):
            for position, is_label in zip(pair, as_labels, strict=True):
                numbers[position] |= not is_label
        side = tame_outliers(make_side(table, ~numbers, table.is_single), table.what)
        lines = iter(make_lines(side.numbers))
        return [
            [next(lines) if is_number else None for is_number in numbers],
            [kind.labels for kind in kinds],
        ]

    def _estimate_by_chance(self, table: Table) -> FloatArray:
        """What pairs with an identifier give by chance; too many other labels are warned of."""
        are_labels = np.array([labels is not None for labels in self._labels])
        identifiers = set(warn_of_identifiers(table, are_labels))
        by_chance, thin = np.zeros(len(self._pairs)), {}
        for place, (i, j) in enumerate(self._pairs):
            if not self._as_labels[place].all():
                continue
            x, y = cast(Labels, self._labels[i]), cast(Labels, self._labels[j])
            if identifiers & {i, j}:
                counts = contingency_matrix(x.codes, y.codes, sparse=True)
                by_chance[place] = expected_mutual_information(counts, self.n_samples)
                continue
            bias = plug_in_bias(len(x.sizes), len(y.sizes), self.n_samples)
            if bias > LARGEST_BIAS:
                thin[i, j] = bias
        if thin:
            self._warn_of_thin(table, thin)
        return by_chance

    def _warn_of_thin(self, table: Table, thin: dict[tuple[int, int], float]) -> None:
        i, j = max(thin, key=lambda pair: thin[pair])
        sizes = [len(cast(Labels, self._labels[position]).sizes) for position in (i, j)]
        x, y = table.place(i), table.place(j)
        if len(thin) > 1:
            others = sorted({table.place(k) for pair in thin for k in pair} - {x, y})
            y = f"{y} (and pairs of {listed([x, y, *others])})"
        message = thin_table_message(x, sizes[0], y, sizes[1], self.n_samples, thin[i, j])
        warn_caller(message, ThinTableWarning)

    def estimates(self, columns: list[list[Any]], n_threads: int) -> FloatArray:
        """The estimate of each pair in nats, not clipped."""
        found = np.empty(len(self._pairs))
        if not self._pairs:  # of a single column
            return found

        def work(start: int, stop: int) -> None:
            for place in range(start, stop):
                (i, j), (a, b) = self._pairs[place], self._as_labels[place]
                found[place] = self._score(columns[a][i], columns[b][j])
                if self.advance is not None:
                    self.advance()

        run_in_row_chunks(work, len(found), n_threads, chunk=1)
        return found - self._by_chance

    def permuted(self, orders: list[Any]) -> list[list[Any]]:
        """The columns, each in an order of its own."""
        return [
            [each and permuted(each, order) for each, order in zip(form, orders, strict=True)]
            for form in self.columns
        ]

    def matrix(self, values: FloatArray) -> FloatArray:
        """A value for each pair as a symmetric matrix, with zeros on the diagonal."""
        matrix = np.zeros((self.n_columns, self.n_columns))
        for (i, j), value in zip(self._pairs, values, strict=True):
            matrix[i, j] = matrix[j, i] = value
        return matrix

    def diagonal(self, asked: Any, unit: float) -> Any:
        """What stands on the diagonal: by itself, what each column tells about itself."""
        if asked != "entropy":
            return np.nan if asked is None else asked
        return (
            np.array(
                [
                    _entropy_of_numbers(line) if labels is None else entropy(labels.sizes)
                    for line, labels in zip(self.columns[0], self._labels, strict=True)
                ]
            )
            / unit
        )

    def sides(self) -> list[list[Any]]:
        """The columns as numbers or as labels, as `PermutationScheme` takes them."""
        return [
            [in_order(cast(Column, line) if labels is None else labels)]
            for line, labels in zip(self.columns[0], self._labels, strict=True)
        ]


def _entropy_of_numbers(line: Any) -> float:
    return 0.0 if line.values[0] == line.values[-1] else np.inf
