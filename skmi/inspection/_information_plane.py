"""The path of layers through the information plane."""

from typing import Any, Self

import numpy as np

from .._optional import import_optional
from .._params import in_short
from ._axes import N_COLUMNS, say_below, several_axes
from ._trials import average_trials, describe_trials, estimator_title, list_distinct, select_rows

_COLUMNS = ("epoch", "layer", "estimator", "mi_x", "mi_y")
_MARKERS = "osD^vP*X<>"


class InformationPlaneDisplay:
    """I(Z; Y) against I(X; Z): a path for each layer, coloured by epoch.

    A panel for each estimator. Fitting goes up and to the right; what is called
    compression then goes to the left.

    Parameters
    ----------
    rows : :class:`pandas.DataFrame`
        What `InformationPlane` records; with a column ``trial``, the mean over trials.
    layers : list of str, default=None
        The layers; None is all.
    log_epochs : bool or "auto", default="auto"
        Whether colours follow the logarithm of the epoch. "auto" does so if most epochs
        were recorded in the first quarter of the training.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One for each estimator.
    figure_ : matplotlib Figure
        Their figure.
    points_ : list of matplotlib PathCollection
        The points of each path, panel by panel.
    colorbar_ : matplotlib Colorbar
        Epochs.

    See Also
    --------
    TrainingDynamicsDisplay : I(X; Z) over epochs, beside the size of Z.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmi.inspection import InformationPlaneDisplay
    >>> rows = pd.DataFrame({
    ...     "epoch": [0, 1, 2], "layer": "relu1", "estimator": "ksg-global-linf",
    ...     "mi_x": [1.0, 2.0, 1.5], "mi_y": [0.1, 0.5, 0.7],
    ... })
    >>> display = InformationPlaneDisplay.from_results(rows)
    >>> display.points_[0].get_offsets().shape
    (3, 2)
    """

    def __init__(
        self, rows: Any, *, layers: list[str] | None = None, log_epochs: bool | str = "auto"
    ) -> None:
        self.rows = rows
        self.layers = layers
        self.log_epochs = log_epochs

    @classmethod
    def from_results(
        cls,
        rows: Any,
        *,
        layers: list[str] | None = None,
        log_epochs: bool | str = "auto",
        axes: Any = None,
    ) -> Self:
        """Draw what was recorded.

        Parameters
        ----------
        rows : :class:`pandas.DataFrame`
            What `InformationPlane` records.
        layers : list of str, default=None
            The layers; None is all.
        log_epochs : bool or "auto", default="auto"
            Whether colours follow the logarithm of the epoch.
        axes : array-like of matplotlib Axes, default=None
            One for each estimator; None makes a new figure.

        Returns
        -------
        display : InformationPlaneDisplay
        """
        return cls(rows, layers=layers, log_epochs=log_epochs).plot(axes)

    def plot(self, axes: Any = None) -> Self:
        """Draw the panels.

        Parameters
        ----------
        axes : array-like of matplotlib Axes, default=None
            One for each estimator; None makes a new figure.

        Returns
        -------
        display : InformationPlaneDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there is nothing to draw, or not one of `axes` for each estimator.
        """
        frame = select_rows(self.rows, _COLUMNS)
        layers = list_distinct(frame["layer"]) if self.layers is None else self._layers()
        for layer in layers:
            select_rows(frame, (), layer)
        frame = frame[frame["layer"].isin(layers)]
        if frame["mi_y"].isna().all():
            raise ValueError("There is no I(Z; Y) in the rows: record it by giving labels.")
        estimators = list_distinct(frame["estimator"])
        new_figure = axes is None
        axes = several_axes(axes, len(estimators), (3.2, 3.4))
        self.axes_, self.figure_ = axes, axes[0].figure
        norm, shift = self._norm(frame["epoch"])
        self.points_ = []
        for name, ax in zip(estimators, axes, strict=True):
            for layer, marker in zip(layers, _MARKERS * len(layers), strict=False):
                rows = frame[(frame["estimator"] == name) & (frame["layer"] == layer)]
                epochs, (mi_x, mi_y), _ = average_trials(rows, "epoch", "mi_x", "mi_y")
                ax.plot(mi_x, mi_y, color="0.8", linewidth=0.8, zorder=1)
                self.points_.append(
                    ax.scatter(
                        mi_x, mi_y, c=epochs + shift, norm=norm, cmap="viridis", s=16,
                        marker=marker, zorder=2, label=layer,
                    )
                )  # fmt: skip
                _mark_ends(ax, mi_x, mi_y, named=layer == layers[0])
            ax.set_title(
                estimator_title(name, frame[frame["estimator"] == name], "mi_x", "mi_y"),
                fontsize=11,
            )
            ax.set_xlabel("I(X; Z) (nats)")
            ax.margins(0.15)
            ax.locator_params(axis="x", nbins=4)  # so that three decimals have room
            ax.grid(alpha=0.3)
        for ax in axes[::N_COLUMNS]:
            ax.set_ylabel("I(Z; Y) (nats)")
        if len(layers) > 1:
            axes[0].legend(fontsize=8)
        self.colorbar_ = self.figure_.colorbar(self.points_[-1], ax=list(axes), pad=0.02)
        self.colorbar_.set_label("epoch + 1" if shift else "epoch", fontsize=9)
        what = "" if len(layers) > 1 else f"layer {layers[0]!r}; "
        said = f"{what}{describe_trials(frame, 'epoch', 'mi_x', 'mi_y')}"
        say_below(axes, said, own_figure=new_figure)
        return self

    def _layers(self) -> list[str]:
        names = self.layers
        listed = list(names) if isinstance(names, list | tuple) else []
        if listed and all(isinstance(n, str) and listed.count(n) == 1 for n in listed):
            return listed
        raise ValueError(f"layers must be a list of different names, got {in_short(names)}.")

    def _norm(self, epochs: Any) -> tuple[Any, int]:
        """How epochs become colours, and what to add to them before."""
        colors = import_optional("matplotlib.colors", purpose="A display", extra="plot")
        if not isinstance(self.log_epochs, bool | np.bool_) and self.log_epochs != "auto":
            raise ValueError(
                f"log_epochs must be True, False or 'auto', got {in_short(self.log_epochs)}."
            )
        last = max(float(epochs.max()), 1.0)
        early = float(epochs.drop_duplicates().median()) < last / 4
        log = early if self.log_epochs == "auto" else self.log_epochs
        if log:
            return colors.LogNorm(float(epochs.min()) + 1, last + 1), 1
        return colors.Normalize(float(epochs.min()), last), 0


def _mark_ends(ax: Any, x: Any, y: Any, *, named: bool) -> None:
    """A ring around the first point and a square around the last."""
    if not len(x):
        return
    for position, marker, label, offset, side in (
        (0, "o", "start", -7, "top"),
        (-1, "s", "end", 7, "bottom"),
    ):
        point = x[position], y[position]
        ax.plot(
            *point, marker, markersize=9, markerfacecolor="none", markeredgecolor="C3", zorder=3
        )
        if named:
            ax.annotate(
                label, point, xytext=(0, offset), textcoords="offset points",
                fontsize=8, color="C3", ha="center", va=side,
            )  # fmt: skip
