"""Files that are there whole or not at all."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

# What the names of files end in that are not whole yet; left over if a process is killed.
UNFINISHED = ".unfinished"


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, which takes the place of `path` in one step once all is written."""
    unfinished = path.with_name(f"{path.name}-{uuid.uuid4().hex}{UNFINISHED}")
    try:
        yield unfinished
        os.replace(unfinished, path)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


def check_writable(folder: Path) -> None:
    """Raise an `OSError` if no file can be written to a folder."""
    trial = folder / f"{uuid.uuid4().hex}{UNFINISHED}"
    trial.write_bytes(b"")
    trial.unlink()
