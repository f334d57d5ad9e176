"""How often intervals hold the truth: ``python docs/studies/interval_coverage.py``.

Makes the intervals of ``mutual_info_report`` (2 repeats, 6 splits, method "auto") for data
sets of known mutual information, and writes ``interval_coverage.csv`` beside this file, a row
for each data set. It goes on where it stopped: ``--sets N`` asks for so many data sets of each
kind, ``--table`` prints what there is and makes no more. For 100 data sets of each of the
22 kinds an hour or so on one core, most of it for 1000 samples of 2 and 10 columns.
"""

import argparse
import csv
import warnings
from collections import defaultdict
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from scipy.stats import norm

from skmi.exceptions import EstimateWarning
from skmi.model_selection import mutual_info_interval

PATH = Path(__file__).with_suffix(".csv")
FIELDS = (
    "world",
    "n_samples",
    "n_columns",
    "seed",
    "truth",
    "estimate",
    "low",
    "high",
    "standard_error",
    "drift",
    "is_biased",
    "is_curved",
)
STEP = 10  # data sets of one kind, before those of the next


def gaussians(correlation):
    """Pairs of columns of this correlation."""

    def draw(rng, n_samples, n_columns):
        X, noise = rng.normal(size=(2, n_samples, n_columns))
        return X, correlation * X + np.sqrt(1 - correlation**2) * noise

    return draw, lambda: -0.5 * np.log1p(-(correlation**2))


def square(rng, n_samples, n_columns):
    """Each column of y is the square of one of X, and noise."""
    X, noise = rng.normal(size=(2, n_samples, n_columns))
    return X, X**2 + noise


@cache
def truth_of_square():
    """h(y) less h(noise), by quadrature."""
    x, y = np.linspace(-8, 8, 801), np.linspace(-8, 60, 3401)
    density = np.trapezoid(norm.pdf(x) * norm.pdf(y[:, None] - x**2), x)
    logs = np.log(density, where=density > 0, out=np.zeros_like(density))
    return -np.trapezoid(density * logs, y) - 0.5 * np.log(2 * np.pi * np.e)


WORLDS = {  # how to draw, and the information of one pair of columns
    "independent": gaussians(0.0),
    "gaussian 0.6": gaussians(0.6),
    "gaussian 0.9": gaussians(0.9),
    "square": (square, truth_of_square),
}
CASES = [
    case for case in product(WORLDS, (300, 1000), (1, 2, 10)) if case[0] != "square" or case[2] < 10
]


def interval_of(world, n_samples, n_columns, seed):
    """A row of the file."""
    draw, information = WORLDS[world]
    X, y = draw(np.random.default_rng([seed, n_samples, n_columns]), n_samples, n_columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)
        found = mutual_info_interval("auto", X, y, n_splits=6, n_repeats=2, random_state=seed)
    return as_row(world, n_samples, n_columns, seed, n_columns * information(), found)


def as_row(world, n_samples, n_columns, seed, truth, found):
    """One interval, as it is stored."""
    numbers = truth, found.estimate, found.low, found.high, found.standard_error, found.drift
    texts = [f"{number:.5f}" for number in numbers]
    cells = world, n_samples, n_columns, seed, *texts, int(found.is_biased), int(found.is_curved)
    return dict(zip(FIELDS, cells, strict=True))


def read():
    """The rows there are, by world, samples and columns."""
    rows = defaultdict(list)
    if PATH.exists():
        with PATH.open(newline="") as file:
            for row in csv.DictReader(file):
                rows[row["world"], int(row["n_samples"]), int(row["n_columns"])].append(row)
    return rows


def run(n_sets):
    """Add the rows that are missing."""
    done = {case: len(rows) for case, rows in read().items()}
    is_new = not PATH.exists()
    with PATH.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        for stop in range(STEP, n_sets + STEP, STEP):
            for case in CASES:
                for seed in range(done.get(case, 0), min(stop, n_sets)):
                    writer.writerow(interval_of(*case, seed))
                    file.flush()
                    done[case] = seed + 1


def print_table():
    """Print the share of intervals that hold the truth, and how far estimates are off."""
    print("world          samples columns  sets  coverage  deviation  error   bias  biased  curved")
    rows = read()
    for case in CASES:
        if rows[case]:
            columns = {name: np.array([float(r[name]) for r in rows[case]]) for name in FIELDS[4:]}
            truth = columns["truth"]
            held = (columns["low"] <= truth) & (truth <= columns["high"])
            print(
                f"{case[0]:<14} {case[1]:>7} {case[2]:>3} + {case[2]:<3} {len(held):>4}"
                f" {held.mean():>9.2f} {columns['estimate'].std():>10.3f}"
                f" {np.sqrt(np.mean(columns['standard_error'] ** 2)):>6.3f}"
                f" {np.mean(columns['estimate'] - truth):>+6.3f}"
                f" {columns['is_biased'].mean():>7.2f} {columns['is_curved'].mean():>7.2f}"
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=int, default=100, help="data sets of each kind")
    parser.add_argument("--table", action="store_true", help="only print what there is")
    arguments = parser.parse_args()
    if not arguments.table:
        run(arguments.sets)
    print_table()
