"""The mutual information of all pairs of columns."""

from __future__ import annotations

import time
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._checks import check_base
from .._input._frames import square_like
from .._input._stream import open_stream
from .._input._table import read_table
from .._params import N_JOBS, Number, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._progress import tracked
from .._random import RANDOM_STATE, RandomState, as_generator
from ..neighbors._threads import count_threads
from ._pairs import Pairs
from ._scan import ScanOptions, scan_stream, warn_of_subsample

# What rounding may do to an estimate, in units of its largest terms.
_ROUNDING = 1e-13


class PairwiseMutualInfo(NamedTuple):
    """The mutual information of all pairs of columns, and how likely chance gives as much.

    Attributes
    ----------
    mi : ndarray of shape (n_columns, n_columns), or data frame
        The estimates.
    pvalues : ndarray of shape (n_columns, n_columns), or data frame
        NaN on the diagonal.
    """

    mi: Any
    pvalues: Any


@validate_params(
    {
        "n_neighbors": [Whole(1)],
        "discrete_features": [StrOptions({"auto"}), "boolean", "array-like"],
        "diagonal": [StrOptions({"entropy"}), Number(Real, None, None, closed="neither"), None],
        "clip": ["boolean"],
        "n_permutations": [Whole(1), None],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
        "verbose": ["verbose"],
    },
    prefer_skip_nested_validation=True,
)
def pairwise_mutual_info(
    X: ArrayLike,
    *,
    n_neighbors: int = 3,
    discrete_features: Any = "auto",
    diagonal: Any = "entropy",
    clip: bool = True,
    base: float | None = None,
    n_permutations: int | None = None,
    permutation: str = "iid",
    block_length: Any = "auto",
    random_state: RandomState = None,
    n_jobs: int | None = None,
    verbose: int = 0,
) -> Any:
    r"""Estimate the mutual information of all pairs of columns.

    What a correlation matrix is for straight lines between numbers, for dependence of any
    form between columns of any kind.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_columns), or stream of batches
        Numbers, labels, or both side by side. More rows than fit in memory come in batches: a
        dataset of pyarrow, a Dask frame, an iterator of frames, or a callable that makes one, as
        `scan_mutual_info` takes it. It gives errors and p-values as well.
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns hold labels, as in `feature_mutual_info`.
    diagonal : "entropy", float or None, default="entropy"
        What stands on the diagonal. A column tells all about itself: "entropy" is the
        entropy of labels, and infinity for numbers that are not constant. A number stands
        there as it is, and None is NaN.
    clip : bool, default=True
        Whether estimates below 0, which mutual information cannot be, are given as 0.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    n_permutations : int, default=None
        How many times all columns are permuted, each by itself, to see what independent
        columns give. None gives no p-values. Each takes as long as the matrix itself.
    permutation : {"iid", "circular", "block"}, default="iid"
        How columns are permuted: "iid" for independent rows; the others for time series,
        as in :func:`~skmi.model_selection.mutual_info_permutation_test`.
    block_length : int or "auto", default="auto"
        For the latter.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the permutations.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.
    verbose : int, default=0
        1 prints a line now and then while there is more to do.

    Returns
    -------
    mi : ndarray of shape (n_columns, n_columns), or data frame
        Estimates in nats, or in units of `base`; symmetric. A data frame of the library
        that X comes from if it is one; that of pandas has the names of the columns as its
        index.
    pvalues : the same
        With `n_permutations`, both come as a named tuple `PairwiseMutualInfo`.

    Raises
    ------
    ValueError
        If a value is missing, infinite or not of its column's kind, or if there are too
        few samples.
    TypeError
        If X is sparse.

    Warns
    -----
    OutlierWarning, IdentifierWarning, ThinTableWarning
        As `feature_mutual_info`, once for all pairs.
    SubsampleWarning
        If X comes in batches, and not all rows fit in memory.

    See Also
    --------
    feature_mutual_info : Each column against a target.
    skmi.inspection.PairwiseMIDisplay : The matrix as a picture.

    Notes
    -----
    Each pair has the value of `feature_mutual_info`: numbers and numbers take algorithm 1
    of `KSG` with each column in units of its standard deviation, which is the recipe
    "ksg-local"; numbers and labels `RossMI`; labels and labels the frequencies. All of
    them are symmetric, and none changes when a column is multiplied by a constant. Each
    column is validated and sorted once.

    Whether integers are labels is settled by the column, and, where both columns of a pair
    are labels but too many for the samples, by the pair: that with more values is taken for
    numbers, of equally many the first.

    With B permutations, of which b give a pair an estimate at least as large as the
    observed one, its p-value is :math:`(b + 1) / (B + 1)`. There are many pairs: of
    independent columns one in twenty has p < 0.05. Correct for that, as
    :func:`scipy.stats.false_discovery_control` does.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import pairwise_mutual_info
    >>> rng = np.random.default_rng(0)
    >>> a, b = rng.normal(size=(2, 1000))
    >>> X = np.column_stack([a, b, np.abs(a) + 0.1 * rng.normal(size=1000)])
    >>> np.corrcoef(X.T).round(2)
    array([[ 1.  ,  0.06, -0.08],
           [ 0.06,  1.  ,  0.  ],
           [-0.08,  0.  ,  1.  ]])
    >>> pairwise_mutual_info(X).round(2)
    array([[ inf, 0.  , 1.71],
           [0.  ,  inf, 0.01],
           [1.71, 0.01,  inf]])
    """
    unit = check_base(base)
    stream = open_stream(X, None)
    if stream is not None:
        if n_permutations is not None:
            raise ValueError(
                "n_permutations goes with data in memory. X comes in batches: scan_mutual_info "
                "gives the p-value of each pair, by a chi-square."
            )
        options = ScanOptions(n_neighbors, discrete_features, n_jobs=n_jobs)
        scan = warn_of_subsample(scan_stream(stream, options))
        mi = (np.maximum(scan.mi, 0.0) if clip else scan.mi) / unit
        if diagonal != "entropy":
            np.fill_diagonal(mi, np.nan if diagonal is None else diagonal)
        return mi if stream.like is None else square_like(stream.like, mi)
    table = read_table(X, "X", vector=False, min_samples=2)
    pairs = Pairs(table, n_neighbors, discrete_features)
    n_threads = count_threads(n_jobs)
    if verbose:
        pairs.advance = _Progress(table.n_columns, n_permutations or 0).advance
    observed = pairs.estimates(pairs.columns, n_threads)
    mi = pairs.matrix(np.maximum(observed, 0.0) if clip else observed) / unit
    np.fill_diagonal(mi, pairs.diagonal(diagonal, unit))
    if n_permutations is None:
        return square_like(X, mi)
    scheme = PermutationScheme(permutation, block_length, pairs.sides(), table.n_samples)
    rng = as_generator(random_state)
    as_large = np.zeros(len(observed), dtype=np.int64)
    slack = _ROUNDING * np.log(table.n_samples)
    bar = {"verbose": 0 if verbose else None}  # lines or a bar, not both
    for _ in tracked(range(n_permutations), n_permutations, "all pairs", "permutation", **bar):
        orders = [scheme.draw(rng) for _ in range(table.n_columns)]
        as_large += pairs.estimates(pairs.permuted(orders), n_threads) >= observed - slack
    pvalues = pairs.matrix((as_large + 1) / (n_permutations + 1))
    np.fill_diagonal(pvalues, np.nan)
    return PairwiseMutualInfo(square_like(X, mi), square_like(X, pvalues))


class _Progress:
    """Prints how many pairs are done, about once a second."""

    def __init__(self, n_columns: int, n_permutations: int) -> None:
        self._n_all = n_columns * (n_columns - 1) // 2 * (1 + n_permutations)
        self._n_done = 0
        self._start = self._said = time.perf_counter()

    def advance(self) -> None:
        """One more is done."""
        self._n_done += 1
        now = time.perf_counter()
        if now - self._said > 1.0:
            self._said = now
            seconds = now - self._start
            print(f"[pairwise_mutual_info] {self._n_done} of {self._n_all} pairs ({seconds:.1f} s)")
