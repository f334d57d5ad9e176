"""How often MINE doubts its estimates: ``python -m tests.neural.doubts``.

Ten samples of 500 of each kind of ordinary data, where a doubt would be nagging, and of data
that its training cannot cope with, where silence would be wrong. Some minutes on one core.
"""

import warnings
from collections import Counter

import numpy as np

from skmi import MINE, GlobalScaler, NormalScoreScaler


def gaussian(rng, n_columns, correlation, factor=1.0):
    """Correlated Gaussians, in some units."""
    X, noise = rng.normal(size=(2, 500, n_columns))
    return factor * X, factor * (correlation * X + np.sqrt(1 - correlation**2) * noise)


def student(rng, n_columns, degrees):
    """A heavy-tailed X, and the same with heavy-tailed noise added."""
    X, noise = rng.standard_t(degrees, size=(2, 500, n_columns))
    return X, X + noise


WORLDS = {
    "Gaussian, d=1, correlation 0.6": lambda rng: gaussian(rng, 1, 0.6),
    "Gaussian, d=1, correlation 0.95": lambda rng: gaussian(rng, 1, 0.95),
    "Gaussian, d=4, correlation 0.5": lambda rng: gaussian(rng, 4, 0.5),
    "additive noise, d=4": lambda rng: gaussian(rng, 4, 0.71, 1.4),
    "independent, d=2": lambda rng: gaussian(rng, 2, 0.0),
    "Gaussian in thousandths": lambda rng: gaussian(rng, 1, 0.98, 1000.0),
    "Gaussian in thousands": lambda rng: gaussian(rng, 1, 0.98, 1e-3),
    "Student's t, 2 degrees, d=2": lambda rng: student(rng, 2, 2),
    "the same after normal scores": lambda rng: student(rng, 2, 2),
}


def main():
    """Fit all, and count."""
    warnings.simplefilter("ignore")
    for name, draw in WORLDS.items():
        scaler = None
        if "Student" in name:
            scaler = GlobalScaler(corrected=True)
        elif "normal scores" in name:
            scaler = NormalScoreScaler()
        samples = [draw(np.random.default_rng(seed)) for seed in range(10)]
        if scaler is not None:
            samples = [tuple(scaler.fit_transform(side) for side in pair) for pair in samples]
        fitted = MINE(device="cpu").fit_many(*zip(*samples, strict=True), random_states=range(10))
        doubted = sum(bool(mine.doubts_) for mine in fitted)
        named = dict(Counter(doubt for mine in fitted for doubt in mine.doubts_))
        estimates = ", ".join(f"{mine.mi_:.2f}" for mine in fitted)
        print(f"{name}: {doubted} of 10 doubted {named}; estimates {estimates}", flush=True)


if __name__ == "__main__":
    main()
