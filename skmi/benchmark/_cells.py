"""One cell of the grid: an estimator on a trial of a task."""

import copy
import inspect
import threading
import time
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.base import clone

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


def derive_seed(root: int, *names: str | int) -> int:
    """A seed that depends on these names alone, whatever else is in the grid."""
    digest = sha256(repr(names).encode()).digest()
    words = np.frombuffer(digest[:16], dtype="<u4").tolist()
    return int(np.random.SeedSequence([root, *words]).generate_state(1)[0])


def is_group_estimator(estimator: Any) -> bool:
    """Whether it fits all trials of a task in one go."""
    return hasattr(estimator, "fit_many")


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


def evaluate(job: Job) -> list[Row]:
    """The rows of all cells of a job."""
    if is_group_estimator(job.estimator):
        return _evaluate_group(job)
    return [_evaluate_single(job, job.trials[0])]


def split(job: Job) -> Iterable[Job]:
    """A job for each of its trials."""
    return (job._replace(trials=(trial,)) for trial in job.trials)


_latest = threading.local()  # the sample that this thread has drawn last


def _draw(job: Job, trial: Trial) -> tuple[Any, Any, float]:
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


def _row(job: Job, trial: Trial, truth: float, **values: Any) -> Row:
    row = {
        "task": job.task_name,
        "trial": trial.number,
        "estimator": job.estimator_name,
        "truth": truth,
        "estimate": float("nan"),
        "seconds": float("nan"),
        "error": "",
        "warning": "",
        "key": trial.key,
    }
    return {**row, **values}


def failed_row(job: Job, trial: Trial, error: str) -> Row:
    """The row of a cell that has no estimate, and of whose trial nothing is known.

    Without a key it is not kept for later runs.
    """
    return _row(job, trial, float("nan"), error=error, key="")


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _failure(error: Exception, trial: Trial, what: str = "") -> Row:
    """What a failure changes in a row."""
    key = "" if isinstance(error, _OF_THE_MACHINE) else trial.key
    return {"error": what + _text(error), "key": key}


def _evaluate_single(job: Job, trial: Trial) -> Row:
    try:
        X, y, truth = _draw(job, trial)
    except Exception as error:
        return _row(job, trial, float("nan"), **_failure(error, trial, "No sample. "))
    values: Row = {}
    with recorded_warnings() as warned:
        start = time.perf_counter()
        try:
            values["estimate"] = _estimate(job.estimator, X, y, trial.estimator_seed)
        except Exception as error:
            values.update(_failure(error, trial))
        values["seconds"] = time.perf_counter() - start
    return _row(job, trial, truth, warning="\n".join(warned), **values)


def _estimate(estimator: Any, X: Any, y: Any, seed: int) -> float:
    fresh = _seeded(_copy(estimator), seed)
    if hasattr(fresh, "fit"):
        fresh.fit(X, y)
        mi = getattr(fresh, "mi_", None)
        return _number(fresh.score(X, y) if mi is None else mi)
    if hasattr(fresh, "score"):
        return _number(fresh.score(X, y))
    options = {"random_state": seed} if _takes(fresh, "random_state") else {}
    return _number(fresh(X, y, **options))


def _number(value: Any) -> float:
    return float(np.asarray(value).item())


def _copy(estimator: Any) -> Any:
    if hasattr(estimator, "get_params"):
        return clone(estimator)
    return copy.deepcopy(estimator)


def _unseeded(estimator: Any) -> list[str]:
    """The names of all parameters `random_state`, its own and inner ones, that are None."""
    if not hasattr(estimator, "get_params"):
        return []
    return [
        name
        for name, value in sorted(estimator.get_params().items())
        if name.rpartition("__")[2] == "random_state" and value is None
    ]


def _seeded(estimator: Any, seed: int) -> Any:
    names = _unseeded(estimator)
    if len(names) == 1:
        estimator.set_params(**{names[0]: seed})
    elif names:
        estimator.set_params(**{name: derive_seed(seed, name) for name in names})
    return estimator


def _takes(function: Any, parameter: str) -> bool:
    try:
        return parameter in inspect.signature(function).parameters
    except (TypeError, ValueError):  # some compiled functions have none
        return False


def _evaluate_group(job: Job) -> list[Row]:
    """All trials of the same shapes at once."""
    rows: list[Row] = []
    drawn: dict[Any, list[tuple[Trial, Any]]] = {}
    for trial in job.trials:
        try:
            sample = _draw(job, trial)
        except Exception as error:
            failure = _failure(error, trial, "No sample. ")
            rows.append(_row(job, trial, float("nan"), **failure))
        else:
            drawn.setdefault((sample[0].shape, sample[1].shape), []).append((trial, sample))
    forget_sample()
    for same_shape in drawn.values():
        rows += _evaluate_same_shape(job, same_shape)
    return sorted(rows, key=lambda row: row["trial"])


def _evaluate_same_shape(job: Job, drawn: list[tuple[Trial, Any]]) -> list[Row]:
    trials = [trial for trial, _ in drawn]
    Xs, ys, truths = zip(*(sample for _, sample in drawn), strict=True)
    seeds = [trial.estimator_seed for trial in trials]
    with recorded_warnings() as warned:
        start = time.perf_counter()
        try:
            estimates = _estimate_many(job.estimator, list(Xs), list(ys), seeds)
        except Exception as error:
            # One trial may have spoilt it for all.
            warned.append(f"All trials at once failed. {_text(error)}")
            rows = [_evaluate_single(job, trial) for trial in trials]
            return [_with_warnings(row, warned) for row in rows]
        seconds = (time.perf_counter() - start) / len(trials)
    return [
        _row(job, trial, truth, estimate=estimate, seconds=seconds, warning="\n".join(warned))
        for trial, truth, estimate in zip(trials, truths, estimates, strict=True)
    ]


def _with_warnings(row: Row, warned: list[str]) -> Row:
    return {**row, "warning": "\n".join(filter(None, [*warned, row["warning"]]))}


def _estimate_many(estimator: Any, Xs: list[Any], ys: list[Any], seeds: list[int]) -> list[float]:
    fresh = _copy(estimator)
    options: dict[str, Any] = {}
    if _takes(fresh.fit_many, "random_states"):
        options["random_states"] = _random_states(fresh, seeds)
    else:
        fresh = _seeded(fresh, seeds[0])
    fitted = list(fresh.fit_many(Xs, ys, **options))
    if len(fitted) != len(Xs):
        raise ValueError(f"fit_many gave {len(fitted)} results for {len(Xs)} trials.")
    return [_number(getattr(one, "mi_", one)) for one in fitted]


def _random_states(estimator: Any, seeds: list[int]) -> list[Any] | None:
    fixed = estimator.get_params().get("random_state") if hasattr(estimator, "get_params") else None
    return seeds if fixed is None else [fixed] * len(seeds)
