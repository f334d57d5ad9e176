"""How an estimate changes with the units of one variable."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from .._params import in_short
from .._recipes import name_estimators
from .._typing import FloatArray
from ._axes import check_has_method, check_numbers, check_sample, check_side, one_axes

# One quarter-decade after the other, from a hundredth to a hundred times.
DEFAULT_FACTORS = 10.0 ** (np.arange(-8, 9) / 4)

# Estimates that agree are drawn over each other: the markers differ in shape, and each
# is larger than the next.
_MARKERS = "oDs^v<>P*X"


class ScaleCurveDisplay:
    """Estimates of mutual information against the factor on one variable.

    The truth does not depend on the factor: its curve is a horizontal line.

    Parameters
    ----------
    factors : array-like of shape (n_factors,)
        The factors; positive.
    scores : dict of str to array-like of shape (n_factors,)
        Each estimator's estimates in nats, by name.
    side : {"y", "X"}, default="y"
        The variable that was multiplied.

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
    ScaleInvariantMI : Makes the curve of any estimator flat.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi.inspection import ScaleCurveDisplay
    >>> X, y = load_diabetes(return_X_y=True)
    >>> display = ScaleCurveDisplay.from_estimator(
    ...     ["ksg", "ksg-local"], X, y, factors=[0.01, 1, 100]
    ... )
    >>> display.scores["ksg-local"].round(3)
    array([0.305, 0.305, 0.305])
    """

    def __init__(
        self, factors: ArrayLike, scores: Mapping[str, ArrayLike], *, side: str = "y"
    ) -> None:
        self.factors = check_numbers(factors, "factors", (None,))
        if not isinstance(scores, Mapping) or not scores:
            raise TypeError(f"scores must be a dict of arrays by name, got {scores!r}.")
        self.scores: dict[str, FloatArray] = {
            str(name): check_numbers(values, f"scores[{name!r}]", self.factors.shape)
            for name, values in scores.items()
        }
        self.side = check_side(side)

    @classmethod
    def compute(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        factors: ArrayLike = DEFAULT_FACTORS,
        side: str = "y",
    ) -> Self:
        """Fit the estimators at every factor, without drawing.

        Parameters
        ----------
        estimator : str, estimator, list of either, or dict of str to estimator
            One of `get_estimator_names`, or an estimator whose ``fit(X, y)`` sets
            ``mi_``; several for several curves.
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.
        factors : array-like of shape (n_factors,), default=0.01 to 100
            Positive factors on one variable.
        side : {"y", "X"}, default="y"
            The variable to multiply. It is taken as numbers: labels have no scale.

        Returns
        -------
        display : ScaleCurveDisplay
        """
        factors = check_numbers(factors, "factors", (None,))
        if not (np.isfinite(factors) & (factors > 0)).all():
            raise ValueError(
                f"factors must be a list of positive numbers, got {in_short(factors)}."
            )
        check_side(side)
        X, y = (np.asarray(each) for each in check_sample(X, y))
        multiplied = X if side == "X" else y
        if multiplied.dtype.kind not in "fiu":
            raise TypeError(
                f"{side} must hold numbers to be multiplied, got an array of {multiplied.dtype}."
            )
        estimators = name_estimators(estimator)
        if not estimators:
            raise ValueError(f"estimator holds no estimator, got {in_short(estimator)}.")
        for each in estimators.values():
            check_has_method(each, "estimator", "fit")
        scores = {}
        for name, each in estimators.items():
            with warnings.catch_warnings():
                # A search at its edge: the curve shows what comes of it.
                warnings.filterwarnings("ignore", "The best relative scale", UserWarning)
                scores[name] = [
                    clone(each)
                    .fit(factor * X if side == "X" else X, factor * y if side == "y" else y)
                    .mi_
                    for factor in factors
                ]
        return cls(factors, scores, side=side)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        factors: ArrayLike = DEFAULT_FACTORS,
        side: str = "y",
        ax: Any = None,
    ) -> Self:
        """Fit the estimators at every factor and draw their curves.

        Parameters
        ----------
        estimator : str, estimator, list of either, or dict of str to estimator
            One of `get_estimator_names`, or an estimator whose ``fit(X, y)`` sets
            ``mi_``; several for several curves.
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.
        factors : array-like of shape (n_factors,), default=0.01 to 100
            Positive factors on one variable.
        side : {"y", "X"}, default="y"
            The variable to multiply.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ScaleCurveDisplay
        """
        return cls.compute(estimator, X, y, factors=factors, side=side).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : ScaleCurveDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        self.ax_ = ax = one_axes(ax)
        self.figure_ = ax.figure
        order = np.argsort(self.factors)
        sizes = np.linspace(8, 4, max(len(self.scores), 2))
        self.lines_ = [
            ax.semilogx(
                self.factors[order], values[order], marker=marker, markersize=size, label=name
            )[0]
            for (name, values), marker, size in zip(
                self.scores.items(), itertools.cycle(_MARKERS), sizes, strict=False
            )
        ]
        ax.set_xlabel(f"factor on {self.side}")
        ax.set_ylabel("mutual information (nats)")
        ax.grid(alpha=0.3)
        ax.legend()
        return self
