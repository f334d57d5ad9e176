"""Errors where columns are many: ``python docs/studies/many_columns.py``.

Seven worlds of known mutual information, 24 data sets of 1000 samples each. Writes
``many_columns.csv`` beside this file: the root mean square error in nats, the mean error and
seconds. ``--neural`` adds networks, which take minutes.
"""

import argparse
import csv
import time
import warnings
from pathlib import Path

import numpy as np

from skmi import make_estimator

ESTIMATORS = ["ksg-global-linf", "ksg-local", "gaussian", "canonical-ksg", "auto"]
NETWORKS = {
    "auto, neural": ("auto", {"neural": True}),
    "mine-auto": ("mine-auto", {"random_state": 0}),
}


def additive(rng, n, d, cube=False):
    """X of Gaussians, and noise of one standard deviation added to all."""
    sigma = rng.uniform(0.55, 1.7)
    X = rng.normal(size=(n, d))
    y = X + sigma * rng.normal(size=(n, d))
    return X**3 if cube else X, y, d / 2 * np.log1p(sigma**-2)


def with_noise(rng, X):
    """Twenty small columns that tell nothing."""
    return np.column_stack([X, 0.2 * rng.normal(size=(len(X), 20))])


def noisy(rng, n):
    """Additive, with columns of noise."""
    X, y, truth = additive(rng, n, 4)
    return with_noise(rng, X), y, truth


def correlated(rng, n):
    """Ten pairs of one correlation."""
    rho = rng.uniform(0, 0.8)
    X, noise = rng.normal(size=(2, n, 10))
    return X, rho * X + np.sqrt(1 - rho**2) * noise, -5 * np.log1p(-(rho**2))


def independent(rng, n):
    """Nothing to be found."""
    X, y = rng.normal(size=(2, n, 4))
    return with_noise(rng, X), y, 0.0


WORLDS = {
    "additive, d = 2": lambda rng, n: additive(rng, n, 2),
    "additive, d = 4": lambda rng, n: additive(rng, n, 4),
    "additive, d = 10": lambda rng, n: additive(rng, n, 10),
    "cube, d = 4": lambda rng, n: additive(rng, n, 4, cube=True),
    "additive, d = 4, and noise": noisy,
    "correlated, d = 10": correlated,
    "independent, and noise": independent,
}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-sets", type=int, default=24)
    parser.add_argument("--n-samples", type=int, default=1000)
    parser.add_argument("--neural", action="store_true")
    arguments = parser.parse_args()
    estimators = {name: (name, {}) for name in ESTIMATORS}
    if arguments.neural:
        estimators |= NETWORKS
    path = Path(__file__).with_suffix(".csv")
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["world", "truth", "estimator", "rmse", "bias", "seconds", "n_sets"])
        for number, (world, draw) in enumerate(WORLDS.items()):
            sets = [
                draw(np.random.default_rng([number, i]), arguments.n_samples)
                for i in range(arguments.n_sets)
            ]
            truth = np.mean([each[2] for each in sets])
            for name, (recipe, params) in estimators.items():
                start, errors = time.perf_counter(), []
                for X, y, mi in sets:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        errors.append(make_estimator(recipe, **params).fit(X, y).mi_ - mi)
                seconds = (time.perf_counter() - start) / len(sets)
                rmse = np.sqrt(np.mean(np.square(errors)))
                row = [world, f"{truth:.2f}", name, f"{rmse:.3f}", f"{np.mean(errors):.3f}"]
                writer.writerow([*row, f"{seconds:.2f}", len(sets)])
                print(*row, f"{seconds:.2f} s", flush=True)


if __name__ == "__main__":
    main()
