"""The scores of features as bars."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.utils.validation import check_is_fitted

from .._params import in_short
from ..feature_selection._feature_mutual_info import feature_mutual_info
from ..feature_selection._scorer import FeatureMutualInfo
from ._axes import check_has_method, check_numbers, check_sample, one_axes

# Far more bars cannot be told apart in a figure.
_MAX_FEATURES = 30
_BAR_HEIGHT = 0.28  # inches
_UNMARKED = "0.75"  # a light grey

_NATS = "mutual information with the target (nats)"
_IN_NATS = (feature_mutual_info, mutual_info_classif, mutual_info_regression)


class FeatureScoreDisplay:
    """Scores of features, largest first, with intervals and marks of those that stand out.

    Parameters
    ----------
    scores : array-like of shape (n_features,)
        A score for each feature.
    pvalues : array-like of shape (n_features,), default=None
        Features with a p-value of at most `alpha` are drawn in color and marked with a
        star, the others in grey.
    intervals : array-like of shape (n_features, 2), default=None
        The ends of an interval for each score.
    feature_names : array-like of str, shape (n_features,), default=None
        None is ``x0``, ``x1``, ...
    alpha : float, default=0.05
        The level of significance. Nothing is corrected for the number of features.
    selected : array-like of bool, shape (n_features,), default=None
        What a selector has selected. Color and stars then mark these, whatever their
        p-values. What stars mean is above the bars.
    score_label : str, default="mutual information with the target (nats)"
        What the scores are.

    Attributes
    ----------
    ax_ : matplotlib Axes
        What was drawn on.
    figure_ : matplotlib Figure
        Its figure.
    bars_ : matplotlib BarContainer
        The bars, the largest score first.
    errorbars_ : matplotlib ErrorbarContainer or None
        The intervals, if there are any.

    See Also
    --------
    feature_mutual_info : Scores of features.
    FeatureMutualInfo : Scores with p-values.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from skmi.feature_selection import FeatureMutualInfo
    >>> from skmi.inspection import FeatureScoreDisplay
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> scorer = FeatureMutualInfo(n_permutations=99, random_state=0)
    >>> display = FeatureScoreDisplay.from_scorer(scorer, X, y, max_features=5)
    >>> [label.get_text() for label in display.ax_.get_yticklabels()][:2]
    ['flavanoids *', 'proline *']
    """

    def __init__(
        self,
        scores: ArrayLike,
        *,
        pvalues: ArrayLike | None = None,
        intervals: ArrayLike | None = None,
        feature_names: ArrayLike | None = None,
        alpha: float = 0.05,
        selected: ArrayLike | None = None,
        score_label: str = _NATS,
    ) -> None:
        self.alpha = _check_alpha(alpha)
        if not isinstance(score_label, str):
            raise TypeError(f"score_label must be a string, got {in_short(score_label)}.")
        self.score_label = score_label
        self.scores = check_numbers(scores, "scores", (None,))
        n_features = self.scores.size
        self.pvalues = None if pvalues is None else check_numbers(pvalues, "pvalues", (n_features,))
        self.intervals = (
            None if intervals is None else check_numbers(intervals, "intervals", (n_features, 2))
        )
        self.feature_names = (
            np.array([f"x{i}" for i in range(n_features)], dtype=object)
            if feature_names is None
            else np.asarray(feature_names, dtype=object)
        )
        self.selected = None if selected is None else _check_selected(selected)
        for name, values in (("feature_names", self.feature_names), ("selected", self.selected)):
            if values is not None and values.shape != (n_features,):
                raise ValueError(f"{name} has shape {values.shape}, but {(n_features,)} is needed.")

    @classmethod
    def from_scores(
        cls,
        scores: ArrayLike,
        *,
        pvalues: ArrayLike | None = None,
        intervals: ArrayLike | None = None,
        feature_names: ArrayLike | None = None,
        alpha: float = 0.05,
        selected: ArrayLike | None = None,
        score_label: str = _NATS,
        max_features: int | None = _MAX_FEATURES,
        ax: Any = None,
    ) -> Self:
        """Draw scores that are there already.

        Parameters
        ----------
        scores : array-like of shape (n_features,)
            A score for each feature.
        pvalues : array-like of shape (n_features,), default=None
            Their p-values.
        intervals : array-like of shape (n_features, 2), default=None
            The ends of an interval for each score.
        feature_names : array-like of str, shape (n_features,), default=None
            None is ``x0``, ``x1``, ...
        alpha : float, default=0.05
            The level of significance.
        selected : array-like of bool, shape (n_features,), default=None
            What a selector has selected, to be marked in place of p-values.
        score_label : str, default="mutual information with the target (nats)"
            What the scores are.
        max_features : int or None, default=30
            How many to draw, the largest first; None is all.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FeatureScoreDisplay
        """
        display = cls(
            scores,
            pvalues=pvalues,
            intervals=intervals,
            feature_names=feature_names,
            alpha=alpha,
            selected=selected,
            score_label=score_label,
        )
        return display.plot(ax, max_features=max_features)

    @classmethod
    def from_scorer(
        cls,
        scorer: Any,
        X: ArrayLike,
        y: ArrayLike,
        *,
        alpha: float = 0.05,
        max_features: int | None = _MAX_FEATURES,
        ax: Any = None,
    ) -> Self:
        """Score the features of X, and draw the scores.

        Parameters
        ----------
        scorer : callable or None
            ``scorer(X, y)`` returns scores, or scores and p-values. None is
            ``FeatureMutualInfo(random_state=0)``.
        X : array-like of shape (n_samples, n_features)
            Features; the names of a data frame's columns are shown.
        y : array-like of shape (n_samples,)
            Target.
        alpha : float, default=0.05
            The level of significance.
        max_features : int or None, default=30
            How many to draw, the largest first; None is all.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FeatureScoreDisplay
        """
        scorer = FeatureMutualInfo(random_state=0) if scorer is None else scorer
        if isinstance(scorer, type) or not callable(scorer):
            raise TypeError(f"scorer must be a function of X and y, got {in_short(scorer)}.")
        names = getattr(X, "columns", None)
        X, y = check_sample(X, y)
        found = scorer(X, y)
        scores, pvalues = found if isinstance(found, tuple | list) else (found, None)
        return cls.from_scores(
            scores,
            pvalues=pvalues,
            feature_names=names,
            alpha=alpha,
            score_label=_describe_scores(scorer),
            max_features=max_features,
            ax=ax,
        )

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        feature_names: ArrayLike | None = None,
        alpha: float = 0.05,
        max_features: int | None = _MAX_FEATURES,
        ax: Any = None,
    ) -> Self:
        """Draw the scores of a fitted selector, such as ``SelectKBest`` or ``SelectFdr``.

        Marked is what it has selected. Without a ``get_support()``, p-values are.

        Parameters
        ----------
        estimator : object
            Fitted, with ``scores_`` for each feature, and ``pvalues_`` if it has any.
        feature_names : array-like of str, shape (n_features,), default=None
            None is what the selector saw in `fit`, or ``x0``, ``x1``, ...
        alpha : float, default=0.05
            The level of significance, for p-values of what selects nothing.
        max_features : int or None, default=30
            How many to draw, the largest first; None is all.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FeatureScoreDisplay

        Raises
        ------
        TypeError
            If it is no estimator.
        ValueError
            If it is not fitted, or has no score for each feature.
        """
        check_has_method(estimator, "estimator", "fit")
        check_is_fitted(estimator)
        if not hasattr(estimator, "scores_"):
            raise ValueError(
                f"{type(estimator).__name__} gives no scores to features (scores_). from_scores "
                "draws any scores."
            )
        n_scores, n_features = len(estimator.scores_), estimator.n_features_in_
        if n_scores != n_features:
            raise ValueError(
                f"{type(estimator).__name__} has {n_scores} scores for {n_features} features, but "
                "a score for each is needed. from_scores draws any scores."
            )
        if feature_names is None:
            feature_names = getattr(estimator, "feature_names_in_", None)
        return cls.from_scores(
            estimator.scores_,
            pvalues=getattr(estimator, "pvalues_", None),
            feature_names=feature_names,
            alpha=alpha,
            selected=estimator.get_support() if hasattr(estimator, "get_support") else None,
            score_label=_describe_scores(getattr(estimator, "score_func", None)),
            max_features=max_features,
            ax=ax,
        )

    def plot(self, ax: Any = None, *, max_features: int | None = _MAX_FEATURES) -> Self:
        """Draw the bars.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure, as high as the bars need.
        max_features : int or None, default=30
            How many to draw, the largest first; None is all.

        Returns
        -------
        display : FeatureScoreDisplay
            This object.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        order = np.argsort(-self.scores, kind="stable")  # NaN comes last
        drawn = order[: _check_max_features(max_features)]
        height = 1.4 + _BAR_HEIGHT * len(drawn)
        self.ax_ = ax = one_axes(ax, figsize=(6.4, height))
        self.figure_ = ax.figure
        marked, meaning = self._features_with_star()
        places = np.arange(len(drawn))
        colors = ["C0" if marked is None or marked[i] else _UNMARKED for i in drawn]
        self.bars_ = ax.barh(places, self.scores[drawn], color=colors)
        self.errorbars_ = None
        if self.intervals is not None:
            low, high = self.intervals[drawn].T
            # An interval need not hold its score: only its ends are drawn.
            self.errorbars_ = ax.errorbar(
                (low + high) / 2, places, xerr=(high - low) / 2, fmt="none", ecolor="0.2", capsize=3
            )
        names = [
            f"{self.feature_names[i]}"
            + (" (no score)" if np.isnan(self.scores[i]) else "")
            + (" *" if marked is not None and marked[i] else "")
            for i in drawn
        ]
        ax.set_yticks(places, names)
        ax.set_ylim(len(drawn) - 0.4, -0.6)
        ax.set_xlabel("\n".join([self.score_label, *self._left_out(drawn, marked)]))
        ax.set_title(meaning, loc="right", fontsize="medium")
        ax.grid(alpha=0.3, axis="x")
        ax.set_axisbelow(True)
        return self

    def _features_with_star(self) -> tuple[Any, str]:
        """Which features are marked, None if there is nothing to tell, and what that means."""
        if self.selected is not None:
            return self.selected, f"* selected: {self.selected.sum()} of {self.selected.size}"
        if self.pvalues is not None:
            return self.pvalues <= self.alpha, f"* significant: p ≤ {self.alpha:g}"
        return None, ""

    def _left_out(self, drawn: Any, marked: Any) -> list[str]:
        """Lines for the features that are not drawn, if there are any."""
        if len(drawn) == self.scores.size:
            return []
        n_hidden = 0 if marked is None else int(marked.sum() - marked[drawn].sum())
        lines = [f"the {len(drawn)} largest of {self.scores.size} scores"]
        return [*lines, f"({n_hidden} of the others would have a *)"] if n_hidden else lines


def _check_selected(selected: Any) -> Any:
    try:
        mask = np.asarray(selected)
    except ValueError:
        mask = np.empty(0)
    if mask.dtype != bool:
        raise TypeError(f"selected must be a mask, got {in_short(selected)}.")
    return mask


def _check_alpha(alpha: Any) -> float:
    a_number = isinstance(alpha, Real) and not isinstance(alpha, bool)
    if not a_number or not 0 <= alpha <= 1:
        raise ValueError(f"alpha must be a number from 0 to 1, got {alpha!r}.")
    return float(alpha)


def _check_max_features(max_features: Any) -> int | None:
    if max_features is None:
        return None
    whole = isinstance(max_features, Integral) and not isinstance(max_features, bool)
    if not whole or int(max_features) < 1:
        raise ValueError(
            f"max_features must be a positive whole number or None, got {max_features!r}."
        )
    return int(max_features)


def _describe_scores(score_func: Callable[..., Any] | None) -> str:
    """What the scores of a function are: nats, if it is one of those known."""
    while isinstance(score_func, partial):
        score_func = score_func.func
    if isinstance(score_func, FeatureMutualInfo) or score_func in _IN_NATS:
        return _NATS
    name = getattr(score_func, "__name__", type(score_func).__name__)
    return "score" if score_func is None else f"score by {name}"
