"""How many times faster a GPU is than two CPU cores: ``python -m tests.perf.gpu``.

Neighbours of 10,000 and 100,000 samples of 1, 10 and 100 columns on either side at one scale
and at the paper's twenty, ten permutations, a step of joint selection, and trainings of MINE:
in one call of at most eight minutes. All values are compared, too. ``--cpu`` puts torch on the
CPU in the place of the GPU, with small sizes, to show that everything runs.
"""

import argparse
import csv
import statistics
import sys
import time
import warnings

import numpy as np
import torch

from skmi import KSG, MINE, compile_kernels
from skmi.feature_selection import JointMISelector
from skmi.model_selection import mutual_info_permutation_test
from skmi.neighbors._chebyshev_triton import has_triton

from .test_mine import gaussians

PAPER = np.arange(1, 21) / 10
REPEATS = 3
N_CORES = 2
# What would take the CPU longer is estimated from a tenth of the samples; nothing new begins
# after the second.
LONGEST_ON_CPU = 30.0
LAST_START = 360.0
COLUMNS = "what", "samples", "columns of each", "CPU", "GPU", "CPU / GPU", "same values"


def normal(n_samples, n_columns):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_columns))
    return X, X + rng.normal(size=X.shape)


def one_scale(X, y, **where):
    return KSG(**where).fit(X, y).mi_


def twenty_scales(X, y, **where):
    return KSG(**where).score_scales(X, y, PAPER)


def ten_permutations(X, y, **where):
    test = mutual_info_permutation_test(
        KSG(**where), X, y, n_permutations=10, random_state=0, n_jobs=where.get("n_jobs")
    )
    return test.null_distribution


def joint_step(X, y, **where):
    return JointMISelector(1, **where).fit(X, y[:, 0]).get_support()


WORK = {
    "one scale": one_scale,
    "twenty scales": twenty_scales,
    "ten permutations": ten_permutations,
    "first feature of joint selection": joint_step,
}


def seconds(call, *args, **where):
    start = time.perf_counter()
    value = call(*args, **where)
    return time.perf_counter() - start, value


def measure(call, n_samples, n_columns, device):
    """Seconds on the CPU and on the device, whether estimated, and whether values are equal."""
    X, y = normal(n_samples, n_columns)
    on_cpu, on_gpu = {"n_jobs": N_CORES}, device
    few, _ = seconds(call, X[::10], y[::10], **on_cpu)
    seconds(call, X[:100], y[:100], **on_gpu)  # starts it
    gpu, found = seconds(call, X, y, **on_gpu)
    if 100 * few > LONGEST_ON_CPU:
        _, expected = seconds(call, X[::10], y[::10], **on_cpu)
        _, found = seconds(call, X[::10], y[::10], **on_gpu)
        return 100 * few, gpu, True, np.array_equal(found, expected)
    cpu, expected = seconds(call, X, y, **on_cpu)
    return cpu, gpu, False, np.array_equal(found, expected)


def neighbours(sizes, columns, device, began):
    for n_samples in sizes:
        for n_columns in columns:
            for what, call in WORK.items():
                if time.perf_counter() - began > LAST_START:
                    return
                if call is joint_step and (n_columns == 1 or n_samples != min(sizes)):
                    continue
                given = device
                if call is joint_step:
                    given = {"device": device["device"]}
                cpu, gpu, estimated, same = measure(call, n_samples, n_columns, given)
                mark = "~" if estimated else ""
                times = f"{mark}{cpu:.3g}", f"{gpu:.3g}", f"{mark}{cpu / gpu:.1f}"
                yield what, n_samples, n_columns, *times, "yes" if same else "NO"


def train(n_fits, device):
    """Seconds of so many fits in one training; the estimates come back to the CPU."""
    Xs, ys = zip(*(gaussians(seed) for seed in range(n_fits)), strict=True)
    mine = MINE(device=device, random_state=0)
    return seconds(mine.fit_many, Xs, ys, random_states=range(n_fits))[0]


def trainings(numbers, device, began):
    for n_fits in numbers:
        if time.perf_counter() - began > LAST_START:
            return
        times = []
        for where in ("cpu", device):
            train(1, where)
            times.append(statistics.median(train(n_fits, where) for _ in range(REPEATS)))
        cpu, gpu = times
        yield f"MINE, {n_fits} fits", 1000, 4, f"{cpu:.3g}", f"{gpu:.3g}", f"{cpu / gpu:.1f}", ""


def main():
    """Print the table, a row when it is measured."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cpu", action="store_true", help="torch on the CPU, with small sizes")
    dry = parser.parse_args().cpu
    if not dry and not torch.cuda.is_available():
        print("torch sees no GPU here. With --cpu everything runs on the CPU, in small sizes.")
        return
    warnings.simplefilter("ignore")
    name = "the CPU in its place" if dry else torch.cuda.get_device_name()
    print(f"GPU: {name}; torch {torch.__version__}; Triton: {'yes' if has_triton() else 'no'}")
    sizes, columns, fits = ((200, 1000), (1, 10), (1,)) if dry else (
        (10_000, 100_000), (1, 10, 100), (1, 160)
    )  # fmt: skip
    device = {"algorithm": "torch", "device": "cpu"} if dry else {"device": "cuda"}
    compile_kernels()
    began = time.perf_counter()
    table = csv.writer(sys.stdout)
    table.writerow(COLUMNS)
    for rows in (
        neighbours(sizes, columns, device, began),
        trainings(fits, device["device"], began),
    ):
        for row in rows:
            table.writerow(row)
            sys.stdout.flush()


if __name__ == "__main__":
    main()
