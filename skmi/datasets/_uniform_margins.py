"""The dependence of normal variables between uniform ones."""

from numbers import Real
from typing import Any

import numpy as np
from scipy.special import ndtr
from sklearn.utils._param_validation import Interval

from .._params import Whole
from .._typing import FloatArray
from ._base import BaseSampler
from ._correlated_gaussians import draw_pairs, pairs_mutual_info


class UniformMargins(BaseSampler):
    r"""Variables uniform on (0, 1), each column of X tied to one of y.

    The columns of `CorrelatedGaussians` sent through the normal distribution function:
    a Gaussian copula.

    Parameters
    ----------
    n_features : int, default=1
        Number d of columns of X, and of y.
    correlation : float, default=0.8
        The correlation ρ of the normal variables before that, between -1 and 1, both
        excluded.

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
    CorrelatedGaussians : The same dependence between normal variables.

    Notes
    -----
    .. math:: I(X; Y) = -\frac{d}{2} \log(1 - \rho^2)

    which is that of the normal variables: mutual information does not change under
    invertible maps of either variable (appendix of [1]_).

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69, 066138 (2004).

    Examples
    --------
    >>> from skmi.datasets import UniformMargins
    >>> sampler = UniformMargins(correlation=0.6)
    >>> print(f"{sampler.mutual_info:.3f} nats")
    0.223 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 1), (100, 1))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "correlation": [Interval(Real, -1, 1, closed="neither")],
    }

    def __init__(self, n_features: int = 1, correlation: float = 0.8) -> None:
        self.n_features = n_features
        self.correlation = correlation

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        X, y = draw_pairs(rng, n_samples, self.n_features, self.correlation)
        return ndtr(X), ndtr(y)

    def _mutual_info(self) -> float:
        return pairs_mutual_info(self.n_features, self.correlation)
