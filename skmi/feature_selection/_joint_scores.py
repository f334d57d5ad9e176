"""What candidates are worth beside the features selected: by kernel, or by any estimator."""

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._input._sample import Sample, Side, default_tolerance
from .._typing import CodeArray, FloatArray
from ..estimators import _formulas
from ..estimators._labels import paired
from ..estimators._repeats import fit_sample
from ..neighbors._engine import Query
from ..neighbors._joint_selection import BATCH, count_joint
from ..preprocessing._local import LocalScaler
from ..preprocessing._normalize import fit_scaler, normalize, scale

Positions = Sequence[int]


class Scores(Protocol):
    """Mutual information of sets of features with the target and with each other."""

    columns: FloatArray  # (n_features, n_samples), normalized

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        """I(selected and candidate; y) of each candidate."""

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        """I(candidate; feature) of each candidate."""

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        """The same with the samples of all features but the `fixed` permuted."""

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        """The largest of `with_target` after each permutation, one by one."""


class NeighborsScores:
    """By nearest neighbours, every column in units of its own standard deviation.

    The values are those of ``ScaleInvariantMI(KSG(n_neighbors), LocalScaler())``. Where
    y holds labels, different labels are infinitely far apart (Ross 2014), and samples
    that are alone with theirs are left out.
    """

    def __init__(self, sample: Sample, *, n_neighbors: int, n_jobs: int | None) -> None:
        # A factor for each column: they are divided at once.
        X, y = (scale(side, fit_scaler(LocalScaler(), side)) for side in (sample.X, sample.y))
        sample = sample.scaled(X, y, default_tolerance(sample.is_single))
        if sample.y.codes is not None:
            sample = sample.take(paired(sample))
        self._query = Query(n_neighbors, tie_tolerance=sample.tie_tolerance)
        self._n_jobs = n_jobs
        self._n_samples = n_samples = sample.n_samples
        if n_neighbors >= n_samples:
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={n_samples}: a sample's "
                "neighbours are other samples. Lower n_neighbors or give more samples."
            )
        self.columns = np.ascontiguousarray(sample.X.numbers.T)
        self._y = np.ascontiguousarray(sample.y.numbers.T)
        self._labels = sample.y.codes

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        chosen, others = self.columns[selected], self.columns[candidates]
        return self._information(chosen, others, self._y, self._labels)

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        none, one = self.columns[:0], self.columns[[feature]]
        return self._information(none, self.columns[candidates], one, None)

    def _information(
        self, chosen: FloatArray, others: FloatArray, y: FloatArray, labels: CodeArray | None
    ) -> FloatArray:
        """What each of the others tells about y together with all of those chosen."""
        n_joint, n_x, n_y = count_joint(chosen, others, y, labels, self._query, n_jobs=self._n_jobs)
        information: FloatArray = _formulas.ksg(n_joint, n_x, n_y, self._n_samples).mean(axis=1)
        return information

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        other = copy.copy(self)
        other.columns = self.columns[:, permutation]
        other.columns[fixed] = self.columns[fixed]
        return other

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        # Candidates of several permutations together: y and the selected, which are all
        # the same, are gone through once for all of them.
        chosen, others = self.columns[selected], self.columns[candidates]
        together = max(1, BATCH // len(candidates))
        for start in range(0, len(permutations), together):
            some = permutations[start : start + together]
            permuted = np.concatenate([others[:, permutation] for permutation in some])
            values = self._information(chosen, permuted, self._y, self._labels)
            yield from values.reshape(len(some), -1).max(axis=1).tolist()


class EstimatorScores:
    """By clones of any estimator, fitted to each set of columns."""

    def __init__(self, sample: Sample, *, estimator: Any, n_jobs: int | None) -> None:
        self._sample = sample
        self.columns = np.ascontiguousarray(normalize(sample.X, LocalScaler()).T)
        self._estimator = estimator
        self._n_jobs = n_jobs

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        X, y = self._sample.X, self._sample.y
        return self._estimate((X.only([*selected, c]), y) for c in candidates)

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        X = self._sample.X
        return self._estimate((X.only([c]), X.only([feature])) for c in candidates)

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        other = copy.copy(self)
        numbers = self._sample.X.numbers[permutation]
        numbers[:, fixed] = self._sample.X.numbers[:, fixed]
        X = self._sample.X.with_numbers(numbers)
        other._sample = self._sample.scaled(X, self._sample.y, self._sample.tie_tolerance)
        return other

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        for permutation in permutations:
            yield self.permuted(permutation, selected).with_target(selected, candidates).max()

    def _estimate(self, pairs: Iterable[tuple[Side, Side]]) -> FloatArray:
        threads = getattr(self._estimator, "_releases_gil", False)
        parallel = Parallel(n_jobs=self._n_jobs, require="sharedmem" if threads else None)
        samples = (Sample(X, y, self._sample.is_single) for X, y in pairs)
        return np.array(
            parallel(delayed(fit_sample)(clone(self._estimator), sample) for sample in samples)
        )


class Criterion:
    """What candidates are worth at each step; keeps what later steps use again."""

    def __init__(self, scores: Scores) -> None:
        self.scores = scores

    def __call__(self, selected: list[int], candidates: list[int]) -> FloatArray:
        """The value of each candidate."""
        raise NotImplementedError


class Joint(Criterion):
    """I(selected and candidate; y)."""

    def __call__(self, selected: list[int], candidates: list[int]) -> FloatArray:
        return self.scores.with_target(selected, candidates)

    def best_permuted(
        self, selected: list[int], candidates: list[int], permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        """The value of the best candidate after each permutation of all of them."""
        return self.scores.best_permuted(selected, candidates, permutations)

    def best_pair_permuted(
        self, selected: list[int], candidates: list[int], permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        """The value of the best pair of candidates after each permutation of all of them."""
        for permutation in permutations:
            permuted = Joint(self.scores.permuted(permutation, selected))
            yield float(np.nanmax(permuted.pairs(selected, candidates)))

    def pairs(self, selected: list[int], candidates: list[int]) -> FloatArray:
        """The value of each pair of candidates, a symmetric matrix; NaN on the diagonal."""
        values = np.full((len(candidates), len(candidates)), np.nan)
        for i, one in enumerate(candidates[:-1]):
            values[i, i + 1 :] = self.scores.with_target([*selected, one], candidates[i + 1 :])
            values[i + 1 :, i] = values[i, i + 1 :]
        return values


class _Averaged(Criterion):
    """Averages over the selected; each step adds the one selected last."""

    def __call__(self, selected: list[int], candidates: list[int]) -> FloatArray:
        if not selected:
            alone = self.scores.with_target([], candidates)
            self._alone = dict(zip(candidates, alone, strict=True))
            self._sums = dict.fromkeys(candidates, 0.0)
            return alone
        for c, value in zip(candidates, self._pairs(selected[-1], candidates), strict=True):
            self._sums[c] += value
        return np.array([self._value(c, self._sums[c] / len(selected)) for c in candidates])

    def _pairs(self, last: int, candidates: list[int]) -> FloatArray:
        raise NotImplementedError

    def _value(self, candidate: int, average: float) -> float:
        return average


class MRMR(_Averaged):
    """I(candidate; y), less the average of I(candidate; s) over the selected s."""

    def _pairs(self, last: int, candidates: list[int]) -> FloatArray:
        return self.scores.with_feature(last, candidates)

    def _value(self, candidate: int, average: float) -> float:
        return self._alone[candidate] - average


class JMI(_Averaged):
    """The average of I(candidate and s; y) over the selected s."""

    def _pairs(self, last: int, candidates: list[int]) -> FloatArray:
        return self.scores.with_target([last], candidates)


CRITERIA: dict[str, type[Criterion]] = {"joint": Joint, "mrmr": MRMR, "jmi": JMI}
