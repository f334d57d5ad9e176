"""The usual combinations, by name, and the one-line door to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from numpy.typing import ArrayLike
from sklearn.base import clone

from ._auto import AutoMI
from ._input._checks import check_base
from ._input._missing import check_nan_policy
from ._input._sample import Sample, make_sample
from .estimators._base import MutualInfoEstimator
from .estimators._biksg import BIKSG
from .estimators._canonical import CanonicalKSG
from .estimators._gaussian import GaussianMI
from .estimators._ksg import KSG
from .estimators._normalized import check_normalize, doubt_bound, normalized
from .estimators._relative_scale import RelativeScaleSearch
from .estimators._repeats import repeat
from .estimators._scale_invariant import ScaleInvariantMI
from .preprocessing._global import GlobalScaler
from .preprocessing._global_linf import GlobalLinfScaler
from .preprocessing._local import LocalScaler


def _searching(scaler: Any) -> ScaleInvariantMI:
    return ScaleInvariantMI(RelativeScaleSearch(KSG()), scaler)


# The network and the training of the paper's toolbox. All of it, so that no default has a say.
_TOOLBOX: dict[str, Any] = {
    "hidden_layer_sizes": (100, 100),
    "activation": "relu",
    "bound": "dv",
    "baseline": None,
    "learning_rate": 1e-4,
    "batch_size": 100,
    "max_epochs": 500,
    "early_stopping": False,
    "validation_fraction": 0.2,
    "n_critics": 1,
    "evaluation": "train",
    "training": {
        "init": "joint",
        "ema_rate": 0.01,
        "weight_average": 0.0,
        "max_steps": 500,
        "tol": 0.0,
        "n_iter_no_change": None,
        "n_folds": 5,
        "n_shuffles": 1,
        "center": False,
    },
}


def _mine(scaler: Any = None, *, training: dict[str, Any] | None = None, **params: Any) -> Any:
    # torch is loaded when the estimator is fitted.
    from .neural._mine import MINE
    from .neural._settings import Training

    mine = MINE(training=Training(**(training or {})), **params)
    return mine if scaler is None else ScaleInvariantMI(mine, scaler)


_RECIPES: dict[str, Callable[[], Any]] = {
    "auto": AutoMI,
    "gaussian": GaussianMI,
    "canonical-ksg": CanonicalKSG,
    "ksg": KSG,
    "bi-ksg": BIKSG,
    "ksg-local": lambda: ScaleInvariantMI(KSG(), LocalScaler()),
    "ksg-global": lambda: _searching(GlobalScaler()),
    "ksg-global-linf": lambda: _searching(GlobalLinfScaler()),
    "mine": _mine,
    "mine-local": lambda: _mine(LocalScaler()),
    "mine-global": lambda: _mine(GlobalScaler()),
    "mine-global-corrected": lambda: _mine(GlobalScaler(corrected=True)),
    "mine-paper": lambda: _mine(**_TOOLBOX),
    "mine-local-paper": lambda: _mine(LocalScaler(), **_TOOLBOX),
    "mine-global-paper": lambda: _mine(GlobalScaler(), **_TOOLBOX),
    "mine-global-corrected-paper": lambda: _mine(GlobalScaler(corrected=True), **_TOOLBOX),
}


# Recipes without a network.
_NEIGHBORS = [name for name in _RECIPES if not name.startswith("mine")]


def get_estimator_names() -> list[str]:
    """The names that `make_estimator` and `mutual_info` know.

    Returns
    -------
    names : list of str

    Examples
    --------
    >>> from skmi import get_estimator_names
    >>> get_estimator_names()
    ['auto', 'gaussian', 'canonical-ksg', 'ksg', 'bi-ksg', 'ksg-local', 'ksg-global',
     'ksg-global-linf', 'mine', 'mine-local', 'mine-global', 'mine-global-corrected',
     'mine-paper', 'mine-local-paper', 'mine-global-paper', 'mine-global-corrected-paper']
    """
    return list(_RECIPES)


def make_estimator(name: str = "auto", **params: Any) -> Any:
    """Make one of the usual estimators by name.

    Parameters
    ----------
    name : str, default="auto"
        One of `get_estimator_names`:

        - ``"auto"``: `AutoMI`, the estimator that suits the columns;
        - ``"gaussian"``: `GaussianMI`, as if only Gaussians were behind the ranks;
        - ``"canonical-ksg"``: `CanonicalKSG`, neighbours among few combinations of many
          columns;
        - ``"ksg"``: `KSG`;
        - ``"bi-ksg"``: `BIKSG`;
        - ``"ksg-local"``: `KSG` after `LocalScaler`;
        - ``"ksg-global"``: the maximum over the relative scale after `GlobalScaler`;
        - ``"ksg-global-linf"``: the maximum over the relative scale after
          `GlobalLinfScaler`;
        - ``"mine"``: `MINE`, a neural network, which needs ``skmi[neural]``;
        - ``"mine-local"``: `MINE` after `LocalScaler`;
        - ``"mine-global"``: `MINE` after `GlobalScaler`;
        - ``"mine-global-corrected"``: `MINE` after ``GlobalScaler(corrected=True)``;
          of the four the one to start with;
        - ``"mine-paper"``, ``"mine-local-paper"``, ``"mine-global-paper"``,
          ``"mine-global-corrected-paper"``: the same with the network and the training of
          the paper's toolbox: ReLU (100, 100), 500 steps of Adam at 1e-4 on batches of 100,
          evaluated where it was trained, with one shuffle and columns as they are. For
          comparison: it ends far too early.
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
    >>> make_estimator("mine-global-paper", max_steps=100).estimator.learning_rate
    0.0001
    """
    if not isinstance(name, str) or name not in _RECIPES:
        raise ValueError(f"There is no estimator {name!r}; choose from {get_estimator_names()}.")
    return _with_params(_RECIPES[name](), params, repr(name))


def as_estimator(method: Any, name: str = "method") -> Any:
    """A new, unfitted estimator, from a recipe's name or an estimator.

    Parameters
    ----------
    method : str or estimator
    name : str, default="method"
        What messages call the parameter.

    Raises
    ------
    ValueError
        If there is no such recipe.
    TypeError
        If it is neither a name nor an estimator.
    """
    if isinstance(method, str):
        return make_estimator(method)
    if isinstance(method, type) or not (hasattr(method, "fit") and hasattr(method, "get_params")):
        called = f"; did you mean {method.__name__}()?" if isinstance(method, type) else ""
        raise TypeError(
            f"{name} must be an estimator or one of {get_estimator_names()}, got "
            f"{method!r:.80}{called}"
        )
    return clone(method)


def name_estimators(estimator: Any) -> dict[str, Any]:
    """Estimators by the names to show.

    Parameters
    ----------
    estimator : str, estimator, list of either, or dict of str to either
        Strings are names that `make_estimator` knows.

    Returns
    -------
    estimators : dict of str to estimator
        A recipe goes by its name, an estimator by its ``repr`` unless a dict names it.
    """
    if isinstance(estimator, Mapping):
        return {
            str(name): make_estimator(each) if isinstance(each, str) else each
            for name, each in estimator.items()
        }
    several = estimator if isinstance(estimator, list | tuple) else [estimator]
    return {
        each if isinstance(each, str) else repr(each): (
            make_estimator(each) if isinstance(each, str) else each
        )
        for each in several
    }


def _with_params(estimator: Any, params: dict[str, Any], name: str) -> Any:
    """Set parameters of an estimator or of its parts, each wherever it is found."""
    for param, value in params.items():
        if "__" in param:
            estimator.set_params(**{param: value})
            continue
        found = [part for part in parts_of(estimator) if param in part.get_params(deep=False)]
        if not found:
            known = {key for part in parts_of(estimator) for key in part.get_params(deep=False)}
            others = [other for other in _NEIGHBORS if has_parameter(_RECIPES[other](), param)]
            elsewhere = f" {' and '.join(map(repr, others))} have {param!r}." if others else ""
            raise ValueError(
                f"{name} has no parameter {param!r}; it has {sorted(known - {'estimator'})}."
                f"{elsewhere}"
            )
        for part in found:
            part.set_params(**{param: value})
    return estimator


def has_parameter(estimator: Any, param: str) -> bool:
    """Whether an estimator, or what it holds, has a parameter of this name."""
    return any(param in part.get_params(deep=False) for part in parts_of(estimator))


def parts_of(estimator: Any) -> Iterator[Any]:
    """An estimator and what it holds."""
    yield estimator
    for value in estimator.get_params(deep=False).values():
        if hasattr(value, "get_params") and not isinstance(value, type):
            yield from parts_of(value)


def mutual_info(
    X: ArrayLike,
    y: ArrayLike,
    method: Any = "auto",
    base: float | None = None,
    random_state: Any = None,
    n_jobs: int | None = None,
    *,
    normalize: str | None = None,
    nan_policy: str = "raise",
    **params: Any,
) -> float:
    r"""Estimate the mutual information of two variables.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples, n_targets) or (n_samples,)
        Second variable.
    method : str or estimator, default="auto"
        One of `get_estimator_names`, or an estimator with ``fit(X, y)`` that sets
        ``mi_``. The default, `AutoMI`, takes the estimator that suits the columns; the
        estimate does not change when a column is multiplied by a constant.
    base : float, default=None
        Base of the logarithm: 2 for bits. None is e, for nats.
    random_state : int, RandomState instance or None, default=None
        For methods that draw random numbers; those by nearest neighbours do not.
    n_jobs : int, default=None
        Number of threads or processes, for methods that use several.
    normalize : str or None, default=None
        A scale from 0 to 1 to read the estimate on; an estimate below 0 gives 0.

        - ``"correlation"``, for numbers on both sides: :math:`\sqrt{1 - e^{-2 I}}`, which
          is the size of the correlation if X and y are single columns and Gaussian;
        - ``"target"``, for labels in y: :math:`I / H(y)`, the share of the entropy of y that
          X tells;
        - ``"min"``, ``"arithmetic"``, ``"geometric"``, ``"max"``, for labels on both sides:
          I as a part of the smaller entropy, of a mean of both, or of the larger, as in
          :func:`sklearn.metrics.normalized_mutual_info_score`. Where a side is constant it
          is 0.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values (NaN, None, NaT, pandas.NA). "raise" refuses them,
        "omit" leaves out the rows in which X or y has one. "label" does the same for numbers,
        but takes a missing label for one label more: of booleans, strings, categories, and of
        columns that `discrete_features` or `discrete_target` says hold labels.
    **params : dict
        Parameters of the method or of any of its parts, as `make_estimator` takes them:
        ``n_neighbors=5``, or ``discrete_features`` and ``discrete_target``, which say which
        columns of X and of y hold labels (see `KSG`); with ``method="ksg-global-linf"``
        also ``scales="auto"`` and ``scaler=NormalScoreScaler()``.

    Returns
    -------
    mi : float
        The estimate. It is not clipped unless it is normalized: around 0 it may be negative.

    Raises
    ------
    ValueError
        If X or y holds anything but finite real numbers and labels, if their lengths
        differ, if there are too few samples, if `method`, `base`, `normalize` or
        `nan_policy` is not valid, if `normalize` does not suit numbers or labels, or if the
        method has no such parameter.
    TypeError
        If `method` is neither a name nor an estimator.

    Warns
    -----
    EstimateWarning
        Of :mod:`skmi.exceptions`, if the library knows that the estimate may be poor; it
        says why, and the way out. One of them, `EntropyBoundWarning`, says that the estimate
        is above the entropy of labels.

    See Also
    --------
    mutual_info_scorer : The same as ``scoring=`` of scikit-learn's searches.
    make_estimator : The estimator itself, to fit and score.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import mutual_info
    >>> X, y = load_diabetes(return_X_y=True)
    >>> print(f"{mutual_info(X, y):.3f} nats, {mutual_info(X, y, base=2):.3f} bits")
    0.309 nats, 0.445 bits
    >>> print(f"{mutual_info(1e6 * X, 1e-6 * y):.3f} nats")
    0.309 nats

    Labels are told from numbers by their dtype:

    >>> from sklearn.datasets import load_iris
    >>> iris = load_iris()
    >>> print(f"{mutual_info(iris.data, iris.target_names[iris.target]):.3f} nats")
    0.997 nats
    >>> print(f"{mutual_info(iris.data, iris.target_names[iris.target], normalize='target'):.0%}")
    91%
    """
    unit = check_base(base)
    check_normalize(normalize, base)
    check_nan_policy(nan_policy)
    estimator = with_settings(method, params, random_state=random_state, n_jobs=n_jobs)
    return estimate(estimator, X, y, normalize=normalize, nan_policy=nan_policy) / unit


def with_settings(method: Any, params: dict[str, Any], **common: Any) -> Any:
    """A new estimator, with its parameters and with those that many have.

    Parameters
    ----------
    method : str or estimator
    params : dict
        Which the estimator or one of its parts must have.
    **common : dict
        Which are set wherever they are known, unless they are None.
    """
    estimator = _with_params(as_estimator(method), params, repr(method))
    for param, value in common.items():
        for part in parts_of(estimator) if value is not None else ():
            if param in part.get_params(deep=False):
                part.set_params(**{param: value})
    return estimator


def estimate(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    discrete: tuple[Any, Any] = ("auto", "auto"),
    normalize: str | None = None,
    nan_policy: str = "raise",
) -> float:
    """Fit an estimator, and give its estimate with all doubts told.

    Parameters
    ----------
    estimator : estimator
        Of skmi or of others; it is fitted.
    X, y : array-like
    discrete : (discrete_features, discrete_target), default=("auto", "auto")
        What holds labels, where it is left to the estimator.
    normalize : str or None, default=None
    nan_policy : {"raise", "omit", "label"}, default="raise"

    Returns
    -------
    mi : float
        In nats, or normalized.
    """
    if not isinstance(estimator, MutualInfoEstimator):
        if nan_policy != "raise":  # such estimators get arrays of what is there
            sample = make_sample(X, y, discrete=discrete, vector_X=True, nan_policy=nan_policy)
            X, y = sample.arrays()
        mi = repeat(estimator, X, y).whole()
        seen = _seen_by_others(X, y, discrete, needed=normalize is not None)
        if seen is None:
            return mi
        doubt_bound(mi, seen)
        return normalized(mi, seen, normalize)
    estimator._validate_params()
    asked = estimator._asked_kinds() or (False, False)
    kinds = [
        ours if isinstance(its, str) and its == "auto" else its
        for its, ours in zip(asked, discrete, strict=True)
    ]
    policy = estimator._asked_nan_policy() if nan_policy == "raise" else nan_policy
    sample = make_sample(X, y, discrete=(kinds[0], kinds[1]), vector_X=True, nan_policy=policy)
    estimator._fit(sample)
    estimator._tell_doubts(sample)
    return normalized(float(estimator.mi_), sample, normalize)


def _seen_by_others(X: Any, y: Any, discrete: tuple[Any, Any], *, needed: bool) -> Sample | None:
    """What an estimator of others was given, if it is a sample for us, too."""
    try:
        return make_sample(X, y, discrete=discrete, vector_X=True, reset=False)
    except (TypeError, ValueError):
        if needed:
            raise
        return None
