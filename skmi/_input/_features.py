"""One variable for a transformer: validated, in the precision it came in."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import validate_data

from ._table import read_table


def check_features(estimator: Any, X: ArrayLike, *, reset: bool) -> NDArray[Any]:
    """Validate X for a transformer.

    Parameters
    ----------
    estimator : BaseEstimator
        Sets (``reset=True``) or checks ``n_features_in_`` and ``feature_names_in_``.
    X : array-like of shape (n_samples, n_features)
    reset : bool
        True in ``fit``, False elsewhere.

    Returns
    -------
    X : ndarray of float64 or float32, shape (n_samples, n_features)
        float32 if all columns came so.

    Raises
    ------
    ValueError
        For anything but finite real numbers.
    TypeError
        For sparse input.
    """
    table = read_table(X, "X", vector=False, min_samples=1)
    validate_data(estimator, X, reset=reset, skip_check_array=True)
    values = table.numbers(np.ones(table.n_columns, dtype=bool))
    single = all(table.column(i).dtype == np.float32 for i in range(table.n_columns))
    return values.astype(np.float32) if single else values
