"""Information along training, beside the size of what it is about."""

from typing import Any, Self

import numpy as np

from ._axes import N_COLUMNS, say_below, several_axes
from ._trials import average_trials, describe_trials, estimator_title, list_distinct, select_rows

_COLUMNS = ("epoch", "layer", "estimator", "mi_x", "mi_y", "scale")
_LABELS = {"mi_x": "I(X; Z) (nats)", "mi_y": "I(Z; Y) (nats)"}


class TrainingDynamicsDisplay:
    """I(X; Z) over epochs, with the size of the layer on a second axis.

    A panel for each estimator. An estimate that only follows the grey curve measures the
    size of the layer rather than its information.

    Parameters
    ----------
    rows : :class:`pandas.DataFrame`
        What `InformationPlane` records; with a column ``trial``, the mean over trials is
        drawn, and a band of one standard deviation to either side.
    layer : str, default=None
        The layer; None is the first. The picture names it.
    quantity : {"mi_x", "mi_y"}, default="mi_x"
        I(X; Z) or I(Z; Y).

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each estimator.
    scale_axes_ : list of matplotlib Axes
        Those of the layer's size.
    figure_ : matplotlib Figure
        Their figure.
    lines_ : list of matplotlib Line2D
        The estimates, one for each panel.
    scale_lines_ : list of matplotlib Line2D
        The layer's size, one for each panel.

    See Also
    --------
    InformationPlaneDisplay : I(X; Z) against I(Z; Y).

    Examples
    --------
    >>> import pandas as pd
    >>> from skmi.inspection import TrainingDynamicsDisplay
    >>> rows = pd.DataFrame({
    ...     "epoch": [0, 1, 2], "layer": "relu1", "estimator": "ksg-global-linf",
    ...     "mi_x": [1.0, 2.0, 1.5], "mi_y": [0.1, 0.5, 0.7], "scale": [1.0, 2.0, 4.0],
    ... })
    >>> display = TrainingDynamicsDisplay.from_results(rows)
    >>> display.scale_lines_[0].get_ydata()
    array([1., 2., 4.])
    """

    def __init__(self, rows: Any, *, layer: str | None = None, quantity: str = "mi_x") -> None:
        self.rows = rows
        self.layer = layer
        self.quantity = quantity

    @classmethod
    def from_results(
        cls, rows: Any, *, layer: str | None = None, quantity: str = "mi_x", axes: Any = None
    ) -> Self:
        """Draw what was recorded.

        Parameters
        ----------
        rows : :class:`pandas.DataFrame`
            What `InformationPlane` records.
        layer : str, default=None
            The layer; None is the first.
        quantity : {"mi_x", "mi_y"}, default="mi_x"
            I(X; Z) or I(Z; Y).
        axes : array-like of matplotlib Axes, default=None
            One for each estimator; None makes a new figure.

        Returns
        -------
        display : TrainingDynamicsDisplay
        """
        return cls(rows, layer=layer, quantity=quantity).plot(axes)

    def plot(self, axes: Any = None) -> Self:
        """Draw the panels.

        Parameters
        ----------
        axes : array-like of matplotlib Axes, default=None
            One for each estimator; None makes a new figure.

        Returns
        -------
        display : TrainingDynamicsDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there is nothing to draw, or not one of `axes` for each estimator.
        """
        if self.quantity not in list(_LABELS):
            raise ValueError(f"quantity must be one of {list(_LABELS)}, got {self.quantity!r}.")
        frame = select_rows(self.rows, _COLUMNS, self.layer)
        layer, *others = list_distinct(frame["layer"])
        frame = frame[frame["layer"] == layer]
        if frame[self.quantity].isna().all():
            raise ValueError(f"There is no {_LABELS[self.quantity][:7]} of layer {layer!r}.")
        estimators = list_distinct(frame["estimator"])
        new_figure = axes is None
        axes = several_axes(axes, len(estimators), (3.4, 3.2))
        self.axes_, self.figure_ = axes, axes[0].figure
        self.scale_axes_ = [ax.twinx() for ax in axes]
        self.lines_, self.scale_lines_ = [], []
        for name, ax, other in zip(estimators, axes, self.scale_axes_, strict=True):
            rows = frame[frame["estimator"] == name]
            epochs, means, spreads = average_trials(rows, "epoch", self.quantity, "scale")
            style = {"color": "0.55", "linestyle": "--", "label": "|Z|"}
            self.scale_lines_.append(_draw(other, epochs, means[1], spreads[1], style))
            style = {"color": "C0", "label": _LABELS[self.quantity]}
            self.lines_.append(_draw(ax, epochs, means[0], spreads[0], style))
            ax.set_zorder(other.get_zorder() + 1)  # the estimate above the size
            ax.patch.set_visible(False)
            ax.set_title(estimator_title(name, rows, self.quantity), fontsize=11)
            ax.set_xlabel("epoch")
            ax.tick_params(axis="y", colors="C0")
            other.tick_params(axis="y", colors="0.45")
            other.set_ylim(bottom=0)
            ax.grid(alpha=0.3)
        for i, ax in enumerate(axes):
            if i % N_COLUMNS == 0:
                ax.set_ylabel(_LABELS[self.quantity], color="C0")
            if i % N_COLUMNS == N_COLUMNS - 1 or ax is axes[-1]:
                self.scale_axes_[i].set_ylabel("|Z|", color="0.45")
        lines = [self.lines_[0], self.scale_lines_[0]]
        if new_figure:  # beside the panels: inside, it would hide a curve of the other axis
            self.figure_.legend(handles=lines, loc="outside upper left", ncols=2, fontsize=8)
        else:
            axes[0].legend(handles=lines, fontsize=8)
        which = f"layer {layer!r}" + (f", one of {1 + len(others)}" if others else "")
        said = f"{which}; {describe_trials(frame, 'epoch', self.quantity, 'scale', band=True)}"
        say_below(axes, said, own_figure=new_figure)
        return self


def _draw(ax: Any, x: Any, mean: Any, spread: Any, style: dict[str, Any]) -> Any:
    (line,) = ax.plot(x, mean, **style)
    if np.any(spread > 0):
        ax.fill_between(
            x, mean - spread, mean + spread, color=style["color"], alpha=0.2, linewidth=0
        )
    return line
