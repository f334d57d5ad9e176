"""Columns that have nothing to do with anything."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted

from .._params import Number, Whole
from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed
from .._typing import FloatArray
from ._base_transform import BaseTransform, free_name


class AppendNoise(BaseTransform):
    r"""Append columns of normal noise: "dn".

    Parameters
    ----------
    n_features : int, default=20
        Number of columns appended.
    std : float, default=0.2
        Their standard deviation, not negative.
    random_state : int, Generator, RandomState or None, default=None
        Where the noise comes from. An integer gives the same noise after every `fit`.

    Attributes
    ----------
    seed_ : int
        What the noise is drawn from, fixed in `fit`.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if they are all strings.

    See Also
    --------
    DuplicateFeatures : Adds columns without information too.
    make_transforms : Several transforms from their short names.

    Notes
    -----
    .. math:: X' = [X, E], \qquad E_{ij} \sim N(0, \sigma^2)

    from section 6.1 of [1]_, with E independent of both variables.

    Every `transform` starts from the same seed: the same data give the same result,
    and row i gets the same noise whatever the data, and however many rows follow. The
    noise belongs to a row's position, not to its values: transformed in parts or in
    another order, data get other noise.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.datasets import AppendNoise
    >>> X = np.arange(6.0).reshape(3, 2)
    >>> noisy = AppendNoise(n_features=5, random_state=0).fit_transform(X)
    >>> noisy.shape
    (3, 7)
    >>> np.array_equal(noisy[:, :2], X)
    True
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features": [Whole(1)],
        "std": [Number(Real, 0, None, closed="left")],
        "random_state": RANDOM_STATE,
    }

    def __init__(
        self, n_features: int = 20, std: float = 0.2, random_state: RandomState = None
    ) -> None:
        self.n_features = n_features
        self.std = std
        self.random_state = random_state

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Names of the columns, those of the noise with their number.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the input's columns, those seen in `fit` if None.

        Returns
        -------
        feature_names_out : ndarray of str objects
        """
        check_is_fitted(self)
        taken = dict.fromkeys(_check_feature_names_in(self, input_features))
        for number in range(int(self.n_features)):
            taken[free_name("noise", number, taken)] = None
        return np.asarray(list(taken), dtype=object)

    @property
    def _n_features_out(self) -> int:
        return self.n_features_in_ + int(self.n_features)

    def _learn(self) -> None:
        # Not the generator itself: the data may have been drawn with the same seed.
        self.seed_ = draw_seed(as_generator(self.random_state))

    def _map(self, X: FloatArray) -> FloatArray:
        rng = np.random.default_rng(self.seed_)
        return np.hstack([X, float(self.std) * rng.standard_normal((len(X), self.n_features))])

    def _unmap(self, X: FloatArray) -> FloatArray:
        return X[:, : self.n_features_in_].copy()
