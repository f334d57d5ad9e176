"""What a grid has to compute, and what earlier runs have left of it."""

import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

import joblib

from .._random import derive_seed
from .._warn import warn_caller
from ._cache import load, make_folder
from ._evaluate import Job, Row, Trial
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

    A group estimator has a job for each task, all others have one for each cell.
    """
    jobs: list[Job] = []
    rows: list[Row] = []
    run = uuid.uuid4().hex
    known, known_tasks = dict.fromkeys(estimators, ""), dict.fromkeys(tasks, "")
    if cache_dir is not None or joblib.effective_n_jobs(n_jobs) > 1:
        unknown: list[str] = []
        known = _definitions("estimator", estimators, version, unknown)
        known_tasks = _definitions("task", tasks, version, unknown)
        if unknown and cache_dir is not None:
            warn_caller(
                f"not cached: {'; '.join(unknown)}. Such cells are computed in every run. "
                'BenchmarkGrid(version="1") keeps them, by their names, until you change the '
                "version.",
                NotCachedWarning,
            )
    for name, task in tasks.items():
        folder, stored, definition = None, {}, ""
        if cache_dir is not None and known_tasks[name]:
            versions = (_FORMAT, str(version_of(__name__)), str(version))
            definition = _digest(*versions, root, name, known_tasks[name])
            folder = make_folder(cache_dir, name, definition)
            stored = load(folder)
        of_task = []
        for estimator_name, estimator in estimators.items():
            own = known[estimator_name]
            trials = _trials(root, name, n_trials, definition, own)
            # The name of an estimator is no part of its key.
            rows += [
                {**stored[t.key], "estimator": estimator_name} for t in trials if t.key in stored
            ]
            missing = tuple(trial for trial in trials if trial.key not in stored)
            what = (name, task, estimator_name, estimator, missing, run)
            of_task.append(Job(*what, folder, (own, known_tasks[name]), version))
        jobs += _in_order(of_task)
    return jobs, rows


def _definitions(
    kind: str, given: dict[str, Any], version: str | None, unknown: list[str]
) -> dict[str, str]:
    """Fingerprints by name; "" where they cannot be told, which then is `unknown`."""
    found = dict.fromkeys(given, "")
    for name, value in given.items():
        try:
            found[name] = define(name, value, version, cloned=kind == "estimator")
        except UnknownError as error:
            unknown.append(f"{kind} {name!r} ({error})")
    return found


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
