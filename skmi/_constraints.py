"""What parameters may be, as scikit-learn declares it; True and False are no numbers."""

import math
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval

_LARGEST = 2**31 - 1


class Number(Interval):
    """An interval of finite numbers."""

    def is_satisfied_by(self, value: Any) -> bool:
        """Whether a value is in it."""
        if isinstance(value, bool | np.bool_) or not super().is_satisfied_by(value):
            return False
        try:
            return self.type is Integral or math.isfinite(float(value))
        except OverflowError:  # of an integer
            return False


def size(least: int = 1) -> list[Any]:
    """A whole number of things, at least so many."""
    return [Number(Integral, least, _LARGEST, closed="both")]


# Of workers: so many, or all cores but some.
N_JOBS: list[Any] = [
    Number(Integral, 1, _LARGEST, closed="both"),
    Number(Integral, -_LARGEST, -1, closed="both"),
    None,
]
