"""Information of a layer on the input and on the target, by several estimators."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._input._sample import make_sample
from .._interrupts import heeded_interrupts
from .._recipes import parts_of
from ..estimators._base import MutualInfoEstimator
from ._check import check_estimators
from ._fixed_input import FixedInput


class Estimate(NamedTuple):
    """What came of one estimator on one pair of variables."""

    mi: float
    best_scale: float = np.nan
    """NaN if it searches for none."""
    doubts: dict[str, str] = {}
    """Why it may be wrong, by name, as `MINE` has them."""


NOTHING = Estimate(np.nan)


def pair_estimators(estimator: Any, target_estimator: Any) -> dict[str, tuple[Any, Any]]:
    """By name, an estimator for I(X; Z) and one for I(Z; Y)."""
    named = check_estimators(estimator, "estimator")
    if target_estimator is None:
        return {name: (each, each) for name, each in named.items()}
    targets = check_estimators(target_estimator, "target_estimator")
    if not isinstance(target_estimator, Mapping):
        (one,) = targets.values()
        targets = dict.fromkeys(named, one)
    if set(targets) != set(named):
        raise ValueError(
            f"target_estimator is for {sorted(targets)}, but estimator is for {sorted(named)}."
        )
    return {name: (each, targets[name]) for name, each in named.items()}


def estimate_all(
    tasks: Iterable[tuple[FixedInput | None, Any, NDArray[Any], Any]], n_jobs: int | None
) -> list[Estimate]:
    """The estimates of many tasks, on threads.

    Parameters
    ----------
    tasks : iterable of (input, estimator, Z, y)
        With an input, its information on Z; without one, that of Z on y.
    n_jobs : int or None
        Threads, as joblib counts them.

    Returns
    -------
    estimates : list of Estimate
    """
    tasks = list(tasks)
    # Few tasks share the threads between them, each kernel taking several.
    inside = max(1, effective_n_jobs(n_jobs) // max(1, len(tasks)))
    # Kernels and networks release the interpreter, and share what is kept.
    parallel = Parallel(n_jobs=n_jobs, require="sharedmem")
    return list(parallel(delayed(_estimate)(*task, inside) for task in tasks))


def _estimate(
    fixed: FixedInput | None, estimator: Any, Z: NDArray[Any], y: Any, n_jobs: int
) -> Estimate:
    if not varies(Z):
        return Estimate(0.0)
    with heeded_interrupts():
        if fixed is not None:
            fitted = fixed.fit(estimator, Z, n_jobs=n_jobs)
        else:
            fitted = _fit_quietly(estimator, Z, _target_for(estimator, y))
    return Estimate(
        float(fitted.mi_), float(getattr(fitted, "best_scale_", np.nan)), _doubts(fitted)
    )


def _fit_quietly(estimator: Any, Z: NDArray[Any], y: NDArray[Any]) -> Any:
    """A clone, fitted; what speaks against it is recorded, and need not be said each time."""
    fitted = clone(estimator)
    if not isinstance(fitted, MutualInfoEstimator):
        return fitted.fit(Z, y)
    fitted._validate_params()
    discrete = fitted._asked_kinds() or (False, False)
    return fitted._fit(make_sample(Z, y, discrete=discrete))


def _doubts(fitted: Any) -> dict[str, str]:
    """Those of an estimator, or of the one inside it."""
    while not hasattr(fitted, "doubts_"):
        fitted = getattr(fitted, "estimator_", None)
        if fitted is None:
            return {}
    return dict(fitted.doubts_)


def say_doubts(**estimates: Estimate) -> str:
    """The names of all doubts, after those of the estimates that they are about."""
    return "; ".join(
        f"{name}: {', '.join(estimate.doubts)}"
        for name, estimate in estimates.items()
        if estimate.doubts
    )


def varies(Z: NDArray[Any]) -> bool:
    """Whether any two samples differ."""
    return bool((Z[0] != Z).any())


def _target_for(estimator: Any, y: NDArray[Any]) -> NDArray[Any]:
    """Labels as they are, or a column for each where an estimator knows numbers alone."""
    knows_labels = isinstance(estimator, MutualInfoEstimator) and estimator._asked_kinds()
    if y.dtype.kind == "f" or knows_labels:
        return y
    return np.eye(int(y.max()) + 1)[y]


def seeded(estimator: Any, seed: np.random.SeedSequence) -> Any:
    """A clone whose random numbers, where none are asked for, follow from the seed."""
    estimator = clone(estimator)
    unset = [
        part
        for part in parts_of(estimator)
        if part.get_params(deep=False).get("random_state", 0) is None
    ]
    for part, number in zip(unset, seed.generate_state(max(1, len(unset))), strict=False):
        part.set_params(random_state=int(number))
    return estimator


def scale_of(Z: NDArray[Any]) -> float:
    """The root of the mean squared distance from the mean, ``|Z|``."""
    deviations = Z.astype(np.float64) - Z.mean(axis=0, dtype=np.float64)
    return float(np.sqrt(np.square(deviations).sum(axis=1).mean()))


def refuse_bad_activations(Z: NDArray[Any], layer: str, epoch: Any) -> None:
    """An error that names layer and epoch if not all activations are finite."""
    if np.isfinite(Z).all():
        return
    what = "NaN" if np.isnan(Z).any() else "infinity"
    row, unit = (int(i[0]) for i in np.nonzero(~np.isfinite(Z)))
    when = "" if epoch is None else f" at epoch {epoch}"
    raise ValueError(
        f"The activations of layer {layer!r}{when} contain {what}, first for sample {row} in "
        f"unit {unit}: the network has diverged. What was recorded before is kept; lower "
        "the learning rate, or clip gradients."
    )
