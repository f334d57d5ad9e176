"""How often intervals hold the truth: ``python -m tests.perf.coverage``.

For each kind of Gaussian data, 200 data sets: the share of 95% intervals that hold the
truth, the standard deviation of the estimates beside the mean standard error, the bias,
and the share of intervals that say they are biased.
"""

import warnings

import numpy as np

from skmi import make_estimator
from skmi.model_selection import mutual_info_interval

N_DATA_SETS = 200
CASES = [  # samples, columns on either side, correlation
    (300, 1, 0.0),
    (300, 1, 0.6),
    (300, 1, 0.9),
    (300, 2, 0.6),
    (1000, 2, 0.6),
    (300, 5, 0.7),
]


def gaussians(rng, n_samples, n_columns, correlation):
    X, noise = rng.normal(size=(2, n_samples, n_columns))
    return X, correlation * X + np.sqrt(1 - correlation**2) * noise


def study(estimator, n_samples, n_columns, correlation):
    truth = -0.5 * n_columns * np.log1p(-(correlation**2))
    found = []
    for seed in range(N_DATA_SETS):
        X, y = gaussians(np.random.default_rng(seed), n_samples, n_columns, correlation)
        found.append(mutual_info_interval(estimator, X, y, n_repeats=1, random_state=seed))
    estimates = np.array([interval.estimate for interval in found])
    return (
        np.mean([interval.low <= truth <= interval.high for interval in found]),
        estimates.std(),
        np.sqrt(np.mean([interval.standard_error**2 for interval in found])),
        estimates.mean() - truth,
        np.mean([interval.is_biased for interval in found]),
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print("estimator       samples columns correlation  coverage  deviation  error  bias  says so")
    for name in ("ksg-local", "ksg-global-linf"):
        for case in CASES:
            found = study(make_estimator(name), *case)
            coverage, deviation, error, bias, says_so = found
            print(
                f"{name:<15} {case[0]:>6} {case[1]:>6} {case[2]:>10} {coverage:>12.3f}"
                f"{deviation:>10.3f} {error:>8.3f} {bias:>+8.3f} {says_so:>6.2f}",
                flush=True,
            )
