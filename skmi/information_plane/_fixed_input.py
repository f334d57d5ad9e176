"""One variable that stays while the other changes: what it costs is paid once."""

from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.base import clone

from .._validation import FloatArray
from ..estimators._ksg import KSG
from ..estimators._scale_invariant import _SINGLE_TOLERANCE, ScaleInvariantMI
from ..model_selection._relative_scale import DEFAULT_SCALES, RelativeScaleSearch
from ..neighbors._counts import choose_algorithm
from ..neighbors._kept_distances import KeptDistances, count_kept_neighbors, keep_distances
from ..preprocessing._base import BaseScaler, middle_values
from ..preprocessing._global_linf import GlobalLinfScaler

_MEBIBYTE = 2**20


class FixedInput:
    """The samples of X, to estimate their mutual information with many other variables.

    The distances in X are made when an estimator first needs them, and kept: one square
    for all estimators that scale the columns of X alike, ``4 * n_samples**2`` bytes, 100
    MB at 5000 samples, and a copy of X in double precision beside it. Distances that do
    not fit in `working_memory` are made again each time.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
    working_memory : float, default=None
        Mebibytes for distances; None is scikit-learn's setting of that name, 1024 unless
        changed.
    n_jobs : int, default=None
        Threads that make the distances.

    Notes
    -----
    `KSG` in the Chebyshev metric, by itself or in a `RelativeScaleSearch`, inside a
    `ScaleInvariantMI` or not, takes the kept distances; any other estimator is cloned and
    fitted to X itself.

    Kept distances are rounded to single precision. The tolerance for ties that
    `ScaleInvariantMI` sets for data in single precision is a hundred times as wide as
    that rounding, so that equal distances stay equal in any units; a count changes only
    where a distance is within 6e-8 of the edge of that tolerance. If X or Z comes in
    single precision, as activations mostly do, that tolerance is the same that
    ``estimator.fit(X, Z)`` would set.
    """

    def __init__(
        self, X: ArrayLike, *, working_memory: float | None = None, n_jobs: int | None = None
    ) -> None:
        self.X = np.asarray(X)
        self.working_memory = working_memory
        self.n_jobs = n_jobs
        self._scalers: dict[str, BaseScaler] = {}
        self._distances: dict[str, KeptDistances] = {}
        self._lock = Lock()

    def fit(self, estimator: Any, Z: NDArray[Any], *, n_jobs: int | None = None) -> Any:
        """A clone of the estimator, fitted to X and Z.

        Parameters
        ----------
        estimator : estimator
            Its ``fit(X, Z)`` sets ``mi_``.
        Z : ndarray of float32 or float64, shape (n_samples, n_units)
        n_jobs : int, default=None
            Threads for kept distances, if the estimator does not set its own.

        Returns
        -------
        fitted : estimator
            With ``mi_``, and ``best_scale_`` if it searches.
        """
        parts = _take_apart(estimator)
        if parts is None or not _distances_pay(parts, self.X.shape, Z.shape):
            return clone(estimator).fit(self.X, Z)
        kept, x_factor = self._keep(parts.scaler)
        z, z_factor = _scale(parts.scaler, Z)
        params = parts.ksg.get_params()
        if params["tie_tolerance"] is None:
            params["tie_tolerance"] = parts.tie_tolerance
        if params["n_jobs"] is None:
            params["n_jobs"] = n_jobs
        ksg = _KeptKSG(kept, z, x_factor / z_factor, params)
        # Distances stand for both sides; a search looks at sizes, and only to begin with.
        sizes = 1.0, 1.0
        if parts.search is not None and isinstance(parts.search.scales, str):
            sizes = (_size(kept.points.T) * kept.unit / x_factor, _size(z) / z_factor)
        x_stand_in, z_stand_in = (_of_size(size, len(self.X)) for size in sizes)
        if parts.search is None:
            return ksg.fit(x_stand_in, z_stand_in)
        return clone(parts.search).set_params(estimator=ksg).fit(x_stand_in, z_stand_in)

    def _keep(self, scaler: BaseScaler | None) -> tuple[KeptDistances, float]:
        """Distances in X, and the factor by which the scaler divides all of them."""
        with self._lock:  # one thread makes them, the others wait for it
            name = repr(scaler)
            if scaler is not None and name not in self._scalers:
                self._scalers[name] = clone(scaler).fit(self.X)
            fitted = self._scalers.get(name)
            by_column = fitted is not None and np.ndim(fitted.scale_) > 0
            key = name if by_column else ""
            if key not in self._distances:
                X = self.X.astype(np.float64)
                if by_column:
                    X = (X - middle_values(X)) / fitted.scale_  # type: ignore[union-attr]
                self._distances[key] = keep_distances(
                    X, max_bytes=self._bytes_left(), n_jobs=self.n_jobs
                )
            factor = 1.0 if fitted is None or by_column else float(fitted.scale_)
            return self._distances[key], factor

    def _bytes_left(self) -> float:
        memory = self.working_memory
        if memory is None:
            memory = get_config()["working_memory"]
        return max(0.0, memory * _MEBIBYTE - self.nbytes)

    @property
    def nbytes(self) -> int:
        """Bytes of the distances kept so far."""
        return sum(kept.rows.nbytes for kept in self._distances.values())


class _Parts(NamedTuple):
    """An estimator by nearest neighbours, taken apart."""

    ksg: KSG
    search: RelativeScaleSearch | None
    scaler: BaseScaler | None
    tie_tolerance: float | None  # what the scaling sets, where the estimator has None


def _take_apart(estimator: Any) -> _Parts | None:
    """The parts of an estimator that kept distances will do for, or None."""
    scaler = search = None
    tolerance: Any = None
    inner = estimator
    if type(inner) is ScaleInvariantMI:
        scaler = GlobalLinfScaler() if inner.scaler is None else inner.scaler
        tolerance = _SINGLE_TOLERANCE if inner.tie_tolerance == "auto" else inner.tie_tolerance
        inner = KSG() if inner.estimator is None else inner.estimator
        if not isinstance(scaler, BaseScaler):
            return None
    if type(inner) is RelativeScaleSearch:
        search, inner = inner, inner.estimator
    if type(inner) is not KSG or inner.algorithm_ == "kd_tree":
        return None
    for discrete in (inner.discrete_features, inner.discrete_target):
        if not (discrete is False or discrete == "auto"):
            return None
    return _Parts(inner, search, scaler, tolerance)


def _distances_pay(parts: _Parts, x_shape: tuple[int, ...], z_shape: tuple[int, ...]) -> bool:
    """Whether trees, which need no distances between all samples, are not faster still."""
    n_scales = 1
    if parts.search is not None:
        scales = parts.search.scales
        n_scales = len(DEFAULT_SCALES) if scales is None else max(2, np.size(scales))
    n_samples, n_neighbors = x_shape[0], parts.ksg.n_neighbors
    if n_neighbors >= n_samples:
        return False  # the estimator itself says what is wrong
    chosen = choose_algorithm(n_samples, x_shape[1] + z_shape[1], n_neighbors, n_scales)
    return parts.ksg.algorithm_ == "brute" or chosen == "brute"


def _scale(scaler: BaseScaler | None, Z: NDArray[Any]) -> tuple[NDArray[Any], float]:
    """Z as it gives its distances, and the factor that is still to divide them.

    A common factor is left to the distances: single precision then rounds none but those.
    """
    if scaler is None:
        return Z, 1.0
    fitted = clone(scaler).fit(Z)
    if np.ndim(fitted.scale_) == 0:
        return Z, float(fitted.scale_)
    centred = Z.astype(np.float64)
    return (centred - middle_values(centred)) / fitted.scale_, 1.0


def _size(values: NDArray[Any]) -> float:
    return float(GlobalLinfScaler().fit(values).scale_)


def _of_size(size: float, n_samples: int) -> FloatArray:
    """One column of this size."""
    column = np.full((n_samples, 1), size)
    column[::2] *= -1.0
    return column


class _KeptKSG(KSG):
    """`KSG` on kept distances: of the data it is given it looks at their number alone."""

    def __init__(
        self, kept: KeptDistances, z: NDArray[Any], factor: float, params: dict[str, Any]
    ) -> None:
        super().__init__(**{**params, "discrete_features": False, "discrete_target": False})
        self.kept = kept
        self.z = z
        self.factor = factor

    def __sklearn_clone__(self) -> "_KeptKSG":
        return self  # distances are not copied

    @classmethod
    def _get_param_names(cls) -> list[str]:
        return list(KSG._get_param_names())

    def _pointwise_scales(
        self, X: FloatArray, y: FloatArray, scales: FloatArray, side: str = "y"
    ) -> FloatArray:
        # A factor on X is its inverse on Z, but for a common one.
        on_z = self.factor * (scales if side == "y" else 1.0 / scales)
        ascending, positions = np.unique(on_z, return_inverse=True)
        counts = count_kept_neighbors(
            self.kept,
            self.z,
            self.n_neighbors,
            scales=ascending,
            closed=self._closed(),
            tie_tolerance=self.tie_tolerance,
            n_jobs=self.n_jobs,
        )
        terms = self._contributions(counts, X, y)
        return np.ascontiguousarray(terms.T)[positions]
