"""What is said on standard error while the answer is made."""

import contextlib
import io
import sys
import threading
import time
from collections.abc import Iterator

from threadpoolctl import threadpool_limits

# Seconds after which work is said to go on; each time twice as many.
FIRST = 3.0


def say(message: str) -> None:
    """A line on standard error."""
    print(f"skmi: {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """Say now and then, if it takes long, what is being done and how far it has come.

    What the library prints meanwhile (``verbose=1``) is how far; it does not get into the output.
    Threads are those of ``--n-jobs``: linear algebra, in small matrices here, starts no others.
    """
    progress, over, start = _Latest(), threading.Event(), time.monotonic()

    def tell() -> None:
        pause = FIRST
        while not over.wait(pause):
            done = f": {progress.line}" if progress.line else ""
            say(f"{what}, {time.monotonic() - start:.0f} s{done}")
            pause = 2.0 * pause

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        with contextlib.redirect_stdout(progress), threadpool_limits(1, user_api="blas"):
            yield
    finally:
        over.set()
        teller.join()


class _Latest(io.TextIOBase):
    """Keeps the last line that was written."""

    line = ""

    def write(self, text: str) -> int:
        self.line = text.strip() or self.line
        return len(text)
