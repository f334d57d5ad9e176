"""Estimates of X and y with the samples of y permuted: what chance alone gives."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples

from .._validation import FloatArray


def fit_quietly(estimator: Any, X: ArrayLike, y: ArrayLike) -> Any:
    """Fit one of many: a search at its edge is warned of once, for all of the data."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The best relative scale", UserWarning)
        return estimator.fit(X, y)


def estimate(estimator: Any, X: ArrayLike, y: ArrayLike) -> float:
    """What an estimator finds in the data it is fitted to."""
    return float(fit_quietly(estimator, X, y).mi_)


def corrects_bias(estimator: Any) -> bool:
    """Whether a search in it takes off what its maximum has by chance."""
    parts = [estimator, *estimator.get_params().values()]
    return any(getattr(part, "correct_bias", False) for part in parts)


def without_correction(estimator: Any) -> Any:
    """A clone whose searches keep their maximum as it is."""
    names = [n for n in estimator.get_params() if n.rpartition("__")[2] == "correct_bias"]
    return clone(estimator).set_params(**dict.fromkeys(names, False))


def estimate_permuted(
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    n_permutations: int,
    random_state: np.random.RandomState,
    n_jobs: int | None,
) -> tuple[float, FloatArray]:
    """The estimate of the data and those of `n_permutations` permutations of y.

    No search corrects its maximum here. Permutations are drawn one after the other as
    they are handed out, in an order that does not depend on `n_jobs`.

    Returns
    -------
    score : float
    null_scores : ndarray of shape (n_permutations,)
        What `estimator` finds when it is fitted to X and y permuted. Where it knows a
        faster way than fitting, that is taken.
    """
    estimator = without_correction(estimator)
    n_samples = _num_samples(X)
    fitted = fit_quietly(clone(estimator), X, y)
    score = float(fitted.mi_)
    permuted = getattr(fitted, "_permuted_estimates", lambda X, y: None)(X, y)
    # Leaving y as it is must give the estimate itself.
    faster = permuted is not None and permuted(np.arange(n_samples)) == score
    permutations = (random_state.permutation(n_samples) for _ in range(n_permutations))
    if faster:
        parallel = Parallel(n_jobs=n_jobs, require="sharedmem")
        null_scores = parallel(delayed(permuted)(order) for order in permutations)
    else:
        null_scores = Parallel(n_jobs=n_jobs)(
            delayed(estimate)(clone(estimator), X, _safe_indexing(y, order))
            for order in permutations
        )
    return score, np.array(null_scores)
