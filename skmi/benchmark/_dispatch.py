"""Jobs spread over workers, in batches large enough to be worth sending."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path
from typing import Any

import joblib
from joblib.parallel import get_active_backend
from sklearn.utils.parallel import Parallel, delayed

from ._cache import is_stored, store
from ._cells import Job, Row, evaluate, failed_row, is_group_estimator, split

# Seconds that starting worker processes takes, most of it their imports. Only work that
# they save more than that on is given to them.
_START = 2.0
# What this process works off first to learn how long cells take, in seconds; with fewer
# cells for each worker, it does not keep the others waiting for that.
_TRIAL_PERIOD = 0.25
_MANY_CELLS = 10
# Seconds of work sent at a time: a few hundred times what sending takes.
_BATCH = 0.2

Batch = list[tuple[Job, str | None]]


def finished_rows(jobs: list[tuple[Job, Path | None]], n_jobs: int | None) -> Iterator[list[Row]]:
    """Evaluate all jobs; yield the rows of each as soon as they are there.

    Parameters
    ----------
    jobs : list of (Job, folder or None)
        The folder is where the rows are stored before they are yielded.
    n_jobs : int or None
        As everywhere in joblib.

    Raises
    ------
    OSError
        If rows cannot be stored; they have been yielded.
    """
    waiting: deque[tuple[Job, Path | None]] = deque(
        sorted(jobs, key=lambda job: not is_group_estimator(job[0].estimator))
    )
    backend, _ = get_active_backend()
    kind = type(backend).__name__
    local = type(backend).__module__ == "joblib._parallel_backends"
    n_workers = joblib.effective_n_jobs(n_jobs)
    if n_jobs == 1 or (local and n_workers == 1):
        while waiting:
            yield _evaluate_here(*waiting.popleft())
        return
    pace = _Pace()
    if kind in ("LokyBackend", "MultiprocessingBackend"):
        yield from _until_workers_pay(waiting, min(n_workers, joblib.cpu_count()), pace)
    while waiting:
        yield from _with_workers(waiting, n_jobs, n_workers, pace)


class _Pace:
    """Seconds that a cell takes, by task and estimator."""

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], tuple[float, int]] = {}

    def learn(self, job: Job, seconds: float) -> None:
        total, count = self._sums.get((job.task_name, job.estimator_name), (0.0, 0))
        self._sums[job.task_name, job.estimator_name] = (total + seconds, count + 1)

    def expected(self, job: Job) -> float:
        """The mean so far; before the first, infinity."""
        total, count = self._sums.get((job.task_name, job.estimator_name), (float("inf"), 1))
        return total / count * len(job.trials)


def _evaluate_here(job: Job, folder: Path | None) -> list[Row]:
    rows = evaluate(job)
    if folder is not None:
        store(rows, folder)
    return rows


def _until_workers_pay(
    waiting: deque[tuple[Job, Path | None]], n_workers: int, pace: _Pace
) -> Iterator[list[Row]]:
    """Evaluate here what is over before worker processes would have started."""
    if len(waiting) < _MANY_CELLS * n_workers:
        return
    if n_workers == 1:  # more workers than cores
        saved_by_workers = 0.0
    else:
        saved_by_workers = 1 - 1 / n_workers
    start = time.perf_counter()
    done = 0
    with joblib.parallel_config(backend="sequential"):
        while waiting and not is_group_estimator(waiting[0][0].estimator):
            passed = time.perf_counter() - start
            if passed > _TRIAL_PERIOD and passed / done * len(waiting) * saved_by_workers > _START:
                return
            job, folder = waiting.popleft()
            began = time.perf_counter()
            rows = _evaluate_here(job, folder)
            pace.learn(job, time.perf_counter() - began)
            done += 1
            yield rows


def _with_workers(
    waiting: deque[tuple[Job, Path | None]], n_jobs: int | None, n_workers: int, pace: _Pace
) -> Iterator[list[Row]]:
    """Evaluate all that waits; if a worker dies, find out on which cell, and return."""
    sent: dict[int, list[tuple[Job, Path | None]]] = {}
    lock = threading.Lock()

    def batches() -> Iterator[Any]:
        number = 0
        while True:
            with lock:
                batch = _next_batch(waiting, n_workers, pace)
                sent[number] = batch
            if not batch:
                return
            yield delayed(_evaluate_batch)(_as_sent(number, batch))
            number += 1

    parallel = Parallel(n_jobs=n_jobs, batch_size=1, **_as_they_come())
    results = iter(parallel(batches()))
    try:
        for number, outcomes in results:
            batch = sent.pop(number)
            for (job, folder), (rows, seconds) in zip(batch, outcomes, strict=True):
                pace.learn(job, seconds / len(job.trials))
                yield rows
                if folder is not None and not is_stored(rows, folder):
                    # The worker's disk may be another one than ours.
                    store(rows, folder)
    except Exception as error:
        if not _is_lost_worker(error):
            raise
        with lock:
            suspects = [job for number in sorted(sent) for job in sent[number]]
        yield from _one_at_a_time(deque(suspects), waiting, n_jobs)
    finally:
        if hasattr(results, "close"):
            results.close()


def _as_they_come() -> dict[str, str]:
    """How results are asked for, in the order of their arrival if joblib can do that."""
    backend, _ = get_active_backend()
    if not getattr(backend, "supports_return_generator", False):
        return {}
    version = tuple(int(part) for part in joblib.__version__.split(".")[:2])
    return {"return_as": "generator_unordered" if version >= (1, 4) else "generator"}


def _next_batch(
    waiting: deque[tuple[Job, Path | None]], n_workers: int, pace: _Pace
) -> list[tuple[Job, Path | None]]:
    batch = []
    seconds = 0.0
    # Near the end all workers are to have some.
    most = max(1, len(waiting) // (2 * n_workers))
    while waiting and len(batch) < most:
        expected = pace.expected(waiting[0][0])
        if batch and seconds + expected > _BATCH:
            break
        batch.append(waiting.popleft())
        seconds += expected
    return batch


def _as_sent(number: int, batch: list[tuple[Job, Path | None]]) -> tuple[int, Batch]:
    return number, [(job, None if folder is None else str(folder)) for job, folder in batch]


def _evaluate_batch(sent: tuple[int, Batch]) -> tuple[int, list[tuple[list[Row], float]]]:
    """What a worker does."""
    number, batch = sent
    outcomes = []
    # The cores are taken by the other workers.
    with joblib.parallel_config(backend="sequential"):
        for job, folder in batch:
            start = time.perf_counter()
            rows = evaluate(job)
            outcomes.append((rows, time.perf_counter() - start))
            if folder is not None and Path(folder).is_dir():
                try:
                    store(rows, Path(folder))
                except OSError:
                    pass  # whoever gets the rows stores them, or says why it cannot
    return number, outcomes


def _is_lost_worker(error: Exception) -> bool:
    return isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"


def _one_at_a_time(
    suspects: deque[tuple[Job, Path | None]],
    waiting: deque[tuple[Job, Path | None]],
    n_jobs: int | None,
) -> Iterator[list[Row]]:
    """Evaluate what was under way when a worker died, until one dies again.

    That cell has failed; what is left of the others goes back to those that wait.
    """
    while suspects:
        job, folder = suspects.popleft()
        if len(job.trials) > 1:
            suspects.extendleft((one, folder) for one in reversed(list(split(job))))
            continue
        try:
            parallel = Parallel(n_jobs=n_jobs, batch_size=1)
            [(_, [(rows, _)])] = parallel([delayed(_evaluate_batch)(_as_sent(0, [(job, folder)]))])
        except Exception as error:
            if not _is_lost_worker(error):
                raise
            text = f"The worker process died: {type(error).__name__}"
            yield [failed_row(job, trial, text) for trial in job.trials]
            break
        yield rows
        if folder is not None and not is_stored(rows, folder):
            store(rows, folder)
    waiting.extendleft(reversed(suspects))
