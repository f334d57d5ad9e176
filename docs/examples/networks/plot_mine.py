"""
When can I trust MINE?
======================

MINE trains a network to tell pairs from shuffled pairs. With enough training a network learns its
samples by heart, and the estimate grows without end. Samples held out show when that begins.
"""

import warnings

import matplotlib.pyplot as plt

from skmi import MINE
from skmi.datasets import AdditiveGaussianNoise
from skmi.inspection import MINECurveDisplay

sampler = AdditiveGaussianNoise(n_features=4, noise_std=1.0)
X, y = sampler.sample(300, random_state=0)

careful = MINE(random_state=0).fit(X, y)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns, and rightly
    by_heart = MINE(evaluation="train", early_stopping=False, max_epochs=400, random_state=0).fit(
        X, y
    )

figure, axes = plt.subplots(1, 2, figsize=(9, 4), sharey=True, layout="constrained")
titles = f"stopped: {careful.mi_:.2f} nats", f"400 epochs: {by_heart.mi_:.2f} nats"
for ax, estimator, title in zip(axes, (careful, by_heart), titles, strict=True):
    MINECurveDisplay.from_estimator(estimator, ax=ax)
    ax.axhline(sampler.mutual_info, color="black", linestyle=":")
    ax.set(title=title, ylim=(-1, 5))
plt.show()

# %%
# The dotted line is the truth. Where the two curves part, the network begins to learn by heart.
# What speaks against an estimate is in ``doubts_``, and ``fit`` warns of it:

for name, doubt in by_heart.doubts_.items():
    print(f"{name}: {doubt}")
