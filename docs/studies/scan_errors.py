"""Whether estimates from some of the rows are within their stated errors.

``docs/studies/scan_errors.py`` draws 50,000 rows forty times, keeps 4000 of them, and compares
the estimates with the truth, in units of the errors that `scan_mutual_info` states. Writes
``scan_errors.csv`` beside this file.
"""

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from skmi.feature_selection import scan_mutual_info

N_ROWS, N_KEPT, N_DRAWS = 50_000, 4000, 40
CORRELATIONS = 0.0, 0.03, 0.1, 0.3, 0.6, 0.9, 0.99
FLIPPED = 0.1


def draw(seed):
    """Features that tell more and more about a target, and labels that tell its sign."""
    rng = np.random.default_rng(seed)
    target = rng.normal(size=N_ROWS)
    columns = {
        f"correlation {rho:g}": rho * target + np.sqrt(1 - rho**2) * rng.normal(size=N_ROWS)
        for rho in CORRELATIONS
    }
    sign = (target > 0) ^ (rng.random(N_ROWS) < FLIPPED)
    return pd.DataFrame({**columns, "sign": np.where(sign, "plus", "minus"), "target": target})


def truth():
    """Of each feature."""
    lost = -FLIPPED * np.log(FLIPPED) - (1 - FLIPPED) * np.log1p(-FLIPPED)
    return np.array([*(-0.5 * np.log1p(-(np.array(CORRELATIONS) ** 2))), np.log(2) - lost])


def main():
    """Run the study and store it."""
    off, errors = [], []
    for seed in range(N_DRAWS):
        frame = draw(seed)
        found = scan_mutual_info(
            lambda frame=frame: iter([frame]), "target", max_samples=N_KEPT, random_state=seed
        )
        off.append(found.mi - truth())
        errors.append(found.error)
    rows = []
    for i, name in enumerate(frame.columns[:-1]):
        miss, error = (np.array(values)[:, i] for values in (off, errors))
        row = {
            "feature": name,
            "truth": f"{truth()[i]:.4f}",
            "bias": f"{miss.mean():.4f}",
            "rmse": f"{np.sqrt(np.mean(miss**2)):.4f}",
            "stated_error": f"{np.sqrt(np.mean(error**2)):.4f}",
            "within_1": f"{np.mean(np.abs(miss) < error):.2f}",
            "within_2": f"{np.mean(np.abs(miss) < 2 * error):.2f}",
        }
        rows.append(row)
        print(row, flush=True)
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
