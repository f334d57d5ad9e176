"""Rows shared out to ordinary threads.

The kernels release the GIL and take a range of rows: no numba threading layer is involved,
and they are safe under fork, under joblib workers and under several Python threads at once.
"""

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from threading import Lock, local

import numpy as np
from joblib import cpu_count, effective_n_jobs

from ._progress import Progress

# Rows between two chances to interrupt or to share out work; up to so many chunks a
# single thread does in one go, which is over in a moment.
_CHUNK = 256
_FEW_CHUNKS = 8


def count_threads(n_jobs):
    """The threads that `n_jobs` asks for, as joblib counts them, but not more than there are cores.

    A cluster's worth of workers (joblib counts those too) is not ours to start here. In a
    process of a pool the other cores are those of the other processes: one thread, or as many
    as ``NUMBA_NUM_THREADS`` says, which joblib sets for its workers.
    """
    n_threads = effective_n_jobs(n_jobs)
    return n_threads if n_threads == 1 else min(n_threads, n_cores())


def n_cores():
    """The cores that this process may keep busy."""
    limit = os.environ.get("NUMBA_NUM_THREADS", "")
    if limit.isdecimal() and int(limit):
        return min(int(limit), _all_cores())
    return 1 if multiprocessing.parent_process() is not None else _all_cores()


@cache
def _all_cores():
    return cpu_count()


class Seats:
    """How many threads of this process go through rows, so that they are no more than the cores.

    Whoever comes gets a seat, for that thread is there already; further threads get one as
    long as there are free ones, and go where it gets crowded.
    """

    def __init__(self):
        self.free_all()

    def free_all(self):
        """As if no thread had been started; the threads of a parent do not follow into a fork."""
        self._lock, self._here, self.taken = Lock(), local(), 0

    def take(self, wanted):
        """Take seats for up to so many further threads; return for how many."""
        with self._lock:
            others = max(0, min(wanted, _all_cores() - self.taken))
            self.taken += others
        return others

    @contextmanager
    def seated(self, *, is_taken=False):
        """In the context the thread has a seat, which may have been taken for it."""
        if self._is_seated():  # by the call that made this one
            yield
            return
        with self._lock:
            self.taken += not is_taken
        self._here.seated = True
        try:
            yield
        finally:
            self._here.seated = False
            with self._lock:
                self.taken -= 1

    def are_too_few(self):
        """Whether more are taken than there are."""
        return self.taken > _all_cores()

    def _is_seated(self):
        return getattr(self._here, "seated", False)


SEATS = Seats()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=SEATS.free_all)


def run_in_row_chunks(work, n_rows, n_threads, chunk=_CHUNK):
    """Call ``work(start, stop)`` over all rows, on `n_threads` threads.

    There are fewer if other threads of the process keep the cores busy in the same way. Each
    row is computed the same way whichever chunk it falls into, so the result
    does not depend on the number of threads. Between chunks an interrupt is heard. If all
    take a minute or more, that is said on stderr.
    """
    n_chunks = -(-n_rows // chunk)
    n_threads = min(n_threads, n_chunks)
    if n_chunks <= _FEW_CHUNKS and n_threads == 1:
        n_chunks = 1
    progress = Progress(n_rows)
    chunks = iter(list(pairwise(np.linspace(0, n_rows, n_chunks + 1).astype(int))))

    def work_through(is_further=False):
        for start, stop in chunks:  # each thread takes the next that is left
            work(start, stop)
            progress.add(stop - start)
            if is_further and SEATS.are_too_few():
                return

    def help_out():
        with SEATS.seated(is_taken=True):
            work_through(is_further=True)

    with SEATS.seated():
        n_others = SEATS.take(n_threads - 1)
        if not n_others:
            work_through()
            return
        with ThreadPoolExecutor(n_others) as pool:
            others = [pool.submit(help_out) for _ in range(n_others)]
            try:
                work_through()
            finally:
                for _ in chunks:  # after an error or an interrupt the others stop, too
                    pass
            for other in others:
                other.result()
