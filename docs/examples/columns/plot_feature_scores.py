"""
Which columns matter, and how sure am I?
========================================

Ten measurements of 442 patients, and how far their disease had progressed a year later. To each
column we add a shuffled copy. It has the same values and cannot tell anything, so that we know ten
of the twenty answers.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_diabetes

from skmi.feature_selection import MutualInfoSelector
from skmi.inspection import FeatureScoreDisplay

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
X["sex"] = X["sex"].astype("category")
rng = np.random.default_rng(1)
for name in list(X):
    X[f"{name} (shuffled)"] = rng.permutation(X[name])
X["sex (shuffled)"] = X["sex (shuffled)"].astype("category")

# %%
# The selector tests each column by permutations. It keeps the expected part of false columns among
# those selected below 5 % (Benjamini and Hochberg).

selector = MutualInfoSelector(alpha=0.05, random_state=0).fit(X, y)
print(*selector.get_feature_names_out(), sep=", ")

# %%
# Stars are at what was selected. No shuffled column is among them. Some real columns score no
# higher than shuffled ones: about those the table says nothing.

FeatureScoreDisplay.from_estimator(selector)
plt.show()
