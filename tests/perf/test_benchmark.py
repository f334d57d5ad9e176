"""The benchmark grid: what it costs beside a bare loop, and what workers bring.

``python -m tests.perf.test_benchmark`` prints what the documentation says.
"""

import resource
import statistics
import tempfile
import time

from joblib.externals.loky import get_reusable_executor

from skmi.benchmark import BenchmarkGrid
from skmi.benchmark.paper import Protocol, run_table
from skmi.benchmark.paper._estimators import KSG_FAMILY
from skmi.datasets import CorrelatedGaussians

# Seconds of a cell and number of cells, from what is over at once to what takes long.
LOADS = [(0.0001, 2000), (0.001, 1000), (0.01, 400), (0.05, 40), (0.05, 200), (0.5, 4)]


class Waits:
    """Takes some time, and no core: what is measured is the grid, whatever else runs."""

    def __init__(self, seconds):
        self.seconds = seconds

    def score(self, X, y):
        time.sleep(self.seconds)
        return 0.0


def waiting_grid(seconds, n_cells, **options):
    return BenchmarkGrid(
        {"waits": Waits(seconds)},
        {"gaussians": CorrelatedGaussians(2, 0.6)},
        n_trials=n_cells,
        random_state=0,
        **options,
    )


def seconds_of(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def bare_loop(seconds, n_cells):
    """Draw and estimate, and nothing else."""
    sampler, waits = CorrelatedGaussians(2, 0.6), Waits(seconds)
    for trial in range(n_cells):
        X, y = sampler.sample(1000, random_state=trial)
        waits.score(X, y)


def overhead(cached, seconds=0.05, n_cells=40, repeats=5):
    """The grid's time over that of a bare loop, less one; median."""
    ratios = []
    for _ in range(repeats):
        bare = seconds_of(lambda: bare_loop(seconds, n_cells))
        with tempfile.TemporaryDirectory() as folder:
            grid = waiting_grid(seconds, n_cells, cache_dir=folder if cached else None)
            ratios.append(seconds_of(grid.run) / bare - 1)
    return statistics.median(ratios)


def start_of_a_worker(repeats=3):
    """Processor seconds that it takes, most of it imports, once in a session; median."""
    times = []
    for _ in range(repeats):
        get_reusable_executor().shutdown(wait=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        waiting_grid(0.0, 2, n_jobs=2).run()
        get_reusable_executor().shutdown(wait=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 2)
    return statistics.median(times)


def one_and_two(seconds, n_cells, repeats=3):
    """Seconds with one worker and with two that are there; medians."""
    waiting_grid(0.0, 10, n_jobs=2).run()
    times = []
    for _ in range(repeats):
        two = seconds_of(waiting_grid(seconds, n_cells, n_jobs=2).run)
        times.append((seconds_of(waiting_grid(seconds, n_cells, n_jobs=1).run), two))
    return tuple(statistics.median(column) for column in zip(*times, strict=True))


def table_2(n_jobs):
    """The KSG family in full, and how much of the time was spent in estimators."""
    get_reusable_executor().shutdown(wait=True)
    start = time.perf_counter()
    results = run_table(2, KSG_FAMILY, Protocol(), random_state=0, n_jobs=n_jobs)
    assert results.error.isna().all()
    assert len(results) == 14 * 40 * 5
    return time.perf_counter() - start, results.seconds.sum()


if __name__ == "__main__":
    for cached in (False, True):
        print(f"overhead at cells of 50 ms{', cached' * cached}: {overhead(cached):.1%}")
    print(f"starting a worker: {start_of_a_worker():.1f} s of a processor")
    print("| cells | seconds each | one worker | two workers | ratio |")
    print("|---|---|---|---|---|")
    for seconds, n_cells in LOADS:
        one, two = one_and_two(seconds, n_cells)
        print(
            f"| {n_cells} | {seconds} | {one:.2f} s | {two:.2f} s | {one / two:.2f} |", flush=True
        )
    for n_jobs in (1, 2):
        wall, inside = table_2(n_jobs)
        print(f"table 2, KSG family, n_jobs={n_jobs}: {wall:.0f} s, {inside:.0f} s in estimators")
