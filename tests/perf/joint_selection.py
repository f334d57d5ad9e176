"""How long selection takes: ``python -m tests.perf.joint_selection``.

2000 samples of 200 features, 10 selected; and, for comparison, the second step alone with
an estimator fitted to each candidate's columns.
"""

import time

import numpy as np

from skmi import KSG, LocalScaler, ScaleInvariantMI
from skmi.feature_selection import JointMISelector


def seconds(selector, X, y, repeats=3):
    """The median time of a fit, and the processor time of all threads."""
    selector.fit(X[:100], y[:100])  # kernels compile
    times = []
    for _ in range(repeats):
        start = time.perf_counter(), time.process_time()
        selector.fit(X, y)
        times.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    wall, processor = np.median(times, axis=0)
    return f"{wall:.2f} s (processor {processor:.2f} s)"


def main():
    """Print a line for each way."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 200))
    y = X[:, 0] * np.sign(X[:, 1]) + X[:, 2] ** 2 + 0.3 * rng.normal(size=2000)
    labels = np.digitize(y, [0.5, 1.5])
    for criterion in ("joint", "mrmr", "jmi"):
        for n_jobs in (1, 2):
            selector = JointMISelector(10, criterion=criterion, n_jobs=n_jobs)
            numbers, classes = seconds(selector, X, y), seconds(selector, X, labels)
            print(f"{criterion:<6} {n_jobs} thread(s): {numbers}, labels {classes}", flush=True)
    two = JointMISelector(2)
    slow = JointMISelector(2, estimator=ScaleInvariantMI(KSG(), LocalScaler()))
    fast, each = seconds(two, X, y), seconds(slow, X, y, 1)
    print(f"2 selected: {fast}, by an estimator fitted each time {each}")


if __name__ == "__main__":
    main()
