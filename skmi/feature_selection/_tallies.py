"""Joint histograms of pairs of columns, which add up over batches of rows.

A `Coder` puts the values of a column into bins that are settled beforehand, from some of the
rows: labels, or few values, each by itself; many numbers between their quantiles. However
unlike those rows are to the others, binned columns never tell more about each other than the
columns do, and independent ones stay independent.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from .._input._checks import as_numbers
from .._input._missing import find_missing
from .._input._stream import Batch
from .._input._table import Table
from .._typing import BoolArray, CodeArray, FloatArray, IntArray
from ..neighbors._threads import run_in_row_chunks

# Numbers are divided into so many bins, equally full.
_N_BINS = 32
# So many values, the most frequent ones, have a bin each.
_MOST_LEVELS = 128

# A table is compared with what independence leads to where it leads to so many rows in a cell.
_FEWEST_EXPECTED = 5


@dataclass(frozen=True)
class Coder:
    """The bins of one column.

    Attributes
    ----------
    kind : {"labels", "levels", "quantiles"}
        What `values` holds: objects; numbers in ascending order that are bins themselves; or
        the limits between bins.
    values : dict of label to int, or ndarray of shape (n_values,)
    """

    kind: str
    values: Any

    @property
    def n_codes(self) -> int:
        """One for each value, one for all other values, and one for none."""
        return len(self.values) + 2

    @property
    def is_exact(self) -> bool:
        """Whether values of a bin are equal, but for those of the last one."""
        return self.kind != "quantiles"

    @classmethod
    def of(cls, table: Table, position: int) -> Self:
        """Bins that suit the values of a column."""
        column = table.column(position)
        column = column[~find_missing(column)]
        if table.kinds[position] == "label":
            labels, counts = _count_labels(column.tolist())
            order = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
            return cls("labels", {labels[place]: code for code, place in enumerate(order)})
        numbers = _as_numbers(column, table.place(position))
        levels = np.unique(numbers)
        if len(levels) <= _MOST_LEVELS:
            return cls("levels", levels)
        at = np.arange(1, _N_BINS) / _N_BINS
        return cls("quantiles", np.unique(np.quantile(numbers, at, method="inverted_cdf")))

    def codes(self, column: Any, place: str) -> CodeArray:
        """The bin of each value of a column, shape (n_samples,).

        Raises
        ------
        ValueError
            For numbers that are infinite, and what is no number where numbers are.
        """
        n_values = len(self.values)
        if self.kind == "labels":
            find = self.values.get
            codes = np.array([find(value, n_values) for value in column.tolist()], dtype=np.int64)
            missing = find_missing(column)
        else:
            numbers = _as_numbers(column, place)
            _refuse_infinite(numbers, place)
            missing = np.isnan(numbers)
            of_values: NDArray[np.float64] = self.values
            codes = of_values.searchsorted(numbers, "right" if self.kind == "quantiles" else "left")
            if self.kind == "levels" and n_values:
                known = self.values[np.minimum(codes, n_values - 1)] == numbers
                codes[~known] = n_values
        if missing.any():
            codes[missing] = n_values + 1
        return codes


class Tallies:
    """What rows add up to.

    Parameters
    ----------
    coders : list of Coder
        Of all columns, the target last.
    pairs : list of (int, int)
        The pairs of columns that are counted.
    refuses_missing : bool
        Whether a missing value is an error; else the pairs of its column leave out its row.

    Attributes
    ----------
    n_samples : int
    tables : list of ndarray of int64
        How many rows fall into the bins of each pair.
    lows, highs : ndarray of shape (n_columns,)
        The smallest and the largest integer of columns of integers; infinite for others.
    """

    def __init__(
        self, coders: list[Coder], pairs: list[tuple[int, int]], refuses_missing: bool
    ) -> None:
        self.coders, self.pairs, self.refuses_missing = coders, pairs, refuses_missing
        self.n_samples = 0
        self.tables = [
            np.zeros((coders[i].n_codes, coders[j].n_codes), dtype=np.int64) for i, j in pairs
        ]
        self.lows, self.highs = np.full(len(coders), np.inf), np.full(len(coders), -np.inf)

    def count(self, batch: Batch, n_threads: int = 1) -> None:
        """Count the rows of a batch.

        Raises
        ------
        ValueError
            For a value that is infinite, of another kind, or missing where it must not be.
        """
        places = [(table, p) for table in batch.tables for p in range(table.n_columns)]
        codes: list[Any] = [None] * len(places)

        def code(start: int, stop: int) -> None:
            for at in range(start, stop):
                table, position = places[at]
                column = table.column(position)
                codes[at] = self.coders[at].codes(column, table.place(position))
                if self.refuses_missing:
                    self._refuse_missing(codes[at] == self.coders[at].n_codes - 1, table, position)
                if table.kinds[position] == "integer" and column.dtype.kind in "iu" and len(column):
                    self.lows[at] = min(self.lows[at], float(column.min()))
                    self.highs[at] = max(self.highs[at], float(column.max()))

        def cross(start: int, stop: int) -> None:
            for place in range(start, stop):
                i, j = self.pairs[place]
                table = self.tables[place]
                cells = codes[i] * table.shape[1] + codes[j]
                table += np.bincount(cells, minlength=table.size).reshape(table.shape)

        run_in_row_chunks(code, len(places), n_threads, chunk=1)
        run_in_row_chunks(cross, len(self.pairs), n_threads, chunk=1)
        self.n_samples += batch.n_samples

    def _refuse_missing(self, missing: BoolArray, table: Table, position: int) -> None:
        if missing.any():
            place, row = table.place(position), self.n_samples + int(np.argmax(missing))
            raise ValueError(
                f"Input {table.what} contains NaN in {place} (row {row} of those read). "
                "Drop those rows or fill them in; feature_mutual_info and scan_mutual_info leave "
                'them out with nan_policy="omit".'
            )

    def add(self, other: "Tallies") -> None:
        """Add what other rows have added up to."""
        self.n_samples += other.n_samples
        for table, more in zip(self.tables, other.tables, strict=True):
            table += more
        self.lows = np.minimum(self.lows, other.lows)
        self.highs = np.maximum(self.highs, other.highs)

    def constant(self) -> BoolArray:
        """Which columns have one value throughout, shape (n_columns,)."""
        found = np.zeros(len(self.coders), dtype=bool)
        for (i, j), table in zip(self.pairs, self.tables, strict=True):
            found[i], found[j] = (np.count_nonzero(table.any(axis=axis)) < 2 for axis in (1, 0))
        return found

    def in_a_row(self) -> BoolArray:
        """Which columns hold integers that span as many as there are rows."""
        return np.asarray(self.highs - self.lows == self.n_samples - 1)

    def crossed(self, place: int) -> "Crossed":
        """What the table of one pair says."""
        i, j = self.pairs[place]
        table = self.tables[place][:-1, :-1]  # rows with both values
        exact = bool(
            self.coders[i].is_exact
            and self.coders[j].is_exact
            and not table[-1].any()
            and not table[:, -1].any()
        )
        return Crossed.of(table, exact)


class Crossed(NamedTuple):
    """Two binned columns.

    Attributes
    ----------
    information : float
        From the frequencies, in nats.
    bias : float
        How much too high it is expected to be, by Miller and Madow.
    standard_error : float
    pvalue : float
        Of independence, by Pearson's chi-square.
    n_samples : int
    is_exact : bool
        Whether values of a bin are equal.
    n_levels : tuple of int
        How many bins of either column hold rows.
    """

    information: float
    bias: float
    standard_error: float
    pvalue: float
    n_samples: int
    is_exact: bool
    n_levels: tuple[int, int]

    @classmethod
    def of(cls, table: IntArray, is_exact: bool) -> Self:
        """From how many rows fall into each pair of bins."""
        table = table[table.any(axis=1)][:, table.any(axis=0)]
        n_samples = int(table.sum())
        if min(table.shape) < 2:
            return cls(0.0, 0.0, 0.0, 1.0, n_samples, is_exact, table.shape)
        x, y = np.nonzero(table)
        share = table[x, y] / n_samples
        ratio = np.log(share) - np.log(table.sum(axis=1) / n_samples)[x]
        ratio -= np.log(table.sum(axis=0) / n_samples)[y]
        information = float(share @ ratio)
        # At independence the first order vanishes, and half a chi-square is left.
        freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
        variance = share @ (ratio - information) ** 2 + freedom / (2 * n_samples)
        return cls(
            information,
            (len(x) - table.shape[0] - table.shape[1] + 1) / (2 * n_samples),
            float(np.sqrt(variance / n_samples)),
            _chi_square(table),
            n_samples,
            is_exact,
            table.shape,
        )


def _chi_square(table: IntArray) -> float:
    """The p-value of independence.

    Neighbouring bins, or rare labels, are put together, so that each cell is expected to have
    some rows; the side with more of them yields more.
    """
    wanted = float(_FEWEST_EXPECTED * table.sum())
    table = _grouped(table if table.shape[0] < table.shape[1] else table.T, np.sqrt(wanted))
    table = _grouped(table.T, wanted / table.sum(axis=1).min())
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
    return float(chi2.sf(((table - expected) ** 2 / expected).sum(), freedom))


def _grouped(table: IntArray, least: float) -> IntArray:
    """A table whose rows are put together until they count so many; two of them are left."""
    groups = [table[0]]
    for row in table[1:]:
        if groups[-1].sum() < least:
            groups[-1] = groups[-1] + row
        else:
            groups.append(row)
    if len(groups) == 1:
        half = np.searchsorted(np.cumsum(table.sum(axis=1)), table.sum() / 2) or 1
        groups = [table[:half].sum(axis=0), table[half:].sum(axis=0)]
    elif len(groups) > 2 and groups[-1].sum() < least:
        groups[-2] = groups[-2] + groups.pop()
    return np.array(groups)


def _as_numbers(column: Any, place: str) -> FloatArray:
    """Numbers, dates and durations as floats that have the same zero in all batches."""
    if column.dtype.kind not in "mM":
        return as_numbers(column, place)
    ticks = column.astype(f"{column.dtype.kind}8[us]")
    return np.where(np.isnat(ticks), np.nan, ticks.astype(np.int64).astype(np.float64))


def _refuse_infinite(numbers: FloatArray, place: str) -> None:
    if np.isinf(numbers).any():
        raise ValueError(
            f"Input contains infinity in {place}. Drop those rows or fill them in, for instance "
            "with the largest finite value."
        )


def _count_labels(values: list[Any]) -> tuple[list[Any], IntArray]:
    """The distinct labels, in the order in which they come, and how often each does."""
    counts: dict[Any, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return list(counts), np.array(list(counts.values()), dtype=np.int64)
