"""Information of a layer against the ratio of signal to noise."""

from typing import Any, Self

import numpy as np

from .._optional import import_optional
from ._trials import mean_and_spread, select_rows, trials_note, unique

_COLUMNS = ("snr_db", "estimator", "mi_x")
_MARKERS = "oDs^v<>P*X"


class NoiseResponseDisplay:
    """I(X; Z + noise) against the signal-to-noise ratio: the truth only rises.

    Parameters
    ----------
    rows : :class:`pandas.DataFrame`
        What `noise_response` returns; with a column ``trial``, the mean over trials is
        drawn, and a band of one standard deviation to either side.

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
    ...     "snr_db": [-10.0, 0.0, 10.0], "estimator": "ksg-global", "mi_x": [0.1, 0.6, 1.2]
    ... })
    >>> display = NoiseResponseDisplay.from_results(rows)
    >>> display.ax_.get_xlabel()
    'signal-to-noise ratio (dB)'
    """

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    @classmethod
    def from_results(cls, rows: Any, *, ax: Any = None) -> Self:
        """Draw what `noise_response` returned.

        Parameters
        ----------
        rows : :class:`pandas.DataFrame`
            What `noise_response` returns.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : NoiseResponseDisplay
        """
        return cls(rows).plot(ax)

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
        plt = import_optional("matplotlib.pyplot", purpose="A display", extra="plot")
        frame = select_rows(self.rows, _COLUMNS)
        if ax is None:
            _, ax = plt.subplots(layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        names = unique(frame["estimator"])
        self.lines_ = []
        # Estimates that agree lie over each other: each marker is larger than the next.
        sizes = np.linspace(8, 4, max(len(names), 2))
        for name, marker, size in zip(names, _MARKERS * len(names), sizes, strict=False):
            x, mean, spread = mean_and_spread(frame[frame["estimator"] == name], "snr_db", "mi_x")
            (line,) = ax.plot(x, mean, marker=marker, markersize=size, label=name)
            if np.any(spread > 0):
                color = line.get_color()
                ax.fill_between(
                    x, mean - spread, mean + spread, color=color, alpha=0.15, linewidth=0
                )
            self.lines_.append(line)
        ax.set_xlabel("signal-to-noise ratio (dB)")
        ax.set_ylabel("I(X; Z + noise) (nats)")
        if frame["trial"].nunique() > 1:
            ax.set_title(trials_note(frame, band=True), fontsize=9, loc="right")
        ax.grid(alpha=0.3)
        ax.legend()
        return self
