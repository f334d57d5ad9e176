"""What a grid has to compute, and what earlier runs have left of it."""

import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

from .. import __version__
from ._cache import load, make_folder
from ._cells import Job, Row, Trial, derive_seed
from ._fingerprint import fingerprint
from ._groups import is_group_estimator, put_together, split

# Part of every key: raised whenever rows of before are no longer what they were.
_FORMAT = 1


def plan(
    estimators: dict[str, Any],
    tasks: dict[str, Any],
    n_trials: int,
    root: int,
    cache_dir: Path | None,
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

    Returns
    -------
    jobs : list of Job
        A group estimator has a job for each task, perhaps together with others; all
        others have one for each cell.
    rows : list of Row
    """
    jobs: list[Job] = []
    rows: list[Row] = []
    run = uuid.uuid4().hex
    definitions = dict.fromkeys(estimators, "")
    if cache_dir is not None:
        definitions = {name: fingerprint(estimator) for name, estimator in estimators.items()}
    for name, task in tasks.items():
        folder, stored, definition = None, {}, ""
        if cache_dir is not None:
            definition = _digest(_FORMAT, __version__, root, name, fingerprint(task))
            folder = make_folder(cache_dir, name, definition)
            stored = load(folder)
        of_task = []
        for estimator_name, estimator in estimators.items():
            trials = _trials(root, name, n_trials, definition, definitions[estimator_name])
            # The name of an estimator is no part of its key.
            rows += [
                {**stored[t.key], "estimator": estimator_name} for t in trials if t.key in stored
            ]
            missing = tuple(trial for trial in trials if trial.key not in stored)
            of_task.append(Job(name, task, estimator_name, estimator, missing, run, folder))
        jobs += _in_order(of_task)
    return jobs, rows


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
            _digest(task, number, estimator) if task else "",
        )
        for number in range(n_trials)
    )


def _in_order(of_task: list[Job]) -> list[Job]:
    """Trial by trial, so that a sample is drawn once for all estimators."""
    groups = [job for job in of_task if is_group_estimator(job.estimator) and job.trials]
    single = [one for job in of_task if not is_group_estimator(job.estimator) for one in split(job)]
    return sorted(single, key=lambda job: job.trials[0].number) + put_together(groups)
