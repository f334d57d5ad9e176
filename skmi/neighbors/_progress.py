"""What is said of work that takes minutes: how long it will be, and how far it is."""

import sys
import time
from threading import Lock

# Seconds: after these the whole is estimated; from these on it is worth a word; a word more
# comes after these, or after a tenth of the whole.
_LISTEN = 2.0
_LONG = 60.0
_PAUSE = 10.0


class Progress:
    """Counts rows that are done, and says on stderr how long all take if that is a minute or more.

    What it says is measured on the rows done so far, on this machine and with all that it
    does besides.

    Parameters
    ----------
    n_rows : int
    """

    def __init__(self, n_rows):
        self._n_rows, self._done, self._said = n_rows, 0, False
        self._lock = Lock()
        # The first rows may wait for a compiler, and tell nothing of the others.
        self._start, self._first = None, 0
        self._next = 0.0

    def add(self, n_rows):
        """So many rows more are done."""
        with self._lock:
            self._done += n_rows
            now = time.monotonic()
            if self._start is None:
                self._start, self._first = now, self._done
                self._next = now + _LISTEN
            if now < self._next or self._done == self._n_rows:
                return
            each = (now - self._start) / (self._done - self._first)
            whole, left = each * self._n_rows, each * (self._n_rows - self._done)
            self._next = now + max(_PAUSE, whole / 10)
            if self._said:
                _say(f"{self._done / self._n_rows:.0%} done, {_time(left)} left")
            elif whole > _LONG:
                self._said = True
                _say(f"this takes {_time(whole)}; Ctrl-C ends it")


def _say(text):
    print(f"skmi: {text}", file=sys.stderr, flush=True)


def _time(seconds):
    if seconds < 90:
        return f"about {seconds:.0f} s"
    if seconds < 5400:
        return f"about {seconds / 60:.0f} min"
    return f"about {seconds / 3600:.1f} h"
