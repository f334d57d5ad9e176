"""
Which encoder?
==============

A column of words has to become numbers before most models can use it. Each patient is in one of 36
cells, whose names say nothing about the disease. What is left of the cells after each encoding, on
patients it was not made from?
"""

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold, cross_val_score
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

from skmi import mutual_info_scorer

patients, disease = load_diabetes(return_X_y=True, as_frame=True)
bmi, blood = (pd.qcut(patients[name], 6, labels=False) for name in ("bmi", "s5"))
cells = pd.DataFrame({"cell": [f"{'cafebd'[i]}{j}" for i, j in zip(bmi, blood, strict=True)]})

encoders = {
    "ordinal": OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    "one-hot": OneHotEncoder(handle_unknown="ignore"),
    "target": TargetEncoder(random_state=0),
}
folds = KFold(3, shuffle=True, random_state=0)
scores = {
    name: cross_val_score(encoder, cells, disease, scoring=mutual_info_scorer(), cv=folds)
    for name, encoder in encoders.items()
}

figure, ax = plt.subplots(layout="constrained")
ax.bar(
    list(scores),
    [score.mean() for score in scores.values()],
    yerr=[score.std() for score in scores.values()],
    capsize=5,
    width=0.6,
)
ax.set(ylabel="mutual information with the disease (nats)")
plt.show()

# %%
# Numbers in the order of the alphabet tell least. The target encoder keeps in one column what
# one-hot codes keep in 36.
