"""A test of independence: estimates with the samples of y permuted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import validate_params

from .._params import N_JOBS, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._recipes import as_estimator
from .._typing import FloatArray
from ..estimators._repeats import ForeignRepeats, Repeats, permuted_estimates, repeat
from ._results import PermutationTestResult


@validate_params(
    {
        "n_permutations": [Whole(1)],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        "n_jobs": N_JOBS,
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
    permutation: str = "iid",
    block_length: Any = "auto",
    n_jobs: int | None = None,
    random_state: Any = None,
) -> PermutationTestResult:
    r"""Test whether two variables are independent.

    Permuting the samples of y breaks every dependence and keeps both variables as they
    are. If the estimate for the data is larger than nearly all of those for permuted
    data, chance alone does not explain it.

    Parameters
    ----------
    estimator : estimator or str
        Its ``fit(X, y)`` sets ``mi_``. It is cloned. A name is that of a recipe, as
        `make_estimator` knows them.
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable. Labels or numbers, as the estimator takes them.
    n_permutations : int, default=100
        Number of permutations. The smallest p-value is ``1 / (n_permutations + 1)``.
    permutation : {"iid", "circular", "block"}, default="iid"
        How the samples of y are permuted. "iid": freely, for samples that do not depend on
        each other. Values of a time series do, and free permutations would then find
        dependence between independent series: "circular" shifts y in time, what leaves the
        end coming in at the start; "block" permutes stretches of it. See Notes.
    block_length : int or "auto", default="auto"
        For "block" the length of the stretches, for "circular" the shortest shift; with an
        int also what positions are multiples of. Of data with a season give its length, or
        a multiple of that. "auto" goes by the autocorrelation.
    n_jobs : int, default=None
        Number of permutations at a time; None is 1 unless in a
        :obj:`joblib.parallel_config` context, -1 is all cores. The result does not
        depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws the permutations.

    Returns
    -------
    result : PermutationTestResult
        With `statistic` (the estimate in nats), `pvalue` and `null_distribution` (the
        estimates for permuted data).

    Raises
    ------
    ValueError
        What the estimator raises for this data.

    See Also
    --------
    mutual_info_interval : How large the dependence is.
    scipy.stats.permutation_test : The same for any statistic.
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

    With ``block_length="auto"`` ranks of numbers, and labels, are correlated with
    themselves at all lags. Blocks are three times as long as the variable with the shorter
    memory takes to forget: until correlations stay below :math:`2 / \sqrt{N}` for half as
    long again; and at most a tenth of the samples. One variable without memory is enough
    for blocks of 1. If correlations come back, and come back again at twice and three times
    a lag, that is a season: its mean is taken off first, and stretches and shifts are
    multiples of it, so that what both variables owe to the season is no evidence. A season
    must occur 5 times for blocks and 20 times for shifts to be seen.

    References
    ----------
    .. [1] B. Phipson, G. K. Smyth, "Permutation p-values should never be zero",
       Statistical Applications in Genetics and Molecular Biology 9(1), 39 (2010).

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi.model_selection import mutual_info_permutation_test
    >>> X, y = load_diabetes(return_X_y=True)
    >>> mutual_info_permutation_test("ksg-local", X, y, random_state=0)
    mutual information: 0.305 nats, p = 0.0099 (100 permutations gave ...)
    """
    data = repeat(as_estimator(estimator, "estimator"), X, y)
    statistic = data.whole()
    columns = [] if permutation == "iid" else data.columns()
    scheme = PermutationScheme(permutation, block_length, columns, data.n_samples)
    rng = check_random_state(random_state)
    null = null_distribution(data, statistic, n_permutations, n_jobs, rng, scheme)
    return PermutationTestResult(statistic, pvalue(statistic, null), null)


def null_distribution(
    data: Repeats | ForeignRepeats,
    statistic: float,
    n_permutations: int,
    n_jobs: int | None,
    random_state: np.random.RandomState,
    scheme: PermutationScheme | None = None,
) -> FloatArray:
    """Estimates with y permuted, to be compared with `statistic`, that of the data."""
    repeated = data.repeated()
    null = permuted_estimates(
        repeated,
        data.n_samples,
        n_permutations,
        random_state,
        n_jobs=n_jobs,
        threads=data.threads,
        again=data.again(),
        scheme=scheme,
    )
    # A search corrects its maximum for the data alone: permuted data are compared with the
    # maximum as it is, and brought to the same zero.
    return null - (repeated(None) - statistic) if data.corrects_bias else null


def pvalue(statistic: float, null: FloatArray) -> float:
    """The share of estimates, that of the data among them, that are at least `statistic`."""
    return float((1 + np.count_nonzero(null >= statistic)) / (1 + len(null)))
