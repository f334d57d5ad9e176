"""What a grid has to compute, and what earlier runs have left of it."""

import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

import joblib

from .._warn import warn_caller
from ..datasets._random import derive_seed
from ._cache import load, make_folder
from ._cells import Job, Row, Trial
from ._fingerprint import NotCachedWarning, UnknownError, fingerprint
from ._groups import is_group_estimator
from ._versions import version_of

# Part of every key: raised whenever rows of before are no longer what they were.
_FORMAT = 1


def plan(
    estimators: dict[str, Any],
    tasks: dict[str, Any],
    n_trials: int,
    root: int,
    cache_dir: Path | None,
    version: str | None,
    n_jobs: int | None,
) -> tuple[list[Job], list[Row]]:
    """List the jobs to do, and the rows that are there already.

    Parameters
    ----------
    estimators, tasks : dict
        By their names in the results.
    n_trials : int
    root : int
        The seed that all others are derived from.
    cache_dir : Path or None
    version : str or None
        What stands for all that cannot be told from others like it.
    n_jobs : int or None
        Of several workers each is to see the same values as this process.

    Returns
    -------
    jobs : list of Job
        A group estimator has a job for each task, all others have one for each cell.
    rows : list of Row
    """
    jobs: list[Job] = []
    rows: list[Row] = []
    run = uuid.uuid4().hex
    known, known_tasks = dict.fromkeys(estimators, ""), dict.fromkeys(tasks, "")
    if cache_dir is not None or joblib.effective_n_jobs(n_jobs) > 1:
        known, known_tasks, unknown = _definitions(estimators, tasks, version)
        if unknown and cache_dir is not None:
            _warn_not_cached(unknown)
    for name, task in tasks.items():
        folder, stored, definition = None, {}, ""
        if cache_dir is not None and known_tasks[name]:
            definition = _digest(
                _FORMAT, str(version_of(__name__)), str(version), root, name, known_tasks[name]
            )
            folder = make_folder(cache_dir, name, definition)
            stored = load(folder)
        of_task = []
        for estimator_name, estimator in estimators.items():
            trials = _trials(root, name, n_trials, definition, known[estimator_name])
            # The name of an estimator is no part of its key.
            rows += [
                {**stored[t.key], "estimator": estimator_name} for t in trials if t.key in stored
            ]
            missing = tuple(trial for trial in trials if trial.key not in stored)
            definitions = (known[estimator_name], known_tasks[name])
            of_task.append(
                Job(
                    *(name, task, estimator_name, estimator, missing, run, folder),
                    definitions=definitions,
                    version=version,
                )
            )
        jobs += _in_order(of_task)
    return jobs, rows


def _definitions(
    estimators: dict[str, Any], tasks: dict[str, Any], version: str | None
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Fingerprints by name, "" where they cannot be told; and what cannot, and why."""
    unknown: list[str] = []
    found: list[dict[str, str]] = []
    for kind, given, cloned in ("estimator", estimators, True), ("task", tasks, False):
        found.append(dict.fromkeys(given, ""))
        for name, value in given.items():
            try:
                found[-1][name] = define(name, value, version, cloned)
            except UnknownError as error:
                unknown.append(f"{kind} {name!r} ({error})")
    return found[0], found[1], unknown


def _warn_not_cached(unknown: list[str]) -> None:
    warn_caller(
        f"not cached: {'; '.join(unknown)}. Such cells are computed in every run. "
        'BenchmarkGrid(version="1") keeps them, by their names, until you change the version.',
        NotCachedWarning,
    )


def define(name: str, value: Any, version: str | None, cloned: bool) -> str:
    """The fingerprint of an estimator or a task.

    Raises
    ------
    UnknownError
        If it cannot be told, and there is no version that stands for it.
    """
    try:
        return fingerprint(value, cloned=cloned)
    except UnknownError:
        if version is None:
            raise
        return f"{name} {fingerprint(value, cloned=cloned, unknown=True)}"


def data_seed(root: int, task_name: str, trial: int) -> int:
    """The seed of a sample, the same whatever else is in the grid."""
    return derive_seed(root, "data", task_name, trial)


def cell_of(row: Row) -> tuple[str, int, str]:
    """The cell of the grid that a row belongs to."""
    return row["task"], row["trial"], row["estimator"]


def _digest(*parts: str | int) -> str:
    return sha256(repr(parts).encode()).hexdigest()


def _trials(
    root: int, task_name: str, n_trials: int, task: str, estimator: str
) -> tuple[Trial, ...]:
    return tuple(
        Trial(
            number,
            data_seed(root, task_name, number),
            derive_seed(root, "estimator", task_name, number),
            _digest(task, number, estimator) if task and estimator else "",
        )
        for number in range(n_trials)
    )


def _in_order(of_task: list[Job]) -> list[Job]:
    """Trial by trial, so that a sample is drawn once for all estimators; groups come last."""
    groups = [job for job in of_task if is_group_estimator(job.estimator) and job.trials]
    others = [job for job in of_task if not is_group_estimator(job.estimator)]
    single = [job._replace(trials=(trial,)) for job in others for trial in job.trials]
    return sorted(single, key=lambda job: job.trials[0].number) + groups
