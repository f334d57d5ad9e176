"""One kernel in C against numba's: ``python -m tests.perf.compiled``.

What a compiled extension would cost and win, by the count of neighbours on a sorted line.
Needs gcc on an x86-64 machine.
"""

import ctypes
import subprocess
import tempfile
import time
from pathlib import Path

import numba
import numpy as np

SOURCE = """
#include <math.h>
#include <stdint.h>
void count(const double *line, const double *below, int64_t n, int64_t *counts) {
    for (int64_t i = 0; i < n; i++) {
        int64_t found = 0;
        for (int direction = -1; direction < 2; direction += 2) {
            int64_t near = 0, step = 1, growing = 1;
            while (step > 0) {
                int64_t far = i + direction * (near + step);
                int within = far >= 0 && far < n && fabs(line[far] - line[i]) < below[i];
                if (within) near += step;
                growing = growing && within;
                step = growing ? 2 * step : step >> 1;
            }
            found += near;
        }
        counts[i] = found;
    }
}
"""
TARGETS = ("x86-64", "x86-64-v3", "native")


def count(line, below, counts):
    """The same for numba."""
    n = line.size
    for i in range(n):
        found = 0
        for direction in (-1, 1):
            near, step, growing = 0, 1, True
            while step > 0:
                far = i + direction * (near + step)
                within = 0 <= far < n and abs(line[far] - line[i]) < below[i]
                if within:
                    near += step
                growing = growing and within
                step = 2 * step if growing else step >> 1
            found += near
        counts[i] = found


def build(folder, target):
    """The kernel in C for a target; seconds of compiling, and bytes."""
    source, library = Path(folder) / "kernel.c", Path(folder) / f"{target}.so"
    source.write_text(SOURCE)
    start = time.perf_counter()
    command = ["gcc", "-O3", f"-march={target}", "-shared", "-fPIC", source, "-o", library]
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - start
    function = ctypes.CDLL(str(library)).count
    kinds = [np.ctypeslib.ndpointer(np.float64)] * 2
    function.argtypes = [*kinds, ctypes.c_int64, np.ctypeslib.ndpointer(np.int64)]
    function.restype = None
    return function, seconds, library.stat().st_size


def fastest(call, n_runs=30):
    """Processor milliseconds of the fastest run."""
    times = []
    for _ in range(n_runs):
        start = time.process_time()
        call()
        times.append(1e3 * (time.process_time() - start))
    return min(times)


def main():
    """Print a row for numba and for each target."""
    rng = np.random.default_rng(0)
    line = np.sort(rng.normal(size=20_000))
    below = rng.uniform(0.0, 0.1, size=line.size)
    expected, counts = np.empty((2, line.size), np.int64)
    compiled = numba.njit(count, error_model="numpy", nogil=True)
    start = time.process_time()
    compiled(line, below, expected)
    seconds = time.process_time() - start
    own = fastest(lambda: compiled(line, below, expected))
    print(f"numba       compiled in {seconds:5.2f} s, runs in {own:6.3f} ms")
    with tempfile.TemporaryDirectory() as folder:
        for target in TARGETS:
            function, seconds, size = build(folder, target)
            milliseconds = fastest(lambda f=function: f(line, below, line.size, counts))
            assert (counts == expected).all()
            print(
                f"{target:<11} compiled in {seconds:5.2f} s, runs in {milliseconds:6.3f} ms: "
                f"{own / milliseconds:.2f} times numba's speed; {size} bytes"
            )


if __name__ == "__main__":
    main()
