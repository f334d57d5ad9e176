"""From what users pass to what kernels trust: paired, finite, two-dimensional floats."""

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.utils.validation import check_array, validate_data

FloatArray = NDArray[np.float64]

_LISTED = 5  # offending columns named in a message


class NotANumberError(ValueError, TypeError):
    """A value that cannot be read as a number.

    scikit-learn raises ValueError for some such values and TypeError for others.
    """


def check_pair(
    estimator: Any, X: ArrayLike, y: ArrayLike, *, reset: bool
) -> tuple[FloatArray, FloatArray]:
    """Validate the two sides of a sample for `estimator`.

    Parameters
    ----------
    estimator : BaseEstimator
        Sets (``reset=True``) or checks ``n_features_in_`` and ``feature_names_in_``.
    X : array-like of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
    reset : bool
        True in ``fit``, False elsewhere.

    Returns
    -------
    X : ndarray of float64, shape (n_samples, n_features)
    y : ndarray of float64, shape (n_samples, n_targets)

    Raises
    ------
    ValueError
        For anything but finite real numbers, for sides of different lengths, and for
        fewer than two samples.
    TypeError
        For sparse input.
    """
    names = {"X": column_names(X), "y": column_names(y)}
    refuse_non_numbers(X, "X")
    if y is not None:
        if np.ndim(y) == 0 and not issparse(y):
            raise ValueError(f"y must hold a value for each sample, got the single value {y!r}.")
        refuse_non_numbers(y, "y")
    common = {"dtype": np.float64, "ensure_all_finite": False, "estimator": estimator}
    left, right = validate_data(
        estimator,
        X,
        y,
        reset=reset,
        validate_separately=(
            {**common, "ensure_min_samples": 2},
            {
                **common,
                "ensure_2d": False,
                "ensure_min_samples": 0,
                "ensure_min_features": 0,
            },
        ),
    )
    right = right.reshape(-1, 1) if right.ndim == 1 else right
    if len(left) != len(right):
        raise ValueError(
            f"X has {len(left)} samples and y has {len(right)}: row i of X and row i of y must "
            "belong to the same observation. Found input variables with inconsistent "
            "numbers of samples."
        )
    if right.shape[1] == 0:
        raise ValueError(f"y has no columns (shape={right.shape}); at least one is needed.")
    refuse_non_finite(left, "X", names["X"])
    refuse_non_finite(right, "y", names["y"])
    return left, right


def check_variable(values: ArrayLike, name: str, *, min_columns: int = 1) -> FloatArray:
    """Validate one variable for a function; one-dimensional input is a column.

    Parameters
    ----------
    values : array-like of shape (n_samples, n_columns) or (n_samples,)
    name : str
        What messages call it.
    min_columns : int, default=1
        0 for a variable that may be empty.

    Returns
    -------
    values : ndarray of float64, shape (n_samples, n_columns)

    Raises
    ------
    ValueError
        For None, for anything but finite real numbers, and for fewer than two samples.
    TypeError
        For sparse input.
    """
    if values is None:
        raise ValueError(f"{name} must be given: numbers, not None.")
    names = column_names(values)
    refuse_non_numbers(values, name)
    checked = check_array(
        values,
        dtype=np.float64,
        ensure_2d=False,
        ensure_all_finite=False,
        ensure_min_samples=2,
        ensure_min_features=0,
        input_name=name,
    )
    checked = checked.reshape(-1, 1) if checked.ndim == 1 else checked
    if checked.shape[1] < min_columns:
        raise ValueError(f"{name} has no columns (shape={checked.shape}); at least one is needed.")
    refuse_non_finite(checked, name, names)
    return checked


def check_features(estimator: Any, X: ArrayLike, *, reset: bool) -> NDArray[Any]:
    """Validate one side for a transformer; float32 stays float32, the rest is float64.

    Raises
    ------
    ValueError
        For anything but finite real numbers.
    TypeError
        For sparse input.
    """
    names = column_names(X)
    refuse_non_numbers(X, "X")
    checked = validate_data(
        estimator, X, reset=reset, dtype=[np.float64, np.float32], ensure_all_finite=False
    )
    refuse_non_finite(checked, "X", names)
    return checked


def column_names(array: Any) -> list[str] | None:
    """The column names of a data frame or the name of a series, if there are any."""
    if hasattr(array, "columns"):
        return [str(name) for name in array.columns]
    name = getattr(array, "name", None)
    return [name] if isinstance(name, str) and hasattr(array, "dtype") else None


def is_single_precision(array: Any) -> bool:
    """Whether some column comes with fewer digits than float64 has."""
    dtypes = getattr(array, "dtypes", None)
    listed: list[Any] = list(dtypes) if np.iterable(dtypes) else [getattr(array, "dtype", None)]
    return any(getattr(d, "kind", "") == "f" and d.itemsize < 8 for d in listed)


def as_array(array: Any) -> NDArray[Any]:
    """An array; what numpy would turn from numbers into strings stays what it is."""
    if hasattr(array, "dtype"):
        return np.asarray(array)
    values = np.asarray(array)
    return np.array(array, dtype=object) if values.dtype.kind in "SUT" else values


def _columns(array: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Each column with the words that place it in a message."""
    if hasattr(array, "columns") and hasattr(array, "iloc"):
        for position, label in enumerate(array.columns):
            yield f"column {label!r} of ", np.asarray(array.iloc[:, position])
        return
    values = as_array(array)
    if values.ndim < 2:
        yield "", values.reshape(-1)
        return
    for position in range(values.shape[1]):
        yield f"column {position} of ", values[:, position].reshape(-1)


def refuse_non_numbers(array: Any, name: str) -> None:
    """Raise an error that names the first value that is not a real number."""
    if issparse(array):
        raise TypeError(
            f"Sparse data was passed for {name}, but dense data is required: distances "
            f"between samples are taken over all columns. Use {name}.toarray()."
        )
    if getattr(getattr(array, "dtype", None), "kind", None) in tuple("fiub"):
        return
    for column, values in _columns(array):
        kind = values.dtype.kind
        if kind == "c":
            raise ValueError(
                f"Complex data not supported: {column}{name} holds complex numbers. "
                "Pass real and imaginary parts as two columns."
            )
        if kind in "mM":
            raise NotANumberError(
                f"{column}{name} holds dates or durations ({values.dtype}). Turn them "
                "into numbers first, for instance days since the first."
            )
        if kind not in "OSUT":
            continue
        for row, value in enumerate(values):
            _refuse_non_number(value, f"row {row} of {column}{name}")


def _refuse_non_number(value: Any, place: str) -> None:
    if isinstance(value, (str, bytes)):
        raise NotANumberError(
            f"Numbers are needed, but {place} holds the string {str(value)!r}. KSG, "
            "mutual_info, RossMI and PlugInMI take columns that hold class labels alone; "
            "ordered categories can be encoded as numbers "
            "(sklearn.preprocessing.OrdinalEncoder)."
        )
    if value is None:
        return  # read as NaN, and refused as that
    try:
        float(value)
    except (TypeError, ValueError) as error:
        raise NotANumberError(
            f"Numbers are needed, but {place} holds {value!r}: {error}"
        ) from error


def refuse_non_finite(array: NDArray[Any], name: str, names: list[str] | None) -> None:
    """Raise an error that names the columns with NaN or infinity."""
    # The sum of finite numbers may overflow, but a non-finite one always shows in it.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):
            return
    bad = np.flatnonzero(~np.isfinite(array).all(axis=0))
    if bad.size == 0:
        return
    labels = [repr(names[b]) if names and b < len(names) else str(b) for b in bad]
    listed = ", ".join(labels[:_LISTED]) + (", ..." if len(labels) > _LISTED else "")
    what = "NaN" if np.isnan(array).any() else "infinity"
    column = "column" if len(labels) == 1 else "columns"
    row = int(np.flatnonzero(~np.isfinite(array[:, bad[0]]))[0])
    raise ValueError(
        f"Input {name} contains {what} in {column} {listed} (first in row {row}). Drop "
        "those rows or fill them in, for instance with sklearn.impute.SimpleImputer."
    )


def import_optional(
    module: str, *, purpose: str, extra: str, needs: str | None = None
) -> ModuleType:
    """Import an optional dependency, or say which extra brings it.

    Parameters
    ----------
    module : str
        Its name, as imported.
    purpose : str
        What needs it.
    extra : str
        The extra of skmi that installs it.
    needs : str, default=None
        What the message says is needed; None is the module's package.

    Raises
    ------
    ImportError
        Naming the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        needs = needs or module.partition(".")[0]
        raise ImportError(f'{purpose} needs {needs}: pip install "skmi[{extra}]"') from error
