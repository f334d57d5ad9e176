"""What is timed: a sample, our function, and the functions of others that answer the same.

Peers import their library inside, so that a case can be timed where it is missing. Each uses one
thread, three neighbours, and no noise where it can be left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import digamma
from sklearn.preprocessing import FunctionTransformer

from skmi import KSG, conditional_mutual_info, pairwise_mutual_info
from skmi.estimators import PlugInMI
from skmi.feature_selection import feature_mutual_info

K = 3
SCALES = np.geomspace(0.1, 10, 20)


@dataclass(frozen=True)
class Case:
    """One question, and who answers it."""

    name: str
    draw: Callable[[], tuple[Any, ...]]
    ours: Callable[..., Any]
    peers: dict[str, Callable[..., Any]]


def draw_pair(n_samples: int, n_columns: int) -> tuple[Any, Any]:
    """Noisy copies, all columns with standard deviation 1."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_columns))
    y = X + rng.normal(size=X.shape)
    return X / X.std(axis=0), y / y.std(axis=0)


def draw_features(n_samples: int, n_columns: int) -> tuple[Any, Any]:
    """Many features, of which the first three make the target."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_columns))
    return X, X[:, 0] + X[:, 1] ** 2 + np.sin(3 * X[:, 2]) + rng.normal(size=n_samples)


def draw_classes(n_samples: int, n_columns: int) -> tuple[Any, Any]:
    """The same with three classes."""
    X, y = draw_features(n_samples, n_columns)
    return X, np.digitize(y, np.quantile(y, [1 / 3, 2 / 3]))


def draw_table(n_samples: int, n_columns: int) -> tuple[Any]:
    """Correlated columns."""
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(n_columns, n_columns)) + 2 * np.eye(n_columns)
    return (rng.normal(size=(n_samples, n_columns)) @ mixed,)


def draw_condition(n_samples: int) -> tuple[Any, Any, Any]:
    """X and y that share z, and more than z."""
    rng = np.random.default_rng(0)
    x, z, noise = rng.normal(size=(3, n_samples, 1))
    y = x + z + noise
    return tuple(side / side.std() for side in (x, y, z))


def draw_labels(n_samples: int) -> tuple[Any, Any]:
    """Two columns of labels."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 20, n_samples)
    return x, (x + rng.integers(0, 10, n_samples)) % 20


def ours_conditional(x: Any, y: Any, z: Any) -> float:
    """As it is, like the others: without the scaler and the search that are our default."""
    return float(conditional_mutual_info(x, y, z, n_neighbors=K, scaler=FunctionTransformer()))


def by_scipy(X: Any, y: Any) -> float:
    """KSG as most scripts have it: three trees of scipy."""
    from scipy.spatial import cKDTree

    joint = np.hstack([X, y])
    radius = np.nextafter(cKDTree(joint).query(joint, K + 1, p=np.inf)[0][:, K], 0)
    n_x, n_y = (
        cKDTree(side).query_ball_point(side, radius, p=np.inf, return_length=True)
        for side in (X, y)
    )
    return float(digamma(K) + digamma(len(X)) - np.mean(digamma(n_x) + digamma(n_y)))


def by_ennemi(X: Any, y: Any, z: Any = None) -> float:
    """One column on each side."""
    from ennemi import estimate_mi

    options = {"k": K, "preprocess": False, "max_threads": 1}
    return float(estimate_mi(y[:, 0], X[:, 0], cond=z, **options).item())


def by_infomeasure(X: Any, y: Any) -> float:
    """Of any number of columns."""
    import infomeasure

    return float(infomeasure.mi(X, y, approach="ksg", k=K, noise_level=0))


def by_infomeasure_conditional(x: Any, y: Any, z: Any) -> float:
    """With a condition."""
    import infomeasure

    return float(infomeasure.cmi(x, y, cond=z, approach="ksg", k=K, noise_level=0))


def by_lib_ksg(X: Any, y: Any) -> float:
    """One column on each side, in C."""
    import libKSG

    return float(libKSG.KSG().mi(X[:, 0], y[:, 0], k=K))


def by_npeet(X: Any, y: Any) -> float:
    """Of any number of columns; adds noise of 1e-10."""
    from npeet_plus import mi

    return float(mi(X, y, k=K, base=np.e))


def scores_by_scikit_learn(X: Any, y: Any) -> Any:
    """Feature by feature; adds noise of 1e-10 of a standard deviation."""
    from sklearn.feature_selection import mutual_info_regression

    return mutual_info_regression(X, y, n_neighbors=K, random_state=0)


def class_scores_by_scikit_learn(X: Any, y: Any) -> Any:
    """Feature by feature, of classes."""
    from sklearn.feature_selection import mutual_info_classif

    return mutual_info_classif(X, y, n_neighbors=K, random_state=0)


def scores_by_ennemi(X: Any, y: Any) -> Any:
    """Feature by feature, each scaled by its standard deviation."""
    from ennemi import estimate_mi

    return np.maximum(estimate_mi(y, X, k=K, preprocess=True, max_threads=1).ravel(), 0)


def class_scores_by_ennemi(X: Any, y: Any) -> Any:
    """Feature by feature, of classes."""
    from ennemi import estimate_mi

    found = estimate_mi(y, X, k=K, discrete_y=True, preprocess=True, max_threads=1)
    return np.maximum(found.ravel(), 0)


def pairs_by_ennemi(X: Any) -> Any:
    """The matrix of all pairs."""
    from ennemi import pairwise_mi

    found = pairwise_mi(X, k=K, preprocess=True, max_threads=1)
    return np.maximum(found[np.triu_indices(X.shape[1], 1)], 0)


def pairs_by_scikit_learn(X: Any) -> Any:
    """A call for each column."""
    from sklearn.feature_selection import mutual_info_regression

    columns = range(X.shape[1])
    found = [mutual_info_regression(X, X[:, i], n_neighbors=K, random_state=0) for i in columns]
    return np.array(found)[np.triu_indices(X.shape[1], 1)]


def labels_by_scikit_learn(x: Any, y: Any) -> float:
    """Of frequencies."""
    from sklearn.metrics import mutual_info_score

    return float(mutual_info_score(x, y))


def ksg(X: Any, y: Any) -> float:
    """Ours, at one scale."""
    return float(KSG(K).fit(X, y).mi_)


CASES = [
    Case(
        "KSG, 1 column each, 5000 samples",
        lambda: draw_pair(5000, 1),
        ksg,
        {
            "scipy": by_scipy,
            "ennemi": by_ennemi,
            "infomeasure": by_infomeasure,
            "libKSG": by_lib_ksg,
            "npeet-plus": by_npeet,
        },
    ),
    Case(
        "KSG, 5 columns each, 2000 samples",
        lambda: draw_pair(2000, 5),
        ksg,
        {"scipy": by_scipy, "infomeasure": by_infomeasure, "npeet-plus": by_npeet},
    ),
    Case(
        "KSG at 20 relative scales, 3 columns each, 1000 samples",
        lambda: draw_pair(1000, 3),
        lambda X, y: KSG(K).score_scales(X, y, SCALES),
        {
            "scipy": lambda X, y: [by_scipy(X, c * y) for c in SCALES],
            "infomeasure": lambda X, y: [by_infomeasure(X, c * y) for c in SCALES],
        },
    ),
    Case(
        "scores of 50 features, 2000 samples",
        lambda: draw_features(2000, 50),
        feature_mutual_info,
        {"scikit-learn": scores_by_scikit_learn, "ennemi": scores_by_ennemi},
    ),
    Case(
        "scores of 50 features, 3 classes, 2000 samples",
        lambda: draw_classes(2000, 50),
        feature_mutual_info,
        {"scikit-learn": class_scores_by_scikit_learn, "ennemi": class_scores_by_ennemi},
    ),
    Case(
        "all pairs of 20 columns, 2000 samples",
        lambda: draw_table(2000, 20),
        lambda X: pairwise_mutual_info(X)[np.triu_indices(X.shape[1], 1)],
        {"scikit-learn": pairs_by_scikit_learn, "ennemi": pairs_by_ennemi},
    ),
    Case(
        "conditional, 1 column each, 2000 samples",
        lambda: draw_condition(2000),
        ours_conditional,
        {"ennemi": by_ennemi, "infomeasure": by_infomeasure_conditional},
    ),
    Case(
        "labels against labels, 100,000 samples",
        lambda: draw_labels(100_000),
        lambda x, y: PlugInMI().fit(x[:, None], y).mi_,
        {"scikit-learn": labels_by_scikit_learn},
    ),
]
