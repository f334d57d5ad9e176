"""Size and power of the test: ``python -m tests.perf.conditional_independence``.

The table of the user guide's page on conditional mutual information: rejections at 5%
among 200 data sets (100 for power) of 200 samples.
"""

import numpy as np

from skmi.model_selection import conditional_independence_test


def rejections(n_conditions, link, n_neighbors, n_data_sets, n_samples=200):
    """The part of data sets whose p-value is at most 0.05."""
    rejected = 0
    for seed in range(n_data_sets):
        rng = np.random.default_rng(seed)
        z = rng.normal(size=(n_samples, n_conditions))
        shared = z.mean(axis=1) * np.sqrt(n_conditions)
        noise, other = rng.normal(size=(2, n_samples))
        options = {"n_neighbors": n_neighbors, "n_permutations": 99, "random_state": seed}
        x, y = shared + noise, shared + link * noise + other
        rejected += conditional_independence_test(x, y, z, **options)[2] <= 0.05
    return rejected / n_data_sets


def main():
    """Print a line for each number of conditions."""
    print("columns of z, then size and power, each for k = 3 and k = 20")
    for n_conditions in (1, 2, 4):
        size = [rejections(n_conditions, 0.0, k, 200) for k in (3, 20)]
        power = [rejections(n_conditions, 0.5, k, 100) for k in (3, 20)]
        print(n_conditions, *(f"{value:.2f}" for value in size + power), flush=True)


if __name__ == "__main__":
    main()
