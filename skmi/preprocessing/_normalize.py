"""One variable scaled, with as many digits as it has."""

from typing import Any

import numpy as np
from sklearn.base import clone

from .._validation import FloatArray
from ._base import BaseScaler, middle_values


def normalize(values: FloatArray, scaler: Any) -> FloatArray:
    """Scale a variable by a clone of `scaler`, for estimators that see only differences.

    The scalers of skmi get data whose medians have been subtracted: nothing changes but
    the digits that dividing a large offset would cost.
    """
    offset = middle_values(values) if isinstance(scaler, BaseScaler) else 0.0
    return np.asarray(clone(scaler).fit_transform(values - offset), dtype=np.float64)
