"""A uniform variable, and the same with uniform noise."""

import math
from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from .._params import Whole
from .._typing import FloatArray
from ._base import BaseSampler


class AdditiveUniformNoise(BaseSampler):
    r"""X uniform on (0, 1), and y = X + uniform noise.

    Parameters
    ----------
    n_features : int, default=1
        Number d of columns of X, and of y.
    noise_half_width : float, default=0.5
        The noise in each column is uniform on (-ε, ε): this ε, positive, is how far
        it reaches to either side.

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
    AdditiveGaussianNoise : The same with normal variables.

    Notes
    -----
    .. math::
       I(X; Y) = d \begin{cases}
       \varepsilon - \log 2\varepsilon & \varepsilon \le 1/2 \\
       1 / (4 \varepsilon) & \varepsilon \ge 1/2
       \end{cases}

    The noise has entropy :math:`\log 2\varepsilon`. The density of y is a trapezium,
    which rises over a length :math:`a = \min(1, 2\varepsilon)`, stays at
    :math:`1/b` with :math:`b = \max(1, 2\varepsilon)`, and falls over a again: its
    entropy is :math:`\log b + a / (2b)`. The mutual information is the difference, as
    in section 9.1 of [1]_.

    References
    ----------
    .. [1] T. M. Cover, J. A. Thomas, "Elements of Information Theory", 2nd edition,
       Wiley (2006).

    Examples
    --------
    >>> from skmi.datasets import AdditiveUniformNoise
    >>> for noise_half_width in [0.1, 0.5, 2.0]:
    ...     sampler = AdditiveUniformNoise(noise_half_width=noise_half_width)
    ...     print(f"{sampler.mutual_info:.3f} nats")
    1.709 nats
    0.500 nats
    0.125 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 1), (100, 1))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "noise_half_width": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(self, n_features: int = 1, noise_half_width: float = 0.5) -> None:
        self.n_features = n_features
        self.noise_half_width = noise_half_width

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        X = rng.random((n_samples, self.n_features))
        # Not uniform(-w, w), whose range 2 w might overflow.
        noise = rng.uniform(-1.0, 1.0, size=X.shape)
        return X, X + self.noise_half_width * noise

    def _mutual_info(self) -> float:
        width = float(self.noise_half_width)
        if width > 0.5:
            return self.n_features * 0.25 / width
        return self.n_features * (width - math.log(2 * width))
