"""
What if values are missing?
===========================

Filling gaps with the mean is the usual way to get on. It invents pairs that tell nothing, and so
the estimate falls with each gap. Leaving the rows out costs samples, but not the truth.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.impute import SimpleImputer

from skmi import mutual_info
from skmi.datasets import CorrelatedGaussians

sampler = CorrelatedGaussians(n_features=1, correlation=0.9)
X, y = sampler.sample(2000, random_state=0)
rng = np.random.default_rng(0)
shares = np.linspace(0, 0.8, 9)

left_out, filled = [], []
for share in shares:
    holes = np.where(rng.random(X.shape) < share, np.nan, X)
    left_out.append(mutual_info(holes, y, nan_policy="omit"))
    filled.append(mutual_info(SimpleImputer().fit_transform(holes), y))

figure, ax = plt.subplots(layout="constrained")
ax.plot(shares, left_out, marker="o", label='nan_policy="omit"')
ax.plot(shares, filled, marker="o", label="filled with the mean")
ax.axhline(sampler.mutual_info, color="black", linestyle=":", label="truth")
ax.set(xlabel="part of the values missing", ylabel="mutual information (nats)", ylim=(0, None))
ax.legend()
plt.show()
