"""Level and power of the test: ``python docs/studies/conditional_level.py``.

Writes ``conditional_level.csv`` beside this file: the part of 100 data sets of each kind whose
p-value is at most 5 %, and the part that comes with a `DoubtfulNullWarning`. About five
minutes on one core; ``--n-sets`` and ``--worlds`` make it shorter.
"""

import argparse
import csv
import warnings
from pathlib import Path

import numpy as np

from skmi.exceptions import DoubtfulNullWarning
from skmi.model_selection import conditional_independence_test

# The smallest number of which 5 % is a whole one, with a rest for the data themselves.
N_PERMUTATIONS = 39


def common_cause(n_columns, function=lambda cause: cause, noise_std=0.5):
    """Both variables driven by the mean of z's columns, in units of its standard deviation."""

    def draw(rng, n_samples):
        z = rng.normal(size=(n_samples, n_columns))
        cause = function(z.sum(axis=1) / np.sqrt(n_columns))
        x, y = cause + noise_std * rng.normal(size=(2, n_samples))
        return x, y, z

    return draw


def independent(n_columns):
    """Three independent variables, the last of many columns."""

    def draw(rng, n_samples):
        return *rng.normal(size=(2, n_samples)), rng.normal(size=(n_samples, n_columns))

    return draw


def function_of_x(function):
    """Independent variables, and a condition made from x."""

    def draw(rng, n_samples):
        x, y, noise = rng.normal(size=(3, n_samples))
        return x, y, function(x, noise)

    return draw


def functions_of_z(rng, n_samples):
    """Both variables are functions of z, without noise."""
    z = rng.normal(size=n_samples)
    return np.exp(z), np.sin(5 * z), z


def labels_of_a_cause(rng, n_samples):
    """Labels that depend on the mean of three columns."""
    x, y, z = common_cause(3)(rng, n_samples)
    return (x > 0).astype(str), (y > 0).astype(str), z


def cause_of_labels(rng, n_samples):
    """Both variables driven by a number that each of ten labels has."""
    labels = rng.integers(0, 10, n_samples)
    x, y = rng.permutation(10)[labels] / 3 + rng.normal(size=(2, n_samples))
    return x, y, labels.astype(str)


def product(rng, n_samples):
    """Dependent: y is the product of the other two."""
    x, z = rng.normal(size=(2, n_samples))
    return x, x * z, z


def partial_correlation(n_columns, correlation=0.4):
    """Dependent: x and y are correlated beyond what they share of z."""

    def draw(rng, n_samples):
        x, y, z = independent(n_columns)(rng, n_samples)
        y = correlation * x + np.sqrt(1 - correlation**2) * y
        return x + z.mean(axis=1), y - z.mean(axis=1), z

    return draw


# Name: how it is drawn, numbers of samples, and whether x and y are dependent given z.
WORLDS = {
    "mean of 5 columns": (common_cause(5), (100, 300), False),
    "mean of 3 columns": (common_cause(3), (100, 300), False),
    "z = 1.8 x + 32": (function_of_x(lambda x, noise: 1.8 * x + 32), (300,), False),
    "z = (x, noise)": (function_of_x(lambda x, e: np.column_stack([x, e])), (300,), False),
    "z = x²": (function_of_x(lambda x, noise: x**2), (100, 300), False),
    "y = x z": (product, (100, 300), True),
    "independent, 1 column": (independent(1), (100, 300), False),
    "independent, 5 columns": (independent(5), (100, 300), False),
    "functions of z": (functions_of_z, (300,), False),
    "mean of 10 columns": (common_cause(10), (100,), False),
    "partial correlation 0.4, 1 column": (partial_correlation(1), (300,), True),
    "partial correlation 0.4, 5 columns": (partial_correlation(5), (300,), True),
    "ten labels": (cause_of_labels, (300,), False),
    "labels, mean of 3 columns": (labels_of_a_cause, (300,), False),
    "sine of the mean of 3 columns": (common_cause(3, lambda m: np.sin(2 * m)), (300,), False),
    "sign of the mean of 5 columns": (common_cause(5, np.sign), (300,), False),
    "squared mean of 3 columns": (common_cause(3, np.square), (300,), False),
    "mean of 5 columns, many samples": (common_cause(5), (1000,), False),
    "mean of 3 columns, many samples": (common_cause(3), (1000,), False),
}


def rejections(draw, n_samples, n_sets):
    """The parts of data sets that are rejected at 5 % and that come with a doubt."""
    rejected = doubted = 0
    for seed in range(n_sets):
        X, y, z = draw(np.random.default_rng(seed), n_samples)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", DoubtfulNullWarning)
            result = conditional_independence_test(
                X, y, z, n_permutations=N_PERMUTATIONS, random_state=seed
            )
        rejected += result.pvalue <= 0.05
        doubted += any(issubclass(each.category, DoubtfulNullWarning) for each in caught)
    return rejected / n_sets, doubted / n_sets


def main():
    """Measure, and write as it goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-sets", type=int, default=100)
    parser.add_argument("--worlds", nargs="*", choices=WORLDS, metavar="NAME")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".csv"))
    arguments = parser.parse_args()
    with arguments.output.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["world", "n_samples", "dependent", "n_sets", "rejected", "doubted"])
        for name in arguments.worlds or WORLDS:
            draw, sizes, dependent = WORLDS[name]
            for n_samples in sizes:
                found = rejections(draw, n_samples, arguments.n_sets)
                row = [name, n_samples, int(dependent), arguments.n_sets, *found]
                writer.writerow(row)
                file.flush()
                print(*row, flush=True)


if __name__ == "__main__":
    main()
