"""A test of independence: estimates with the samples of y permuted."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from .._validation import FloatArray
from ._permutations import corrects_bias, estimate, estimate_permuted


@validate_params(
    {
        "estimator": [HasMethods(["fit", "get_params"])],
        "n_permutations": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def mutual_info_permutation_test(
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_permutations: int = 100,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> tuple[float, FloatArray, float]:
    r"""Test whether two variables are independent.

    Permuting the samples of y breaks every dependence and keeps both variables as they
    are. If the estimate for the data is larger than nearly all of those for permuted
    data, chance alone does not explain it.

    Parameters
    ----------
    estimator : estimator
        Its ``fit(X, y)`` sets ``mi_``. It is cloned.
    X : array-like of shape (n_samples, n_features)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable. Its samples must be exchangeable if the variables are
        independent; those of a time series are not.
    n_permutations : int, default=100
        Number of permutations. The smallest p-value is ``1 / (n_permutations + 1)``.
    n_jobs : int, default=None
        Number of permutations at a time; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. The result does not
        depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws the permutations.

    Returns
    -------
    score : float
        The estimate for the data in nats.
    null_scores : ndarray of shape (n_permutations,)
        The estimates for permuted data.
    pvalue : float
        The share of estimates, that for the data among them, that are at least
        `score`.

    Raises
    ------
    ValueError
        What the estimator raises for this data.

    See Also
    --------
    mutual_info_interval : How large the dependence is.
    sklearn.model_selection.permutation_test_score : The same for predictors.

    Notes
    -----
    With B permutations,

    .. math:: p = \frac{1 + \#\{b : \hat I_b \ge \hat I\}}{1 + B} .

    Under independence p is at most :math:`\alpha` with probability at most
    :math:`\alpha`, whatever the estimator and its bias [1]_: what a search for the
    largest estimate gains, it gains on permuted data too. That is why each permutation
    is searched anew.

    For `KSG` and `BIKSG`, also inside `RelativeScaleSearch` and `ScaleInvariantMI`,
    the distances on both sides are made and sorted once, which takes 24 bytes for each
    pair of samples; a permutation then only pairs them anew. At a single scale one column
    on either side is sorted, and no distance made. Neighbour counts and estimates are
    those of fitting again. Beyond 1 GiB (6688 samples), and where trees are faster,
    neighbours are searched anew for each permutation: at many scales of single columns
    beyond 2000 samples, at a single scale of p columns in all beyond 120 p², and, if
    distances are Euclidean, of more than ten columns. Other estimators are fitted again.

    With ``correct_bias=True`` a search takes the same bias off its maximum for the data
    and for all permutations, for the mean over all permutations is the same whichever
    one comes first.

    References
    ----------
    .. [1] B. Phipson, G. K. Smyth, "Permutation p-values should never be zero",
       Statistical Applications in Genetics and Molecular Biology 9(1), 39 (2010).

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import make_estimator
    >>> from skmi.model_selection import mutual_info_permutation_test
    >>> X, y = load_diabetes(return_X_y=True)
    >>> estimator = make_estimator("ksg-local")
    >>> score, null_scores, pvalue = mutual_info_permutation_test(
    ...     estimator, X, y, random_state=0
    ... )
    >>> print(f"{score:.2f} nats; at most {null_scores.max():.2f} by chance; p = {pvalue:.2f}")
    0.30 nats; at most 0.06 by chance; p = 0.01
    """
    raw, null_scores = estimate_permuted(
        estimator, X, y, n_permutations, check_random_state(random_state), n_jobs
    )
    pvalue = (1 + np.count_nonzero(null_scores >= raw)) / (1 + n_permutations)
    if corrects_bias(estimator):
        score = estimate(clone(estimator), X, y)
        return score, null_scores - (raw - score), float(pvalue)
    return raw, null_scores, float(pvalue)
