"""A sample of two variables, settled once: what estimators and counters take."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from .._typing import BoolArray, CodeArray, FloatArray, IntArray
from .._warn import warn_caller
from ..exceptions import IdentifierWarning, OutlierWarning, ThinTableWarning, UnitsWarning
from ._checks import listed, place_of
from ._codes import encode, joint_codes
from ._kinds import (
    LARGEST_BIAS,
    Kinds,
    discrete_columns,
    labels,
    plug_in_bias,
    settle_kinds,
    switch_name,
)
from ._missing import complete_rows
from ._table import Table, read_table
from ._values import Spread, has_outliers, mend_ties, of_other_orders, to_ordinary_size

# As a part of a radius: far above what rounding does to a distance of that size, far below
# what tells two distances apart.
_DOUBLE_TOLERANCE = 1e-10
_SINGLE_TOLERANCE = 1e-5

# A label whose values occur so rarely, on average, is an identifier.
SAMPLES_PER_IDENTIFIER = 2
FEW_SAMPLES = 10


@dataclass(frozen=True)
class Side:
    """One variable of a sample.

    Attributes
    ----------
    numbers : ndarray of float64, shape (n_samples, n_numbers)
        The columns that hold no labels: finite and of ordinary size.
    divisor : float
        What the numbers are still to be divided by. A common factor is left to the
        distances, so that those that are equal stay equal, and an offset costs no digits.
    codes : ndarray of int64, shape (n_samples,), or None
        The columns of labels together as one label, coded from 0.
    discrete : ndarray of bool, shape (n_columns,)
        Which of the user's columns hold labels.
    is_single : bool
        Whether the numbers have no more digits than single precision.
    exponent : int
        `numbers` are in units of this power of two: 0 but for extreme values.
    names : tuple of str or None
        Those of the user's columns.
    spread : Spread or None
        How far the numbers reach, if they are as the user gave them.
    kept : object or None
        Where distances between these numbers are kept, if they are; see `KeptSide`.
    """

    numbers: FloatArray
    codes: CodeArray | None
    discrete: BoolArray
    divisor: float = 1.0
    is_single: bool = False
    exponent: int = 0
    names: tuple[str, ...] | None = None
    spread: Spread | None = None
    kept: Any = None

    @classmethod
    def of(cls, numbers: FloatArray) -> Self:
        """A side of numbers that are valid and of ordinary size."""
        return cls(numbers, None, np.zeros(numbers.shape[1], dtype=bool))

    @property
    def n_samples(self) -> int:
        return len(self.numbers)

    @property
    def n_columns(self) -> int:
        return len(self.discrete)

    def array(self) -> FloatArray:
        """The numbers themselves, for estimators that do not work on distances."""
        values = self.numbers if self.divisor == 1.0 else self.numbers / self.divisor
        return np.ldexp(values, self.exponent) if self.exponent else values

    def only(self, positions: Any) -> Self:
        """Some of the numbers' columns; a side without labels."""
        numbers = self.numbers[:, positions]
        discrete = np.zeros(numbers.shape[1], dtype=bool)
        return replace(self, numbers=numbers, discrete=discrete, names=None, spread=None, kept=None)

    def take(self, rows: Any) -> Self:
        """Some of the samples."""
        codes = None if self.codes is None else joint_codes(self.codes[rows])
        return replace(self, numbers=self.numbers[rows], codes=codes, spread=None, kept=None)

    def with_numbers(self, numbers: FloatArray, *, kept: Any = None) -> Self:
        """The same samples with other numbers."""
        return replace(
            self,
            numbers=numbers,
            divisor=1.0,
            is_single=False,
            exponent=0,
            spread=None,
            kept=kept,
        )

    def divided(self, divisor: float, exponent: int) -> Self:
        """The same numbers, still to be divided by ``divisor * 2**exponent``."""
        return replace(self, divisor=divisor, exponent=self.exponent - exponent, spread=None)


@dataclass(frozen=True)
class Sample:
    """Two variables, row by row.

    Attributes
    ----------
    X, y : Side
    is_single : bool
        Whether some numbers came in single precision.
    tie_tolerance : float or None
        Distances that differ from a radius by no more than this part of it are equal to it,
        as is needed once numbers have been multiplied. None is 0, and joint neighbours are
        not counted but taken for k - 1, as formulas without ties have it.
    rows : ndarray of bool or None
        Which of the rows given are there, if some were left out because a value is missing.
    """

    X: Side
    y: Side
    is_single: bool = False
    tie_tolerance: float | None = None
    rows: BoolArray | None = None

    def in_all_rows(self, values: FloatArray) -> FloatArray:
        """Values of the samples in the rows as they were given, with NaN where none is."""
        if self.rows is None:
            return values
        whole = np.full(len(self.rows), np.nan)
        whole[self.rows] = values
        return whole

    @property
    def n_samples(self) -> int:
        return self.X.n_samples

    @property
    def n_numbers(self) -> int:
        """How many columns hold numbers, on both sides."""
        return self.X.numbers.shape[1] + self.y.numbers.shape[1]

    @property
    def kinds(self) -> Kinds:
        return Kinds(self.X.discrete, self.y.discrete)

    @property
    def codes(self) -> tuple[CodeArray, CodeArray]:
        """The labels of both sides, which must have some."""
        assert self.X.codes is not None
        assert self.y.codes is not None
        return self.X.codes, self.y.codes

    @property
    def has_relative_scale(self) -> bool:
        """Whether there are numbers on both sides, one scale against the other."""
        return bool(self.X.numbers.shape[1] and self.y.numbers.shape[1])

    def arrays(self) -> tuple[Any, Any]:
        """Both variables for an estimator of others: X, and y of one dimension if it can be.

        Labels are integers, so that estimators that go by dtype see labels.
        """
        X, y = (
            side.array() if side.codes is None else np.column_stack([side.codes, side.array()])
            for side in (self.X, self.y)
        )
        if self.y.codes is not None and not self.y.numbers.shape[1]:
            return X, self.y.codes
        return X, y[:, 0] if y.shape[1] == 1 else y

    def take(self, rows: Any, y_rows: Any = None) -> Self:
        """Some of the samples; with `y_rows`, those of y are others."""
        y_rows = rows if y_rows is None else y_rows
        return replace(self, X=self.X.take(rows), y=self.y.take(y_rows))

    def tolerating(self, tie_tolerance: float | None) -> Self:
        """The same samples, of which distances that are equal but for rounding are equal."""
        return replace(self, tie_tolerance=tie_tolerance)

    def scaled(self, X: Side, y: Side, tie_tolerance: float | None) -> Self:
        """The same samples with other numbers."""
        return replace(self, X=X, y=y, tie_tolerance=tie_tolerance)

    def multiplied(self, side: str, factor: float) -> Self:
        """The same samples with the numbers of one side multiplied."""
        one = self.X if side == "X" else self.y
        multiplied = one.with_numbers(factor * one.array())
        return replace(self, X=multiplied) if side == "X" else replace(self, y=multiplied)

    def permuted(self, order: IntArray) -> Self:
        """The samples of y in another order."""
        return replace(self, y=self.y.take(order))

    def swapped(self) -> Self:
        """The two variables exchanged."""
        return replace(self, X=self.y, y=self.X)


def make_sample(
    X: ArrayLike,
    y: ArrayLike,
    *,
    discrete: tuple[Any, Any] | Kinds = (False, False),
    estimator: Any = None,
    reset: bool = True,
    vector_X: bool = False,
    nan_policy: str = "raise",
) -> Sample:
    """Validate two variables and settle what their columns are.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
    discrete : (discrete_features, discrete_target) or Kinds
        "auto", a bool, a mask, positions or names for each side; or the kinds, if they are
        known from `fit`.
    estimator : BaseEstimator, default=None
        Sets (``reset=True``) or checks ``n_features_in_`` and ``feature_names_in_``.
    reset : bool, default=True
        True in ``fit``, False elsewhere. Doubts about kinds are told in ``fit`` alone.
    vector_X : bool, default=False
        Whether a single column of X may come without a second dimension.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of rows with a missing value; see `complete_rows`.

    Returns
    -------
    Sample

    Raises
    ------
    ValueError
        For anything but finite real numbers and labels, for sides of different lengths, and
        for fewer than two samples.
    TypeError
        For sparse input.

    Warns
    -----
    ThinTableWarning, IdentifierWarning
    """
    if estimator is not None and y is None:
        validate_data(estimator, X, y, reset=False, skip_check_array=True)  # says that y is needed
    left = read_table(X, "X", vector=vector_X, min_samples=2)
    right = read_table(y, "y")
    if estimator is not None:
        validate_data(estimator, X, y, reset=reset, skip_check_array=True)
    check_lengths(left, right)
    left, right, rows = complete_rows(left, right, nan_policy, tuple(discrete))
    if isinstance(discrete, Kinds):
        kinds = Kinds(_as_in_fit(discrete.X, left), _as_in_fit(discrete.y, right))
    else:
        kinds = settle_kinds(left, right, *discrete)
    is_single = left.is_single or right.is_single
    sample = Sample(
        make_side(left, kinds.X, is_single),
        make_side(right, kinds.y, is_single),
        is_single,
        # Whole numbers have ties, which are counted.
        0.0 if _has_integers(left, kinds.X) or _has_integers(right, kinds.y) else None,
        None if rows.all() else rows,
    )
    if reset:
        warn_of_identifiers(left, kinds.X)
        warn_of_identifiers(right, kinds.y)
        _warn_of_thin_table(sample)
    return sample


def _has_integers(table: Table, discrete: BoolArray) -> bool:
    """Whether integers are taken for numbers."""
    return any(
        kind == "integer" and not is_label
        for kind, is_label in zip(table.kinds, discrete, strict=True)
    )


def make_side(table: Table, discrete: BoolArray, is_single: bool) -> Side:
    """One variable, with labels as codes and numbers as estimators take them."""
    codes = labels(table, discrete) if discrete.any() else None
    numbers, exponent = to_ordinary_size(table.numbers(~discrete, copy=False))
    numbers, spread = mend_ties(numbers, is_single)
    names = None if table.names is None else tuple(table.names)
    return Side(
        numbers,
        codes,
        discrete,
        is_single=is_single,
        exponent=exponent,
        names=names,
        spread=spread,
    )


def make_variable(values: ArrayLike, what: str, discrete: Any = False) -> tuple[Side, bool]:
    """Validate one variable by itself; also whether it came in single precision."""
    table = read_table(values, what, min_samples=2)
    return make_side(table, discrete_columns(table, discrete), table.is_single), table.is_single


def default_tolerance(is_single: bool) -> float:
    """The tolerance for ties among numbers that have been multiplied."""
    return _SINGLE_TOLERANCE if is_single else _DOUBLE_TOLERANCE


def check_lengths(X: Table, y: Table) -> None:
    """Refuse variables that do not have a row for each sample."""
    if X.n_samples != y.n_samples:
        raise ValueError(
            f"X has {X.n_samples} samples and y has {y.n_samples}: row i of X and row i of y must "
            "belong to the same observation. Found input variables with inconsistent "
            "numbers of samples."
        )


def _as_in_fit(mask: BoolArray, table: Table) -> BoolArray:
    """The mask learnt in `fit`, if there are as many columns."""
    if table.n_columns == len(mask):
        return mask
    if mask.all() or not mask.any():
        return np.full(table.n_columns, bool(mask.all()))
    raise ValueError(f"{table.what} has {table.n_columns} columns, but had {len(mask)} in fit.")


def warn_of_identifiers(table: Table, discrete: BoolArray) -> list[int]:
    """Warn of columns of labels that hardly ever occur twice; return their positions."""
    found, n_samples = [], table.n_samples
    for position in map(int, np.flatnonzero(discrete)):
        n_distinct = int(encode(table.column(position), table.place(position)).max()) + 1
        if n_samples >= FEW_SAMPLES and n_distinct * SAMPLES_PER_IDENTIFIER > n_samples:
            found.append(position)
            warn_of_identifier(table.place(position), n_distinct, n_samples)
    return found


def warn_of_identifier(place: str, n_distinct: int, n_samples: int) -> None:
    """Warn of one column of labels that hardly ever occur twice."""
    warn_caller(
        f"{place} looks like an identifier: {n_distinct} distinct labels "
        f"among {n_samples} samples. It tells samples apart, but nothing about new ones. "
        "Leave it out; or turn it into numbers, as a date into days since the first.",
        IdentifierWarning,
    )


def _warn_of_thin_table(sample: Sample) -> None:
    x, y = sample.X.codes, sample.y.codes
    if sample.kinds.method != "plug-in" or x is None or y is None:
        return
    n_x, n_y = int(x.max()) + 1, int(y.max()) + 1
    bias = plug_in_bias(n_x, n_y, sample.n_samples)
    if bias > LARGEST_BIAS:
        warn_caller(
            thin_table_message("X", n_x, "y", n_y, sample.n_samples, bias), ThinTableWarning
        )


def thin_table_message(x: str, n_x: int, y: str, n_y: int, n_samples: int, bias: float) -> str:
    """What is wrong with labels on both sides, and the way out."""
    return (
        f"{x} has {n_x} labels and {y} {n_y}, too many for {n_samples} samples: independent "
        f"labels would give about {bias:.2g} nats instead of 0. Merge rare labels or give more "
        f"samples; pass {switch_name('X')}=False or {switch_name('y')}=False for measurements; "
        "mutual_info_permutation_test shows what chance gives."
    )


def warn_of_outliers(sample: Sample, cure: str) -> None:
    """Warn of values that set the scale of their columns alone; `cure` says what to do."""
    for what, side in (("X", sample.X), ("y", sample.y)):
        _warn_of_outliers(what, side, cure)


def warn_of_units(sample: Sample, cure: str) -> None:
    """Warn of columns of other orders of magnitude, which one factor does no justice to."""
    for what, side in (("X", sample.X), ("y", sample.y)):
        _warn_of_units(what, side, cure)


def warn_of_tamed(what: str, side: Side, found: IntArray) -> None:
    """Warn of columns of numbers that are scored by their ranks because of outliers."""
    columns = listed([_number_place(what, side, int(position)) for position in found])
    warn_caller(
        f"An outlier in {columns}: a value lies so far from the others that it alone would set "
        "the scale. What is used is the normal scores of the ranks. Check the value, or clip it "
        "before.",
        OutlierWarning,
    )


def _warn_of_outliers(what: str, side: Side, cure: str) -> None:
    if side.spread is None:
        return
    found = np.flatnonzero(has_outliers(side.spread, side.n_samples))
    if found.size:
        columns = listed([_number_place(what, side, int(position)) for position in found])
        values = side.numbers[:, found[0]]
        extreme = values[np.argmax(np.abs(values - np.median(values)))]
        warn_caller(
            f"An outlier in {columns} ({np.ldexp(extreme, side.exponent):.3g}) lies so far from "
            "the other values that it alone sets the scale, and the estimate is too low. Check "
            f"the value; {cure}",
            OutlierWarning,
        )


def _warn_of_units(what: str, side: Side, cure: str) -> None:
    apart = None if side.spread is None else of_other_orders(side.spread)
    if apart is not None:
        widest, narrowest = (_number_place(what, side, position) for position in apart)
        warn_caller(
            f"The spread of {widest} is orders of magnitude larger than that of {narrowest}: with "
            "one factor for all columns the smaller ones hardly count, and the estimate depends "
            f"on the columns' units. To let each count, {cure}",
            UnitsWarning,
        )


def _number_place(what: str, side: Side, position: int) -> str:
    column = int(np.flatnonzero(~side.discrete)[position])
    return place_of(what, side.names, column, side.n_columns == 1)
