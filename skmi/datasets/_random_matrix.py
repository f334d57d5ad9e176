"""Mixed columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin

from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed
from .._typing import FloatArray
from ._base_transform import BaseTransform

# Drawn again beyond: of the digits of a double, a few are to come back.
_WORST_CONDITION = 1e12


class RandomMatrix(ClassNamePrefixFeaturesOutMixin, BaseTransform):
    r"""Multiply by a random invertible matrix: "rm".

    Parameters
    ----------
    random_state : int, Generator, RandomState or None, default=None
        Where the matrix comes from. An integer gives the same one in every `fit`.

    Attributes
    ----------
    matrix_ : ndarray of shape (n_features, n_features)
        The matrix, α included. It is drawn in `fit`.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    make_transforms : Several transforms from their short names.

    Notes
    -----
    .. math:: X' = \alpha X W

    where α and the entries of W are uniform on (0, 1), drawn again until the matrix
    has a condition number below 1e12: section 6.1 of [1]_, which writes a sample as
    a column.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.datasets import RandomMatrix
    >>> X = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]])
    >>> transform = RandomMatrix(random_state=0).fit(X)
    >>> mixed = transform.transform(X)
    >>> np.allclose(mixed, X @ transform.matrix_)
    True
    >>> np.allclose(transform.inverse_transform(mixed), X)
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {"random_state": RANDOM_STATE}

    def __init__(self, random_state: RandomState = None) -> None:
        self.random_state = random_state

    def _learn(self) -> None:
        rng = np.random.default_rng(draw_seed(as_generator(self.random_state)))
        n_features = self.n_features_in_
        matrix = np.zeros((n_features, n_features))
        while not np.linalg.cond(matrix) < _WORST_CONDITION:
            matrix = rng.random() * rng.random((n_features, n_features))
        self.matrix_ = matrix

    def _map(self, X: FloatArray) -> FloatArray:
        return X @ self.matrix_

    def _unmap(self, X: FloatArray) -> FloatArray:
        return np.ascontiguousarray(np.linalg.solve(self.matrix_.T, X.T).T)
