"""
How many components?
====================

Principal components of images of digits, scored by what they tell about the digit, on images that
they were not made from. No classifier is needed whose own weaknesses would be measured as well.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from skmi import mutual_info_scorer

X, y = load_digits(return_X_y=True)
search = GridSearchCV(
    PCA(random_state=0),
    {"n_components": [1, 2, 3, 5, 7, 10, 15, 20, 30]},
    scoring=mutual_info_scorer(normalize="target"),
    cv=StratifiedKFold(3, shuffle=True, random_state=0),
).fit(X, y)
print(search.best_params_, f"{search.best_score_:.0%} of the entropy of the digit")

results = search.cv_results_
figure, ax = plt.subplots(layout="constrained")
ax.errorbar(
    results["param_n_components"],
    results["mean_test_score"],
    results["std_test_score"],
    marker="o",
    capsize=3,
)
ax.axhline(1, color="black", linestyle=":", label="all there is to know")
ax.set(xlabel="components", ylabel="part of the digit's entropy", ylim=(0, 1.05))
ax.legend(loc="lower right")
plt.show()

# %%
# More components cannot tell less. That the estimate falls again is its bias, which grows with the
# number of columns: read the curve as "about seven to ten are enough".
