"""
Two blocks of columns: how much do they share?
==============================================

Ten columns on one side, ten on the other, and only two hidden variables in common. Each block is
rotated, so that no single column shows what is shared. A rotation changes nothing about the truth,
which is therefore known.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi import mutual_info_interval, mutual_info_report
from skmi.datasets import SparseGaussians

sampler = SparseGaussians(n_features=10, n_informative=2, correlation=0.8)
rotations = np.linalg.qr(np.random.default_rng(0).normal(size=(2, 10, 10)))[0]


def draw(n_samples):
    X, y = sampler.sample(n_samples, random_state=1)
    return X @ rotations[0], y @ rotations[1]


# %%
# One call gives the estimate, an interval, a test of independence and what speaks against it.

mutual_info_report(*draw(1000), random_state=0)

# %%
# More samples make the interval narrower. In 250 samples of twenty columns the estimate is too low,
# and the interval leaves room for that.

numbers = [250, 500, 1000]
intervals = [
    mutual_info_interval("auto", *draw(n), n_splits=6, n_repeats=2, random_state=0) for n in numbers
]
middle = np.array([interval.estimate for interval in intervals])
ends = np.array([(interval.low, interval.high) for interval in intervals])

figure, ax = plt.subplots(layout="constrained")
bars = np.abs(ends.T - ends.mean(axis=1))
ax.errorbar(numbers, ends.mean(axis=1), bars, fmt="none", capsize=5, label="95% interval")
ax.plot(numbers, middle, "o", label="estimate")
ax.axhline(sampler.mutual_info, color="black", linestyle=":", label="truth")
ax.set(xscale="log", xlabel="samples", ylabel="mutual information (nats)")
ax.set_xticks(numbers, numbers)
ax.minorticks_off()
ax.legend()
plt.show()
