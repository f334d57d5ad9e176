"""Information of a layer against the ratio of signal to noise."""

from typing import Any, Self

import numpy as np

from ._axes import one_axes
from ._trials import average_trials, describe_trials, estimator_title, list_distinct, select_rows

_COLUMNS = ("snr_db", "layer", "estimator", "mi_x")
_MARKERS = "oDs^v<>P*X"


class NoiseResponseDisplay:
    """I(X; Z + noise) against the signal-to-noise ratio: the truth only rises.

    Parameters
    ----------
    rows : :class:`pandas.DataFrame`
        What `noise_response` returns; with a column ``trial``, the mean over trials is
        drawn, and a band of one standard deviation to either side.
    layer : str, default=None
        The layer; None is the first. The picture names it.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    lines_ : list of matplotlib Line2D
        A curve for each estimator.

    See Also
    --------
    skmi.information_plane.noise_response : Makes the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmi.inspection import NoiseResponseDisplay
    >>> rows = pd.DataFrame({
    ...     "snr_db": [-10.0, 0.0, 10.0], "layer": "relu1", "estimator": "ksg-global",
    ...     "mi_x": [0.1, 0.6, 1.2],
    ... })
    >>> display = NoiseResponseDisplay.from_results(rows)
    >>> display.ax_.get_xlabel()
    'signal-to-noise ratio (dB)'
    """

    def __init__(self, rows: Any, *, layer: str | None = None) -> None:
        self.rows = rows
        self.layer = layer

    @classmethod
    def from_results(cls, rows: Any, *, layer: str | None = None, ax: Any = None) -> Self:
        """Draw what `noise_response` returned.

        Parameters
        ----------
        rows : :class:`pandas.DataFrame`
            What `noise_response` returns.
        layer : str, default=None
            The layer; None is the first.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : NoiseResponseDisplay
        """
        return cls(rows, layer=layer).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : NoiseResponseDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there is nothing to draw.
        """
        frame = select_rows(self.rows, _COLUMNS, self.layer)
        layer, *others = list_distinct(frame["layer"])
        frame = frame[frame["layer"] == layer]
        self.ax_ = ax = one_axes(ax)
        self.figure_ = ax.figure
        names = list_distinct(frame["estimator"])
        self.lines_ = []
        # Estimates that agree lie over each other: each marker is larger than the next.
        sizes = np.linspace(8, 4, max(len(names), 2))
        for name, marker, size in zip(names, _MARKERS * len(names), sizes, strict=False):
            rows = frame[frame["estimator"] == name]
            x, (mean,), (spread,) = average_trials(rows, "snr_db", "mi_x")
            label = estimator_title(name, rows, "mi_x")
            (line,) = ax.plot(x, mean, marker=marker, markersize=size, label=label)
            if np.any(spread > 0):
                color = line.get_color()
                ax.fill_between(
                    x, mean - spread, mean + spread, color=color, alpha=0.15, linewidth=0
                )
            self.lines_.append(line)
        ax.set_xlabel("signal-to-noise ratio (dB)")
        ax.set_ylabel("I(X; Z + noise) (nats)")
        which = f"layer {layer!r}" + (f", one of {1 + len(others)}" if others else "")
        said = f"{which}; {describe_trials(frame, 'snr_db', 'mi_x', band=True)}"
        ax.set_title(said, fontsize=9, loc="right")
        ax.grid(alpha=0.3)
        ax.legend()
        return self
