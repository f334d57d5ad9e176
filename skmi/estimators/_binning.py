"""The plug-in estimator on a grid of bins."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._input._codes import joint_codes
from .._input._missing import NAN_POLICY
from .._input._sample import Sample
from .._params import Whole
from .._typing import FloatArray
from ._base import MutualInfoEstimator
from ._formulas import plug_in

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
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values, as in `KSG`.

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

    _is_local = True

    _parameter_constraints: dict[str, list[Any]] = {
        "n_bins": [Whole(1, 2**31)],
        "nan_policy": NAN_POLICY,
    }

    def __init__(self, n_bins: int = 10, *, nan_policy: str = "raise") -> None:
        self.n_bins = n_bins
        self.nan_policy = nan_policy

    def _learn(self, sample: Sample) -> float:
        ranges = [np.stack([v.min(axis=0), v.max(axis=0)]) for v in _values(sample)]
        self.bin_ranges_X_, self.bin_ranges_y_ = ranges
        return self._score(sample)

    def _estimate(self, sample: Sample) -> FloatArray:
        ranges = self.bin_ranges_X_, self.bin_ranges_y_
        cells = (
            joint_codes(_bins(values, each, self.n_bins))
            for values, each in zip(_values(sample), ranges, strict=True)
        )
        return plug_in(*cells)


def _values(sample: Sample) -> tuple[FloatArray, FloatArray]:
    return sample.X.array(), sample.y.array()


def _bins(values: FloatArray, ranges: FloatArray, n_bins: int) -> NDArray[np.int64]:
    """The bin of every value in every column, from 0 to n_bins - 1."""
    low, high = ranges
    # Halves: the width of a column from -1e308 to 1e308 is no number.
    width = high / 2 - low / 2
    position = (values / 2 - low / 2) / np.where(width > 0, width, 1.0) * n_bins
    return np.clip(np.floor(position + _ON_EDGE), 0, n_bins - 1).astype(np.int64)
