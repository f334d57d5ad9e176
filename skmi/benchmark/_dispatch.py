"""Jobs spread over workers, in batches large enough to be worth sending."""

import contextlib
import itertools
import math
import time
from collections import deque
from collections.abc import Generator, Iterator
from typing import Any

import joblib
import sklearn

from ._aside import Aside
from ._cache import is_stored, store
from ._cells import Job, Row, failed_row
from ._groups import evaluate, is_group_estimator, split
from ._warnings import recorder
from ._workers import backend_name, is_lost_worker, results_of

# Seconds that starting a worker process takes a core, most of it its imports, rounded up.
# Only work that workers save more than that on is given to them.
_START = 1.5
# What this process works off first to learn how long cells take, in seconds.
_TRIAL_PERIOD = 0.25
# Seconds of work sent at a time: a hundred times what sending takes.
_BATCH = 0.2

_PROCESSES = ("LokyBackend", "MultiprocessingBackend")
_LOCAL = (*_PROCESSES, "ThreadingBackend", "SequentialBackend")

# The number of a batch, its jobs, and scikit-learn's configuration.
_Sent = tuple[int, list[Job], dict[str, Any]]


def finished_rows(jobs: list[Job], n_jobs: int | None) -> Iterator[list[Row]]:
    """Evaluate all jobs; yield the rows of each as soon as they are there and stored.

    Raises
    ------
    OSError
        If rows cannot be stored; they have been yielded.
    """
    waiting = deque(sorted(jobs, key=lambda job: not is_group_estimator(job.estimator)))
    backend = backend_name()
    n_workers = joblib.effective_n_jobs(n_jobs)
    # A cluster is asked even if it has one core: what the cells need may be there only.
    if n_jobs == 1 or (n_workers == 1 and backend in _LOCAL):
        for job in jobs:
            yield from _stored(evaluate(job), job)
        return
    pace = _Pace()
    aside = None
    if backend in _PROCESSES and _START:
        aside = yield from _until_workers_pay(waiting, n_workers, pace)
    with recorder() if backend == "ThreadingBackend" else contextlib.nullcontext():
        while waiting:
            yield from _with_workers(waiting, n_jobs, n_workers, pace)
    if aside is not None:
        yield from _stored(aside.rows(), aside.job)


class _Pace:
    """Seconds that a cell takes, by task and estimator."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], float] = {}

    def learn(self, job: Job, seconds: float) -> None:
        self._latest[job.task_name, job.estimator_name] = seconds / job.n_cells

    def expected(self, job: Job) -> float:
        """Those of the latest one; before the first, infinitely many."""
        cell = self._latest.get((job.task_name, job.estimator_name), float("inf"))
        return cell * job.n_cells


def _stored(rows: list[Row], job: Job) -> Iterator[list[Row]]:
    """Store rows, and yield them whether that works or not."""
    try:
        store(rows, job.folder)
    except OSError:
        yield rows
        raise
    yield rows


def _received(rows: list[Row], job: Job) -> Iterator[list[Row]]:
    """Store what a worker has not: its disk may be another than ours, or have refused."""
    if is_stored(rows, job.folder):
        yield rows
    else:
        yield from _stored(rows, job)


def _until_workers_pay(
    waiting: deque[Job], n_workers: int, pace: _Pace
) -> Generator[list[Row], None, Aside | None]:
    """Evaluate here what is over before worker processes would have started.

    Returns a cell that turned out to be long, and is still under way, or None.
    """
    n_cores = min(n_workers, joblib.cpu_count())
    start_seconds, saved = _START * n_workers / n_cores, 1 - 1 / n_cores
    start = time.perf_counter()
    done = 0
    while waiting and not is_group_estimator(waiting[0].estimator):
        passed = time.perf_counter() - start
        long = done and saved * passed * len(waiting) > start_seconds * done
        if long and passed > _TRIAL_PERIOD:
            return None
        job = waiting.popleft()
        if math.isinf(pace.expected(job)):
            aside = Aside(job)
            if not aside.is_finished(within=_patience(len(waiting), n_cores, start_seconds)):
                return aside
            rows, seconds = aside.rows(), aside.seconds
        else:
            began = time.perf_counter()
            with joblib.parallel_config(backend="sequential"):  # as in a worker
                rows = evaluate(job)
            seconds = time.perf_counter() - began
        pace.learn(job, seconds)
        done += 1
        yield from _stored(rows, job)
    return None


def _patience(n_others: int, n_cores: int, start_seconds: float) -> float:
    """How long the first cell may take until workers are started for the others.

    Once it has taken so long, and if the others take as long, they have certainly made
    up for their start. Of a single other cell that is never certain.
    """
    turns_saved = n_others - math.ceil(n_others / n_cores)
    return max(_TRIAL_PERIOD, start_seconds / (turns_saved or 0.5))


def _with_workers(
    waiting: deque[Job], n_jobs: int | None, n_workers: int, pace: _Pace
) -> Iterator[list[Row]]:
    """Evaluate what waits; if a worker dies, find the cell that did it, and return."""
    sent: dict[int, list[Job]] = {}
    config = sklearn.get_config()  # that of this thread; joblib's may have another

    def batches() -> Iterator[_Sent]:
        while batch := _next_batch(waiting, n_workers, pace):
            number = len(sent)
            sent[number] = batch
            yield number, batch, config

    try:
        for number, outcomes in results_of(_evaluate_batch, batches(), n_jobs, n_workers):
            for job, (rows, seconds) in zip(sent[number], outcomes, strict=True):
                pace.learn(job, seconds)
                yield from _received(rows, job)
            sent[number] = []
    except Exception as error:
        if not is_lost_worker(error):
            raise
        suspects = deque(itertools.chain.from_iterable(sent.values()))
        yield from _one_at_a_time(suspects, n_jobs, n_workers, config)
        waiting.extendleft(reversed(suspects))


def _next_batch(waiting: deque[Job], n_workers: int, pace: _Pace) -> list[Job]:
    batch: list[Job] = []
    seconds = 0.0
    most = max(1, len(waiting) // (2 * n_workers))  # near the end there is some for all
    while waiting and len(batch) < most:
        seconds += pace.expected(waiting[0])
        if batch and seconds > _BATCH:
            break
        batch.append(waiting.popleft())
    return batch


def _evaluate_batch(sent: _Sent) -> tuple[int, list[tuple[list[Row], float]]]:
    """What a worker does."""
    number, batch, config = sent
    outcomes = []
    # The cores are taken, by the other workers.
    with sklearn.config_context(**config), joblib.parallel_config(backend="sequential"):
        for job in batch:
            start = time.perf_counter()
            rows = evaluate(job)
            outcomes.append((rows, time.perf_counter() - start))
            # Whoever gets the rows stores them, if this fails, or says why it cannot.
            with contextlib.suppress(OSError):
                store(rows, job.folder)
    return number, outcomes


def _one_at_a_time(
    suspects: deque[Job], n_jobs: int | None, n_workers: int, config: Any
) -> Iterator[list[Row]]:
    """Evaluate what was under way when a worker died, until one dies again: a failed cell."""
    while suspects:
        job = suspects.popleft()
        if job.n_cells > 1:
            suspects.extendleft(reversed(list(split(job))))
            continue
        try:
            [(_, [(rows, _)])] = results_of(
                _evaluate_batch, [(0, [job], config)], n_jobs, n_workers
            )
        except Exception as error:
            if not is_lost_worker(error):
                raise
            yield [failed_row(job, job.trials[0], f"The worker died: {type(error).__name__}")]
            return
        yield from _received(rows, job)
