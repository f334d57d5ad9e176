"""The rows that are recorded, in memory and in a file."""

import io
from pathlib import Path
from typing import Any

from .._files import replacing
from .._optional import import_optional

COLUMNS = (
    "epoch",
    "layer",
    "estimator",
    "mi_x",
    "mi_y",
    "best_scale",
    "scale",
    "loss",
    "accuracy",
    "doubts",
)

_TEXT = ("layer", "estimator", "doubts")

_SUFFIXES = (".parquet", ".csv")


def to_frame(rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> Any:
    """Rows as a data frame, whose columns are there even if there are no rows."""
    pandas = import_optional("pandas", purpose="A table of the rows", extra="benchmark")
    return pandas.DataFrame(rows, columns=list(columns))


def check_path(path: Any) -> Path | None:
    """The path, if its ending says how to write it."""
    if path is None:
        return None
    path = Path(path)
    if path.suffix not in _SUFFIXES:
        raise ValueError(f"path must end in one of {_SUFFIXES}, got {str(path)!r}.")
    return path


def write_frame(frame: Any, path: Path) -> None:
    """Write a table so that whoever is killed meanwhile still has the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as unfinished:
        if path.suffix == ".csv":
            frame.to_csv(unfinished, index=False)
        else:
            frame.to_parquet(unfinished, index=False)


def rename_existing(path: Path | None) -> Path | None:
    """Rename a file that is there, so that a new one does not replace it; its new path."""
    if path is None or not path.exists():
        return None
    number, old = 1, path.with_name(f"{path.stem}.old{path.suffix}")
    while old.exists():
        number += 1
        old = path.with_name(f"{path.stem}.old{number}{path.suffix}")
    return path.replace(old)


def read_rows(path: Path, **known: list[Any]) -> list[dict[str, Any]]:
    """The rows of a file, if they are of these layers and estimators, as far as names tell."""
    rows: list[dict[str, Any]] = read_frame(path).to_dict("records")
    for kind, names in known.items():
        others = {row[kind] for row in rows} - set(names)
        if others and all(isinstance(name, str) for name in names):
            raise ValueError(
                f"{path} holds rows of the {kind} {min(others)!r}, which is not recorded here: "
                "name another path."
            )
    return rows


def read_frame(path: Path) -> Any:
    """Read a table as it was written, to the last digit."""
    pandas = import_optional("pandas", purpose="A table of the rows", extra="benchmark")
    try:
        frame = _read_csv(path) if path.suffix == ".csv" else pandas.read_parquet(path)
        return frame[list(COLUMNS)]
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(
            f"{path} is damaged, or no table of rows ({str(error).splitlines()[0]}): put a copy in "
            "its place, or name another path."
        ) from error


def _read_csv(path: Path) -> Any:
    pandas = import_optional("pandas", purpose="A table of the rows", extra="benchmark")
    text = path.read_text()
    if not text.endswith("\n"):
        raise ValueError("its last line is not complete")
    frame = pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    for column in frame.columns.difference(_TEXT):
        # Python reads what was written; the parsers of pandas may be off by a digit.
        frame[column] = [float(cell) if cell else float("nan") for cell in frame[column]]
    return frame.astype({"epoch": int})
