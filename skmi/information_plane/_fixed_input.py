"""One variable that stays while the other changes: what it costs is paid once."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn import get_config
from sklearn.base import clone

from .._input._kinds import discrete_columns
from .._input._sample import Sample, make_sample, make_variable
from .._input._table import read_table
from ..estimators._base import MutualInfoEstimator
from ..neighbors._kept_distances import KeptSide
from ..neighbors._threads import count_threads

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
    Estimators by nearest neighbours in the Chebyshev metric use the kept distances, unless
    trees are faster; any other estimator is cloned and fitted to X itself.

    Kept distances are rounded to single precision. The tolerance for ties that
    `ScaleInvariantMI` sets for data in single precision is a hundred times as wide as
    that rounding, so that equal distances stay equal in any units; a count changes only
    where a distance is within 6e-8 of the edge of that tolerance.
    """

    def __init__(
        self, X: ArrayLike, *, working_memory: float | None = None, n_jobs: int | None = None
    ) -> None:
        memory = get_config()["working_memory"] if working_memory is None else working_memory
        self.X = np.asarray(X)
        self._kept = KeptSide(memory * _MEBIBYTE, count_threads(n_jobs))
        table = read_table(self.X, "X", vector=False, min_samples=2)
        self._has_labels = bool(discrete_columns(table, "auto").any())
        self._side = replace(make_variable(self.X, "X")[0], kept=self._kept, spread=None)

    def fit(self, estimator: Any, Z: NDArray[Any], *, n_jobs: int | None = None) -> Any:
        """A clone of the estimator, fitted to X and Z.

        Parameters
        ----------
        estimator : estimator
            Its ``fit(X, Z)`` sets ``mi_``.
        Z : ndarray of float32 or float64, shape (n_samples, n_units)
        n_jobs : int, default=None
            Threads, if an estimator by neighbours does not set its own.

        Returns
        -------
        fitted : estimator
            With ``mi_``, and ``best_scale_`` if it searches.
        """
        fitted = clone(estimator)
        if not isinstance(fitted, MutualInfoEstimator):
            return fitted.fit(self.X, Z)
        core = fitted._core(None)[0]
        if getattr(core, "_releases_gil", False) and core.n_jobs is None:
            core.set_params(n_jobs=n_jobs)
        fitted._validate_params()
        asked = fitted._asked_kinds()
        if asked is not None and self._labels_are_asked(*asked):
            return fitted._fit(make_sample(self.X, Z, discrete=asked))
        return fitted._fit(Sample(self._side, make_variable(Z, "Z")[0], is_single=True))

    def _labels_are_asked(self, discrete_X: Any, discrete_Z: Any) -> bool:
        """Whether an estimator takes some columns for labels."""
        of_X = self._has_labels if isinstance(discrete_X, str) else np.any(discrete_X)
        return bool(of_X or (not isinstance(discrete_Z, str) and np.any(discrete_Z)))

    @property
    def nbytes(self) -> int:
        """Bytes of the distances kept so far."""
        return self._kept.nbytes
