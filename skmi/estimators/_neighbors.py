"""What the estimators by nearest neighbours share."""

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, StrOptions

from .._validation import FloatArray
from ..neighbors._counts import ALGORITHMS, NeighborCounts, count_neighbors
from ..neighbors._permuted import PermutedCounts
from ._base import IntArray, MutualInfoEstimator, PermutedEstimates

# The estimates with y permuted, for a permutation and relative scales.
PermutedScores = Callable[[IntArray, FloatArray], FloatArray]


class NeighborsMI(MutualInfoEstimator):
    """An estimator made of neighbour counts; many relative scales cost one pass.

    Subclasses turn counts into contributions in ``_contributions``.
    """

    _sees_only_differences = True

    _parameter_constraints: dict[str, list[Any]] = {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "tie_tolerance": [Interval(Real, 0, 1, closed="left"), None],
        "algorithm_": [StrOptions(set(ALGORITHMS))],
        "n_jobs": [Integral, None],
    }

    n_neighbors: int
    tie_tolerance: float | None
    algorithm_: str
    n_jobs: int | None

    def _metric(self) -> str:
        return "chebyshev"

    def _closed(self) -> bool:
        """Whether what lies at the radius counts."""
        return True

    def _contributions(self, counts: NeighborCounts, X: FloatArray, y: FloatArray) -> FloatArray:
        raise NotImplementedError

    def _pointwise(self, X: FloatArray, y: FloatArray) -> FloatArray:
        return self._pointwise_scales(X, y, np.ones(1))[0]

    def _pointwise_scales(
        self, X: FloatArray, y: FloatArray, scales: FloatArray, side: str = "y"
    ) -> FloatArray:
        """Contributions of shape (n_scales, n_samples), in the order of `scales`."""
        n_samples = len(X)
        if self.n_neighbors >= n_samples:
            raise ValueError(
                f"n_neighbors={self.n_neighbors} must be less than n_samples={n_samples}: "
                "a sample's neighbours are other samples. Lower n_neighbors or give more "
                "samples."
            )
        # The estimators are symmetric in their two sides.
        first, second = (X, y) if side == "y" else (y, X)
        ascending, positions = np.unique(scales, return_inverse=True)
        counts = count_neighbors(
            first,
            second,
            self.n_neighbors,
            scales=ascending,
            closed=self._closed(),
            metric=self._metric(),
            tie_tolerance=self.tie_tolerance,
            algorithm=self.algorithm_,
            n_jobs=self.n_jobs,
        )
        terms = self._contributions(counts, X, y)
        return np.ascontiguousarray(terms.T)[positions]

    def _permuted_scores(self, X: FloatArray, y: FloatArray, side: str = "y") -> PermutedScores:
        """What `score_scales` gives for X and y permuted; both are validated."""
        if not self._takes_numbers():
            return lambda permutation, scales: self._pointwise_scales(
                X, y[permutation], scales, side
            ).mean(axis=1)
        count = PermutedCounts(
            *((X, y) if side == "y" else (y, X)),
            self.n_neighbors,
            closed=self._closed(),
            metric=self._metric(),
            tie_tolerance=self.tie_tolerance,
            n_jobs=self.n_jobs,
        )

        def scores(permutation: IntArray, scales: FloatArray) -> FloatArray:
            ascending, positions = np.unique(scales, return_inverse=True)
            counts = count(permutation if side == "y" else np.argsort(permutation), ascending)
            if side == "X":  # rows of y, in the order of y: bring them to that of X
                counts = NeighborCounts(*(rows[permutation] for rows in counts))
            terms = self._contributions(counts, X, y)
            return np.ascontiguousarray(terms.T)[positions].mean(axis=1)

        return scores

    def _takes_numbers(self) -> bool:
        """Whether neighbours are counted by `count_neighbors`, and nothing else is done."""
        return True

    def _permuted_estimates(self, X: ArrayLike, y: ArrayLike) -> PermutedEstimates:
        scores = self._permuted_scores(*self._check(X, y, reset=False))
        return lambda permutation: float(scores(permutation, np.ones(1))[0])

    def score_scales(
        self, X: ArrayLike, y: ArrayLike, scales: ArrayLike, *, side: str = "y"
    ) -> FloatArray:
        """The estimates with one side multiplied by each of many factors, in one pass.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.
        scales : array-like of shape (n_scales,)
            Positive factors, in any order.
        side : {"y", "X"}, default="y"
            The side they multiply.

        Returns
        -------
        scores : ndarray of shape (n_scales,)
            The estimates in nats.

        Notes
        -----
        Distances are multiplied, not data, so that ties between samples stay ties.
        There is nothing to learn: the estimator need not be fitted.
        """
        self._validate_params()
        scales = np.asarray(scales, dtype=np.float64)
        if scales.ndim != 1 or not scales.size or not (np.isfinite(scales) & (scales > 0)).all():
            raise ValueError(f"scales must be a list of positive numbers, got {scales!r}.")
        if side not in ("X", "y"):
            raise ValueError(f"side must be 'X' or 'y', got {side!r}.")
        X, y = self._check(X, y, reset=not self.__sklearn_is_fitted__())
        return self._pointwise_scales(X, y, scales, side).mean(axis=1)
