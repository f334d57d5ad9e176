"""How a neural estimate came about: the bounds of each epoch."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .._typing import FloatArray
from ._axes import check_finite, check_has_method, check_numbers, find_inside, one_axes


class MINECurveDisplay:
    """The training and held-out bound of a `MINE` in each epoch.

    With several critics, by `n_critics` or by folds, a line is their mean and a band
    reaches from the lowest to the highest. A critic that has diverged, or has ended before
    others, is in neither from then on, and the legend says so. Read it from left to right:
    both lines rise together while the critic learns what holds for all samples; where the
    held-out line turns down, it learns the training samples by heart.

    Parameters
    ----------
    train : array-like of shape (n_epochs, n_critics) or (n_epochs,)
        Bounds on the training part, in nats.
    validation : array-like of the same shape, default=None
        Bounds on the part that was held out; None if there was none.
    best_epochs : array-like of shape (n_critics,), default=None
        Epoch of the weights that were taken, from 1; 0 for the first weights. None
        marks nothing.
    mi : float, default=None
        The estimate, for a horizontal line; None draws none.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    lines_ : list of matplotlib Line2D
        The training curve, and the held-out curve if there is one.
    bands_ : list of matplotlib collections
        The bands around them; empty for one critic.
    marks_ : matplotlib collection or None
        The epochs whose weights were taken.

    See Also
    --------
    MINE : Its ``learning_curve_`` holds the arrays.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import MINE
    >>> from skmi.inspection import MINECurveDisplay
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 1))
    >>> y = X + rng.normal(size=(200, 1))
    >>> mine = MINE(max_epochs=60, n_critics=3, random_state=0).fit(X, y)
    >>> display = MINECurveDisplay.from_estimator(mine)
    >>> display.train.shape
    (60, 3)
    """

    def __init__(
        self,
        train: ArrayLike,
        validation: ArrayLike | None = None,
        *,
        best_epochs: ArrayLike | None = None,
        mi: float | None = None,
    ) -> None:
        self.train = _as_columns(train, "train", (None, None))
        self.validation = (
            None if validation is None else _as_columns(validation, "validation", self.train.shape)
        )
        self.best_epochs = None
        if best_epochs is not None:
            epochs = check_numbers(best_epochs, "best_epochs", (self.train.shape[1],))
            if not np.isin(epochs, np.arange(len(self.train) + 1)).all():
                raise ValueError(
                    f"best_epochs must be whole numbers from 0 to {len(self.train)}, got "
                    f"{epochs.tolist()}."
                )
            self.best_epochs = epochs.astype(int)
        self.mi = None if mi is None else check_finite(mi, "mi")

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> Self:
        """Draw the curves of a fitted estimator.

        Parameters
        ----------
        estimator : MINE or an estimator that holds one
            Fitted; a `ScaleInvariantMI` or a pipeline may be around it.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : MINECurveDisplay

        Raises
        ------
        TypeError
            If there is no `MINE` inside.
        sklearn.exceptions.NotFittedError
            If the estimator is not fitted.
        """
        mine = _find_mine(estimator)
        return cls(
            mine.learning_curve_.train,
            mine.learning_curve_.validation,
            best_epochs=mine.best_epochs_,
            mi=mine.mi_,
        ).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : MINECurveDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        self.ax_ = ax = one_axes(ax)
        self.figure_ = ax.figure
        self.lines_: list[Any] = []
        self.bands_: list[Any] = []
        curves = {"training": self.train, "held out": self.validation}
        for name, bounds in curves.items():
            if bounds is not None:
                self._draw(name, bounds)
        self.marks_ = self._mark_best()
        if self.mi is not None:
            ax.axhline(
                self.mi, color="black", linestyle="--", linewidth=1, zorder=0, label="estimate"
            )
        ax.set_xlabel("epoch")
        ax.set_ylabel("bound of the mutual information (nats)")
        ax.grid(alpha=0.3)
        ax.legend()
        return self

    def _draw(self, name: str, bounds: FloatArray) -> None:
        epochs = np.arange(1, len(bounds) + 1)
        # A critic that had diverged, or that another group outlasted, has no bound.
        shown = np.ma.masked_invalid(bounds)
        n_critics, n_last = bounds.shape[1], int(shown[-1].count())
        label = f"{name} ({n_last} of {n_critics} to the end)" if n_last < n_critics else name
        self.lines_ += self.ax_.plot(epochs, shown.mean(axis=1), label=label)
        if bounds.shape[1] > 1:
            color = self.lines_[-1].get_color()
            low, high = shown.min(axis=1), shown.max(axis=1)
            self.bands_.append(
                self.ax_.fill_between(epochs, low, high, color=color, alpha=0.2, linewidth=0)
            )

    def _mark_best(self) -> Any:
        """A point at each critic's best epoch, on its own curve."""
        if self.best_epochs is None:
            return None
        critics = np.flatnonzero(self.best_epochs > 0)
        epochs = self.best_epochs[critics]
        bounds = self.train if self.validation is None else self.validation
        n_first = self.best_epochs.size - critics.size
        label = f"weights taken (the first ones: {n_first})" if n_first else "weights taken"
        return self.ax_.scatter(
            epochs,
            bounds[epochs - 1, critics],
            color=self.lines_[-1].get_color(),
            edgecolor="black",
            zorder=3,
            label=label,
        )


def _as_columns(bounds: ArrayLike, name: str, shape: tuple[int | None, int | None]) -> FloatArray:
    """One column for each critic."""
    flat = isinstance(bounds, list | tuple | np.ndarray) and all(np.ndim(b) == 0 for b in bounds)
    if flat:
        return check_numbers(bounds, name, shape[:1]).reshape(-1, 1)
    return check_numbers(bounds, name, shape)


def _find_mine(estimator: Any) -> Any:
    """The fitted `MINE` that an estimator is or holds."""
    check_has_method(estimator, "estimator", "fit")
    check_is_fitted(estimator)
    mine = find_inside(estimator, "learning_curve_")
    if mine is None:
        raise TypeError(
            f"{type(estimator).__name__} holds no fitted MINE, whose learning curve is to be drawn."
        )
    return mine
