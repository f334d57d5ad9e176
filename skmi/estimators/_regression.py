"""What a variable has beyond a condition: residuals of a regression that fits itself.

Conditional mutual information does not change when a function of z is taken off x. What is
left has little to do with z, so that samples that are merely near in z may change places.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata
from sklearn.kernel_approximation import Nystroem
from sklearn.preprocessing import SplineTransformer

from .._typing import CodeArray, FloatArray
from ._gaussian import singular_vectors

# Knots of the additive splines, and widths of the kernels, in columns of unit variance.
_KNOTS = (5, 12)
_KERNELS = (0.1, 0.5, 2.0)
# Functions in a family of either kind, at most.
_MOST_FUNCTIONS = 200
# Ridge penalties for each sample.
_PENALTIES = 2.0 ** np.arange(-30, 12, 2)
# A residual so small is rounding, as a part of the largest deviation ...
_ROUNDING = 1e-9
# ... and singular values so small are zero, as a part of the largest.
_RANK = 1e-9
# A sample that fits itself to this extent tells nothing about the fit.
_OWN = 1e-3


class Residuals(NamedTuple):
    """What is left of some columns.

    Attributes
    ----------
    values : ndarray of float64, shape (n_samples, n_columns)
        0 throughout where a column is a linear function of z, and the column itself where
        nothing of it could be predicted.
    explained : ndarray of float64, shape (n_columns,)
        The part of each column's variance that was predicted, sample by sample left out.
    """

    values: FloatArray
    explained: FloatArray


class _Family(NamedTuple):
    """Functions of z, orthogonal to the linear ones: an orthonormal basis and its weights."""

    basis: FloatArray
    weights: FloatArray


class _Fit(NamedTuple):
    """Squared error of samples left out, and residuals of equal variance."""

    error: float
    residual: FloatArray


def residuals(columns: FloatArray, z: FloatArray, codes: CodeArray | None) -> Residuals:
    """What is left of each column when its regression on z is taken off.

    Parameters
    ----------
    columns : ndarray of float64, shape (n_samples, n_columns)
    z : ndarray of float64, shape (n_samples, n_conditions)
    codes : ndarray of int64, shape (n_samples,), or None
        Labels that belong to z.

    Returns
    -------
    Residuals

    Notes
    -----
    Ridge regression on linear functions of z (and the means of its labels), without and with
    a family of functions of the normal scores of z: splines of each column, or Gaussian
    kernels of all. The family and its penalty are those with the smallest squared error of
    samples left out one by one; so is the mean alone, if nothing predicts better.

    Each residual is divided by its standard deviation under errors of equal variance
    ("studentized"): samples that pull the fit towards themselves would otherwise be small
    on both sides at once, and look like a dependence.
    """
    n_samples = len(z)
    linear = _linear_basis(z, codes)
    families: list[_Family] = []
    values, explained = np.array(columns), np.zeros(columns.shape[1])
    for position, column in enumerate(columns.T):
        centred = column - column.mean()
        residual = _without(linear, _without(linear, centred))
        largest = np.abs(centred).max()
        if np.abs(residual).max() <= _ROUNDING * largest:
            values[:, position], explained[position] = 0.0, float(largest > 0.0)
            continue
        if not families:
            families = list(_families(z, linear))
        best = _best_fit(residual, linear, families)
        alone = _squared(centred, np.full(n_samples, 1.0 / n_samples))
        if best.error < alone:
            values[:, position], explained[position] = best.residual, 1.0 - best.error / alone
    return Residuals(values, explained)


def _best_fit(residual: FloatArray, linear: FloatArray, families: list[_Family]) -> _Fit:
    """The fit of smallest error of samples left out, from the residual of the linear one."""
    own = (linear**2).sum(axis=1)
    best = _Fit(_squared(residual, own), residual / np.sqrt(np.maximum(1.0 - own, _OWN)))
    for family in families:
        along, squares = family.basis.T @ residual, family.basis**2
        for penalty in _PENALTIES * len(residual):
            kept = family.weights / (family.weights + penalty)
            left = residual - family.basis @ (kept * along)
            error = _squared(left, own + squares @ kept)
            if error < best.error:
                # The variance of a residual, in units of that of the errors.
                variance = 1.0 - own - squares @ (kept * (2.0 - kept))
                best = _Fit(error, left / np.sqrt(np.maximum(variance, _OWN)))
    return best


def _squared(residual: FloatArray, own: FloatArray) -> float:
    """Mean squared error of each sample when it is left out, from its weight in its own fit."""
    return float(np.mean((residual / np.maximum(1.0 - own, _OWN)) ** 2))


def _linear_basis(z: FloatArray, codes: CodeArray | None) -> FloatArray:
    """An orthonormal basis of the linear functions of z and the functions of its labels."""
    columns = [np.ones((len(z), 1)), _standardized(z)]
    if codes is not None:
        columns.append(_standardized((codes[:, None] == np.unique(codes)).astype(np.float64)))
    basis, sizes, _ = singular_vectors(np.hstack(columns))
    kept: FloatArray = basis[:, sizes > _RANK * sizes[0]]
    return kept


def _families(z: FloatArray, linear: FloatArray) -> list[_Family]:
    """Families of functions to choose from."""
    n_samples, n_columns = z.shape
    if n_columns == 0:
        return []
    most = min(n_samples // 2, _MOST_FUNCTIONS)
    scores = ndtri((rankdata(z, axis=0) - 0.5) / n_samples)
    transformers = [
        SplineTransformer(n_knots, knots="quantile", include_bias=False)
        for n_knots in _KNOTS
        if n_columns * (n_knots + 1) <= most
    ]
    transformers += [
        Nystroem(gamma=gamma / n_columns, n_components=most, random_state=0) for gamma in _KERNELS
    ]
    return [_family(each.fit_transform(scores), linear) for each in transformers]


def _family(functions: NDArray[np.float64], linear: FloatArray) -> _Family:
    functions = _without(linear, functions - functions.mean(axis=0))
    weights, directions = np.linalg.eigh(functions.T @ functions)
    kept = weights > _RANK * max(weights[-1], _RANK)
    return _Family(functions @ directions[:, kept] / np.sqrt(weights[kept]), weights[kept])


def _without(basis: FloatArray, columns: FloatArray) -> FloatArray:
    """What is left of columns outside a basis."""
    left: FloatArray = columns - basis @ (basis.T @ columns)
    return left


def _standardized(columns: FloatArray) -> FloatArray:
    centred = columns - columns.mean(axis=0)
    deviation = centred.std(axis=0)
    scaled: FloatArray = centred / np.where(deviation > 0.0, deviation, 1.0)
    return scaled
