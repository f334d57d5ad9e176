"""Which columns hold labels and which hold numbers, and the road that follows from it.

A column's dtype decides, never its values: booleans, strings and categories are
labels, floats are numbers however round they are, and integers are what the caller
takes them for.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

from ._codes import BoolArray, encode_labels
from ._columns import kind_of, raw_columns
from ._validation import FloatArray, as_array, check_pair, column_names
from ._warn import warn_caller

# More distinct integers than this, with fewer samples for each on average than that,
# look like a measurement rather than like labels.
_FEW_LABELS = 10
_SAMPLES_PER_LABEL = 5


def discrete_columns(
    array: Any, discrete: Any = "auto", *, name: str, integers: bool = True
) -> BoolArray:
    """Which columns hold labels.

    Parameters
    ----------
    array : array-like of shape (n_samples,) or (n_samples, n_columns)
        An array, a list, a series or a data frame, not validated yet.
    discrete : "auto", bool or array-like, default="auto"
        "auto" goes by dtype: booleans, strings and categories are labels, floats are
        numbers. A bool is for all columns. An array is a mask of booleans or the
        positions of the columns that hold labels.
    name : str
        What messages call the array: "X" or "y".
    integers : bool, default=True
        Whether "auto" takes integers for labels.

    Returns
    -------
    mask : ndarray of bool, shape (n_columns,)

    Raises
    ------
    ValueError
        If `discrete` is not one of these, or does not fit the number of columns.
    """
    kinds = [kind_of(dtype, values) for dtype, values in raw_columns(array)]
    if isinstance(discrete, str):
        if discrete != "auto":
            raise ValueError(
                f"{_switch(name)} must be 'auto', a bool, or a mask or the positions of "
                f"columns; got {discrete!r}."
            )
        return np.array([k == "label" or (integers and k == "integer") for k in kinds], dtype=bool)
    return _explicit_mask(discrete, len(kinds), name)


def numbers(values: FloatArray, mask: BoolArray) -> FloatArray:
    """The columns that hold no labels."""
    if mask.all() or not mask.any():
        return values[:, :0] if mask.all() else values
    return values[:, ~mask]


def as_column(values: Any) -> Any:
    """One-dimensional values as one column, with the dtype they came in."""
    if hasattr(values, "to_frame"):
        return values.to_frame()
    return as_array(values).reshape(-1, 1)


def looks_like_a_measurement(n_distinct: int, n_samples: int) -> bool:
    """Whether so many distinct integers are more than labels usually are."""
    return n_distinct > _FEW_LABELS and n_distinct * _SAMPLES_PER_LABEL > n_samples


def warn_many_integers(array: Any, mask: BoolArray, *, name: str) -> None:
    """Warn of columns in `mask` whose integers look like a measurement.

    Parameters
    ----------
    array : array-like of shape (n_samples,) or (n_samples, n_columns)
    mask : ndarray of bool, shape (n_columns,)
        Columns that "auto" takes for labels.
    name : str
        What messages call the array: "X" or "y".

    Warns
    -----
    UserWarning
        If a column has more than ten distinct integers, each for fewer than five
        samples on average. It names the parameter that takes them for numbers.
    """
    names = column_names(array)
    for position, (dtype, values) in enumerate(raw_columns(array)):
        if not mask[position] or kind_of(dtype, values) != "integer":
            continue
        n_distinct, n_samples = len(set(values.tolist())), len(values)
        if not looks_like_a_measurement(n_distinct, n_samples):
            continue
        label = repr(names[position]) if names else str(position)
        place = name if len(mask) == 1 else f"Column {label} of {name}"
        warn_caller(
            f"{place} holds {n_distinct} distinct integers among {n_samples} samples and is "
            f"taken as discrete; pass {_switch(name)}=False if it is a measurement.",
        )


class Kinds(NamedTuple):
    """Which columns of the two sides hold labels, and the road that follows from it."""

    X: BoolArray
    y: BoolArray

    @property
    def method(self) -> str:
        """The road: "ksg", "ross", "plug-in" or "mixed"."""
        if not (self.X.any() or self.y.any()):
            return "ksg"
        if self.X.all() and self.y.all():
            return "plug-in"
        one_side_of_labels = self.X.all() or self.y.all()
        other_of_numbers = not (self.X.any() and self.y.any())
        return "ross" if one_side_of_labels and other_of_numbers else "mixed"

    @property
    def have_a_relative_scale(self) -> bool:
        """Whether there are numbers on both sides, one scale against the other."""
        return not (self.X.all() or self.y.all())


def asked_kinds(estimator: Any) -> tuple[Any, Any] | None:
    """What an estimator, or the one inside it, is told about kinds.

    Parameters
    ----------
    estimator : estimator

    Returns
    -------
    discrete_features, discrete_target : the parameters of those names
        None if there are no such parameters: then all variables are numbers.
    """
    found = {
        name.rpartition("__")[2]: value
        for name, value in estimator.get_params().items()
        if name.rpartition("__")[2] in ("discrete_features", "discrete_target")
    }
    if len(found) < 2:
        return None
    return found["discrete_features"], found["discrete_target"]


def tell_kinds(estimator: Any, kinds: Kinds) -> Any:
    """Set the parameters for kinds of an estimator, or of the one inside it."""
    told = {"discrete_features": kinds.X, "discrete_target": kinds.y}
    params = {
        name: _as_parameter(told[name.rpartition("__")[2]])
        for name in estimator.get_params()
        if name.rpartition("__")[2] in told
    }
    return estimator.set_params(**params)


def check_pair_of_kinds(
    estimator: Any, X: Any, y: Any, asked: tuple[Any, Any] | Kinds, *, reset: bool
) -> tuple[FloatArray, FloatArray, Kinds]:
    """Validate the two sides of a sample, either of which may hold labels.

    Parameters
    ----------
    estimator : BaseEstimator
        As in `check_pair`.
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
    asked : Kinds or (discrete_features, discrete_target)
        The kinds, if they are known; or "auto", a bool, a mask or positions for each
        side. With "auto", integers are labels in y, and in X if it has one column.
    reset : bool
        True in ``fit``, False elsewhere.

    Returns
    -------
    X, y : ndarray of float64, two-dimensional
        Labels are codes from 0.
    kinds : Kinds

    Raises
    ------
    ValueError
        As `check_pair`, and if a label is missing.

    Warns
    -----
    UserWarning
        If integers that "auto" takes for labels look like a measurement.
    """
    X, y = _as_known(X), _as_known(y)
    if is_no_pair(X, y):
        check_pair(estimator, X, y, reset=reset)  # says what is wrong
    if isinstance(asked, Kinds):
        kinds = Kinds(_fitting(asked.X, X, "X"), _fitting(asked.y, y, "y"))
    else:
        kinds = Kinds(_mask(X, asked[0], "X"), _mask(y, asked[1], "y"))
    X = encode_labels(X, kinds.X, name="X")
    y = encode_labels(y, kinds.y, name="y")
    X, y = check_pair(estimator, X, y, reset=reset)
    return X, y, kinds


def _as_known(array: Any) -> Any:
    """An array of what only promises to become one; anything else as it is."""
    promises = hasattr(array, "__array__") and not hasattr(array, "dtype")
    return np.asarray(array) if promises and not hasattr(array, "columns") else array


def is_no_pair(X: Any, y: Any) -> bool:
    """Whether this is no sample of two sides, so that there are no kinds to tell."""
    if issparse(X) or issparse(y) or y is None:
        return True
    return np.ndim(X) != 2 or np.ndim(y) not in (1, 2)


def _mask(array: Any, discrete: Any, name: str) -> BoolArray:
    one_column = np.ndim(array) == 1 or np.shape(array)[1] == 1
    mask = discrete_columns(array, discrete, name=name, integers=name == "y" or one_column)
    if isinstance(discrete, str):
        warn_many_integers(array, mask, name=name)
    return mask


def _fitting(mask: BoolArray, array: Any, name: str) -> BoolArray:
    """The mask learnt in `fit`, if the array has as many columns."""
    n_columns = 1 if np.ndim(array) == 1 else np.shape(array)[1]
    if n_columns == len(mask):
        return mask
    if name == "X":  # an error to come: labels must not hide it
        return discrete_columns(array, name=name)
    if mask.all() or not mask.any():
        return np.full(n_columns, bool(mask.all()))
    raise ValueError(f"y has {n_columns} columns, but had {len(mask)} in fit.")


def _as_parameter(mask: BoolArray) -> Any:
    return bool(mask.all()) if mask.all() or not mask.any() else mask


def _switch(name: str) -> str:
    return {"X": "discrete_features", "y": "discrete_target"}.get(name, f"discrete_{name}")


def _explicit_mask(discrete: Any, n_columns: int, name: str) -> BoolArray:
    given = np.asarray(discrete)
    if given.ndim == 0 and given.dtype == bool:
        return np.full(n_columns, bool(given))
    if given.ndim == 1 and given.dtype == bool:
        if given.size != n_columns:
            raise ValueError(
                f"{_switch(name)} is a mask of {given.size} columns, but {name} has {n_columns}."
            )
        return given.copy()
    if given.ndim == 1 and (given.dtype.kind in "iu" or given.size == 0):
        if given.size and not (-n_columns <= given.min() and given.max() < n_columns):
            raise ValueError(
                f"{_switch(name)}={discrete!r} names a column that {name} does not have: "
                f"it has {n_columns}."
            )
        mask = np.zeros(n_columns, dtype=bool)
        mask[given.astype(np.int64)] = True
        return mask
    raise ValueError(
        f"{_switch(name)} must be 'auto', a bool, or a mask or the positions of columns; "
        f"got {discrete!r}."
    )
