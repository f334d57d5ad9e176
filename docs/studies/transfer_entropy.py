"""Transfer entropy of coupled AR(1) processes beside its closed form.

``python docs/studies/transfer_entropy.py`` writes ``transfer_entropy.csv`` beside this file: the
mean and the standard deviation over 20 pairs of series of 10,000 samples, in both directions.
"""

import csv
from pathlib import Path

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

from skmi import transfer_entropy

N_SERIES, N_SAMPLES = 20, 10_000

# x(t) = a x(t - 1) + noise, y(t) = b y(t - 1) + c x(t - 1) + noise
PROCESSES = [(0.5, 0.5, 0.2), (0.5, 0.5, 0.5), (0.9, 0.5, 0.3), (0.3, 0.8, 1.0)]


def closed_form(a, b, c, back=False):
    """I(source at t - 1; target at t | target at t - 1) of the stationary process, in nats."""
    step = np.array([[a, 0.0], [c, b]])
    now = solve_discrete_lyapunov(step, np.eye(2))  # of x and y at one time
    later = step @ now  # of x and y at t with those at t - 1
    source, target = (1, 0) if back else (0, 1)
    own = now[target, target] - later[target, target] ** 2 / now[target, target]
    past = now[np.ix_([source, target], [source, target])]
    told = later[target, [source, target]]
    both = now[target, target] - told @ np.linalg.solve(past, told)
    return 0.5 * np.log(own / both)


def draw(a, b, c, seed):
    """One pair of series, after they have forgotten where they began."""
    noise = np.random.default_rng(seed).normal(size=(N_SAMPLES + 200, 2))
    series = np.zeros_like(noise)
    for t in range(1, len(noise)):
        x, y = series[t - 1]
        series[t] = a * x + noise[t, 0], b * y + c * x + noise[t, 1]
    return series[200:].T


def main():
    """Run the study and store it."""
    rows = []
    for a, b, c in PROCESSES:
        pairs = [draw(a, b, c, seed) for seed in range(N_SERIES)]
        for back in False, True:
            found = [transfer_entropy(*(pair[::-1] if back else pair)) for pair in pairs]
            truth = closed_form(a, b, c, back)
            rows.append(
                {
                    "a": a,
                    "b": b,
                    "c": c,
                    "direction": "y to x" if back else "x to y",
                    "truth": f"{truth:.4f}",
                    "mean": f"{np.mean(found):.4f}",
                    "error": f"{np.mean(found) - truth:.4f}",
                    "std": f"{np.std(found, ddof=1):.4f}",
                }
            )
            print(*rows[-1].values(), sep="  ", flush=True)
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
