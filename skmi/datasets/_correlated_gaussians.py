"""Normal variables, correlated in pairs of columns."""

import math
from numbers import Real
from typing import Any

import numpy as np

from .._params import Number, Whole
from .._typing import FloatArray
from ._base import BaseSampler


class CorrelatedGaussians(BaseSampler):
    r"""Standard normal variables, each column of X correlated with one of y.

    Parameters
    ----------
    n_features : int, default=1
        Number d of columns of X, and of y.
    correlation : float, default=0.8
        The correlation ρ of column i of X with column i of y, between -1 and 1, both
        excluded. All other pairs of columns are independent.

    Attributes
    ----------
    mutual_info : float
        The mutual information of X and y, in nats.

    Raises
    ------
    ValueError
        By `sample` and `mutual_info`, if a parameter is out of its range.

    See Also
    --------
    SparseGaussians : Only some of the columns are correlated.
    MultivariateGaussians : Any covariance.
    UniformMargins : The same dependence between uniform variables.
    StudentT : The same dispersion with heavy tails.

    Notes
    -----
    .. math:: I(X; Y) = -\frac{d}{2} \log(1 - \rho^2)

    from section 6.1 of [1]_.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.datasets import CorrelatedGaussians
    >>> sampler = CorrelatedGaussians(n_features=2, correlation=0.6)
    >>> print(f"{sampler.mutual_info:.3f} nats")
    0.446 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 2), (100, 2))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "correlation": [Number(Real, -1, 1, closed="neither")],
    }

    def __init__(self, n_features: int = 1, correlation: float = 0.8) -> None:
        self.n_features = n_features
        self.correlation = correlation

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        return draw_pairs(rng, n_samples, self.n_features, self.correlation)

    def _mutual_info(self) -> float:
        return pairs_mutual_info(self.n_features, self.correlation)


def draw_pairs(
    rng: np.random.Generator, n_samples: int, n_pairs: int, correlation: float
) -> tuple[FloatArray, FloatArray]:
    """Standard normal X and y, column i of one correlated with column i of the other."""
    X = rng.standard_normal((n_samples, n_pairs))
    y = rng.standard_normal((n_samples, n_pairs))
    # Not 1 - correlation**2, which loses the digits of correlations near 1.
    y *= math.sqrt((1 - correlation) * (1 + correlation))
    y += correlation * X
    return X, y


def pairs_mutual_info(n_pairs: int, correlation: float) -> float:
    """The mutual information of what `draw_pairs` draws, in nats."""
    # Adding zero turns -0.0 into 0.0.
    return -n_pairs / 2 * (math.log1p(correlation) + math.log1p(-correlation)) + 0.0
