"""Features and a target, validated and prepared once for many scores."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np
from scipy.special import ndtri
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from .._input._checks import listed
from .._input._kinds import LARGEST_BIAS, discrete_columns, explicit_mask, labels, plug_in_bias
from .._input._sample import (
    check_lengths,
    default_tolerance,
    make_side,
    thin_table_message,
    warn_of_identifiers,
)
from .._input._table import Table, read_table
from .._typing import BoolArray, FloatArray, IntArray
from .._warn import warn_caller
from ..exceptions import ThinTableWarning
from ..neighbors._threads import run_in_row_chunks
from ..preprocessing._normalize import tame_outliers
from ._pair_scores import Column, Labels, PairScores, in_order, make_labels, make_lines, permuted


class Prepared:
    """Features and a target, validated and prepared, and their scores.

    Each pair of a feature and the target goes by the rule of `settle_kinds`: where both are
    labels, and too many for the samples, integers are taken for numbers.

    Parameters
    ----------
    X, y, n_neighbors, discrete_features, discrete_target
        As in `feature_mutual_info`.

    Attributes
    ----------
    columns : list of Line or Labels
        The features as they are scored.
    targets : list of two
        The target as numbers and as labels, where a feature asks for it.
    target_kinds : ndarray of bool, shape (n_features,)
        Whether each feature is scored against the target's labels.
    identifiers : list of int
        The features whose labels hardly ever occur twice.
    n_samples : int
    places : list of str
        What messages call the features.
    """

    def __init__(
        self, X: Any, y: Any, n_neighbors: int, discrete_features: Any, discrete_target: Any
    ) -> None:
        x_table, y_table = read_pair(X, y)
        self.n_samples = x_table.n_samples
        self.places = [x_table.place(position) for position in range(x_table.n_columns)]
        is_single = x_table.is_single or y_table.is_single
        x, y = column_kinds(x_table, discrete_features), column_kinds(y_table, discrete_target)
        stays = np.array([stay_labels(each, y[0], self.n_samples) for each in x])
        self.columns = _prepare(x_table, x, stays[:, 0], is_single)
        self.target_kinds = stays[:, 1]
        self.targets: list[Any] = [None, None]
        for kind in np.unique(self.target_kinds).tolist():
            (self.targets[kind],) = _prepare(y_table, y, np.array([kind]), is_single)
        self._refuse_too_few(n_neighbors)
        self._score = PairScores(self.n_samples, n_neighbors, default_tolerance(is_single))
        self.identifiers: list[int] = []
        self._by_chance = self._score_by_chance(x_table, y_table)

    def _refuse_too_few(self, n_neighbors: int) -> None:
        lines = [not isinstance(column, Labels) for column in self.columns]
        if (lines & ~self.target_kinds).any() and n_neighbors >= self.n_samples:
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={self.n_samples}: a "
                "sample's neighbours are other samples. Lower n_neighbors or give more samples."
            )
        if self.targets[True] is not None:
            refuse_classes_of_one(self.targets[True])

    def _score_by_chance(self, X: Table, y: Table) -> FloatArray:
        """What identifiers score by chance; other labels that are too many are warned of."""
        as_labels = np.array([isinstance(column, Labels) for column in self.columns])
        self.identifiers = warn_of_identifiers(X, as_labels)
        by_chance = np.zeros(len(self.columns))
        thin = {}
        for position in map(int, np.flatnonzero(as_labels & self.target_kinds)):
            column, target = cast(Labels, self.columns[position]), self.targets[True]
            if position in self.identifiers:
                by_chance[position] = score_by_chance(column, target)
                continue
            sizes = len(column.sizes), len(target.sizes)
            bias = plug_in_bias(*sizes, self.n_samples)
            if bias > LARGEST_BIAS:
                thin[X.place(position)] = (bias, sizes)
        warn_of_thin_tables(thin, y.place(0), self.n_samples)
        return by_chance

    def constant(self) -> BoolArray:
        """Which features have one value throughout."""
        one = [
            len(c.sizes) == 1 if isinstance(c, Labels) else bool(c.values[0] == c.values[-1])
            for c in self.columns
        ]
        return np.array(one, dtype=bool)

    def kinds(self) -> list[str]:
        """Of each feature, as it is scored: "labels" or "numbers"."""
        return ["labels" if isinstance(c, Labels) else "numbers" for c in self.columns]

    @property
    def n_features(self) -> int:
        return len(self.columns)

    def series(self) -> list[list[Any]]:
        """The features and the target in the order of samples, for `PermutationScheme`."""
        targets = [each for each in self.targets if each is not None]
        return [[in_order(each) for each in side] for side in (self.columns, targets)]

    def scores(self, n_threads: int = 1, order: IntArray | None = None) -> FloatArray:
        """The score of every feature in nats, not clipped.

        Parameters
        ----------
        n_threads : int, default=1
        order : ndarray of intp, shape (n_samples,), default=None
            The samples of the target are taken in this order.
        """
        found = self.pair_scores(self.columns, self.target_kinds, n_threads, order)
        return found - self._by_chance

    def pair_scores(
        self,
        columns: list[Column],
        target_kinds: BoolArray,
        n_threads: int = 1,
        order: IntArray | None = None,
    ) -> FloatArray:
        """The score of each of some columns against the target that its kind asks for."""
        targets = self.targets
        if order is not None:
            targets = [each and permuted(each, order) for each in targets]
        found = np.empty(len(columns))

        def work(start: int, stop: int) -> None:
            for i in range(start, stop):
                found[i] = self._score(columns[i], targets[int(target_kinds[i])])

        run_in_row_chunks(work, len(found), n_threads, chunk=1)
        return found

    def tested(self, positions: IntArray, *, shared: bool, in_time: bool = False) -> "Tested":
        """The statistics of some features for a test by permutation.

        Parameters
        ----------
        positions : ndarray of int
        shared : bool
            Whether numbers without ties are tested by the normal scores of their ranks.
        in_time : bool, default=False
            Whether permutations keep what columns have in time, so that the same values in
            another order have another distribution.
        """
        columns = [self.columns[position] for position in positions]
        if shared:
            normal = _normal_line(self.n_samples)
            columns = [_by_ranks(column, normal) for column in columns]
        kinds = self.target_kinds[positions]
        keys: list[Any] = list(range(len(columns)))
        if not in_time:
            keys = [(bool(k), _null_key(c)) for c, k in zip(columns, kinds, strict=True)]
        first, source_of = first_of_each(keys)

        def null(sources: IntArray, order: IntArray) -> FloatArray:
            some = [first[source] for source in sources]
            return self.pair_scores([columns[i] for i in some], kinds[some], order=order)

        return Tested(self.pair_scores(columns, kinds), source_of, null)


def refuse_classes_of_one(target: Labels) -> None:
    """Raise an error if no two samples are of the same class."""
    if target.sizes.max() < 2:
        raise ValueError(
            f"Each of the {len(target.codes)} samples has a value of y of its own, so that no "
            "two are of the same class. If y is a measurement, pass discrete_target=False."
        )


def score_by_chance(x: Labels, y: Labels) -> float:
    """What labels score on average if their samples are permuted."""
    table = contingency_matrix(x.codes, y.codes, sparse=True)
    return float(expected_mutual_information(table, len(x.codes)))


def warn_of_thin_tables(
    thin: dict[str, tuple[float, tuple[int, int]]], y_place: str, n_samples: int
) -> None:
    """Warn of features with too many labels: by place, their bias and both sides' labels."""
    if not thin:
        return
    worst = max(thin, key=lambda place: thin[place][0])
    bias, (n_x, n_y) = thin[worst]
    place = worst if len(thin) == 1 else f"{worst} (and {listed(sorted({*thin} - {worst}))})"
    warn_caller(thin_table_message(place, n_x, y_place, n_y, n_samples, bias), ThinTableWarning)


class Tested(NamedTuple):
    """Statistics, and where their values under permutation come from.

    Features whose columns hold the same values, but for their order and the names of labels,
    have the same distribution under permutation: they share a source of such values.
    """

    observed: FloatArray  # (n_tested,), not clipped
    source_of: IntArray  # (n_tested,)
    # null(sources, order): the values of some sources with the target in this order
    null: Callable[[IntArray, IntArray], FloatArray]


def first_of_each(keys: list[Any]) -> tuple[list[int], IntArray]:
    """The first position of each distinct key, and the number of the key at each position."""
    numbers: dict[Any, int] = {}
    number_of = [numbers.setdefault(key, len(numbers)) for key in keys]
    first: list[int] = [-1] * len(numbers)
    for position in range(len(keys) - 1, -1, -1):
        first[number_of[position]] = position
    return first, np.array(number_of, dtype=np.intp)


def _normal_line(n_samples: int) -> FloatArray:
    """The normal scores of ranks without ties, in ascending order."""
    line = ndtri((np.arange(n_samples) + 0.5) / n_samples)
    return np.asarray(line / line.std())


def _by_ranks(column: Column, normal: FloatArray) -> Column:
    """A column of numbers without ties by normal scores; any other as it is."""
    if isinstance(column, Labels) or (column.first[column.order] != np.arange(len(normal))).any():
        return column
    return column._replace(values=normal)


def _null_key(column: Column) -> bytes:
    """Equal for columns that can be told apart by the order of their values alone."""
    if isinstance(column, Labels):
        return b"labels" + np.sort(column.sizes).tobytes()
    return b"numbers" + column.values.tobytes()


class ColumnKind(NamedTuple):
    """What one column is."""

    labels: Labels | None
    may_be_numbers: bool  # integers that "auto" took for labels


def read_pair(X: Any, y: Any) -> tuple[Table, Table]:
    """Features and a single target; tables stay what they are."""
    if y is None:
        raise ValueError("Scoring features requires y to be passed, but the target y is None.")
    left = X if isinstance(X, Table) else read_table(X, "X", vector=False, min_samples=2)
    right = y if isinstance(y, Table) else read_table(y, "y")
    check_lengths(left, right)
    refuse_several_targets(right)
    return left, right


def refuse_several_targets(right: Table) -> None:
    """Raise an error unless the target is a single column."""
    if right.n_columns > 1:
        raise ValueError(
            f"y has {right.n_columns} columns; features are scored against a single one. "
            "mutual_info and JointMISelector take several."
        )


def column_kinds(table: Table, discrete: Any) -> list[ColumnKind]:
    """Each column by itself: integers are labels if there are enough samples of each."""
    columns = [table.only(position) for position in range(table.n_columns)]
    auto = isinstance(discrete, str)
    if auto:
        mask = np.array([discrete_columns(column, discrete)[0] for column in columns])
    else:
        mask = explicit_mask(discrete, table)
    one = np.ones(1, dtype=bool)
    return [
        ColumnKind(
            make_labels(labels(column, one)) if is_label else None,
            auto and column.kinds[0] == "integer",
        )
        for column, is_label in zip(columns, mask, strict=True)
    ]


def stay_labels(x: ColumnKind, y: ColumnKind, n_samples: int) -> tuple[bool, bool]:
    """Whether a feature and the target, if they are labels, are scored as such."""
    if x.labels is None or y.labels is None:
        return x.labels is not None, y.labels is not None
    sizes = len(x.labels.sizes), len(y.labels.sizes)
    if plug_in_bias(*sizes, n_samples) > LARGEST_BIAS:
        if x.may_be_numbers and not (y.may_be_numbers and sizes[1] > sizes[0]):
            return False, True
        return True, not y.may_be_numbers
    return True, True


def label_pairs(kinds: list[ColumnKind], pairs: list[tuple[int, int]], n_samples: int) -> IntArray:
    """Which columns of the pairs are scored as labels, shape (n_pairs, 2)."""
    stays = [stay_labels(kinds[i], kinds[j], n_samples) for i, j in pairs]
    return np.array(stays, dtype=np.int64).reshape(-1, 2)


def prepare_target(table: Table, discrete: Any) -> Column:
    """The target by itself, whatever the features are."""
    kinds = column_kinds(table, discrete)
    (target,) = _prepare(table, kinds, np.array([kinds[0].labels is not None]), table.is_single)
    return target


def _prepare(
    table: Table, kinds: list[ColumnKind], as_labels: BoolArray, is_single: bool
) -> list[Column]:
    """The columns as labels, or sorted."""
    side = tame_outliers(make_side(table, as_labels, is_single), table.what)
    lines = iter(make_lines(side.numbers))
    return [
        next(lines) if kind.labels is None or not stays else kind.labels
        for kind, stays in zip(kinds, as_labels, strict=True)
    ]
