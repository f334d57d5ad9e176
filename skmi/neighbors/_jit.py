"""Compile with numba, cache where a cache can be written, run anywhere else.

The kernels release the GIL and take a range of rows, so that ordinary threads share
the work: no numba threading layer is involved, and the kernels are safe under fork,
under joblib workers and under several Python threads at once.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba
import numpy as np
from joblib import effective_n_jobs

# Distances are finite or +inf and a zero's sign is never read, so the compiler may
# turn min and max into vector instructions. Nothing here lets it reorder or fuse
# arithmetic: every distance is rounded exactly as NumPy rounds it.
_OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"nnan", "nsz"},
}


# Rows between two chances to interrupt or to share out work; up to so many chunks a
# single thread does in one go, which is over in a moment.
_CHUNK = 256
_FEW_CHUNKS = 8


def jit(function):
    """Compile a building block of the kernels."""
    return numba.njit(**_OPTIONS)(function)


def inline_jit(function):
    """Compile a building block so small that calling it would cost more than it does."""
    return numba.njit(forceinline=True, **_OPTIONS)(function)


class Kernel:
    """A compiled entry point whose machine code is cached on disk if that is possible.

    numba raises when it finds no directory to cache in, or when writing there fails
    (a read-only installation, a full disk). Neither is a reason to fail a call: the
    function is then compiled for this process alone.
    """

    def __init__(self, function):
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self._function = function
        try:
            self._compiled = numba.njit(cache=True, **_OPTIONS)(function)
        except RuntimeError:  # numba: "no locator available for file"
            self._compiled = numba.njit(**_OPTIONS)(function)

    def __call__(self, *args):
        try:
            return self._compiled(*args)
        except OSError:
            self._compiled = numba.njit(**_OPTIONS)(self._function)
            return self._compiled(*args)


def count_threads(n_jobs):
    """The threads that `n_jobs` asks for, as joblib counts them, but for other machines'.

    A cluster's worth of workers (joblib counts those too) is not ours to start here.
    """
    return min(effective_n_jobs(n_jobs), os.cpu_count() or 1)


def run_in_row_chunks(work, n_rows, n_threads, chunk=_CHUNK):
    """Call ``work(start, stop)`` over all rows, on `n_threads` threads.

    Each row is computed the same way whichever chunk it falls into, so the result
    does not depend on the number of threads. Between chunks an interrupt is heard.
    """
    n_chunks = -(-n_rows // chunk)
    n_threads = min(n_threads, n_chunks)
    if n_chunks <= _FEW_CHUNKS and n_threads == 1:
        n_chunks = 1
    chunks = iter(list(pairwise(np.linspace(0, n_rows, n_chunks + 1).astype(int))))

    def work_through():
        for start, stop in chunks:  # each thread takes the next that is left
            work(start, stop)

    if n_threads == 1:
        work_through()
        return
    with ThreadPoolExecutor(n_threads - 1) as pool:  # this thread is one of them
        others = [pool.submit(work_through) for _ in range(n_threads - 1)]
        try:
            work_through()
        finally:
            for _ in chunks:  # after an error or an interrupt the others stop, too
                pass
        for other in others:
            other.result()
