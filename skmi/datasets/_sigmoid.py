"""Each value squeezed between 0 and 1."""

import numpy as np
from scipy.special import expit, logit
from sklearn.base import OneToOneFeatureMixin

from .._typing import FloatArray
from ._base_transform import BaseTransform


class Sigmoid(OneToOneFeatureMixin, BaseTransform):
    r"""Take the logistic function of each value: "sg".

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    make_transforms : Several transforms from their short names.

    Notes
    -----
    .. math:: x' = \frac{1}{1 + e^{-x}}

    from section 6.1 of [1]_. It is invertible, but floating-point numbers near 1 are
    1e-16 apart: the larger two values are, the more they must differ for their results
    to do so, and above about 37 all give 1. After `Cube` that happens to values above
    about 3.3.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.datasets import Sigmoid
    >>> Sigmoid().fit_transform([[0.0], [2.0]]).round(3)
    array([[0.5  ],
           [0.881]])
    """

    def _map(self, X: FloatArray) -> FloatArray:
        return expit(X)

    def _unmap(self, X: FloatArray) -> FloatArray:
        outside = (X <= 0.0) | (X >= 1.0)
        if outside.any():
            row, column = np.argwhere(outside)[0]
            raise ValueError(
                f"Sigmoid can be undone between 0 and 1, both excluded, but column {column} of X "
                f"holds {X[row, column]} in row {row}."
            )
        return logit(X)
