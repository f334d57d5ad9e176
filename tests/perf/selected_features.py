"""What a classifier makes of selected features: ``python -m tests.perf.selected_features``.

The table of the user guide's page on joint selection. Selection sees the training part of
every fold alone.
"""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmi.feature_selection import JointMISelector

NUMBERS = {"breast cancer": (3, 5, 10), "digits": (5, 8, 12)}


def order(criterion, X, y, n_features):
    """Positions of features, the first selected first."""
    if criterion == "single scores":
        return np.argsort(-JointMISelector(1).fit(X, y).candidate_scores_[0])
    return JointMISelector(n_features, criterion=criterion).fit(X, y).path_


def main():
    """Print the mean accuracies."""
    model = make_pipeline(StandardScaler(), KNeighborsClassifier())
    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=2, random_state=0)
    for name, load in (("breast cancer", load_breast_cancer), ("digits", load_digits)):
        X, y = load(return_X_y=True)
        X = X[:, X.std(axis=0) > 0]
        splits = list(folds.split(X, y))
        everything = [model.fit(X[a], y[a]).score(X[b], y[b]) for a, b in splits]
        print(f"{name}, all {X.shape[1]}: {np.mean(everything):.3f}", flush=True)
        for criterion in ("single scores", "joint", "mrmr", "jmi"):
            paths = [order(criterion, X[a], y[a], NUMBERS[name][-1]) for a, _ in splits]
            for n in NUMBERS[name]:
                accuracy = np.mean(
                    [
                        model.fit(X[a][:, path[:n]], y[a]).score(X[b][:, path[:n]], y[b])
                        for (a, b), path in zip(splits, paths, strict=True)
                    ]
                )
                print(f"{name}, {n} by {criterion}: {accuracy:.3f}", flush=True)


if __name__ == "__main__":
    main()
