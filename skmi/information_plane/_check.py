"""What users pass, checked where scikit-learn's constraints let it by."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from .._params import in_short
from .._recipes import name_estimators

# No size is larger, and all are exact in floating point.
_LARGEST = 2**53

_MAY_BE_NONE = ("n_samples", "working_memory", "n_jobs")
_LEAST = {
    "n_samples": 2,
    "batch_size": 1,
    "every": 1,
    "epoch": 0,
    "max_epochs": 1,
    "working_memory": 0,
}


def check_sizes(**sizes: Any) -> None:
    """Errors for booleans and for numbers that are none, too small or too large.

    Names say what is least; None passes where it is a parameter's default.
    """
    for name, value in sizes.items():
        if value is None and name in _MAY_BE_NONE:
            continue
        kind = Real if name == "working_memory" else Integral
        fits = isinstance(value, kind) and not isinstance(value, bool | np.bool_)
        least = _LEAST.get(name, -_LARGEST)
        unlimited = name == "working_memory" and value == np.inf
        if not fits or not (least <= value < _LARGEST or unlimited):
            what = "a number" if kind is Real else "a whole number"
            at_least = f" of at least {least}" if name in _LEAST else ""
            raise ValueError(f"{name} must be {what}{at_least}, got {in_short(value)}.")


def check_every(every: Any) -> None:
    """An error unless it is a positive whole number, or a list of epochs."""
    if isinstance(every, Integral):
        check_sizes(every=every)
        return
    try:
        epochs = np.asarray(every if isinstance(every, list | tuple | range | np.ndarray) else [])
    except ValueError:
        epochs = np.empty(0)
    whole = epochs.ndim == 1 and epochs.dtype.kind in "iu"
    if not whole or not len(epochs) or epochs.min() < 0:
        raise ValueError(
            f"every must be a positive whole number or a list of epochs, got {in_short(every)}."
        )


def is_due(every: Any, epoch: int) -> bool:
    """Whether an epoch is one of every so many, or among those listed."""
    return epoch % every == 0 if isinstance(every, Integral) else epoch in every


def check_estimators(estimator: Any, name: str) -> dict[str, Any]:
    """Estimators by name; errors that name the parameter."""
    several = estimator
    if isinstance(estimator, Mapping):
        several = list(estimator.values())
    for each in several if isinstance(several, list | tuple) else [several]:
        if isinstance(each, str):
            continue
        if isinstance(each, type):
            raise TypeError(f"{name} has the class {each.__name__}: give {each.__name__}(...).")
        if not hasattr(each, "fit"):
            raise TypeError(f"{name} must hold estimators or their names, got {in_short(each)}.")
    try:
        named = name_estimators(estimator)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from error
    if not named:
        raise ValueError(f"{name} holds no estimator.")
    return named


def check_random_state(random_state: Any) -> None:
    """An error for booleans, which are whole numbers to Python."""
    if isinstance(random_state, bool | np.bool_):
        raise ValueError(f"random_state must be a seed or a generator, got {random_state!r}.")


def check_number(value: Any, name: str, *, most: float = np.inf, least: float = -np.inf) -> float:
    """A number, or NaN where nothing is known."""
    number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    number = number or getattr(value, "ndim", None) == 0  # what torch and NumPy have
    try:
        converted = float(value) if number else None
    except (TypeError, ValueError, OverflowError):
        converted = None
    if converted is None or converted < least or converted > most:
        limits = "" if np.isinf(most) else f" from {least:g} to {most:g}"
        raise ValueError(f"{name} must be a number{limits}, got {in_short(value)}.")
    return converted


def check_module(module: Any) -> None:
    """An error unless it is a network of torch."""
    if isinstance(module, type) or not hasattr(module, "named_modules"):
        raise TypeError(f"module must be a torch.nn.Module, got {in_short(module)}.")


def check_samples(X: Any, *, least: int = 1) -> Any:
    """An array, or a tensor as it is, of finite real numbers with a row for each sample."""
    if not hasattr(X, "detach"):
        try:
            X = np.asarray(X)
        except ValueError as error:
            raise ValueError(f"X must be an array: {error}") from error
        if X.dtype.kind not in "fiub":
            raise TypeError(f"X must hold real numbers, got an array of {X.dtype}.")
    elif X.is_complex():
        raise TypeError(f"X must hold real numbers, got a tensor of {X.dtype}.")
    if X.ndim == 0 or len(X) < least:
        raise ValueError(
            f"X must have a row for each sample and at least {least}, got the shape "
            f"{tuple(X.shape)}."
        )
    return X
