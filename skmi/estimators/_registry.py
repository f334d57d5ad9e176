"""The usual combinations, by name."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone

from .._kinds import as_column
from ..preprocessing._global import GlobalScaler
from ..preprocessing._global_linf import GlobalLinfScaler
from ..preprocessing._local import LocalScaler
from ._biksg import BIKSG
from ._ksg import KSG
from ._scale_invariant import ScaleInvariantMI


def _searching(scaler: Any) -> ScaleInvariantMI:
    # A recipe may reach for a later layer; it is loaded when the recipe is asked for.
    from ..model_selection._relative_scale import RelativeScaleSearch

    return ScaleInvariantMI(RelativeScaleSearch(KSG()), scaler)


_RECIPES: dict[str, Callable[[], Any]] = {
    "ksg": KSG,
    "bi-ksg": BIKSG,
    "ksg-local": lambda: ScaleInvariantMI(KSG(), LocalScaler()),
    "ksg-global": lambda: _searching(GlobalScaler()),
    "ksg-global-linf": lambda: _searching(GlobalLinfScaler()),
}


def get_estimator_names() -> list[str]:
    """The names that `make_estimator` and `mutual_info` know.

    Returns
    -------
    names : list of str

    Examples
    --------
    >>> from skmi import get_estimator_names
    >>> get_estimator_names()
    ['ksg', 'bi-ksg', 'ksg-local', 'ksg-global', 'ksg-global-linf']
    """
    return list(_RECIPES)


def make_estimator(name: str, **params: Any) -> Any:
    """Make one of the usual estimators by name.

    Parameters
    ----------
    name : str
        One of `get_estimator_names`:

        - ``"ksg"``: `KSG`;
        - ``"bi-ksg"``: `BIKSG`;
        - ``"ksg-local"``: `KSG` after `LocalScaler`;
        - ``"ksg-global"``: the maximum over the relative scale after `GlobalScaler`;
        - ``"ksg-global-linf"``: the maximum over the relative scale after
          `GlobalLinfScaler`; the one to start with.
    **params : dict
        Parameters of the estimator or of any of its parts. ``n_neighbors=5`` finds the
        part that has it; ``estimator__estimator__n_neighbors=5`` says where it is.

    Returns
    -------
    estimator : estimator
        A new one, not fitted.

    Raises
    ------
    ValueError
        If there is no such name or no such parameter.

    Examples
    --------
    >>> from skmi import make_estimator
    >>> make_estimator("ksg-local", n_neighbors=5)
    ScaleInvariantMI(estimator=KSG(n_neighbors=5), scaler=LocalScaler())
    """
    if name not in _RECIPES:
        raise ValueError(f"There is no estimator {name!r}; choose from {get_estimator_names()}.")
    estimator = _RECIPES[name]()
    for param, value in params.items():
        estimator.set_params(**dict.fromkeys(_find(estimator, param, name), value))
    return estimator


def _find(estimator: Any, param: str, name: str) -> list[str]:
    """All parameters of an estimator and its parts that `param` names."""
    known = [key for key in estimator.get_params() if key not in ("estimator", "scaler")]
    found = [key for key in known if key == param or key.endswith(f"__{param}")]
    if not found:
        short = sorted({key.rpartition("__")[2] for key in known} - {"estimator", "scaler"})
        raise ValueError(f"{name!r} has no parameter {param!r}; it has {short}.")
    return found


def mutual_info(
    X: ArrayLike,
    y: ArrayLike,
    method: Any = "ksg-global-linf",
    base: float | None = None,
    random_state: Any = None,
    n_jobs: int | None = None,
    discrete_features: Any = "auto",
    discrete_target: Any = "auto",
) -> float:
    """Estimate the mutual information of two variables.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples, n_targets) or (n_samples,)
        Second variable.
    method : str or estimator, default="ksg-global-linf"
        One of `get_estimator_names`, or an estimator with ``fit(X, y)`` that sets
        ``mi_``. The default does not change when X or y is multiplied by a constant.
    base : float, default=None
        Base of the logarithm: 2 for bits. None is e, for nats.
    random_state : int, RandomState instance or None, default=None
        For methods that draw random numbers; those by nearest neighbours do not.
    n_jobs : int, default=None
        Number of threads or processes, for methods that use several.
    discrete_features, discrete_target : "auto", bool or array-like, default="auto"
        Which columns of X and of y hold labels; "auto" goes by dtype, see `KSG`. Some
        methods, as "bi-ksg", know numbers alone.

    Returns
    -------
    mi : float
        The estimate. It is not clipped: around 0 it may be negative.

    Raises
    ------
    ValueError
        If X or y holds anything but finite real numbers and labels, if their lengths
        differ, if there are too few samples, or if `method` or `base` is not valid.

    Warns
    -----
    UserWarning
        If integers that "auto" takes for labels look like a measurement.

    See Also
    --------
    make_estimator : The estimator itself, to fit and score.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import mutual_info
    >>> X, y = load_diabetes(return_X_y=True)
    >>> print(f"{mutual_info(X, y):.3f} nats, {mutual_info(X, y, base=2):.3f} bits")
    0.359 nats, 0.518 bits
    >>> print(f"{mutual_info(1e6 * X, 1e-6 * y):.3f} nats")
    0.359 nats

    Labels are told from numbers by their dtype:

    >>> from sklearn.datasets import load_iris
    >>> iris = load_iris()
    >>> print(f"{mutual_info(iris.data, iris.target_names[iris.target]):.3f} nats")
    1.064 nats
    """
    if base is not None and not (np.isfinite(base) and base > 0 and base != 1):
        raise ValueError(f"base must be a positive number other than 1, got {base!r}.")
    if isinstance(method, str):
        estimator = make_estimator(method)
    elif hasattr(method, "fit"):
        estimator = clone(method)
    else:
        raise ValueError(
            f"method must be an estimator or one of {get_estimator_names()}, got {method!r}."
        )
    for param, value in {"random_state": random_state, "n_jobs": n_jobs}.items():
        keys = [k for k in estimator.get_params() if k.rpartition("__")[2] == param]
        if value is not None:
            estimator.set_params(**dict.fromkeys(keys, value))
    kinds = {"discrete_features": discrete_features, "discrete_target": discrete_target}
    for param, value in kinds.items():
        if not (isinstance(value, str) and value == "auto"):
            estimator.set_params(**dict.fromkeys(_find(estimator, param, str(method)), value))
    if np.ndim(X) == 1 and not hasattr(X, "columns"):
        X = as_column(X)
    mi = float(estimator.fit(X, y).mi_)
    return mi if base is None else mi / float(np.log(base))
