"""What goes to a Dask cluster: ``docs/studies/bytes_sent.py``.

Tests independence by permutations and makes an interval for 20,000 samples of eleven columns (1.8
MB) on a cluster of two processes on this machine, and counts the bytes that go over the loopback
device while that runs: between client, scheduler and workers, both ways. Beside it the same by
joblib's own way to Dask, as if each task took the sample with it. Writes ``bytes_sent.csv`` beside
this file. Nothing else should use the loopback device meanwhile.
"""

import csv
from pathlib import Path

import joblib
import numpy as np
import psutil
from dask.distributed import Client, LocalCluster

from skmi import GaussianMI
from skmi.model_selection import mutual_info_interval, mutual_info_permutation_test

N_SAMPLES, N_COLUMNS = 20_000, 10
TASKS = "permutation test", "interval"


def draw():
    """Columns that tell about a target together."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_SAMPLES, N_COLUMNS))
    return X, X.sum(axis=1) + rng.normal(size=N_SAMPLES)


def sent():
    """Bytes over the loopback device up to now."""
    return psutil.net_io_counters(pernic=True)["lo"].bytes_sent


def ours(what, X, y):
    """What the library does."""
    estimator = GaussianMI()
    if what == "interval":
        mutual_info_interval(estimator, X, y, random_state=0)
    else:
        mutual_info_permutation_test(estimator, X, y, n_permutations=100, random_state=0)


def fit_permuted(data, seed):
    """A task that holds its data."""
    X, y = data["X"], data["y"]
    return GaussianMI().fit(X, np.random.default_rng(seed).permutation(y)).mi_


def with_each_task(X, y):
    """A hundred permutations, each with the data inside another object."""
    joblib.Parallel()(joblib.delayed(fit_permuted)({"X": X, "y": y}, seed) for seed in range(100))


def main():
    """Run the study and store it."""
    X, y = draw()
    megabytes = (X.nbytes + y.nbytes) / 1e6
    rows = []
    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, Client(cluster), joblib.parallel_config(backend="dask"):
        ours("permutation test", X[:100], y[:100])  # modules are loaded
        runs = {name: lambda name=name: ours(name, X, y) for name in TASKS}
        runs["permutation test, data with each task"] = lambda: with_each_task(X, y)
        for name, run in runs.items():
            before = sent()
            run()
            row = {"what": name, "data_mb": f"{megabytes:.1f}"}
            row["sent_mb"] = f"{(sent() - before) / 1e6:.1f}"
            rows.append(row)
            print(row, flush=True)
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
