"""Finished cells on disk, whole or not at all."""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from .._files import prepare_folder, replacing
from .._warn import warn_caller
from ._evaluate import Row

_ENDING = ".json"


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
            unfinished.write_bytes(_to_bytes(kept))
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
            found = _from_bytes(path.read_bytes())
        except FileNotFoundError:  # removed since
            continue
        except (OSError, ValueError) as error:
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


def _to_bytes(rows: list[Row]) -> bytes:
    text = json.dumps(rows).encode()
    return sha256(text).hexdigest().encode() + b"\n" + text


def _from_bytes(content: bytes) -> list[Row]:
    digest, _, text = content.partition(b"\n")
    if sha256(text).hexdigest().encode() != digest:
        raise ValueError("its checksum is another one")
    rows: list[Row] = json.loads(text)
    return rows
