"""Jobs spread over the workers that joblib is set to; rows are stored as they come."""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from typing import Any, NamedTuple

import joblib
import sklearn

# scikit-learn's own would set the filters of warnings in each worker; in threads they
# would get into the way of the recorder.
from joblib import Parallel, delayed
from joblib.parallel import get_active_backend

from .._parallel import dask_backend, results_on_dask
from .._warn import warn_caller
from ._cache import is_stored, store
from ._evaluate import Job, Row, row_of, text_of
from ._fingerprint import UnknownError
from ._groups import evaluate, is_group_estimator
from ._plan import define
from ._warnings import recorder

_LOCAL = ("LokyBackend", "MultiprocessingBackend", "ThreadingBackend", "SequentialBackend")

# What workers have found to be what it is in the process that sends it.
_same: set[tuple[str, str]] = set()


class _Sent(NamedTuple):
    """A job as workers get it."""

    number: int
    job: Job
    config: dict[str, Any]  # scikit-learn's
    process: int


def finished_rows(jobs: list[Job], n_jobs: int | None) -> Iterator[list[Row]]:
    """Evaluate all jobs; yield the rows of each as soon as they are there and stored.

    Raises
    ------
    OSError
        If rows cannot be stored; they have been yielded.
    """
    backend = type(get_active_backend()[0]).__name__
    # A cluster is asked even if it has one core: what the cells need may be there only.
    if n_jobs == 1 or (joblib.effective_n_jobs(n_jobs) == 1 and backend in _LOCAL):
        for job in jobs:
            yield from _stored(evaluate(job), job)
        return
    # Trainings of many cells are long: they come first.
    first_long = sorted(jobs, key=lambda job: not is_group_estimator(job.estimator))
    waiting = dict(enumerate(first_long))
    with recorder() if backend == "ThreadingBackend" else contextlib.nullcontext():
        while waiting:
            yield from _with_workers(waiting, n_jobs)


def _stored(rows: list[Row], job: Job) -> Iterator[list[Row]]:
    """Store rows, and yield them whether that works or not."""
    try:
        store(rows, job.folder)
    except OSError:
        yield rows
        raise
    yield rows


def _with_workers(waiting: dict[int, Job], n_jobs: int | None) -> Iterator[list[Row]]:
    """Evaluate what waits; if a worker dies, find the cell that did it, and return."""
    config = sklearn.get_config()  # that of this thread; joblib's may have another
    sent: list[int] = []

    def pieces() -> Iterator[_Sent]:
        for number in list(waiting):
            sent.append(number)
            yield _Sent(number, waiting[number], config, os.getpid())

    try:
        for number, rows in _results_of(_work, pieces(), n_jobs):
            yield from _received(rows, waiting.pop(number))
        return
    except Exception as error:
        if not _is_lost_worker(error):
            raise
    jobs = [waiting.pop(number) for number in sent if number in waiting]
    suspects = [job._replace(trials=(trial,)) for job in jobs for trial in job.trials]
    for place, job in enumerate(suspects):
        try:
            piece = _Sent(0, job, config, os.getpid())
            [(_, rows)] = _results_of(_work, [piece], n_jobs)
        except Exception as error:
            if not _is_lost_worker(error):
                raise
            died = f"The worker died: {text_of(error)}"
            free = max(waiting, default=0) + 1
            waiting.update(enumerate(suspects[place + 1 :], start=free))
            # Without a key it is not kept for later runs.
            yield [row_of(job, job.trials[0], float("nan"), error=died, key="")]
            return
        yield from _received(rows, job)


def _received(rows: list[Row] | None, job: Job) -> Iterator[list[Row]]:
    """The rows of a worker, or those computed here if it has seen other values."""
    if rows is None:
        warn_caller(
            f"The workers see estimator {job.estimator_name!r} or task {job.task_name!r} "
            "otherwise than this process, in which code or values have changed since they were "
            "imported: what would come out differently there is computed here."
        )
        rows = evaluate(job)
    elif is_stored(rows, job.folder):
        yield rows
        return
    # Also where a worker has stored them on a disk of its own, or could not.
    yield from _stored(rows, job)


def _work(sent: _Sent) -> tuple[int, list[Row] | None]:
    """What a worker does: all rows of a job, or None if it sees another one than was sent."""
    job = sent.job
    if sent.process != os.getpid() and not _is_same(job):
        return sent.number, None
    # The cores are taken, by the other workers.
    with sklearn.config_context(**sent.config), joblib.parallel_config(backend="sequential"):
        rows = evaluate(job)
    # Whoever gets the rows stores them, if this fails, or says why it cannot.
    with contextlib.suppress(OSError):
        store(rows, job.folder)
    return sent.number, rows


def _is_same(job: Job) -> bool:
    """Whether a job is here what it was where it comes from, as far as that can be told.

    What stands in a module is not sent with it, but imported.
    """
    if job.definitions in _same:
        return True
    parts = (job.estimator_name, job.estimator, True), (job.task_name, job.task, False)
    for known, (name, value, cloned) in zip(job.definitions, parts, strict=True):
        try:
            if known and define(name, value, job.version, cloned) != known:
                return False
        except UnknownError:  # here, and not there
            return False
    _same.add(job.definitions)
    return True


def _is_lost_worker(error: Exception) -> bool:
    """Whether an error says that a worker process has died."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _results_of(
    work: Callable[[Any], Any], pieces: Iterable[Any], n_jobs: int | None
) -> Iterator[Any]:
    """Yield ``work(piece)`` of all pieces, in the order in which they get ready."""
    dask = dask_backend(n_jobs)
    if dask is not None:
        yield from results_on_dask(_without_shared, pieces, dask, work)
        return
    backend = get_active_backend()[0]
    unordered = backend.supports_return_generator
    parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered" if unordered else "list")
    results = parallel(delayed(work)(piece) for piece in pieces)
    with contextlib.closing(results) if unordered else contextlib.nullcontext():
        yield from results


def _without_shared(work: Callable[[Any], Any], piece: Any) -> Any:
    return work(piece)
