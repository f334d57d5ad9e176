"""How far MINE's estimates are from the truth: ``python docs/studies/mine_accuracy.py``.

Writes ``mine_accuracy.csv`` beside this file: bias and root mean squared error in nats over
the trials of each kind of data, for several settings. About fifteen minutes on one core.
"""

import argparse
import csv
import platform
import time
import warnings
from pathlib import Path

import numpy as np
import torch

import skmi
from skmi import MINE, GlobalScaler, NormalScoreScaler, make_estimator
from skmi.datasets import (
    AdditiveGaussianNoise,
    AppendNoise,
    CorrelatedGaussians,
    Cube,
    TransformedSampler,
)

N_SAMPLES = 1000
NOISE_STD = 0.55, 1.7  # uniform, drawn for each trial
CORRELATION = 0.0, 0.8

SETTINGS = {
    "default, all samples": (GlobalScaler(corrected=True), {}),
    "default, held out": (GlobalScaler(corrected=True), {"evaluation": "validation"}),
    "5 folds": (GlobalScaler(corrected=True), {"evaluation": "cross-fit"}),
    "normal scores": (NormalScoreScaler(), {}),
    "the paper's toolbox": (
        GlobalScaler(corrected=True),
        make_estimator("mine-paper").get_params(deep=False),
    ),
    "trained on, 250 epochs": (GlobalScaler(corrected=True), {"evaluation": "train"}),
}


def additive(n_features, *transforms):
    """Y = X + noise; transforms of X that keep the information."""

    def draw(rng):
        sampler = AdditiveGaussianNoise(n_features, rng.uniform(*NOISE_STD))
        return TransformedSampler(sampler, list(transforms)) if transforms else sampler

    return draw


def independent(rng):
    """Independent sides, X with columns of small noise."""
    return TransformedSampler(CorrelatedGaussians(4, 0.0), [AppendNoise()])


WORLDS = {
    "additive, d=2": additive(2),
    "additive, d=4": additive(4),
    "additive, d=10": additive(10),
    "cube, d=4": additive(4, Cube()),
    "noise columns, d=4": additive(4, AppendNoise()),
    "correlated, d=10": lambda rng: CorrelatedGaussians(10, rng.uniform(*CORRELATION)),
    "independent, noise columns": independent,
}


def samples(world, n_trials):
    """X, y and truth of each trial."""
    rng = np.random.default_rng(list(WORLDS).index(world))
    for _ in range(n_trials):
        sampler = WORLDS[world](rng)
        X, y = sampler.sample(N_SAMPLES, int(rng.integers(2**31)))
        yield X, y, sampler.mutual_info


def main():
    """Run all settings and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=24)
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, help="the others stay")
    options = parser.parse_args()
    n_trials = options.trials
    warnings.simplefilter("ignore")
    target = Path(__file__).with_suffix(".csv")
    rows = {world: dict.fromkeys(["data", "mean MI", *SETTINGS], "") for world in WORLDS}
    if options.settings:
        with target.open(newline="") as file:
            for stored in csv.DictReader(file):
                rows[stored["data"]] |= {k: v for k, v in stored.items() if k in SETTINGS}
    for world, row in rows.items():
        trials = list(samples(world, n_trials))
        truth = np.array([trial[2] for trial in trials])
        row |= {"data": world, "mean MI": f"{truth.mean():.2f}"}
        for name in options.settings or SETTINGS:
            scaler, params = SETTINGS[name]
            start = time.perf_counter()
            sides = [[scaler.fit_transform(t[i]) for t in trials] for i in (0, 1)]
            mine = MINE().set_params(**{**params, "random_state": 0})
            error = np.array([each.mi_ for each in mine.fit_many(*sides)]) - truth
            row[name] = f"{error.mean():+.3f} / {np.sqrt(np.mean(error**2)):.3f}"
            print(world, name, row[name], f"{time.perf_counter() - start:.1f} s", flush=True)
        with target.open("w", newline="") as file:
            table = csv.DictWriter(file, rows[world], lineterminator="\n")
            table.writeheader()
            table.writerows(rows.values())
    versions = {"skmi": skmi.__version__, "torch": torch.__version__, "numpy": np.__version__}
    print(f"{target}: {n_trials} trials, seed 0, Python {platform.python_version()}, {versions}")


if __name__ == "__main__":
    main()
