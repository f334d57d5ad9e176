"""Ctrl-C ends a run, whatever estimators make of it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def heeded_interrupts() -> Iterator[None]:
    """Raise `KeyboardInterrupt` in the end if there was one inside, even if it was caught.

    Networks stop their training at Ctrl-C and make do with what they have. As one estimate
    among many that is no result, and all are to stop.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield  # signals do not come here
        return
    interrupted = False

    def note(*args: Any) -> None:
        nonlocal interrupted
        interrupted = True
        before(*args)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if interrupted:  # also if something was raised that stands for it
            raise KeyboardInterrupt
