"""
Which few columns tell most together?
=====================================

The two best columns by themselves may tell the same thing twice. A cell's radius and its area do.
Selected jointly, the second is the one that adds most to the first.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

from skmi import mutual_info
from skmi.feature_selection import JointMISelector, feature_mutual_info

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
tumour = np.where(y == 0, "malignant", "benign")

best_alone = np.argsort(feature_mutual_info(X, tumour))[::-1][:2]
together = JointMISelector(2, n_neighbors=10).fit(X, tumour).path_

# %%
# On the left the points lie along a line, so that the second column adds little. On the right it
# parts what the first leaves mixed. The entropy of the diagnosis, 0.66 nats, is the most there is.

figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
pairs = {"best alone": best_alone, "best together": together}
for ax, (title, pair) in zip(axes, pairs.items(), strict=True):
    columns = X.iloc[:, pair]
    mi = mutual_info(columns, tumour, "ksg-local", n_neighbors=10)
    for label in "malignant", "benign":
        ax.scatter(*columns[tumour == label].to_numpy().T, s=8, alpha=0.6, label=label)
    ax.set(xlabel=columns.columns[0], ylabel=columns.columns[1], title=f"{title}: {mi:.2f} nats")
axes[0].legend()
plt.show()
