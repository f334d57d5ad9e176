"""The mutual information of each feature and the target."""

from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from .._kinds import Kinds, check_pair_of_kinds, discrete_columns, is_no_pair, warn_many_integers
from .._validation import FloatArray, is_single_precision
from ..estimators._scale_invariant import _DOUBLE_TOLERANCE, _SINGLE_TOLERANCE
from ..neighbors._jit import count_threads, run_in_row_chunks
from ..neighbors._strips import Line
from ._pair_scores import Column, Labels, PairScores, prepare_columns

CONSTRAINTS: dict[str, list[Any]] = {
    "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    "discrete_features": [StrOptions({"auto"}), "boolean", "array-like"],
    "discrete_target": [StrOptions({"auto"}), "boolean"],
    "clip": ["boolean"],
    "base": [Interval(Real, 0, None, closed="neither"), None],
    "n_jobs": [Integral, None],
}


class Prepared:
    """Features and a target, validated and prepared, and their scores.

    Parameters
    ----------
    X, y, n_neighbors, discrete_features, discrete_target
        As in `feature_mutual_info`.

    Attributes
    ----------
    columns : list of Line or Labels
        The features.
    target : Line or Labels
    n_samples : int
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        n_neighbors: int,
        discrete_features: Any,
        discrete_target: Any,
    ) -> None:
        single_precision = is_single_precision(X) or is_single_precision(y)
        X, y, kinds = _check(X, y, discrete_features, discrete_target)
        self.n_samples = len(X)
        self.columns = prepare_columns(X, kinds.X)
        (self.target,) = prepare_columns(y, kinds.y)
        self._refuse_too_few(n_neighbors)
        tolerance = _SINGLE_TOLERANCE if single_precision else _DOUBLE_TOLERANCE
        self._score = PairScores(self.n_samples, n_neighbors, tolerance)

    def _refuse_too_few(self, n_neighbors: int) -> None:
        numbers = isinstance(self.target, Line) and any(isinstance(c, Line) for c in self.columns)
        if numbers and n_neighbors >= self.n_samples:
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={self.n_samples}: a "
                "sample's neighbours are other samples. Lower n_neighbors or give more samples."
            )
        if isinstance(self.target, Labels) and self.target.sizes.max() < 2:
            raise ValueError(
                f"Each of the {self.n_samples} samples has a value of y of its own, so that no "
                "two are of the same class. If y is a measurement, pass discrete_target=False."
            )

    def scores(self, n_threads: int = 1) -> FloatArray:
        """The score of every feature in nats, not clipped."""
        scores = np.empty(len(self.columns))

        def work(start: int, stop: int) -> None:
            scores[start:stop] = self.scores_against(self.target, self.columns[start:stop])

        run_in_row_chunks(work, len(scores), n_threads, chunk=1)
        return scores

    def scores_against(self, target: Column, columns: list[Column] | None = None) -> FloatArray:
        """The scores of features against a target of these samples."""
        columns = self.columns if columns is None else columns
        return np.array([self._score(column, target) for column in columns])


# What scikit-learn's checks are given as an estimator: their messages name its class.
_NAMED_FUNCTION = type("feature_mutual_info", (BaseEstimator,), {})


def _check(
    X: Any, y: Any, discrete_features: Any, discrete_target: Any
) -> tuple[FloatArray, FloatArray, Kinds]:
    if y is None:
        raise ValueError("Scoring features requires y to be passed, but the target y is None.")
    if is_no_pair(X, y):
        asked: Any = (False, False)  # an error to come
    else:
        asked = Kinds(
            discrete_columns(X, discrete_features, name="X"),
            discrete_columns(y, discrete_target, name="y"),
        )
        if asked.y.size > 1:
            raise ValueError(
                f"y has {asked.y.size} columns; features are scored against a single one. "
                "mutual_info and JointMISelector take several."
            )
        if isinstance(discrete_features, str):
            warn_many_integers(X, asked.X, name="X")
        if isinstance(discrete_target, str):
            warn_many_integers(y, asked.y, name="y")
    return check_pair_of_kinds(_NAMED_FUNCTION(), X, y, asked, reset=True)


def presented(scores: FloatArray, *, clip: bool, base: float | None) -> FloatArray:
    """Scores as they are given back: at least 0 with `clip`, in the units of `base`."""
    if base == 1.0:
        raise ValueError("base=1.0 has no logarithm: choose 2 for bits, None for nats.")
    scores = np.maximum(scores, 0.0) if clip else scores
    return scores if base is None else scores / np.log(base)


@validate_params(
    {"X": ["array-like", "sparse matrix"], "y": ["array-like", None], **CONSTRAINTS},
    prefer_skip_nested_validation=True,
)
def feature_mutual_info(
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_neighbors: int = 3,
    discrete_features: Any = "auto",
    discrete_target: Any = "auto",
    clip: bool = True,
    base: float | None = None,
    n_jobs: int | None = None,
) -> FloatArray:
    r"""Score each feature by its mutual information with the target.

    A score function for ``SelectKBest`` and ``SelectPercentile``. The scores do not
    depend on the units of any column, nor on a seed.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Features: numbers, or labels of any kind.
    y : array-like of shape (n_samples,)
        Target: numbers or labels.
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour. More lower the variance and raise the bias.
    discrete_features : "auto", bool or array-like, default="auto"
        "auto" goes by the dtype of each column: booleans, integers, strings and
        categories are labels, floats are numbers. A bool is for all columns. An array
        is a mask, or the positions of the columns that hold labels.
    discrete_target : "auto" or bool, default="auto"
        The same for y.
    clip : bool, default=True
        Whether estimates below 0, which mutual information cannot be, are given as 0.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    n_jobs : int, default=None
        Number of threads, over features; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. The scores do not depend
        on it.

    Returns
    -------
    scores : ndarray of shape (n_features,)
        Estimates in nats, or in units of `base`. Exactly 0 for a constant column.

    Raises
    ------
    ValueError
        If a value is missing, infinite or not of its column's kind, if y has several
        columns, if the lengths differ, or if there are too few samples.
    TypeError
        If X is sparse.

    Warns
    -----
    UserWarning
        If integers that "auto" takes for labels look like a measurement.

    See Also
    --------
    FeatureMutualInfo : Scores with p-values.
    JointMISelector : What features tell together.
    sklearn.feature_selection.mutual_info_regression : Adds noise; slower.
    sklearn.feature_selection.mutual_info_classif : Likewise.

    Notes
    -----
    Numbers against numbers take algorithm 1 of `KSG`, both columns in units of their
    standard deviations; numbers against labels `RossMI`; labels against labels the
    frequencies, as `PlugInMI`. Equal distances are counted as equal, to 1e-10 of
    them or 1e-5 if data come in single precision, where scikit-learn adds noise.

    ``SelectKBest`` and the others turn a data frame into one array before they call a score
    function. Dtypes of columns are lost then: say which are labels in
    `discrete_features`, as ``functools.partial`` or `FeatureMutualInfo` allow.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69, 066138 (2004).
    .. [2] B. C. Ross, "Mutual information between discrete and continuous data sets",
       PLoS ONE 9(2), e87357 (2014).

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.feature_selection import SelectKBest
    >>> from skmi.feature_selection import feature_mutual_info
    >>> X, y = load_wine(return_X_y=True)
    >>> feature_mutual_info(X, y)[:4].round(2)
    array([0.47, 0.3 , 0.1 , 0.26])
    >>> SelectKBest(feature_mutual_info, k=5).fit_transform(X, y).shape
    (178, 5)
    """
    prepared = Prepared(X, y, n_neighbors, discrete_features, discrete_target)
    return presented(prepared.scores(count_threads(n_jobs)), clip=clip, base=base)
