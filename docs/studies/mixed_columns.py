"""What ranks cost where columns nearly determine each other: ``docs/studies/mixed_columns.py``.

Ten normal columns a side, of which two pairs are correlated by 0.8, as they are and with both sides
mixed by random matrices. Prints the mean over 20 data sets of the estimates by `GaussianMI`, which
ranks every column, and by "auto", and their standard deviation, in nats.
"""

import numpy as np

from skmi import mutual_info

N_SETS, N_COLUMNS = 20, 10
TRUTH = -np.log(1 - 0.8**2)


def draw(seed, n_samples):
    """The columns as they are, and mixed."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(2, n_samples, N_COLUMNS))
    y[:, :2] = 0.8 * X[:, :2] + 0.6 * y[:, :2]
    return (X, y), [side @ rng.normal(size=(N_COLUMNS, N_COLUMNS)) for side in (X, y)]


def main():
    """Print the table."""
    print(f"truth {TRUTH:.2f}    gaussian, plain   gaussian, mixed   auto, plain       auto, mixed")
    for n_samples in 500, 1000, 2000:
        found = np.array(
            [
                [mutual_info(*pair, method) for method in ("gaussian", "auto") for pair in pairs]
                for pairs in (draw(seed, n_samples) for seed in range(N_SETS))
            ]
        )
        cells = zip(found.mean(axis=0), found.std(axis=0), strict=True)
        print(f"N = {n_samples:<5}  " + "  ".join(f"{m:8.3f} ± {s:.3f}" for m, s in cells))


if __name__ == "__main__":
    main()
