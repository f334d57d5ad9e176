"""Parameters: their names, and what scikit-learn's constraints let through."""

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import HasMethods, Interval, Options


class Parameterized(BaseEstimator):
    """`BaseEstimator` that remembers its parameters' names.

    scikit-learn inspects ``__init__`` each time they are asked for, as cloning does: a tenth
    of a millisecond, more than a small estimate takes.
    """

    _param_names: tuple[str, ...]

    @classmethod
    def _get_param_names(cls) -> list[str]:
        if "_param_names" not in vars(cls):
            cls._param_names = tuple(super()._get_param_names())
        return list(cls._param_names)


class Whole(Interval):
    """Whole numbers from `low` to `high`; True and False are none."""

    def __init__(self, low: int | None = None, high: int | None = None) -> None:
        closed = "neither" if low is None else "left" if high is None else "both"
        super().__init__(Integral, low, high, closed=closed)

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, bool | np.bool_) and bool(super().is_satisfied_by(val))


class OneOf(Options):
    """Some whole numbers; True and False are none."""

    def __init__(self, *options: int) -> None:
        super().__init__(int, set(options))

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, bool) and bool(super().is_satisfied_by(val))


class Having(HasMethods):
    """An object, and no class, that has some methods."""

    def __init__(self, *methods: str) -> None:
        super().__init__(list(methods))

    def is_satisfied_by(self, val: Any) -> bool:
        return not isinstance(val, type) and bool(super().is_satisfied_by(val))


# Of `n_jobs`.
N_JOBS: list[Any] = [Whole(), None]


def in_short(value: Any) -> str:
    """What was given, in one line of a message."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
