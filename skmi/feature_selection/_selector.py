"""Select the columns of a table that tell about a target."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, _fit_context
from sklearn.feature_selection import SelectorMixin
from sklearn.utils._param_validation import Interval, RealNotInt, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from .._input._checks import listed
from .._input._dates import dates_as_numbers
from .._input._frames import select_columns
from .._input._sample import warn_of_identifiers
from .._input._stream import Batch, make_batch, open_stream
from .._input._table import Table, read_table
from .._params import N_JOBS, Number, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._progress import Progress
from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed
from .._typing import BoolArray, FloatArray, IntArray
from .._warn import warn_caller
from ..exceptions import ConstantWarning, IdentifierWarning
from ..neighbors._threads import count_threads
from ._feature_mutual_info import CONSTRAINTS
from ._prepared import Prepared
from ._scan import MAX_SAMPLES, ScanOptions, label_mask, scan_sketch, warn_of_subsample
from ._sequential import N_MATCHES, Level, Permuted, permute_until_certain
from ._sketch import Sketch
from ._sparse import SparsePrepared, prepare

# p-values in steps of a five-hundredth at least, whatever the level needs.
_FEWEST_PERMUTATIONS = 499
# Fewer samples than this can be numbered by chance.
_FEW_SAMPLES = 10

# What is computed from rows that came by `partial_fit` when it is first asked for.
_SETTLED = (
    "scores_",
    "pvalues_",
    "adjusted_pvalues_",
    "support_",
    "excluded_",
    "kinds_",
    "n_permutations_",
    "null_",
    "scan_",
)


class MutualInfoSelector(SelectorMixin, BaseEstimator):
    r"""Select the features that tell most about the target, or significantly much.

    For tables as they are: numbers, integers, booleans, categories, words and dates side by
    side, in a data frame of any library. Features are scored as by `feature_mutual_info`.

    Parameters
    ----------
    n_features_to_select : int, float or None, default=None
        How many features to select, those with the largest scores; a float from 0 to 1 is
        a part of all. None is half of them, or with `alpha` all that are significant.
    alpha : float, default=None
        The level: features are selected if their p-values, corrected, are not above it.
    correction : {"fdr", "fwer"} or None, default="fdr"
        For many tests: at most `alpha` is

        - "fdr": the expected part of features selected that tell nothing (Benjamini and
          Hochberg [3]_);
        - "fwer": the probability to select any that tells nothing (Holm [4]_);
        - None: the probability of each to be selected if it tells nothing.
    n_permutations : int, default=None
        How many times y is permuted, at most. No p-value is below
        ``1 / (n_permutations + 1)``. None is none without `alpha`, and with it as many as a
        single feature needs to be selected, ``n_features / alpha - 1`` with a correction,
        but 499 at least.
    permutation : {"iid", "circular", "block"}, default="iid"
        How the samples of y are permuted: "iid" for samples that do not depend on each
        other, the others for time series, as in
        :func:`~skmi.model_selection.mutual_info_permutation_test`.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns hold labels, as in `feature_mutual_info`: a mask, positions or names.
    discrete_target : "auto" or bool, default="auto"
        The same for y.
    early_stopping : bool, default=True
        Whether a feature's permutations end once its fate is certain; see Notes. What is
        selected does not change by it, but for features that ten permutations match.
    shared_null : bool, default=True
        Whether columns of numbers without ties are tested by the normal scores of their
        ranks, so that the same permuted scores serve all of them. In time series none is
        shared: the order of a column's values counts.
    max_samples : int, default=200_000
        How many rows of a stream of batches are kept in memory, see `scan_mutual_info`.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the permutations, which are the same for all features, and chooses the rows of a
        stream that are kept.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The result does not depend on it.
    verbose : int or None, default=None
        1 prints a line now and then while permutations are made, 0 nothing. None shows a bar
        in a terminal, from tqdm if it is installed, where they take longer than ten seconds.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        Mutual information with y in nats, as `feature_mutual_info` gives it.
    pvalues_ : ndarray of shape (n_features,)
        If there are permutations: 1 for features that are never selected.
    adjusted_pvalues_ : ndarray of shape (n_features,)
        With `alpha`, the p-values corrected, to be compared with `alpha`.
    support_ : ndarray of bool, shape (n_features,)
        Which features are selected.
    excluded_ : ndarray of bool, shape (n_features,)
        Which are never selected, whatever their score: constant columns, identifiers (labels
        that hardly ever occur twice) and row numbers. A warning names them.
    kinds_ : ndarray of shape (n_features,)
        What each column was scored as: "labels" or "numbers".
    n_permutations_ : ndarray of int, shape (n_features,)
        How many permutations each feature was compared with.
    null_ : ndarray of shape (n_features,)
        Where these came from: "own", "shared" with other columns, or "none"; "chi-square" for
        p-values of batches that do not fit in memory.
    n_samples_seen_ : int
        How many rows there were.
    scan_ : MutualInfoScan
        Of batches that do not fit in memory: where scores come from, and their errors.
    n_features_in_ : int
        Number of columns seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Their names, if they are all strings.

    Warns
    -----
    ConstantWarning, IdentifierWarning
        If columns are never selected for that.
    OutlierWarning, ThinTableWarning
        As `feature_mutual_info`.
    SubsampleWarning
        If X comes in batches, and not all rows fit in memory.

    See Also
    --------
    FeatureMutualInfo : The same scores in scikit-learn's selectors.
    JointMISelector : What features tell together.

    Notes
    -----
    Dates and durations are taken as the time since the first. ``transform`` gives a frame of
    the library it gets, with the dtypes as they are. X may be sparse, see
    `feature_mutual_info`.

    *Batches.* ``partial_fit`` takes rows batch by batch, and ``fit`` a stream of them. Up to
    `max_samples` rows are kept, and all is as if they had come at once. Of more, scores are
    those of `scan_mutual_info`, and p-values those of its chi-square, with no permutations.
    After ``partial_fit`` the attributes are computed when one of them is first asked for.

    *Early stopping.* After 10 permutations that score as much as the data, of t made, the
    p-value is ``10 / t``, which is exact [1]_: most features that tell nothing need some
    tens of permutations. And where no further permutation can change whether a feature is
    selected, since its p-value would be small enough even if all of them scored more, or
    too large even if none did, it gets the largest p-value that it could have had. Such a
    p-value is valid, and the selection is the one that all permutations would have led to
    (compare [2]_).

    *A shared null.* Under permutation all columns with the same values, in whatever order,
    score alike. Ranks without ties are the same values in all columns, so with
    ``shared_null=True`` the p-value of a column of numbers without ties is that of its
    normal scores (`NormalScoreScaler`); its score in ``scores_`` is still that of its values.
    Columns of labels share if their labels occur equally often, numbers with ties if their
    values are the same. ``null_`` says which did. All of that is exact.

    References
    ----------
    .. [1] J. Besag, P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78(2),
       301-304 (1991). doi:10.1093/biomet/78.2.301
    .. [2] L. Fischer, T. Barry, A. Ramdas, "Multiple testing with anytime-valid Monte Carlo
       p-values", arXiv:2404.15586 (2024).
    .. [3] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the
       Royal Statistical Society B 57, 289-300 (1995).
    .. [4] S. Holm, "A simple sequentially rejective multiple test procedure",
       Scandinavian Journal of Statistics 6, 65-70 (1979).

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from skmi.feature_selection import MutualInfoSelector
    >>> rng = np.random.default_rng(0)
    >>> frame = pd.DataFrame({
    ...     "weight": rng.normal(70, 10, size=300),
    ...     "smokes": rng.integers(0, 2, size=300).astype(bool),
    ...     "city": rng.choice(["Bern", "Rome", "Oslo"], size=300),
    ...     "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 300), "D"),
    ... })
    >>> y = frame["weight"] / 10 + 3 * frame["smokes"] + rng.normal(size=300)
    >>> selector = MutualInfoSelector(alpha=0.05, random_state=0).fit(frame, y)
    >>> selector.get_feature_names_out()
    array(['weight', 'smokes'], dtype=object)
    >>> selector.transform(frame).dtypes.to_dict()
    {'weight': dtype('float64'), 'smokes': dtype('bool')}
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features_to_select": [
            Whole(1),
            Interval(RealNotInt, 0, 1, closed="right"),
            None,
        ],
        "alpha": [Number(Real, 0, 1, closed="neither"), None],
        "correction": [StrOptions({"fdr", "fwer"}), None],
        "n_permutations": [Whole(1), None],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        **{name: c for name, c in CONSTRAINTS.items() if name != "clip"},
        "early_stopping": ["boolean"],
        "shared_null": ["boolean"],
        "max_samples": [Whole(1000)],
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
        "verbose": ["verbose", None],
    }

    def __init__(
        self,
        n_features_to_select: int | float | None = None,
        *,
        alpha: float | None = None,
        correction: str | None = "fdr",
        n_permutations: int | None = None,
        permutation: str = "iid",
        block_length: Any = "auto",
        n_neighbors: int = 3,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        early_stopping: bool = True,
        shared_null: bool = True,
        max_samples: int = MAX_SAMPLES,
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: int | None = None,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.alpha = alpha
        self.correction = correction
        self.n_permutations = n_permutations
        self.permutation = permutation
        self.block_length = block_length
        self.n_neighbors = n_neighbors
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.early_stopping = early_stopping
        self.shared_null = shared_null
        self.max_samples = max_samples
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike | str | None) -> Self:
        """Score the features, test them if there is a level, and select.

        Parameters
        ----------
        X : array-like, frame or sparse matrix of shape (n_samples, n_features), or stream
            Features of any kind. Rows that come in batches as `scan_mutual_info` takes them.
        y : array-like of shape (n_samples,), or str
            Target: numbers or labels. Of a stream, the name of its column; None if it gives
            pairs (X, y).

        Returns
        -------
        self : object
            The fitted selector.

        Raises
        ------
        ValueError
            As `feature_mutual_info`; if more features are asked for than there are; and if
            with so few permutations no p-value could be small enough for `alpha`, which is
            said before any is made.
        """
        self._forget()
        stream = open_stream(X, y)
        if stream is not None:
            sketch = Sketch.of(stream, self._options().keeping(*self._kept()), self.n_jobs)
            self._set_columns(sketch.rows())
            return self._settle(sketch)
        if y is None:
            validate_data(self, X, y, skip_check_array=True)  # says that y is needed
        table = None
        if not issparse(X):
            table = dates_as_numbers(read_table(X, "X", vector=False, min_samples=2))
        validate_data(self, X, skip_check_array=True)
        return self._fit(X if table is None else table, y)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Take in some rows more.

        Parameters
        ----------
        X : array-like or frame of shape (n_samples, n_features)
            Features of any kind, the same columns each time.
        y : array-like of shape (n_samples,)
            Target: numbers or labels.

        Returns
        -------
        self : object
            The selector. Its attributes are computed when one of them is asked for.

        Raises
        ------
        ValueError
            As `fit`, and if batches have different columns.
        """
        if y is None:
            validate_data(self, X, y, reset=False, skip_check_array=True)
        batch = make_batch(X, y)
        sketch = vars(self).get("_sketch")
        validate_data(self, X, reset=sketch is None, skip_check_array=True)
        self._forget()
        self._sketch = sketch or Sketch(self._options().keeping(*self._kept()))
        self._sketch.add(batch)
        self.n_samples_seen_ = self._sketch.n_samples
        return self

    def __getattr__(self, name: str) -> Any:
        if name in _SETTLED and "_sketch" in vars(self) and "support_" not in vars(self):
            return getattr(self._settle(self._sketch), name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _options(self) -> ScanOptions:
        kinds = self.discrete_features, self.discrete_target
        return ScanOptions(self.n_neighbors, *kinds, n_jobs=self.n_jobs)

    def _kept(self) -> tuple[int, RandomState]:
        return self.max_samples, self.random_state

    def _forget(self) -> None:
        """Rows that came before, and what came of them."""
        for name in ("_sketch", *_SETTLED):
            self.__dict__.pop(name, None)

    def _set_columns(self, rows: Batch) -> None:
        self.n_features_in_ = rows.X.n_columns
        self.__dict__.pop("feature_names_in_", None)
        if rows.X.names is not None:
            self.feature_names_in_ = np.array(rows.X.names, dtype=object)

    def _settle(self, sketch: Sketch) -> Self:
        """Fit to the rows that came in batches."""
        rows = sketch.rows()
        table = dates_as_numbers(rows.X)
        if sketch.is_whole:
            return self._fit(table, rows.y)
        scan = warn_of_subsample(scan_sketch(sketch, self._options()))
        self.scan_, self.n_samples_seen_ = scan, scan.n_samples
        self.kinds_ = np.where(label_mask(table, self.discrete_features), "labels", "numbers")
        tallies = sketch.all_tallies()
        self.excluded_ = self._exclude(
            tallies.constant()[:-1],
            warn_of_identifiers(table, self.kinds_ == "labels"),
            _row_numbers(table, self.kinds_, tallies.in_a_row()),
            table.place,
        )
        self.scores_ = np.maximum(scan.mi, 0.0)
        positions = np.flatnonzero(~self.excluded_)
        none = np.zeros(len(positions), dtype=np.int64)
        self._keep(positions, Permuted(scan.pvalue[positions], none), "chi-square")
        chosen = ~self.excluded_ & self._significant(positions)
        self.support_ = self._best(scan.mi, chosen, self._n_most(self.n_features_in_))
        return self

    def _fit(self, X: Any, y: Any) -> Self:
        """Fit to rows in memory, of a table or a sparse matrix."""
        table = X if isinstance(X, Table) else None
        self.n_features_in_ = X.shape[1] if table is None else table.n_columns
        n_most = self._n_most(self.n_features_in_)
        kinds = self.discrete_features, self.discrete_target
        prepared = prepare(X, y, self.n_neighbors, *kinds)
        self.n_samples_seen_ = prepared.n_samples
        self.kinds_ = np.array(prepared.kinds())
        numbered = [] if table is None else _row_numbers(table, self.kinds_)
        place = _sparse_place if table is None else table.place
        constant, identifiers = prepared.constant(), prepared.identifiers
        self.excluded_ = self._exclude(constant, identifiers, numbered, place)
        n_permutations = self._count_permutations(int((~self.excluded_).sum()))
        scores = prepared.scores(count_threads(self.n_jobs))
        self.scores_ = np.maximum(scores, 0.0)
        chosen = ~self.excluded_
        if n_permutations:
            chosen &= self._test(prepared, n_permutations)
        self.support_ = self._best(scores, chosen, n_most)
        return self

    def _n_most(self, n_features: int) -> int:
        wanted = self.n_features_to_select
        if wanted is None:
            return n_features if self.alpha is not None else max(1, n_features // 2)
        if isinstance(wanted, Integral):
            if wanted > n_features:
                raise ValueError(
                    f"n_features_to_select={wanted} must not be more than n_features={n_features}."
                )
            return int(wanted)
        return max(1, int(wanted * n_features))

    def _count_permutations(self, n_tests: int) -> int:
        """How many permutations to make; an error if they are too few for the level."""
        if self.alpha is None:
            return self.n_permutations or 0
        needed = Level(self.alpha, self.correction).n_needed(n_tests)
        if self.n_permutations is None:
            return max(needed, _FEWEST_PERMUTATIONS)
        if self.n_permutations < needed:
            tests = f" for {n_tests} tests" if self.correction else ""
            raise ValueError(
                f"n_permutations={self.n_permutations} gives no p-value below "
                f"{1 / (self.n_permutations + 1):.3g}, so that a single feature could not be "
                f"selected with alpha={self.alpha:g}, correction={self.correction!r}{tests}. "
                f"Raise n_permutations to {needed}, or leave it None."
            )
        return self.n_permutations

    def _exclude(
        self,
        excluded: BoolArray,
        identifiers: list[int],
        numbered: list[int],
        place: Callable[[int], str],
    ) -> BoolArray:
        """Columns that are never selected; warnings name them, those of identifiers are out.

        `excluded` are those that are constant, to which the others are added; `place` says
        which column is meant.
        """
        if excluded.any():
            places = listed([place(int(i)) for i in np.flatnonzero(excluded)])
            warn_caller(
                f"One value throughout in {places}: constant columns tell nothing and are never "
                "selected.",
                ConstantWarning,
            )
        excluded[identifiers] = True
        if numbered:
            warn_caller(
                f"Row numbers in {listed([place(i) for i in numbered])}: each of the integers "
                "in a row occurs once. Such columns tell samples apart, but nothing about new "
                "ones, and are never selected. If it is a measurement, pass floats.",
                IdentifierWarning,
            )
            excluded[numbered] = True
        return excluded

    def _test(self, prepared: Prepared | SparsePrepared, n_permutations: int) -> BoolArray:
        """Set the p-values; which features are significant, all without a level."""
        level = None if self.alpha is None else Level(self.alpha, self.correction)
        positions = np.flatnonzero(~self.excluded_)
        in_time = self.permutation != "iid"
        columns = prepared.series() if in_time else []
        scheme = PermutationScheme(self.permutation, self.block_length, columns, prepared.n_samples)
        if isinstance(prepared, Prepared):
            shared = self.shared_null and not in_time
            tested = prepared.tested(positions, shared=shared, in_time=in_time)
        else:
            tested = prepared.tested(positions, shared=self.shared_null)
        rng = as_generator(self.random_state)
        # Lines or a bar, not both.
        verbose = None if self.verbose is None else 0
        what = "MutualInfoSelector"
        with Progress(n_permutations, what, "permutation", verbose=verbose) as progress:
            found = permute_until_certain(
                tested,
                [draw_seed(rng) for _ in range(n_permutations)],
                scheme,
                level=level,
                n_matches=N_MATCHES if self.early_stopping else None,
                n_threads=count_threads(self.n_jobs),
                report=self._report(n_permutations, progress),
            )
        n_sharing = np.bincount(tested.source_of, minlength=1)[tested.source_of]
        self._keep(positions, found, np.where(n_sharing > 1, "shared", "own"))
        return self._significant(positions)

    def _significant(self, positions: IntArray) -> BoolArray:
        """Which features are significant, all without a level."""
        if self.alpha is None:
            return np.ones(self.n_features_in_, dtype=bool)
        level, pvalues = Level(self.alpha, self.correction), self.pvalues_[positions]
        self.adjusted_pvalues_ = np.ones(self.n_features_in_)
        self.adjusted_pvalues_[positions] = level.adjusted(pvalues)
        significant = np.zeros(self.n_features_in_, dtype=bool)
        significant[positions] = level.selects(pvalues)
        return significant

    def _keep(self, positions: IntArray, found: Permuted, null: Any) -> None:
        self.pvalues_ = np.ones(self.n_features_in_)
        self.pvalues_[positions] = found.pvalues
        self.n_permutations_ = np.zeros(self.n_features_in_, dtype=np.int64)
        self.n_permutations_[positions] = found.n_permutations
        self.null_ = np.full(self.n_features_in_, "none", dtype="<U10")
        self.null_[positions] = null

    def _best(self, scores: FloatArray, chosen: BoolArray, n_most: int) -> BoolArray:
        """The best of those that may be chosen."""
        ranking = np.lexsort([-scores, ~chosen])
        support = np.zeros(len(scores), dtype=bool)
        support[ranking[: min(n_most, int(chosen.sum()))]] = True
        missing = n_most - int(support.sum())
        if self.alpha is None and missing:
            warn_caller(
                f"{n_most} features were asked for, but only {int(support.sum())} may be selected: "
                "the others are constant, or tell samples apart.",
            )
        return support

    def _report(self, n_permutations: int, progress: Progress) -> Any:
        def report(done: int, n_open: int, seconds: float) -> None:
            progress.update(done - progress.done, {"features still open": str(n_open)})
            if self.verbose:
                print(
                    f"[MutualInfoSelector] {done} of at most {n_permutations} permutations: "
                    f"{n_open} features still open ({seconds:.1f} s)"
                )

        return report

    def transform(self, X: ArrayLike) -> Any:
        """Keep the selected features.

        Parameters
        ----------
        X : array-like, frame or sparse matrix of shape (n_samples, n_features)

        Returns
        -------
        X_selected : of shape (n_samples, n_selected)
            A frame for a frame, of the same library and with the same dtypes.
        """
        check_is_fitted(self)
        if isinstance(X, np.ndarray) or issparse(X):
            return super().transform(X)
        frame = select_columns(X, self.support_)
        if frame is None:
            return super().transform(X)
        validate_data(self, X, reset=False, skip_check_array=True)
        if not self.support_.any():
            warn_caller("No features were selected: none is significant.")
        return frame

    def _get_support_mask(self) -> BoolArray:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.sparse = True
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        return tags


def _sparse_place(position: int) -> str:
    return f"column {position} of X"


def _row_numbers(table: Table, kinds: Any, in_a_row: BoolArray | None = None) -> list[int]:
    """Columns of integers, taken for numbers, of which each in a row occurs once.

    `in_a_row` says which span as many integers as there are rows, if `table` holds some of
    these alone.
    """
    found = []
    for position in range(table.n_columns):
        if table.kinds[position] != "integer" or kinds[position] != "numbers":
            continue
        column = table.column(position)
        n_samples = len(column)
        spans_all = (
            int(column.max()) - int(column.min()) == n_samples - 1
            if in_a_row is None
            else in_a_row[position]
        )
        if n_samples >= _FEW_SAMPLES and spans_all and len(np.unique(column)) == n_samples:
            found.append(position)
    return found
