"""Mutual information from rows that come in batches, more of them than fit in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import entropy
from sklearn.utils._param_validation import StrOptions, validate_params

from .._input._codes import encode
from .._input._dates import dates_as_numbers
from .._input._kinds import discrete_columns, explicit_mask
from .._input._missing import NAN_POLICIES, find_missing, take_rows
from .._input._stream import Batch, Stream, open_stream
from .._input._table import Table
from .._parallel import run_all
from .._params import N_JOBS, Whole
from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed
from .._typing import BoolArray, FloatArray, IntArray
from .._warn import warn_caller
from ..exceptions import SubsampleWarning
from ..neighbors._threads import count_threads
from ._missing import columns_of, prepare_pairs, rows_of_each
from ._pairs import Pairs
from ._sketch import Keeping, Sketch

MAX_SAMPLES = 200_000

# Into so many parts the rows kept are divided, so that the spread of estimates is known to a
# quarter of itself; a part has a tenth of the rows.
_N_PARTS = 10
# Pairs that are estimated from all rows kept are shared out in so many groups.
_MOST_GROUPS = 16
# Binned columns that tell something at this level are estimated by neighbours; so are others
# that tell more in one subsample than independent columns do by so many standard deviations,
# each of about 1 / sqrt(n_samples).
_LEVEL = 0.05
_DEVIATIONS = 4.0


@dataclass(frozen=True)
class MutualInfoScan:
    """Mutual information estimated from batches of rows, and what it rests on.

    Arrays are of shape (n_features,), or (n_columns, n_columns) where all pairs of columns are
    estimated. What a column tells about itself stands on the diagonal: of labels their entropy,
    and of numbers infinity. In the other arrays it is NaN, or empty.

    Attributes
    ----------
    mi : ndarray
        The estimates in nats, not clipped.
    standard_error : ndarray
        Of `mi` as an estimate of the truth. NaN where all rows fit in memory and the
        estimate is that of all of them; `mutual_info_interval` gives it then.
    drift : ndarray
        How much a tenth of the rows changes an estimate by neighbours, on average: a bias is
        hardly larger. Of rare labels what counting them adds. 0 for other frequencies,
        and NaN where `standard_error` is.
    pvalue : ndarray
        Of independence, by Pearson's chi-square on binned columns of all rows.
    method : ndarray of str
        Where `mi` comes from: "neighbors" (by `KSG` or `RossMI`), "frequencies" (labels on
        both sides, as `PlugInMI`), or "histogram": binned columns, for pairs that show no
        dependence.
    n_used : ndarray of int
        How many rows an estimate is from.
    n_counted : ndarray of int
        How many rows have a value in both columns, and are in the histograms.
    n_samples : int
        How many rows were read.
    max_samples : int
        How many were to be kept.
    names : list of str or None
        Those of the columns.
    """

    mi: FloatArray
    standard_error: FloatArray
    drift: FloatArray
    pvalue: FloatArray
    method: Any
    n_used: IntArray
    n_counted: IntArray
    n_samples: int
    max_samples: int
    names: list[str] | None

    @property
    def error(self) -> FloatArray:
        """What the estimates may be off by, one standard deviation: of chance and of the drift."""
        return np.hypot(self.standard_error, self.drift)

    @property
    def is_whole(self) -> bool:
        """Whether all rows were kept, so that estimates are those of data in memory."""
        return self.n_samples <= self.max_samples

    def __repr__(self) -> str:
        is_matrix = self.mi.ndim > 1
        methods = self.method[np.triu_indices(len(self.mi), 1)] if is_matrix else self.method
        n_neighbors, n_frequencies, n_histograms = (
            int((methods == name).sum()) for name in ("neighbors", "frequencies", "histogram")
        )
        if self.is_whole:
            return f"{len(methods)} estimates from all of {self.n_samples} rows, kept in memory"
        said = []
        if n_neighbors:
            used = int(self.n_used[self.method == "neighbors"].max())
            error = float(self.error[self.method == "neighbors"].max())
            said.append(
                f"{n_neighbors} by neighbours in {used} of them, drawn at random (errors up to "
                f"{error:.2g} nats)"
            )
        if n_frequencies:
            said.append(f"{n_frequencies} by the frequencies of labels")
        if n_histograms:
            said.append(f"{n_histograms} that show no dependence, by the histograms of all rows")
        return f"{len(methods)} estimates from {self.n_samples} rows: " + "; ".join(said)


@validate_params(
    {
        "y": [str, None],
        "max_samples": [Whole(1000)],
        "n_neighbors": [Whole(1)],
        "discrete_features": [StrOptions({"auto"}), "boolean", "array-like"],
        "discrete_target": [StrOptions({"auto"}), "boolean"],
        "nan_policy": [StrOptions(set(NAN_POLICIES))],
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
    },
    prefer_skip_nested_validation=True,
)
def scan_mutual_info(
    X: Any,
    y: str | None = None,
    *,
    max_samples: int = MAX_SAMPLES,
    n_neighbors: int = 3,
    discrete_features: Any = "auto",
    discrete_target: Any = "auto",
    nan_policy: str = "raise",
    random_state: RandomState = 0,
    n_jobs: int | None = None,
) -> MutualInfoScan:
    r"""Estimate mutual information from batches of rows, more of them than fit in memory.

    `feature_mutual_info`, `pairwise_mutual_info` and `MutualInfoSelector` do so where X comes in
    batches; here is what they rest on, and how many rows to keep.

    Parameters
    ----------
    X : dataset, Dask frame, iterator or callable
        Where batches come from:

        - a dataset of pyarrow, as ``pyarrow.dataset.dataset("x.parquet")``, or its
          ``ParquetFile``;
        - a Dask data frame, whose partitions stay where Dask has them;
        - an iterator of data frames of any library (with a column `y`) or of pairs (X, y), which
          is read once; or a callable that makes one, and is called twice.
    y : str or None, default=None
        The column that is the target. None: batches are pairs (X, y), or else all pairs of
        columns are estimated.
    max_samples : int, default=200_000
        How many rows are kept in memory, 1000 at least.
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour.
    discrete_features, discrete_target : default="auto"
        Which columns hold labels, as in `feature_mutual_info`, by the rows that are kept.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values, as in `feature_mutual_info`. All pairs of columns take
        "raise" alone.
    random_state : int, RandomState, Generator or None, default=0
        Chooses the rows that are kept. It does not matter if all are.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context, -1 is all
        cores. With ``parallel_config(backend="dask")`` the parts of a dataset are read by the
        workers of a cluster. The result does not depend on it.

    Returns
    -------
    scan : MutualInfoScan

    Raises
    ------
    ValueError
        If there are no rows, if batches have different columns, if a stream gives other rows when
        it is read again, and for what `feature_mutual_info` refuses.

    See Also
    --------
    feature_mutual_info : The scores alone.
    MutualInfoSelector : Fed by ``partial_fit``, too.

    Notes
    -----
    *Rows that fit.* Up to `max_samples` rows are kept, and their estimates are those of
    `feature_mutual_info` and `pairwise_mutual_info`, digit for digit.

    *More rows.* The first reading keeps a random sample of `max_samples` rows: each row draws a
    number, and the rows with the smallest are kept. Quantiles of the sample are limits of 32
    bins for each column of numbers; up to 128 values have a bin each. The second reading counts
    all rows in the joint histogram of each pair. Histograms of batches add up, so that they may
    be counted anywhere. An iterator is read once: its bins are settled by the rows it gives
    until no more fit in.

    Binned columns never tell more than the columns do, and of independent ones Pearson's
    chi-square knows the level. Pairs that show a dependence (p < 0.05) are estimated from the
    rows kept, by the method that their kinds ask for. The same in ten disjoint parts of these
    rows shows the standard error, the spread over :math:`\sqrt{10}`, and the drift: what a tenth
    of the rows changes [1]_. A bias that falls with one over the number of rows is a ninth of
    that. That of neighbours of strongly dependent columns falls more slowly, in proportion to
    :math:`N^{-0.3}` for a correlation of .99, and is then as large as the drift, so that nothing
    is taken off, and the error has all of it. All other pairs have the information of their
    histograms, less the bias to first order (Miller and Madow), unless in one part of the
    rows neighbours find more than four standard deviations: structures finer than a bin.

    Labels on both sides, if they have a bin each, have the frequencies of all rows: the value is
    that of data in memory.

    Memory: `max_samples` rows several times over, a batch, and 9 kB for a pair of columns of
    numbers.

    References
    ----------
    .. [1] C. M. Holmes, I. Nemenman, "Estimation of mutual information for real-valued
       data with error bars and controlled bias", Physical Review E 100, 022404 (2019).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skmi.feature_selection import scan_mutual_info
    >>> def batches():
    ...     rng = np.random.default_rng(0)
    ...     for _ in range(20):
    ...         a, b = rng.normal(size=(2, 1000))
    ...         yield pd.DataFrame({"a": a, "b": b, "sum": a + b + rng.normal(size=1000)})
    >>> scan = scan_mutual_info(batches, y="sum", max_samples=5000)
    >>> scan
    2 estimates from 20000 rows: 2 by neighbours in 5000 of them, drawn at random (errors up
    to ... nats)
    >>> print(f"the truth is {np.log(3 / 2) / 2:.2f}:", scan.mi.round(2))
    the truth is 0.20: [0.22 0.21]
    """
    stream = open_stream(X, y)
    if stream is None:
        raise TypeError(
            f"X is no stream of batches, but {type(X).__name__}. Data in memory go to "
            "feature_mutual_info and pairwise_mutual_info; batches come as a dataset of pyarrow, a "
            "Dask frame, an iterator of frames, or a callable that makes one."
        )
    options = ScanOptions(n_neighbors, discrete_features, discrete_target, nan_policy, n_jobs)
    return scan_stream(stream, options, max_samples, random_state)


class ScanOptions(NamedTuple):
    """How rows that were kept are estimated; as in `scan_mutual_info`."""

    n_neighbors: int = 3
    discrete_features: Any = "auto"
    discrete_target: Any = "auto"
    nan_policy: str = "raise"
    n_jobs: int | None = None

    def keeping(self, max_samples: int, random_state: RandomState) -> Keeping:
        """What is to be kept of a stream."""
        seed = draw_seed(as_generator(random_state))
        discrete = self.discrete_features, self.discrete_target
        return Keeping(max_samples, seed, self.nan_policy, discrete)


def scan_stream(
    stream: Stream,
    options: ScanOptions,
    max_samples: int = MAX_SAMPLES,
    random_state: RandomState = 0,
) -> MutualInfoScan:
    """Read a stream, and estimate; see `scan_mutual_info`."""
    sketch = Sketch.of(stream, options.keeping(max_samples, random_state), options.n_jobs)
    return scan_sketch(sketch, options)


def warn_of_subsample(scan: MutualInfoScan) -> MutualInfoScan:
    """Warn if estimates are not from all rows."""
    if not scan.is_whole:
        warn_caller(
            f"{scan!r}. scan_mutual_info tells the error of each, and max_samples raises how many "
            "rows are kept.",
            SubsampleWarning,
        )
    return scan


def scan_sketch(sketch: Sketch, options: ScanOptions) -> MutualInfoScan:
    """Estimates from what was kept of a stream."""
    if sketch.rows().y is None and options.nan_policy != "raise":
        raise ValueError(
            f"nan_policy={options.nan_policy!r} goes with a target y; all pairs of columns take no "
            "missing values: drop those rows or fill them in."
        )
    return _Scan(sketch, options).result()


class _Scan:
    """Pairs of columns, each estimated by what suits it.

    Parameters
    ----------
    sketch : Sketch
    options : ScanOptions
    """

    def __init__(self, sketch: Sketch, options: ScanOptions) -> None:
        self._sketch, self._options = sketch, options
        rows = sketch.rows()
        self._rows = rows._replace(X=dates_as_numbers(rows.X))
        tallies = sketch.all_tallies()
        self._pairs = tallies.pairs
        self._crossed = [tallies.crossed(place) for place in range(len(tallies.pairs))]
        self._masks = (
            label_mask(self._rows.X, options.discrete_features),
            (None if rows.y is None else label_mask(rows.y, options.discrete_target)),
        )

    def result(self) -> MutualInfoScan:
        """The estimates of all pairs."""
        crossed = self._crossed
        found = _Estimates(
            np.array([each.information - each.bias for each in crossed]),
            np.array([each.standard_error for each in crossed]),
            np.zeros(len(crossed)),
            np.full(len(crossed), "histogram", dtype=object),
            np.array([each.n_samples for each in crossed]),
        )
        labels = self._are_labels()
        if self._sketch.is_whole:
            self._put_all_rows(found, np.arange(len(crossed)), self._asked())
            found.method[:] = np.where(labels, "frequencies", "neighbors")
        else:
            self._put_exact(found, labels)
            self._put_survivors(found, np.flatnonzero(~labels))
        mi = self._in_shape(found.mi)
        if mi.ndim > 1:
            np.fill_diagonal(mi, self._entropies())
        return MutualInfoScan(
            mi=mi,
            standard_error=self._in_shape(found.standard_error),
            drift=self._in_shape(found.drift),
            pvalue=self._in_shape(np.array([each.pvalue for each in crossed])),
            method=self._in_shape(found.method),
            n_used=self._in_shape(found.n_used),
            n_counted=self._in_shape(np.array([each.n_samples for each in crossed])),
            n_samples=self._sketch.n_samples,
            max_samples=self._sketch.keeping.max_samples,
            names=self._rows.X.names,
        )

    def _are_labels(self) -> BoolArray:
        """Whether both columns of each pair hold labels."""
        mask = np.concatenate([each for each in self._masks if each is not None])
        return np.array([bool(mask[i] and mask[j]) for i, j in self._pairs], dtype=bool)

    def _asked(self) -> tuple[Any, Any]:
        """What the user says of columns: "auto", or masks."""
        given = self._options.discrete_features, self._options.discrete_target
        features, target = (
            said if isinstance(said, str) else mask
            for said, mask in zip(given, self._masks, strict=True)
        )
        return features, target

    def _put_all_rows(self, found: "_Estimates", places: IntArray, discrete: Any) -> None:
        """Estimate pairs from all rows that were kept, as data in memory are estimated."""
        pairs = [self._pairs[place] for place in places]
        n_threads = count_threads(self._options.n_jobs)
        found.mi[places], found.n_used[places] = _estimate(
            self._rows, pairs, self._options, discrete, n_threads
        )
        found.standard_error[places] = found.drift[places] = np.nan

    def _put_exact(self, found: "_Estimates", labels: BoolArray) -> None:
        """Estimate pairs of labels: from all rows, where each label has a bin."""
        exact = np.array([each.is_exact for each in self._crossed]) & labels
        for place in np.flatnonzero(exact):
            found.mi[place] = self._crossed[place].information
        thin = np.flatnonzero(labels & ~exact)
        if thin.size:
            self._put_all_rows(found, thin, self._masks)
            found.standard_error[thin] = [self._crossed[place].standard_error for place in thin]
            found.drift[thin] = [-self._crossed[place].bias for place in thin]
        found.method[labels] = "frequencies"

    def _put_survivors(self, found: "_Estimates", places: IntArray) -> None:
        """Estimate pairs by neighbours among all rows kept, if they tell something.

        How far estimates scatter, and how they change with the number of rows, is seen in
        disjoint parts of these rows.
        """
        parts = self._sketch.subsamples(_N_PARTS)
        ((first, _),) = self._estimates([(parts[0], places)])
        told = np.array([self._crossed[place].pvalue < _LEVEL for place in places], dtype=bool)
        told |= first > _DEVIATIONS / np.sqrt(len(parts[0]))
        survivors = places[told]
        if not survivors.size:
            return
        groups = np.array_split(survivors, min(_MOST_GROUPS, len(survivors)))
        of_parts = [(part, survivors) for part in parts[1:]]
        done = self._estimates([*((None, group) for group in groups), *of_parts])
        whole, n_used = (np.concatenate(each) for each in zip(*done[: len(groups)], strict=True))
        in_parts = np.array([first[told], *(values for values, _ in done[len(groups) :])])
        found.mi[survivors], found.n_used[survivors] = whole, n_used
        found.standard_error[survivors] = in_parts.std(axis=0, ddof=1) / np.sqrt(_N_PARTS)
        found.drift[survivors] = in_parts.mean(axis=0) - whole
        found.method[survivors] = "neighbors"

    def _estimates(self, work: Sequence[tuple[IntArray | None, IntArray]]) -> list[Any]:
        """Estimates of some pairs from some rows of the sample, and how many rows they are from.

        Each piece of work names the rows, or None for all, and the pairs.
        """
        items = [(part, [self._pairs[place] for place in places]) for part, places in work]
        shared = self._options, self._masks, self._rows
        return run_all(_work, shared, items, n_jobs=self._options.n_jobs, threads=True)

    def _entropies(self) -> list[float]:
        """What each column tells about itself."""
        table, mask = self._rows.X, self._masks[0]
        found = []
        for position in range(table.n_columns):
            codes = encode(table.column(position), table.place(position))
            sizes = np.bincount(codes)
            found.append(float(entropy(sizes)) if mask[position] or len(sizes) < 2 else np.inf)
        return found

    def _in_shape(self, values: Any) -> Any:
        """A value for each feature; or a symmetric matrix of all pairs."""
        if self._rows.y is not None:
            return values
        n_columns = self._rows.X.n_columns
        empty: Any = {"f": np.nan, "i": self._sketch.n_samples, "O": ""}[values.dtype.kind]
        matrix = np.full((n_columns, n_columns), empty, dtype=values.dtype)
        for (i, j), value in zip(self._pairs, values, strict=True):
            matrix[i, j] = matrix[j, i] = value
        return matrix


class _Estimates(NamedTuple):
    """Of all pairs, arrays of shape (n_pairs,), to be filled."""

    mi: FloatArray
    standard_error: FloatArray
    drift: FloatArray
    method: Any
    n_used: IntArray


def _work(shared: Any, item: tuple[IntArray | None, list[tuple[int, int]]]) -> Any:
    (options, masks, rows), (part, pairs) = shared, item
    return _estimate(rows if part is None else rows.take(part), pairs, options, masks)


def _estimate(
    rows: Batch,
    pairs: list[tuple[int, int]],
    options: ScanOptions,
    discrete: tuple[Any, Any],
    n_threads: int = 1,
) -> tuple[FloatArray, IntArray]:
    """Estimates of some pairs of columns, not clipped, and how many rows each is from.

    `discrete` are masks of features and target with labels, or "auto".
    """
    mask, target = discrete
    if rows.y is None:
        used, places = np.unique(pairs, return_inverse=True)
        table, asked = columns_of(rows.X, used), mask if isinstance(mask, str) else mask[used]
        some = Pairs(table, options.n_neighbors, asked, [*map(tuple, places.reshape(-1, 2))])
        return some.estimates(some.columns, n_threads), np.full(len(pairs), rows.n_samples)
    features = np.array([i for i, _ in pairs], dtype=np.intp)
    prepared = prepare_pairs(
        columns_of(rows.X, features),
        rows.y,
        options.n_neighbors,
        mask if isinstance(mask, str) else mask[features],
        target if isinstance(target, str) else bool(target[0]),
        options.nan_policy,
    )
    return prepared.scores(n_threads), rows_of_each(prepared)


def label_mask(table: Table, discrete: Any) -> BoolArray:
    """Which columns hold labels, by the values that are there."""
    if not isinstance(discrete, str):
        return explicit_mask(discrete, table)
    mask = np.zeros(table.n_columns, dtype=bool)
    for position in range(table.n_columns):
        column = table.only(position)
        present = take_rows(column, ~find_missing(column.column(0)))
        mask[position] = present.n_samples > 0 and discrete_columns(present, discrete)[0]
    return mask
