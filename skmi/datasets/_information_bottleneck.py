"""The task on which networks were first looked at in the information plane."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_legendre
from sklearn.utils._param_validation import validate_params

from .._random import RANDOM_STATE, RandomState, as_generator
from .._typing import FloatArray

# Degrees of the spherical harmonics in the power spectrum. On twelve points that see each
# other at three angles only, more degrees would say nothing new.
_DEGREES = np.arange(6)


@validate_params({"random_state": RANDOM_STATE}, prefer_skip_nested_validation=True)
def make_information_bottleneck(
    random_state: RandomState = 0,
) -> tuple[FloatArray, NDArray[np.int64]]:
    r"""Make the task of Shwartz-Ziv and Tishby: patterns of points on a sphere.

    Twelve points are spread evenly over the sphere, at the corners of an icosahedron. A
    sample says which of them are on; there is one sample for each of the 4096 patterns.
    The label tells whether a function of the pattern that no rotation changes exceeds a
    threshold, which is set so that about half of the labels are 1.

    Parameters
    ----------
    random_state : int, RandomState, Generator or None, default=0
        Draws the weights of the power spectrum: another number is another task of the
        same kind. The labels follow from the patterns without any noise.

    Returns
    -------
    X : ndarray of shape (4096, 12)
        The patterns, 0 and 1, in the order of the binary numbers.
    y : ndarray of shape (4096,)
        The labels, 0 and 1.

    See Also
    --------
    load_mnist : Images of handwritten digits.

    Notes
    -----
    The function is a weighted sum of the pattern's power spectrum in spherical
    harmonics of degree l,

    .. math:: f(x) = \sum_l w_l \sum_m \Big|\sum_j x_j Y_{lm}(p_j)\Big|^2
        = \sum_l w_l \frac{2l + 1}{4\pi} \sum_{jk} x_j x_k P_l(p_j \cdot p_k),

    with weights :math:`w_l` from a standard normal distribution. The published task is
    made the same way [1]_, with weights that were not published; 0.517 of its labels are
    1. Of the values that the function takes, the threshold is the one that comes nearest
    to one half.

    References
    ----------
    .. [1] R. Shwartz-Ziv, N. Tishby, "Opening the black box of deep neural networks via
       information", arXiv:1703.00810 (2017).

    Examples
    --------
    >>> from skmi.datasets import make_information_bottleneck
    >>> X, y = make_information_bottleneck()
    >>> X.shape, round(float(y.mean()), 3)
    ((4096, 12), 0.503)
    """
    if isinstance(random_state, bool | np.bool_):
        raise ValueError(f"random_state must be a seed or a generator, got {random_state!r}.")
    cosines = _icosahedron() @ _icosahedron().T
    X = (np.arange(4096)[:, None] >> np.arange(11, -1, -1)) & 1
    # Points see each other under four angles, and a pattern's value follows from how many
    # of its pairs do so under each: patterns that a rotation takes into each other have
    # the same counts, and so, whatever the rounding, the same value.
    angles = np.unique(cosines.round(6))
    pairs = np.stack([((X @ (np.isclose(cosines, a))) * X).sum(axis=1) for a in angles], axis=1)
    weights = as_generator(random_state).normal(size=len(_DEGREES))
    weights = weights * (2 * _DEGREES + 1) / (4 * np.pi)
    kinds, kind = np.unique(pairs, axis=0, return_inverse=True)
    values = kinds @ sum(
        w * eval_legendre(degree, angles) for w, degree in zip(weights, _DEGREES, strict=True)
    )
    return X.astype(np.float64), _nearest_to_half(values, kind.reshape(-1))


def _icosahedron() -> FloatArray:
    """Its twelve corners, at distance 1 from the middle."""
    golden = (1 + np.sqrt(5)) / 2
    corners = [(0.0, a, b * golden) for a in (-1, 1) for b in (-1, 1)]
    points = np.array([np.roll(corner, turn) for turn in range(3) for corner in corners])
    return points / np.sqrt(1 + golden**2)


def _nearest_to_half(values: FloatArray, kind: NDArray[Any]) -> NDArray[np.int64]:
    """1 where a pattern's value exceeds the threshold that halves the patterns best."""
    sizes = np.bincount(kind)
    order = np.argsort(values)
    above = len(kind) - np.cumsum(sizes[order])
    best = int(np.argmin(np.abs(above / len(kind) - 0.5)))
    ranks = np.empty(len(order), dtype=np.intp)
    ranks[order] = np.arange(len(order))
    return (ranks > best)[kind].astype(np.int64)
