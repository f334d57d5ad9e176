"""Columns of what users pass, whatever holds them, and what kind of values each has.

Frames and series come through narwhals, so that those of pandas, polars and pyarrow are
read by the same lines.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import check_array

from .._typing import FloatArray
from ._checks import (
    NotANumberError,
    as_numbers,
    is_missing,
    place_of,
    refuse_inexact,
    refuse_masked,
    refuse_non_finite,
)


class Table(NamedTuple):
    """One variable as it was given.

    Attributes
    ----------
    what : str
        What messages call it: "X" or "y".
    names : list of str or None
        Those of the columns, if it has names.
    columns : ndarray of shape (n_samples, n_columns), or list of ndarrays
        An array if all are numbers of one dtype.
    kinds : list of str
        Of each column: "label" (booleans, strings, categories), "integer" or "number".
    is_vector : bool
        Whether it came as one column without a second dimension.
    is_single : bool
        Whether some column has fewer digits than double precision.
    """

    what: str
    names: list[str] | None
    columns: Any
    kinds: list[str]
    is_vector: bool
    is_single: bool

    @property
    def n_columns(self) -> int:
        return len(self.kinds)

    @property
    def n_samples(self) -> int:
        if isinstance(self.columns, np.ndarray):
            return len(self.columns)
        return len(self.columns[0]) if self.columns else 0

    def column(self, position: int) -> NDArray[Any]:
        """The values of one column."""
        if isinstance(self.columns, np.ndarray):
            return self.columns[:, position]
        values: NDArray[Any] = self.columns[position]
        return values

    def place(self, position: int) -> str:
        """Words that place a column in a message."""
        return place_of(self.what, self.names, position, self.n_columns == 1)

    def only(self, position: int) -> "Table":
        """A table of one column."""
        names = None if self.names is None else [self.names[position]]
        column = [self.column(position)]
        return self._replace(
            what=self.what if names else self.place(position),
            names=names,
            columns=column,
            kinds=[self.kinds[position]],
        )

    def some(self, positions: Sequence[int]) -> "Table":
        """A table of some columns."""
        return self._replace(
            names=None if self.names is None else [self.names[p] for p in positions],
            columns=[self.column(p) for p in positions],
            kinds=[self.kinds[p] for p in positions],
        )

    def numbers(self, mask: NDArray[np.bool_], *, copy: bool = True) -> FloatArray:
        """The columns in `mask` as finite floats, shape (n_samples, n_in_mask).

        With ``copy=False`` it may be the user's own array, which must not be written to.

        Raises
        ------
        ValueError
            For anything but finite real numbers.
        """
        positions = [int(position) for position in np.flatnonzero(mask)]
        if isinstance(self.columns, np.ndarray) and self.columns.dtype.kind in "fiub":
            if self.columns.dtype.kind in "iu":
                refuse_inexact(self.columns, self.what)
            block = self.columns if mask.all() else self.columns[:, positions]
            with np.errstate(over="ignore"):
                values = block.astype(np.float64, order="C", copy=copy)
        else:
            values = np.empty((self.n_samples, len(positions)))
            for place, position in enumerate(positions):
                values[:, place] = as_numbers(self.column(position), self.place(position))
        names = [self.names[p] for p in positions] if self.names else None
        if names is None and not mask.all():
            names = [str(p) for p in positions]
        refuse_non_finite(values, self.what, names)
        return values


def read_table(values: Any, what: str, *, vector: bool = True, min_samples: int = 0) -> Table:
    """Read one variable.

    Parameters
    ----------
    values : array-like, series, data frame, or mapping of names to columns
    what : str
        What messages call it.
    vector : bool, default=True
        Whether one dimension is enough.
    min_samples : int, default=0

    Returns
    -------
    Table

    Raises
    ------
    TypeError
        For sparse data and lazy frames.
    ValueError
        For None, for single values and more than two dimensions, for masked and structured
        arrays, and for ragged lists.
    """
    if values is None:
        raise ValueError(f"{what} must be given: an array, a list or a data frame, not None.")
    if issparse(values):
        raise TypeError(
            f"Sparse data was passed for {what}, but dense data is required: distances "
            f"between samples are taken over all columns. Use {what}.toarray()."
        )
    refuse_masked(values, what)
    table = None
    if isinstance(values, Mapping):
        table = _read_mapping(values, what)
    elif not isinstance(values, np.ndarray | list | tuple):
        table = _read_frame(values, what)
    if table is None:
        table = _read_array(_as_array(values, what), what, vector)
    if table.is_vector and not vector:
        _let_scikit_learn_refuse(table.column(0), what)
    if table.n_samples < min_samples or not table.n_columns:
        shape = (table.n_samples, table.n_columns)
        _let_scikit_learn_refuse(np.empty(shape), what, ensure_min_samples=min_samples)
    return table


def _read_mapping(columns: Mapping[Any, Any], what: str) -> Table:
    """Read columns by their names."""
    tables = [
        _read_array(_as_array(values, f"column {name!r} of {what}"), f"column {name!r}", True)
        for name, values in columns.items()
    ]
    if len({table.n_samples for table in tables}) > 1:
        lengths = {name: t.n_samples for name, t in zip(columns, tables, strict=True)}
        raise ValueError(f"The columns of {what} have different lengths: {lengths}.")
    return Table(
        what,
        [str(name) for name in columns],
        [table.column(0) for table in tables],
        [table.kinds[0] for table in tables],
        False,
        any(table.is_single for table in tables),
    )


def _as_array(values: Any, what: str) -> NDArray[Any]:
    """An array; what numpy would turn from numbers into strings stays what it is."""
    try:
        array = np.asarray(values)
        if not hasattr(values, "dtype") and array.dtype.kind in "SUT":
            array = np.array(values, dtype=object)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(
            f"{what} is ragged: its rows have different lengths. Each needs a value for "
            "every column."
        ) from error
    if array.dtype.names is not None:
        raise ValueError(
            f"{what} is a structured array with the fields {list(array.dtype.names)}. Pass a "
            "data frame, or its fields as columns: numpy.column_stack([a[name] for name in ...])."
        )
    return array


def _read_array(array: NDArray[Any], what: str, vector: bool) -> Table:
    if array.ndim == 0:
        raise ValueError(
            f"{what} must hold a value for each sample, got the single value {array[()]!r:.80}. "
            "Expected 2D array, got scalar array instead."
        )
    if array.ndim > 2 or (array.ndim == 1 and not vector):
        _let_scikit_learn_refuse(array, what)
    is_vector = array.ndim == 1
    columns = array.reshape(-1, 1) if is_vector else array
    if array.dtype.kind == "O":
        kinds = [_kind_of_objects(columns[:, i]) for i in range(columns.shape[1])]
    else:
        kinds = [_kind_of(array.dtype)] * columns.shape[1]
    is_single = array.dtype.kind == "f" and array.dtype.itemsize < 8
    return Table(what, None, columns, kinds, is_vector, is_single)


def _let_scikit_learn_refuse(array: NDArray[Any], what: str, **options: Any) -> None:
    """Raise scikit-learn's own error for a shape, which its users know."""
    check_array(array, dtype=None, ensure_all_finite=False, input_name=what, **options)
    raise AssertionError(f"scikit-learn accepted {array.shape}")


def _kind_of(dtype: np.dtype[Any]) -> str:
    if dtype.kind in "bSUT":
        return "label"
    return "integer" if dtype.kind in "iu" else "number"


def _kind_of_objects(values: NDArray[Any]) -> str:
    """Of Python objects: what is missing counts as anything."""
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


def _read_frame(values: Any, what: str) -> Table | None:
    """Read what narwhals knows; None for anything else."""
    import narwhals.stable.v2 as nw
    from narwhals.exceptions import DuplicateError

    try:
        frame = nw.from_native(values, pass_through=True, allow_series=True)
    except DuplicateError:  # pandas takes equal names
        series = [
            nw.from_native(values.iloc[:, i], series_only=True) for i in range(values.shape[1])
        ]
        return _read_series(what, [str(name) for name in values.columns], series, False)
    if isinstance(frame, nw.LazyFrame):
        raise TypeError(
            f"{what} is a lazy frame ({type(values).__module__}): make its values first, with "
            ".collect() or .compute()."
        )
    if isinstance(frame, nw.Series):
        names = [frame.name] if isinstance(frame.name, str) and frame.name else None
        return _read_series(what, names, [frame], True)
    if isinstance(frame, nw.DataFrame):
        names = [str(name) for name in frame.columns]
        return _read_series(what, names, list(frame.iter_columns()), False)
    return None


def _read_series(what: str, names: list[str] | None, series: list[Any], is_vector: bool) -> Table:
    columns, kinds, single = [], [], False
    for position, each in enumerate(series):
        values, kind = _column_of(each, place_of(what, names, position, len(series) == 1))
        columns.append(values)
        kinds.append(kind)
        single |= values.dtype.kind == "f" and values.dtype.itemsize < 8
    return Table(what, names, columns, kinds, is_vector, single)


def _column_of(series: Any, place: str) -> tuple[NDArray[Any], str]:
    """The values of a series, and their kind."""
    import narwhals.stable.v2 as nw

    dtype = series.dtype
    if dtype in (nw.String, nw.Boolean, nw.Categorical, nw.Enum, nw.Binary):
        # As objects, so that what is missing shows.
        return np.array(series.to_list(), dtype=object), "label"
    if dtype.is_temporal():
        return np.asarray(series.to_numpy()), "number"
    if dtype.is_nested():
        raise NotANumberError(f"{place} holds lists or records ({dtype}): give each a column.")
    if dtype.is_numeric():
        kind = "integer" if dtype.is_integer() else "number"
        if series.null_count() or dtype.is_decimal():
            return np.asarray(series.cast(nw.Float64).to_numpy(), dtype=np.float64), kind
        return np.asarray(series.to_numpy()), kind
    values = np.asarray(series.to_native())  # as it is in pandas: objects, sparse columns, ...
    if values.dtype.kind == "O":
        return values, _kind_of_objects(values)
    return values, _kind_of(values.dtype)
