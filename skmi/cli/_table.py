"""Columns from a file: CSV with any delimiter, compressed or not, Parquet, or standard input."""

import csv
import gzip
import io
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._optional import import_optional

# What separates cells, tried in this order.
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Lines looked at to guess it.
_LINES = 50
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$")

# A column: numbers, or the text of its cells.
Column = NDArray[Any]


def add_file(parser: Any) -> None:
    """Add what says where data come from and how they are read."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a CSV file with a header (compressed by gzip or not), a Parquet file, or - for "
        "standard input",
    )
    parser.add_argument(
        "--delimiter", metavar="D", help="between the cells of a CSV file; default: guessed"
    )
    parser.add_argument("--labels", metavar="A,B", help="columns to take for labels")
    parser.add_argument("--numbers", metavar="A,B", help="columns to take for numbers")


class DataFile:
    """The columns of a file, each of numbers or of labels.

    Parameters
    ----------
    arguments : argparse.Namespace
        What `add_file` asks for.

    Attributes
    ----------
    name : str
        What messages call the file.
    columns : dict of str to ndarray
        Numbers as floats or integers, anything else as strings.
    """

    def __init__(self, arguments: Any) -> None:
        self.name = arguments.file if arguments.file != "-" else "standard input"
        self._labels = split_names(arguments.labels or "")
        self._numbers = split_names(arguments.numbers or "")
        self._decimal = "."
        cells = self._read(arguments.file, arguments.delimiter)
        for option, names in (("--labels", self._labels), ("--numbers", self._numbers)):
            for name in names:
                self._refuse_unknown(name, cells, f"{option} names ")
        both = [name for name in self._labels if name in self._numbers]
        if both:
            raise ValueError(f"--labels and --numbers both name {both[0]!r}")
        self._cells = cells

    def select(self, names: list[str]) -> dict[str, Column]:
        """Some of the columns, by name.

        Raises
        ------
        ValueError
            If there is no such column, or if it mixes numbers and text.
        """
        for name in names:
            self._refuse_unknown(name, self._cells, "no column ")
        return {name: self._column(name, self._cells[name]) for name in names}

    @property
    def names(self) -> list[str]:
        """All columns' names."""
        return list(self._cells)

    def _refuse_unknown(self, name: str, cells: dict[str, Any], what: str) -> None:
        if name not in cells:
            there = ", ".join(map(repr, cells))
            separate = f" (cells are separated by {self._separated!r})" if len(cells) == 1 else ""
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
            said = _DELIMITERS[self._separated]
            print(f"skmi: {self.name}: cells are separated by {said}", file=sys.stderr)
        try:
            rows = [row for row in csv.reader(io.StringIO(text), delimiter=self._separated) if row]
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
        cells = dict(zip(header, map(list, zip(*rows[1:], strict=True)), strict=True))
        commas = sum(
            bool(_DECIMAL_COMMA.match(cell)) for row in rows[1 : _LINES + 1] for cell in row
        )
        if self._separated != "," and commas:
            self._decimal = ","
        return cells

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
        return {name: table[name].to_pylist() for name in table.column_names}

    def _column(self, name: str, cells: list[Any]) -> Column:
        self._refuse_empty(name, cells)
        if name in self._labels:
            return np.array([str(cell) for cell in cells], dtype=object)
        if all(isinstance(cell, bool) for cell in cells):
            return np.array(cells)
        numbers = [self._number(cell) for cell in cells]
        strange = [row for row, number in enumerate(numbers) if number is None]
        if name not in self._numbers and 2 * len(strange) > len(cells):
            return np.array([str(cell) for cell in cells], dtype=object)
        if strange:
            row = strange[0]
            hint = "" if name in self._numbers else "; if they are labels, name it in --labels"
            raise ValueError(
                f"{self.name}: column {name!r}: {cells[row]!r} in data row {row + 1} is no "
                f"number{hint}"
            )
        if name in self._numbers:
            return np.array(numbers, dtype=np.float64)
        whole = all(isinstance(number, int) for number in numbers)
        return np.array(numbers, dtype=object if whole and _is_large(numbers) else None)

    def _refuse_empty(self, name: str, cells: list[Any]) -> None:
        for row, cell in enumerate(cells):
            if cell is None or (isinstance(cell, str) and not cell.strip()):
                raise ValueError(
                    f"{self.name}: column {name!r} has an empty cell in data row {row + 1}"
                )

    def _number(self, cell: Any) -> int | float | None:
        """What a cell is as a number; None if it is none."""
        if isinstance(cell, int | float):
            return cell
        text = str(cell).strip()
        if self._decimal == ",":
            text = text.replace(".", "").replace(",", ".") if "," in text else text
        for read in (int, float):
            try:
                return read(text)
            except ValueError:
                continue
        return None


def _is_large(numbers: list[Any]) -> bool:
    return max(abs(number) for number in numbers) >= 2**63


def _guess_delimiter(text: str) -> str:
    """What separates cells: what occurs equally often in the first lines, and most."""
    lines = [line for line in text.splitlines()[:_LINES] if line.strip()]
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        rows = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        size, n_lines = Counter(rows).most_common(1)[0] if rows else (1, 0)
        if size > 1 and size == rows[0] and n_lines * size > most:
            best, most = delimiter, n_lines * size
    return best


def split_names(option: str) -> list[str]:
    """Names separated by commas; a name in double quotes may contain one."""
    return [name.strip() for name in next(csv.reader([option], skipinitialspace=True), [])]
