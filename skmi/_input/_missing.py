"""Missing values: refused, left out row by row, or a label of their own."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import StrOptions

from .._typing import BoolArray
from ._checks import is_missing
from ._kinds import explicit_mask
from ._table import Table

NAN_POLICIES = ("raise", "omit", "label")
NAN_POLICY: list[Any] = [StrOptions(set(NAN_POLICIES))]
_FEWEST = 2


class _Missing:
    """The label of what is missing: equal to itself alone, and after all others."""

    def __lt__(self, other: object) -> bool:
        return False

    def __gt__(self, other: object) -> bool:
        return other is not self

    def __repr__(self) -> str:
        return "missing"

    def __reduce__(self) -> str:
        return "_MISSING"  # one and the same in all processes


_MISSING = _Missing()


def check_nan_policy(nan_policy: Any) -> None:
    """Raise an error for what is no policy."""
    if not isinstance(nan_policy, str) or nan_policy not in NAN_POLICIES:
        raise ValueError(f"nan_policy must be one of {list(NAN_POLICIES)}, got {nan_policy!r:.80}.")


def find_missing(column: NDArray[Any]) -> BoolArray:
    """Where one column has no value, shape (n_samples,)."""
    kind = column.dtype.kind
    if kind in "fc":
        return np.isnan(column)
    if kind in "mM":
        return np.isnat(column)
    if kind == "O":
        return np.array([is_missing(value) for value in column], dtype=bool)
    return np.zeros(len(column), dtype=bool)


def missing_in(table: Table) -> BoolArray:
    """Where a table has no value, shape (n_samples, n_columns)."""
    found = [find_missing(table.column(position)) for position in range(table.n_columns)]
    return np.column_stack(found)


def take_rows(table: Table, rows: Any) -> Table:
    """Some of the rows of a table: a mask, positions or a slice; the same table if it is all."""
    if getattr(rows, "dtype", None) == np.bool_ and rows.all():
        return table
    if isinstance(table.columns, np.ndarray):
        return table._replace(columns=table.columns[rows])
    return table._replace(columns=[column[rows] for column in table.columns])


def with_missing_labels(table: Table, discrete: Any) -> Table:
    """A table whose missing labels are one label more.

    Parameters
    ----------
    table : Table
    discrete : "auto", bool or array-like
        Which columns hold labels; "auto" are booleans, strings and categories.
    """
    if isinstance(discrete, str):
        mask = np.array([kind == "label" for kind in table.kinds])
    else:
        mask = explicit_mask(discrete, table)
    columns = [table.column(position) for position in range(table.n_columns)]
    changed = False
    for position in map(int, np.flatnonzero(mask)):
        missing = find_missing(columns[position])
        if missing.any():
            filled = columns[position].astype(object)
            filled[missing] = _MISSING
            columns[position], changed = filled, True
    return table._replace(columns=columns) if changed else table


def complete_rows(
    X: Table, y: Table, nan_policy: str, discrete: tuple[Any, Any]
) -> tuple[Table, Table, BoolArray]:
    """Both variables without the rows in which a value is missing.

    Parameters
    ----------
    X, y : Table
        Of the same length.
    nan_policy : {"raise", "omit", "label"}
        "raise" leaves missing values to those who read them; "label" leaves out numbers that
        are missing, and makes missing labels a label of their own.
    discrete : (discrete_features, discrete_target)

    Returns
    -------
    X, y : Table
    rows : ndarray of bool, shape (n_samples,)
        Those that are kept.

    Raises
    ------
    ValueError
        If there is no such policy, or fewer than two rows are left.
    """
    check_nan_policy(nan_policy)
    if nan_policy == "raise":
        return X, y, np.ones(X.n_samples, dtype=bool)
    if nan_policy == "label":
        X, y = with_missing_labels(X, discrete[0]), with_missing_labels(y, discrete[1])
    missing = np.hstack([missing_in(X), missing_in(y)])
    rows: BoolArray = np.asarray(~missing.any(axis=1))
    if rows.sum() < _FEWEST:
        raise ValueError(
            f"nan_policy={nan_policy!r} leaves {int(rows.sum())} of {len(rows)} rows, those "
            f"without a missing value in {X.what} or {y.what}, and {_FEWEST} are needed. Leave out "
            "columns that are mostly missing, or fill them in."
        )
    return take_rows(X, rows), take_rows(y, rows), rows
