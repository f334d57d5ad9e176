"""Permutation tests against fitting again: ``python -m tests.perf.permutations``.

The ratio of both processor times, one thread, median of three; 100 permutations.
"""

import time
import warnings

import numpy as np
from sklearn.base import clone

from skmi import BIKSG, KSG, RelativeScaleSearch, ScaleInvariantMI, make_estimator
from skmi.model_selection import mutual_info_permutation_test

ESTIMATORS = {
    "KSG": KSG(),
    "20 scales": make_estimator("ksg-global-linf"),
    "BIKSG": BIKSG(),
    "auto": ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto")),
}


def seconds(function):
    start = time.process_time()
    function()
    return time.process_time() - start


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    for n_samples, n_columns in ((200, 1), (1000, 1), (3000, 1), (1000, 2), (3000, 2), (1000, 10)):
        X, y = rng.normal(size=(2, n_samples, n_columns))
        for name, estimator in ESTIMATORS.items():

            def once(estimator=estimator, X=X, y=y):
                mutual_info_permutation_test(estimator, X, y, random_state=0)

            def refit(estimator=estimator, X=X, y=y):
                for _ in range(101):
                    clone(estimator).fit(X, y[np.random.permutation(len(y))])  # noqa: NPY002

            once()
            both = [(seconds(once), seconds(refit)) for _ in range(3)]
            ours, again = np.median(both, axis=0)
            print(
                f"{n_samples:>5} samples, {n_columns:>2} + {n_columns} columns, {name:<10}"
                f"{again / ours:5.1f} times as fast ({1e3 * ours:.0f} ms)",
                flush=True,
            )
