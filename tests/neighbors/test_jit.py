"""Kernels run where no cache can be written, in threads, and after a fork."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest

import skmi
from skmi.neighbors import _jit
from skmi.neighbors._brute import brute_force
from skmi.neighbors._jit import DenseBudget, Kernel, dense_is_cheaper
from skmi.neighbors._threads import run_in_row_chunks

# By the kernel that compiles fastest; by a name, so that it is compiled.
ESTIMATE = """
import numpy as np
from skmi.neighbors import count_neighbors
print(count_neighbors(np.eye(9)[:, :1], np.arange(9.0)[:, None], 3, algorithm="line").n_y.sum())
"""


def estimate(**environment):
    done = subprocess.run(
        [sys.executable, "-c", ESTIMATE],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def test_an_unwritable_cache_does_not_break_the_call(tmp_path):
    (tmp_path / "file").write_text("not a directory")
    assert estimate(NUMBA_CACHE_DIR=str(tmp_path / "file")) == estimate()


def test_a_cache_that_fails_while_writing_does_not_break_the_call():
    kernel = Kernel(lambda a: a + 1)
    failing = kernel._compiled

    def full_disk(*args):
        raise OSError("No space left on device")

    kernel._compiled = full_disk
    assert kernel(1) == 2
    assert kernel._compiled not in (failing, full_disk)


def test_machine_code_is_cached_on_disk(tmp_path):
    estimate(NUMBA_CACHE_DIR=str(tmp_path))
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}
    assert written
    estimate(NUMBA_CACHE_DIR=str(tmp_path))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")} == written


@pytest.mark.parametrize(
    ("versions", "kept_as"), [(_jit._KNOWN, "_Instructions"), (((0, 0), (0, 1)), "JITCodeLibrary")]
)
def test_building_blocks_work_with_any_version_of_numba(versions, kept_as, monkeypatch):
    monkeypatch.setattr(_jit, "_KNOWN", versions)

    @_jit.inline_jit
    def twice(a, first):
        return 2 * a[first:]

    @_jit.jit
    def most(a, first):
        return twice(a, first).max()

    kernel = Kernel(lambda a, first: most(a, first) + most(a, 0))
    assert kernel(np.array([3.0, 1.0, 2.0]), 1) == 10.0
    assert {type(each.library).__name__ for each in most.overloads.values()} == {kept_as}


SMALL = """
import sys, numpy as np, skmi
from skmi.feature_selection import JointMISelector, feature_mutual_info
X = np.random.default_rng(0).normal(size=(300, 2))
y = X[:, 0] + X[:, 1]
print(skmi.mutual_info(X, y), *feature_mutual_info(X, y), *feature_mutual_info(X, y > 0))
print(*JointMISelector(2).fit(X, y).scores_, skmi.mutual_info(X[:, 0], y, "ksg-local"))
"""


def test_small_work_compiles_nothing_and_finds_the_same(tmp_path):
    outputs = []
    for cache in (tmp_path, None):
        environment = {} if cache is None else {"NUMBA_CACHE_DIR": str(cache)}
        done = subprocess.run(
            [sys.executable, "-c", SMALL],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=True,
        )
        outputs.append([float(value) for value in done.stdout.split()])
        assert cache is None or done.stderr == ""
    assert not list(tmp_path.rglob("*.nbc"))
    np.testing.assert_allclose(*outputs, rtol=1e-12, atol=1e-14)


def test_dense_work_is_bounded_by_what_compiling_costs():
    budget = DenseBudget()
    assert [budget.spend(1.0, 6.0) for _ in range(5)] == [True, True, True, False, False]
    assert budget.spend(1.0, 8.0)
    ready, other = (SimpleNamespace(is_ready=value) for value in (True, False))
    assert not dense_is_cheaper([ready, ready], 0.0, 10.0)
    assert dense_is_cheaper([ready, other], 0.0, 10.0)
    assert not dense_is_cheaper([ready, other], 100.0, 10.0)


def test_estimates_in_several_threads_at_once(rng):
    X, y = rng.normal(size=(2, 600, 2))
    expected = skmi.KSG(n_jobs=2).fit(X, y).mi_
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: skmi.KSG(n_jobs=2).fit(X, y).mi_, range(16)))
    assert found == [expected] * 16


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_estimates_after_a_fork():
    program = textwrap.dedent("""
        import multiprocessing, warnings, numpy as np, skmi
        warnings.simplefilter("ignore")
        X = np.random.default_rng(0).normal(size=(600, 2))
        def estimate(_=None):
            return skmi.KSG(n_jobs=2).fit(X, X[:, 0]).mi_
        here = estimate()
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map(estimate, range(4), chunksize=1) == [here] * 4
    """)
    done = subprocess.run([sys.executable, "-c", program], timeout=120)
    assert done.returncode == 0


@pytest.mark.parametrize(("n_rows", "n_threads"), [(1, 4), (256, 4), (1000, 3), (5000, 2)])
def test_chunks_cover_every_row_once(n_rows, n_threads):
    seen = np.zeros(n_rows, dtype=int)

    def work(start, stop):
        seen[start:stop] += 1

    run_in_row_chunks(work, n_rows, n_threads)
    assert (seen == 1).all()


@pytest.mark.parametrize("n_threads", [1, 2])
def test_an_interrupt_stops_all_threads(n_threads):
    seen = []

    def work(start, stop):
        seen.append(start)
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt
        time.sleep(0.05)

    with pytest.raises(KeyboardInterrupt):
        run_in_row_chunks(work, 100_000, n_threads)
    assert len(seen) <= 3


def test_read_only_data_take_the_same_kernels(rng):
    X = rng.normal(size=(30, 1))
    expected = skmi.KSG().fit(X, X).mi_
    compiled = len(brute_force._compiled.signatures)
    X.flags.writeable = False
    assert skmi.KSG(np.int32(3)).fit(X, X).mi_ == expected
    assert len(brute_force._compiled.signatures) == compiled


def test_an_error_in_a_thread_is_raised():
    def work(start, stop):
        raise RuntimeError("inside")

    with pytest.raises(RuntimeError, match="inside"):
        run_in_row_chunks(work, 5000, 2)
