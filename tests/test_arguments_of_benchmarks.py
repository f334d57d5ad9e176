"""Each parameter of samplers, tasks and grids says by its name what it does not take."""

import warnings
from collections.abc import Hashable
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from skmi import KSG
from skmi.benchmark import BenchmarkGrid, Task, rank, summarize
from skmi.benchmark.paper import Protocol, compare, read_table, run_table, table_tasks
from skmi.datasets import (
    AdditiveGaussianNoise,
    AdditiveUniformNoise,
    AppendNoise,
    CorrelatedGaussians,
    DuplicateFeatures,
    MultivariateGaussians,
    RandomMatrix,
    SparseGaussians,
    StudentT,
    TransformedSampler,
    UniformMargins,
    fetch_cifar10,
    fetch_mnist,
    load_cifar10,
    load_mnist,
    make_information_bottleneck,
    make_transforms,
)

# Nothing of these is what any parameter takes, but for what GOOD says.
BAD = {
    **{repr(v): v for v in (None, True, np.True_, "a", "", b"a", 1.5, -1, 0, [], {}, (), 1j)},
    **{repr(v): v for v in (["a"], [1, 2], float("nan"), float("inf"), Decimal("1.5"))},
    "an object": object(),
    "a class": KSG,
    "10**400": 10**400,
    "an array": np.arange(3),
}
SIZE: set[str] = set()
REAL = {"1.5"}
SEED = {"None", "0"}
CORRELATION = {"0"}
TEXT = {"'a'", "''"}


def estimate(X, y):
    return 0.0


SAMPLER = CorrelatedGaussians(1, 0.5)
GRID = {"estimators": {"e": estimate}, "tasks": {"t": SAMPLER}, "n_trials": 1, "n_samples": 10}
ROWS = pd.DataFrame(
    {"task": "t", "trial": [0, 1], "estimator": "e", "truth": [0.0, 1], "estimate": [0.0, 1]}
)


def sampled(cls, **params):
    sampler = cls(**params)
    return sampler.mutual_info, sampler.sample(5, random_state=0)


def transformed(cls, **params):
    return cls(**params).fit_transform(np.ones((4, 2)))


def ran(**params):
    return BenchmarkGrid(**{**GRID, **params}).run()


def named(name, value):
    """A dict with this name, or with another that is no string where it can be no key."""
    return {name if isinstance(name, Hashable) else 0: value}


def drawn(task="t", trial=0):
    return BenchmarkGrid(**GRID, random_state=0).draw(task, trial)


def compared(table=2, results=ROWS, protocol=None):
    return compare(table, results, Protocol() if protocol is None else protocol)


# What is called, its parameters and what each takes of BAD all the same.
CALLS = {
    "CorrelatedGaussians": (
        lambda **p: sampled(CorrelatedGaussians, **p),
        {"n_features": SIZE, "correlation": CORRELATION},
    ),
    "AdditiveGaussianNoise": (
        lambda **p: sampled(AdditiveGaussianNoise, **p),
        {"n_features": SIZE, "noise_std": REAL},
    ),
    "AdditiveUniformNoise": (
        lambda **p: sampled(AdditiveUniformNoise, **p),
        {"n_features": SIZE, "noise_half_width": REAL},
    ),
    "UniformMargins": (
        lambda **p: sampled(UniformMargins, **p),
        {"n_features": SIZE, "correlation": CORRELATION},
    ),
    "StudentT": (
        lambda **p: sampled(StudentT, **p),
        {"n_features": SIZE, "correlation": CORRELATION, "degrees_of_freedom": REAL},
    ),
    "SparseGaussians": (
        lambda **p: sampled(SparseGaussians, **p),
        {"n_features": SIZE, "n_informative": {"0"}, "correlation": CORRELATION},
    ),
    "MultivariateGaussians": (
        lambda **p: sampled(
            MultivariateGaussians, **{"covariance": [[2, 1], [1, 2]], "n_x_features": 1, **p}
        ),
        {"covariance": set(), "n_x_features": SIZE},
    ),
    "TransformedSampler": (
        lambda **p: sampled(TransformedSampler, **{"sampler": SAMPLER, "transforms": "cb", **p}),
        {"sampler": set(), "transforms": {"''", "[]", "()"}, "side": set()},
    ),
    "sample": (
        lambda **p: SAMPLER.sample(**{"n_samples": 5, **p}),
        {"n_samples": SIZE, "random_state": SEED},
    ),
    "AppendNoise": (
        lambda **p: transformed(AppendNoise, **p),
        {"n_features": SIZE, "std": {"0", *REAL}, "random_state": SEED},
    ),
    "DuplicateFeatures": (lambda **p: transformed(DuplicateFeatures, **p), {"n_copies": SIZE}),
    "RandomMatrix": (lambda **p: transformed(RandomMatrix, **p), {"random_state": SEED}),
    "make_transforms": (
        lambda **p: make_transforms(**{"names": "cb", **p}),
        {"names": {"''"}, "random_state": SEED},
    ),
    "make_information_bottleneck": (make_information_bottleneck, {"random_state": SEED}),
    **{
        load.__name__: (
            lambda load=load, **p: load(**{"folder": "nowhere", **p}),
            {"folder": {"'a'"}, "subset": set(), "return_X_y": {"True", "np.True_"}},
        )
        for load in (load_mnist, load_cifar10)
    },
    **{
        fetch.__name__: (fetch, {"data_home": {"None", "'a'"}, "subset": set()})
        for fetch in (fetch_mnist, fetch_cifar10)
    },
    "BenchmarkGrid": (
        ran,
        {
            "estimators": set(),
            "tasks": set(),
            "n_trials": SIZE,
            "n_samples": SIZE,
            "random_state": SEED,
            "n_jobs": {"None", "-1"},
            "cache_dir": {"None", "'a'"},
            "version": {"None", *TEXT},
            "verbose": {"None", "True", "np.True_", "0", "10**400"},
        },
    ),
    "an estimator": (lambda estimator: ran(estimators={"e": estimator}), {"estimator": set()}),
    "a name": (lambda estimators: ran(estimators=[estimators]), {"estimators": set()}),
    "a task": (lambda task: ran(tasks={"t": task}), {"task": set()}),
    "a task's name": (lambda tasks: ran(tasks=named(tasks, SAMPLER)), {"tasks": {"'a'"}}),
    "an estimator's name": (
        lambda estimators: ran(estimators=named(estimators, estimate)),
        {"estimators": {"'a'"}},
    ),
    "draw": (drawn, {"task": set(), "trial": {"0"}}),
    "Task": (lambda **p: Task(**{"sampler": SAMPLER, **p}), {"sampler": set(), "n_samples": SIZE}),
    "Task.draw": (Task(SAMPLER, 5).draw, {"random_state": SEED}),
    "summarize": (
        lambda **p: summarize(**{"results": ROWS, **p}),
        {"results": set(), "normalizer": set(), "n_resamples": SIZE, "random_state": SEED},
    ),
    "rank": (lambda **p: rank(**{"results": ROWS, **p}), {"results": set(), "metric": set()}),
    "Protocol": (
        Protocol,
        {
            "noise_std_range": {"[1, 2]"},
            "correlation_range": set(),
            "column_std": {"0", *REAL},
            "n_columns": set(),
            "order": set(),
            "normalizer": set(),
            "side": set(),
            "bi_ksg_metric": set(),
            "mine_epochs": SIZE,
        },
    ),
    "read_table": (read_table, {"table": set()}),
    "table_tasks": (
        lambda **p: table_tasks(**{"table": 2, **p}),
        {"table": set(), "protocol": {"None"}, "n_samples": {"None"}},
    ),
    "run_table": (
        lambda **p: run_table(**{"table": 2, "estimators": ["ksg"], "protocol": Protocol(), **p}),
        {
            "table": set(),
            "estimators": set(),
            "protocol": set(),
            "n_trials": SIZE,
            "n_samples": {"None"},
        },
    ),
    "compare": (compared, {"table": set(), "results": set(), "protocol": {"None"}}),
}


CASES = [(name, parameter) for name, (_, takes) in CALLS.items() for parameter in takes]


@pytest.mark.parametrize(("name", "parameter"), CASES, ids=str)
def test_what_is_not_taken_is_said_by_name(name, parameter):
    call, takes = CALLS[name]
    wrong = []
    for case in BAD.keys() - takes[parameter]:
        try:
            call(**{parameter: BAD[case]})
        except (TypeError, ValueError) as error:
            message = str(error)
            if parameter.rstrip("s").lower() not in message.lower() or "\n" in message:
                wrong.append((case, message))
        except BaseException as error:
            wrong.append((case, repr(error)))
        else:
            wrong.append((case, "taken"))
    assert not wrong


# What would take long, or is not there: that these are taken is seen elsewhere.
ELSEWHERE = {"BenchmarkGrid": ["n_jobs", "cache_dir"], "run_table": ["n_samples"]}


@pytest.mark.parametrize(("name", "parameter"), CASES, ids=str)
def test_what_is_taken_is_taken(name, parameter):
    call, takes = CALLS[name]
    if name.startswith(("load", "fetch")) or parameter in ELSEWHERE.get(name, ()):
        pytest.skip("seen elsewhere")
    refused = []
    for case in takes[parameter]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                call(**{parameter: BAD[case]})
            except (TypeError, ValueError) as error:
                refused.append((case, str(error)))
    assert not refused
