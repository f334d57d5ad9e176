"""What the estimators by nearest neighbours share."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import Interval, StrOptions

from .._device import ALGORITHMS, find_engine
from .._input._missing import NAN_POLICY
from .._input._sample import Sample
from .._params import N_JOBS, Whole
from .._typing import FloatArray, IntArray
from ..neighbors._counter import make_counter
from ..neighbors._engine import NeighborCounts, Query
from ._base import MutualInfoEstimator, Repeated

# The contributions, shape (n_scales, n_samples), at relative scales, of a sample with y in
# another order if one is given.
Sweep = Callable[[FloatArray, IntArray | None], FloatArray]

_ONE = np.ones(1)


class NeighborsMI(MutualInfoEstimator):
    """An estimator made of neighbour counts; many relative scales cost one pass.

    Subclasses turn counts into contributions in ``_contributions``.
    """

    _sees_only_differences = True
    _releases_gil = True
    _is_local = True

    _parameter_constraints: dict[str, list[Any]] = {
        "n_neighbors": [Whole(1)],
        "tie_tolerance": [Interval(Real, 0, 1, closed="left"), None],
        "nan_policy": NAN_POLICY,
        "algorithm": [StrOptions(set(ALGORITHMS))],
        "device": [str],
        "n_jobs": N_JOBS,
    }

    n_neighbors: int
    tie_tolerance: float | None
    algorithm: str
    device: str
    n_jobs: int | None

    def _query(self, sample: Sample) -> Query:
        """What is counted."""
        own = self.tie_tolerance
        tolerance = sample.tie_tolerance if own is None else own
        return Query(self.n_neighbors, self._closed(), self._metric(), tolerance)

    def _counting(self) -> dict[str, Any]:
        """How neighbours are counted: what `make_counter` takes."""
        engine, device = find_engine(self.algorithm, self.device)
        return {"engine": engine, "device": device, "n_jobs": self.n_jobs}

    def _metric(self) -> str:
        return "chebyshev"

    def _closed(self) -> bool:
        """Whether what lies at the radius counts."""
        return True

    def _contributions(self, counts: NeighborCounts, sample: Sample) -> FloatArray:
        """Each sample's contribution at each scale, in the shape of the counts."""
        raise NotImplementedError

    def _sweep(self, sample: Sample, side: str = "y") -> Sweep:
        """The contributions at any relative scales, for one sample.

        What serves several calls is made once.
        """
        n_samples = sample.n_samples
        if self.n_neighbors >= n_samples:
            raise ValueError(
                f"n_neighbors={self.n_neighbors} must be less than n_samples={n_samples}: "
                "a sample's neighbours are other samples. Lower n_neighbors or give more "
                "samples."
            )
        counter = make_counter(sample, self._query(sample), **self._counting())

        def sweep(scales: FloatArray, order: IntArray | None = None) -> FloatArray:
            counts = counter.count(scales, side=side, order=order)
            return np.ascontiguousarray(self._contributions(counts, sample).T)

        return sweep

    def _estimate(self, sample: Sample) -> FloatArray:
        return self._sweep(sample)(_ONE, None)[0]

    def _repeated(self, sample: Sample) -> Repeated:
        sweep = self._sweep(sample)
        return lambda order: float(sweep(_ONE, order).mean())

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
        scales = check_scales(scales)
        if side not in ("X", "y"):
            raise ValueError(f"side must be 'X' or 'y', got {side!r}.")
        fitted = self.__sklearn_is_fitted__()
        sample = self._sample(X, y, reset=not fitted)
        if not fitted:
            self._kinds = sample.kinds
        return self._sweep(sample, side)(scales, None).mean(axis=1)


def check_scales(scales: Any) -> FloatArray:
    """Relative scales as an array.

    Raises
    ------
    ValueError
        If they are anything but a list of positive, finite numbers.
    """
    try:
        values = np.asarray(scales, dtype=np.float64)
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.ndim != 1 or not values.size or not (np.isfinite(values) & (values > 0)).all():
        raise ValueError(f"scales must be a list of positive, finite factors; got {scales!r:.80}.")
    return values
