"""Estimates against the number of columns: ``python docs/studies/dimensions.py``.

Each column of X has a partner in y, correlated with 0.6; then every column of y is cubed, which
changes no mutual information. 1000 samples, five draws. Writes ``dimensions.csv`` beside this
file and ``docs/_static/dimensions.png``; ``--draw`` draws alone. NPEET is NPEET_PLUS; where it is
not installed its column stays as it is in the file.
"""

import argparse
import csv
import time
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import norm, rankdata

HERE = Path(__file__).parent
CSV = HERE / "dimensions.csv"
PNG = HERE.parent / "_static" / "dimensions.png"
COLUMNS = [1, 2, 3, 5, 10, 20]
N_SAMPLES, N_DRAWS, CORRELATION = 1000, 5, 0.6


def truth(n_columns):
    """In nats."""
    return -0.5 * n_columns * np.log(1 - CORRELATION**2)


def draw(n_columns, seed):
    """A sample of both variables."""
    rng = np.random.default_rng([n_columns, seed])
    X, noise = rng.normal(size=(2, N_SAMPLES, n_columns))
    return X, (CORRELATION * X + np.sqrt(1 - CORRELATION**2) * noise) ** 3


def by_skmi(method):
    """A recipe, in one thread."""
    from skmi import mutual_info

    return lambda X, y: mutual_info(X, y, method=method)


def by_npeet(X, y):
    """KSG with three neighbours; it adds noise of 1e-10."""
    from npeet_plus import mi

    return mi(X, y, k=3, base=np.e)


def by_npeet_of_ranks(X, y):
    """The same after each column's ranks have been made normal scores, as its users may do."""
    return by_npeet(*(norm.ppf(rankdata(side, axis=0) / (N_SAMPLES + 1)) for side in (X, y)))


def by_infomeasure(X, y):
    """KSG with three neighbours, without its noise."""
    import infomeasure

    return infomeasure.mi(X, y, approach="ksg", k=3, noise_level=0)


METHODS = {
    "auto": by_skmi("auto"),
    "ksg-global-linf": by_skmi("ksg-global-linf"),
    "ksg": by_skmi("ksg"),
    "npeet": by_npeet,
    "npeet, ranks": by_npeet_of_ranks,
    "infomeasure": by_infomeasure,
}


def measure(n_columns, methods):
    """A row for each method and draw."""
    for name in methods:
        estimate = METHODS[name]
        for seed in range(N_DRAWS):
            X, y = draw(n_columns, seed)
            start = time.process_time()
            try:
                found = float(estimate(X, y))
            except ImportError:
                break
            seconds = time.process_time() - start
            yield [
                n_columns,
                name,
                seed,
                f"{truth(n_columns):.6f}",
                f"{found:.6f}",
                f"{seconds:.4f}",
            ]


def read():
    """The rows measured so far."""
    with CSV.open() as file:
        return list(csv.DictReader(file))


def show():
    """The picture."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    looks = {
        "auto": ("skmi, the default", "C0", "o-"),
        "npeet, ranks": ("NPEET, every column by its ranks", "C1", "s-"),
        "npeet": ("NPEET and infomeasure, as the data are", "C3", "v-"),
    }
    rows = read()
    figure, ax = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
    ax.plot([0, 20], [0, truth(20)], "k--", label="the truth")
    for name, (label, colour, style) in looks.items():
        found = {
            n: [
                float(r["estimate"]) for r in rows if r["method"] == name and int(r["columns"]) == n
            ]
            for n in COLUMNS
        }
        means, spreads = ([function(found[n]) for n in COLUMNS] for function in (np.mean, np.std))
        ax.errorbar(COLUMNS, means, spreads, fmt=style, color=colour, label=label, ms=4, capsize=2)
    ax.set(xlabel="columns of X and of y", ylabel="mutual information (nats)", xlim=(0, 20.5))
    ax.set_title(f"{N_SAMPLES} samples, mean and spread of {N_DRAWS} draws", fontsize=10)
    ax.legend(frameon=False)
    ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(PNG, dpi=110)


def main():
    """Measure what is asked for, and draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--columns", type=int, nargs="*", default=COLUMNS)
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=METHODS)
    parser.add_argument("--draw", action="store_true", help="draw alone, from the file")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if not given.draw:
        header = ["columns", "method", "draw", "truth", "estimate", "seconds"]
        kept = [list(r.values()) for r in read()] if CSV.exists() else []
        new = [row for n in given.columns for row in measure(n, given.methods)]
        done = {(str(row[0]), row[1]) for row in new}
        kept = [row for row in kept if (row[0], row[1]) not in done]
        with CSV.open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows(
                [header, *sorted(kept + new, key=lambda r: (int(r[0]), r[1], int(r[2])))]
            )
    if {row["columns"] for row in read()} >= set(map(str, COLUMNS)):
        show()


if __name__ == "__main__":
    main()
