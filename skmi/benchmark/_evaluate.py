"""One cell of the grid, evaluated: an estimator on a trial of a task."""

import copy
import inspect
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

from .._interrupts import heeded_interrupts
from .._random import seeded
from ._task import check_sample
from ._warnings import recorded_warnings

Row = dict[str, Any]

# Failures that lie in the machine, and say nothing of the estimator.
_OF_THE_MACHINE = (MemoryError, OSError, ImportError)


class Trial(NamedTuple):
    """One trial of a task, for one estimator."""

    number: int
    data_seed: int
    estimator_seed: int
    key: str = ""


class Job(NamedTuple):
    """An estimator, those trials of a task that it gets at a time, and where rows go."""

    task_name: str
    task: Any
    estimator_name: str
    estimator: Any
    trials: tuple[Trial, ...]
    run: str
    folder: Path | None = None
    definitions: tuple[str, str] = ("", "")
    """Fingerprints of the estimator and the task; "" where they cannot be told."""
    version: str | None = None


def check_estimator(estimator: Any, name: str) -> None:
    """Raise an error if there is no way to get an estimate from it."""
    if isinstance(estimator, type):
        raise TypeError(
            f"Estimator {name!r} is the class {estimator.__name__}; pass an instance of it."
        )
    if not (hasattr(estimator, "fit") or hasattr(estimator, "score") or callable(estimator)):
        raise TypeError(
            f"Estimator {name!r} must have a method fit(X, y) or score(X, y), or be a function "
            f"f(X, y) that returns a number; got {estimator!r}."
        )


_latest = threading.local()  # the sample that this thread has drawn last


def draw(job: Job, trial: Trial) -> tuple[Any, Any, float]:
    """Draw a trial; for the next estimator it is still there."""
    name = (job.run, job.task_name, trial.number)
    if getattr(_latest, "name", None) != name:
        _latest.sample = check_sample(job.task.draw(trial.data_seed))
        _latest.name = name
    X, y, truth = _latest.sample
    # Some estimators work in place, and the next one is to see the same data.
    return X.copy(), y.copy(), truth


def forget_sample() -> None:
    """Free the memory of the last sample."""
    _latest.name = _latest.sample = None


def row_of(job: Job, trial: Trial, truth: float, **values: Any) -> Row:
    """A row without an estimate, but for what `values` says otherwise."""
    row = {
        "task": job.task_name,
        "trial": trial.number,
        "estimator": job.estimator_name,
        "truth": truth,
        "estimate": float("nan"),
        "seconds": float("nan"),
        "error": None,
        "warning": None,
        "key": trial.key,
    }
    return {**row, **values}


def text_of(error: Exception) -> str:
    """An exception as rows have it."""
    return f"{type(error).__name__}: {error}"


def failure(error: Exception, trial: Trial, what: str = "") -> Row:
    """What a failure changes in a row."""
    key = "" if isinstance(error, _OF_THE_MACHINE) else trial.key
    return {"error": what + text_of(error), "key": key}


def without_empty(results: Any) -> Any:
    """Rows as a frame in which errors and warnings are missing (None) where there were none."""
    told = results[["error", "warning"]].astype(object)
    return results.assign(**told.where(told.notna() & (told != ""), None))


def evaluate_single(job: Job, trial: Trial) -> Row:
    """The row of a cell, on its own."""
    try:
        X, y, truth = draw(job, trial)
    except Exception as error:
        return row_of(job, trial, float("nan"), **failure(error, trial, "No sample. "))
    values: Row = {}
    with recorded_warnings() as warned:
        start = time.perf_counter()
        try:
            with heeded_interrupts():
                values["estimate"] = _estimate(job.estimator, X, y, trial.estimator_seed)
        except Exception as error:
            values.update(failure(error, trial))
        values["seconds"] = time.perf_counter() - start
    return row_of(job, trial, truth, warning="\n".join(warned) or None, **values)


def _estimate(estimator: Any, X: Any, y: Any, seed: int) -> float:
    fresh = seeded(copy_of(estimator), seed)
    if hasattr(fresh, "fit"):
        fresh.fit(X, y)
        mi = getattr(fresh, "mi_", None)
        return to_number(fresh.score(X, y) if mi is None else mi)
    if hasattr(fresh, "score"):
        return to_number(fresh.score(X, y))
    options = {"random_state": seed} if takes(fresh, "random_state") else {}
    return to_number(fresh(X, y, **options))


def to_number(value: Any) -> float:
    """An estimate, be it a number or an array with one."""
    return float(np.asarray(value).item())


def copy_of(estimator: Any) -> Any:
    """An estimator like it, whose fit leaves it as it is."""
    if hasattr(estimator, "get_params"):
        return clone(estimator)
    return copy.deepcopy(estimator)


def takes(function: Any, parameter: str) -> bool:
    """Whether it has a parameter of this name."""
    try:
        return parameter in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some compiled functions have none
        return False
