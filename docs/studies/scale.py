"""How cost grows with samples and columns: ``make bench-scale``, some three minutes.

Processor seconds of one thread, for every engine and estimator and for peers: over the number
of samples, and over that of columns. A series ends before a measurement that would take longer
than two seconds. Writes ``scale.csv`` and ``scale_summary.csv`` beside this file and
``docs/_static/scale.png``; names of series as arguments measure these alone anew. ennemi runs in
a Python of its own, which ``--ennemi`` names, if it cannot be imported. ``--largest`` measures
what ten million samples take, and writes ``scale_largest.csv``.
"""

import argparse
import csv
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import digamma
from sklearn.feature_selection import mutual_info_regression

from skmi import compile_kernels, conditional_mutual_info, make_estimator
from skmi.neighbors import Query, count_neighbors
from skmi.neighbors._counter import make_engine

HERE = Path(__file__).parent
STORE, SUMMARY = HERE / "scale.csv", HERE / "scale_summary.csv"
LARGEST = HERE / "scale_largest.csv"
PICTURE = HERE.parent / "_static" / "scale.png"

SAMPLES = [300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
COLUMNS = [1, 2, 3, 5, 10, 30, 100, 300]
# Samples where columns are many, and columns of each side where samples are many.
FEW_SAMPLES, FEW_COLUMNS = 1000, 2
LONGEST = 2.0
# What takes less is repeated, and the median taken.
SHORT, REPEATS = 0.3, 3
PAPER = np.arange(1, 21) / 10
# How they are drawn.
PEERS = {"scipy": "s", "scikit-learn": "o", "ennemi": "^"}
LARGE_SIZES = ["100000x1", "1000000x1", "10000000x1", "100000x2", "1000000x2"]

ENNEMI = """
import sys, time
import numpy as np
from ennemi import estimate_mi
for n in map(int, sys.argv[1].split(",")):
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    y = x + rng.normal(size=n)
    start = time.process_time()
    estimate_mi(y, x, k=3, max_threads=1)
    seconds = time.process_time() - start
    print(n, seconds, flush=True)
    if 4 * seconds > 2.0:
        break
"""


def draw(n_samples, n_columns):
    """Two variables, the second the first and noise."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_columns))
    return X, X + rng.normal(size=X.shape)


def by_engine(engine, X, y, scales=(1.0,)):
    """Counts by one engine."""
    count_neighbors(X, y, 3, scales=scales, algorithm=engine)


def by_permutation(X, y):
    """One more permutation, the distances sorted."""
    order = np.random.default_rng(1).permutation(len(X))
    engine = make_engine("sorted")(X, y, Query(3))
    engine.count_permuted(order, np.ones(1))  # sorts
    return lambda: engine.count_permuted(order, np.ones(1))


def by_estimator(name, X, y):
    """A fit by the name of a recipe."""
    make_estimator(name).fit(X, y)


def given_a_third(X, y):
    """A condition of as many columns that tells nothing."""
    conditional_mutual_info(X, y, X[::-1])


def by_scipy(X, y):
    """KSG as it is usually written: a tree of both sides, and one of each."""
    both = np.hstack([X, y])
    radius = cKDTree(both).query(both, 4, p=np.inf)[0][:, -1]
    below = np.nextafter(radius, 0)
    n_x, n_y = (
        cKDTree(side).query_ball_point(side, below, p=np.inf, return_length=True) for side in (X, y)
    )
    return digamma(3) + digamma(len(X)) - np.mean(digamma(n_x) + digamma(n_y))


def by_scikit_learn(X, y):
    """One column on either side."""
    mutual_info_regression(X, y[:, 0], n_neighbors=3, random_state=0)


class Series:
    """One curve: what is called, over what, on which panel."""

    def __init__(self, panel, call: Callable, n_columns=None):
        self.panel, self.call, self.n_columns = panel, call, n_columns

    def points(self):
        """Pairs of samples and columns, growing."""
        if self.panel.endswith("columns"):
            return [(FEW_SAMPLES, d) for d in COLUMNS]
        return [(n, self.n_columns) for n in SAMPLES]


def all_series():
    """The curves by name."""
    engines = {name: partial(by_engine, name) for name in ("dense", "brute", "kd_tree", "torch")}
    over = {
        **{f"{name}, 1 + 1": Series("engines, samples", c, 1) for name, c in engines.items()},
        "line, 1 + 1": Series("engines, samples", partial(by_engine, "line"), 1),
        "sorted, a permutation, 1 + 1": Series("engines, samples", by_permutation, 1),
        "kd_tree, 20 scales, 1 + 1": Series(
            "engines, samples", partial(by_engine, "kd_tree", scales=PAPER), 1
        ),
        "kd_tree, 2 + 2": Series("engines, samples", engines["kd_tree"], 2),
        "kd_tree, 3 + 3": Series("engines, samples", engines["kd_tree"], 3),
        **{f"{name}, columns": Series("engines, columns", c) for name, c in engines.items()},
        "brute, 20 scales, columns": Series(
            "engines, columns", partial(by_engine, "brute", scales=PAPER)
        ),
    }
    for name in ("gaussian", "ksg-local", "bi-ksg", "ksg-global-linf", "canonical-ksg", "auto"):
        call = partial(by_estimator, name)
        over[f"{name}, 2 + 2"] = Series("estimators, samples", call, FEW_COLUMNS)
        over[f"{name}, columns"] = Series("estimators, columns", call)
    over["conditional, 2 + 2 | 2"] = Series("estimators, samples", given_a_third, FEW_COLUMNS)
    over["conditional, columns"] = Series("estimators, columns", given_a_third)
    over["scipy cKDTree, 1 + 1"] = Series("engines, samples", by_scipy, 1)
    over["scipy cKDTree, 2 + 2"] = Series("estimators, samples", by_scipy, FEW_COLUMNS)
    over["scipy cKDTree, columns"] = Series("estimators, columns", by_scipy)
    over["scikit-learn, 1 + 1"] = Series("engines, samples", by_scikit_learn, 1)
    return over


def seconds(call, X, y):
    """Of processor time; `call` may give what is to be timed alone."""
    made = call(X, y) if call is by_permutation else partial(call, X, y)
    times = []
    while len(times) < REPEATS:
        start = time.process_time()
        made()
        times.append(time.process_time() - start)
        if times[0] > SHORT:
            break
    return float(np.median(times))


def measure(series):
    """Rows of samples, columns and seconds, up to what takes too long."""
    rows, spent = [], []
    for n_samples, n_columns in series.points():
        if series.call is by_permutation and n_samples > 5000:
            break  # of memory
        spent.append(seconds(series.call, *draw(n_samples, n_columns)))
        rows.append((n_samples, n_columns, spent[-1]))
        growth = spent[-1] / spent[-2] if len(spent) > 1 else 1.0
        if spent[-1] * max(1.0, growth) > LONGEST:
            break
    return rows


def measure_ennemi(python):
    """As `measure`, in a Python that has ennemi."""
    sizes = ",".join(map(str, SAMPLES))
    done = subprocess.run([python, "-c", ENNEMI, sizes], capture_output=True, text=True, check=True)
    return [(int(n), 1, float(s)) for n, s in map(str.split, done.stdout.splitlines())]


def read():
    """Panel and rows of each series stored."""
    if not STORE.exists():
        return {}
    stored = {}
    with STORE.open() as file:
        for row in csv.DictReader(file):
            point = int(row["samples"]), int(row["columns"]), float(row["seconds"])
            stored.setdefault(row["series"], (row["panel"], []))[1].append(point)
    return stored


def write(stored):
    """Store all series."""
    with STORE.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["panel", "series", "samples", "columns", "seconds"])
        for name, (panel, rows) in stored.items():
            out.writerows([panel, name, n, d, f"{s:.4g}"] for n, d, s in rows)


def slope(rows, position):
    """How the seconds grow at the end: with what power of the samples or columns."""
    last = rows[-1]
    tail = [row for row in rows if row[position] * 10 >= last[position] and row[2] > 0.0]
    if len(tail) < 2:
        return float("nan")
    sizes, times = (np.log([row[column] for row in tail]) for column in (position, 2))
    return float(np.polyfit(sizes, times, 1)[0])


def summarize(stored):
    """Store the last point of each series, and how it grows there."""
    with SUMMARY.open("w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["series", "samples", "columns of each", "seconds", "power"])
        for name, (panel, rows) in stored.items():
            over_columns = panel.endswith("columns")
            power = slope(rows, 1 if over_columns else 0)
            n, d, s = rows[-1]
            out.writerow([name, n, d, f"{s:.3g}", f"{power:.2f}"])


def draw_picture(stored):
    """All series, peers dotted."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    panels = ["engines, samples", "engines, columns", "estimators, samples", "estimators, columns"]
    figure, axes = plt.subplots(2, 2, figsize=(13, 10), layout="constrained")
    for ax, panel in zip(axes.flat, panels, strict=True):
        position = 1 if panel.endswith("columns") else 0
        for name, (where, rows) in stored.items():
            if where != panel:
                continue
            label = name.removesuffix(", columns")
            points = [row[position] for row in rows], [row[2] for row in rows]
            peer = next((mark for who, mark in PEERS.items() if name.startswith(who)), None)
            style = {"color": "k", "linestyle": ":", "marker": peer} if peer else {"marker": "."}
            ax.loglog(*points, label=label, **style)
        ax.set(title=panel.replace(", ", " over "), ylabel="processor seconds")
        ax.set_xlabel("columns of each side" if position else "samples")
        ax.legend(fontsize=8)
        ax.grid(alpha=0.3)
    figure.savefig(PICTURE, dpi=100)


LARGE = """
import resource, sys, time
from pathlib import Path
import numpy as np
from skmi import KSG, compile_kernels
n, d = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(0)
X = rng.normal(size=(n, d))
y = X + rng.normal(size=X.shape)
compile_kernels()
def memory(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))
Path("/proc/self/clear_refs").write_text("5")  # forgets the peak so far
before = memory("VmRSS")
start = time.perf_counter(), time.process_time()
KSG(n_jobs=2).fit(X, y)
wall, processor = time.perf_counter() - start[0], time.process_time() - start[1]
data = (X.nbytes + y.nbytes) / 2**20
print(f"{n},{d},{wall:.1f},{processor:.2f},{data:.0f},{memory('VmHWM') - before:.0f}")
"""


def measure_largest(sizes):
    """Of KSG on two threads; sizes are pairs of samples and columns, each a process."""
    header = "samples,columns of each,seconds,processor seconds,data (MiB),peak above data (MiB)"
    lines = LARGEST.read_text().splitlines()[1:] if LARGEST.exists() else []
    rows = {tuple(line.split(",")[:2]): line for line in lines}
    for n, d in sizes:
        command = [sys.executable, "-c", LARGE, str(n), str(d)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        rows[str(n), str(d)] = done.stdout.strip()
        print(rows[str(n), str(d)], flush=True)
    ordered = sorted(rows.values(), key=lambda row: [int(v) for v in row.split(",")[1::-1]])
    LARGEST.write_text("\n".join([header, *ordered, ""]))


def main():
    """Run the study and store it."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("series", nargs="*", help="those to measure; default: all")
    parser.add_argument("--ennemi", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--largest", nargs="*", metavar="SAMPLESxCOLUMNS")
    arguments = parser.parse_args()
    if arguments.largest is not None:
        sizes = arguments.largest or [
            "100000x1",
            "1000000x1",
            "10000000x1",
            "100000x2",
            "1000000x2",
        ]
        measure_largest([tuple(map(int, size.split("x"))) for size in sizes])
        return
    compile_kernels()
    make_estimator("gaussian").fit(*draw(100, 2))
    every, stored = all_series(), read()
    ennemi = "ennemi, 1 + 1"
    for name in arguments.series or [*every, ennemi]:
        if name == ennemi:
            stored[name] = "engines, samples", measure_ennemi(arguments.ennemi)
        else:
            by_engine("torch", *draw(100, 1))  # what loading it takes is not timed
            stored[name] = every[name].panel, measure(every[name])
        print(f"{name}: {stored[name][1][-1]}", flush=True)
        write(stored)
    summarize(stored)
    draw_picture(stored)


if __name__ == "__main__":
    main()
