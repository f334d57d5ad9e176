"""What all displays share: where they draw, what they are given, and what they find inside."""

import textwrap
from typing import Any

import numpy as np

from .._input._checks import refuse_masked
from .._optional import import_optional
from .._params import in_short
from .._typing import FloatArray

# Panels beside each other, at most.
N_COLUMNS = 4

# A small font, in points; how many letters of it an inch has, and of the usual one a panel.
_SMALL_FONT, _LETTERS_PER_INCH, _FEW_LETTERS = 9, 13, 40


def one_axes(ax: Any, **figure: Any) -> Any:
    """Axes for a display of one panel, new ones if none are given.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If `ax` is no Axes.
    """
    plt = import_optional("matplotlib.pyplot", purpose="A display", extra="plot")
    if ax is None:
        return plt.subplots(layout="constrained", **figure)[1]
    _check_axes(ax, "ax")
    return ax


def several_axes(axes: Any, n_panels: int, size: tuple[float, float]) -> Any:
    """Axes for the panels of a display, new ones if none are given.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    TypeError
        If one of `axes` is no Axes.
    ValueError
        If there is not one for each panel.
    """
    plt = import_optional("matplotlib.pyplot", purpose="A display", extra="plot")
    if axes is not None:
        axes = np.asarray(axes, dtype=object).reshape(-1)
        if len(axes) != n_panels:
            raise ValueError(f"axes: {n_panels} are needed, one for each panel; got {len(axes)}.")
        for ax in axes:
            _check_axes(ax, "axes")
        return axes
    n_columns = min(n_panels, N_COLUMNS)
    n_rows = -(-n_panels // n_columns)
    figsize = size[0] * n_columns + 0.8, size[1] * n_rows
    _, grid = plt.subplots(n_rows, n_columns, figsize=figsize, squeeze=False, layout="constrained")
    axes = grid.reshape(-1)
    for unused in axes[n_panels:]:
        unused.remove()
    return axes[:n_panels]


def say_below(axes: Any, words: str, *, own_figure: bool) -> None:
    """What holds of all panels, below them: below the figure, or below the first one given."""
    figure = axes[0].figure
    if own_figure:
        width = int(_LETTERS_PER_INCH * figure.get_figwidth())
        figure.supxlabel(textwrap.fill(words, width), fontsize=_SMALL_FONT)
    else:
        axes[0].set_xlabel(f"{axes[0].get_xlabel()}\n{textwrap.fill(words, _FEW_LETTERS)}")


def _check_axes(ax: Any, name: str) -> None:
    axes = import_optional("matplotlib.axes", purpose="A display", extra="plot")
    if not isinstance(ax, axes.Axes):
        raise TypeError(f"{name} must be of matplotlib's Axes, got {in_short(ax)}.")


def check_numbers(values: Any, name: str, shape: tuple[int | None, ...]) -> FloatArray:
    """An array of numbers of this shape, in which None stands for any length but 0.

    Raises
    ------
    TypeError
        If there are others than numbers.
    ValueError
        If the shape is another one.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ValueError(f"{name} must be an array of numbers: {error}") from error
    if array.dtype.kind not in "fiu" and array.size:
        raise TypeError(f"{name} must be an array of numbers, got {in_short(values)}.")
    fits = array.ndim == len(shape) and all(
        n > 0 if asked is None else n == asked for n, asked in zip(array.shape, shape, strict=False)
    )
    if not fits:
        words = str(tuple("any" if n is None else n for n in shape)).replace("'", "")
        raise ValueError(f"{name} has shape {array.shape}, but {words} is needed.")
    return array.astype(float)


def check_finite(value: Any, name: str) -> float:
    """One number that is not NaN or infinite."""
    number = float(check_numbers(value, name, ()))
    if not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number, got {number}.")
    return number


def check_has_method(value: Any, name: str, method: str) -> None:
    """An error unless it is an object that has a method; a class is none."""
    if isinstance(value, type):
        raise TypeError(
            f"{name} must be an object, got the class {value.__name__}: give {value.__name__}(...)."
        )
    if not callable(getattr(value, method, None)):
        raise TypeError(f"{name} must have {method}(), got {in_short(value)}.")


def check_sample(X: Any, y: Any) -> tuple[Any, Any]:
    """A sample as estimators take it: X with columns, y of as many samples."""
    for name, values in (("X", X), ("y", y)):
        refuse_masked(values, name)
        try:
            n_dimensions = np.ndim(values)
        except ValueError as error:
            raise ValueError(f"{name} must be an array: {error}") from error
        if n_dimensions == 0:
            raise ValueError(f"{name} must have a row for each sample, got {in_short(values)}.")
    if not len(X) or len(X) != len(y):
        raise ValueError(f"X has {len(X)} samples and y has {len(y)}.")
    return np.asarray(X).reshape(-1, 1) if np.ndim(X) == 1 else X, y


def check_side(side: Any) -> str:
    """The name of the variable that was multiplied."""
    if side not in ["X", "y"]:
        raise ValueError(f"side must be 'X' or 'y', got {in_short(side)}.")
    return str(side)


def find_inside(estimator: Any, attribute: str) -> Any:
    """What has the attribute: the estimator, or one that it holds; None if there is none."""
    while estimator is not None and not hasattr(estimator, attribute):
        if hasattr(estimator, "steps"):
            estimator = estimator.steps[-1][1]
        else:
            held = getattr(estimator, "best_estimator_", None)
            estimator = getattr(estimator, "estimator_", held)
    return estimator
