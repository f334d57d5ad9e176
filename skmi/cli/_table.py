"""Columns from a file: CSV with any delimiter, compressed or not, Parquet, or standard input."""

import csv
import gzip
import io
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._optional import import_optional
from ._notes import say, working

# What separates cells, tried in this order; spaces only if nothing else does.
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}
# Lines looked at to guess it.
_LINES = 50
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$")

# What stands for a missing value in a column of numbers; in one of labels it is a label.
_NO_NUMBER = {"na", "n/a", "nan", "<na>", "null", "none", "?"}
_FEWEST = 2

# A column: numbers, or labels.
Column = NDArray[Any]
Columns = dict[str, Column]


class _Read(NamedTuple):
    """A column as it was read."""

    values: list[Any]  # None where one is missing
    is_label: bool


class DataFile:
    """The columns of a file, each of numbers or of labels.

    Parameters
    ----------
    arguments : argparse.Namespace
        With the options that say where data come from and how they are read.

    Attributes
    ----------
    name : str
        What messages call the file.
    n_omitted : int
        How many rows were left out, of the columns selected last.
    """

    def __init__(self, arguments: Any) -> None:
        self.name = arguments.file if arguments.file != "-" else "standard input"
        self.n_omitted = 0
        self._labels = split_names(arguments.labels or "")
        self._numbers = split_names(arguments.numbers or "")
        self._na = {"", *split_names(arguments.na or "")}
        self._nan_policy = getattr(arguments, "nan_policy", "raise")
        self._may_omit = hasattr(arguments, "nan_policy")
        self._decimal = "."
        with working(f"reading {self.name}"):
            self._cells = self._read(arguments.file, arguments.delimiter)
        for option, names in (("--labels", self._labels), ("--numbers", self._numbers)):
            for name in names:
                self._refuse_unknown(name, f"{option} names ")
        both = [name for name in self._labels if name in self._numbers]
        if both:
            raise ValueError(f"--labels and --numbers both name {both[0]!r}")

    @property
    def names(self) -> list[str]:
        """All columns' names."""
        return list(self._cells)

    def select(self, names: list[str]) -> Columns:
        """Some of the columns, by name; rows in which one of them has no value are out.

        Raises
        ------
        ValueError
            If there is no such column, if it mixes numbers and text, or if a value is missing
            and nothing is to be done about it.
        """
        for name in names:
            self._refuse_unknown(name, "no column ")
        with working(f"reading {self.name}"):
            columns = {name: self._column(name, self._cells[name]) for name in names}
            rows = self._rows(columns)
            return {name: _as_array(column, rows) for name, column in columns.items()}

    def _rows(self, columns: dict[str, _Read]) -> list[int] | None:
        """The rows that are kept; None for all of them."""
        missing: set[int] = set()
        for name, column in columns.items():
            if self._nan_policy == "label" and column.is_label:
                continue
            found = [row for row, value in enumerate(column.values) if value is None]
            if found and self._nan_policy == "raise":
                self._refuse_missing(name, found[0])
            missing.update(found)
        self.n_omitted = len(missing)
        if not missing:
            return None
        n_rows = len(next(iter(columns.values())).values)
        if n_rows - len(missing) < _FEWEST:
            counts = {n: sum(v is None for v in c.values) for n, c in columns.items()}
            worst = max(counts, key=lambda name: counts[name])
            raise ValueError(
                f"{self.name}: --nan-policy {self._nan_policy} leaves {n_rows - len(missing)} of "
                f"{n_rows} rows; column {worst!r} has no value in {counts[worst]}: leave it out"
            )
        say(f"{self.name}: {len(missing)} of {n_rows} rows left out: a value is missing")
        return [row for row in range(n_rows) if row not in missing]

    def _refuse_missing(self, name: str, row: int) -> None:
        cell = self._cells[name][row]
        what = "an empty cell"
        if cell is not None and str(cell).strip():
            what = f"a missing value ({str(cell).strip()!r})"
        out = "; fill it in: rows in time cannot be left out"
        if self._may_omit:
            out = "; --nan-policy omit leaves out such rows"
        raise ValueError(f"{self.name}: column {name!r} has {what} in data row {row + 1}{out}")

    def _refuse_unknown(self, name: str, what: str) -> None:
        if name not in self._cells:
            there = ", ".join(map(repr, self._cells))
            one = len(self._cells) == 1
            separate = f" (cells are separated by {self._separated!r})" if one else ""
            raise ValueError(f"{self.name}: {what}{name!r}; there are {there}{separate}")

    def _read(self, file: str, delimiter: str | None) -> dict[str, Any]:
        if delimiter is not None and len(delimiter) != 1:
            raise ValueError(f"--delimiter must be one character, got {delimiter!r}")
        if file.endswith((".parquet", ".pq")):
            return self._read_parquet(Path(file))
        return self._parse(self._text(file), delimiter)

    def _text(self, file: str) -> str:
        try:
            data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
            if data[:2] == b"\x1f\x8b":
                data = gzip.decompress(data)
            return data.decode("utf-8-sig")
        except FileNotFoundError:
            raise ValueError(f"{self.name}: there is no such file") from None
        except (OSError, EOFError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise ValueError(f"{self.name}: cannot be read: {reason}") from None
        except UnicodeDecodeError as error:
            raise ValueError(f"{self.name}: not a CSV file in UTF-8: {error}") from None

    def _parse(self, text: str, delimiter: str | None) -> dict[str, Any]:
        self._separated = delimiter or _guess_delimiter(text)
        if delimiter is None and self._separated != ",":
            say(f"{self.name}: cells are separated by {_DELIMITERS[self._separated]}")
        try:
            rows = [row for row in _rows_of(io.StringIO(text), self._separated) if row]
        except csv.Error as error:
            raise ValueError(f"{self.name}: not a CSV file: {error}") from None
        if len(rows) < 2:
            raise ValueError(f"{self.name}: a header and at least one row of data are needed")
        header = [name.strip() for name in rows[0]]
        repeated = sorted({name for name in header if header.count(name) > 1})
        if repeated:
            raise ValueError(
                f"{self.name}: the header names {', '.join(map(repr, repeated))} twice"
            )
        for line, row in enumerate(rows[1:], start=1):
            if len(row) != len(header):
                raise ValueError(
                    f"{self.name}: data row {line} has {len(row)} cells, the header "
                    f"{len(header)}; --delimiter says what separates them"
                )
        first = [cell for row in rows[1 : _LINES + 1] for cell in row]
        if self._separated != "," and any(_DECIMAL_COMMA.match(cell) for cell in first):
            self._decimal = ","
        return dict(zip(header, map(list, zip(*rows[1:], strict=True)), strict=True))

    def _read_parquet(self, path: Path) -> dict[str, Any]:
        parquet = import_optional(
            "pyarrow.parquet", purpose="A Parquet file", extra="benchmark", needs="pyarrow"
        )
        self._separated = ""
        try:
            table = parquet.read_table(path)
        except FileNotFoundError:
            raise ValueError(f"{path}: there is no such file") from None
        except (OSError, ValueError) as error:
            raise ValueError(f"{path}: not a Parquet file: {error}") from None
        return {name: _cells_of(table[name]) for name in table.column_names}

    def _column(self, name: str, cells: list[Any]) -> _Read:
        """The cells as numbers or as labels, None where a value is missing."""
        cells = [None if cell is None or _stripped(cell) in self._na else cell for cell in cells]
        present = [cell for cell in cells if cell is not None]
        if any(isinstance(cell, list | dict) for cell in present[:1]):
            raise ValueError(f"{self.name}: column {name!r} holds lists or records, not values")
        if name in self._labels:
            return _Read([cell if cell is None else str(cell) for cell in cells], True)
        if present and all(isinstance(cell, bool) for cell in present):
            return _Read(cells, True)
        values, strange = self._as_numbers(cells)
        if name not in self._numbers and 2 * len(strange) > len(present):
            return _Read([cell if cell is None else str(cell) for cell in cells], True)
        if strange:
            row = strange[0]
            hint = "" if name in self._numbers else "; if they are labels, name it in --labels"
            raise ValueError(
                f"{self.name}: column {name!r}: {cells[row]!r} in data row {row + 1} is no "
                f"number{hint}"
            )
        if name in self._numbers:
            values = [value if value is None else float(value) for value in values]
        return _Read(values, False)

    def _as_numbers(self, cells: list[Any]) -> tuple[list[Any], list[int]]:
        """The cells as numbers, None where there is none; the rows of words."""
        if self._decimal == ",":
            cells = [_with_a_point(cell) for cell in cells]
        for read in (int, float):  # a whole column at a time, as nearly all are
            try:
                values = [cell if cell is None else _read_number(cell, read) for cell in cells]
            except ValueError:
                continue
            return [None if value != value else value for value in values], []
        values, strange = [], []
        for row, cell in enumerate(cells):
            value = None if cell is None else _number(cell)
            if isinstance(value, str):
                strange.append(row)
            values.append(None if isinstance(value, str) or value != value else value)
        return values, strange


def _read_number(cell: Any, read: Any) -> Any:
    if not isinstance(cell, str):
        if isinstance(cell, int | float):
            return cell
        raise ValueError
    if "_" in cell:  # Python reads 2020_01 as a number
        raise ValueError
    return read(cell)


def _number(cell: Any) -> Any:
    """What a cell is as a number, NaN for none at all; the cell itself if it is a word."""
    for read in (int, float):
        try:
            return _read_number(cell, read)
        except ValueError:
            continue
    text = str(cell)
    return float("nan") if text.strip().lower() in _NO_NUMBER else text


def _with_a_point(cell: Any) -> Any:
    """A number with a decimal comma, and points between thousands, as Python writes it."""
    if isinstance(cell, str) and "," in cell:
        return cell.replace(".", "").replace(",", ".")
    return cell


def _stripped(cell: Any) -> Any:
    return cell.strip() if isinstance(cell, str) else None


def _as_array(column: _Read, rows: list[int] | None) -> Column:
    """The values that are kept; those still missing are a label of their own."""
    values = column.values if rows is None else [column.values[row] for row in rows]
    if column.is_label:
        some_missing = any(value is None for value in values)
        if some_missing:
            values = ["" if value is None else str(value) for value in values]
        plain = not some_missing and isinstance(values[0], bool)
        return np.array(values, dtype=bool if plain else object)
    whole = all(isinstance(value, int) for value in values)
    return np.array(values, dtype=object if whole and _is_large(values) else None)


def _is_large(numbers: list[Any]) -> bool:
    return max(map(abs, numbers)) >= 2**63


def _cells_of(column: Any) -> list[Any]:
    """The values of a column of Parquet; dates are the time since some day."""
    import pyarrow as pa

    if not pa.types.is_temporal(column.type):
        return list(column.to_pylist())
    ticks = np.asarray(column.to_numpy())
    if ticks.dtype.kind not in "mM":  # times of day
        return [None if value is None else str(value) for value in column.to_pylist()]
    missing, numbers = np.isnat(ticks), ticks.astype(np.int64)
    first = numbers.min(where=~missing, initial=np.iinfo(np.int64).max)
    return [
        None if is_missing else float(number - first)
        for number, is_missing in zip(numbers, missing, strict=True)
    ]


def _rows_of(lines: Any, delimiter: str) -> Any:
    """The cells of each line; several spaces are one."""
    if delimiter == " ":
        lines = (re.sub(" +", " ", line.strip()) for line in lines)
    return csv.reader(lines, delimiter=delimiter)


def _guess_delimiter(text: str) -> str:
    """What separates cells: what occurs equally often in the first lines, and most."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        rows = [len(row) for row in _rows_of(lines, delimiter)]
        size, n_lines = Counter(rows).most_common(1)[0] if rows else (1, 0)
        if delimiter == " " and most:
            continue
        if size > 1 and size == rows[0] and n_lines * size > most:
            best, most = delimiter, n_lines * size
    return best


def split_names(option: str) -> list[str]:
    """Names separated by commas; a name in double quotes may contain one."""
    return [name.strip() for name in next(csv.reader([option], skipinitialspace=True), [])]
