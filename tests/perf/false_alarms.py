"""How often diagnostics warn of nothing: ``python -m tests.perf.false_alarms [SETS]``.

Reports by "auto" of ordinary Gaussian samples, so many of each kind (default 10): the share
that has a doubt, and the names of the findings. About six minutes on one core.
"""

import sys
from collections import Counter
from itertools import product

import numpy as np

from skmi import mutual_info_report
from tests.perf.coverage import gaussians


def main(n_sets=10):
    """Print a line for each kind of samples, and one for all."""
    total, found = 0, Counter()
    for n_samples, n_columns in product((300, 1000), (1, 2, 3, 5)):
        doubtful, names = 0, Counter()
        seeds = range(n_sets if n_samples == 300 else max(1, n_sets // 3))
        for correlation, seed in product((0.0, 0.6, 0.9), seeds):
            X, y = gaussians(np.random.default_rng(seed), n_samples, n_columns, correlation)
            report = mutual_info_report(X, y, n_permutations=10, random_state=seed)
            doubtful += bool(report.doubts)
            names.update(finding.name for finding in report.findings if finding.is_warning)
            total += 1
        found["any"] += doubtful
        print(n_samples, n_columns, f"{doubtful} of {3 * len(seeds)}", dict(names), flush=True)
    print(f"{found['any']} of {total} reports have a doubt")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
