"""One data set, estimated again and again: whole, permuted, in parts.

An estimator of skmi gets samples; one of others gets arrays, is cloned and fitted.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples

from .._input._codes import encode
from .._input._sample import Sample, make_sample
from .._input._table import read_table
from .._parallel import dask_backend, run_all
from .._permutations import PermutationScheme
from .._progress import tracked
from .._typing import FloatArray, IntArray
from ._base import MutualInfoEstimator, Repeated


def permuted_estimates(
    repeated: Repeated,
    n_samples: int,
    n_permutations: int,
    random_state: np.random.RandomState,
    *,
    n_jobs: int | None,
    threads: bool,
    again: Callable[[], Repeated],
    scheme: PermutationScheme | None = None,
) -> FloatArray:
    """The estimates of `n_permutations` permutations of y: free ones without a `scheme`.

    They are drawn one after the other as they are handed out, in an order that does not
    depend on `n_jobs`. Workers of a cluster draw them themselves, each from the state of the
    generator, and make by `again` what `repeated` is, so that nothing large is sent but the data.
    """
    scheme = scheme or PermutationScheme("iid", "auto", [], n_samples)
    steps = n_permutations, "permutation test", "permutation"
    if dask_backend(n_jobs) is not None:
        states = tracked(_states(random_state, scheme, n_permutations), *steps)
        return np.array(run_all(_estimate_drawn, _Elsewhere(again, scheme), states, n_jobs=n_jobs))
    orders = tracked((scheme.draw(random_state) for _ in range(n_permutations)), *steps)
    parallel = Parallel(n_jobs=n_jobs, require="sharedmem" if threads else None)
    return np.array(parallel(delayed(repeated)(order) for order in orders))


def _states(
    random_state: np.random.RandomState, scheme: PermutationScheme, n_permutations: int
) -> Iterator[np.random.RandomState]:
    """The generator before each permutation."""
    for _ in range(n_permutations):
        yield copy.deepcopy(random_state)
        scheme.draw(random_state)


class _Elsewhere:
    """What workers of a cluster estimate permuted samples with, made there once."""

    def __init__(self, again: Callable[[], Repeated], scheme: PermutationScheme) -> None:
        self.again, self.scheme = again, scheme

    @cached_property
    def repeated(self) -> Repeated:
        return self.again()


def _estimate_drawn(elsewhere: _Elsewhere, state: np.random.RandomState) -> float:
    return elsewhere.repeated(elsewhere.scheme.draw(state))


class Repeats:
    """Estimates of one data set by an estimator of skmi.

    Parameters
    ----------
    estimator : MutualInfoEstimator
        A new one, as `as_estimator` gives it: it will be fitted.
    X, y : array-like
    """

    def __init__(self, estimator: MutualInfoEstimator, X: ArrayLike, y: ArrayLike) -> None:
        estimator._validate_params()
        self.estimator = estimator
        discrete = estimator._asked_kinds() or (False, False)
        policy = estimator._asked_nan_policy()
        self.sample = make_sample(X, y, discrete=discrete, vector_X=True, nan_policy=policy)
        self.n_samples = self.sample.n_samples
        self.threads = estimator._releases_gil
        self.corrects_bias = estimator._corrects_bias

    def columns(self) -> list[list[Any]]:
        """Those of either variable: numbers, or integers for labels."""
        return [
            [*side.numbers.T, *([] if side.codes is None else [side.codes])]
            for side in (self.sample.X, self.sample.y)
        ]

    def whole(self, *, doubt: bool = True) -> float:
        """The estimate of all samples, with a maximum corrected if the estimator does.

        What speaks against it is warned of here, and nowhere else.
        """
        self.estimator._fit(self.sample)
        if doubt:
            self.estimator._tell_doubts(self.sample)
        return float(self.estimator.mi_)

    def core(self) -> tuple[Any, Any]:
        """What the fitted estimator is wrapped around, and what that sees of the sample."""
        return self.estimator._core(self.sample)

    def repeated(self) -> Repeated:
        """Estimates with y permuted, once `whole` was called; a maximum is not corrected."""
        return self.estimator._repeated(self.sample)

    def again(self) -> Callable[[], Repeated]:
        """What makes `repeated` in another process."""
        return partial(clone(self.estimator)._repeated, self.sample)

    def parts(
        self, rows: Sequence[IntArray], y_rows: Sequence[IntArray], n_jobs: int | None
    ) -> FloatArray:
        """Estimates of some of the samples each; a maximum is not corrected."""
        plain = self.estimator._uncorrected()
        if dask_backend(n_jobs) is not None:
            parts = _short(rows, y_rows)
            return np.array(run_all(_fit_part, (plain, self.sample), parts, n_jobs=n_jobs))
        parallel = Parallel(n_jobs=n_jobs, require="sharedmem" if self.threads else None)
        found = parallel(
            delayed(fit_sample)(clone(plain), self.sample.take(part, y_part))
            for part, y_part in _pairs(rows, y_rows)
        )
        return np.array(found)


def _pairs(
    rows: Sequence[IntArray], y_rows: Sequence[IntArray]
) -> Iterator[tuple[IntArray, IntArray]]:
    return tracked(zip(rows, y_rows, strict=True), len(rows), "interval", "part")


def _short(rows: Sequence[IntArray], y_rows: Sequence[IntArray]) -> Iterator[tuple[Any, Any]]:
    """Pairs of rows in half the memory; in a quarter where both sides take the same."""
    for part, y_part in _pairs(rows, y_rows):
        short = part.astype(np.int32)
        yield short, short if y_part is part else y_part.astype(np.int32)


def _fit_part(shared: tuple[Any, Sample], part: tuple[IntArray, IntArray]) -> float:
    estimator, sample = shared
    return fit_sample(clone(estimator), sample.take(*part))


def fit_sample(estimator: Any, sample: Sample) -> float:
    """The estimate of one sample by any estimator, which is fitted to it."""
    if isinstance(estimator, MutualInfoEstimator):
        return float(estimator._fit(sample).mi_)
    X, y = sample.arrays()
    return _fit_arrays(estimator, X, y)


class ForeignRepeats:
    """The same by an estimator of others: a clone is fitted each time."""

    threads, corrects_bias = False, False

    def __init__(self, estimator: Any, X: ArrayLike, y: ArrayLike) -> None:
        self.estimator, self.X, self.y = estimator, _as_columns(X), y
        self.n_samples = _num_samples(X)

    @cached_property
    def sample(self) -> Sample:
        """The data as this library sees them, labels told from numbers."""
        return make_sample(self.X, self.y, discrete=("auto", "auto"), vector_X=True)

    def core(self) -> tuple[Any, Any]:
        return self.estimator, self.sample

    def columns(self) -> list[list[Any]]:
        tables = [read_table(self.X, "X"), read_table(self.y, "y")]
        return [
            [
                encode(table.column(i), table.place(i))
                if kind == "label"
                else table.only(i).numbers(np.ones(1, dtype=bool))[:, 0]
                for i, kind in enumerate(table.kinds)
            ]
            for table in tables
        ]

    def whole(self, *, doubt: bool = True) -> float:
        return _fit_arrays(self.estimator, self.X, self.y)

    def repeated(self) -> Repeated:
        def estimate(order: IntArray | None) -> float:
            y = self.y if order is None else _safe_indexing(self.y, order)
            return _fit_arrays(clone(self.estimator), self.X, y)

        return estimate

    def again(self) -> Callable[[], Repeated]:
        return self.repeated

    def parts(
        self, rows: Sequence[IntArray], y_rows: Sequence[IntArray], n_jobs: int | None
    ) -> FloatArray:
        if dask_backend(n_jobs) is not None:
            shared = self.estimator, self.X, self.y
            return np.array(run_all(_fit_rows, shared, _short(rows, y_rows), n_jobs=n_jobs))
        found = Parallel(n_jobs=n_jobs)(
            delayed(_fit_arrays)(
                clone(self.estimator), _safe_indexing(self.X, part), _safe_indexing(self.y, y_part)
            )
            for part, y_part in _pairs(rows, y_rows)
        )
        return np.array(found)


def _fit_rows(shared: tuple[Any, Any, Any], part: tuple[IntArray, IntArray]) -> float:
    estimator, X, y = shared
    return _fit_arrays(clone(estimator), _safe_indexing(X, part[0]), _safe_indexing(y, part[1]))


def _fit_arrays(estimator: Any, X: ArrayLike, y: ArrayLike) -> float:
    mi = getattr(estimator.fit(X, y), "mi_", None)
    return float(estimator.score(X, y) if mi is None else mi)


def _as_columns(X: Any) -> Any:
    """One-dimensional values as one column, with the dtype they came in."""
    if np.ndim(X) != 1 or hasattr(X, "columns"):
        return X
    return X.to_frame() if hasattr(X, "to_frame") else np.reshape(np.asarray(X), (-1, 1))


def repeat(estimator: Any, X: ArrayLike, y: ArrayLike) -> Repeats | ForeignRepeats:
    """Prepare to estimate one data set again and again."""
    known = isinstance(estimator, MutualInfoEstimator)
    return Repeats(estimator, X, y) if known else ForeignRepeats(estimator, X, y)
