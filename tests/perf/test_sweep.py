"""The sweep over the paper's 20 relative scales against scikit-learn's trees.

``make perf`` compares the values and reports the ratios, medians of one run;
``python -m tests.perf.test_sweep`` prints the table of the documentation.
"""

import statistics
import time

import numpy as np
import pytest

from skmi import KSG
from tests.perf.reference import gaussians, sweep

SCALES = np.arange(1, 21) / 10

# n_samples, n_features, n_targets.
CASES = [
    (1000, 1, 1),
    (1000, 2, 2),
    (1000, 10, 10),
    (1000, 60, 10),
    (1000, 200, 10),
    (5000, 20, 20),
]


def seconds(function, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(n_samples, n_features, n_targets):
    """Seconds of the reference, of one thread, and of two."""
    X, y = gaussians(n_samples, n_features, n_targets)
    one, two = KSG(), KSG(n_jobs=2)
    np.testing.assert_allclose(
        one.score_scales(X, y, SCALES[::10]),
        sweep(X, y, SCALES[::10]),
        rtol=1e-10,
        atol=1e-12,
    )
    return (
        seconds(lambda: sweep(X, y, SCALES), 1 if n_samples > 1000 else 3),
        seconds(lambda: one.score_scales(X, y, SCALES), 7),
        seconds(lambda: two.score_scales(X, y, SCALES), 7),
    )


@pytest.mark.parametrize(("n_samples", "n_features", "n_targets"), CASES)
def test_values_are_those_of_trees(n_samples, n_features, n_targets, benchmark):
    reference, one, two = benchmark.pedantic(
        measure, args=(n_samples, n_features, n_targets), rounds=1
    )
    benchmark.extra_info.update(ratio_one_thread=reference / one, ratio_two=reference / two)


if __name__ == "__main__":
    print("| n | columns of X, y | trees | one thread | two threads | ratio |")
    print("|---|---|---|---|---|---|")
    for n_samples, n_features, n_targets in CASES:
        reference, one, two = measure(n_samples, n_features, n_targets)
        print(
            f"| {n_samples} | {n_features}, {n_targets} | {reference:.3f} s "
            f"| {1e3 * one:.1f} ms ({reference / one:.0f}×) "
            f"| {1e3 * two:.1f} ms | {reference / two:.0f}× |",
            flush=True,
        )
