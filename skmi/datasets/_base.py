"""What the samplers share: checks at the public edge, and seeds."""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import validate_parameter_constraints

from .._params import Whole
from .._random import RANDOM_STATE, RandomState, as_generator, as_plain
from .._typing import FloatArray

_SAMPLE_CONSTRAINTS: dict[str, list[Any]] = {
    "n_samples": [Whole(1)],
    "random_state": RANDOM_STATE,
}


class BaseSampler(BaseEstimator):
    """Two random variables whose mutual information is known.

    Subclasses draw in ``_draw``, know in ``_mutual_info``, and check what their
    ``_parameter_constraints`` cannot say in ``_check``.
    """

    _parameter_constraints: dict[str, list[Any]] = {}

    def sample(
        self, n_samples: int, random_state: RandomState = None
    ) -> tuple[FloatArray, FloatArray]:
        """Draw independent pairs of the two variables.

        Parameters
        ----------
        n_samples : int
            How many.
        random_state : int, Generator, RandomState or None, default=None
            An integer gives the same sample every time, a generator the next one, None
            an unpredictable one. The global state of numpy is neither read nor changed.

        Returns
        -------
        X : ndarray of float64, shape (n_samples, n_features)
            First variable.
        y : ndarray of float64, shape (n_samples, n_targets)
            Second variable.

        Raises
        ------
        ValueError
            If a parameter is out of its range.
        """
        self._check()
        validate_parameter_constraints(
            _SAMPLE_CONSTRAINTS,
            {"n_samples": n_samples, "random_state": random_state},
            caller_name=f"{type(self).__name__}.sample",
        )
        return self._plain()._draw(int(n_samples), as_generator(random_state))

    @property
    def mutual_info(self) -> float:
        """The mutual information of the two variables, in nats."""
        self._check()
        return float(self._plain()._mutual_info())

    def _plain(self) -> Self:
        """The same with parameters of Python's types."""
        plain = copy.copy(self)
        for name, value in self.get_params(deep=False).items():
            setattr(plain, name, as_plain(value))
        return plain

    def _check(self) -> None:
        self._validate_params()

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        raise NotImplementedError

    def _mutual_info(self) -> float:
        raise NotImplementedError
