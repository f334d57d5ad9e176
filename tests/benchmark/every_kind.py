"""A script with estimators of every kind, as a user would write them; workers see what it sees."""

import abc
import dataclasses
import enum
import functools
import os
import warnings

import numba
import numpy as np
from scipy.special import digamma
from sklearn.base import BaseEstimator

from skmi import KSG, ScaleInvariantMI
from skmi.benchmark import BenchmarkGrid, Task
from skmi.datasets import CorrelatedGaussians

SIGMA = 1.0
TABLE = {"a": [1, 2]}


class Kind(enum.Enum):
    """Two of them."""

    A = 1
    B = 2


class Base(abc.ABC):
    """With members of all kinds."""

    @abc.abstractmethod
    def score(self, X, y):
        """An estimate."""

    @property
    def sigma(self):
        """A global."""
        return SIGMA

    @staticmethod
    def table():
        """Another one."""
        return TABLE


class Derived(Base):
    """Calls them."""

    kind = Kind.A

    def __init__(self):
        super().__init__()
        self.shift = lambda x: x + SIGMA

    def score(self, X, y):
        """An estimate."""
        assert self.kind is Kind.A
        return float(self.sigma + digamma(2.0) + self.shift(len(self.table())))


@dataclasses.dataclass
class Data:
    """With a default and a factory."""

    value: float = 1.0
    values: list = dataclasses.field(default_factory=list)

    def score(self, X, y):
        """An estimate."""
        return self.value


class Slots:
    """Without a dict."""

    __slots__ = ("value",)

    def __init__(self):
        self.value = 2.0

    def score(self, X, y):
        """An estimate."""
        return self.value


class Fitted(BaseEstimator):
    """In scikit-learn's way."""

    def __init__(self, factor=3, random_state=None):
        self.factor = factor
        self.random_state = random_state

    def fit(self, X, y):
        """An estimate."""
        self.mi_ = mean(X) * self.factor
        return self


def mean(X):
    """With an import inside."""
    from math import pi

    return float(np.mean(X)) + pi


@numba.njit
def fast(x):
    """Compiled."""
    return x + SIGMA


def recursive(n):
    """Refers to itself."""
    return 1.0 if n == 0 else recursive(n - 1) + SIGMA


ESTIMATORS = {
    "derived": Derived(),
    "data": Data(),
    "slots": Slots(),
    "fitted": Fitted(),
    "scaled": ScaleInvariantMI(KSG()),
    "compiled": lambda X, y: fast(1.0),
    "recursive": lambda X, y: recursive(3),
    "partial": functools.partial(lambda sigma, X, y: sigma, 2.0),
    "pid": lambda X, y: os.getpid(),
}

if __name__ == "__main__":
    warnings.simplefilter("error")
    task = Task(lambda rng: CorrelatedGaussians(1, rng.uniform(0, 0.5)), 50)
    grid = BenchmarkGrid(ESTIMATORS, {"t": task}, n_trials=3, random_state=0)
    here = grid.run()
    there = grid.set_params(n_jobs=2).run()
    assert here.error.isna().all(), here.error
    same = here.estimator != "pid"
    assert here.estimate[same].equals(there.estimate[same])
    assert os.getpid() not in set(there.estimate[~same])
