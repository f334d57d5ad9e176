"""Warnings of one piece of work, kept as text."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
_local = threading.local()
_users = 0
_saved: Any = None


@contextmanager
def recorded_warnings() -> Iterator[list[str]]:
    """Collect the warnings of this thread, each text once, in order."""
    texts: list[str] = []
    outer = getattr(_local, "texts", None)
    with recorder():
        _local.texts = texts
        try:
            yield texts
        finally:
            _local.texts = outer


@contextmanager
def recorder() -> Iterator[None]:
    """Keep everything set for `recorded_warnings`, in this thread and in others.

    `warnings.catch_warnings` is not for threads that overlap: the one that leaves last
    restores what the other had set. Here the first sets, the last restores, and each
    thread has a list of its own.
    """
    global _users, _saved
    with _lock:
        if _users == 0:
            _saved = warnings.catch_warnings()
            _saved.__enter__()
            warnings.simplefilter("always")
            warnings.showwarning = _recording(warnings.showwarning)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _saved.__exit__(None, None, None)


def _recording(show_elsewhere: Any) -> Any:
    def show(message: Any, category: Any, *place: Any, **more: Any) -> None:
        texts = getattr(_local, "texts", None)
        text = f"{category.__name__}: {message}"
        if texts is None:  # of a thread that is none of ours
            show_elsewhere(message, category, *place, **more)
        elif text not in texts:
            texts.append(text)

    return show
