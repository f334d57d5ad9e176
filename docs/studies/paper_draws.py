"""What chance does to the paper's table 2: ``python docs/studies/paper_draws.py``.

The paper draws sigma 40 times from a range that it does not state, and its rows of equal d
share the draws: cells of rows 6 and 7, 4 and 9, 11 and 14 agree in all digits. So the cells
are off together, by the dozen, or not at all. This draws such tables many times over, out of
300 trials of each row at sigmas between 0.4 and 2.2, and writes beside this file

- ``paper_draws.csv``: for each range of sigma, how likely the paper's cells are (log
  likelihood, on the four leading components of the cells of each d), the chi-squared of each
  d on its four, and the cells of the paper farther than 1.96 standard errors from the mean;
- ``paper_draws_pairs.csv``: quantiles of the number of cells in which two runs of 40 draws
  differ, by the rule of ``skmi paper table2``.

About ten minutes on two cores.
"""

import argparse
import csv
import itertools
import warnings
from pathlib import Path

import joblib
import numpy as np
from scipy.stats import rankdata

from skmi.benchmark.paper import Protocol, read_table, table_tasks
from skmi.benchmark.paper._estimators import KSG_FAMILY, make
from skmi.benchmark.paper._tasks import task_name

N_TRIALS = 40
WIDEST = 0.4, 2.2
LOWEST, HIGHEST = (0.45, 0.5, 0.55, 0.6, 0.65), (1.5, 1.6, 1.7, 1.8, 1.9, 2.0)
DEFAULT = Protocol().noise_std_range
N_COMPONENTS = 4
ROWS = {row.row: row for row in read_table(2)}
CELLS = [
    (number, measure, name)
    for number, row in ROWS.items()
    for measure in ("normalized_rmse", "spearman", "bias")
    for name in KSG_FAMILY
    if (measure, name) in row.cells
]
PAPER = np.array([ROWS[number].cells[measure, name] for number, measure, name in CELLS])


def simulate(n_draws):
    """Truths and estimates of shape (n_draws, 1 + 5), by the number of the row."""
    protocol = Protocol(noise_std_range=WIDEST)
    tasks = table_tasks(2, protocol)

    def one(number, seed):
        X, y, truth = tasks[task_name(2, number)].draw(seed)  # the seed is that of all rows
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [truth, *(make(name, protocol).fit(X, y).mi_ for name in KSG_FAMILY)]

    work = joblib.Parallel(n_jobs=2, batch_size=10)
    found = work(joblib.delayed(one)(number, seed) for number in ROWS for seed in range(n_draws))
    return dict(zip(ROWS, np.array(found).reshape(len(ROWS), n_draws, -1), strict=True))


def sigmas(simulated):
    """By d, of each draw."""
    return {
        row.n_features: (np.exp(2 * simulated[number][:, 0] / row.n_features) - 1) ** -0.5
        for number, row in ROWS.items()
    }


def cells_of(simulated, chosen):
    """The table's cells, from the draws chosen for each d."""
    values = []
    for number, measure, name in CELLS:
        trials = simulated[number][chosen[ROWS[number].n_features]]
        truth, estimate = trials[:, 0], trials[:, 1 + KSG_FAMILY.index(name)]
        if measure == "spearman":
            values.append(np.corrcoef(rankdata(truth), rankdata(estimate))[0, 1])
        elif measure == "bias":
            values.append(np.mean(estimate - truth))
        else:
            spread = np.sqrt(2) * truth.std()
            values.append(np.sqrt(np.mean((estimate - truth) ** 2) / spread))
    return np.array(values)


def tables(simulated, low, high, n_tables, rng):
    """Tables of 40 draws each, of sigmas in the range."""
    inside = {d: np.flatnonzero((s >= low) & (s <= high)) for d, s in sigmas(simulated).items()}
    return np.array(
        [
            cells_of(simulated, {d: rng.choice(of_d, N_TRIALS) for d, of_d in inside.items()})
            for _ in range(n_tables)
        ]
    )


def by_d():
    """The places of the cells of each d."""
    features = np.array([ROWS[number].n_features for number, _, _ in CELLS])
    return {int(d): np.flatnonzero(features == d) for d in np.unique(features)}


def components(reference):
    """Of the cells of each d, in units of their standard errors, the leading ones."""
    units = reference.std(axis=0)
    found = {}
    for d, places in by_d().items():
        scaled = (reference - reference.mean(axis=0))[:, places] / units[places]
        leading = np.linalg.svd(scaled, full_matrices=False)[2][:N_COMPONENTS]
        found[d] = (places, leading / units[places])
    return found


def likelihood(drawn, axes):
    """Log likelihood of the paper's cells, and chi-squared by d."""
    total, chi_squared = 0.0, []
    for places, leading in axes.values():
        ours, paper = drawn[:, places] @ leading.T, leading @ PAPER[places]
        covariance, residual = np.cov(ours.T), paper - ours.mean(axis=0)
        chi_squared.append(residual @ np.linalg.solve(covariance, residual))
        total -= (chi_squared[-1] + np.linalg.slogdet(covariance)[1]) / 2
    return total, chi_squared


def write_ranges(simulated, n_tables, rng, path):
    """The likelihood of each range, the best first."""
    axes = components(tables(simulated, *DEFAULT, n_tables, rng))
    lines = []
    for low, high in itertools.product(LOWEST, HIGHEST):
        drawn = tables(simulated, low, high, n_tables, rng)
        total, chi_squared = likelihood(drawn, axes)
        z = (PAPER - drawn.mean(axis=0)) / drawn.std(axis=0)
        lines.append([low, high, total, *chi_squared, int((np.abs(z) > 1.96).sum())])
    lines.sort(key=lambda line: -line[2])
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [f"chi squared d={d}" for d in axes]
        writer.writerow(["low", "high", "log likelihood", *names, "cells outside"])
        writer.writerows([[f"{value:.4g}" for value in line] for line in lines])


def write_pairs(simulated, n_tables, rng, path):
    """In how many cells two runs differ."""
    drawn = tables(simulated, *DEFAULT, 2 * n_tables, rng)
    limit = 1.96 * np.sqrt(2) * drawn.std(axis=0)
    outside = (np.abs(drawn[:n_tables] - drawn[n_tables:]) > limit).sum(axis=1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["quantile", "cells of 205 that differ"])
        for quantile in (0.25, 0.5, 0.75, 0.8, 0.85, 0.9, 0.95):
            writer.writerow([quantile, int(np.quantile(outside, quantile))])


def main():
    """Simulate, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=300, help="of each row; default: 300")
    parser.add_argument("--tables", type=int, default=400, help="of each range; default: 400")
    arguments = parser.parse_args()
    rng = np.random.default_rng(0)
    simulated = simulate(arguments.draws)
    here = Path(__file__)
    write_ranges(simulated, arguments.tables, rng, here.with_suffix(".csv"))
    write_pairs(simulated, arguments.tables, rng, here.with_name("paper_draws_pairs.csv"))


if __name__ == "__main__":
    main()
