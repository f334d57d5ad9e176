"""
How many false columns does a selection let in?
===============================================

Four of forty columns tell about y, and the others are noise. We draw such a table ten times and
count what is selected, with three meanings of "at a level of 5 %": each column's own p-value, the
expected part of false ones among all selected (``"fdr"``), or the probability of any (``"fwer"``).
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi.feature_selection import MutualInfoSelector

N_TABLES, N_COLUMNS, N_TRUE = 10, 40, 4
counts = {None: [], "fdr": [], "fwer": []}
for seed in range(N_TABLES):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, N_COLUMNS))
    y = X[:, :N_TRUE].sum(axis=1) + rng.normal(size=400)
    for correction, found in counts.items():
        selector = MutualInfoSelector(alpha=0.05, correction=correction, random_state=0)
        selected = selector.fit(X, y).get_support()
        found.append([selected[:N_TRUE].sum(), selected[N_TRUE:].sum()])

# %%
# Without a correction, 5 % of 36 columns of noise come in with the right ones: 1.8 a table.

means = np.array([np.mean(found, axis=0) for found in counts.values()])
figure, ax = plt.subplots(layout="constrained")
positions = np.arange(len(counts))
ax.bar(positions - 0.2, means[:, 0], 0.4, label="columns that tell (of 4)")
ax.bar(positions + 0.2, means[:, 1], 0.4, color="C3", label="columns of noise (of 36)")
ax.axhline(N_TRUE, color="black", linestyle=":", label="truth")
ax.set_xticks(positions, ["none", "fdr", "fwer"])
ax.set(xlabel="correction", ylabel="selected, mean of 10 tables")
ax.legend()
plt.show()
