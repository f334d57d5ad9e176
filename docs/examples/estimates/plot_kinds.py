"""
Numbers or labels?
==================

Thirty shops with numbers from 0 to 29, each with a price level of its own. What does the number of
the shop tell about a price? Everything about the level, but only if it is taken for a label: shops
7 and 8 are no more alike than 7 and 23.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

from skmi import mutual_info

N_SHOPS = 30
rng = np.random.default_rng(0)
levels = rng.normal(scale=2, size=N_SHOPS)

# The truth: entropy of the prices of all shops less that of the prices of one.
grid = np.linspace(-12, 12, 4001)
density = norm.pdf(grid[:, None] - levels).mean(axis=1)
truth = -np.trapezoid(density * np.log(density), grid) - norm.entropy()

numbers = [300, 600, 1200, 2400, 4800]
estimates = {True: [], False: []}
for n_samples in numbers:
    shop = rng.integers(0, N_SHOPS, size=n_samples)
    price = levels[shop] + rng.normal(size=n_samples)
    for discrete, found in estimates.items():
        found.append(mutual_info(shop, price, discrete_features=discrete))

figure, ax = plt.subplots(layout="constrained")
ax.semilogx(numbers, estimates[True], marker="o", label="as labels")
ax.semilogx(numbers, estimates[False], marker="o", label="as numbers")
ax.axhline(truth, color="black", linestyle=":", label="truth")
ax.set_xticks(numbers, numbers)
ax.minorticks_off()
ax.set(xlabel="samples", ylabel="mutual information (nats)", ylim=(0, None))
ax.legend()
plt.show()

# %%
# Without ``discrete_features`` integers are labels if each of them has 20 samples on average, and
# strings, booleans and categories always are. :doc:`/user_guide/kinds` has the rules.
