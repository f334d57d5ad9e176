"""
What speaks against this estimate?
==================================

Ten columns with noise, 500 samples, and an estimate by nearest neighbours among all columns. It is
far too low. How would we know, if the truth were not known?
"""

import matplotlib.pyplot as plt

from skmi import mutual_info, mutual_info_diagnostics
from skmi.datasets import AdditiveGaussianNoise

sampler = AdditiveGaussianNoise(n_features=10, noise_std=1.0)
X, y = sampler.sample(500, random_state=0)
print(mutual_info_diagnostics("ksg-global-linf", X, y, random_state=0))

# %%
# One of these tests can be drawn: an estimate that still moves with the number of samples has not
# arrived.

figure, ax = plt.subplots(layout="constrained")
numbers = [125, 250, 500, 1000, 2000]
for method in "auto", "ksg-global-linf":
    estimates = [
        mutual_info(*sampler.sample(n, random_state=0), method, random_state=0) for n in numbers
    ]
    ax.semilogx(numbers, estimates, marker="o", label=method)
ax.axhline(sampler.mutual_info, color="black", linestyle=":", label="truth")
ax.set_xticks(numbers, numbers)
ax.minorticks_off()
ax.set(xlabel="samples", ylabel="mutual information (nats)")
ax.legend()
plt.show()
