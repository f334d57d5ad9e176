"""First calls of a fresh process with nothing compiled: ``python -m tests.perf.first_call``.

Each on 1000 samples, in a process and a cache of kernels of its own; wall seconds from after the
import, and those of the second call.
"""

import os
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np

from skmi import conditional_mutual_info, mutual_info
from skmi.feature_selection import JointMISelector, feature_mutual_info
from skmi.model_selection import mutual_info_permutation_test

RNG = np.random.default_rng(0)
X = RNG.normal(size=(1000, 10))
Y = X[:, 0] + RNG.normal(size=1000)
CALLS = {
    "mutual_info": lambda: mutual_info(X[:, :2], Y),
    "the same by ksg-global-linf": lambda: mutual_info(X[:, :2], Y, "ksg-global-linf"),
    "feature_mutual_info, 10 columns": lambda: feature_mutual_info(X, Y),
    "conditional_mutual_info": lambda: conditional_mutual_info(X[:, 0], Y, X[:, 1]),
    "JointMISelector, 3 of 10": lambda: JointMISelector(3).fit(X, Y),
    "permutation test, ksg-local": lambda: mutual_info_permutation_test("ksg-local", X[:, :2], Y),
}


def main() -> None:
    """Time one call in this process, or each in one of its own."""
    if len(sys.argv) > 1:
        times = []
        for _ in range(2):
            start = time.perf_counter()
            CALLS[sys.argv[1]]()
            times.append(time.perf_counter() - start)
        print(f"{sys.argv[1]:<32} {times[0]:6.2f} {times[1]:6.2f}")
        return
    for name in CALLS:
        with tempfile.TemporaryDirectory() as cache:
            environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
            command = [sys.executable, "-m", "tests.perf.first_call", name]
            subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
