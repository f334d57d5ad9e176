"""The way of a call through the house: ``python -m tests.perf.trace``.

For each public call: files of skmi entered, moves from one of them to another, validations
(`check_array`), clones, calls of `get_params`, and milliseconds when all is warm.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

import skmi
from skmi import conditional_mutual_info, make_estimator, mutual_info
from skmi.feature_selection import JointMISelector, feature_mutual_info
from skmi.model_selection import mutual_info_permutation_test

HOUSE = str(Path(skmi.__file__).parent)


def trace(call):
    """What a call enters and asks for."""
    files, moves, asked = set(), 0, {"check_array": 0, "clone": 0, "get_params": 0}

    def note(frame, event, _):
        nonlocal moves
        if event != "call":
            return
        name, file = frame.f_code.co_name, frame.f_code.co_filename
        if name in asked and "sklearn" in file and not file.startswith(HOUSE):
            asked[name] += 1
        if file.startswith(HOUSE):
            files.add(file)
            caller = frame.f_back
            while caller is not None and not caller.f_code.co_filename.startswith(HOUSE):
                caller = caller.f_back
            moves += caller is not None and caller.f_code.co_filename != file

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return len(files), moves, *asked.values()


def milliseconds(call, n_runs=30):
    """Median time of a call."""
    times = []
    for _ in range(n_runs):
        start = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def main():
    """Print a row for each call."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = X[:, 0] + rng.normal(size=200)
    local = make_estimator("ksg-local")
    calls = {
        "mutual_info": lambda: mutual_info(X, y),
        "mutual_info ksg-local": lambda: mutual_info(X, y, "ksg-local"),
        "conditional_mutual_info": lambda: conditional_mutual_info(X[:, 0], y, X[:, 1]),
        "feature_mutual_info": lambda: feature_mutual_info(X, y),
        "permutation test, 10": lambda: mutual_info_permutation_test(
            local, X, y, n_permutations=10, random_state=0
        ),
        "JointMISelector": lambda: JointMISelector(1).fit(X, y),
    }
    print(f"{'call':<26} files moves valid. clones get_params    ms")
    for name, call in calls.items():
        call()
        files, moves, valid, clones, params = trace(call)
        print(
            f"{name:<26} {files:5} {moves:5} {valid:6} {clones:6} {params:10} "
            f"{milliseconds(call):6.2f}"
        )


if __name__ == "__main__":
    main()
