"""The mutual information of one column and another, each prepared once for many pairs.

A column of numbers is prepared by sorting it, a column of labels by numbering them. What
pairs are made of them follows from their kinds: the estimator of Kraskov and others for
numbers, of Ross for numbers and labels, frequencies for labels.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._typing import CodeArray, FloatArray
from ..estimators._formulas import ksg
from ..neighbors._dense import Dense, dense_seconds
from ..neighbors._engine import NeighborCounts, Query
from ..neighbors._jit import dense_is_cheaper
from ..neighbors._labels import count_labelled
from ..neighbors._line import LineSearch, count_on_lines
from ..neighbors._line_labels import COMPILE_SECONDS, count_neighbors_on_line, search_classes
from ..neighbors._row_sweep import make_search
from ..neighbors._strips import Line, permute_line, sort_line, unsort_line
from ..preprocessing._base import column_norms, middle_values, or_one

# A table of all pairs of labels is made if it has no more cells than this for a sample.
_CELLS_PER_SAMPLE = 4


class Labels(NamedTuple):
    """One column of labels."""

    codes: CodeArray
    sizes: NDArray[np.int64]  # how often each code occurs


Column = Line | Labels

_ONE = np.ones(1)


def make_lines(numbers: FloatArray) -> list[Line]:
    """Sort columns of numbers, each in units of its own deviation.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n_samples, n_columns)
        Of ordinary size.
    """
    if not numbers.size:
        return []
    values = numbers - middle_values(numbers)
    norms = column_norms(values - values.mean(axis=0))
    scaled = np.array((values / or_one(norms / np.sqrt(len(values)))).T, order="C")
    return [sort_line(column) for column in scaled]


def make_labels(codes: CodeArray) -> Labels:
    """Count labels: codes from 0, none left out."""
    return Labels(codes, np.bincount(codes))


def permuted(column: Any, permutation: NDArray[np.intp]) -> Any:
    """The column with its samples in another order; what was sorted stays sorted."""
    if isinstance(column, Labels):
        codes = np.empty_like(column.codes)
        codes[permutation] = column.codes
        return column._replace(codes=codes)
    return permute_line(column, permutation)


def in_order(column: Column) -> Any:
    """The column in the order of samples: numbers, or integers for labels."""
    return column.codes if isinstance(column, Labels) else unsort_line(column)[:, 0]


class PairScores:
    """Scores of pairs of prepared columns, in nats.

    Parameters
    ----------
    n_samples : int
    n_neighbors : int
    tie_tolerance : float
    """

    def __init__(self, n_samples: int, n_neighbors: int, tie_tolerance: float) -> None:
        self.n_neighbors = n_neighbors
        self.tie_tolerance = tie_tolerance
        self._query = Query(n_neighbors, tie_tolerance=tie_tolerance)
        self._search = make_search(self._query, _ONE)

    def __call__(self, x: Column, y: Column) -> float:
        """The estimate, not clipped. If either column is constant it is exactly 0."""
        if isinstance(x, Line):
            return self._numbers(x, y) if isinstance(y, Line) else self._mixed(x, y)
        return self._mixed(y, x) if isinstance(y, Line) else _plug_in(x, y)

    def _numbers(self, x: Line, y: Line) -> float:
        n_samples = len(x.values)
        if dense_is_cheaper(
            LineSearch.kernels(), dense_seconds(n_samples, 2, 1), LineSearch.compile_seconds
        ):
            counts = Dense(unsort_line(x), unsort_line(y), self._query).count(_ONE)
        else:
            counts = NeighborCounts(*count_on_lines(x, y, self._search)[0])
        return self._mean(counts, n_samples)

    def _mixed(self, line: Line, labels: Labels) -> float:
        values, codes = line.values, labels.codes[line.order]
        if labels.sizes.min() < 2:  # a sample alone in its class has no neighbour in it
            paired = labels.sizes[codes] > 1
            values, codes = values[paired], codes[paired]
        if not values.size:
            return 0.0
        seconds = dense_seconds(len(values), 2, 1)
        if dense_is_cheaper((search_classes,), seconds, COMPILE_SECONDS):
            codes = np.unique(codes, return_inverse=True)[1]
            counts = count_labelled(
                (values[:, None], None),
                (np.empty((len(values), 0)), codes),
                self._query,
                _ONE,
                lambda x, y, scales: Dense(x, y, self._query).count(scales),
            )
        else:
            counts = count_neighbors_on_line(
                values, codes, self.n_neighbors, tie_tolerance=self.tie_tolerance
            )
        return self._mean(counts, len(values))

    def _mean(self, counts: NeighborCounts, n_samples: int) -> float:
        return float(ksg(counts.n_joint, counts.n_x, counts.n_y, n_samples).mean())


def _plug_in(x: Labels, y: Labels) -> float:
    n_samples, n_y = len(x.codes), len(y.sizes)
    pairs = x.codes * n_y + y.codes
    if len(x.sizes) * n_y <= _CELLS_PER_SAMPLE * n_samples:
        table = np.bincount(pairs)
        cells = np.flatnonzero(table)
        frequencies = table[cells]
    else:
        cells, frequencies = np.unique(pairs, return_counts=True)
    terms = np.log(frequencies) - np.log(y.sizes[cells % n_y])
    terms += np.log(n_samples) - np.log(x.sizes[cells // n_y])
    return float(frequencies @ terms) / n_samples
