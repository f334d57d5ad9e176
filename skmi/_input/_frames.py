"""Frames of the library that data came in."""

from typing import Any

import numpy as np

from .._typing import BoolArray, FloatArray


def select_columns(frame: Any, mask: BoolArray) -> Any:
    """The columns in `mask`, with their dtypes; None if this is no frame."""
    import narwhals.stable.v2 as nw

    if hasattr(frame, "iloc"):  # pandas, where names may be no strings, or occur twice
        return frame.iloc[:, np.flatnonzero(mask)] if frame.shape[1] == len(mask) else frame
    known = nw.from_native(frame, pass_through=True, eager_only=True)
    if not isinstance(known, nw.DataFrame) or known.shape[1] != len(mask):
        return frame if isinstance(known, nw.DataFrame) else None
    names = [name for name, kept in zip(known.columns, mask, strict=True) if kept]
    return known.select(names).to_native()


def square_like(X: Any, values: FloatArray) -> Any:
    """A matrix over the columns of X: a frame of the library that X comes from, if it is one.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_columns)
    values : ndarray of shape (n_columns, n_columns)

    Returns
    -------
    values : ndarray, or data frame with the columns of X; in pandas with its index, too
    """
    import narwhals.stable.v2 as nw
    from narwhals.dependencies import is_pandas_dataframe

    if is_pandas_dataframe(X):
        return type(X)(values, index=X.columns, columns=X.columns)
    frame = nw.from_native(X, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        return values
    columns = dict(zip(frame.columns, values.T.copy(), strict=True))
    return nw.from_dict(columns, backend=nw.get_native_namespace(frame)).to_native()
