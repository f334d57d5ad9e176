"""
Which estimator?
================

The answer depends on the number of columns. Here every column of X is correlated with one column
of y, and we add such pairs one after another. The truth grows in proportion.
"""

import matplotlib.pyplot as plt

from skmi import mutual_info
from skmi.datasets import CorrelatedGaussians

numbers = [1, 2, 4, 7, 10, 14]
samplers = [CorrelatedGaussians(n, correlation=0.7) for n in numbers]
samples = [sampler.sample(1000, random_state=0) for sampler in samplers]

figure, ax = plt.subplots(layout="constrained")
ax.plot(numbers, [sampler.mutual_info for sampler in samplers], "k:", label="truth")
for method in "auto", "ksg-global-linf", "ksg-local":
    estimates = [mutual_info(X, y, method, random_state=0) for X, y in samples]
    ax.plot(numbers, estimates, marker="o", label=method)
ax.set(xlabel="columns on either side", ylabel="mutual information (nats)")
ax.legend()
plt.show()

# %%
# In one or two columns all of them agree. In many columns a sample's nearest neighbours are far
# away, and estimates by neighbours alone fall short of the truth. ``"auto"``, the default of
# :func:`~skmi.mutual_info`, looks for the few combinations of columns that matter, and stays
# close to it.
#
# These columns are normal. :doc:`/user_guide/which_estimator` has others.
