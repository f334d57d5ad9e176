"""Mutual information of two variables given a third."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions, validate_params

from .._device import ALGORITHMS, find_engine
from .._input._checks import check_base
from .._input._codes import joint_codes
from .._input._sample import default_tolerance
from .._input._triple import Triple, joint_labels, make_triple
from .._params import N_JOBS, Having, Whole
from .._typing import CodeArray, FloatArray
from ..neighbors._conditional import count_conditional_neighbors, with_labels
from ..preprocessing._global_linf import GlobalLinfScaler
from ..preprocessing._normalize import normalize, tame_outliers
from ._formulas import frenzel_pompe
from ._relative_scale import RelativeScaleSearch


@validate_params(
    {
        "n_neighbors": [Whole(1)],
        "scaler": [Having("fit", "transform"), None],
        "scales": ["array-like", StrOptions({"auto"}), None],
        "algorithm": [StrOptions(set(ALGORITHMS))],
        "device": [str],
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
    discrete_features: Any = "auto",
    discrete_target: Any = "auto",
    discrete_condition: Any = "auto",
    base: float | None = None,
    algorithm: str = "auto",
    device: str = "auto",
    n_jobs: int | None = None,
) -> float:
    r"""Estimate what X tells about y when z is known already.

    The estimator of Frenzel and Pompe, by nearest neighbours in the maximum norm, after
    each of the three variables has been normalized. It does not change when a variable
    is multiplied by a constant. Each variable may hold numbers, labels, or both.

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
        Each variable is scaled by its own clone. None is `GlobalLinfScaler`.
    scales : array-like of shape (n_scales,) or "auto", default=None
        Factors on the normalized y, of which the one with the largest estimate is
        taken, as in `RelativeScaleSearch`. None is the factor 1. Like every maximum of
        noisy estimates, it is a little too large around 0. See Notes for z.
    discrete_features, discrete_target, discrete_condition : "auto", bool or array-like
        Which columns of X, y and z hold labels: all, none, a mask, or their positions or
        names. "auto", the default: strings, booleans and categories, and integers of which
        each value has 20 samples on average (see `KSG`).
    base : float, default=None
        Base of the logarithm: 2 for bits. None is e, for nats.
    algorithm : {"auto", "brute", "kd_tree", "torch"}, default="auto"
    device : str, default="auto"
        How and where neighbours are found, as in `KSG`.
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
        If a variable holds anything but finite real numbers and labels, if their lengths
        differ, or if there are too few samples.

    Warns
    -----
    ScaleEdgeWarning
        If the best of `scales` is at an edge, so that the maximum may lie beyond it.
    ThinTableWarning
        If there are too few samples of each combination of labels.
    IdentifierWarning
        If labels hardly ever occur twice.

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
    where the radius is 0, m samples equal this one.

    Samples of different labels are infinitely far apart, and equal labels at a distance of
    0, as proposed by Mesner and Shalizi [2]_: with labels in one variable and numbers in
    another, neighbours are found among the samples with the same labels. Where there
    are fewer than k others, the farthest of them sets the radius, as Ross does for a
    label; a sample that shares its labels with no other is left out if there are numbers.
    If all are labels, it is the difference of entropies with the digamma function
    in place of the logarithm, which removes the bias of frequencies to first
    order in the number of samples.

    The factor on z is never searched for. Too small or too large a factor on y lowers
    the estimate to 0, so the largest estimate is the best. The factor on z is different:
    as it goes to 0, the estimator forgets z, and the estimate goes to that of
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
    discrete = discrete_features, discrete_target, discrete_condition
    sample = normalize_triple(make_triple(X, y, z, n_neighbors, discrete), scaler)
    engine, device = find_engine(algorithm, device)
    options = {"algorithm": engine, "device": device, "n_jobs": n_jobs}
    return _estimate(sample, scales, n_neighbors, options) / unit


class Normalized(NamedTuple):
    """Three variables, of which the numbers are normalized.

    Attributes
    ----------
    numbers : tuple of three ndarrays of float64, shape (n_samples, n_columns) each
    codes : tuple of three ndarrays of int64, shape (n_samples,), or None
        Labels, where there are some.
    tie_tolerance : float
        How much rounding may have moved a distance, as a part of it.
    """

    numbers: tuple[FloatArray, FloatArray, FloatArray]
    codes: tuple[CodeArray | None, CodeArray | None, CodeArray | None]
    tie_tolerance: float

    @property
    def n_samples(self) -> int:
        return len(self.numbers[0])

    def have(self) -> list[bool]:
        """Which of the three have numbers."""
        return [each.shape[1] > 0 for each in self.numbers]

    def columns(self) -> list[list[Any]]:
        """Those of the first two variables: numbers, or integers for labels."""
        return [
            [*numbers.T, *([] if codes is None else [codes])]
            for numbers, codes in zip(self.numbers[:2], self.codes[:2], strict=True)
        ]

    def swapped(self) -> Normalized:
        """The first two variables exchanged."""
        (x, y, z), (a, b, c) = self.numbers, self.codes
        return Normalized((y, x, z), (b, a, c), self.tie_tolerance)

    def take(self, rows: Any) -> Normalized:
        x, y, z = (each[rows] for each in self.numbers)
        a, b, c = (None if each is None else joint_codes(each[rows]) for each in self.codes)
        return Normalized((x, y, z), (a, b, c), self.tie_tolerance)


def normalize_triple(triple: Triple, scaler: Any) -> Normalized:
    """Scale each variable by a clone of `scaler`; outliers go by their ranks."""
    scaler = GlobalLinfScaler() if scaler is None else scaler
    x, y = (
        normalize(tame_outliers(side, what), scaler)
        for side, what in ((triple.x, "X"), (triple.y, "y"))
    )
    z, codes = np.empty((len(x), 0)), None
    if triple.z is not None:
        z, codes = normalize(tame_outliers(triple.z, "z"), scaler), triple.z.codes
    return Normalized(
        (x, y, z), (triple.x.codes, triple.y.codes, codes), default_tolerance(triple.is_single)
    )


def _estimate(sample: Normalized, scales: Any, n_neighbors: int, options: dict[str, Any]) -> float:
    """The estimate, in nats; at the best of some scales of y, if there are any."""
    if any(sample.have()):
        sample = _paired(sample)
        if n_neighbors >= sample.n_samples:
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than the {sample.n_samples} samples that "
                "share their labels with another. Lower n_neighbors or give more samples."
            )
    estimator = _Given(sample, n_neighbors, options)
    (x, y, z), (in_x, in_y, in_z) = sample.numbers, sample.have()
    if scales is None or not in_y or not (in_x or in_z):
        return float(estimator.score_scales(x, y, np.ones(1))[0])
    search = RelativeScaleSearch(estimator, scales).fit(x if in_x else z, y)
    return float(search.best_score_)


def _paired(sample: Normalized) -> Normalized:
    """The samples that share all their labels with another one."""
    together = joint_labels(*sample.codes)
    if together is None:
        return sample
    kept = np.bincount(together)[together] > 1
    if not kept.any():
        raise ValueError(
            f"Each of the {len(kept)} samples has labels of its own in X, y and z together, so "
            "that none has a neighbour of the same labels. If they are measurements, pass "
            "discrete_features, discrete_target or discrete_condition=False."
        )
    return sample if kept.all() else sample.take(kept)


class _Given(BaseEstimator):
    """The estimator for a sample, with what a search over relative scales of y asks for."""

    def __init__(self, sample: Normalized, n_neighbors: int, options: dict[str, Any]) -> None:
        self.sample = sample
        self.n_neighbors = n_neighbors
        self.options = options

    def __sklearn_clone__(self) -> Self:
        return self

    def fit(self, X: FloatArray, y: FloatArray) -> Self:
        return self

    def score(self, X: FloatArray, y: FloatArray) -> float:
        return float(self.score_scales(X, y, np.ones(1))[0])

    def score_scales(self, X: FloatArray, y: FloatArray, scales: FloatArray) -> FloatArray:
        """The estimate at each factor on the numbers of y; `X` and `y` are those known."""
        ascending, positions = np.unique(scales, return_inverse=True)
        x, y, z, far = with_labels(self.sample.numbers, self.sample.codes, ascending)
        counts = count_conditional_neighbors(
            x,
            y,
            z,
            self.n_neighbors,
            scales=ascending,
            far=far,
            tie_tolerance=self.sample.tie_tolerance,
            **self.options,
        )
        terms = frenzel_pompe(counts.n_joint, counts.n_xz, counts.n_yz, counts.n_z, len(x))
        return np.ascontiguousarray(terms.T).mean(axis=1)[positions]
