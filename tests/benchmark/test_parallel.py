"""The same results wherever the cells are computed, and whoever dies on the way."""

import os
import threading
import time
import warnings

import joblib
import pandas as pd
import pytest
import sklearn

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


@pytest.fixture(autouse=True)
def workers_always(monkeypatch):
    """Send even cells of a millisecond to worker processes."""
    monkeypatch.setattr(_dispatch, "_START", 0.0)


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
    said = results[results.warning != ""]
    assert (said.warning == "UserWarning: " + said.estimate.map(repr)).all()
    assert set(said.estimator) == {"warns"}


def test_workers_are_configured_as_this_process():
    config = {"config": lambda X, y: sklearn.get_config()["working_memory"]}
    with sklearn.config_context(working_memory=7):
        assert set(grid(config, n_jobs=2).run().estimate) == {7}


def test_work_is_done_elsewhere():
    pids = {"pid": lambda X, y: os.getpid()}
    assert os.getpid() not in set(grid(pids, n_jobs=2).run().estimate)


def test_short_work_is_done_here(monkeypatch):
    monkeypatch.setattr(_dispatch, "_START", 1.5)
    pids = {"pid": lambda X, y: os.getpid(), "one": lambda X, y: 1}
    results = grid(pids, n_jobs=2).run()
    assert set(results[results.estimator == "pid"].estimate) == {os.getpid()}


def test_a_few_short_cells_are_done_here(monkeypatch):
    monkeypatch.setattr(_dispatch, "_START", 1.5)
    pids = {"pid": lambda X, y: os.getpid()}
    assert set(grid(pids, n_jobs=2, n_trials=2).run().estimate) == {os.getpid()}


def test_a_few_long_cells_do_not_wait_for_the_first(monkeypatch, tmp_path):
    """Which goes on here, while workers take the others."""
    monkeypatch.setattr(_dispatch, "_START", 0.1)
    monkeypatch.setattr(_dispatch, "_TRIAL_PERIOD", 0.0)

    def slow(X, y):
        time.sleep(4.0 if threading.current_thread().daemon else 0.01)
        return os.getpid()

    results = grid({"slow": slow}, n_jobs=2, n_trials=3, cache_dir=tmp_path).run()
    assert (results.estimate == os.getpid()).sum() == 1
    assert (results.error == "").all()
    assert len(list(tmp_path.rglob("*.parquet"))) == 6
    assert_same(grid({"slow": slow}, n_jobs=2, n_trials=3, cache_dir=tmp_path).run(), results)


def test_the_first_cell_is_as_any_other(monkeypatch):
    monkeypatch.setattr(_dispatch, "_START", 1.5)
    config = {"config": lambda X, y: sklearn.get_config()["working_memory"]}
    with sklearn.config_context(working_memory=7):
        assert set(grid(config, n_jobs=2).run().estimate) == {7}
    inner = {"inner": lambda X, y: joblib.effective_n_jobs(-1)}
    assert set(grid(inner, n_jobs=2).run().estimate) == {1}

    def interrupted(X, y):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grid({"i": interrupted}, n_jobs=2).run()


@pytest.mark.parametrize(
    ("n_others", "seconds"), [(1, 3.0), (2, 1.5), (3, 1.5), (9, 0.375), (10, 0.3), (99, 0.25)]
)
def test_workers_are_started_once_they_certainly_pay(n_others, seconds):
    patience = _dispatch._patience(n_others, n_cores=2, start_seconds=1.5)
    assert patience == seconds
    if n_others > 1:
        # All cells as long as what has passed: here one by one, or with two workers.
        turns = -(-n_others // 2)
        assert patience + 1.5 + turns * patience <= (1 + n_others) * patience


def test_workers_take_over_when_work_is_long(monkeypatch, expected):
    monkeypatch.setattr(_dispatch, "_TRIAL_PERIOD", 0.02)
    monkeypatch.setattr(_dispatch, "_START", 0.1)

    def slow(X, y):
        time.sleep(0.01)
        return os.getpid()

    found = set(grid({"slow": slow}, n_jobs=2, n_trials=40).run().estimate)
    assert os.getpid() in found
    assert len(found) > 1
    assert_same(grid(n_jobs=2).run(), expected)


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


def test_small_cells_are_sent_together(monkeypatch):
    sizes = []
    next_batch = _dispatch._next_batch

    def counting(*args):
        batch = next_batch(*args)
        sizes.append(len(batch))
        return batch

    monkeypatch.setattr(_dispatch, "_next_batch", counting)
    grid({"one": lambda X, y: 1.0}, n_jobs=2, n_trials=100).run()
    assert sum(sizes) == 200
    assert max(sizes) > 10


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
    assert (results.error == "").all()
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
