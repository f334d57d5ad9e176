"""All trials of a task in one training: networks are quicker trained together."""

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from .._interrupts import heeded_interrupts
from .._random import seeded
from ._evaluate import (
    Job,
    Row,
    Trial,
    copy_of,
    draw,
    evaluate_single,
    failure,
    forget_sample,
    row_of,
    takes,
    text_of,
    to_number,
)
from ._warnings import recorded_warnings


def evaluate(job: Job) -> list[Row]:
    """The rows of all cells of a job."""
    if not is_group_estimator(job.estimator):
        return [evaluate_single(job, job.trials[0])]
    rows: list[Row] = []
    by_shape: dict[Any, list[_Sample]] = {}
    for trial in job.trials:
        try:
            sample = _Sample(trial, *draw(job, trial))
        except Exception as error:
            rows.append(row_of(job, trial, float("nan"), **failure(error, trial, "No sample. ")))
        else:
            by_shape.setdefault((sample.X.shape, sample.y.shape), []).append(sample)
    forget_sample()
    for same_shape in by_shape.values():
        rows += _train(job, same_shape)
    return sorted(rows, key=lambda row: row["trial"])


def is_group_estimator(estimator: Any) -> bool:
    """Whether it fits all trials of a task without a stop."""
    return hasattr(estimator, "fit_many")


class _Sample(NamedTuple):
    """What is drawn in a trial."""

    trial: Trial
    X: Any
    y: Any
    truth: float


def _train(job: Job, samples: list[_Sample]) -> list[Row]:
    with recorded_warnings() as warned:
        start = time.perf_counter()
        try:
            with heeded_interrupts():
                fitted = _fit_many(job.estimator, samples)
            estimates = [to_number(getattr(one, "mi_", one)) for one in fitted]
        except Exception as error:
            warned.append(f"All trials at once failed. {text_of(error)}")
            return [_with_warnings(row, warned) for row in _in_halves(job, samples)]
        seconds = time.perf_counter() - start
    return [
        row_of(
            job,
            sample.trial,
            sample.truth,
            estimate=estimate,
            seconds=seconds / len(samples),
            warning="\n".join(own) or None,
        )
        for sample, estimate, own in zip(
            samples, estimates, _shared_out(warned, fitted), strict=True
        )
    ]


def _in_halves(job: Job, samples: list[_Sample]) -> list[Row]:
    """One cell may have spoilt it for all, or all together were too large."""
    if len(samples) == 1:
        return [evaluate_single(job, samples[0].trial)]
    middle = len(samples) // 2
    return [*_train(job, samples[:middle]), *_train(job, samples[middle:])]


def _with_warnings(row: Row, warned: list[str]) -> Row:
    lines = dict.fromkeys([*warned, *(row["warning"] or "").splitlines()])
    return {**row, "warning": "\n".join(lines) or None}


def _fit_many(estimator: Any, samples: list[_Sample]) -> list[Any]:
    """Fitted estimators, or estimates, in the order of the samples."""
    estimator = copy_of(estimator)
    options: dict[str, Any] = {}
    if takes(estimator.fit_many, "random_states"):
        seeds = [sample.trial.estimator_seed for sample in samples]
        options["random_states"] = [random_state_of(estimator, seed) for seed in seeds]
    Xs, ys = [sample.X for sample in samples], [sample.y for sample in samples]
    fitted = list(estimator.fit_many(Xs, ys, **options))
    if len(fitted) != len(samples):
        raise ValueError(f"fit_many gave {len(fitted)} results for {len(samples)} trials.")
    return fitted


def random_state_of(estimator: Any, seed: int) -> Any:
    """The one that it has of its own, if it has one, or else the seed."""
    params = seeded(copy_of(estimator), seed)
    params = params.get_params() if hasattr(params, "get_params") else {}
    states = [v for name, v in params.items() if name.rpartition("__")[2] == "random_state"]
    return states[0] if len(states) == 1 else seed


def _shared_out(warned: list[str], fitted: list[Any]) -> Iterator[list[str]]:
    """The warnings of each; those that are no one's in particular are everyone's."""
    doubts = [_doubts(one) for one in fitted]
    of_someone = set().union(*doubts)
    for own in doubts:
        yield [
            text
            for text in warned
            if (said := text.partition(": ")[2]) in own or said not in of_someone
        ]


def _doubts(fitted: Any) -> set[str]:
    """What an estimator has against its own estimate, as `MINE` says it in ``doubts_``."""
    while hasattr(fitted, "estimator_"):
        fitted = fitted.estimator_
    return set(getattr(fitted, "doubts_", {}).values())
