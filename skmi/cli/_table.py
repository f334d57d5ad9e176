"""Columns of numbers from a CSV file, with errors that say where."""

import csv
from pathlib import Path

import numpy as np

from .._validation import FloatArray


def read_columns(path: Path, delimiter: str = ",") -> dict[str, list[str]]:
    """Read a CSV file with a header.

    Parameters
    ----------
    path : Path
    delimiter : str, default=","

    Returns
    -------
    columns : dict of str to list of str
        The cells of each column, by its name.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file, delimiter=delimiter) if row]
    except FileNotFoundError:
        raise ValueError(f"{path}: there is no such file") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path}: not a CSV file in UTF-8: {error}") from None
    if len(rows) < 2:
        raise ValueError(f"{path}: a header and at least one row of data are needed")
    header = [name.strip() for name in rows[0]]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if repeated:
        raise ValueError(f"{path}: the header names {', '.join(map(repr, repeated))} twice")
    for line, row in enumerate(rows[1:], start=1):
        if len(row) != len(header):
            raise ValueError(
                f"{path}: data row {line} has {len(row)} cells, the header {len(header)}"
            )
    return dict(zip(header, map(list, zip(*rows[1:], strict=True)), strict=True))


def select(columns: dict[str, list[str]], names: list[str], path: Path) -> FloatArray:
    """The named columns as numbers, shape (n_rows, n_names)."""
    missing = [name for name in names if name not in columns]
    if missing:
        raise ValueError(
            f"{path}: no column {missing[0]!r}; there are {', '.join(map(repr, columns))}"
        )
    return np.column_stack([_numbers(name, columns[name], path) for name in names])


def _numbers(name: str, cells: list[str], path: Path) -> FloatArray:
    numbers = np.empty(len(cells))
    for row, cell in enumerate(cells):
        try:
            numbers[row] = float(cell)
        except ValueError:
            what = f"{cell!r}, not a number" if cell.strip() else "an empty cell"
            raise ValueError(f"{path}: column {name!r} has {what} in data row {row + 1}") from None
    return numbers
