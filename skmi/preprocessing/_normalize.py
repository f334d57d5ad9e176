"""One side of a sample scaled, with as many digits as it has."""

from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone

from .._input._checks import refuse_non_finite
from .._input._sample import Side, warn_of_tamed
from .._input._values import has_outliers
from .._typing import FloatArray
from ._base import BaseScaler
from ._normal_score import NormalScores


def fit_scaler(scaler: Any, side: Side) -> Any:
    """A clone of a scaler, fitted to the numbers of a side; None if it has none."""
    if side.numbers.shape[1] == 0:
        return None
    fitted = clone(scaler)
    if isinstance(fitted, BaseScaler):
        fitted._validate_params()
        return fitted._fit(side.numbers, side.exponent)
    return fitted.fit(side.array())


def scale(side: Side, fitted: Any, *, differences: bool = True) -> Side:
    """The side with its numbers scaled.

    Parameters
    ----------
    side : Side
        As the user gave it, except for the samples taken.
    fitted : transformer or None
        What `fit_scaler` gave.
    differences : bool, default=True
        Whether only differences between samples will be looked at. The scalers of skmi may
        then subtract a value from the middle first, which saves the digits of a large
        offset.

    Raises
    ------
    ValueError
        If the scaler makes anything but finite numbers of them.
    """
    if fitted is None:
        return side
    if isinstance(fitted, BaseScaler):
        if np.ndim(fitted._scale) == 0 and (differences or not fitted.with_mean):
            return side.divided(float(fitted._scale), fitted._exponent)
        numbers = fitted._scaled(side.numbers, side.exponent, centred=differences)
        return side.with_numbers(numbers, kept=side.kept and side.kept.scaled_by(fitted))
    scaled = np.asarray(fitted.transform(side.array()), dtype=np.float64)
    refuse_non_finite(scaled, f"what {fitted!r} made of a variable", None)
    return side.with_numbers(scaled)


def normalize(side: Side, scaler: Any) -> FloatArray:
    """The numbers of a side, scaled by a clone of `scaler`."""
    fitted = fit_scaler(scaler, side)
    if isinstance(fitted, BaseScaler):
        return fitted._scaled(side.numbers, side.exponent, centred=True)
    return scale(side, fitted).numbers


def tame_outliers(side: Side, what: str) -> Side:
    """Columns with outliers by the normal scores of their ranks; a warning names them.

    The scores are in units of the column's middle part, so that the column keeps its
    proportion to others.
    """
    if side.spread is None:
        return side
    found = np.flatnonzero(has_outliers(side.spread, side.n_samples))
    if not found.size:
        return side
    warn_of_tamed(what, side, found)
    numbers = side.numbers.copy()
    for position in found:
        _, scores = NormalScores.of(numbers[:, [position]])
        numbers[:, position] = scores[:, 0] * side.spread.usual[position]
    return replace(side, numbers=numbers, spread=None)
