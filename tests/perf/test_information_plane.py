"""One more epoch against the sweep alone, and against the estimator afresh.

``make perf`` compares the values and reports the ratios. The floor of time is the sweep over the
paper's 20 relative scales with the distances of both sides in memory: what an epoch adds to it is
the new layer's normalization and its distances. ``python -m tests.perf.test_information_plane``
prints the table of the documentation.
"""

import statistics
import time

import numpy as np

from skmi import make_estimator
from skmi.information_plane._fixed_input import FixedInput
from skmi.neighbors._jit import jit
from skmi.neighbors._kept_distances import keep_distances
from skmi.neighbors._row_sweep import Row, Search, n_places, sweep_row
from skmi.preprocessing import GlobalLinfScaler

SCALES = np.arange(1, 21) / 10
N_SAMPLES, N_INPUTS, N_UNITS = 5000, 784, 20


@jit
def sweep_in_hand(x_rows, y_rows, search, radii, n_joint, n_x, n_y):
    n_samples, n_scales = x_rows.shape[1], search.scales.size
    x, y = np.empty(n_samples), np.empty(n_samples)
    work = np.empty((4, n_samples))
    below, values = np.empty(n_scales), np.empty(n_scales)
    nearest = np.empty((n_places(search.n_neighbors), n_scales))
    for i in range(n_samples):
        x_row, y_row = x_rows[i], y_rows[i]
        if x_rows.itemsize == 8:  # as they are
            row = Row(radii[i], n_joint[i], n_x[i], n_y[i], below, nearest, values)
            sweep_row(search, x_row, y_row, n_samples, work, row)
        else:
            for j in range(n_samples):
                x[j], y[j] = x_row[j], y_row[j]
            row = Row(radii[i], n_joint[i], n_x[i], n_y[i], below, nearest, values)
            sweep_row(search, x, y, n_samples, work, row)


def layer(rng):
    """Inputs of falling energy and a layer of rectified units."""
    X = rng.normal(size=(N_SAMPLES, N_INPUTS)) / np.arange(1, N_INPUTS + 1) ** 0.5
    weights = rng.normal(size=(N_INPUTS, N_UNITS)) / N_INPUTS**0.5
    return X, np.maximum(X @ weights, 0).astype(np.float32)


def in_hand(X, Z, dtype):
    """The sweep as a function to call, all distances made."""
    rows = []
    for side in (X, Z.astype(np.float64)):
        side = GlobalLinfScaler().fit_transform(side)
        kept = keep_distances(side, max_bytes=np.inf)
        rows.append((kept.rows.astype(np.float64) * kept.unit).astype(dtype))
    search = Search(SCALES, np.ones(len(SCALES)), 3, False, 1 - 1e-5, True, False)
    shape = (N_SAMPLES, len(SCALES))
    results = (np.empty(shape), *(np.empty(shape, np.int64) for _ in range(3)))
    return lambda: sweep_in_hand(*rows, search, *results)


def seconds(functions, repeats=9):
    """Medians, of calls in turn."""
    times = [[] for _ in functions]
    for _ in range(repeats):
        for function, each in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            each.append(time.perf_counter() - start)
    return [statistics.median(each) for each in times]


def measure():
    """Seconds of the sweep in hand, of an epoch, of a fresh fit; and of the distances."""
    X, Z = layer(np.random.default_rng(0))
    fixed, estimator = FixedInput(X), make_estimator("ksg-global-linf", n_jobs=1)
    sweeps = [in_hand(X, Z, np.float64), in_hand(X, Z, np.float32)]
    for function in sweeps:
        function()
    start = time.perf_counter()
    mi = fixed.fit(estimator, Z).mi_
    first = time.perf_counter() - start
    double, single, epoch = seconds([*sweeps, lambda: fixed.fit(estimator, Z)])
    start = time.perf_counter()
    afresh = estimator.fit(X, Z).mi_
    fresh = time.perf_counter() - start
    np.testing.assert_allclose(mi, afresh, atol=1e-5)
    return min(double, single), epoch, fresh, first


def test_values_of_an_epoch_are_those_of_a_fresh_fit(benchmark):
    sweep, epoch, fresh, first = benchmark.pedantic(measure, rounds=1)
    benchmark.extra_info.update(ratio=epoch / sweep, faster=fresh / epoch, first=first)


if __name__ == "__main__":
    sweep, epoch, fresh, first = measure()
    print(
        f"sweep in hand {1e3 * sweep:.0f} ms, epoch {1e3 * epoch:.0f} ms "
        f"({epoch / sweep:.2f}), first epoch {first:.2f} s, afresh {fresh:.2f} s "
        f"({fresh / epoch:.0f} times an epoch)"
    )
