"""Heavy tails that share information even where nothing is correlated."""

import math
from numbers import Real
from typing import Any

import numpy as np
from scipy.special import digamma, gammaln
from sklearn.utils._param_validation import Interval

from .._params import Whole
from .._typing import FloatArray
from ._base import BaseSampler
from ._correlated_gaussians import draw_pairs, pairs_mutual_info

# Below, one of 1e16 samples would be beyond the range of floating-point numbers.
_FEWEST_DEGREES = 0.1

# From here on the first left-out term of the series is below 1e-16.
_SERIES_FROM = 100.0


class StudentT(BaseSampler):
    r"""Student's t-distribution in many dimensions, its dispersion correlated in pairs.

    Normal variables as those of `CorrelatedGaussians`, all columns of a sample divided
    by one random number. That number is common to X and y, which therefore depend on
    each other without any correlation.

    Parameters
    ----------
    n_features : int, default=1
        Number d of columns of X, and of y.
    correlation : float, default=0.8
        The correlation ρ of column i of X with column i of y in the dispersion,
        between -1 and 1, both excluded.
    degrees_of_freedom : float, default=3
        The ν of the distribution, at least 0.1. There is a mean above 1 and a variance
        above 2; towards infinity it becomes normal.

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
    CorrelatedGaussians : The limit of many degrees of freedom.

    Notes
    -----
    .. math::
       I(X; Y) = -\frac{d}{2} \log(1 - \rho^2)
       + f(\nu) + f(\nu + 2d) - 2 f(\nu + d),
       \qquad
       f(t) = \log \Gamma\left(\frac{t}{2}\right)
       - \frac{t}{2} \, \psi\left(\frac{t}{2}\right)

    from the entropy of the distribution, as given in [1]_. It does not vanish for
    :math:`\rho = 0`.

    References
    ----------
    .. [1] R. B. Arellano-Valle, J. E. Contreras-Reyes, M. G. Genton, "Shannon entropy
       and mutual information for multivariate skew-elliptical distributions",
       Scandinavian Journal of Statistics 40, 42-62 (2013).

    Examples
    --------
    >>> from skmi.datasets import StudentT
    >>> print(f"{StudentT(correlation=0.0, degrees_of_freedom=1).mutual_info:.3f} nats")
    0.224 nats
    >>> X, y = StudentT(n_features=2).sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 2), (100, 2))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "correlation": [Interval(Real, -1, 1, closed="neither")],
        "degrees_of_freedom": [Interval(Real, _FEWEST_DEGREES, None, closed="left")],
    }

    def __init__(
        self, n_features: int = 1, correlation: float = 0.8, degrees_of_freedom: float = 3
    ) -> None:
        self.n_features = n_features
        self.correlation = correlation
        self.degrees_of_freedom = degrees_of_freedom

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        X, y = draw_pairs(rng, n_samples, self.n_features, self.correlation)
        nu = self.degrees_of_freedom
        common = np.sqrt(rng.chisquare(nu, size=(n_samples, 1)) / nu)
        return X / common, y / common

    def _mutual_info(self) -> float:
        of_the_dispersion = pairs_mutual_info(self.n_features, self.correlation)
        return of_the_dispersion + tail_mutual_info(
            self.degrees_of_freedom, self.n_features, self.n_features
        )


def tail_mutual_info(nu: float, n_x: int, n_y: int) -> float:
    """What the common divisor adds: f(ν) + f(ν + n_x + n_y) - f(ν + n_x) - f(ν + n_y).

    f grows like ν, the result falls like 1/ν². The linear part of f cancels and is left
    out, that of the logarithm in it is taken exactly.
    """
    logarithm = -0.5 * math.log1p(-(n_x / (nu + n_x)) * (n_y / (nu + n_y)))
    rest = _rest(nu) + _rest(nu + n_x + n_y) - _rest(nu + n_x) - _rest(nu + n_y)
    return logarithm + rest


def _rest(t: float) -> float:
    """f(t) without its linear part and logarithm: vanishes for large t."""
    z = t / 2
    if z < _SERIES_FROM:
        constant = 0.5 * (math.log(2 * math.pi) + 1)
        return float(gammaln(z) - z * digamma(z) + z + 0.5 * math.log(z)) - constant
    # Stirling's series of both functions.
    w = 1 / z
    return w / 6 - w**3 / 90 + w**5 / 210
