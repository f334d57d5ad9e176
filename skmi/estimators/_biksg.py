"""The bias-improved estimator of Gao, Oh and Viswanath."""

from typing import Any

from sklearn.utils._param_validation import StrOptions

from .._input._sample import Sample
from .._typing import FloatArray
from ..neighbors._engine import METRICS, NeighborCounts
from ._formulas import bi_ksg, log_ball_ratio
from ._neighbors import NeighborsMI


class BIKSG(NeighborsMI):
    r"""The bias-improved KSG estimator of Gao, Oh and Viswanath.

    Euclidean distances, logarithms of counts in place of digammas, and the volumes of
    the balls. Like `KSG` it depends on the variables' relative scale.

    Parameters
    ----------
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour that sets each sample's radius.
    metric : {"euclidean", "chebyshev"}, default="euclidean"
        The norm of the joint space and of both sides. The estimator is defined with
        the Euclidean one; the tables of [2]_ come out with the maximum norm.
    tie_tolerance : float, default=None
        A distance that differs from the radius by no more than this part of it counts
        as equal to it; None is 0. `ScaleInvariantMI` sets a small one.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values, as in `KSG`.
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
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    See Also
    --------
    KSG : The estimator it refines.

    Notes
    -----
    .. math::
        \psi(k) + \log N + \log \frac{c_{d_x} c_{d_y}}{c_{d_x + d_y}}
        - \langle \log n_x + \log n_y \rangle

    where :math:`c_d` is the volume of the d-dimensional unit ball,
    :math:`\pi^{d/2} / \Gamma(d/2 + 1)` in the Euclidean norm, and the counts are of
    the other samples not farther than the radius [1]_. In the maximum norm the volumes
    cancel.

    Ties are counted, never broken by noise. A sample that has k exact copies (radius
    0) contributes :math:`\log (m N / m_x m_y)`, where m samples equal it, itself
    included. Nothing is clipped.

    References
    ----------
    .. [1] W. Gao, S. Oh, P. Viswanath, "Demystifying fixed k-nearest neighbor
       information estimators", IEEE Transactions on Information Theory 64 (2018).
    .. [2] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import BIKSG
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 1))
    >>> y = 0.8 * X[:, 0] + 0.6 * rng.normal(size=1000)
    >>> print(f"{BIKSG().fit(X, y).mi_:.2f} nats")
    0.51 nats
    """

    _parameter_constraints: dict[str, list[Any]] = {
        **NeighborsMI._parameter_constraints,
        "metric": [StrOptions(set(METRICS))],
    }

    def __init__(
        self,
        n_neighbors: int = 3,
        *,
        metric: str = "euclidean",
        tie_tolerance: float | None = None,
        nan_policy: str = "raise",
        algorithm: str = "auto",
        device: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.metric = metric
        self.tie_tolerance = tie_tolerance
        self.nan_policy = nan_policy
        self.algorithm = algorithm
        self.device = device
        self.n_jobs = n_jobs

    def _metric(self) -> str:
        return self.metric

    def _contributions(self, counts: NeighborCounts, sample: Sample) -> FloatArray:
        volumes = 0.0
        if self.metric == "euclidean":
            volumes = log_ball_ratio(sample.X.numbers.shape[1], sample.y.numbers.shape[1])
        return bi_ksg(counts, self.n_neighbors, volumes)
