"""Scores of single features against scikit-learn's, a thread each.

``make perf`` compares the values and reports the ratios, medians of one run;
``python -m tests.perf.test_feature_scores`` prints the table of the documentation.
"""

import statistics
import time

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from skmi.feature_selection import feature_mutual_info

# The target, n_samples.
CASES = [
    ("numbers", 1000),
    ("numbers", 10_000),
    ("numbers", 100_000),
    ("labels", 1000),
    ("labels", 10_000),
    ("labels", 100_000),
]
N_FEATURES = 10


def data(target, n_samples):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, N_FEATURES))
    y = X @ np.linspace(0, 1, N_FEATURES) + rng.normal(size=n_samples)
    return X, y if target == "numbers" else np.digitize(y, np.quantile(y, [1 / 3, 2 / 3]))


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure(target, n_samples):
    """Seconds of scikit-learn, of one thread, and of two: medians of alternating runs."""
    X, y = data(target, n_samples)
    reference = mutual_info_regression if target == "numbers" else mutual_info_classif
    expected = reference(X, y, random_state=0)
    # Of so many samples some nearly tie, and the noise decides.
    np.testing.assert_allclose(feature_mutual_info(X, y), expected, atol=1e-5)
    runs = [
        (
            seconds(lambda: reference(X, y, random_state=0)),
            seconds(lambda: feature_mutual_info(X, y)),
            seconds(lambda: feature_mutual_info(X, y, n_jobs=2)),
        )
        for _ in range(3 if n_samples >= 100_000 else 9)
    ]
    return [statistics.median(column) for column in zip(*runs, strict=True)]


@pytest.mark.parametrize(("target", "n_samples"), CASES)
def test_values_are_those_of_scikit_learn(target, n_samples, benchmark):
    reference, one, two = benchmark.pedantic(measure, args=(target, n_samples), rounds=1)
    benchmark.extra_info.update(ratio_one_thread=reference / one, ratio_two=reference / two)


if __name__ == "__main__":
    print("| target | n | scikit-learn | one thread | two threads | ratio |")
    print("|---|---|---|---|---|---|")
    for target, n_samples in CASES:
        reference, one, two = measure(target, n_samples)
        print(
            f"| {target} | {n_samples} | {1e3 * reference / N_FEATURES:.2f} ms "
            f"| {1e3 * one / N_FEATURES:.3f} ms ({reference / one:.1f}×) "
            f"| {1e3 * two / N_FEATURES:.3f} ms | {reference / two:.1f}× |",
            flush=True,
        )
