"""The estimator of Ross for numbers and labels."""

from typing import Any

from .._input._sample import Sample
from ._ksg import labelled_sweep
from ._neighbors import NeighborsMI, Sweep


class RossMI(NeighborsMI):
    r"""Mutual information of a continuous variable and labels, by nearest neighbours.

    The estimator of Ross, for X of any number of columns, in the maximum norm. It does
    not change when all columns of X are multiplied by one factor, nor when labels are
    renamed.

    Parameters
    ----------
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour of the same label that sets each sample's
        radius; fewer in a class of fewer than k + 1 samples.
    tie_tolerance : float, default=None
        None is the formula as printed. With a number, neighbours nearer than the
        radius are counted instead of being taken for k - 1, and a distance that
        differs from the radius by no more than this part of it is equal to it:
        see `KSG`.
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
    method_ : str
        "ross".
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    See Also
    --------
    KSG : Does the same by itself where dtypes tell.
    PlugInMI : Labels on both sides.
    sklearn.feature_selection.mutual_info_classif : The same for one column at a time.

    Notes
    -----
    Every column of X is taken for numbers and y for labels, whatever the dtypes: whole
    numbers held as floats are labels here, too. Labels in several columns of y are one
    label together.

    With :math:`\rho_i` the distance of sample i to its k-th nearest neighbour among the
    :math:`N_{y,i}` samples of its label, and :math:`m_i` the samples of any label
    nearer than that, itself included, the estimate is

    .. math:: \psi(k) + \psi(N) - \langle \psi(N_y) + \psi(m) \rangle

    of [1]_. It is variant 1 of `KSG` where different labels are infinitely far apart.
    In a class of at most k samples, k is one less than its size; a sample alone in its
    class is left out, and N is the number of the others. A sample that has k exact
    copies within its class contributes
    :math:`\psi(c) + \psi(N) - \psi(N_y) - \psi(m)`, where of the m samples equal
    to it, itself included, c are of its label. Nothing is clipped.

    References
    ----------
    .. [1] B. C. Ross, "Mutual information between discrete and continuous data sets",
       PLoS ONE 9(2), e87357 (2014).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmi import RossMI
    >>> X, species = load_iris(return_X_y=True)  # X in steps of 0.1: many ties
    >>> print(f"{RossMI(tie_tolerance=1e-10).fit(X, species).mi_:.2f} nats")
    1.06 nats
    """

    def __init__(
        self,
        n_neighbors: int = 3,
        *,
        tie_tolerance: float | None = None,
        nan_policy: str = "raise",
        algorithm: str = "auto",
        device: str = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.tie_tolerance = tie_tolerance
        self.nan_policy = nan_policy
        self.algorithm = algorithm
        self.device = device
        self.n_jobs = n_jobs

    def _asked_kinds(self) -> tuple[Any, Any]:
        return False, True

    def _sweep(self, sample: Sample, side: str = "y") -> Sweep:
        return labelled_sweep(self, sample, side)
