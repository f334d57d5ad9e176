"""
What if no column tells anything alone?
=======================================

The sign of y is the product of two signs, as on a chessboard. Either column alone tells nothing,
and a ranking of single scores cannot find them among columns of noise. Pairs can.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi.feature_selection import JointMISelector, feature_mutual_info
from skmi.inspection import FeatureScoreDisplay

rng = np.random.default_rng(0)
X = rng.uniform(-1, 1, size=(600, 8))
y = np.where(X[:, 2] * X[:, 5] > 0, "white", "black")  # log 2 = 0.69 nats from both

selector = JointMISelector(2, group_size=2).fit(X, y)
print(f"selected: columns {selector.path_.tolist()}, {selector.scores_[-1]:.2f} nats together")

# %%
# On the left each column's own score. The selected ones are no higher than the others.

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
alone = feature_mutual_info(X, y, clip=False)
FeatureScoreDisplay.from_scores(alone, selected=selector.get_support(), ax=left)
for label, color in ("white", "C1"), ("black", "0.3"):
    right.plot(*X[y == label][:, selector.path_].T, ".", color=color, label=label)
right.set(xlabel=f"x{selector.path_[0]}", ylabel=f"x{selector.path_[1]}", aspect="equal")
right.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
