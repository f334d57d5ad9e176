"""Mutual information of two variables given a third."""

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._checks import check_base
from .._input._sample import default_tolerance, make_variable
from .._params import N_JOBS, Having, Whole
from .._typing import FloatArray
from ..neighbors._conditional import count_conditional_neighbors
from ..preprocessing._global_linf import GlobalLinfScaler
from ..preprocessing._normalize import normalize, tame_outliers
from ._formulas import frenzel_pompe
from ._relative_scale import RelativeScaleSearch


@validate_params(
    {
        "n_neighbors": [Whole(1)],
        "scaler": [Having("fit", "transform"), None],
        "scales": ["array-like", StrOptions({"auto"}), None],
        "n_jobs": N_JOBS,
    },
    prefer_skip_nested_validation=True,
)
def conditional_mutual_info(
    X: ArrayLike,
    y: ArrayLike,
    z: ArrayLike | None,
    *,
    n_neighbors: int = 3,
    scaler: Any = None,
    scales: Any = None,
    base: float | None = None,
    n_jobs: int | None = None,
) -> float:
    r"""Estimate what X tells about y when z is known already.

    The estimator of Frenzel and Pompe, by nearest neighbours in the maximum norm, after
    each of the three variables has been normalized. It does not change when a variable
    is multiplied by a constant.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples, n_targets) or (n_samples,)
        Second variable.
    z : array-like of shape (n_samples, n_conditions) or (n_samples,), or None
        The variable conditioned on. None, or no columns: the result is the mutual
        information of X and y, as `KSG` estimates it.
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour that sets each sample's radius.
    scaler : transformer, default=None
        Each variable is scaled by a clone of its own. None is `GlobalLinfScaler`.
    scales : array-like of shape (n_scales,) or "auto", default=None
        Factors on the normalized y, of which the one with the largest estimate is
        taken, as in `RelativeScaleSearch`. None is the factor 1. Like every maximum of
        noisy estimates, it is a little too large around 0. See Notes for z.
    base : float, default=None
        Base of the logarithm: 2 for bits. None is e, for nats.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Returns
    -------
    cmi : float
        The estimate. It is not clipped: around 0 it may be negative.

    Raises
    ------
    ValueError
        If a variable holds anything but finite real numbers, if their lengths differ,
        or if there are too few samples.

    Warns
    -----
    UserWarning
        If the best of `scales` is at an edge, so that the maximum may lie beyond it.

    See Also
    --------
    skmi.model_selection.conditional_independence_test : Whether it differs from 0.
    mutual_info : Without a condition.

    Notes
    -----
    With :math:`\rho_i` the distance of sample i to its k-th nearest neighbour in the
    space of all three, and :math:`n_{xz}`, :math:`n_{yz}`, :math:`n_z` the other
    samples nearer than that in the columns named,

    .. math::

        \hat I(X; Y \mid Z) = \psi(k) - \langle \psi(n_{xz} + 1) + \psi(n_{yz} + 1)
        - \psi(n_z + 1) \rangle

    from [1]_. Ties are counted and never broken by noise: :math:`\psi(k)` is
    :math:`\psi(m)` where m samples are nearer than the radius, itself included, and
    where the radius is 0, m samples equal this one. The same idea makes the
    estimator of [2]_ for mixtures of discrete and continuous parts.

    The factor on z is never searched for. Too small or too large a factor on y lowers
    the estimate to 0, so that the largest is the best. The factor on z is different:
    towards 0 it makes the estimator forget z, and the estimate goes to that of
    :math:`I(X; Y)`, which may be far too large.

    References
    ----------
    .. [1] S. Frenzel, B. Pompe, "Partial mutual information for coupling analysis of
       multivariate time series", Physical Review Letters 99, 204101 (2007).
    .. [2] O. C. Mesner, C. R. Shalizi, "Conditional mutual information estimation for
       mixed, discrete and continuous data", IEEE Transactions on Information Theory 67
       (2021).

    Examples
    --------
    Two readings of one quantity: each tells about the other, but nothing beyond what
    the quantity itself tells.

    >>> import numpy as np
    >>> from skmi import conditional_mutual_info, mutual_info
    >>> rng = np.random.default_rng(0)
    >>> z = rng.normal(size=1000)
    >>> x, y = z + 0.5 * rng.normal(size=(2, 1000))
    >>> print(f"{mutual_info(x, y):.2f} nats, given z {conditional_mutual_info(x, y, z):.2f}")
    0.50 nats, given z 0.02
    """
    unit = check_base(base)
    sample = normalized_triple(X, y, z, scaler, n_neighbors)
    estimator = _Given(sample.z, n_neighbors, sample.tie_tolerance, n_jobs)
    if scales is None:
        cmi = float(estimator.score_scales(sample.x, sample.y, np.ones(1))[0])
    else:
        search = RelativeScaleSearch(estimator, scales).fit(sample.x, sample.y)
        cmi = float(search.best_score_)
    return cmi / unit


class Triple(NamedTuple):
    """Three variables, normalized, and how much rounding may have moved a distance."""

    x: FloatArray
    y: FloatArray
    z: FloatArray
    tie_tolerance: float


def normalized_triple(
    X: ArrayLike, y: ArrayLike, z: ArrayLike | None, scaler: Any, n_neighbors: int
) -> Triple:
    """Validate the three variables and scale each by a clone of `scaler`."""
    if z is not None and np.shape(z)[1:] == (0,):
        z = None
    for missing, what in ((X is None, "X"), (y is None, "y")):
        if missing:
            raise ValueError(f"{what} must be given; z alone may be None.")
    given = [
        (values, name) for values, name in ((X, "X"), (y, "y"), (z, "z")) if values is not None
    ]
    sides = [make_variable(values, name) for values, name in given]
    tamed = [tame_outliers(side, name) for (side, _), (_, name) in zip(sides, given, strict=True)]
    single = any(is_single for _, is_single in sides)
    lengths = [side.n_samples for side, _ in sides]
    if len(set(lengths)) > 1:
        others = " and z has".join(f" {n}" for n in lengths[1:])
        raise ValueError(
            f"X has {lengths[0]} samples, y has{others}: row i of each must belong to the same "
            "observation."
        )
    if n_neighbors >= lengths[0]:
        raise ValueError(
            f"n_neighbors={n_neighbors} must be less than n_samples={lengths[0]}: a sample's "
            "neighbours are other samples. Lower n_neighbors or give more samples."
        )
    scaler = GlobalLinfScaler() if scaler is None else scaler
    return Triple(
        normalize(tamed[0], scaler),
        normalize(tamed[1], scaler),
        normalize(tamed[2], scaler) if z is not None else np.empty((lengths[0], 0)),
        default_tolerance(single),
    )


class _Given(BaseEstimator):
    """The estimator for one z, with what a search over relative scales asks for."""

    def __init__(
        self, z: FloatArray, n_neighbors: int, tie_tolerance: float, n_jobs: int | None
    ) -> None:
        self.z = z
        self.n_neighbors = n_neighbors
        self.tie_tolerance = tie_tolerance
        self.n_jobs = n_jobs

    def fit(self, X: FloatArray, y: FloatArray) -> Self:
        return self

    def score(self, X: FloatArray, y: FloatArray) -> float:
        return float(self.score_scales(X, y, np.ones(1))[0])

    def score_scales(self, X: FloatArray, y: FloatArray, scales: FloatArray) -> FloatArray:
        ascending, positions = np.unique(scales, return_inverse=True)
        counts = count_conditional_neighbors(
            X,
            y.reshape(len(X), -1),
            self.z,
            self.n_neighbors,
            scales=ascending,
            tie_tolerance=self.tie_tolerance,
            n_jobs=self.n_jobs,
        )
        terms = frenzel_pompe(counts.n_joint, counts.n_xz, counts.n_yz, counts.n_z, len(X))
        return np.ascontiguousarray(terms.T).mean(axis=1)[positions]
