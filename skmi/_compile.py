"""Compiling all kernels ahead of the first call that needs them."""

import warnings

import numpy as np

from ._recipes import mutual_info
from .estimators._biksg import BIKSG
from .estimators._conditional import conditional_mutual_info
from .estimators._ksg import KSG
from .feature_selection._feature_mutual_info import feature_mutual_info
from .feature_selection._joint_mi import JointMISelector
from .model_selection._conditional_independence import conditional_independence_test
from .model_selection._permutation_test import mutual_info_permutation_test
from .neighbors._apart import count_apart
from .neighbors._conditional import count_conditional_neighbors
from .neighbors._jit import compiling

# So many samples make every kernel run, and no more.
_N_SAMPLES = 60


def compile_kernels() -> None:
    """Compile all kernels now, so that no later call waits for it.

    They are compiled when they are first needed, once per installation, and kept in a
    cache on disk. Call this where that would come at the wrong moment: when a container is
    built, or before a benchmark. ``skmi compile`` does the same. Kernels of the information
    plane are not among them.

    Examples
    --------
    >>> from skmi import compile_kernels
    >>> compile_kernels()
    """
    rng = np.random.default_rng(0)
    X, y, z = rng.normal(size=(3, _N_SAMPLES, 2))
    labels = np.arange(_N_SAMPLES) % 2 == 0
    with compiling(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for first, second in ((X[:, :1], y[:, 0]), (X, y)):
            for estimator in (
                KSG(algorithm="brute"),
                KSG(algorithm="kd_tree"),
                BIKSG(algorithm="brute"),
                BIKSG(algorithm="kd_tree"),
            ):
                estimator.fit(first, second)
            mutual_info(first, second, "ksg-global-linf")
            mutual_info(first, labels, "ksg-local")
            for recipe in "ksg", "ksg-global-linf":
                mutual_info_permutation_test(recipe, first, second, n_permutations=2)
        feature_mutual_info(X, y[:, 0])
        feature_mutual_info(X, labels)
        JointMISelector(2).fit(np.hstack([X, z]), y[:, 0])
        JointMISelector(2).fit(np.hstack([X, z]), labels)
        conditional_mutual_info(X, y, z)
        conditional_independence_test(X, y, z, n_permutations=2)
        count_conditional_neighbors(X, y, z[:, :1], 3, algorithm="kd_tree")
        count_apart(X, y, z, np.arange(_N_SAMPLES), 1, 3)
