"""Where k-d trees overtake brute force: the table behind ``algorithm="auto"``.

``python -m tests.perf.crossover`` prints, for each number of columns (both sides), how
many times faster the tree is at each number of samples, and marks what "auto" chooses.
"""

import time

import numpy as np

from skmi.neighbors import Query, count_neighbors
from skmi.neighbors._counter import choose_engine
from tests.perf.reference import gaussians

SAMPLES = (100, 300, 1000, 3000, 10_000)
FEATURES = (2, 3, 4, 5, 6, 8, 10, 14)
SLOW = 2.0  # seconds; no repetition, and no larger sample, beyond


def seconds(X, y, **options):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        count_neighbors(X, y, **options)
        times.append(time.perf_counter() - start)
        if times[-1] > SLOW:
            break
    return min(times)


if __name__ == "__main__":
    count_neighbors(*gaussians(100, 1, 1), 3, algorithm="brute")
    count_neighbors(*gaussians(100, 1, 1), 3, algorithm="kd_tree")
    for k in (3, 10, 40):
        for n_scales in (1, 20):
            scales = np.arange(1, n_scales + 1) / 10 if n_scales > 1 else (1.0,)
            for n_features in FEATURES:
                cells = []
                for n in SAMPLES:
                    X, y = gaussians(n, (n_features + 1) // 2, n_features // 2)
                    options = {"n_neighbors": k, "scales": scales}
                    brute = seconds(X, y, algorithm="brute", **options)
                    tree = seconds(X, y, algorithm="kd_tree", **options)
                    chosen = choose_engine(n, n_features, n_scales, Query(k))
                    mark = "*" if chosen == "kd_tree" else " "
                    cells.append(f"{brute / tree:6.2f}{mark}")
                    if brute > SLOW:
                        break
                print(f"k={k:<3} scales={n_scales:<3} columns={n_features:<3}", *cells, flush=True)
