"""The same results wherever the cells are computed, and whoever dies on the way."""

import importlib
import os
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from joblib.externals.loky import get_reusable_executor

from skmi import KSG
from skmi.benchmark import BenchmarkGrid, _cache, _dispatch

from .actors import TASKS, Deadly, Noisy, Together


def fails(X, y):
    raise ZeroDivisionError


def grid(estimators=None, **options):
    everyone = {"ksg": KSG(), "noisy": Noisy(), "group": Together(), "fails": fails}
    settings = {"n_trials": 12, "n_samples": 50, "random_state": 0, **options}
    return BenchmarkGrid(estimators or everyone, TASKS, **settings)


def assert_same(results, expected):
    pd.testing.assert_frame_equal(
        results.drop(columns="seconds"), expected.drop(columns="seconds"), check_exact=True
    )


@pytest.fixture(scope="module")
def expected():
    return grid(n_jobs=1).run()


@pytest.mark.parametrize("backend", ["loky", "threading", "sequential", "multiprocessing"])
def test_results_do_not_depend_on_the_backend(backend, expected):
    tasks = {"gaussians": TASKS["gaussians"]} if backend == "multiprocessing" else TASKS
    expected = expected[expected.task.isin(tasks)]  # that one cannot send functions without names
    with joblib.parallel_config(backend=backend):
        assert_same(grid(n_jobs=2).set_params(tasks=tasks).run(), expected)


def test_warnings_of_threads_do_not_mix():
    def warns(X, y):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            time.sleep(0.002)
        warnings.warn(f"{X[0, 0]}", UserWarning, stacklevel=1)
        return X[0, 0]

    filters, show = list(warnings.filters), warnings.showwarning
    with joblib.parallel_config(backend="threading"):
        results = grid({"one": lambda X, y: 1.0, "warns": warns}, n_jobs=4).run()
    assert warnings.filters == filters
    assert warnings.showwarning is show
    said = results[results.warning.notna()]
    assert (said.warning == "UserWarning: " + said.estimate.map(repr)).all()
    assert set(said.estimator) == {"warns"}


def test_workers_are_configured_as_this_process():
    config = {"config": lambda X, y: sklearn.get_config()["working_memory"]}
    with sklearn.config_context(working_memory=7):
        assert set(grid(config, n_jobs=2).run().estimate) == {7}


def test_work_is_done_elsewhere():
    pids = {"pid": lambda X, y: os.getpid()}
    assert os.getpid() not in set(grid(pids, n_jobs=2).run().estimate)


def test_workers_do_not_take_more_cores():
    inner = {"inner": lambda X, y: joblib.effective_n_jobs(-1)}
    assert set(grid(inner, n_jobs=2).run().estimate) == {1}


def test_a_cell_that_kills_its_worker_is_a_failed_row():
    killers = {"deadly": Deadly(low=0.5, high=1.0), "noisy": Noisy(), "group": Together()}
    found = grid(killers, n_jobs=2, n_trials=5).run()
    harmless = {"deadly": Deadly(low=2, high=1), "noisy": Noisy(), "group": Together()}
    expected = grid(harmless, n_trials=5).run()
    hit = (expected.estimator == "deadly") & expected.estimate.between(0.5, 1.0)
    assert 0 < hit.sum() < 10
    assert found[hit].error.str.startswith("The worker died").all()
    assert_same(found[~hit], expected[~hit])


MODULE = """
SIGMA = 1.0


def estimate(X, y):
    return SIGMA
"""


@pytest.fixture
def mymodule(tmp_path, monkeypatch):
    """A module of a user's, which workers can import as well."""
    (tmp_path / "mymodule.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    get_reusable_executor().shutdown(wait=True)  # workers that can find it
    yield importlib.import_module("mymodule")
    del sys.modules["mymodule"]
    get_reusable_executor().shutdown(wait=True)


def test_workers_that_see_other_values_do_not_count(mymodule, tmp_path):
    def found(n_jobs, **options):
        estimators = {"e": mymodule.estimate, "one": one}
        results = grid(estimators, n_jobs=n_jobs, n_trials=3, **options).run()
        return results[results.estimator == "e"].estimate.tolist()

    one = lambda X, y: 1.0  # noqa: E731
    assert found(2) == [1.0] * 6
    mymodule.SIGMA = 2.0
    for options in {}, {"cache_dir": tmp_path / "cache"}:
        with pytest.warns(UserWarning, match="^The workers see estimator 'e' .* otherwise"):
            assert found(2, **options) == [2.0] * 6
    assert found(1, **options) == [2.0] * 6
    mymodule.SIGMA = 1.0
    assert found(2, **options) == [1.0] * 6


def test_workers_that_see_other_code_do_not_count(mymodule, tmp_path):
    path = tmp_path / "mymodule.py"
    path.write_text(path.read_text().replace("return SIGMA", "return SIGMA + 5"))
    with pytest.warns(UserWarning, match="^The workers see estimator 'e' .* otherwise"):
        results = grid({"e": mymodule.estimate}, n_jobs=2, n_trials=3).run()
    assert set(results.estimate) == {1.0}


def test_workers_see_a_script_as_it_is():
    """Without a warning that they do not."""
    root = Path(__file__).parents[2]
    script = root / "tests" / "benchmark" / "every_kind.py"
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_rows_of_workers_are_stored_as_they_come(tmp_path):
    """One cell waits until all others are on disk."""

    def slow(X, y):
        folder = tmp_path / "cache"
        deadline = time.monotonic() + 20
        while X[0, 0] > low and time.monotonic() < deadline:
            if len(list(folder.rglob("*.json"))) == 9:
                break
            time.sleep(0.01)
        return time.monotonic() < deadline

    low = -np.inf
    tasks = {"gaussians": TASKS["gaussians"]}
    first = grid({"slow": slow}, n_trials=10, cache_dir=tmp_path / "other").set_params(tasks=tasks)
    low = sorted(first.draw("gaussians", trial)[0][0, 0] for trial in range(10))[-2]
    results = first.set_params(cache_dir=tmp_path / "cache", n_jobs=2).run()
    assert results.estimate.all()


def test_what_a_worker_cannot_store_its_caller_does(tmp_path, monkeypatch):
    def store(*args):
        if threading.current_thread() is not threading.main_thread():
            raise OSError("read-only")
        stored.append(args)
        return _cache.store(*args)

    stored = []
    monkeypatch.setattr(_dispatch, "store", store)
    with joblib.parallel_config(backend="threading"):
        results = grid(n_jobs=2, cache_dir=tmp_path).run()
    assert stored
    assert_same(grid(cache_dir=tmp_path).run(), results)
    assert grid(cache_dir=tmp_path).run().seconds.equals(results.seconds)


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster):
        yield cluster


def test_dask_with_a_killed_worker(cluster, tmp_path, expected):
    marker = tmp_path / "killed"
    deadly = grid({"deadly": Deadly(str(marker), low=0.0)}, cache_dir=tmp_path / "cache")
    with joblib.parallel_config(backend="dask"):
        assert_same(grid().run(), expected)
        assert not marker.exists()
        results = deadly.run()
    assert marker.exists()
    assert results.error.isna().all()
    assert_same(grid({"deadly": Deadly(str(marker))}).run(), results)


def test_dask_with_a_cell_that_kills_every_worker(cluster):
    cluster.scheduler.allowed_failures = 0
    with joblib.parallel_config(backend="dask"):
        found = grid({"deadly": Deadly(low=0.5, high=1.0)}, n_trials=5).run()
    expected = grid({"deadly": Deadly(low=2, high=1)}, n_trials=5).run()
    hit = expected.estimate.between(0.5, 1.0)
    assert 0 < hit.sum() < 3
    assert found[hit].error.str.startswith("The worker died: KilledWorker").all()
    assert_same(found[~hit], expected[~hit])
