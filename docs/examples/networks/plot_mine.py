"""
When can I trust MINE?
======================

MINE trains a network to tell pairs from shuffled pairs. With enough training a network learns its
samples by heart, and then finds information where there is none: these columns are independent,
and the truth is 0. Samples held out show when learning by heart begins.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from skmi import MINE
from skmi.inspection import MINECurveDisplay

X, y = np.random.default_rng(0).normal(size=(2, 200, 5))

careful = MINE(random_state=0).fit(X, y)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    by_heart = MINE(evaluation="train", early_stopping=False, random_state=0).fit(X, y)

figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
titles = f"by heart: {by_heart.mi_:.2f} nats", f"stopped: {abs(careful.mi_):.2f} nats"
for ax, estimator, title in zip(axes, (by_heart, careful), titles, strict=True):
    MINECurveDisplay.from_estimator(estimator, ax=ax)
    ax.axhline(0, color="black", linestyle=":")
    ax.set_title(title)
plt.show()

# %%
# The dotted line is the truth. On the right, the line of the held-out samples falls from the start:
# there was nothing to learn, and the first weights are taken. That is the default; the left is how
# most programs do it.
