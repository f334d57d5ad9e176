"""The scores of features as bars."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from .._optional import import_optional
from ..feature_selection._scorer import FeatureMutualInfo

# Far more bars cannot be told apart in a figure.
_MAX_FEATURES = 30
_BAR_HEIGHT = 0.28  # inches
_NOT_SIGNIFICANT = "0.75"  # a light grey


class FeatureScoreDisplay:
    """Scores of features, largest first, with intervals and significance.

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
    ) -> None:
        self.scores = np.asarray(scores, dtype=float)
        self.pvalues = None if pvalues is None else np.asarray(pvalues, dtype=float)
        self.intervals = None if intervals is None else np.asarray(intervals, dtype=float)
        self.feature_names = (
            np.array([f"x{i}" for i in range(self.scores.size)], dtype=object)
            if feature_names is None
            else np.asarray(feature_names, dtype=object)
        )
        self.alpha = alpha
        n_features = self.scores.size
        for name, values, shape in (
            ("scores", self.scores, (n_features,)),
            ("pvalues", self.pvalues, (n_features,)),
            ("intervals", self.intervals, (n_features, 2)),
            ("feature_names", self.feature_names, (n_features,)),
        ):
            if values is not None and values.shape != shape:
                raise ValueError(f"{name} has shape {values.shape}, but {shape} is needed.")

    @classmethod
    def from_scores(
        cls,
        scores: ArrayLike,
        *,
        pvalues: ArrayLike | None = None,
        intervals: ArrayLike | None = None,
        feature_names: ArrayLike | None = None,
        alpha: float = 0.05,
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
        found = (FeatureMutualInfo(random_state=0) if scorer is None else scorer)(X, y)
        scores, pvalues = found if isinstance(found, tuple | list) else (found, None)
        return cls.from_scores(
            scores,
            pvalues=pvalues,
            feature_names=getattr(X, "columns", None),
            alpha=alpha,
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

        Parameters
        ----------
        estimator : object
            Fitted, with ``scores_`` for each feature, and ``pvalues_`` if it has any.
        feature_names : array-like of str, shape (n_features,), default=None
            None is what the selector saw in `fit`, or ``x0``, ``x1``, ...
        alpha : float, default=0.05
            The level of significance.
        max_features : int or None, default=30
            How many to draw, the largest first; None is all.
        ax : matplotlib Axes, default=None
            Where to draw; None makes a new figure.

        Returns
        -------
        display : FeatureScoreDisplay

        Raises
        ------
        ValueError
            If the selector has no score for each feature.
        """
        check_is_fitted(estimator, "scores_")
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
        plt = import_optional("matplotlib.pyplot", purpose="A display", extra="plot")
        drawn = np.argsort(-self.scores, kind="stable")[:max_features]
        if ax is None:
            height = 1.2 + _BAR_HEIGHT * len(drawn)
            _, ax = plt.subplots(figsize=(6.4, height), layout="constrained")
        self.ax_, self.figure_ = ax, ax.figure
        significant = np.full(self.scores.size, self.pvalues is None)
        if self.pvalues is not None:
            significant = self.pvalues <= self.alpha
        places = np.arange(len(drawn))
        scores = self.scores[drawn]
        self.bars_ = ax.barh(
            places, scores, color=["C0" if significant[i] else _NOT_SIGNIFICANT for i in drawn]
        )
        self.errorbars_ = None
        if self.intervals is not None:
            low, high = self.intervals[drawn].T
            # An interval need not hold its score: only its ends are drawn.
            self.errorbars_ = ax.errorbar(
                (low + high) / 2, places, xerr=(high - low) / 2, fmt="none", ecolor="0.2", capsize=3
            )
        star = " *" if self.pvalues is not None else ""
        names = [f"{self.feature_names[i]}{star if significant[i] else ''}" for i in drawn]
        ax.set_yticks(places, names)
        ax.invert_yaxis()
        ax.set_xlabel("mutual information with the target (nats)")
        if self.pvalues is not None:
            ax.set_title(f"* significant: p ≤ {self.alpha:g}", loc="right", fontsize="medium")
        ax.grid(alpha=0.3, axis="x")
        ax.set_axisbelow(True)
        return self
