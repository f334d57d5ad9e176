"""
Is it more than chance?
=======================

Points on a noisy ring: x and y are not correlated, yet each tells about the other. A permutation
test compares the estimate with those of shuffled pairs, which are independent.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi import mutual_info_permutation_test

rng = np.random.default_rng(0)
angle = rng.uniform(0, 2 * np.pi, size=300)
x, y = np.array([np.cos(angle), np.sin(angle)]) + 0.25 * rng.normal(size=(2, 300))
print(f"correlation {np.corrcoef(x, y)[0, 1]:.2f}")

result = mutual_info_permutation_test("auto", x, y, n_permutations=199, random_state=0)
print(result)

# %%
# None of the shuffled pairs comes near.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
left.plot(x, y, ".")
left.set(xlabel="x", ylabel="y", aspect="equal")
right.hist(result.null_distribution, bins=25, color="0.75", label="shuffled")
right.axvline(result.statistic, color="C0", linewidth=2.5, label="as measured")
right.set(xlabel="mutual information (nats)", ylabel="permutations")
right.set_title(f"p = {result.pvalue:.3f}")
right.legend()
plt.show()
