"""
Does the unit matter?
=====================

A length in metres or in miles is the same length, and mutual information does not depend on such
a choice. An estimate by nearest neighbours does, unless both sides are brought to a common scale
first.

Here two columns are measured twice, the second time with noise. The truth is known. We multiply
the second reading by factors from a thousandth to a thousand.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi.datasets import AdditiveGaussianNoise
from skmi.inspection import ScaleCurveDisplay

sampler = AdditiveGaussianNoise(n_features=2, noise_std=0.5)
X, y = sampler.sample(1000, random_state=0)

figure, ax = plt.subplots(layout="constrained")
factors = np.logspace(-3, 3, 25)
ScaleCurveDisplay.from_estimator(["ksg", "ksg-global-linf", "auto"], X, y, factors=factors, ax=ax)
ax.axhline(sampler.mutual_info, color="black", linestyle=":", label="truth")
ax.legend()
plt.show()

# %%
# ``"ksg"`` is right only where the two sides happen to be about equally large. The other two are
# horizontal lines. No choice of units can change them.
