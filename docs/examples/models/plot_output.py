"""
What does a model's output tell beyond its label?
=================================================

Two models may be right equally often, while one of them knows when it is unsure. Their outputs are
of different kinds: probabilities here, a decision function in no unit there. In parts of what there
is to know they can be compared.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmi import mutual_info_scorer

X, y = load_breast_cancer(return_X_y=True)
scoring = {
    "output": mutual_info_scorer(normalize="target", n_neighbors=20),
    "label": mutual_info_scorer(normalize="target", response_method="predict"),
}
folds = StratifiedKFold(5, shuffle=True, random_state=0)
models = [
    DecisionTreeClassifier(random_state=0),
    GaussianNB(),
    RidgeClassifier(),
    LogisticRegression(),
]
found = []
for model in models:
    scores = cross_validate(make_pipeline(StandardScaler(), model), X, y, scoring=scoring, cv=folds)
    found.append((scores["test_output"].mean(), scores["test_label"].mean()))
output, label = np.array(found).T

figure, ax = plt.subplots(layout="constrained")
positions = np.arange(len(models))
ax.barh(positions + 0.2, output, 0.4, label="output")
ax.barh(positions - 0.2, label, 0.4, color="0.7", label="label alone")
ax.axvline(1, color="black", linestyle=":", label="all there is to know")
ax.set_yticks(positions, [type(model).__name__ for model in models])
ax.set(xlabel="part of the entropy of the diagnosis", xlim=(0, 1.05))
ax.legend(loc="lower center", bbox_to_anchor=(0.4, 1), ncols=3, frameon=False)
plt.show()

# %%
# A full-grown tree has nothing to say beyond its label.
