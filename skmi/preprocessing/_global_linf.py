"""All columns by their mean largest deviation."""

import numpy as np

from .._typing import FloatArray
from ._base import BaseScaler, middle_values, or_one


class GlobalLinfScaler(BaseScaler):
    r"""Divide all columns by one factor: the mean of each sample's largest deviation.

    The *global-L∞* normalization: `GlobalScaler` in the norm that the KSG estimator
    measures distances in. Repeating a column does not change it.

    Parameters
    ----------
    with_mean : bool, default=False
        Whether to subtract each column's mean first. The normalization as defined
        only divides. Estimators by nearest neighbours see differences alone and do
        not care; neural ones do.

    Attributes
    ----------
    mean_ : ndarray of shape (n_features,)
        Each column's mean.
    scale_ : float
        The factor all columns are divided by; 1 if no column varies.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    GlobalScaler : The same in the Euclidean norm.
    LocalScaler : A factor for each column.

    Notes
    -----
    .. math:: X' = \frac{X}{\mathbb{E}\|X - \mathbb{E}X\|_\infty}

    with expectations over the sample: definition 3 of [1]_. There is no
    ``partial_fit``: the means must be known before the deviations are taken.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators", section 4.1.
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.preprocessing import GlobalLinfScaler
    >>> X = [[0.0, 0.0], [6.0, 8.0]]
    >>> GlobalLinfScaler().fit_transform(X)
    array([[0. , 0. ],
           [1.5, 2. ]])
    """

    keeps_proportions = True

    def _learn(self, X: FloatArray, *, first: bool) -> None:
        self._origin = middle_values(X)
        X = X - self._origin
        self._mean_from_origin = X.mean(axis=0)
        largest = np.abs(X - self._mean_from_origin).max(axis=1)
        self._scale = float(or_one(largest.mean()))
