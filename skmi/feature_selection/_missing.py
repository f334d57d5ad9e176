"""Scores where values are missing: each feature on the rows that it shares with the target.

Features that miss the same rows are prepared together, so that a table without missing values
is prepared as one. Scores on a scale from 0 to 1, which each pair of columns has of its own,
are here as well.
"""

from typing import Any

import numpy as np
from scipy.sparse import issparse

from .._input._kinds import explicit_mask
from .._input._missing import missing_in, take_rows, with_missing_labels
from .._input._table import Table
from .._typing import BoolArray, FloatArray, IntArray
from ..estimators._normalized import entropy, informational_correlation, refuse_kinds, share
from ._pair_scores import Labels
from ._prepared import Prepared, read_pair
from ._sparse import SparsePrepared, prepare

_FEWEST = 2


class Parts:
    """Features that are scored on rows of their own.

    It answers as `Prepared` does, for all features in their order.

    Parameters
    ----------
    parts : list of (columns, rows, Prepared)
        The positions of features that are prepared together, and the rows they have.
    n_samples : int
        How many there are in all.
    """

    def __init__(self, parts: list[tuple[IntArray, BoolArray, Prepared]], n_samples: int) -> None:
        self.parts, self.n_samples = parts, n_samples
        self.columns: list[Any] = self._gathered([part.columns for _, _, part in parts])

    def _gathered(self, found: list[list[Any]]) -> list[Any]:
        """What the parts say of each feature, in the order of the features."""
        each = {
            int(position): value
            for (positions, _, _), values in zip(self.parts, found, strict=True)
            for position, value in zip(positions, values, strict=True)
        }
        return [each[position] for position in sorted(each)]

    def series(self) -> list[list[Any]]:
        raise ValueError(
            "permutation='iid' alone goes with missing values: of a series with gaps no order in "
            "time is left. Fill them in, or leave those rows out for all features."
        )

    def kinds(self) -> list[str]:
        """Of each feature, as it is scored: "labels" or "numbers"."""
        return self._gathered([part.kinds() for _, _, part in self.parts])

    def scores(self, n_threads: int = 1, order: IntArray | None = None) -> FloatArray:
        """The score of every feature in nats, not clipped; see `Prepared.scores`.

        Of a permutation of all rows, each part takes the order in which its own are left.
        """
        found = [
            part.scores(n_threads, None if order is None else _ranks(order[rows]))
            for _, rows, part in self.parts
        ]
        return np.array(self._gathered([list(scores) for scores in found]))


def _ranks(values: IntArray) -> IntArray:
    ranks = np.empty(len(values), dtype=np.intp)
    ranks[np.argsort(values)] = np.arange(len(values))
    return ranks


def prepare_pairs(
    X: Any,
    y: Any,
    n_neighbors: int,
    discrete_features: Any,
    discrete_target: Any,
    nan_policy: str = "raise",
) -> Prepared | SparsePrepared | Parts:
    """Prepare features and a target, with what is missing left out by pairs of columns.

    Parameters
    ----------
    X, y, n_neighbors, discrete_features, discrete_target, nan_policy
        As in `feature_mutual_info`.

    Raises
    ------
    ValueError
        If a feature has fewer than two rows in common with y.
    """
    if nan_policy == "raise" or y is None or issparse(X):
        return prepare(X, y, n_neighbors, discrete_features, discrete_target)
    table, target = read_pair(X, y)
    if nan_policy == "label":
        table = with_missing_labels(table, discrete_features)
        target = with_missing_labels(target, discrete_target)
    without_target: BoolArray = np.asarray(missing_in(target).any(axis=1))
    missing = missing_in(table) | without_target[:, None]
    if not missing.any():
        return Prepared(table, target, n_neighbors, discrete_features, discrete_target)
    _refuse_empty(table, missing)
    auto = isinstance(discrete_features, str)
    mask = None if auto else explicit_mask(discrete_features, table)
    patterns, which = np.unique(missing, axis=1, return_inverse=True)
    parts = []
    for pattern in range(patterns.shape[1]):
        positions = np.flatnonzero(which.reshape(-1) == pattern)
        rows = ~patterns[:, pattern]
        prepared = Prepared(
            take_rows(columns_of(table, positions), rows),
            take_rows(target, rows),
            n_neighbors,
            discrete_features if mask is None else mask[positions],
            discrete_target,
        )
        prepared.places = [table.place(int(position)) for position in positions]
        parts.append((positions, rows, prepared))
    return Parts(parts, table.n_samples)


def columns_of(table: Table, positions: IntArray) -> Table:
    """Some columns of a table, which messages call by their names or old positions."""
    names = table.names or [str(p) for p in range(table.n_columns)]
    return table._replace(names=names).some([int(p) for p in positions])


def _refuse_empty(table: Table, missing: BoolArray) -> None:
    counts = (~missing).sum(axis=0)
    if (counts < _FEWEST).any():
        position = int(np.argmin(counts))
        raise ValueError(
            f"{table.place(position)} and y have a value in {counts[position]} rows together, and "
            f"{_FEWEST} are needed. Leave the column out, or fill it in."
        )


def rows_of_each(prepared: Any) -> IntArray:
    """How many rows each feature is scored on, shape (n_features,)."""
    if isinstance(prepared, Parts):
        found = [[int(rows.sum())] * len(positions) for positions, rows, _ in prepared.parts]
        return np.array(prepared._gathered(found))
    return np.full(prepared.n_features, prepared.n_samples)


def normalized_scores(prepared: Any, scores: FloatArray, normalize: str) -> FloatArray:
    """Scores from 0 to 1, each by the kinds and the entropies of its own pair of columns.

    Parameters
    ----------
    prepared : Prepared or Parts
    scores : ndarray of shape (n_features,)
        In nats, not clipped.
    normalize : {"correlation", "min", "arithmetic", "geometric", "max", "target"}

    Raises
    ------
    ValueError
        If it does not suit the kind of a feature or of the target.
    """
    if isinstance(prepared, Parts):
        found = [
            list(normalized_scores(part, scores[positions], normalize))
            for positions, _, part in prepared.parts
        ]
        return np.array(prepared._gathered(found))
    if isinstance(prepared, SparsePrepared):
        raise ValueError("normalize is not there for a sparse X: pass X.toarray().")
    normalized = np.empty(len(scores))
    for position, column in enumerate(prepared.columns):
        target = prepared.targets[int(prepared.target_kinds[position])]
        kinds = isinstance(column, Labels), isinstance(target, Labels)
        refuse_kinds(normalize, prepared.places[position], "y", *kinds)
        normalized[position] = (
            informational_correlation(scores[position])
            if normalize == "correlation"
            else share(scores[position], _entropy(column), _entropy(target), normalize)
        )
    return normalized


def _entropy(column: Any) -> float:
    """Of prepared labels; numbers have no bound."""
    return entropy(column.sizes) if isinstance(column, Labels) else float(np.inf)
