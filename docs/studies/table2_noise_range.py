"""Which range of sigma the paper drew from: ``python docs/studies/table2_noise_range.py``.

The paper gives no range for table 2. Here 400 trials of every row are estimated by the KSG
family, sigma uniform on a wide range; sets of 40 trials drawn from these stand for runs of the
paper, each trial with a weight that makes the distribution of sigma the one that is asked about.
For each of these: how many of the paper's readable cells are more than 1.96 standard deviations
from the mean over sets, how many cells of such a set itself are, and the share of sets with at
least as many as the paper. Writes ``table2_noise_range.csv``; twelve minutes on one core.
"""

import csv
import itertools
from pathlib import Path

import numpy as np
from scipy.stats import rankdata

from skmi.benchmark.paper import Protocol, read_table, run_table
from skmi.benchmark.paper._estimators import KSG_FAMILY
from skmi.benchmark.paper._worlds import task_name

WIDE = 0.4, 2.2
N_TRIALS, N_SETS, SET_SIZE = 400, 400, 40
# How sigma is distributed between the ends of a range, as a density up to a factor.
DENSITIES = {
    "σ uniform": lambda sigma: np.ones_like(sigma),
    "σ² uniform": lambda sigma: sigma,
    "log σ uniform": lambda sigma: 1 / sigma,
}
LOWS, HIGHS = (0.45, 0.5, 0.55, 0.6, 0.65), (1.5, 1.6, 1.7, 1.8, 2.0, 2.2)
CELLS = [
    (row, estimator, measure)
    for row in read_table(2)
    for estimator in KSG_FAMILY
    for measure in ("normalized_rmse", "spearman", "bias")
    if (measure, estimator) in row.cells
]
PAPER = np.array([row.cells[measure, estimator] for row, estimator, measure in CELLS])


def trials():
    """For each row the truths, and the estimates of each estimator."""
    results = run_table(
        2, KSG_FAMILY, Protocol(noise_std_range=WIDE), n_trials=N_TRIALS, random_state=0
    )
    for row in read_table(2):
        of_row = results[results.task == task_name(2, row.row)]
        wide = of_row.pivot(index="trial", columns="estimator", values="estimate")
        truth = of_row.groupby("trial").truth.first()
        yield row, truth.to_numpy(), {name: wide[name].to_numpy() for name in KSG_FAMILY}


def cells(truth, estimates, measure):
    """As in the paper's table; the normalized RMSE by the reading that gives its numbers."""
    if measure == "spearman":
        a, b = (rankdata(side, axis=1) for side in (truth, estimates))
        a, b = (side - side.mean(axis=1, keepdims=True) for side in (a, b))
        return (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    error = estimates - truth
    if measure == "bias":
        return error.mean(axis=1)
    return np.sqrt((error**2).mean(axis=1) / (np.sqrt(2) * truth.std(axis=1)))


def sets_of_cells(data, density, low, high, rng):
    """The cells of each of many sets of trials."""
    draws = {}
    for row, truth, estimates in data:
        sigma = np.expm1(2 * truth / row.n_features) ** -0.5
        weights = density(sigma) * ((sigma >= low) & (sigma <= high))
        rows = rng.choice(len(truth), (N_SETS, SET_SIZE), p=weights / weights.sum())
        draws[row.row] = truth[rows], {name: values[rows] for name, values in estimates.items()}
    return np.column_stack(
        [cells(draws[row.row][0], draws[row.row][1][name], measure) for row, name, measure in CELLS]
    )


def main():
    """Draw, compare, write."""
    data = list(trials())
    rng = np.random.default_rng(0)
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["distribution", "from", "to", "cells outside", "of a set", "share of sets"])
        for (name, density), low, high in itertools.product(DENSITIES.items(), LOWS, HIGHS):
            sets = sets_of_cells(data, density, low, high, rng)
            mean, deviation = sets.mean(axis=0), sets.std(axis=0)
            # The paper's last digit is rounded.
            limit = 1.96 * deviation + 0.0005
            own = (np.abs(sets - mean) > limit).sum(axis=1)
            outside = (np.abs(PAPER - mean) > limit).sum()
            share = np.mean(own >= outside)
            table.writerow([name, low, high, outside, f"{np.median(own):.0f}", f"{share:.3f}"])
            file.flush()


if __name__ == "__main__":
    main()
