"""Whether two variables are independent given a third."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma
from sklearn.utils._param_validation import validate_params

from .._params import N_JOBS, Having, Whole
from .._random import RANDOM_STATE, RandomState, as_generator
from .._typing import FloatArray
from ..estimators._conditional import normalized_triple
from ..neighbors._conditional import permuted_contributions
from ..neighbors._local_permutation import local_permutations

# Numbers held at a time: a row of contributions for every permutation of a batch.
_HELD = 2**23


@validate_params(
    {
        "n_neighbors": [Whole(1)],
        "n_shuffle_neighbors": [Whole(2)],
        "n_permutations": [Whole(1)],
        "scaler": [Having("fit", "transform"), None],
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
    },
    prefer_skip_nested_validation=True,
)
def conditional_independence_test(
    X: ArrayLike,
    y: ArrayLike,
    z: ArrayLike | None,
    *,
    n_neighbors: int = 3,
    n_shuffle_neighbors: int = 5,
    n_permutations: int = 200,
    scaler: Any = None,
    random_state: RandomState = None,
    n_jobs: int | None = None,
) -> tuple[float, FloatArray, float]:
    r"""Test whether X and y are independent given z, by local permutation.

    Samples of X change places with samples of nearly the same z: what X tells about z
    stays, and what it tells about y beyond z is lost.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable, the one that is permuted.
    y : array-like of shape (n_samples, n_targets) or (n_samples,)
        Second variable.
    z : array-like of shape (n_samples, n_conditions) or (n_samples,), or None
        The variable conditioned on. None, or no columns: X and y are tested for
        independence, and all samples may change places.
    n_neighbors : int, default=3
        The k of `conditional_mutual_info`. More may find a weak smooth dependence that
        few do not.
    n_shuffle_neighbors : int, default=5
        Each sample gets the X of one of this many samples nearest in z, itself among
        them, and of all as near as the last.
    n_permutations : int, default=200
        The smallest p-value possible is ``1 / (n_permutations + 1)``.
    scaler : transformer, default=None
        Each variable is scaled by a clone of its own. None is `GlobalLinfScaler`.
    random_state : int, RandomState or Generator instance, or None, default=None
        Draws the permutations.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Returns
    -------
    cmi : float
        `conditional_mutual_info` of the data, in nats.
    permutation_cmi : ndarray of shape (n_permutations,)
        The same after each permutation.
    pvalue : float
        :math:`(1 + b) / (1 + B)`, where b of B permutations give as much or more.

    Raises
    ------
    ValueError
        If a variable holds anything but finite real numbers, if their lengths differ,
        or if there are too few samples.

    See Also
    --------
    skmi.conditional_mutual_info : The estimate alone.
    sklearn.model_selection.permutation_test_score : The same order of results.

    Notes
    -----
    The test of [1]_. Samples take turns in random order; each takes a random one of its
    neighbours in z that is not yet taken, and any of them if all are.

    Neighbours in z must be near for the permutation to keep what X tells about z. With
    many columns in z and few samples they are not, and a dependence on z may be taken
    for one on y.

    References
    ----------
    .. [1] J. Runge, "Conditional independence testing based on a nearest-neighbor
       estimator of conditional mutual information", AISTATS (2018).

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.model_selection import conditional_independence_test
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=500)
    >>> x, y = z + 0.5 * rng.normal(size=(2, 500))
    >>> for condition in None, z:
    ...     cmi, _, pvalue = conditional_independence_test(x, y, condition, random_state=0)
    ...     print(f"{cmi:.2f} nats, p = {pvalue:.3f}")
    0.58 nats, p = 0.005
    -0.05 nats, p = 0.970
    """
    sample = normalized_triple(X, y, z, scaler, n_neighbors)
    n_samples = len(sample.x)
    permutations = local_permutations(
        sample.z, min(n_shuffle_neighbors, n_samples), n_permutations, as_generator(random_state)
    )
    everything = np.vstack([np.arange(n_samples), permutations])
    psi = digamma(np.arange(n_samples + 1))
    # Without a condition all samples are equally near: a constant says the same.
    condition = sample.z if sample.z.shape[1] else np.zeros((n_samples, 1))
    batch = max(1, _HELD // n_samples)
    means = [
        permuted_contributions(
            sample.x,
            sample.y,
            condition,
            everything[start : start + batch],
            n_neighbors,
            psi,
            tie_tolerance=sample.tie_tolerance,
            n_jobs=n_jobs,
        ).mean(axis=1)
        for start in range(0, len(everything), batch)
    ]
    cmi, null = float(means[0][0]), np.concatenate(means)[1:]
    return cmi, null, float((1 + np.sum(null >= cmi)) / (1 + n_permutations))
