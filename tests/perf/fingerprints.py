"""What it costs to tell an object from others: ``python -m tests.perf.fingerprints``.

Milliseconds, the first time in a process and later (median of 20).
"""

import statistics
import time

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmi import KSG, make_estimator
from skmi.benchmark import Task
from skmi.benchmark._fingerprint import fingerprint
from skmi.benchmark.paper import table_tasks
from skmi.datasets import CorrelatedGaussians
from tests.benchmark import actors

data = np.random.default_rng(0).normal(size=(1_000_000, 10))
forest = RandomForestRegressor(100, random_state=0).fit(data[:2000, 1:], data[:2000, 0])
VALUES = {
    "KSG()": KSG(),
    'make_estimator("ksg-global-linf")': make_estimator("ksg-global-linf"),
    'make_estimator("mine-local")': make_estimator("mine-local"),
    "a sampler": Task(CorrelatedGaussians(2, 0.5)),
    "the tasks of table 2": table_tasks(2),
    "a pipeline of scikit-learn's": make_pipeline(StandardScaler(), KSG()),
    "a function of one line": lambda X, y: float(np.mean(X * y)),
    "a class of a module of one's own": actors.Noisy(),
    "all of a module of one's own": [value for value in vars(actors).values() if callable(value)],
    "a function that holds an array of 80 MB": lambda X, y: data,
    "a function that holds a frame of 80 MB": (lambda f: lambda X, y: f)(pd.DataFrame(data)),
    "a frozen forest of 100 trees": FrozenEstimator(forest),
}


def milliseconds(value):
    start = time.perf_counter()
    fingerprint(value)
    return 1000 * (time.perf_counter() - start)


if __name__ == "__main__":
    for name, value in VALUES.items():
        first = milliseconds(value)
        later = statistics.median(milliseconds(value) for _ in range(20))
        print(f"{name:42} {first:9.2f} {later:9.2f}")
