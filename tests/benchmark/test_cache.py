"""Every finished cell is on disk, and none is read that is not what is asked for."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import skmi
from skmi import KSG, BinningMI
from skmi.benchmark import BenchmarkGrid, NotCachedWarning, Task, _plan
from skmi.datasets import CorrelatedGaussians

from .actors import TASKS, Logged, Noisy, Together, slow_grid


def files(folder):
    return sorted(Path(folder).rglob("*.json"))


def evaluations(folder):
    log = Path(folder) / "log"
    return len(log.read_text().split()) if log.exists() else 0


def logged_grid(folder, **options):
    settings = {"n_trials": 3, "n_samples": 50, "random_state": 0, "cache_dir": folder / "cache"}
    tasks = options.pop("tasks", TASKS)
    estimators = options.pop("estimators", {"logged": Logged(folder / "log")})
    return BenchmarkGrid(estimators, tasks, **{**settings, **options})


def assert_same(results, expected):
    pd.testing.assert_frame_equal(results, expected, check_exact=True)


def started(folder, *arguments):
    """A process of its own that runs the slow grid, once it has stored some rows."""
    call = f"run_slowly({str(folder)!r}, *{arguments!r})"
    command = [sys.executable, "-c", f"from tests.benchmark.actors import run_slowly; {call}"]
    root = Path(skmi.__file__).parents[1]
    process = subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 240
    while len(files(folder)) < 17 and time.monotonic() < deadline:
        assert process.poll() is None, "it ended too early"
        time.sleep(0.005)
    return process


@pytest.mark.parametrize(
    ("backend", "send"),
    [("loky", os.killpg), ("threading", os.kill)],
    ids=["all processes", "threads"],
)
def test_one_interrupt_is_enough(backend, send, tmp_path):
    """A terminal sends it to the workers as well."""
    process = started(tmp_path, 2, backend)
    try:
        send(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode != 0
    n_stored = len(files(tmp_path))
    # But for those that workers have stored and not handed over.
    assert 0 < int(printed) <= n_stored < 80
    before = evaluations(tmp_path)
    assert len(slow_grid(tmp_path, n_jobs=1).run()) == 80
    assert evaluations(tmp_path) - before <= 80 - n_stored


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_killed_at_any_moment_and_resumed(n_jobs, tmp_path):
    process = started(tmp_path, n_jobs)
    try:
        assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the workers, too
        process.communicate()
    before = evaluations(tmp_path)
    stored = [json.loads(path.read_text().partition("\n")[2]) for path in files(tmp_path)]
    n_stored = sum(row["estimator"] == "logged" for rows in stored for row in rows)
    # Whatever was finished is there, but for a cell each that was being written.
    assert before - 2 * n_jobs <= n_stored <= before

    results = slow_grid(tmp_path, n_jobs=1).run()
    assert evaluations(tmp_path) - before == 40 - n_stored
    again = slow_grid(tmp_path, n_jobs=1).run()
    assert evaluations(tmp_path) - before == 40 - n_stored
    assert_same(again, results)

    fresh = slow_grid(tmp_path, n_jobs=1).set_params(cache_dir=tmp_path / "other").run()
    assert_same(results.drop(columns="seconds"), fresh.drop(columns="seconds"))


def test_only_what_is_new_is_computed(tmp_path):
    logged_grid(tmp_path).run()
    assert evaluations(tmp_path) == 6
    logged_grid(tmp_path, n_trials=5).run()
    assert evaluations(tmp_path) == 10
    logged_grid(tmp_path, tasks={**TASKS, "third": CorrelatedGaussians(1, 0.2)}).run()
    assert evaluations(tmp_path) == 13
    estimators = {"renamed": Logged(tmp_path / "log"), "noisy": Noisy()}
    results = logged_grid(tmp_path, estimators=estimators).run()
    assert evaluations(tmp_path) == 13
    assert list(results.estimator) == ["renamed", "noisy"] * 6


@pytest.mark.parametrize(
    "change",
    [
        {"random_state": 1},
        {"n_samples": 51},
        {"tasks": {"gaussians": CorrelatedGaussians(2, 0.61)}},
        {"tasks": {"gaussians": CorrelatedGaussians(1, 0.6)}},
        {"tasks": {"renamed": CorrelatedGaussians(2, 0.6)}},
        {"tasks": {"gaussians": Task(CorrelatedGaussians(2, 0.6), n_samples=49)}},
    ],
    ids=str,
)
def test_a_changed_task_is_computed_again(change, tmp_path):
    tasks = {"gaussians": CorrelatedGaussians(2, 0.6)}
    logged_grid(tmp_path, tasks=tasks).run()
    logged_grid(tmp_path, **{"tasks": tasks, **change}).run()
    assert evaluations(tmp_path) == 6


def test_tasks_of_much_the_same_name_are_told_apart(tmp_path):
    sampler = CorrelatedGaussians(2, 0.6)
    names = "a b", "a-b", "a_b"
    first = logged_grid(tmp_path, tasks=dict.fromkeys(names, sampler)).run()
    assert first.estimate.nunique() == len(first) == 9
    for name in names:
        alone = logged_grid(tmp_path, tasks={name: sampler}).run()
        assert_same(alone, first[first.task == name].reset_index(drop=True))
    assert evaluations(tmp_path) == 9


def test_a_changed_estimator_is_computed_again(tmp_path):
    def estimate(estimator):
        return logged_grid(tmp_path, estimators={"e": estimator}).run().estimate.tolist()

    assert estimate(KSG(3)) != estimate(KSG(4))
    assert estimate(KSG(3)) == estimate(KSG(3))
    assert estimate(BinningMI(4)) != estimate(BinningMI(5))
    assert estimate(Noisy(1)) != estimate(Noisy(2))
    assert estimate(lambda X, y: 1.0) != estimate(lambda X, y: 2.0)
    for factor in 3, 4:
        assert estimate(lambda X, y: factor) == [factor] * 6  # noqa: B023


def test_another_version_computes_again(tmp_path, monkeypatch):
    logged_grid(tmp_path).run()
    monkeypatch.setattr(_plan, "version_of", lambda module: "99.0")
    logged_grid(tmp_path).run()
    assert evaluations(tmp_path) == 12


def test_a_version_of_ones_own_computes_again(tmp_path):
    for version in "1", "1", "2", None:
        logged_grid(tmp_path, version=version).run()
    assert evaluations(tmp_path) == 18


def test_what_cannot_be_told_is_computed_and_said_once(tmp_path):
    unknown = {name: Logged(tmp_path / "log") for name in ("one", "two")}
    for estimator in unknown.values():
        estimator.file = (x for x in "ab")  # of which nobody knows what it will give
        estimator.__class__.__deepcopy__ = lambda self, memo: self
    message = r"^not cached: estimator 'one' \(.*generator.*\); estimator 'two' "
    try:
        for _ in range(2):
            with pytest.warns(NotCachedWarning, match=message) as caught:
                logged_grid(tmp_path, estimators={**unknown, "noisy": Noisy()}).run()
            assert len(caught) == 1
        assert evaluations(tmp_path) == 24
        assert len(files(tmp_path)) == 6  # of the one that can be told
        # With a version they are told by their names.
        for version, computed in ("1", 12), ("1", 0), ("2", 12):
            before = evaluations(tmp_path)
            logged_grid(tmp_path, estimators=unknown, version=version).run()
            assert evaluations(tmp_path) - before == computed
    finally:
        del Logged.__deepcopy__


def test_a_task_that_cannot_be_told_is_computed_and_said(tmp_path):
    generator = (x for x in "ab")

    def factory(rng):
        return CorrelatedGaussians(2, 0.5 if generator else 0.6)

    for n_evaluations in 3, 6:
        with pytest.warns(NotCachedWarning, match="^not cached: task 't' "):
            logged_grid(tmp_path, tasks={"t": factory}).run()
        assert evaluations(tmp_path) == n_evaluations
    assert files(tmp_path) == []


def test_a_truncated_file_is_computed_again(tmp_path):
    expected = logged_grid(tmp_path).run()
    damaged = files(tmp_path)[:3]
    content = damaged[0].read_bytes()
    damaged[0].write_bytes(content[: len(content) // 2])
    damaged[1].write_bytes(b"")
    # One digit of an estimate, in a file that is whole otherwise.
    content = damaged[2].read_bytes()
    place = content.index(b'"estimate": ') + len('"estimate": -0.')
    digit = b"8" if content[place : place + 1] == b"9" else b"9"
    damaged[2].write_bytes(content[:place] + digit + content[place + 1 :])
    with pytest.warns(UserWarning, match="cannot be read, and its cells are computed again") as w:
        results = logged_grid(tmp_path).run()
    assert len(w) == 3
    assert {str(path) for path in damaged} == {str(x.message).split(" cannot")[0] for x in w}
    assert evaluations(tmp_path) == 9
    assert_same(results.drop(columns="seconds"), expected.drop(columns="seconds"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert_same(logged_grid(tmp_path).run(), results)


def test_a_foreign_file_is_not_taken_for_cells(tmp_path):
    logged_grid(tmp_path).run()
    files(tmp_path)[0].with_name("foreign.json").write_text('[{"a": 1}]')
    with pytest.warns(UserWarning, match="its checksum is another one"):
        logged_grid(tmp_path).run()
    assert evaluations(tmp_path) == 6


def test_a_folder_that_cannot_be_written_is_said_before_any_work(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"cannot be written to cache_dir \(Not a directory\)"):
        logged_grid(tmp_path).run()
    assert evaluations(tmp_path) == 0


@pytest.mark.parametrize("step", ["write", "replace"])
def test_a_disk_that_fills_up(step, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write, replace = Path.write_bytes, os.replace
    left = [7]  # two of them try the folders

    def write_some(path, content):
        left[0] -= 1
        if left[0] >= 0 or step == "replace":
            return write(path, content)
        write(path, content[: len(content) // 2])
        return full()

    def replace_some(*args):
        return replace(*args) if left[0] >= 0 else full()

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_some)
        patch.setattr(os, "replace", replace_some)
        grid = logged_grid(tmp_path)
        with pytest.raises(OSError, match=r"No space left on device.*Make room") as raised:
            grid.run()
    assert raised.value.errno == errno.ENOSPC
    assert len(grid.results_) == 6 == evaluations(tmp_path)
    assert len(files(tmp_path)) == 5
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 6  # and the log
    logged_grid(tmp_path).run()
    assert evaluations(tmp_path) == 7


def test_failures_are_kept_but_for_those_of_the_machine(tmp_path):
    class Fails(Logged):
        error = None

        def score(self, X, y):
            super().score(X, y)
            raise self.error("no")

    for error, computed in (ValueError, 6), (MemoryError, 12), (ImportError, 12):
        Fails.error = error
        before = evaluations(tmp_path)
        for _ in range(2):
            logged_grid(tmp_path, estimators={"fails": Fails(tmp_path / "log")}).run()
        assert evaluations(tmp_path) - before == computed


def test_nan_and_text_come_back_as_they_were(tmp_path):
    def odd(X, y):
        warnings.warn("naïve ∞\nsecond line", RuntimeWarning, stacklevel=1)
        if X[0, 0] > 0:
            raise ValueError("'quoted'\n\"twice\"")
        return np.nan if X[0, 0] > -0.5 else -np.inf

    first = logged_grid(tmp_path, estimators={"odd": odd}, n_trials=10).run()
    assert first.error.nunique() == 1
    assert first.error.isna().any()
    assert np.isinf(first.estimate).any()
    assert_same(logged_grid(tmp_path, estimators={"odd": odd}, n_trials=10).run(), first)


def test_a_group_is_stored_as_a_whole(tmp_path):
    estimators = {"group": Together()}
    first = logged_grid(tmp_path, estimators=estimators).run()
    assert len(files(tmp_path)) == len(TASKS)
    assert_same(logged_grid(tmp_path, estimators=estimators).run(), first)
    more = logged_grid(tmp_path, estimators=estimators, n_trials=5).run()
    assert_same(more[more.trial < 3].reset_index(drop=True), first)


@pytest.mark.parametrize("random_state", [None, np.random.RandomState(0)], ids=["None", "instance"])
def test_without_a_seed_nothing_could_be_found_again(random_state, tmp_path):
    with pytest.raises(ValueError, match=r"cache_dir can be used only with an integer"):
        logged_grid(tmp_path, random_state=random_state).run()


def test_a_path_may_be_a_string(tmp_path):
    logged_grid(tmp_path).run()
    logged_grid(tmp_path, cache_dir=str(tmp_path / "cache")).run()
    assert evaluations(tmp_path) == 6
