"""Information of a layer on the input and on the target, by several estimators."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._kinds import asked_kinds
from ._fixed_input import FixedInput


def estimate_all(
    tasks: Iterable[tuple[FixedInput | None, Any, NDArray[Any], Any]], n_jobs: int | None
) -> list[tuple[float, float]]:
    """The estimates of many tasks, on threads.

    Parameters
    ----------
    tasks : iterable of (input, estimator, Z, y)
        With an input, its information on Z; without one, that of Z on y.
    n_jobs : int or None
        Threads, as joblib counts them.

    Returns
    -------
    results : list of (mi, best_scale)
        NaN is the scale of an estimator that searches for none.
    """
    tasks = list(tasks)
    # Few tasks share the threads between them, each kernel taking several.
    inside = max(1, effective_n_jobs(n_jobs) // max(1, len(tasks)))
    with warnings.catch_warnings():
        # The scale found is recorded: where it is at an edge can be seen there.
        warnings.filterwarnings("ignore", "The best relative scale", UserWarning)
        return list(
            # Kernels and networks release the interpreter, and share what is kept.
            Parallel(n_jobs=n_jobs, require="sharedmem")(
                delayed(_estimate)(*task, inside) for task in tasks
            )
        )


def _estimate(
    fixed: FixedInput | None, estimator: Any, Z: NDArray[Any], y: Any, n_jobs: int
) -> tuple[float, float]:
    if not varies(Z):
        return 0.0, np.nan
    if fixed is not None:
        fitted = fixed.fit(estimator, Z, n_jobs=n_jobs)
    else:
        fitted = clone(estimator).fit(Z, _target_for(estimator, y))
    return float(fitted.mi_), float(getattr(fitted, "best_scale_", np.nan))


def varies(Z: NDArray[Any]) -> bool:
    return bool((Z[0] != Z).any())


def _target_for(estimator: Any, y: NDArray[Any]) -> NDArray[Any]:
    """Labels as they are, or a column for each where an estimator knows numbers alone."""
    if y.dtype.kind == "f" or asked_kinds(estimator) is not None:
        return y
    return np.eye(int(y.max()) + 1)[y]


def seeded(estimator: Any, seed: np.random.SeedSequence) -> Any:
    """A clone whose random numbers, where none are asked for, follow from the seed."""
    estimator = clone(estimator)
    unset = [
        name
        for name, value in sorted(estimator.get_params().items())
        if name.rpartition("__")[2] == "random_state" and value is None
    ]
    if not unset:
        return estimator
    return estimator.set_params(
        **{
            name: int(number)
            for name, number in zip(unset, seed.generate_state(len(unset)), strict=True)
        }
    )


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
