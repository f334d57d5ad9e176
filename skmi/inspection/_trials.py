"""What the displays of recorded rows share: curves over trials, and what they leave out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._typing import FloatArray

# What tells a row from all others.
_KEYS = ("trial", "epoch", "snr_db", "layer", "estimator")


def select_rows(rows: Any, needed: Sequence[str], layer: str | None = None) -> Any:
    """The rows of one layer, or of all, with a column for trials.

    Raises
    ------
    TypeError
        If it is no data frame.
    ValueError
        If a column is missing, if there is no such layer, if a row is there twice, or if
        nothing is left.
    """
    if not hasattr(rows, "columns") or not hasattr(rows, "pivot_table"):
        raise TypeError(
            "rows must be a data frame, as InformationPlane.to_frame() and noise_response() return "
            f"it, got {type(rows).__name__}."
        )
    missing = [column for column in needed if column not in rows.columns]
    if missing:
        raise ValueError(
            f"The rows have no column {missing[0]!r}; they should be what "
            "skmi.information_plane records."
        )
    frame = rows if "trial" in rows.columns else rows.assign(trial=0)
    if layer is not None:
        known = list_distinct(frame["layer"])
        if layer not in known:
            raise ValueError(f"There is no layer {layer!r} in the rows; there are {known}.")
        frame = frame[frame["layer"] == layer]
    if not len(frame):
        raise ValueError("There are no rows to draw.")
    keys = [key for key in _KEYS if key in frame.columns]
    if frame.duplicated(keys).any():
        twice = frame[frame.duplicated(keys)].iloc[0]
        where = ", ".join(f"{key} {twice[key]}" for key in keys)
        raise ValueError(
            f"The rows have {where} twice. If they come from several trainings, number these in a "
            "column 'trial'."
        )
    return frame


def list_distinct(values: Any) -> list[Any]:
    """Distinct values in the order in which they come."""
    return list(dict.fromkeys(values))


def average_trials(
    frame: Any, x: str, *ys: str
) -> tuple[FloatArray, list[FloatArray], list[FloatArray]]:
    """Values of `x`, and there the mean and the standard deviation of each of `ys` over trials.

    Where trials have gone unequally far, or where one has NaN, nothing is averaged: the mean
    does not jump where one ends.
    """
    table = frame.pivot_table(index=x, columns="trial", values=list(ys), dropna=False).dropna()
    means, spreads = [], []
    for y in ys:
        values = table[y].to_numpy(dtype=float)
        several = values.shape[1] > 1 and len(values) > 0
        means.append(values.mean(axis=1))
        spreads.append(values.std(axis=1, ddof=1) if several else np.zeros(len(values)))
    return table.index.to_numpy(dtype=float), means, spreads


def describe_trials(frame: Any, x: str, *ys: str, band: bool = False) -> str:
    """In words: how many trials there are, what the band is, and what is not drawn of them."""
    n_trials = frame["trial"].nunique()
    words = ["one trial" if n_trials == 1 else f"mean of {n_trials} trials"]
    if band and n_trials > 1:
        words.append("band: ±1 standard deviation")
    curves = [group for _, group in frame.groupby(["layer", "estimator"])]
    fewest = min(len(average_trials(group, x, *ys)[0]) for group in curves)
    if fewest < (n_all := frame[x].nunique()):
        whose = "with all values" if n_trials == 1 else "that all trials have"
        words.append(
            f"only the {fewest} of {n_all} {'epochs' if x == 'epoch' else 'ratios'} {whose}"
        )
    return ", ".join(words)


def estimator_title(name: str, frame: Any, *quantities: str) -> str:
    """The estimator's name, and how often it doubts its estimates of these quantities."""
    doubts = frame["doubts"] if "doubts" in frame.columns else []
    doubted = sum(any(f"{each}:" in doubt for each in quantities) for doubt in doubts)
    return f"{name}\nin doubt: {doubted} of {len(frame)}" if doubted else name
