"""All columns by the root of their summed variances."""

from typing import Any

import numpy as np

from .._typing import FloatArray
from ._base import MomentScaler, or_one, power_of_two


class GlobalScaler(MomentScaler):
    r"""Divide all columns by one factor: the root of their summed variances.

    The *global* normalization: the columns keep their proportions, so that columns of
    little energy stay small.

    Parameters
    ----------
    corrected : bool, default=False
        Whether to multiply by the root of the number of columns afterwards, so that
        the mean variance of the columns is 1 whatever their number.
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
    n_samples_seen_ : int
        Number of samples learnt from.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    LocalScaler : A factor for each column.
    GlobalLinfScaler : One factor for all columns, from the maximum norm.

    Notes
    -----
    .. math:: X' = \frac{X}{\sqrt{\mathbb{E}\|X - \mathbb{E}X\|_2^2}}

    and :math:`\sqrt{d}` times that with ``corrected=True``, d being the number of
    columns; expectations over the sample: definition 2 and table 1 of [1]_.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators", section 4.1.
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.preprocessing import GlobalScaler
    >>> X = [[0.0, 0.0], [6.0, 8.0]]
    >>> GlobalScaler().fit_transform(X)
    array([[0. , 0. ],
           [1.2, 1.6]])
    """

    keeps_proportions = True

    _parameter_constraints: dict[str, list[Any]] = {
        **MomentScaler._parameter_constraints,
        "corrected": ["boolean"],
    }

    def __init__(self, *, corrected: bool = False, with_mean: bool = False) -> None:
        super().__init__(with_mean=with_mean)
        self.corrected = corrected

    def _factor(self, deviations: FloatArray) -> float:
        unit = power_of_two(deviations.max())
        squares = np.square(deviations / unit)
        total = squares.mean() if self.corrected else squares.sum()
        return float(or_one(np.sqrt(total) * unit))
