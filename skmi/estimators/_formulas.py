r"""From counts to information: each formula once, a pure function.

Counts are of *other* samples, arrays of shape (n_samples, ...); the result has the same
shape and holds each sample's contribution in nats. :math:`\psi` is the digamma function.
Nothing is clipped.
"""

from functools import lru_cache

import numpy as np
from scipy.special import digamma, gammaln

from .._input._codes import joint_codes
from .._typing import CodeArray, CountArray, FloatArray
from ..neighbors._engine import NeighborCounts

# So many rows at a time, where what lies between would take more memory than counts.
_BLOCK = 2**16


def ksg(n_joint: CountArray, n_x: CountArray, n_y: CountArray, n_samples: int) -> FloatArray:
    r"""Kraskov's first algorithm, with ties counted; Ross's estimator where y has labels.

    .. math:: \psi(m + 1) + \psi(N) - \psi(n_x + 1) - \psi(n_y + 1)

    with m the others nearer than the radius in both variables: k - 1 except with ties.

    Parameters
    ----------
    n_joint, n_x, n_y : ndarray of int
        Others nearer than the radius; equal to the sample where the radius is 0. Samples
        of different labels are infinitely far apart.
    n_samples : int

    Returns
    -------
    contributions : ndarray
        Exactly 0 where a variable is constant.

    References
    ----------
    A. Kraskov, H. Stögbauer, P. Grassberger (2004), doi:10.1103/PhysRevE.69.066138; ties:
    W. Gao, S. Kannan, S. Oh, P. Viswanath (2017), arXiv:1709.06212; labels: B. C. Ross
    (2014), doi:10.1371/journal.pone.0087357.
    """
    psi = _digamma_up_to(n_samples)
    terms = np.empty(np.shape(n_joint))
    for start in range(0, len(terms), _BLOCK):
        some = slice(start, start + _BLOCK)
        # Differences of like terms first: for a constant side they cancel to the last digit.
        block = psi[n_joint[some] + 1] - psi[n_y[some] + 1]
        block += psi[n_samples] - psi[n_x[some] + 1]
        terms[some] = block
    return terms


def ksg_closed(counts: NeighborCounts, n_neighbors: int) -> FloatArray:
    r"""The second form, with counts that include the radius: equation 6 of the paper.

    .. math:: \psi(k) - 1/k + \psi(N) - \psi(n_x) - \psi(n_y)

    Where the radius is 0 it is that of `ksg`.

    Parameters
    ----------
    counts : NeighborCounts
        Of a closed query.
    n_neighbors : int

    Returns
    -------
    contributions : ndarray

    References
    ----------
    "Towards Robust Scale-Invariant Mutual Information Estimators", equation 6, after
    A. Kraskov, H. Stögbauer, P. Grassberger (2004), doi:10.1103/PhysRevE.69.066138.
    """
    n_samples, k = len(counts.radius), n_neighbors
    psi = _digamma_up_to(n_samples)
    terms = ksg(counts.n_joint, counts.n_x, counts.n_y, n_samples)
    apart = counts.radius > 0.0
    terms[apart] = psi[k] - 1.0 / k + psi[n_samples]
    terms[apart] -= psi[counts.n_x[apart]] + psi[counts.n_y[apart]]
    return terms


def bi_ksg(counts: NeighborCounts, n_neighbors: int, log_volumes: float) -> FloatArray:
    r"""The estimator of Gao, Oh and Viswanath.

    .. math:: \psi(k) + \log N + \log\frac{c_{d_x} c_{d_y}}{c_{d_x + d_y}} - \log n_x - \log n_y

    Where the radius is 0 it is the logarithm of the ratio of frequencies.

    Parameters
    ----------
    counts : NeighborCounts
        Of a closed query.
    n_neighbors : int
    log_volumes : float
        The third term: `log_ball_ratio`, or 0 in the maximum norm.

    Returns
    -------
    contributions : ndarray

    References
    ----------
    W. Gao, S. Oh, P. Viswanath (2018), doi:10.1109/TIT.2018.2807481.
    """
    n_samples = len(counts.radius)
    with np.errstate(divide="ignore"):
        log = np.log(np.arange(n_samples + 1))
    terms: FloatArray = digamma(n_neighbors) + log[n_samples] + log_volumes - log[counts.n_x]
    terms -= log[counts.n_y]
    copies = counts.radius == 0.0
    if copies.any():
        n_joint, n_x, n_y = (count[copies] for count in counts[1:])
        terms[copies] = log[n_joint + 1] + log[n_samples] - log[n_x + 1] - log[n_y + 1]
    return terms


def log_ball_ratio(d_x: int, d_y: int) -> float:
    """Volumes of the Euclidean unit balls: log of c(d_x) c(d_y) / c(d_x + d_y)."""

    def log_ball(d: int) -> float:
        return float(0.5 * d * np.log(np.pi) - gammaln(0.5 * d + 1.0))

    return log_ball(d_x) + log_ball(d_y) - log_ball(d_x + d_y)


def mixture(counts: NeighborCounts, n_neighbors: int, *, logarithms: bool) -> FloatArray:
    r"""The estimator of Gao, Kannan, Oh and Viswanath for mixtures.

    .. math:: \psi(\tilde k) + \log N - \psi(n_x + 1) - \psi(n_y + 1)

    with :math:`\tilde k` the number of copies where the radius is 0, itself included, else k.

    Parameters
    ----------
    counts : NeighborCounts
        Of a closed query if `logarithms`, else of an open one.
    n_neighbors : int
    logarithms : bool
        Whether logarithms take the place of the last two digammas, as the article prints.

    Returns
    -------
    contributions : ndarray

    References
    ----------
    W. Gao, S. Kannan, S. Oh, P. Viswanath (2017), arXiv:1709.06212.
    """
    n_samples = len(counts.radius)
    psi = _digamma_up_to(n_samples)
    marginal = np.log(np.arange(1, n_samples + 1)) if logarithms else psi[1:]
    k = np.where(counts.radius > 0.0, n_neighbors, counts.n_joint + 1)
    terms: FloatArray = psi[k] + np.log(n_samples) - marginal[counts.n_x] - marginal[counts.n_y]
    return terms


def frenzel_pompe(
    n_joint: CountArray, n_xz: CountArray, n_yz: CountArray, n_z: CountArray, n_samples: int
) -> FloatArray:
    r"""The information of x and y given z.

    .. math:: \psi(m + 1) - \psi(n_{xz} + 1) - \psi(n_{yz} + 1) + \psi(n_z + 1)

    with m the others nearer than the radius in all three: k - 1 except with ties.

    Parameters
    ----------
    n_joint, n_xz, n_yz, n_z : ndarray of int
        Others nearer than the radius, or equal to the sample where it is 0.
    n_samples : int

    Returns
    -------
    contributions : ndarray
        Exactly 0 where x or y is constant.

    References
    ----------
    S. Frenzel, B. Pompe (2007), doi:10.1103/PhysRevLett.99.204101; ties: O. C. Mesner,
    C. R. Shalizi (2021), doi:10.1109/TIT.2020.3024886.
    """
    psi = _digamma_up_to(n_samples)
    terms: FloatArray = psi[n_joint + 1] - psi[n_xz + 1]
    terms -= psi[n_yz + 1] - psi[n_z + 1]
    return terms


def plug_in(x: CodeArray, y: CodeArray) -> FloatArray:
    r"""Labels on both sides: each sample's logarithm of the ratio of frequencies.

    .. math:: \log \frac{N\, N_{xy}}{N_x N_y}

    Parameters
    ----------
    x, y : ndarray of int64, shape (n_samples,)
        Codes from 0.

    Returns
    -------
    contributions : ndarray of shape (n_samples,)
    """
    joint = joint_codes(np.column_stack([x, y]))
    # In this order a constant side makes it exactly 0.
    return (_log_counts(joint) - _log_counts(x)) + (np.log(len(x)) - _log_counts(y))


def miller_madow(x: CodeArray, y: CodeArray) -> float:
    r"""What to add to `plug_in`, to first order in the number of samples.

    .. math:: (K_x + K_y - K_{xy} - 1) / 2N

    References
    ----------
    G. A. Miller (1955), "Note on the bias of information estimates".
    """
    n_x, n_y, n_joint = (
        len(np.unique(codes)) for codes in (x, y, joint_codes(np.column_stack([x, y])))
    )
    return (n_x + n_y - n_joint - 1) / (2 * len(x))


@lru_cache(maxsize=2)  # many pairs of columns have as many samples
def _digamma_up_to(n: int) -> FloatArray:
    """The digamma function of 0, 1, ..., n; not to be written to."""
    table: FloatArray = digamma(np.arange(n + 1))
    table.flags.writeable = False
    return table


def _log_counts(codes: CodeArray) -> FloatArray:
    return np.log(np.bincount(codes))[codes]
