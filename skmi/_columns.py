"""The columns of what users pass: their dtypes, their values, and what kind these are.

Nothing here imports pandas; data frames are known by what they offer.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from ._validation import as_array


def is_frame(array: Any) -> bool:
    """Whether columns have names and dtypes of their own."""
    return hasattr(array, "columns") and hasattr(array, "iloc")


def is_one_column(array: Any) -> bool:
    """Whether it is a vector, or a series."""
    return np.ndim(array) == 1


def one_dimensional(values: Any) -> NDArray[Any]:
    """The values of one column."""
    dtype = getattr(values, "dtype", None)
    if hasattr(dtype, "kind") and not isinstance(dtype, np.dtype):
        # A column of pandas: as objects, so that what is missing shows.
        return np.asarray(values, dtype=object).reshape(-1)
    return as_array(values).reshape(-1)


def raw_columns(array: Any) -> Iterator[tuple[Any, NDArray[Any]]]:
    """Each column's dtype as the user gave it, and its values."""
    if issparse(array):
        for _ in range(array.shape[-1]):
            yield array.dtype, np.empty(0, array.dtype)
    elif is_frame(array):
        for position in range(len(array.columns)):
            column = array.iloc[:, position]
            yield column.dtype, one_dimensional(column)
    elif is_one_column(array):
        values = one_dimensional(array)
        yield getattr(array, "dtype", values.dtype), values
    else:
        values = as_array(array)
        for position in range(values.shape[1]):
            yield values.dtype, values[:, position]


def kind_of(dtype: Any, values: NDArray[Any]) -> str:
    """Of one column: "label", "integer" or "number"."""
    kind = getattr(dtype, "kind", "O")
    if hasattr(dtype, "categories") or kind in "bSUT":
        return "label"
    if kind == "O":
        return _kind_of_objects(values)
    return "integer" if kind in "iu" else "number"


def _kind_of_objects(values: NDArray[Any]) -> str:
    """The same, of Python objects: what is missing counts as anything."""
    kinds = {
        "label"
        if isinstance(value, str | bytes | bool | np.bool_)
        else "integer"
        if isinstance(value, int | np.integer)
        else "number"
        for value in values
        if not is_missing(value)
    }
    # Strings among numbers are a mistake somewhere: they are refused as no numbers.
    return kinds.pop() if len(kinds) == 1 else "number"


def is_missing(value: Any) -> bool:
    """Whether it is None, NaN, or what pandas has for them."""
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return bool(value != value)
    return type(value).__name__ in ("NAType", "NaTType")
