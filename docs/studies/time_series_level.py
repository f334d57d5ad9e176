"""Levels of tests on series: ``python docs/studies/time_series_level.py``.

Writes ``time_series_level.csv`` beside this file: the part of independent series whose p-value
is at most 5 %, and of dependent ones for power, for each kind of series, test and
permutation. ``--n-sets`` makes it shorter; ``--tests`` and ``--worlds`` choose.
"""

import argparse
import csv
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from skmi import mutual_info_permutation_test
from skmi.feature_selection import FeatureMutualInfo
from skmi.model_selection import conditional_independence_test
from skmi.time_series import transfer_entropy_test

# The smallest number of which 5 % is a whole one, with a rest for the data themselves.
N_PERMUTATIONS = 19
N_SAMPLES = 400
PERIOD = 12


def autoregressive(rng, memory, n_series=2):
    """Independent AR(1) series."""
    noise = rng.normal(size=(n_series, N_SAMPLES + 300))
    return lfilter([1], [1, -memory], noise)[:, 300:]


def seasonal(phases):
    """Sines of one period, with a phase each."""
    time = np.arange(N_SAMPLES)
    return np.sin(2 * np.pi * (time + np.asarray(phases)[:, None]) / PERIOD)


def half_known(rng):
    """AR(.9) series of which the second follows the first."""
    x, y = autoregressive(rng, 0.9)
    return x, 0.5 * x + y


WORLDS = {
    "white noise": lambda rng: rng.normal(size=(2, N_SAMPLES)),
    "AR(.9)": lambda rng: autoregressive(rng, 0.9),
    "AR(.95)": lambda rng: autoregressive(rng, 0.95),
    "seasons of any phase, AR(.5)": lambda rng: (
        seasonal(rng.integers(PERIOD, size=2)) + 0.5 * autoregressive(rng, 0.5)
    ),
    "one season, AR(.5)": lambda rng: seasonal([0, 0]) + 0.5 * autoregressive(rng, 0.5),
    "dependent AR(.9)": half_known,
}


def information(x, y, permutation, seed):
    """The p-value of mutual information."""
    return mutual_info_permutation_test(
        "ksg-local",
        x,
        y,
        n_permutations=N_PERMUTATIONS,
        permutation=permutation,
        random_state=seed,
    ).pvalue


def feature_score(x, y, permutation, seed):
    """The p-value of the score of one feature."""
    scorer = FeatureMutualInfo(N_PERMUTATIONS, permutation=permutation, random_state=seed)
    return scorer(x[:, None], y)[1][0]


def conditional(x, y, permutation, seed):
    """Given a series of their own kind that drives both."""
    rng = np.random.default_rng(seed)
    z = autoregressive(rng, 0.9, 1)[0]
    return conditional_independence_test(
        x + z,
        y + z,
        z,
        n_permutations=N_PERMUTATIONS,
        permutation="local" if permutation == "iid" else permutation,
        random_state=seed,
    ).pvalue


def transfer(x, y, permutation, seed):
    """The p-value of transfer entropy."""
    return transfer_entropy_test(
        x, y, n_permutations=N_PERMUTATIONS, permutation=permutation, random_state=seed
    ).pvalue


TESTS = {
    "mutual_info_permutation_test": information,
    "FeatureMutualInfo": feature_score,
    "conditional_independence_test": conditional,
    "transfer_entropy_test": transfer,
}


def rejected(world, test, permutation, n_sets):
    """The part of `n_sets` data sets whose p-value is at most 5 %."""
    pvalues = []
    for seed in range(n_sets):
        x, y = WORLDS[world](np.random.default_rng([seed, 1]))
        pvalues.append(TESTS[test](x, y, permutation, seed))
    return np.mean(np.array(pvalues) <= 0.05 + 1e-9)


def main():
    """Run the study and store it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n-sets", type=int, default=200)
    parser.add_argument("--tests", nargs="*", default=list(TESTS), choices=list(TESTS))
    parser.add_argument("--worlds", nargs="*", default=list(WORLDS), choices=list(WORLDS))
    args = parser.parse_args()
    target = Path(__file__).with_suffix(".csv")
    stored = {}
    if target.exists():
        with target.open(newline="") as file:
            stored = {(r["series"], r["test"], r["permutation"]): r for r in csv.DictReader(file)}
    for test in args.tests:
        for world in args.worlds:
            for permutation in "iid", "circular", "block":
                part = rejected(world, test, permutation, args.n_sets)
                row = {
                    "series": world,
                    "test": test,
                    "permutation": permutation,
                    "n_sets": args.n_sets,
                    "rejected": f"{part:.3f}",
                }
                print(*row.values(), sep="  ", flush=True)
                stored[world, test, permutation] = row
                with target.open("w", newline="") as file:
                    writer = csv.DictWriter(file, list(row), lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(stored.values())


if __name__ == "__main__":
    main()
