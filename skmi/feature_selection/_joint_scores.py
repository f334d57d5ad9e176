"""What candidates are worth beside the features selected: by kernel, or by any estimator."""

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._codes import joint_codes
from .._kinds import Kinds, tell_kinds
from .._validation import FloatArray
from ..neighbors._joint_selection import BATCH, joint_mutual_info
from ..preprocessing._local import LocalScaler
from ..preprocessing._normalize import normalize

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
    `y` holds labels, different labels are infinitely far apart (Ross 2014), and samples
    that are alone with theirs are left out.
    """

    def __init__(
        self,
        X: FloatArray,
        y: FloatArray,
        discrete: NDArray[np.bool_],
        *,
        n_neighbors: int,
        tie_tolerance: float,
        n_jobs: int | None,
    ) -> None:
        labels = joint_codes(y[:, discrete])
        paired = np.bincount(labels)[labels] > 1
        if not paired.any():
            raise ValueError(
                "Every value of y occurs only once, so that no sample has a neighbour with the "
                "same label. If y is a measurement, pass discrete_target=False."
            )
        n_samples = int(paired.sum())
        if n_neighbors >= n_samples:
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={n_samples}: a sample's "
                "neighbours are other samples. Lower n_neighbors or give more samples."
            )
        numbers = y[:, ~discrete]
        self.columns = _feature_by_feature(X)[:, paired]
        self._y = _feature_by_feature(numbers)[:, paired] if numbers.size else numbers[paired].T
        self._labels = joint_codes(labels[paired])
        self._options: dict[str, Any] = {
            "n_neighbors": n_neighbors,
            "psi": digamma(np.arange(n_samples + 1)),
            "tie_tolerance": tie_tolerance,
            "n_jobs": n_jobs,
        }

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        chosen, others = self.columns[selected], self.columns[candidates]
        return joint_mutual_info(chosen, others, self._y, self._labels, **self._options)

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        none, one = self.columns[:0], self.columns[[feature]]
        unlabelled = np.zeros_like(self._labels)
        return joint_mutual_info(none, self.columns[candidates], one, unlabelled, **self._options)

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
            values = joint_mutual_info(chosen, permuted, self._y, self._labels, **self._options)
            yield from values.reshape(len(some), -1).max(axis=1).tolist()


class EstimatorScores:
    """By clones of any estimator, fitted to each set of columns."""

    def __init__(
        self,
        X: FloatArray,
        y: FloatArray,
        discrete: NDArray[np.bool_],
        *,
        estimator: Any,
        n_jobs: int | None,
    ) -> None:
        self.columns = _feature_by_feature(X)
        self._X = X
        # Labels stay integers: estimators may go by dtype.
        self._y = y.astype(np.int64) if discrete.all() else y
        self._y = self._y[:, 0] if y.shape[1] == 1 else self._y
        self._discrete = discrete
        self._estimator = estimator
        self._parallel = Parallel(n_jobs=n_jobs)

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        sides = (self._X[:, [*selected, c]] for c in candidates)
        return self._estimate(sides, self._y, self._discrete)

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        sides = (self._X[:, [c]] for c in candidates)
        return self._estimate(sides, self._X[:, feature], np.array([False]))

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        other = copy.copy(self)
        other._X = self._X[permutation]
        other._X[:, fixed] = self._X[:, fixed]
        return other

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        for permutation in permutations:
            yield self.permuted(permutation, selected).with_target(selected, candidates).max()

    def _estimate(self, sides: Any, y: NDArray[Any], discrete: NDArray[np.bool_]) -> FloatArray:
        return np.array(
            self._parallel(
                delayed(_fitted_mi)(clone(self._estimator), X, y, discrete) for X in sides
            )
        )


def _fitted_mi(estimator: Any, X: FloatArray, y: FloatArray, discrete: NDArray[np.bool_]) -> float:
    estimator = tell_kinds(estimator, Kinds(np.zeros(X.shape[1], dtype=bool), discrete))
    estimator.fit(X, y)
    mi = getattr(estimator, "mi_", None)
    return float(estimator.score(X, y) if mi is None else mi)


def _feature_by_feature(X: FloatArray) -> FloatArray:
    return np.ascontiguousarray(normalize(X, LocalScaler()).T)


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
