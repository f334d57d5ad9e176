"""What the displays of recorded rows share: curves over trials, and who draws them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._optional import import_optional
from .._typing import FloatArray

# Panels beside each other, at most.
N_COLUMNS = 4


def select_rows(frame: Any, needed: Sequence[str], layer: str | None = None) -> Any:
    """A copy of the rows of one layer, or of all, with a column for trials.

    Raises
    ------
    ValueError
        If a column is missing, if there is no such layer, or if nothing is left.
    """
    missing = [column for column in needed if column not in frame.columns]
    if missing:
        raise ValueError(
            f"The rows have no column {missing[0]!r}; they should be what "
            "skmi.information_plane records."
        )
    frame = frame if "trial" in frame.columns else frame.assign(trial=0)
    if layer is not None:
        known = list(dict.fromkeys(frame["layer"]))
        if layer not in known:
            raise ValueError(f"There is no layer {layer!r} in the rows; there are {known}.")
        frame = frame[frame["layer"] == layer]
    if not len(frame):
        raise ValueError("There are no rows to draw.")
    return frame


def unique(values: Any) -> list[Any]:
    """Distinct values in the order in which they come."""
    return list(dict.fromkeys(values))


def mean_and_spread(frame: Any, x: str, y: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Values of `x`, and of `y` there the mean and the standard deviation over trials.

    Where trials have gone unequally far, only what all have is averaged: the mean does not
    jump where one ends.
    """
    table = frame.pivot_table(index=x, columns="trial", values=y, dropna=False).dropna()
    values = table.to_numpy(dtype=float)
    spread = values.std(axis=1, ddof=1) if values.shape[1] > 1 else np.zeros(len(values))
    return table.index.to_numpy(dtype=float), values.mean(axis=1), spread


def make_axes(axes: Any, n_panels: int, size: tuple[float, float]) -> Any:
    """Axes for the panels, new ones if none are given; an error if there are not enough."""
    if axes is not None:
        axes = np.asarray(axes, dtype=object).reshape(-1)
        if len(axes) != n_panels:
            raise ValueError(f"{n_panels} axes are needed, one for each; got {len(axes)}.")
        return axes
    plt = import_optional("matplotlib.pyplot", purpose="A display", extra="plot")
    n_columns = min(n_panels, N_COLUMNS)
    n_rows = -(-n_panels // n_columns)
    _, grid = plt.subplots(
        n_rows,
        n_columns,
        figsize=(size[0] * n_columns + 0.8, size[1] * n_rows),
        squeeze=False,
        layout="constrained",
    )
    axes = grid.reshape(-1)
    for unused in axes[n_panels:]:
        unused.remove()
    return axes[:n_panels]


def trials_note(frame: Any, *, band: bool = False) -> str:
    """How many trials there are, in words, and what the band is if there is one."""
    n_trials = frame["trial"].nunique()
    if n_trials == 1:
        return "one trial"
    return f"mean of {n_trials} trials" + (", band: ±1 standard deviation" if band else "")
