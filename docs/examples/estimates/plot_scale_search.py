"""
How large should y be beside X?
===============================

After both sides are normalized, one number is left to choose: a factor ``c`` on y. An estimate by
neighbours falls when ``c`` is far too small or far too large, and mostly lies below the truth in
between. So the largest is the best.
"""

import matplotlib.pyplot as plt

from skmi import make_estimator
from skmi.datasets import CorrelatedGaussians
from skmi.inspection import RelativeScaleDisplay

sampler = CorrelatedGaussians(n_features=3, correlation=0.8)
X, y = sampler.sample(1000, random_state=0)
invariant = make_estimator("ksg-global-linf", scales="auto").fit(X, y)
print(f"{invariant.mi_:.2f} nats at c = {invariant.best_scale_:.2f}")

# %%
# The dotted line is the truth.

display = RelativeScaleDisplay.from_estimator(invariant)
display.ax_.axhline(sampler.mutual_info, color="black", linestyle=":")
plt.show()

# %%
# Where the variables are nearly independent, the largest of many noisy estimates is a little too
# large. ``score`` on other data keeps the ``c`` found and has no such optimism.
