"""The estimator of Kraskov, Stögbauer and Grassberger."""

from typing import Any

import numpy as np
from scipy.special import digamma
from sklearn.utils._param_validation import Options, StrOptions

from .._codes import joint_codes
from .._validation import FloatArray
from ..neighbors._counts import NeighborCounts
from ._labels import neighbor_contributions, plug_in_contributions, split_labels
from ._neighbors import NeighborsMI


class KSG(NeighborsMI):
    r"""Mutual information of two variables, by nearest neighbours.

    The estimator of Kraskov, Stögbauer and Grassberger, in the maximum norm. It
    depends on the scale of one variable relative to the other: see `ScaleInvariantMI`
    and `RelativeScaleSearch`. Where a variable holds labels the estimator takes another
    road, and says which in `method_`.

    Parameters
    ----------
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour that sets each sample's radius. More lower
        the variance and raise the bias.
    algorithm : {1, 2}, default=1
        1 is Kraskov's first algorithm: neighbours on each side strictly nearer than
        the radius. 2 counts those at the radius too and corrects by 1/k, with the same
        radius on both sides. It is low by about 1/k where the counts are large; it is
        here for comparison, because the paper prints it. See Notes. Where there are
        labels, the first is taken.
    tie_tolerance : float, default=None
        None is the formula as printed, which takes it that k - 1 joint neighbours are
        nearer than the radius. Where many distances are equal (integers, rounded
        measurements) there are fewer, and the estimate is too high. With a number,
        those nearer are counted (algorithm 1), and a distance that differs from the
        radius by no more than this part of it is equal to it. `ScaleInvariantMI` sets
        a small one. Without ties it makes no difference.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns of X hold labels. "auto" goes by dtype: booleans, strings and
        categories do, floats do not, and integers do if X has one column; among
        several columns they are numbers. A bool is for all columns; an array is a mask
        or the positions of those with labels.
    discrete_target : "auto", bool or array-like, default="auto"
        The same for y, where "auto" takes integers for labels however many columns y
        has. Pass False if they are measurements.
    algorithm_ : {"auto", "brute", "kd_tree"}, default="auto"
        How neighbours are found. The counts are the same; "auto" takes the faster.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    method_ : {"ksg", "ross", "plug-in", "mixed"}
        The road taken: "ksg" for numbers on both sides, "ross" for numbers on one and
        labels on the other (`RossMI`), "plug-in" for labels on both (`PlugInMI`), and
        "mixed" where one side has both; see Notes. `score` keeps to it.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    UserWarning
        If integers that "auto" takes for labels look like a measurement: more than ten
        distinct ones, with fewer than five samples each.

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
    that on one side, algorithm 1 is

    .. math:: \psi(k) + \psi(N) - \langle \psi(n_x + 1) + \psi(n_y + 1) \rangle .

    Algorithm 2 is equation 6 of [2]_, with counts that include distance
    :math:`\rho_i`:

    .. math:: \psi(k) - 1/k + \psi(N) - \langle \psi(n_x) + \psi(n_y) \rangle .

    Kraskov's second algorithm looks the same, but has a radius for each side.

    Ties are never broken by noise. A sample that has k exact copies (radius 0)
    contributes :math:`\psi(m) + \psi(N) - \psi(m_x) - \psi(m_y)` instead, where m
    samples equal it, itself included: the rule of [3]_ for mixtures of discrete and
    continuous parts. With `tie_tolerance`, :math:`\psi(k)` becomes
    :math:`\psi(m)` in algorithm 1 for every sample, m being the samples nearer than
    the radius, itself included. Nothing is clipped.

    With labels on a side, samples of different labels are infinitely far apart there.
    Algorithm 1 is then the estimator of Ross [4]_ if one side has labels alone and the
    other numbers; "mixed" is the same rule where a side has both. If all columns are
    labels, frequencies are plugged in. Labels are no quantities: what they are called
    and how they are ordered changes nothing, and they are not scaled.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69, 066138 (2004).
    .. [2] "Towards Robust Scale-Invariant Mutual Information Estimators".
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
        "algorithm": [Options(int, {1, 2})],
        "discrete_features": ["boolean", "array-like", StrOptions({"auto"})],
        "discrete_target": ["boolean", "array-like", StrOptions({"auto"})],
    }

    def __init__(
        self,
        n_neighbors: int = 3,
        *,
        algorithm: int = 1,
        tie_tolerance: float | None = None,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        algorithm_: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.algorithm = algorithm
        self.tie_tolerance = tie_tolerance
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.algorithm_ = algorithm_
        self.n_jobs = n_jobs

    def _closed(self) -> bool:
        return self.algorithm == 2

    def _pointwise_scales(
        self, X: FloatArray, y: FloatArray, scales: FloatArray, side: str = "y"
    ) -> FloatArray:
        kinds = self._kinds
        if kinds.method == "ksg":
            return super()._pointwise_scales(X, y, scales, side)
        sides = split_labels(X, kinds.X), split_labels(y, kinds.y)
        if kinds.method == "plug-in":
            terms = plug_in_contributions(joint_codes(X), joint_codes(y))
            return np.tile(terms, (len(scales), 1))
        if kinds.have_a_relative_scale:
            ascending, positions = np.unique(scales, return_inverse=True)
        else:
            ascending, positions = np.ones(1), np.zeros(len(scales), dtype=np.intp)
        terms = neighbor_contributions(
            *(sides if side == "y" else sides[::-1]),
            self.n_neighbors,
            ascending,
            tie_tolerance=self.tie_tolerance,
            algorithm=self.algorithm_,
            n_jobs=self.n_jobs,
        )
        return terms[positions]

    def _takes_numbers(self) -> bool:
        return self._kinds.method == "ksg"

    def _contributions(self, counts: NeighborCounts, X: FloatArray, y: FloatArray) -> FloatArray:
        n_samples, k = len(X), self.n_neighbors
        psi = digamma(np.arange(n_samples + 1))
        # Including the sample itself, as algorithm 1 does, and both for exact copies.
        terms = psi[counts.n_joint + 1] + psi[n_samples]
        terms -= psi[counts.n_x + 1]
        terms -= psi[counts.n_y + 1]
        if self.algorithm == 2:
            apart = counts.radius > 0.0
            terms[apart] = psi[k] - 1.0 / k + psi[n_samples]
            terms[apart] -= psi[counts.n_x[apart]] + psi[counts.n_y[apart]]
        return terms
