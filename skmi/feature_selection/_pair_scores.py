"""The mutual information of one column and another, each prepared once for many pairs.

A column of numbers is prepared by sorting it, a column of labels by numbering them. What
pairs are made of them follows from their kinds: the estimator of Kraskov and others for
numbers, of Ross for numbers and labels, frequencies for labels.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._typing import CodeArray, FloatArray
from ..estimators import _formulas
from ..neighbors._engine import NeighborCounts, Query
from ..neighbors._line import count_on_lines
from ..neighbors._line_labels import count_neighbors_on_line
from ..neighbors._row_sweep import make_search
from ..neighbors._strips import Line, permute_line, sort_line
from ..preprocessing._base import column_norms, middle_values, or_one

# A table of all pairs of labels is made if it has no more cells than this for a sample.
_CELLS_PER_SAMPLE = 4


class Labels(NamedTuple):
    """One column of labels."""

    codes: CodeArray
    sizes: NDArray[np.int64]  # how often each code occurs


Column = Line | Labels


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
        self._search = make_search(Query(n_neighbors, tie_tolerance=tie_tolerance), (1.0,))

    def __call__(self, x: Column, y: Column) -> float:
        """The estimate, not clipped. If either column is constant it is exactly 0."""
        if isinstance(x, Line):
            return self._numbers(x, y) if isinstance(y, Line) else self._mixed(x, y)
        return self._mixed(y, x) if isinstance(y, Line) else _plug_in(x, y)

    def _numbers(self, x: Line, y: Line) -> float:
        counts, _ = count_on_lines(x, y, self._search)
        return self._mean(NeighborCounts(*counts), len(x.values))

    def _mixed(self, line: Line, labels: Labels) -> float:
        values, codes = line.values, labels.codes[line.order]
        if labels.sizes.min() < 2:  # a sample alone in its class has no neighbour in it
            paired = labels.sizes[codes] > 1
            values, codes = values[paired], codes[paired]
        if not values.size:
            return 0.0
        counts = count_neighbors_on_line(
            values, codes, self.n_neighbors, tie_tolerance=self.tie_tolerance
        )
        return self._mean(counts, len(values))

    def _mean(self, counts: NeighborCounts, n_samples: int) -> float:
        return float(_formulas.ksg(counts.n_joint, counts.n_x, counts.n_y, n_samples).mean())


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
