"""One table of ratios against other libraries: ``make bench``.

All kernels are compiled first, once per installation. Processor time of the fastest of several
runs on one thread; a ratio above 1 says how many times faster skmi is, one below 1 how much
slower. The last column is the largest difference between the values, in nats.
"""

import os

for _library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):  # to be said before numpy is loaded
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import platform
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from skmi import compile_kernels

from .cases import CASES, Case

N_RUNS = 5
# Slow ones are not run again: seconds.
LONG = 2.0
PEERS = ["scikit-learn", "scipy", "ennemi", "infomeasure", "libKSG", "npeet-plus"]


def time_and_value(function: Callable[..., Any], sample: tuple[Any, ...]) -> tuple[float, Any]:
    """Seconds of the fastest run, and what came out."""
    value = np.asarray(function(*sample), dtype=float)
    seconds = np.inf
    for _ in range(N_RUNS):
        start = time.process_time()
        function(*sample)
        seconds = min(seconds, time.process_time() - start)
        if seconds > LONG:
            break
    return seconds, value


def compare(case: Case) -> list[list[str]]:
    """The rows of a case, one for each peer."""
    sample = case.draw()
    own_seconds, own_value = time_and_value(case.ours, sample)
    rows = []
    for name, peer in case.peers.items():
        first = "" if rows else case.name
        ours = "" if rows else in_words(own_seconds)
        try:
            seconds, value = time_and_value(peer, sample)
        except ImportError:
            rows.append([first, ours, name, "not installed", "", ""])
            continue
        difference = np.abs(value - own_value).max()
        ratio = f"{seconds / own_seconds:.3g}"
        rows.append([first, ours, name, in_words(seconds), ratio, f"{difference:.1g}"])
    return rows


def in_words(seconds: float) -> str:
    """In milliseconds."""
    return f"{1000 * seconds:.3g} ms"


def machine() -> str:
    """Where this was measured, and with what."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(each.split(":")[1].strip() for each in lines if each.startswith("model name"))
    except (OSError, StopIteration):
        name = platform.processor() or platform.machine()
    libraries = []
    for library in ["skmi", "numpy", "numba", *PEERS]:
        try:
            libraries.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    where = f"{name}, {os.cpu_count()} processors, {platform.system()}"
    return f"{where}, Python {platform.python_version()}; {', '.join(libraries)}."


def main() -> None:
    """Print the table, row by row, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="cases whose name contains this")
    wanted = parser.parse_args().only
    warnings.simplefilter("ignore")
    compile_kernels()
    print(machine(), end="\n\n")
    print("| what | skmi | peer | its time | times skmi's | difference |")
    print("|---|---|---|---|---|---|")
    for case in CASES:
        if wanted in case.name:
            for row in compare(case):
                print("|", " | ".join(row), "|", flush=True)


if __name__ == "__main__":
    main()
