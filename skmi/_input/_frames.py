"""Results in the form that data came in."""

from typing import Any

from .._typing import FloatArray


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
