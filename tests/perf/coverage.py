"""How often intervals hold the truth: ``python -m tests.perf.coverage``.

For each kind of Gaussian data, 200 data sets: the share of 95% intervals that hold the
truth, the standard deviation of the estimates beside the mean standard error, the bias,
and the share of intervals that say they are biased. Before that, how the variance falls
with the number of samples.
"""

import time
import warnings

import numpy as np
from joblib import Parallel, delayed

from skmi import make_estimator
from skmi.model_selection import mutual_info_interval

N_DATA_SETS = 200
ESTIMATORS = {
    "ksg-local": make_estimator("ksg-local"),
    "ksg-global-linf": make_estimator("ksg-global-linf"),
    "corrected": make_estimator("ksg-global-linf", correct_bias=True, random_state=0),
}
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


def interval_of(estimator, seed, *kind):
    warnings.simplefilter("ignore")
    X, y = gaussians(np.random.default_rng(seed), *kind)
    return mutual_info_interval(estimator, X, y, random_state=seed)


def study(estimator, n_samples, n_columns, correlation):
    truth = -0.5 * n_columns * np.log1p(-(correlation**2))
    found = Parallel(n_jobs=-1)(
        delayed(interval_of)(estimator, seed, n_samples, n_columns, correlation)
        for seed in range(N_DATA_SETS)
    )
    estimates = np.array([interval.estimate for interval in found])
    return (
        np.mean([interval.low <= truth <= interval.high for interval in found]),
        estimates.std(),
        np.sqrt(np.mean([interval.standard_error**2 for interval in found])),
        estimates.mean() - truth,
        np.mean([interval.is_biased for interval in found]),
    )


def variance_times_samples(n_samples, correlation, n_data_sets=2000):
    rng, estimator = np.random.default_rng(0), ESTIMATORS["ksg-local"]
    data = (gaussians(rng, n_samples, 1, correlation) for _ in range(n_data_sets))
    return n_samples * np.var([estimator.fit(X, y).mi_ for X, y in data])


if __name__ == "__main__":
    print("samples, and their number times the variance of an estimate, correlation 0.6")
    for n_samples in (30, 100, 300, 1000):
        print(f"{n_samples:>5} {variance_times_samples(n_samples, 0.6):.2f}", flush=True)
    print("estimator       samples columns correlation  coverage  deviation  error  bias  says so")
    for name, estimator in ESTIMATORS.items():
        for case in CASES if name == "ksg-local" else CASES[:4]:
            start = time.perf_counter()
            coverage, deviation, error, bias, says_so = study(estimator, *case)
            print(
                f"{name:<15} {case[0]:>6} {case[1]:>6} {case[2]:>10} {coverage:>12.3f}"
                f"{deviation:>10.3f} {error:>8.3f} {bias:>+8.3f} {says_so:>6.2f}"
                f"   ({time.perf_counter() - start:.0f} s)",
                flush=True,
            )
