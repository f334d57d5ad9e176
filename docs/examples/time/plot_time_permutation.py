"""
Why are my p-values so small?
=============================

Two series that have nothing to do with each other, but each remembers its own past. A test that
shuffles single values destroys the memory, and then takes two slow waves for a link. Shifting one
series as a whole keeps it.

At a level of 5 %, 5 % of such pairs should be rejected.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.signal import lfilter

from skmi import mutual_info_permutation_test

memories = [0.0, 0.5, 0.8, 0.95]
rejected = {"iid": [], "circular": []}
for memory in memories:
    noise = np.random.default_rng(0).normal(size=(40, 2, 400))
    pairs = lfilter([1], [1, -memory], noise)[:, :, 200:]
    for permutation, found in rejected.items():
        pvalues = [
            mutual_info_permutation_test(
                "ksg-local",
                x,
                y,
                n_permutations=39,
                permutation=permutation,
                random_state=0,
            ).pvalue
            for x, y in pairs
        ]
        found.append(np.mean(np.array(pvalues) <= 0.05))

figure, ax = plt.subplots(layout="constrained")
for permutation, found in rejected.items():
    ax.plot(memories, found, marker="o", label=f'permutation="{permutation}"')
ax.axhline(0.05, color="black", linestyle=":", label="5 %, as it should be")
ax.set(xlabel="correlation with the value before", ylabel="part of 40 pairs rejected")
ax.legend()
plt.show()
