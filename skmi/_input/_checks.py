"""Errors that say what is wrong with a value, where it stands, and the way out."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._typing import FloatArray

# Offending columns named in a message.
_LISTED = 5
# Integers beyond this are not all floats.
_LARGEST_EXACT = 2**53


class NotANumberError(ValueError, TypeError):
    """A value that cannot be read as a number.

    scikit-learn raises ValueError for some such values and TypeError for others.
    """


def is_missing(value: Any) -> bool:
    """Whether it is None, NaN, or what pandas has for them."""
    if value is None:
        return True
    if isinstance(value, float | np.floating):
        return bool(value != value)
    return type(value).__name__ in ("NAType", "NaTType")


def place_of(what: str, names: Sequence[str] | None, position: int, one_column: bool) -> str:
    """Words that place a column in a message: "column 'age' of X"."""
    if names is not None:
        return f"column {names[position]!r} of {what}"
    return what if one_column else f"column {position} of {what}"


def listed(labels: Sequence[str]) -> str:
    """A few of many, for a message."""
    return ", ".join(labels[:_LISTED]) + (", ..." if len(labels) > _LISTED else "")


def as_numbers(column: NDArray[Any], place: str) -> FloatArray:
    """One column as floats; what is missing becomes NaN.

    Raises
    ------
    NotANumberError
        For strings, dates and other objects; it names the row.
    ValueError
        For complex numbers, and for integers that are no floats.
    """
    kind = column.dtype.kind
    if kind == "c":
        raise ValueError(
            f"Complex data not supported: {place} holds complex numbers. "
            "Pass real and imaginary parts as two columns."
        )
    if kind in "mM":
        raise NotANumberError(
            f"{place} holds dates or durations ({column.dtype}). Turn them "
            "into numbers first, for instance days since the first."
        )
    if kind in "OSUT":
        for row, value in enumerate(column):
            _refuse_non_number(value, f"row {row} of {place}")
    elif kind in "iu":
        refuse_inexact(column, place)
    elif kind not in "fb":
        raise NotANumberError(f"{place} holds no numbers ({column.dtype}).")
    with np.errstate(over="ignore"):
        return column.astype(np.float64)


def refuse_inexact(values: NDArray[Any], place: str) -> None:
    """Raise an error for integers that double precision cannot tell apart."""
    if values.dtype.itemsize < 8 or not values.size:
        return
    largest = max(int(values.max()), -int(values.min()))
    if largest > _LARGEST_EXACT:
        raise ValueError(
            f"{place} holds the integer {largest}: beyond 2**53 double precision cannot tell "
            "neighbouring integers apart. Subtract an offset first; or pass labels as strings."
        )


def _refuse_non_number(value: Any, place: str) -> None:
    if isinstance(value, (str, bytes)):
        raise NotANumberError(
            f"Numbers are needed, but {place} holds the string {str(value)!r}. KSG, "
            "mutual_info, RossMI and PlugInMI take columns that hold class labels alone; "
            "ordered categories can be encoded as numbers "
            "(sklearn.preprocessing.OrdinalEncoder)."
        )
    if value is None or is_missing(value):
        return  # read as NaN, and refused as that
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError) as error:
        shown = f"{value!r:.40}"
        raise NotANumberError(f"Numbers are needed, but {place} holds {shown}: {error}") from error
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT and int(number) != value:
        refuse_inexact(np.array([_LARGEST_EXACT + 1]), place)


def refuse_non_finite(array: NDArray[Any], what: str, names: Sequence[str] | None) -> None:
    """Raise an error that names the columns of a two-dimensional array with NaN or infinity."""
    # The sum of finite numbers may overflow, but a non-finite one always shows in it.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):
            return
    bad = [int(column) for column in np.flatnonzero(~np.isfinite(array).all(axis=0))]
    if not bad:
        return
    labels = [repr(names[b]) if names and b < len(names) else str(b) for b in bad]
    what_is_there = "NaN" if np.isnan(array).any() else "infinity"
    column = "column" if len(labels) == 1 else "columns"
    row = int(np.flatnonzero(~np.isfinite(array[:, bad[0]]))[0])
    raise ValueError(
        f"Input {what} contains {what_is_there} in {column} {listed(labels)} (first in row "
        f"{row}). Drop those rows or fill them in, for instance with "
        "sklearn.impute.SimpleImputer."
    )


def refuse_masked(array: Any, what: str) -> None:
    """Raise an error for values that are masked: nothing here would leave them out."""
    if isinstance(array, np.ma.MaskedArray) and np.ma.getmaskarray(array).any():
        n_masked = int(np.ma.getmaskarray(array).sum())
        raise ValueError(
            f"{what} is a masked array with {n_masked} masked values, which would be taken for "
            "data. Drop those rows, or fill them in with .filled(value)."
        )


def check_base(base: Any) -> float:
    """The unit of information in nats that a base of the logarithm stands for.

    Raises
    ------
    ValueError
        If it is not a positive number other than 1.
    """
    if base is None:
        return 1.0
    valid = isinstance(base, Real) and not isinstance(base, bool | np.bool_)
    if not (valid and np.isfinite(base) and base > 0 and base != 1):
        raise ValueError(
            f"base must be a positive number other than 1, or None for nats; got {base!r:.80}."
        )
    return float(np.log(float(base)))
