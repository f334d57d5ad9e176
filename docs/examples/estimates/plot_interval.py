"""
How far off may the number be?
==============================

An estimate comes from a sample, and another sample gives another one. An interval should hold the
truth 19 times out of 20. Here are 20 samples of the same source.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from skmi import mutual_info_interval
from skmi.datasets import CorrelatedGaussians
from skmi.exceptions import DriftWarning

sampler = CorrelatedGaussians(n_features=1, correlation=0.7)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DriftWarning)  # we ask the intervals themselves
    intervals = [
        mutual_info_interval("auto", *sampler.sample(300, random_state=seed), random_state=0)
        for seed in range(20)
    ]
low, high = np.array([(interval.low, interval.high) for interval in intervals]).T
holds = (low <= sampler.mutual_info) & (sampler.mutual_info <= high)
print(f"{holds.sum()} of {holds.size} intervals hold the truth")

# %%
# The line is the truth. An interval that misses it is red. One that calls itself unreliable,
# because the estimates of smaller and smaller parts do not lie on a line, is grey.

figure, ax = plt.subplots(layout="constrained")
for position, (interval, held) in enumerate(zip(intervals, holds, strict=True)):
    color = "0.6" if not interval.is_reliable else "C0" if held else "C3"
    ax.plot([interval.low, interval.high], [position] * 2, color=color, linewidth=2.5)
ax.plot([interval.estimate for interval in intervals], range(20), "k.")
ax.axvline(sampler.mutual_info, color="black", linestyle=":")
ax.set(xlabel="mutual information (nats)", ylabel="sample", yticks=[0, 5, 10, 15])
plt.show()
