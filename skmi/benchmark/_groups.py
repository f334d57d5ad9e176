"""Many cells of the grid in one training: networks are quicker trained together."""

import time
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .._interrupts import heeded_interrupts
from ..datasets._random import seeded
from ._cells import (
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
from ._fingerprint import fingerprint
from ._warnings import recorded_warnings

# Most cells that estimators are put together for, but for those of one estimator alone:
# the paper's forty trials of four normalizations and some, so that an interruption costs
# minutes and no more.
_MOST_TOGETHER = 200


def evaluate(job: Job) -> list[Row]:
    """The rows of all cells of a job."""
    if is_group_estimator(job.estimator):
        return _evaluate_group(job)
    return [evaluate_single(job, job.trials[0])]


def split(job: Job) -> Iterable[Job]:
    """A job for each of its cells."""
    members = (job._replace(together=()), *job.together)
    return (member._replace(trials=(trial,)) for member in members for trial in member.trials)


def is_group_estimator(estimator: Any) -> bool:
    """Whether it fits all trials of a task in one go."""
    return hasattr(_trained_estimator(estimator), "fit_many")


def put_together(jobs: list[Job]) -> list[Job]:
    """Make one job of those on a task whose estimators train the same networks.

    Estimators that prepare data and fit another estimator to it, as `ScaleInvariantMI`
    does, have ``_start_fit`` and ``_keep``, the two halves of their ``fit``. What they
    fit may then be fitted in one training, to data prepared in different ways.
    """
    joined: list[Job] = []
    open_job: dict[Any, int] = {}  # by what is trained, the place of the one to join
    for job in jobs:
        key = _training_key(job.estimator) if len(jobs) > 1 else None
        place = None if key is None else open_job.get(key)
        if place is not None and joined[place].n_cells + job.n_cells <= _MOST_TOGETHER:
            first = joined[place]
            joined[place] = first._replace(together=(*first.together, job))
            continue
        if key is not None:
            open_job[key] = len(joined)
        joined.append(job)
    return joined


def _trained_estimator(estimator: Any) -> Any:
    """What an estimator that is not fitted will train."""
    while hasattr(estimator, "_start_fit"):
        estimator = estimator.estimator
    return estimator


def _training_key(estimator: Any) -> str | None:
    """The same for estimators whose trainings can be one; None if there is no telling."""
    trained = _trained_estimator(estimator)
    if not takes(trained.fit_many, "random_states"):
        return None
    try:
        return fingerprint(trained, cloned=True)
    except TypeError:
        return None


class _Prepared(NamedTuple):
    """A cell up to its training."""

    job: Job
    trial: Trial
    truth: float
    trained: Any
    X: Any
    y: Any
    outer: list[tuple[Any, Any, Any]]
    """The estimators that hold `trained`, from the outermost, and what they gave it."""
    seconds: float
    warned: list[str]


def _evaluate_group(job: Job) -> list[Row]:
    """All cells whose data are of the same shapes at once."""
    cells = [(member, trial) for member in (job, *job.together) for trial in member.trials]
    # Trial by trial, so that a sample is drawn once for all estimators.
    cells.sort(key=lambda cell: cell[1].number)
    rows: list[Row] = []
    by_shape: dict[Any, list[_Prepared]] = {}
    for member, trial in cells:
        prepared = _prepare(member, trial)
        if isinstance(prepared, _Prepared):
            by_shape.setdefault((prepared.X.shape, prepared.y.shape), []).append(prepared)
        else:
            rows.append(prepared)
    forget_sample()
    for same_shape in by_shape.values():
        rows += _train(same_shape)
    return sorted(rows, key=lambda row: row["trial"])


def _prepare(job: Job, trial: Trial) -> _Prepared | Row:
    """A cell up to its training, or the row that says why there is none."""
    try:
        X, y, truth = draw(job, trial)
    except Exception as error:
        return row_of(job, trial, float("nan"), **failure(error, trial, "No sample. "))
    with recorded_warnings() as warned:
        start = time.perf_counter()
        try:
            estimator = seeded(copy_of(job.estimator), trial.estimator_seed)
            outer = []
            while hasattr(estimator, "_start_fit"):
                inner, X, y = estimator._start_fit(X, y)
                outer.append((estimator, X, y))
                estimator = inner
        except Exception as error:
            warning = "\n".join(warned)
            return row_of(job, trial, truth, warning=warning, **failure(error, trial))
        seconds = time.perf_counter() - start
    return _Prepared(job, trial, truth, estimator, X, y, outer, seconds, warned)


def _train(cells: list[_Prepared]) -> list[Row]:
    with recorded_warnings() as warned:
        start = time.perf_counter()
        try:
            with heeded_interrupts():
                fitted = _fit_many(cells)
            estimates = [to_number(getattr(one, "mi_", one)) for one in fitted]
        except Exception as error:
            warned.append(f"All trials at once failed. {text_of(error)}")
            return [_with_warnings(row, warned) for row in _in_halves(cells)]
        seconds = time.perf_counter() - start + sum(cell.seconds for cell in cells)
    return [
        row_of(
            cell.job,
            cell.trial,
            cell.truth,
            estimate=estimate,
            seconds=seconds / len(cells),
            warning="\n".join([*cell.warned, *own]),
        )
        for cell, estimate, own in zip(cells, estimates, _shared_out(warned, fitted), strict=True)
    ]


def _in_halves(cells: list[_Prepared]) -> list[Row]:
    """One cell may have spoilt it for all, or all together were too large."""
    if len(cells) == 1:
        return [evaluate_single(cells[0].job, cells[0].trial)]
    middle = len(cells) // 2
    return [*_train(cells[:middle]), *_train(cells[middle:])]


def _with_warnings(row: Row, warned: list[str]) -> Row:
    lines = dict.fromkeys([*warned, *row["warning"].splitlines()])
    return {**row, "warning": "\n".join(lines)}


def _fit_many(cells: list[_Prepared]) -> list[Any]:
    """Fitted estimators, or estimates, in the order of the cells."""
    trained = cells[0].trained
    options: dict[str, Any] = {}
    if takes(trained.fit_many, "random_states"):
        options["random_states"] = [_random_state(cell) for cell in cells]
    fitted = list(
        trained.fit_many([cell.X for cell in cells], [cell.y for cell in cells], **options)
    )
    if len(fitted) != len(cells):
        raise ValueError(f"fit_many gave {len(fitted)} results for {len(cells)} trials.")
    return [_finish(one, cell.outer) for one, cell in zip(fitted, cells, strict=True)]


def _random_state(cell: _Prepared) -> Any:
    params = cell.trained.get_params() if hasattr(cell.trained, "get_params") else {}
    return params.get("random_state", cell.trial.estimator_seed)


def _finish(fitted: Any, outer: list[tuple[Any, Any, Any]]) -> Any:
    for estimator, X, y in reversed(outer):
        fitted = estimator._keep(fitted, X, y)
    return fitted


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
