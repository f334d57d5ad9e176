"""Files that are there whole or not at all."""

import contextlib
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

# What the names of files end in that are not whole yet; left over if a process is killed.
UNFINISHED = ".unfinished"
# Seconds after which nobody is still writing a file.
_LONGEST_WRITE = 3600


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


def prepare_folder(folder: Path) -> None:
    """Make a folder if it is not there, without what a run was writing when it was killed.

    Raises
    ------
    OSError
        If no file can be written to it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trial = folder / f"{uuid.uuid4().hex}{UNFINISHED}"
    trial.write_bytes(b"")
    trial.unlink()
    for path in folder.glob(f"*{UNFINISHED}"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _LONGEST_WRITE:
                path.unlink()
