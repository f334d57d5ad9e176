"""Dates and durations as numbers: the time since the first, which no unit or epoch changes."""

import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._typing import FloatArray
from ._checks import is_missing
from ._table import Table

_SECONDS_PER_DAY = 86400.0


def dates_as_numbers(table: Table) -> Table:
    """The table with columns of dates, times and durations as columns of numbers.

    Raises
    ------
    ValueError
        If a date is missing; the message names the column and the row.
    """
    found = {p: table.column(p) for p in range(table.n_columns) if _holds_dates(table.column(p))}
    if not found:
        return table
    columns = [
        _since_first(found[p], table.place(p)) if p in found else table.column(p)
        for p in range(table.n_columns)
    ]
    kinds = ["number" if p in found else kind for p, kind in enumerate(table.kinds)]
    return table._replace(columns=columns, kinds=kinds)


def _holds_dates(column: NDArray[Any]) -> bool:
    if column.dtype.kind != "O":
        return column.dtype.kind in "mM"
    given = [value for value in column if not is_missing(value)]
    return bool(given) and all(isinstance(v, datetime.date | datetime.timedelta) for v in given)


def _since_first(column: NDArray[Any], place: str) -> FloatArray:
    missing = (
        np.isnat(column)
        if column.dtype.kind in "mM"
        else np.array([is_missing(value) for value in column])
    )
    if missing.any():
        raise ValueError(
            f"Input {place} contains NaN: row {int(np.flatnonzero(missing)[0])} has no date. Drop "
            "those rows or fill them in."
        )
    if column.dtype.kind == "O":
        seconds = np.array([_seconds(value) for value in column])
        return seconds - seconds.min()
    ticks = column.astype(np.int64)
    return (ticks - ticks.min()).astype(np.float64)


def _seconds(value: Any) -> float:
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        return aware.timestamp()
    return float(value.toordinal()) * _SECONDS_PER_DAY
