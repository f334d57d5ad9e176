"""The estimator of Kraskov, Stögbauer and Grassberger."""

from typing import Any

import numpy as np
from sklearn.utils._param_validation import StrOptions

from .._input._sample import Sample
from .._params import OneOf
from .._typing import FloatArray, IntArray
from ..neighbors._engine import NeighborCounts
from ._formulas import ksg, ksg_closed, plug_in
from ._labels import labelled_contributions
from ._neighbors import NeighborsMI, Sweep


class KSG(NeighborsMI):
    r"""Mutual information of two variables, by nearest neighbours.

    The estimator of Kraskov, Stögbauer and Grassberger, in the maximum norm. It
    depends on the scale of one variable relative to the other: see `ScaleInvariantMI`
    and `RelativeScaleSearch`. Where a variable holds labels another formula is used;
    `method_` says which.

    Parameters
    ----------
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour that sets each sample's radius. More lower
        the variance and raise the bias.
    variant : {1, 2}, default=1
        Which of Kraskov's two formulas. 1 counts neighbours on each side strictly nearer
        than the radius. 2 counts those at the radius too and corrects by 1/k, with the
        same radius on both sides. It is low by about 1/k where the counts are large; it
        is here for comparison, because the paper prints it. See Notes. Where there are
        labels, the first is used.
    tie_tolerance : float, default=None
        None is the formula as printed, which assumes that k - 1 joint neighbours are
        nearer than the radius. Where many distances are equal (integers, rounded
        measurements) there are fewer, and the estimate is too high. With a number,
        those nearer are counted (variant 1), and a distance that differs from the
        radius by no more than this part of it is equal to it. `ScaleInvariantMI` sets
        a small one. Without ties it makes no difference.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns of X hold labels. With "auto", booleans, strings and categories do,
        and floats do not. Integers do if each combination of the labels of X has 20
        samples on average, or if there are only two; otherwise they are numbers. A bool
        is for all columns; an array is a mask, or the positions or the names of those
        with labels.
    discrete_target : "auto", bool or array-like, default="auto"
        The same for y. Where both variables hold labels and counting them would be too
        high by more than 0.02 nats, "auto" takes integers for numbers all the same: those
        of the variable with more values.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values. "raise" refuses them, "omit" leaves out the rows in
        which X or y has one. "label" does the same for numbers, but takes a missing label for
        one label more. What holds this estimator does likewise.
    algorithm : {"auto", "brute", "kd_tree", "torch"}, default="auto"
        How neighbours are found. The counts are the same; "auto" takes the faster, and torch
        where `device` is a GPU. "torch" needs ``skmi[neural]``.
    device : str, default="auto"
        Where torch computes: "cpu", "cuda" or as torch names it. "auto" is a GPU if there is
        one and ``algorithm="torch"``; torch is loaded only where it is asked for.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    method_ : {"ksg", "ross", "plug-in", "mixed"}
        "ksg" for numbers on both sides, "ross" for numbers on one and labels on the other
        (`RossMI`), "plug-in" for labels on both (`PlugInMI`), and "mixed" where one side
        has both; see Notes. `score` keeps to it.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    ThinTableWarning
        If labels on both sides are too many for the samples.
    IdentifierWarning
        If labels hardly ever occur twice.

    See Also
    --------
    RossMI : Numbers on one side, labels on the other.
    PlugInMI : Labels on both sides.
    MixedKSG : Columns with a discrete and a continuous part.
    BIKSG : The variant of Gao, Oh and Viswanath.
    ScaleInvariantMI : Normalizes both variables first.
    RelativeScaleSearch : The maximum over relative scales.

    Notes
    -----
    With :math:`\rho_i` the distance of sample i to its k-th nearest neighbour in the
    joint space, and :math:`n_{x,i}` and :math:`n_{y,i}` the other samples nearer than
    that on one side, variant 1 is

    .. math:: \psi(k) + \psi(N) - \langle \psi(n_x + 1) + \psi(n_y + 1) \rangle .

    Variant 2 is equation 6 of [2]_, with counts that include distance
    :math:`\rho_i`:

    .. math:: \psi(k) - 1/k + \psi(N) - \langle \psi(n_x) + \psi(n_y) \rangle .

    Kraskov's second algorithm looks the same, but has a radius for each side.

    Ties are never broken by noise. A sample that has k exact copies (radius 0)
    contributes :math:`\psi(m) + \psi(N) - \psi(m_x) - \psi(m_y)` instead, where m
    samples equal it, itself included: the rule of [3]_ for mixtures of discrete and
    continuous parts. With `tie_tolerance`, :math:`\psi(k)` becomes
    :math:`\psi(m)` in variant 1 for every sample, m being the samples nearer than
    the radius, itself included. Nothing is clipped.

    With labels on a side, samples of different labels are infinitely far apart there.
    Variant 1 is then the estimator of Ross [4]_ if one side has labels alone and the
    other numbers; "mixed" is the same rule where a side has both. If all columns are
    labels, frequencies are plugged in. Labels are no quantities: what they are called
    and how they are ordered changes nothing, and they are not scaled.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69, 066138 (2004).
    .. [2] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5
    .. [3] W. Gao, S. Kannan, S. Oh, P. Viswanath, "Estimating mutual information for
       discrete-continuous mixtures", NeurIPS (2017).
    .. [4] B. C. Ross, "Mutual information between discrete and continuous data sets",
       PLoS ONE 9(2), e87357 (2014).

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import KSG
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 1))
    >>> y = 0.8 * X[:, 0] + 0.6 * rng.normal(size=1000)
    >>> ksg = KSG().fit(X, y)
    >>> print(f"{ksg.mi_:.2f} nats; the truth is {-0.5 * np.log(1 - 0.8**2):.2f}")
    0.51 nats; the truth is 0.51

    >>> sign = np.where(y > 0, "plus", "minus")
    >>> ksg = KSG().fit(X, sign)
    >>> print(f"{ksg.mi_:.2f} nats by {ksg.method_!r}")
    0.26 nats by 'ross'
    """

    _parameter_constraints: dict[str, list[Any]] = {
        **NeighborsMI._parameter_constraints,
        "variant": [OneOf(1, 2)],
        "discrete_features": ["boolean", "array-like", StrOptions({"auto"})],
        "discrete_target": ["boolean", "array-like", StrOptions({"auto"})],
    }

    def __init__(
        self,
        n_neighbors: int = 3,
        *,
        variant: int = 1,
        tie_tolerance: float | None = None,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        nan_policy: str = "raise",
        algorithm: str = "auto",
        device: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.variant = variant
        self.tie_tolerance = tie_tolerance
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.nan_policy = nan_policy
        self.algorithm = algorithm
        self.device = device
        self.n_jobs = n_jobs

    def _asked_kinds(self) -> tuple[Any, Any]:
        return self.discrete_features, self.discrete_target

    def _closed(self) -> bool:
        return self.variant == 2

    def _contributions(self, counts: NeighborCounts, sample: Sample) -> FloatArray:
        if self.variant == 2:
            return ksg_closed(counts, self.n_neighbors)
        return ksg(counts.n_joint, counts.n_x, counts.n_y, sample.n_samples)

    def _sweep(self, sample: Sample, side: str = "y") -> Sweep:
        method = sample.kinds.method
        if method == "ksg":
            return super()._sweep(sample, side)
        return _plug_in_sweep(sample) if method == "plug-in" else labelled_sweep(self, sample, side)


def _plug_in_sweep(sample: Sample) -> Sweep:
    x, y = sample.codes

    def sweep(scales: FloatArray, order: IntArray | None = None) -> FloatArray:
        terms = plug_in(x, y if order is None else y[order])
        return np.tile(terms, (len(scales), 1))

    return sweep


def labelled_sweep(estimator: NeighborsMI, sample: Sample, side: str = "y") -> Sweep:
    """As `NeighborsMI._sweep`, of a sample with labels on a side and numbers on a side."""
    query = estimator._query(sample)._replace(closed=False)
    options = estimator._counting()

    def sweep(scales: FloatArray, order: IntArray | None = None) -> FloatArray:
        permuted = sample if order is None else sample.permuted(order)
        return labelled_contributions(permuted, query, scales, side, **options)

    return sweep
