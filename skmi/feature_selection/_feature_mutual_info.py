"""The mutual information of each feature and the target."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._checks import check_base
from .._input._missing import NAN_POLICY
from .._input._stream import open_stream
from .._params import N_JOBS, Whole
from .._typing import FloatArray
from ..estimators._normalized import NORMALIZATIONS, check_normalize
from ..neighbors._threads import count_threads
from ._missing import normalized_scores, prepare_pairs
from ._scan import ScanOptions, scan_stream, warn_of_subsample

CONSTRAINTS: dict[str, list[Any]] = {
    "n_neighbors": [Whole(1)],
    "discrete_features": [StrOptions({"auto"}), "boolean", "array-like"],
    "discrete_target": [StrOptions({"auto"}), "boolean"],
    "clip": ["boolean"],
    "normalize": [StrOptions(set(NORMALIZATIONS)), None],
    "nan_policy": NAN_POLICY,
    "n_jobs": N_JOBS,
}


def presented(scores: FloatArray, *, clip: bool, base: float | None) -> FloatArray:
    """Scores as they are given back: at least 0 with `clip`, in the units of `base`."""
    scores = np.maximum(scores, 0.0) if clip else scores
    return scores / check_base(base)


@validate_params(
    CONSTRAINTS,
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
    normalize: str | None = None,
    nan_policy: str = "raise",
    n_jobs: int | None = None,
) -> FloatArray:
    r"""Score each feature by its mutual information with the target.

    A score function for ``SelectKBest`` and ``SelectPercentile``. The scores do not
    depend on the units of any column, nor on a seed.

    Parameters
    ----------
    X : array-like, frame or sparse matrix of shape (n_samples, n_features), or stream of batches
        Features: numbers, or labels of any kind. Integers and booleans of a sparse matrix
        are labels, however many, and so are floats with ``discrete_features=True``; its
        columns are not made dense. More rows than fit in memory come in batches: a dataset of
        pyarrow, a Dask frame, an iterator of frames, or a callable that makes one, as
        `scan_mutual_info` takes it. It gives errors and p-values as well.
    y : array-like of shape (n_samples,), or str
        Target: numbers or labels. If X comes in batches, the name of one of its columns; or
        None, if these are pairs (X, y).
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour. More lower the variance and raise the bias.
    discrete_features : "auto", bool or array-like, default="auto"
        With "auto", booleans, strings and categories are labels and floats are numbers;
        integers are labels if a column has 20 samples for each of its values on average,
        or only two values. A bool is for all columns. An array is a mask, or the
        positions or the names of the columns that hold labels.
    discrete_target : "auto" or bool, default="auto"
        The same for y. Where both a feature and y hold labels and counting them would be
        too high by more than 0.02 nats, "auto" takes integers for numbers all the same:
        the column with more values.
    clip : bool, default=True
        Whether estimates below 0, which mutual information cannot be, are given as 0.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    normalize : str or None, default=None
        A scale from 0 to 1, as in `mutual_info`: "correlation" for numbers on both sides,
        "target" for labels in y, "min", "arithmetic", "geometric" or "max" for labels on both.
        Each feature must be of a kind that it suits.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values. "raise" refuses them. "omit" scores each feature on the
        rows where it and y have a value, whatever the others have. "label" does the same for
        numbers, but takes a missing label for one label more.
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
        If a value is missing (see `nan_policy`), infinite or not of its column's kind, if y
        has several columns, if the lengths differ, if there are too few samples, or if
        `normalize` does not suit the kind of a feature or of y.
        If X is sparse and holds numbers.

    Warns
    -----
    OutlierWarning
        If values so far from the others would set the scale of their column: its standard
        deviation is more than ten times that of a normal distribution with the same
        middle 96 %. The column is then scored by the normal scores of its ranks.
    ThinTableWarning
        If labels of a feature and of y are too many for the samples.
    IdentifierWarning
        If labels of a feature hardly ever occur twice. From its score is taken what the
        same labels score by chance.
    SubsampleWarning
        If X comes in batches, and not all rows fit in memory.

    See Also
    --------
    scan_mutual_info : Of batches of rows, with errors.
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

    Each column keeps its own rows where values are missing:

    >>> X[::2, 0] = float("nan")
    >>> feature_mutual_info(X, y, nan_policy="omit")[:4].round(2)
    array([0.5 , 0.3 , 0.1 , 0.26])
    """
    check_normalize(normalize, base)
    stream = open_stream(X, y)
    if stream is not None:
        if normalize is not None:
            raise ValueError(
                f"normalize={normalize!r} goes with data in memory, and X comes in batches. Leave "
                "it None, or keep some of the rows in memory."
            )
        options = ScanOptions(n_neighbors, discrete_features, discrete_target, nan_policy, n_jobs)
        scan = warn_of_subsample(scan_stream(stream, options))
        return presented(scan.mi, clip=clip, base=base)
    prepared = prepare_pairs(X, y, n_neighbors, discrete_features, discrete_target, nan_policy)
    scores = prepared.scores(count_threads(n_jobs))
    if normalize is not None:
        return normalized_scores(prepared, scores, normalize)
    return presented(scores, clip=clip, base=base)
