"""No more threads than cores, however calls are nested; and a word on work that takes minutes."""

import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from joblib import Parallel, cpu_count, delayed

from skmi import KSG
from skmi.neighbors import _progress, _threads
from skmi.neighbors._progress import Progress
from skmi.neighbors._threads import SEATS, count_threads, run_in_row_chunks


def test_in_workers_of_joblib_all_cores_are_shared():
    counts = Parallel(n_jobs=2, backend="loky")(delayed(count_threads)(-1) for _ in range(4))
    assert set(counts) == {max(1, cpu_count() // 2)}


@pytest.mark.parametrize("n_jobs", [-1, 2, None])
def test_a_process_of_any_other_pool_takes_one_thread(n_jobs, monkeypatch):
    monkeypatch.delenv("NUMBA_NUM_THREADS", raising=False)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(count_threads, n_jobs).result() == 1


def test_no_more_threads_than_cores(monkeypatch):
    monkeypatch.setattr(_threads, "_all_cores", lambda: 2)
    monkeypatch.setenv("NUMBA_NUM_THREADS", "64")
    assert count_threads(8) == 2
    monkeypatch.setenv("NUMBA_NUM_THREADS", "1")
    assert count_threads(8) == 1


class Meter:
    """How many threads are at work at a time."""

    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, []

    def __call__(self, start, stop):
        with self.lock:
            self.now += 1
            self.most.append(self.now)
        time.sleep(0.01)
        with self.lock:
            self.now -= 1


@pytest.mark.parametrize("callers", [1, 2, 3])
def test_nested_calls_share_the_cores(callers, monkeypatch):
    monkeypatch.setattr(_threads, "_all_cores", lambda: 3)
    meter = Meter()
    Parallel(n_jobs=callers, require="sharedmem")(
        delayed(run_in_row_chunks)(meter, 60, 8, chunk=1) for _ in range(callers)
    )
    # One that comes when all seats are taken has its own thread; the others make room.
    assert max(meter.most) <= 3 + callers - 1
    settled = meter.most[len(meter.most) // 2 :]
    assert max(settled) <= 3
    assert len(meter.most) == 60 * callers
    assert SEATS.taken == 0


def test_a_call_within_a_call_needs_no_further_seat(monkeypatch):
    monkeypatch.setattr(_threads, "_all_cores", lambda: 2)
    seats = []

    def inner(start, stop):
        seats.append(SEATS.taken)
        time.sleep(0.005)

    def outer(start, stop):
        run_in_row_chunks(inner, 10, 2, chunk=1)

    run_in_row_chunks(outer, 20, 2, chunk=1)
    assert max(seats) == 2
    assert SEATS.taken == 0


def test_seats_are_given_back_after_an_error():
    def fail(start, stop):
        raise OSError

    for n_threads in (1, 2):
        with pytest.raises(OSError):  # noqa: PT011
            run_in_row_chunks(fail, 1000, n_threads, chunk=1)
    assert SEATS.taken == 0


def test_the_estimate_is_the_same_with_any_threads(rng):
    X, y = rng.normal(size=(2, 5000, 1))
    values = Parallel(n_jobs=2, require="sharedmem")(
        delayed(lambda n_jobs: KSG(n_jobs=n_jobs).fit(X, y).mi_)(n_jobs) for n_jobs in (1, 2, -1)
    )
    assert len(set(values)) == 1


@pytest.fixture
def clock(monkeypatch):
    """A clock of our own, as a list of one number."""
    now = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    return now


def go_through(clock, n_rows, step, seconds):
    progress = Progress(n_rows)
    for done in range(0, n_rows, step):
        clock[0] += seconds
        progress.add(min(step, n_rows - done))


def test_minutes_are_told_at_the_beginning(clock, capsys):
    go_through(clock, 1000, 10, 3.0)
    first, *others = capsys.readouterr().err.splitlines()
    assert first == "skmi: this takes about 5 min; Ctrl-C ends it"
    assert others[0] == "skmi: 12% done, about 4 min left"
    assert 8 <= len(others) <= 10


def test_less_than_a_minute_is_not_worth_a_word(clock, capsys):
    go_through(clock, 1000, 10, 0.55)
    assert capsys.readouterr().err == ""


def test_the_wait_for_a_compiler_is_no_estimate(clock, capsys):
    clock[0] = 100.0
    progress = Progress(1000)
    for _ in range(100):
        clock[0] += 30.0 if clock[0] == 100.0 else 0.1
        progress.add(10)
    assert capsys.readouterr().err == ""


def test_an_interrupt_is_heard_between_chunks():
    done = []

    def work(start, stop):
        done.append(start)
        if len(done) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_in_row_chunks(work, 10_000, 1, chunk=10)
    assert len(done) == 3


def test_int32_holds_all_places():
    from skmi.neighbors._engine import place_type

    assert place_type(2**30) is np.int32
    assert place_type(2**30 + 1) is np.int64
