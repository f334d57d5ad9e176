"""The plug-in estimator on a grid of bins."""

from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import Interval

from .._validation import FloatArray
from ._base import MutualInfoEstimator

# A value this near below an edge, in widths of a bin, lies on it: the position in
# units of bins is a quotient of rounded differences, and must not depend on how they
# happen to round in the data's units.
_ON_EDGE = 1e-9


class BinningMI(MutualInfoEstimator):
    r"""Mutual information of the variables cut into bins.

    Every column is cut into `n_bins` bins of equal width between its smallest and its
    largest value; the entropies are those of the frequencies. The estimate does not
    depend on scale, but in many dimensions nearly every sample has a bin to itself and
    it approaches the logarithm of the number of samples, whatever the truth.

    Parameters
    ----------
    n_bins : int, default=10
        Bins per column.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    bin_ranges_X_ : ndarray of shape (2, n_features)
        Smallest and largest value of each column of X: the outer edges of the bins,
        which `score` reuses. What lies outside counts to the outermost bins.
    bin_ranges_y_ : ndarray of shape (2, n_targets)
        The same for y.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    See Also
    --------
    KSG : Adapts its resolution to the sample.

    Notes
    -----
    .. math:: H(X) + H(T) - H(X, T)

    with plug-in entropies of the binned variables [1]_. A constant column has one bin.

    References
    ----------
    .. [1] L. Paninski, "Estimation of entropy and mutual information", Neural
       Computation 15 (2003).

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import BinningMI
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 1))
    >>> y = 0.8 * X[:, 0] + 0.6 * rng.normal(size=1000)
    >>> print(f"{BinningMI().fit(X, y).mi_:.2f} nats")
    0.44 nats
    """

    _sees_only_differences = True

    _parameter_constraints: dict[str, list[Any]] = {
        "n_bins": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, n_bins: int = 10) -> None:
        self.n_bins = n_bins

    def _learn(self, X: FloatArray, y: FloatArray) -> None:
        self.bin_ranges_X_ = np.stack([X.min(axis=0), X.max(axis=0)])
        self.bin_ranges_y_ = np.stack([y.min(axis=0), y.max(axis=0)])

    def _pointwise(self, X: FloatArray, y: FloatArray) -> FloatArray:
        x_cell = _number(_bins(X, self.bin_ranges_X_, self.n_bins))
        y_cell = _number(_bins(y, self.bin_ranges_y_, self.n_bins))
        joint_cell = _number(np.column_stack([x_cell, y_cell]))
        log_n = np.log(len(X))
        return _log_occupancy(joint_cell) + log_n - _log_occupancy(x_cell) - _log_occupancy(y_cell)


def _bins(values: FloatArray, ranges: FloatArray, n_bins: int) -> NDArray[np.int64]:
    """The bin of every value in every column, from 0 to n_bins - 1."""
    low, high = ranges
    # Halves: the width of a column from -1e308 to 1e308 is no number.
    width = high / 2 - low / 2
    position = (values / 2 - low / 2) / np.where(width > 0, width, 1.0) * n_bins
    return np.clip(np.floor(position + _ON_EDGE), 0, n_bins - 1).astype(np.int64)


def _number(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the distinct rows, column after column so that no product overflows."""
    number = np.zeros(len(cells), dtype=np.int64)
    for column in cells.T:
        n_values = int(column.max()) + 1
        number = np.unique(number * n_values + column, return_inverse=True)[1].reshape(-1)
    return number


def _log_occupancy(cell: NDArray[np.int64]) -> FloatArray:
    """For every sample, the logarithm of the number of samples in its cell."""
    return np.log(np.bincount(cell))[cell]
