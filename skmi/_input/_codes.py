"""Labels as integer codes."""

from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._typing import CodeArray
from ._checks import NotANumberError, is_missing


def encode(column: NDArray[Any], place: str) -> CodeArray:
    """Number the distinct values of one column from 0, in sorted order.

    Parameters
    ----------
    column : ndarray of shape (n_samples,)
        Labels of any kind that can be told apart.
    place : str
        What messages call the column.

    Returns
    -------
    codes : ndarray of int64, shape (n_samples,)

    Raises
    ------
    ValueError
        If a label is missing (NaN, None, pandas.NA); the message names its row.
    """
    _refuse_missing(column, place)
    _refuse_non_labels(column, place)
    if column.dtype.kind == "O":
        found: dict[Any, int] = {}
        codes = [found.setdefault(value, len(found)) for value in column]
        return _in_sorted_order(np.array(codes, dtype=np.int64), list(found))
    return np.unique(column, return_inverse=True)[1].reshape(-1).astype(np.int64)


def joint_codes(columns: ArrayLike) -> CodeArray:
    """Number the distinct rows of an array of codes.

    Parameters
    ----------
    columns : array-like of shape (n_samples,) or (n_samples, n_columns)
        Numbers without NaN, for instance `encode` of several columns. Without any column
        all rows are equal.

    Returns
    -------
    codes : ndarray of int64, shape (n_samples,)
        From 0, in the lexicographic order of the rows.
    """
    columns = np.asarray(columns)
    columns = columns.reshape(-1, 1) if columns.ndim == 1 else columns
    number = np.zeros(len(columns), dtype=np.int64)
    for column in columns.T:  # one after the other, so that no product overflows
        codes = np.unique(column, return_inverse=True)[1].reshape(-1)
        number = np.unique(number * (codes.max(initial=0) + 1) + codes, return_inverse=True)[1]
        number = number.reshape(-1).astype(np.int64)
    return number


def _refuse_missing(column: NDArray[Any], place: str) -> None:
    if column.dtype.kind in "biuSU":
        return
    if column.dtype.kind == "f":
        missing = np.isnan(column)
    else:
        missing = np.array([is_missing(value) for value in column], dtype=bool)
    if missing.any():
        row = int(np.flatnonzero(missing)[0])
        raise ValueError(
            f"Input {place} contains NaN: row {row} has no label. Drop those rows, or give "
            "what is missing a label of its own."
        )


def _refuse_non_labels(column: NDArray[Any], place: str) -> None:
    """Raise an error unless all are strings, bools or finite real numbers."""
    if column.dtype.kind in "fc":
        if column.dtype.kind == "c":
            raise ValueError(
                f"Complex data not supported: {place} holds complex numbers. "
                "Pass real and imaginary parts as two columns."
            )
        if not np.isfinite(column).all():
            row = int(np.flatnonzero(~np.isfinite(column))[0])
            raise ValueError(f"Input {place} contains infinity: row {row} has no label.")
    if column.dtype.kind != "O":
        return
    for row, value in enumerate(column):
        if isinstance(value, Hashable):
            continue
        try:
            float(value)
        except (TypeError, ValueError) as error:
            raise NotANumberError(
                f"Labels are needed, but row {row} of {place} holds {value!r}: {error}"
            ) from error


def _in_sorted_order(codes: CodeArray, labels: list[Any]) -> CodeArray:
    """Codes by the order of the labels; by that of appearance if they have none."""
    try:
        order = sorted(range(len(labels)), key=labels.__getitem__)
    except TypeError:
        return codes
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    return rank[codes]
