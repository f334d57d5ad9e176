"""Twenty models ranked by mutual information and by ROC AUC.

``python docs/studies/scorer_ranking.py`` writes ``scorer_ranking.json`` beside this file. Each
model learns from 400 samples of two classes. Both scorers rank the models on 400 held-out
samples, in five trials; each ranking is compared (Spearman) with that of the same scorer on
10,000 samples, and with that of the other one. Half a minute.
"""

import json
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import get_scorer
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmi import mutual_info_scorer
from skmi.exceptions import EstimateWarning

N_TRAIN, N_HELD_OUT, N_MANY, N_TRIALS = 400, 400, 10_000, 5
SCORERS = {
    "mutual information": mutual_info_scorer(),
    "mutual information, n_neighbors=20": mutual_info_scorer(n_neighbors=20),
    "roc_auc": get_scorer("roc_auc"),
}


def models():
    """Twenty, of which some are bad on purpose."""
    yield from (DecisionTreeClassifier(max_depth=d, random_state=0) for d in (1, 2, 3, 5, 8, 12))
    yield from (KNeighborsClassifier(k) for k in (1, 3, 7, 15, 40, 100))
    yield from (LogisticRegression(C=c) for c in (1e-5, 1e-3, 0.1, 10.0))
    yield from (GaussianNB(), LinearDiscriminantAnalysis(), RidgeClassifier())
    yield LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.9)


def rank_once(seed):
    """The scores of all models on few and on many samples, one row a model."""
    X, y = make_classification(
        N_TRAIN + N_HELD_OUT + N_MANY,
        n_features=10,
        n_informative=6,
        n_clusters_per_class=3,
        flip_y=0.05,
        class_sep=0.8,
        random_state=seed,
    )
    few = slice(N_TRAIN, N_TRAIN + N_HELD_OUT)
    many = slice(N_TRAIN + N_HELD_OUT, None)
    fitted = [
        make_pipeline(StandardScaler(), model).fit(X[:N_TRAIN], y[:N_TRAIN]) for model in models()
    ]
    return {
        (name, size): [scorer(model, X[rows], y[rows]) for model in fitted]
        for name, scorer in SCORERS.items()
        for size, rows in {"few": few, "many": many}.items()
    }


def main():
    """Compare the rankings, and store what comes out."""
    warnings.simplefilter("ignore", EstimateWarning)
    pairs = {}
    for name in SCORERS:
        pairs[f"{name}: 400 samples against 10,000"] = (name, "few"), (name, "many")
        if name != "roc_auc":
            for size in "few", "many":
                n_samples = N_HELD_OUT if size == "few" else N_MANY
                what = f"{name} against roc_auc: {n_samples:,} samples"
                pairs[what] = (name, size), ("roc_auc", size)
    trials = [rank_once(seed) for seed in range(N_TRIALS)]
    found = {}
    for what, (left, right) in pairs.items():
        values = [float(spearmanr(trial[left], trial[right]).statistic) for trial in trials]
        found[what] = {
            "mean": round(float(np.mean(values)), 3),
            "of each": [round(value, 3) for value in values],
        }
        print(f"{found[what]['mean']:.3f}  {what}")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
