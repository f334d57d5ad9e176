"""The matrix of all pairs beside other ways to make it: ``docs/studies/pairwise_speed.py``.

Prints processor times of one run, one thread each, and writes ``pairwise_speed.csv`` beside this
file. The peers are scikit-learn's ``mutual_info_regression``, called for every column, and
ennemi's ``pairwise_mi``; where ennemi cannot be imported, ``--ennemi`` names a Python that can.
``--large`` times 100 columns of 10,000 rows on two threads instead.
"""

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.feature_selection import mutual_info_regression

from skmi import pairwise_mutual_info

ENNEMI = """
import sys, time
import numpy as np
from ennemi import pairwise_mi
X = np.load(sys.argv[1])
pairwise_mi(X[:50], k=3, preprocess=True, max_threads=1)
start = time.process_time()
found = pairwise_mi(X, k=3, preprocess=True, max_threads=1)
print(time.process_time() - start)
np.save(sys.argv[1], found)
"""


def draw(n_samples, n_columns, seed=0):
    """Correlated columns, some of them not normal."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_samples, n_columns)) @ rng.normal(size=(n_columns, n_columns))
    X += n_columns**0.5 * rng.normal(size=X.shape)
    X[:, ::3] = X[:, ::3] ** 2
    return X


def by_scikit_learn(X):
    """Each column against all."""
    columns = [
        mutual_info_regression(X, X[:, i], n_neighbors=3, random_state=0) for i in range(X.shape[1])
    ]
    return np.column_stack(columns)


def by_ennemi(X, python, folder):
    """Values, and the time that ennemi took by itself."""
    path = Path(folder) / "columns.npy"
    np.save(path, X)
    done = subprocess.run(
        [python, "-c", ENNEMI, str(path)], capture_output=True, text=True, check=True
    )
    found = np.load(path)
    path.unlink()
    return found, float(done.stdout)


def timed(function, X):
    """Values, and the processor time."""
    function(X[:50])
    start = time.process_time()
    found = function(X)
    return found, time.process_time() - start


def compare(n_samples, n_columns, python, folder):
    """One row of the table."""
    X = draw(n_samples, n_columns)
    pairs = np.triu_indices(n_columns, 1)
    ours, seconds = timed(lambda X: pairwise_mutual_info(X, clip=False), X)
    sklearn, sklearn_seconds = timed(by_scikit_learn, X)
    ennemi, ennemi_seconds = by_ennemi(X, python, folder)
    return {
        "n_samples": n_samples,
        "n_columns": n_columns,
        "skmi_seconds": f"{seconds:.3f}",
        "sklearn_ratio": f"{sklearn_seconds / seconds:.1f}",
        "ennemi_ratio": f"{ennemi_seconds / seconds:.1f}",
        "sklearn_difference": f"{np.abs(sklearn - np.maximum(ours, 0))[pairs].max():.1e}",
        "ennemi_difference": f"{np.abs(ennemi - ours)[pairs].max():.1e}",
    }


def time_large():
    """100 columns of 10,000 rows on two threads, wall clock and processor time."""
    X = draw(10_000, 100)
    pairwise_mutual_info(X[:, :3])
    start = time.perf_counter(), time.process_time()
    pairwise_mutual_info(X, n_jobs=2)
    wall, processor = time.perf_counter() - start[0], time.process_time() - start[1]
    print(f"100 columns of 10,000 rows: {wall:.1f} s, {processor:.1f} s of processor time")


def main():
    """Run the study and store it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ennemi", default=sys.executable)
    parser.add_argument("--large", action="store_true")
    args = parser.parse_args()
    if args.large:
        time_large()
        return
    target = Path(__file__).with_suffix(".csv")
    rows = []
    for shape in (1000, 10), (10_000, 6):
        rows.append(compare(*shape, args.ennemi, target.parent))
        print(rows[-1], flush=True)
    with target.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
