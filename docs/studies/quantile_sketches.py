"""Quantiles of many columns: a random sample of rows beside a sketch of each column.

``docs/studies/quantile_sketches.py`` (needs ``pip install datasketches``) takes half a million rows
of 20 columns, by the KLL sketch of Apache DataSketches and by `RowSample`, and compares the time,
and how far the shares of 32 bins are from 1/32. Writes ``quantile_sketches.csv`` beside this file.
"""

import csv
import time
from pathlib import Path

import numpy as np

from skmi._input._stream import make_batch
from skmi.feature_selection._sketch import RowSample

N_ROWS, N_COLUMNS, BATCH, N_BINS = 500_000, 20, 65_536, 32
AT = np.arange(1, N_BINS) / N_BINS


def of_sketches(batches, k):
    """Quantiles by a sketch of all values of each column."""
    import datasketches

    sketches = [datasketches.kll_doubles_sketch(k) for _ in range(N_COLUMNS)]
    for batch in batches:
        for column, sketch in zip(batch.T, sketches, strict=True):
            sketch.update(column)
    return [sketch.get_quantiles(AT) for sketch in sketches]


def of_sample(batches, size):
    """Quantiles of a random sample of rows."""
    sample = RowSample(size, 0)
    for batch in batches:
        sample.add(make_batch(batch, batch[:, 0]))
    kept = sample.kept()[1].X
    columns = [kept.column(i) for i in range(N_COLUMNS)]
    return [np.quantile(column, AT, method="inverted_cdf") for column in columns]


def largest_error(values, edges):
    """How far the share of any bin of any column is from what it should be."""
    off = 0.0
    for column, at in zip(values.T, edges, strict=True):
        counts = np.diff(np.searchsorted(np.sort(column), at), prepend=0, append=N_ROWS)
        off = max(off, np.abs(counts / N_ROWS - 1 / N_BINS).max())
    return off


def main():
    """Run the study and store it."""
    values = np.asfortranarray(np.random.default_rng(0).normal(size=(N_ROWS, N_COLUMNS)))
    batches = [values[start : start + BATCH] for start in range(0, N_ROWS, BATCH)]
    rows = []
    ways = (
        ("sketch", of_sketches, 200),
        ("sketch", of_sketches, 2000),
        ("sample", of_sample, 200_000),
    )
    for name, quantiles, size in ways:
        start = time.process_time()
        edges = quantiles(batches, size)
        seconds = time.process_time() - start
        row = {"way": name, "size": size, "seconds": f"{seconds:.2f}"}
        rows.append({**row, "largest_error": f"{largest_error(values, edges):.5f}"})
        print(rows[-1], flush=True)
    with Path(__file__).with_suffix(".csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
