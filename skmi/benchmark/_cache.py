"""Finished cells on disk, whole or not at all."""

import functools
import io
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from .._files import prepare_folder, replacing
from .._optional import import_optional
from .._warn import warn_caller
from ._cells import Row

_COLUMNS = {
    "task": "string",
    "trial": "int64",
    "estimator": "string",
    "truth": "float64",
    "estimate": "float64",
    "seconds": "float64",
    "error": "string",
    "warning": "string",
    "key": "string",
}
_ENDING = ".parquet"


def make_folder(root: Path, task_name: str, definition: str) -> Path:
    """The folder of a task, made and tried.

    Raises
    ------
    OSError
        If nothing can be written there.
    """
    readable = re.sub(r"[^A-Za-z0-9]+", "-", task_name).strip("-")[:40]
    folder = root / f"{readable}-{definition[:16]}"
    try:
        prepare_folder(folder)
    except OSError as error:
        raise _cannot_write(folder, error) from error
    return folder


def _cannot_write(folder: Path, error: OSError) -> OSError:
    reason = error.strerror or error
    return OSError(
        error.errno,
        f"Finished cells cannot be written to cache_dir ({reason}). What is there already is "
        "whole, and a run with the same cache_dir goes on from it. Make room or choose another "
        "folder",
        str(folder),
    )


def store(rows: Iterable[Row], folder: Path | None) -> None:
    """Write rows to a file of their own, which is there whole or not at all.

    Rows without a key are not to be kept; without a folder none are.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    kept = [row for row in rows if row["key"]]
    if folder is None or not kept:
        return
    try:
        with replacing(_path(kept, folder)) as unfinished:
            unfinished.write_bytes(_to_parquet(kept))
    except OSError as error:
        raise _cannot_write(folder, error) from error


def is_stored(rows: Iterable[Row], folder: Path | None) -> bool:
    """Whether what is to be kept of them is there, as this machine sees the folder."""
    kept = [row for row in rows if row["key"]]
    return folder is None or not kept or _path(kept, folder).exists()


def load(folder: Path) -> dict[str, Row]:
    """All rows of a folder by their keys; a file that cannot be read counts for nothing."""
    rows: dict[str, Row] = {}
    for path in sorted(folder.glob(f"*{_ENDING}")):
        try:
            found = _from_parquet(path)
        except FileNotFoundError:
            continue
        except Exception as error:
            warn_caller(
                f"{path} cannot be read, and its cells are computed again. "
                f"{type(error).__name__}: {error}",
            )
            continue
        rows.update({row["key"]: row for row in found})
    return rows


def _path(rows: list[Row], folder: Path) -> Path:
    keys = ",".join(row["key"] for row in rows)
    return folder / (sha256(keys.encode()).hexdigest()[:32] + _ENDING)


@functools.cache
def _schema() -> Any:
    pa = import_optional("pyarrow", purpose="A cache of finished cells", extra="benchmark")
    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in _COLUMNS.items()])


def _to_parquet(rows: list[Row]) -> bytes:
    pa = import_optional("pyarrow", purpose="A cache of finished cells", extra="benchmark")
    parquet = import_optional("pyarrow.parquet", purpose="A cache", extra="benchmark")
    buffer = io.BytesIO()
    columns = {name: [row[name] for row in rows] for name in _COLUMNS}
    # As little as can be: the cost of a file is that of its description.
    parquet.write_table(
        pa.table(columns, schema=_schema()),
        buffer,
        compression="none",
        use_dictionary=False,
        write_statistics=False,
        write_page_checksum=True,
        store_schema=False,
    )
    return buffer.getvalue()


def _from_parquet(path: Path) -> list[Row]:
    parquet = import_optional("pyarrow.parquet", purpose="A cache", extra="benchmark")
    with parquet.ParquetFile(path, page_checksum_verification=True) as file:
        table = file.read()
    if not table.schema.equals(_schema()):
        raise ValueError(f"its columns are {table.schema.names}")
    rows: list[Row] = table.to_pylist()
    return rows
