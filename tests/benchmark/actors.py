"""Estimators and a grid that tests run in processes of their own, too."""

import os
import signal
import time
from pathlib import Path

import joblib
import numpy as np
from sklearn.base import BaseEstimator

from skmi.benchmark import BenchmarkGrid, Task
from skmi.datasets import AdditiveGaussianNoise, CorrelatedGaussians


def note(what):
    """Write a line where no fingerprint looks: a counter would make another estimator."""
    with open(os.environ.get("SKMI_TEST_NOTES", os.devnull), "a") as file:  # noqa: PTH123
        file.write(f"{what}\n")


class Logged:
    """Estimates by the data alone, and writes a line whenever it is asked to."""

    def __init__(self, log, seconds=0.0):
        self.log = str(log)
        self.seconds = seconds

    def score(self, X, y):
        with open(self.log, "a") as file:  # noqa: PTH123
            file.write(f"{os.getpid()}\n")
        time.sleep(self.seconds)
        return float(np.mean(X * y))


class Deadly:
    """Kills its process: at the first sample it sees, or whenever x is in the range."""

    def __init__(self, marker=None, low=-np.inf, high=np.inf):
        self.marker = marker
        self.low = low
        self.high = high

    def score(self, X, y):
        first = self.marker is None or not Path(self.marker).exists()
        if first and self.low < X[0, 0] < self.high:
            if self.marker is not None:
                Path(self.marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return float(X[0, 0])


class Noisy(BaseEstimator):
    """An estimate that depends on the seed."""

    def __init__(self, offset=0.0, random_state=None):
        self.offset = offset
        self.random_state = random_state

    def fit(self, X, y):
        self.mi_ = self.offset + np.random.RandomState(self.random_state).normal()
        return self


class Together(Noisy):
    """The same, all trials at a time."""

    def fit_many(self, Xs, ys, random_states=None):
        self.n_together_ = len(Xs)
        fitted = [Noisy(self.offset, state) for state in random_states]
        return [one.fit(X, y) for one, X, y in zip(fitted, Xs, ys, strict=True)]


TASKS = {
    "gaussians": CorrelatedGaussians(2, 0.6),
    "noise": Task(lambda rng: AdditiveGaussianNoise(2, rng.uniform(0.55, 1.7)), n_samples=60),
}


def slow_grid(folder, n_jobs):
    """Forty cells of 30 ms, cached."""
    return BenchmarkGrid(
        {"logged": Logged(Path(folder) / "log", seconds=0.03), "noisy": Noisy()},
        TASKS,
        n_trials=20,
        n_samples=50,
        random_state=7,
        n_jobs=n_jobs,
        cache_dir=Path(folder) / "cache",
    )


def run_slowly(folder, n_jobs, backend="loky"):
    """Run it; after an interrupt, say how many rows there are."""
    grid = slow_grid(folder, n_jobs)
    try:
        with joblib.parallel_config(backend=backend):
            grid.run()
    except KeyboardInterrupt:
        print(len(grid.results_), flush=True)
        raise
