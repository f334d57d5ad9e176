"""Normal variables of any covariance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .._params import Whole
from .._typing import FloatArray
from ._base import BaseSampler

# Of a correlation: what sums of rounded products may leave.
_ASYMMETRY = 1e-10


class MultivariateGaussians(BaseSampler):
    r"""Jointly normal variables with mean zero and a given covariance.

    Parameters
    ----------
    covariance : array-like of shape (n_x_features + n_y_features, n_x_features + n_y_features)
        The covariance Σ of the columns of X followed by those of y: symmetric and
        positive definite.
    n_x_features : int
        Number of columns of X; those that remain, at least one, are y's.

    Attributes
    ----------
    mutual_info : float
        The mutual information of X and y, in nats.

    Raises
    ------
    ValueError
        By `sample` and `mutual_info`, if the covariance is not a symmetric positive
        definite matrix of finite numbers, or leaves no column for X or y.

    See Also
    --------
    CorrelatedGaussians : Unit variances, correlated pair by pair.

    Notes
    -----
    .. math:: I(X; Y) = \frac{1}{2}
       \log \frac{\det \Sigma_{XX} \, \det \Sigma_{YY}}{\det \Sigma}

    from section 8.5 of [1]_. Variances are divided out first, so that columns of very
    different units cost no digits.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas, "Elements of Information Theory", 2nd edition,
       Wiley (2006).

    Examples
    --------
    >>> from skmi.datasets import MultivariateGaussians
    >>> covariance = [[1.0, 0.5, 0.6], [0.5, 1.0, 0.3], [0.6, 0.3, 1.0]]
    >>> sampler = MultivariateGaussians(covariance, n_x_features=2)
    >>> print(f"{sampler.mutual_info:.3f} nats")
    0.223 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 2), (100, 1))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "covariance": ["array-like"],
        "n_x_features": [Whole(1)],
    }

    def __init__(self, covariance: ArrayLike, n_x_features: int) -> None:
        self.covariance = covariance
        self.n_x_features = n_x_features

    def _check(self) -> None:
        super()._check()
        self._deviations_and_factor()

    def _deviations_and_factor(self) -> tuple[FloatArray, FloatArray]:
        """Standard deviations, and the Cholesky factor of the correlations."""
        covariance = checked_covariance(self.covariance)
        if self.n_x_features >= len(covariance):
            raise ValueError(
                f"n_x_features={self.n_x_features} leaves no column for y: the covariance "
                f"has {len(covariance)} rows."
            )
        deviations = np.sqrt(np.diag(covariance))
        correlations = covariance / deviations / deviations[:, None]
        asymmetry = np.abs(correlations - correlations.T)
        if asymmetry.max() > _ASYMMETRY:
            row, column = np.unravel_index(asymmetry.argmax(), asymmetry.shape)
            raise ValueError(
                f"covariance must be symmetric, got {covariance[row, column]} in row {row}, "
                f"column {column} and {covariance[column, row]} in row {column}, column {row}."
            )
        correlations = (correlations + correlations.T) / 2
        try:
            factor: FloatArray = np.linalg.cholesky(correlations).astype(np.float64, copy=False)
        except np.linalg.LinAlgError:
            smallest = np.linalg.eigvalsh(correlations)[0]
            raise ValueError(
                "covariance must be positive definite, but the smallest eigenvalue of its "
                f"correlations is {smallest:.3g}."
            ) from None
        return deviations, factor

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        deviations, factor = self._deviations_and_factor()
        both = rng.standard_normal((n_samples, len(factor))) @ factor.T
        both *= deviations
        return both[:, : self.n_x_features].copy(), both[:, self.n_x_features :].copy()

    def _mutual_info(self) -> float:
        _, factor = self._deviations_and_factor()
        # The factor's upper left block is that of X alone, so X's determinant cancels;
        # a block of rows on the left of y's triangle is what y shares with X.
        y_rows = factor[self.n_x_features :]
        of_y = np.linalg.slogdet(y_rows @ y_rows.T)[1] / 2
        of_y_given_x = np.log(np.diag(factor)[self.n_x_features :]).sum()
        return float(of_y - of_y_given_x)


def checked_covariance(covariance: ArrayLike) -> FloatArray:
    """A square matrix of finite numbers with a positive diagonal, or an error."""
    try:
        matrix = np.asarray(covariance, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"covariance must be a matrix of numbers: {error}") from error
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"covariance must be a square matrix, got shape={matrix.shape}.")
    if not np.isfinite(matrix).all():
        raise ValueError("covariance must be finite, got NaN or infinity in it.")
    if matrix.size and np.diag(matrix).min() <= 0:
        row = int(np.diag(matrix).argmin())
        raise ValueError(
            "covariance must be positive definite, but the variance in row "
            f"{row} is {matrix[row, row]}."
        )
    return matrix
