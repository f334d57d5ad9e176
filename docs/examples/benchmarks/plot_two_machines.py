"""
A grid on two machines
======================

A large grid is a matter of hours, and machines stop. With a folder for its results a grid goes on
where it was, and a folder that two machines see is all they need to share the work. Here two runs
one after another take the part of the machines.
"""

import tempfile
import time

import matplotlib.pyplot as plt

from skmi.benchmark import BenchmarkGrid
from skmi.datasets import CorrelatedGaussians

folder = tempfile.TemporaryDirectory()


def run(numbers):
    """What either machine runs: it computes what is not in the folder."""
    tasks = {f"d = {n}": CorrelatedGaussians(n, correlation=0.7) for n in numbers}
    grid = BenchmarkGrid(
        ["auto", "ksg-global-linf"],
        tasks,
        n_trials=3,
        n_samples=500,
        random_state=0,
        cache_dir=folder.name,
    )
    start = time.perf_counter()
    results = grid.run()
    return results, time.perf_counter() - start


_, first = run([1, 2, 4])
results, second = run([1, 2, 4, 6])
again, third = run([1, 2, 4, 6])
print(f"the same results: {results['estimate'].equals(again['estimate'])}")

# %%
# The second run computed one task of four, the third nothing at all. Seeds are drawn before the
# work is handed out, so that a result does not depend on who computes it.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
left.bar(["first run", "a task more", "once more"], [first, second, third], width=0.6)
left.set(ylabel="seconds")
means = results.groupby(["task", "estimator"])[["truth", "estimate"]].mean().reset_index()
for name, group in means.groupby("estimator"):
    right.plot(group["task"], group["estimate"], marker="o", label=name)
right.plot(group["task"], group["truth"], "k:", label="truth")
right.set(ylabel="mutual information (nats)")
right.legend()
plt.show()

folder.cleanup()

# %%
# On a cluster, ``with joblib.parallel_config(backend="dask"):`` around ``grid.run()`` spreads the
# cells over its workers.
