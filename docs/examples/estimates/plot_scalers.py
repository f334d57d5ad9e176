"""
Which scaler?
=============

Two columns tell about y. On the left, columns of small noise join them; on the right, one of the
two comes in ever larger units. Which normalization stands that?
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from skmi import KSG, GlobalLinfScaler, LocalScaler, NormalScoreScaler, ScaleInvariantMI
from skmi.exceptions import UnitsWarning

rng = np.random.default_rng(0)
X = rng.normal(size=(1000, 2))
y = X + 0.5 * rng.normal(size=X.shape)
truth = np.log(1 + 1 / 0.5**2)
noise = 0.01 * rng.normal(size=(1000, 16))

scalers = {
    "each column alone (local)": LocalScaler(),
    "all by one factor (global)": GlobalLinfScaler(),
    "ranks (normal scores)": NormalScoreScaler(),
}
n_noise = [0, 1, 2, 4, 8, 16]
units = [1, 3, 10, 30, 100, 300]

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
for name, scaler in scalers.items():
    estimator = ScaleInvariantMI(KSG(), scaler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnitsWarning)  # each fit warns of such columns
        noisy = [estimator.fit(np.hstack([X, noise[:, :n]]), y).mi_ for n in n_noise]
        mixed = [estimator.fit(X * [1, unit], y).mi_ for unit in units]
    left.plot(n_noise, noisy, marker="o", label=name)
    right.semilogx(units, mixed, marker="o")
for ax in left, right:
    ax.axhline(truth, color="black", linestyle=":", label="truth")
left.set(xlabel="columns of small noise", ylabel="mutual information (nats)", ylim=(0, None))
right.set(xlabel="unit of the second column")
left.legend()
plt.show()

# %%
# One factor for all columns keeps small columns small, and wants comparable units to begin with.
# Scaling each column alone is the other way round. :doc:`/user_guide/scalers` says more.
