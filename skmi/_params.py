"""Parameters: their names, and what scikit-learn's constraints let through."""

import math
from copy import deepcopy
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils._param_validation import HasMethods, Interval, Options

# What a clone can share.
_PLAIN = (bool, int, float, str, type(None))


class Parameterized(BaseEstimator):
    """`BaseEstimator` that is cloned fast, and remembers its parameters' names.

    scikit-learn inspects ``__init__`` each time they are asked for, as cloning does, and
    copies numbers and strings one by one: more than a small estimate takes.
    """

    _param_names: tuple[str, ...]

    @classmethod
    def _get_param_names(cls) -> list[str]:
        if "_param_names" not in vars(cls):
            cls._param_names = tuple(super()._get_param_names())
        return list(cls._param_names)

    def __sklearn_clone__(self) -> Self:
        params = {
            name: value if isinstance(value, _PLAIN) else clone(value, safe=False)
            for name, value in self.get_params(deep=False).items()
        }
        copied = type(self)(**params)
        for name in "_metadata_request", "_sklearn_output_config":
            if name in vars(self):
                setattr(copied, name, deepcopy(getattr(self, name)))
        return copied


_LARGEST = 2**31 - 1


class Number(Interval):
    """Finite numbers of an interval; True and False are none."""

    def is_satisfied_by(self, val: Any) -> bool:
        if isinstance(val, bool | np.bool_) or not super().is_satisfied_by(val):
            return False
        try:
            return math.isfinite(float(val))
        except OverflowError:  # of an integer
            return False


class Whole(Number):
    """Whole numbers from `low` to `high`, all that count things; True and False are none."""

    def __init__(self, low: int = -_LARGEST, high: int = _LARGEST) -> None:
        super().__init__(Integral, low, high, closed="both")


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


# Of `n_jobs`: so many workers, or all cores but some.
N_JOBS: list[Any] = [Whole(1), Whole(high=-1), None]


def in_short(value: Any) -> str:
    """What was given, in one line of a message."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
