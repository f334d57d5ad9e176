"""Rows shared out to ordinary threads.

The kernels release the GIL and take a range of rows: no numba threading layer is involved,
and they are safe under fork, under joblib workers and under several Python threads at once.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from joblib import effective_n_jobs

from ._progress import Progress

# Rows between two chances to interrupt or to share out work; up to so many chunks a
# single thread does in one go, which is over in a moment.
_CHUNK = 256
_FEW_CHUNKS = 8


def count_threads(n_jobs):
    """The threads that `n_jobs` asks for, as joblib counts them, but for other machines'.

    A cluster's worth of workers (joblib counts those too) is not ours to start here.
    """
    n_threads = effective_n_jobs(n_jobs)
    return n_threads if n_threads == 1 else min(n_threads, os.cpu_count() or 1)


def run_in_row_chunks(work, n_rows, n_threads, chunk=_CHUNK):
    """Call ``work(start, stop)`` over all rows, on `n_threads` threads.

    Each row is computed the same way whichever chunk it falls into, so the result
    does not depend on the number of threads. Between chunks an interrupt is heard. If all
    take a minute or more, that is said on stderr.
    """
    n_chunks = -(-n_rows // chunk)
    n_threads = min(n_threads, n_chunks)
    if n_chunks <= _FEW_CHUNKS and n_threads == 1:
        n_chunks = 1
    progress = Progress(n_rows)
    chunks = iter(list(pairwise(np.linspace(0, n_rows, n_chunks + 1).astype(int))))

    def work_through():
        for start, stop in chunks:  # each thread takes the next that is left
            work(start, stop)
            progress.add(stop - start)

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
