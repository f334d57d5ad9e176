"""Normal variables of which only some columns are correlated."""

from numbers import Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

from .._params import Whole
from .._typing import FloatArray
from ._base import BaseSampler
from ._correlated_gaussians import draw_pairs, pairs_mutual_info


class SparseGaussians(BaseSampler):
    r"""Standard normal variables, only the first columns of X correlated with those of y.

    Parameters
    ----------
    n_features : int, default=10
        Number of columns of X, and of y.
    n_informative : int, default=2
        The first columns of X, this many, are correlated each with the same one of y;
        from 0 to `n_features`. All other pairs of columns are independent.
    correlation : float, default=0.8
        The correlation ρ of these, between -1 and 1, both excluded.

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
    CorrelatedGaussians : All columns are correlated.

    Notes
    -----
    With k informative columns,

    .. math:: I(X; Y) = -\frac{k}{2} \log(1 - \rho^2)

    as in `CorrelatedGaussians`: independent columns add nothing. The setting is the
    sparse one of [1]_.

    References
    ----------
    .. [1] P. Czyż, F. Grabowski, J. E. Vogt, N. Beerenwinkel, A. Marx, "Beyond normal:
       on the evaluation of mutual information estimators", NeurIPS (2023).

    Examples
    --------
    >>> from skmi.datasets import SparseGaussians
    >>> sampler = SparseGaussians(n_features=5, n_informative=2, correlation=0.6)
    >>> print(f"{sampler.mutual_info:.3f} nats")
    0.446 nats
    >>> X, y = sampler.sample(100, random_state=0)
    >>> X.shape, y.shape
    ((100, 5), (100, 5))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "n_informative": [Whole(0)],
        "correlation": [Interval(Real, -1, 1, closed="neither")],
    }

    def __init__(
        self, n_features: int = 10, n_informative: int = 2, correlation: float = 0.8
    ) -> None:
        self.n_features = n_features
        self.n_informative = n_informative
        self.correlation = correlation

    def _check(self) -> None:
        super()._check()
        if self.n_informative > self.n_features:
            raise ValueError(
                f"n_informative={self.n_informative} must not be larger than "
                f"n_features={self.n_features}."
            )

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        X, y = draw_pairs(rng, n_samples, self.n_informative, self.correlation)
        n_others = self.n_features - self.n_informative
        return (
            np.hstack([X, rng.standard_normal((n_samples, n_others))]),
            np.hstack([y, rng.standard_normal((n_samples, n_others))]),
        )

    def _mutual_info(self) -> float:
        return pairs_mutual_info(self.n_informative, self.correlation)
