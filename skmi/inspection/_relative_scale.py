"""How a search came to its relative scale."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from ._axes import (
    check_finite,
    check_has_method,
    check_numbers,
    check_sample,
    check_side,
    find_inside,
    one_axes,
)


class RelativeScaleDisplay:
    """The estimates of a `RelativeScaleSearch` over the scales it tried.

    Parameters
    ----------
    scales : array-like of shape (n_scales,)
        The scales tried, ascending.
    scores : array-like of shape (n_scales,)
        The estimates there in nats; NaN where the estimator failed.
    best_scale, best_score : float
        The scale chosen and the estimate there.
    side : {"y", "X"}, default="y"
        The variable that was multiplied.
    bias : float, default=None
        What is taken off the maximum, if anything is. The legend says what is left: the
        search's `mi_`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    line_ : matplotlib Line2D
        The curve.
    best_ : matplotlib Line2D
        The marker of the scale chosen.

    See Also
    --------
    RelativeScaleSearch : What is shown.
    ScaleCurveDisplay : Estimates against the units of one variable.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import make_estimator
    >>> from skmi.inspection import RelativeScaleDisplay
    >>> X, y = load_diabetes(return_X_y=True)
    >>> search = make_estimator("ksg-global-linf", scales="auto")
    >>> display = RelativeScaleDisplay.from_estimator(search, X, y)
    >>> print(f"{display.best_score:.2f} nats at c = {display.best_scale:.2f}")
    0.36 nats at c = 0.92
    """

    def __init__(
        self,
        scales: ArrayLike,
        scores: ArrayLike,
        best_scale: float,
        best_score: float,
        *,
        side: str = "y",
        bias: float | None = None,
    ) -> None:
        self.scales = check_numbers(scales, "scales", (None,))
        self.scores = check_numbers(scores, "scores", self.scales.shape)
        self.best_scale = check_finite(best_scale, "best_scale")
        self.best_score = check_finite(best_score, "best_score")
        if self.best_score not in self.scores[self.scales == self.best_scale]:
            raise ValueError(
                f"best_scale={best_scale} and best_score={best_score} are none of the scales and "
                "scores given."
            )
        self.side = check_side(side)
        self.bias = None if bias is None else check_finite(bias, "bias")

    @classmethod
    def compute(
        cls, estimator: Any, X: ArrayLike | None = None, y: ArrayLike | None = None
    ) -> Self:
        """Take the curve from a search, without drawing.

        Parameters
        ----------
        estimator : RelativeScaleSearch, or an estimator that holds one
            As `ScaleInvariantMI` does. With X and y a clone is fitted; without them it
            must be fitted.
        X : array-like of shape (n_samples, n_features), default=None
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Second variable.

        Returns
        -------
        display : RelativeScaleDisplay

        Raises
        ------
        TypeError
            If it is no estimator.
        ValueError
            If there is no search in the estimator, or neither data nor a fit.
        """
        if (X is None) != (y is None):
            raise ValueError("X and y belong together: give both to fit a clone, or neither.")
        check_has_method(estimator, "estimator", "fit")
        if X is not None:
            estimator = clone(estimator).fit(*check_sample(X, y))
        search = _find_search(estimator)
        results = search.scale_results_
        return cls(
            results["param_scale"],
            results["mean_test_score"],
            search.best_scale_,
            search.best_score_,
            side=search.side,
            bias=getattr(search, "bias_", None),
        )

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike | None = None,
        y: ArrayLike | None = None,
        *,
        ax: Any = None,
    ) -> Self:
        """Take the curve from a search and draw it.

        Parameters
        ----------
        estimator : RelativeScaleSearch, or an estimator that holds one
            As `ScaleInvariantMI` does. With X and y a clone is fitted; without them it
            must be fitted.
        X : array-like of shape (n_samples, n_features), default=None
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None
            Second variable.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : RelativeScaleDisplay
        """
        return cls.compute(estimator, X, y).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the curve.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : RelativeScaleDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        self.ax_ = ax = one_axes(ax)
        self.figure_ = ax.figure
        self.line_ = ax.semilogx(self.scales, self.scores, marker="o", markersize=4)[0]
        self.best_ = ax.plot(
            self.best_scale,
            self.best_score,
            marker="*",
            markersize=14,
            linestyle="",
            color=self.line_.get_color(),
            markeredgecolor="black",
            label=f"{self.best_score:.3f} nats at c = {self.best_scale:.3g}",
        )[0]
        if self.bias is not None:
            ax.axhline(
                self.bias,
                color="black",
                linestyle=":",
                linewidth=1,
                label=f"{self.bias:.3f} nats by chance, {self.best_score - self.bias:.3f} left",
            )
        n_failed = int(np.isnan(self.scores).sum())
        failed = f"\n(the estimator failed at {n_failed} of {len(self.scores)})" if n_failed else ""
        ax.set_xlabel(f"relative scale c, on {self.side}{failed}")
        ax.set_ylabel("mutual information (nats)")
        ax.grid(alpha=0.3)
        ax.legend()
        return self


def _find_search(estimator: Any) -> Any:
    """The fitted search in an estimator, itself or what it holds."""
    search = find_inside(estimator, "scale_results_")
    if search is None:
        raise ValueError(
            f"{estimator!r} holds no fitted RelativeScaleSearch. Fit one first, or give X "
            "and y as well."
        )
    return search
