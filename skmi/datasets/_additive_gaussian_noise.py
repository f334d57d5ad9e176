"""A normal variable, and the same with normal noise."""

import math
from numbers import Real
from typing import Any

import numpy as np

from .._params import Number, Whole
from .._typing import FloatArray
from ._base import BaseSampler


class AdditiveGaussianNoise(BaseSampler):
    r"""Standard normal X, and y = X + noise.

    Parameters
    ----------
    n_features : int, default=1
        Number d of columns of X, and of y.
    noise_std : float, default=1.0
        The standard deviation σ of the noise in each column, positive.

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
    AdditiveUniformNoise : The same with uniform variables.
    CorrelatedGaussians : The same but for the scale of y, by correlation.

    Notes
    -----
    .. math:: I(X; Y) = \frac{d}{2} \log\left(1 + \frac{1}{\sigma^2}\right)

    from section 6.1 of [1]_: the capacity of d Gaussian channels.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.datasets import AdditiveGaussianNoise
    >>> sampler = AdditiveGaussianNoise(n_features=2, noise_std=0.5)
    >>> print(f"{sampler.mutual_info:.3f} nats")
    1.609 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 2), (100, 2))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "noise_std": [Number(Real, 0, None, closed="neither")],
    }

    def __init__(self, n_features: int = 1, noise_std: float = 1.0) -> None:
        self.n_features = n_features
        self.noise_std = noise_std

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        X = rng.standard_normal((n_samples, self.n_features))
        noise = rng.standard_normal((n_samples, self.n_features))
        return X, X + self.noise_std * noise

    def _mutual_info(self) -> float:
        # log(1 + 1/s^2), where 1/s^2 might overflow.
        return self.n_features / 2 * float(np.logaddexp(0.0, -2 * math.log(self.noise_std)))
