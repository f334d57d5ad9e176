"""Which columns hold labels and which hold numbers, and the method that follows from it.

Booleans, strings and categories are labels; floats are numbers, however round they are.
Integers are labels where there are enough samples of each value to count them, and numbers
elsewhere, where equal distances are counted as equal.
"""

from typing import Any, NamedTuple

import numpy as np

from .._typing import BoolArray, CodeArray
from ._codes import encode, joint_codes
from ._table import Table

# Integers are labels with so many samples for each value, or combination of values, ...
_SAMPLES_PER_LABEL = 20
# ... or if there are only two: then they have no distances that could be compared.
_NO_DISTANCES = 2
# In nats: labels on both sides are too thin a table beyond this expected bias.
LARGEST_BIAS = 0.02


class Kinds(NamedTuple):
    """Which columns of the two sides hold labels, and the method that follows from it."""

    X: BoolArray
    y: BoolArray

    @property
    def method(self) -> str:
        """The method: "ksg", "ross", "plug-in" or "mixed"."""
        if not (self.X.any() or self.y.any()):
            return "ksg"
        if self.X.all() and self.y.all():
            return "plug-in"
        one_side_of_labels = self.X.all() or self.y.all()
        other_of_numbers = not (self.X.any() and self.y.any())
        return "ross" if one_side_of_labels and other_of_numbers else "mixed"


def plug_in_bias(n_x: int, n_y: int, n_samples: int) -> float:
    """How much too high plugged-in frequencies of independent labels are, in nats.

    To first order in the number of samples (Miller 1955); at most the logarithm of the
    smaller number of labels.
    """
    bias = (n_x - 1) * (n_y - 1) / (2 * n_samples)
    return min(bias, float(np.log(min(n_x, n_y))))


def settle_kinds(X: Table, y: Table, discrete_X: Any, discrete_y: Any) -> Kinds:
    """Decide which columns hold labels.

    Parameters
    ----------
    X, y : Table
    discrete_X, discrete_y : "auto", bool or array-like
        What the user says of them; see `explicit_mask`.

    Returns
    -------
    Kinds

    Notes
    -----
    With "auto", the integers of a side are labels if each combination of its labels has 20
    samples on average, or if there are no more than two. Where both sides hold labels alone
    and the expected bias of counting them is more than 0.02 nats, a side of integers is
    taken for numbers; of two such sides that with more values.
    """
    kinds = Kinds(discrete_columns(X, discrete_X), discrete_columns(y, discrete_y))
    if not (kinds.X.all() and kinds.y.all()):
        return kinds
    sizes = [int(labels(side, np.ones(side.n_columns, bool)).max()) + 1 for side in (X, y)]
    if plug_in_bias(sizes[0], sizes[1], X.n_samples) <= LARGEST_BIAS:
        return kinds
    may_yield = [
        isinstance(asked, str) and all(kind == "integer" for kind in side.kinds)
        for side, asked in ((X, discrete_X), (y, discrete_y))
    ]
    if may_yield[0] and (not may_yield[1] or sizes[0] >= sizes[1]):
        return kinds._replace(X=np.zeros_like(kinds.X))
    return kinds._replace(y=np.zeros_like(kinds.y)) if may_yield[1] else kinds


def discrete_columns(table: Table, discrete: Any) -> BoolArray:
    """Which columns of one side hold labels, shape (n_columns,)."""
    if isinstance(discrete, str):
        if discrete != "auto":
            explicit_mask(discrete, table)  # says what is wrong
        return _by_dtype(table)
    return explicit_mask(discrete, table)


def _by_dtype(table: Table) -> BoolArray:
    certain = np.array([kind == "label" for kind in table.kinds])
    integers = np.array([kind == "integer" for kind in table.kinds])
    if integers.any() and _are_labels(table, certain, integers):
        return certain | integers
    return certain


def _are_labels(table: Table, certain: BoolArray, integers: BoolArray) -> bool:
    """Whether there are enough samples of each combination to take integers for labels."""
    most = max(table.n_samples / _SAMPLES_PER_LABEL, _NO_DISTANCES)
    for position in np.flatnonzero(integers):
        column = table.column(int(position))
        if column.dtype.kind != "O" and len(np.unique(column)) > most:
            return False
    return int(labels(table, certain | integers).max()) + 1 <= most


def labels(table: Table, mask: BoolArray) -> CodeArray:
    """The columns in `mask` together as one label, coded from 0."""
    codes = [encode(table.column(int(p)), table.place(int(p))) for p in np.flatnonzero(mask)]
    return codes[0] if len(codes) == 1 else joint_codes(np.column_stack(codes))


def switch_name(what: str) -> str:
    """The parameter that says which columns of a variable hold labels."""
    names = {"X": "discrete_features", "y": "discrete_target", "z": "discrete_condition"}
    return names.get(what, f"discrete_{what}")


def explicit_mask(discrete: Any, table: Table) -> BoolArray:
    """The mask of a table's columns that a user's answer stands for.

    Parameters
    ----------
    discrete : bool or array-like
        For all columns; or a mask, or the positions or the names of those with labels.
    table : Table

    Returns
    -------
    mask : ndarray of bool, shape (n_columns,)

    Raises
    ------
    ValueError
        If it is none of these, or does not fit the columns.
    """
    what, n_columns, switch = table.what, table.n_columns, switch_name(table.what)
    given = np.asarray(discrete)
    if given.ndim == 0 and given.dtype == bool:
        return np.full(n_columns, bool(given))
    if given.ndim == 1 and given.dtype == bool:
        if given.size != n_columns:
            raise ValueError(
                f"{switch} is a mask of {given.size} columns, but {what} has {n_columns}."
            )
        return given.copy()
    mask = np.zeros(n_columns, dtype=bool)
    if given.ndim == 1 and (given.dtype.kind in "iu" or given.size == 0):
        if given.size and not (-n_columns <= given.min() and given.max() < n_columns):
            raise ValueError(
                f"{switch}={discrete!r} names a column that {what} does not have: "
                f"it has {n_columns}."
            )
        mask[given.astype(np.int64)] = True
        return mask
    if given.ndim == 1 and all(isinstance(name, str) for name in given):
        names = table.names or []
        unknown = [str(name) for name in given if name not in names]
        if unknown:
            raise ValueError(
                f"{switch} names the column {unknown[0]!r}, which {what} does not have; its "
                f"columns are {names if names else 'without names'}."
            )
        return np.isin(names, given)
    raise ValueError(
        f"{switch} must be 'auto', a bool, or a mask, the positions or the names of columns; "
        f"got {discrete!r}."
    )
