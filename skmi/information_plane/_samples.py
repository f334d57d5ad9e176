"""The samples that are measured, and what is known of them."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._input._checks import refuse_masked
from .._random import RandomState, as_generator
from ._capture import as_array
from ._check import check_samples


class Samples(NamedTuple):
    """Those drawn from all, in their order."""

    indices: NDArray[np.intp]
    X: NDArray[Any]
    y: NDArray[Any] | None
    """As it was given, for a loss; None without labels."""
    target: NDArray[Any] | None
    """For estimators: numbers, or labels as codes from 0."""


def draw_samples(X: Any, y: Any, n_samples: int | None, random_state: RandomState) -> Samples:
    """Draw samples without replacement; all, if there are no more."""
    if not isinstance(X, list | tuple) and not hasattr(X, "shape"):
        raise TypeError(
            f"X is {type(X).__name__}, from which samples cannot be drawn; call "
            "set_data(X, y) with arrays or tensors before training."
        )
    refuse_masked(X, "X")
    refuse_masked(y, "y")
    X = check_samples(X, least=2)
    n = len(X)
    if y is not None:
        y = _check_target(y, n)
    n_chosen = n if n_samples is None else min(n, n_samples)
    indices = np.sort(as_generator(random_state).choice(n, n_chosen, replace=False))
    samples = as_array(X)[indices]
    if not np.isfinite(samples).all():
        row = indices[np.argwhere(~np.isfinite(samples))[0][0]]
        raise ValueError(f"X contains NaN or infinity, first in row {row} of those measured.")
    if y is None:
        return Samples(indices, samples, None, None)
    y = as_array(y)[indices]
    return Samples(indices, samples, y, _target_of(y.reshape(n_chosen, -1)))


def _check_target(y: Any, n_samples: int) -> Any:
    """An array, or a tensor as it is, with an entry for each sample."""
    if not hasattr(y, "detach"):
        try:
            y = np.asarray(y)
        except ValueError as error:
            raise ValueError(f"y must be an array: {error}") from error
    if y.ndim == 0 or len(y) != n_samples:
        length = len(y) if y.ndim else "a single value"
        raise ValueError(f"X has {n_samples} samples and y has {length}.")
    return y


def _target_of(y: NDArray[Any]) -> NDArray[Any]:
    """Numbers as they are, and labels of any kind numbered from 0."""
    if y.dtype.kind == "f":
        return y[:, 0] if y.shape[1] == 1 else y
    if y.shape[1] > 1:
        raise ValueError(
            f"y has {y.shape[1]} columns of labels ({y.dtype}); I(Z; Y) is estimated for one. "
            "Give one of them, or floats if they are numbers."
        )
    try:
        return np.unique(y[:, 0], return_inverse=True)[1]
    except TypeError as error:
        raise TypeError(f"y must hold labels of one kind: {error}") from error


def accuracy_of(output: NDArray[Any], y: NDArray[Any] | None) -> float:
    """The share of samples whose label is the position of the largest output, or NaN."""
    if y is None or y.dtype.kind not in "iu" or y.size != len(y) or output.ndim != 2:
        return np.nan
    y = y.reshape(-1)
    if output.shape[1] < 2 or y.min() < 0 or y.max() >= output.shape[1]:
        return np.nan
    return float((output.argmax(axis=1) == y).mean())
