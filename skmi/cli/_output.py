"""What the commands print: lines of a table, or strict JSON."""

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .._files import replacing

# The formula of two columns, by how many of them hold labels.
FORMULAS = ("ksg-local", "ross", "plug-in")


class Field(NamedTuple):
    """A column of the table that is printed."""

    key: str  # in the rows
    title: str
    form: str = ""  # of numbers


def fields(*names: str, unit: str) -> list[Field]:
    """Columns of names, and those that every result has."""
    return [
        *(Field(name, name) for name in names),
        Field("mi", f"MI ({unit})", ".4f"),
        Field("interval", "95% interval"),
        Field("p_value", "p-value", ".4f"),
        Field("method", "method"),
    ]


def result(
    mi: Any, method: str, low: Any = None, high: Any = None, p_value: Any = None, **others: Any
) -> dict[str, Any]:
    """A row of results, with the names that it goes by first."""
    found = {"mi": mi, "low": low, "high": high, "p_value": p_value, "method": method}
    return {**others, **found}


def unit_of(base: float | None, normalize: str | None = None) -> str:
    """What the values are in."""
    if normalize is not None:
        return normalize
    return {None: "nats", 2.0: "bits"}.get(base, f"base {base}")


def print_table(rows: Sequence[dict[str, Any]], columns: Sequence[Field]) -> None:
    """A line for each row; columns of text are flush left, those of numbers right."""
    cells = [[_text(row, column) for column in columns] for row in rows]
    widths = [max(map(len, each)) for each in zip([c.title for c in columns], *cells, strict=True)]
    for line in [[column.title for column in columns], *cells]:
        parts = [
            f"{text:>{width}}" if column.form else f"{text:<{width}}"
            for text, width, column in zip(line, widths, columns, strict=True)
        ]
        print("  ".join(parts).rstrip())


def _text(row: dict[str, Any], column: Field) -> str:
    if column.key == "interval":
        low, high = row["low"], row["high"]
        return "-" if low is None or high is None else f"[{low:.3f}, {high:.3f}]"
    value = row[column.key]
    return "-" if value is None else format(value, column.form)


def print_json(found: dict[str, Any]) -> None:
    """JSON in the strict sense: what is not finite is null."""
    print(json.dumps(_plain(found), indent=2, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """A file of all values with all their digits; an empty cell where there is none."""
    with replacing(path) as unfinished, unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def draw(path: Path, display: Any) -> None:
    """Draw a display into a file."""
    display.plot()
    with replacing(path) as unfinished:
        display.figure_.savefig(unfinished, dpi=150, bbox_inches="tight", format=_format_of(path))
    display.figure_.clear()


def _format_of(path: Path) -> str:
    return path.suffix.lstrip(".").lower() or "png"
