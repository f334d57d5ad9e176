"""The same columns many times."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .._params import Whole
from .._typing import FloatArray
from ._base_transform import BaseTransform, free_name


class DuplicateFeatures(BaseTransform):
    r"""Repeat all columns: "ds".

    Parameters
    ----------
    n_copies : int, default=20
        How often each column is there afterwards.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    AppendNoise : Adds columns without information.
    make_transforms : Several transforms from their short names.

    Notes
    -----
    .. math:: X' = [X, X, \dots, X]

    from section 6.1 of [1]_, in the order of :func:`numpy.tile`. `inverse_transform`
    takes the first copy.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.datasets import DuplicateFeatures
    >>> DuplicateFeatures(n_copies=2).fit_transform([[1.0, 2.0], [3.0, 4.0]])
    array([[1., 2., 1., 2.],
           [3., 4., 3., 4.]])
    """

    _parameter_constraints: dict[str, list[Any]] = {"n_copies": [Whole(1)]}

    def __init__(self, n_copies: int = 20) -> None:
        self.n_copies = n_copies

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Names of the columns, those of copies with their number.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the input's columns, those seen in `fit` if None.

        Returns
        -------
        feature_names_out : ndarray of str objects
        """
        check_is_fitted(self)
        names = list(_check_feature_names_in(self, input_features))
        taken = dict.fromkeys(names)
        for copy in range(2, int(self.n_copies) + 1):
            taken.update(dict.fromkeys([free_name(f"{name}_copy", copy, taken) for name in names]))
        return np.asarray(list(taken), dtype=object)

    @property
    def _n_features_out(self) -> int:
        return self.n_features_in_ * int(self.n_copies)

    def _map(self, X: FloatArray) -> FloatArray:
        return np.tile(X, int(self.n_copies))

    def _unmap(self, X: FloatArray) -> FloatArray:
        return X[:, : self.n_features_in_].copy()
