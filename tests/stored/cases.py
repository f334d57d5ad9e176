"""The cases: every public estimator, selector and test, on data of very different kinds.

A case is a name and a function without arguments that gives numbers. Data are drawn from
the number of the case alone.
"""

import warnings
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from sklearn.base import clone

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    MixedKSG,
    NormalScoreScaler,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    conditional_mutual_info,
    make_estimator,
    mutual_info,
)
from skmi.feature_selection import FeatureMutualInfo, JointMISelector, feature_mutual_info
from skmi.model_selection import (
    mutual_info_diagnostics,
    mutual_info_interval,
    mutual_info_permutation_test,
)

Case = tuple[str, Callable[[], list[float]]]


def _gaussian(rng, n, d, m):
    X = rng.normal(size=(n, d))
    y = X[:, :1] + rng.normal(size=(n, m))
    return X, y


def _lattice(rng, n, d, m):
    X, y = _gaussian(rng, n, d, m)
    return np.round(2 * X), np.round(2 * y)


def _tenths(rng, n, d, m):
    X, y = _gaussian(rng, n, d, m)
    return np.round(X, 1), np.round(y, 1)


def _copies(rng, n, d, m):
    """Some samples occur many times."""
    X, y = _gaussian(rng, n, d, m)
    rows = rng.integers(0, n // 3, n)
    return X[rows], y[rows]


def _mixture(rng, n, d, m):
    """Often exactly 0, else anything."""
    X, y = _gaussian(rng, n, d, m)
    return np.maximum(X, 0.0), np.maximum(y, 0.0)


def _skew(rng, n, d, m):
    X, y = _gaussian(rng, n, d, m)
    return np.exp(X), y**3


WORLDS = {
    f.__name__.strip("_"): f for f in (_gaussian, _lattice, _tenths, _copies, _mixture, _skew)
}
SHAPES = [(60, 1, 1), (150, 1, 1), (120, 2, 1), (90, 3, 2), (200, 1, 4), (70, 12, 1)]


def _draw(number: int):
    """Data and the rest of the case's randomness."""
    rng = np.random.default_rng([20261127, number])
    worlds = list(WORLDS)
    world = worlds[number % len(worlds)]
    n, d, m = SHAPES[int(rng.integers(len(SHAPES)))]
    return (*WORLDS[world](rng, n, d, m), rng)


def _fitted(estimator, number):
    """The estimate, that of other data, and a digest of the contributions."""
    X, y, _ = _draw(number)
    half = len(X) // 2
    fitted = clone(estimator).fit(X, y)
    other = clone(estimator).fit(X[:half], y[:half])
    values = [fitted.mi_, other.score(X[half:], y[half:])]
    if hasattr(fitted, "score_samples"):
        terms = fitted.score_samples(X, y)
        values += [float(np.sum(terms * np.cos(np.arange(len(terms)))))]
    if hasattr(fitted, "best_scale_"):
        values += [fitted.best_scale_]
    return values


def _scales(estimator, number, side):
    X, y, _ = _draw(number)
    return list(estimator.score_scales(X, y, [3.0, 0.01, 1.0, 0.7, 40.0], side=side))


def _words(rng, n, n_words):
    return np.array(["a", "bb", "c", "dd", "e", "f"])[rng.integers(0, n_words, n)]


def _labelled(estimator, number):
    """Numbers against words, words against words, and one side of both."""
    X, y, rng = _draw(number)
    words = np.where(X[:, 0] > 0, "plus", _words(rng, len(X), 3))
    other = np.where(rng.random(len(X)) < 0.3, words, _words(rng, len(X), 4))
    found = []
    for left, right in ((X, words), (words[:, None], y), (words[:, None], other)):
        fitted = clone(estimator).fit(left, right)
        found += [fitted.mi_, fitted.score(left, right)]
    mixed = np.column_stack([np.unique(words, return_inverse=True)[1], X])
    mask = np.arange(mixed.shape[1]) == 0
    told = clone(estimator)
    keys = [key for key in told.get_params() if key.endswith("discrete_features")]
    fitted = told.set_params(**dict.fromkeys(keys, mask)).fit(mixed, y)
    return [*found, fitted.mi_]


def _ross(number, **params):
    X, _, rng = _draw(number)
    labels = np.where(X[:, 0] > 0, 5, rng.integers(0, 4, len(X)))
    labels[0] = 99  # alone in its class
    fitted = RossMI(**params).fit(X, labels)
    terms = fitted.score_samples(X, labels)
    return [fitted.mi_, float(np.sum(terms * np.cos(np.arange(len(terms)))))]


def _plug_in(number, **params):
    _, _, rng = _draw(number)
    x = rng.integers(0, 5, (80, 2))
    y = np.where(rng.random(80) < 0.5, x[:, 0], rng.integers(0, 4, 80))
    return [PlugInMI(**params).fit(x, y).mi_, PlugInMI(**params).fit(x[:, :1], y).mi_]


def _door(method, number, **params):
    X, y, _ = _draw(number)
    return [mutual_info(X, y, method), mutual_info(7.0 * X, 1e-3 * y, method, base=2, **params)]


def _conditional(number, **params):
    X, y, rng = _draw(number)
    z = np.round(X + y[:, :1], int(rng.integers(1, 16)))
    given = [None, z, np.column_stack([z, rng.normal(size=len(X))])]
    return [conditional_mutual_info(X, y, each, **params) for each in given]


def _permutations(estimator, number):
    X, y, _ = _draw(number)
    test = mutual_info_permutation_test(estimator, X, y, n_permutations=7, random_state=number)
    return [test.statistic, *test.null_distribution, test.pvalue]


def _interval(estimator, number):
    X, y, _ = _draw(number)
    interval = mutual_info_interval(estimator, X, y, n_splits=3, n_repeats=2, random_state=number)
    return [interval.estimate, interval.low, interval.standard_error, interval.drift]


def _diagnostics(number):
    X, y, _ = _draw(number)
    estimator = make_estimator("ksg-global-linf", scales="auto")
    found = mutual_info_diagnostics(estimator, X, y, random_state=number)
    names = "ceiling", "relative scale", "n_neighbors", "sample size"
    values = {finding.name: float(finding.value) for finding in found.findings}
    return [values[name] for name in names]


def _features(number, **params):
    """Numbers, whole numbers as floats, labels; against numbers and labels."""
    X, y, rng = _draw(number)
    labels = rng.integers(0, 3, len(X)) + (X[:, 0] > 0)
    columns = np.column_stack([X, np.round(X[:, 0]), labels, np.full(len(X), 4.0)])
    mask = np.zeros(columns.shape[1], dtype=bool)
    mask[-2] = True
    options = {"discrete_features": mask, "clip": False, **params}
    numbers = feature_mutual_info(columns, y[:, 0], discrete_target=False, **options)
    classes = feature_mutual_info(columns, y[:, 0] > 0.3, **options)
    return [*numbers, *classes]


def _feature_tests(number):
    X, y, rng = _draw(number)
    columns = np.column_stack([X, rng.normal(size=len(X))])
    scorer = FeatureMutualInfo(19, random_state=number)
    scores, pvalues = scorer(columns, y[:, 0])
    by_class = scorer(columns, np.where(y[:, 0] > 0, "a", "b"))
    return [*scores, *pvalues, *by_class[0], *by_class[1]]


def _selector(number, labels=False, **params):
    X, y, rng = _draw(number)
    columns = np.column_stack([X[:, :2], rng.normal(size=(len(X), 3))])
    target = np.where(columns[:, 0] * columns[:, -1] > 0, "a", "b") if labels else y
    selector = JointMISelector(random_state=number, **params).fit(columns, target)
    values = [*selector.path_, *selector.scores_, *selector.candidate_scores_.ravel()]
    return [*values, *getattr(selector, "pvalues_", [])]


def _scaler(scaler, number):
    X, _, _ = _draw(number)
    scaled = clone(scaler).fit(X).transform(X)
    return [float(np.sum(scaled * np.cos(np.arange(scaled.size)).reshape(scaled.shape)))]


def _makers() -> Iterator[tuple[str, Callable[[int], list[float]], int]]:
    """A name, what a case computes from its number, and how many cases there are."""
    search = partial(RelativeScaleSearch, KSG(tie_tolerance=1e-10))
    for params in ({}, {"n_neighbors": 1}, {"n_neighbors": 7, "tie_tolerance": 1e-10}):
        yield f"KSG {params}", partial(_fitted, KSG(**params)), 6
    for params in ({}, {"metric": "chebyshev"}):
        yield f"BIKSG {params}", partial(_fitted, BIKSG(**params)), 6
    yield "BinningMI", partial(_fitted, BinningMI(6)), 6
    for formula in ("digamma", "log"):
        yield f"MixedKSG {formula}", partial(_fitted, MixedKSG(formula=formula)), 6
    for side in ("X", "y"):
        yield f"score_scales {side}", partial(_scales, KSG(), side=side), 6
    yield "score_scales BIKSG", partial(_scales, BIKSG(), side="y"), 3
    yield "RossMI", _ross, 6
    yield "RossMI ties", partial(_ross, n_neighbors=2, tie_tolerance=1e-10), 3
    yield "PlugInMI", _plug_in, 3
    yield "PlugInMI corrected", partial(_plug_in, correction="miller-madow"), 3
    for scaler in (GlobalLinfScaler(), GlobalScaler(), LocalScaler(), NormalScoreScaler()):
        yield f"{scaler}", partial(_scaler, scaler), 3
        yield f"invariant {scaler}", partial(_fitted, ScaleInvariantMI(KSG(), scaler)), 4
    for params in ({}, {"scales": "auto"}, {"side": "X", "scales": [0.5, 2.0, 8.0]}):
        yield f"search {params}", partial(_fitted, search(**params)), 4
    yield "search BinningMI", partial(_fitted, RelativeScaleSearch(BinningMI(4), [0.5, 2.0])), 2
    yield "labels KSG", partial(_labelled, KSG()), 6
    yield "labels ksg-global-linf", partial(_labelled, make_estimator("ksg-global-linf")), 6
    for method in ("ksg", "bi-ksg", "ksg-local", "ksg-global", "ksg-global-linf"):
        yield f"mutual_info {method}", partial(_door, method), 4
    yield "conditional", _conditional, 6
    yield "conditional scales", partial(_conditional, scales=[0.5, 1.0, 3.0]), 3
    yield "conditional local", partial(_conditional, scaler=LocalScaler(), n_neighbors=5), 3
    for name in ("ksg", "bi-ksg", "ksg-local", "ksg-global-linf"):
        yield f"permutations {name}", partial(_permutations, make_estimator(name)), 4
    yield "permutations BinningMI", partial(_permutations, BinningMI()), 2
    yield (
        "permutations corrected",
        partial(_permutations, search(correct_bias=True, n_permutations=5, random_state=0)),
        2,
    )
    yield "interval ksg-local", partial(_interval, make_estimator("ksg-local")), 3
    yield "interval ksg-global-linf", partial(_interval, make_estimator("ksg-global-linf")), 3
    yield "diagnostics", _diagnostics, 3
    yield "feature_mutual_info", _features, 6
    yield "feature_mutual_info k=5", partial(_features, n_neighbors=5, base=2), 3
    yield "FeatureMutualInfo", _feature_tests, 3
    for params in ({}, {"criterion": "mrmr"}, {"criterion": "jmi"}, {"group_size": 2}):
        yield f"JointMISelector {params}", partial(_selector, **params), 3
        yield f"JointMISelector labels {params}", partial(_selector, labels=True, **params), 2
    yield "JointMISelector p-value", partial(_selector, stop="p-value", n_permutations=19), 3
    yield (
        "JointMISelector estimator",
        partial(_selector, estimator=make_estimator("ksg-local"), n_features_to_select=2),
        2,
    )


def cases() -> list[Case]:
    """All of them, by name."""
    found, number = [], 0
    for name, compute, n_cases in _makers():
        for _ in range(n_cases):
            found.append((f"{number:03d} {name}", partial(_quietly, compute, number)))
            number += 1
    return found


def _quietly(compute: Callable[[int], list[float]], number: int) -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [float(value) for value in compute(number)]
