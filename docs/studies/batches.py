"""Rows from a parquet file, more and more of them: ``docs/studies/batches.py``.

For 1e5, 1e6 and 1e7 rows of 20 columns writes a file, scores the columns against a target in a
process of its own, and stores seconds (wall and processor), the peak of its memory and how far the
estimates are from the truth in ``batches.csv`` beside this file. The files (1.6 GB the largest) go
to a temporary folder and are removed.
"""

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

N_FEATURES, ROW_GROUP = 20, 2**18
# Of features that tell something, their correlation with the target; the others tell nothing.
CORRELATIONS = np.array([0.99, 0.9, 0.6, 0.3, 0.1, 0.03, 0.01])


def truth():
    """The mutual information of each feature and the target."""
    rho = np.zeros(N_FEATURES)
    rho[: len(CORRELATIONS)] = CORRELATIONS
    return -0.5 * np.log1p(-(rho**2))


def write(path, n_rows):
    """Features of which the first ones tell about a target, row group by row group."""
    rng = np.random.default_rng(n_rows)
    names = [*(f"x{i}" for i in range(N_FEATURES)), "target"]
    schema = pa.schema([(name, pa.float64()) for name in names])
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as file:
        for start in range(0, n_rows, ROW_GROUP):
            size = min(ROW_GROUP, n_rows - start)
            target = rng.normal(size=size)
            X = rng.normal(size=(N_FEATURES, size))
            for i, rho in enumerate(CORRELATIONS):
                X[i] = rho * target + np.sqrt(1 - rho**2) * X[i]
            file.write_table(pa.table([*X, target], schema=schema), ROW_GROUP)


def scan(path, n_jobs):
    """Score the columns of one file; print what it cost."""
    from skmi.feature_selection import scan_mutual_info

    warm_up = np.random.default_rng(0).normal(size=(2000, 3))
    frames = [pa.table(dict(zip("abc", warm_up.T, strict=True)))]
    scan_mutual_info(lambda: iter(frames), "c", max_samples=1000)
    wall, processor = time.perf_counter(), time.process_time()
    found = scan_mutual_info(ds.dataset(path), "target", n_jobs=n_jobs)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    off = np.abs(found.mi - truth())
    in_errors = np.nanmax(off / found.error) if not found.is_whole else np.nan
    neighbors = found.method == "neighbors"
    used = found.n_used[neighbors].max()
    print(wall, processor, peak, off.max(), in_errors, used, neighbors.sum())


def measure(n_rows, n_jobs, folder):
    """One row of the table."""
    path = Path(folder) / "rows.parquet"
    write(path, n_rows)
    command = [sys.executable, __file__, "--scan", str(path), "--jobs", str(n_jobs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    wall, processor, peak, off, errors, used, neighbors = map(float, done.stdout.split())
    path.unlink()
    return {
        "n_rows": n_rows,
        "n_jobs": n_jobs,
        "seconds": f"{wall:.1f}",
        "processor_seconds": f"{processor:.1f}",
        "peak_mb": f"{peak:.0f}",
        "largest_error": f"{off:.4f}",
        "largest_error_in_standard_errors": f"{errors:.1f}",
        "n_used": int(used),
        "n_by_neighbors": int(neighbors),
    }


def main():
    """Run the study and store it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=float, nargs="+", default=[1e5, 1e6, 1e7])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--scan", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.scan:
        scan(args.scan, args.jobs)
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for n_rows in args.rows:
            rows.append(measure(int(n_rows), args.jobs, folder))
            print(rows[-1], flush=True)
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
