"""Each value to the power of three."""

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from .._typing import FloatArray
from ._base_transform import BaseTransform


class Cube(OneToOneFeatureMixin, BaseTransform):
    r"""Cube each value: "cb".

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
    .. math:: x' = x^3

    from section 6.1 of [1]_. It stretches large values and presses small ones
    together.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.datasets import Cube
    >>> Cube().fit_transform([[1.0, -2.0], [3.0, 0.5]])
    array([[ 1.   , -8.   ],
           [27.   ,  0.125]])
    """

    def _map(self, X: FloatArray) -> FloatArray:
        return X * X * X

    def _unmap(self, X: FloatArray) -> FloatArray:
        return np.cbrt(X)
