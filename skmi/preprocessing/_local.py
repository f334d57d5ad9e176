"""Each column by its own standard deviation."""

from .._typing import FloatArray
from ._base import MomentScaler, or_one


class LocalScaler(MomentScaler):
    r"""Divide each column by its standard deviation.

    The *local* normalization: every column weighs the same afterwards, a column of
    little energy as much as the others. `GlobalScaler` keeps their proportions.

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
    scale_ : ndarray of shape (n_features,)
        Each column's standard deviation (of the population: divided by n, not n - 1);
        1 for a constant column.
    n_samples_seen_ : int
        Number of samples learnt from.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    GlobalScaler : One factor for all columns.
    GlobalLinfScaler : One factor for all columns, from the maximum norm.

    Notes
    -----
    .. math:: x'_i = \frac{x_i}{\sqrt{\mathbb{E}[(x_i - \mathbb{E}[x_i])^2]}}

    with expectations over the sample: definition 1 of [1]_. It is scikit-learn's
    ``StandardScaler(with_mean=False)``, but takes a column as constant only if all its
    values are equal, so that its result does not depend on the column's units.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators", section 4.1.
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.preprocessing import LocalScaler
    >>> X = [[0.0, 0.0], [2.0, 200.0]]
    >>> LocalScaler().fit_transform(X)
    array([[0., 0.],
           [2., 2.]])
    """

    def _factor(self, deviations: FloatArray) -> FloatArray:
        return or_one(deviations)
