"""What candidates are worth beside the features selected: by kernel, or by any estimator."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from .._input._codes import joint_codes
from .._input._sample import Sample, Side, default_tolerance
from .._typing import FloatArray
from ..estimators._formulas import ksg, plug_in
from ..estimators._labels import labelled_contributions, paired
from ..estimators._repeats import fit_sample
from ..neighbors._engine import Query
from ..neighbors._joint_selection import BATCH, count_joint
from ..preprocessing._local import LocalScaler
from ..preprocessing._normalize import fit_scaler, normalize, scale
from ._features import Features, Positions
from ._pair_scores import make_labels
from ._prepared import score_by_chance


class Scores(Protocol):
    """Mutual information of sets of features with the target and with each other."""

    features: Features  # numbers normalized, as far as what is near goes by them
    y: Side

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        """I(selected and candidate; y) of each candidate."""

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        """I(candidate; feature) of each candidate."""

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        """The same with the samples of all features but the `fixed` permuted."""

    def without(self, selected: Positions) -> Self:
        """The same of features less what those selected predict; see `Features.without`."""

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        """The largest of `with_target` after each permutation, one by one."""


class NeighborsScores:
    """By nearest neighbours, every column in units of its own standard deviation.

    The values are those of ``ScaleInvariantMI(KSG(n_neighbors), LocalScaler())``. Different
    labels are infinitely far apart (Ross 2014), and samples that are alone with theirs are
    left out. Where there are labels alone, the values are those of frequencies, less what
    the labels score on average if they are permuted: the more features, the more that is.
    How neighbours are counted, `make_counter` is told: engine, device, n_jobs.
    """

    def __init__(
        self, features: Features, y: Side, is_single: bool, *, n_neighbors: int, **counting: Any
    ) -> None:
        # A factor for each column: they are divided at once.
        X, y = (scale(side, fit_scaler(LocalScaler(), side)) for side in (features.numbers, y))
        features, tolerance = features.with_numbers(X), default_tolerance(is_single)
        if y.codes is not None:
            rows = paired(Sample(X, y, is_single, tolerance))
            features, y = features.take(rows), y.take(rows)
        self._query = Query(n_neighbors, tie_tolerance=tolerance)
        self._counting = counting
        self._n_samples = n_samples = y.n_samples
        if n_neighbors >= n_samples:
            raise ValueError(
                f"n_neighbors={n_neighbors} must be less than n_samples={n_samples}: a sample's "
                "neighbours are other samples. Lower n_neighbors or give more samples."
            )
        self.features = features
        self.y = y

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        return self._each(selected, candidates, self.y)

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        return self._each([], candidates, self.features.side([feature]))

    def _each(self, selected: Positions, candidates: Positions, y: Side) -> FloatArray:
        """What each candidate tells about y together with all selected."""
        # Features may have labels that occur once; those of y are none of these.
        together = not self.features.has_labels(selected) and (y.codes is None or y is self.y)
        is_label = np.array([self.features.has_labels([c]) for c in candidates], dtype=bool)
        values = np.empty(len(candidates))
        alone = np.ones(len(candidates), dtype=bool)
        if together:
            alone = is_label
            numbers = [c for c in candidates if not self.features.has_labels([c])]
            if numbers:
                chosen, others = self.features.columns(selected), self.features.columns(numbers)
                values[~alone] = self._information(chosen, others, y)
        for i in map(int, np.flatnonzero(alone)):
            values[i] = self._labelled(self.features.side([*selected, candidates[i]]), y)
        return values

    def _information(self, chosen: FloatArray, others: FloatArray, y: Side) -> FloatArray:
        """What each of the others tells about y together with all of those chosen."""
        numbers = np.ascontiguousarray(y.numbers.T)
        given = chosen, others, numbers, y.codes, self._query
        n_joint, n_x, n_y = count_joint(*given, **self._counting)
        information: FloatArray = ksg(n_joint, n_x, n_y, self._n_samples).mean(axis=1)
        return information

    def _labelled(self, X: Side, y: Side) -> float:
        """The mutual information of two variables, one of which at least has labels."""
        sample = Sample(X, y, tie_tolerance=self._query.tie_tolerance)
        if not sample.n_numbers:
            by_chance = score_by_chance(*(make_labels(codes) for codes in sample.codes))
            return float(plug_in(*sample.codes).mean()) - by_chance
        if not _pairs_of_labels(sample):
            return 0.0
        terms = labelled_contributions(sample, self._query, np.ones(1), **self._counting)
        return float(terms.mean())

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        other = copy.copy(self)
        other.features = self.features.permuted(permutation, fixed)
        return other

    def without(self, selected: Positions) -> Self:
        other = copy.copy(self)
        other.features = self.features.without(selected)
        return other

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        if self.features.has_labels([*selected, *candidates]):
            for permutation in permutations:
                permuted = self.permuted(permutation, selected)
                yield float(permuted.with_target(selected, candidates).max())
            return
        # Candidates of several permutations together: y and the selected, which are all
        # the same, are gone through once for all of them.
        chosen, others = self.features.columns(selected), self.features.columns(candidates)
        together = max(1, BATCH // len(candidates))
        for start in range(0, len(permutations), together):
            some = permutations[start : start + together]
            permuted_columns = np.concatenate([others[:, permutation] for permutation in some])
            values = self._information(chosen, permuted_columns, self.y)
            yield from values.reshape(len(some), -1).max(axis=1).tolist()


def _pairs_of_labels(sample: Sample) -> bool:
    """Whether any two samples have the same labels on both sides."""
    codes = [side.codes for side in (sample.X, sample.y) if side.codes is not None]
    return bool(np.bincount(joint_codes(np.column_stack(codes))).max() > 1)


class EstimatorScores:
    """By clones of any estimator, fitted to each set of columns."""

    def __init__(
        self, features: Features, y: Side, is_single: bool, *, estimator: Any, n_jobs: int | None
    ) -> None:
        numbers = features.numbers
        self._given = features
        self.features = features
        if numbers.numbers.shape[1]:
            scaled = numbers.with_numbers(normalize(numbers, LocalScaler()))
            self.features = features.with_numbers(scaled)
        self.y, self._is_single = y, is_single
        self._estimator = estimator
        self._n_jobs = n_jobs

    def with_target(self, selected: Positions, candidates: Positions) -> FloatArray:
        return self._estimate((self._given.side([*selected, c]), self.y) for c in candidates)

    def with_feature(self, feature: int, candidates: Positions) -> FloatArray:
        given = self._given
        return self._estimate((given.side([c]), given.side([feature])) for c in candidates)

    def permuted(self, permutation: NDArray[np.intp], fixed: Positions) -> Self:
        other = copy.copy(self)
        other._given = self._given.permuted(permutation, fixed)
        return other

    def without(self, selected: Positions) -> Self:
        other = copy.copy(self)
        other._given = self._given.without(selected)
        return other

    def best_permuted(
        self, selected: Positions, candidates: Positions, permutations: NDArray[np.intp]
    ) -> Iterator[float]:
        for permutation in permutations:
            yield self.permuted(permutation, selected).with_target(selected, candidates).max()

    def _estimate(self, pairs: Iterable[tuple[Side, Side]]) -> FloatArray:
        threads = getattr(self._estimator, "_releases_gil", False)
        parallel = Parallel(n_jobs=self._n_jobs, require="sharedmem" if threads else None)
        samples = (Sample(X, y, self._is_single) for X, y in pairs)
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
