"""The mutual information of all pairs of columns."""

from __future__ import annotations

from itertools import combinations
from numbers import Real
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import entropy
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._checks import check_base, listed
from .._input._frames import square_like
from .._input._kinds import LARGEST_BIAS, plug_in_bias
from .._input._sample import default_tolerance, make_side, thin_table_message, warn_of_identifiers
from .._input._table import Table, read_table
from .._params import N_JOBS, Number, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._progress import tracked
from .._random import RANDOM_STATE, RandomState, as_generator
from .._typing import FloatArray
from .._warn import warn_caller
from ..exceptions import ThinTableWarning
from ..neighbors._threads import count_threads, run_in_row_chunks
from ..preprocessing._normalize import tame_outliers
from ._pair_scores import Column, Labels, PairScores, in_order, make_lines, permuted
from ._prepared import _Kind, _kinds_of, _stay_labels

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
) -> Any:
    r"""Estimate the mutual information of all pairs of columns.

    What a correlation matrix is for straight lines between numbers, for dependence of any
    form between columns of any kind.

    Parameters
    ----------
    X : array-like or data frame of shape (n_samples, n_columns)
        Numbers, labels, or both side by side.
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
    table = read_table(X, "X", vector=False, min_samples=2)
    pairs = _Pairs(table, n_neighbors, discrete_features)
    n_threads = count_threads(n_jobs)
    observed = pairs.estimates(pairs.columns, n_threads)
    mi = pairs.matrix(np.maximum(observed, 0.0) if clip else observed) / unit
    np.fill_diagonal(mi, pairs.diagonal(diagonal, unit))
    if n_permutations is None:
        return square_like(X, mi)
    scheme = PermutationScheme(permutation, block_length, pairs.sides(), table.n_samples)
    rng = as_generator(random_state)
    as_large = np.zeros(len(observed), dtype=np.int64)
    slack = _ROUNDING * np.log(table.n_samples)
    for _ in tracked(range(n_permutations), n_permutations, "all pairs", "permutation"):
        orders = [scheme.draw(rng) for _ in range(table.n_columns)]
        as_large += pairs.estimates(pairs.permuted(orders), n_threads) >= observed - slack
    pvalues = pairs.matrix((as_large + 1) / (n_permutations + 1))
    np.fill_diagonal(pvalues, np.nan)
    return PairwiseMutualInfo(square_like(X, mi), square_like(X, pvalues))


class _Pairs:
    """Columns, validated and prepared once, and the estimates of all their pairs.

    Attributes
    ----------
    columns : list of two lists
        The columns as numbers and as labels; None where no pair asks for it.
    """

    def __init__(self, table: Table, n_neighbors: int, discrete: Any) -> None:
        self.n_samples, self.n_columns = table.n_samples, table.n_columns
        kinds = _kinds_of(table, discrete)
        self._pairs = list(combinations(range(table.n_columns), 2))
        stays = [_stay_labels(kinds[i], kinds[j], table.n_samples) for i, j in self._pairs]
        self._as_labels = np.array(stays, dtype=np.int64).reshape(-1, 2)
        self._labels = [kind.labels for kind in kinds]
        self.columns = self._prepare(table, kinds)
        if n_neighbors >= self.n_samples and any(self.columns[0]):
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={self.n_samples}: a "
                "sample's neighbours are other samples. Lower n_neighbors or give more samples."
            )
        self._score = PairScores(self.n_samples, n_neighbors, default_tolerance(table.is_single))
        self._by_chance = self._estimate_by_chance(table)

    def _prepare(self, table: Table, kinds: list[_Kind]) -> list[list[Column | None]]:
        numbers = np.array([kind.labels is None for kind in kinds])
        for pair, as_labels in zip(self._pairs, self._as_labels, strict=True):
            for position, is_label in zip(pair, as_labels, strict=True):
                numbers[position] |= not is_label
        side = tame_outliers(make_side(table, ~numbers, table.is_single), table.what)
        lines = iter(make_lines(side.numbers))
        return [
            [next(lines) if is_number else None for is_number in numbers],
            [kind.labels for kind in kinds],
        ]

    def _estimate_by_chance(self, table: Table) -> FloatArray:
        """What pairs with an identifier give by chance; too many other labels are warned of."""
        are_labels = np.array([labels is not None for labels in self._labels])
        identifiers = set(warn_of_identifiers(table, are_labels))
        by_chance, thin = np.zeros(len(self._pairs)), {}
        for place, (i, j) in enumerate(self._pairs):
            if not self._as_labels[place].all():
                continue
            x, y = cast(Labels, self._labels[i]), cast(Labels, self._labels[j])
            if identifiers & {i, j}:
                counts = contingency_matrix(x.codes, y.codes, sparse=True)
                by_chance[place] = expected_mutual_information(counts, self.n_samples)
                continue
            bias = plug_in_bias(len(x.sizes), len(y.sizes), self.n_samples)
            if bias > LARGEST_BIAS:
                thin[i, j] = bias
        if thin:
            self._warn_of_thin(table, thin)
        return by_chance

    def _warn_of_thin(self, table: Table, thin: dict[tuple[int, int], float]) -> None:
        i, j = max(thin, key=lambda pair: thin[pair])
        sizes = [len(cast(Labels, self._labels[position]).sizes) for position in (i, j)]
        x, y = table.place(i), table.place(j)
        if len(thin) > 1:
            others = sorted({table.place(k) for pair in thin for k in pair} - {x, y})
            y = f"{y} (and pairs of {listed([x, y, *others])})"
        message = thin_table_message(x, sizes[0], y, sizes[1], self.n_samples, thin[i, j])
        warn_caller(message, ThinTableWarning)

    def estimates(self, columns: list[list[Any]], n_threads: int) -> FloatArray:
        """The estimate of each pair in nats, not clipped."""
        found = np.empty(len(self._pairs))
        if not self._pairs:  # of a single column
            return found

        def work(start: int, stop: int) -> None:
            for place in range(start, stop):
                (i, j), (a, b) = self._pairs[place], self._as_labels[place]
                found[place] = self._score(columns[a][i], columns[b][j])

        run_in_row_chunks(work, len(found), n_threads, chunk=1)
        return found - self._by_chance

    def permuted(self, orders: list[Any]) -> list[list[Any]]:
        """The columns, each in an order of its own."""
        return [
            [each and permuted(each, order) for each, order in zip(form, orders, strict=True)]
            for form in self.columns
        ]

    def matrix(self, values: FloatArray) -> FloatArray:
        """A value for each pair as a symmetric matrix, with zeros on the diagonal."""
        matrix = np.zeros((self.n_columns, self.n_columns))
        for (i, j), value in zip(self._pairs, values, strict=True):
            matrix[i, j] = matrix[j, i] = value
        return matrix

    def diagonal(self, asked: Any, unit: float) -> Any:
        """What stands on the diagonal: by itself, what each column tells about itself."""
        if asked != "entropy":
            return np.nan if asked is None else asked
        return (
            np.array(
                [
                    _entropy_of_numbers(line) if labels is None else entropy(labels.sizes)
                    for line, labels in zip(self.columns[0], self._labels, strict=True)
                ]
            )
            / unit
        )

    def sides(self) -> list[list[Any]]:
        """The columns as numbers or as labels, as `PermutationScheme` takes them."""
        return [
            [in_order(cast(Column, line) if labels is None else labels)]
            for line, labels in zip(self.columns[0], self._labels, strict=True)
        ]


def _entropy_of_numbers(line: Any) -> float:
    return 0.0 if line.values[0] == line.values[-1] else np.inf
