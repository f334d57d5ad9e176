"""What a model makes of selected features: ``python -m tests.perf.selected_features``.

The table of the user guide's page on joint selection: mean scores of a model by nearest
neighbours, five folds twice. Selection sees the training part of every fold alone.
"""

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmi.feature_selection import JointMISelector

SAME = {"n_splits": 5, "n_repeats": 2, "random_state": 0}
CLASSES = KNeighborsClassifier(), RepeatedStratifiedKFold(**SAME)
NUMBERS = KNeighborsRegressor(15), RepeatedKFold(**SAME)
DATA = {
    "breast cancer": (load_breast_cancer, *CLASSES, (3, 5, 10)),
    "digits": (load_digits, *CLASSES, (5, 8, 12)),
    "diabetes": (load_diabetes, *NUMBERS, (2, 3, 5)),
}


def order(criterion, X, y, n_features):
    """Positions of features, the first selected first."""
    if criterion == "single scores":
        return np.argsort(-JointMISelector(1).fit(X, y).candidate_scores_[0])
    return JointMISelector(n_features, criterion=criterion).fit(X, y).path_


def main():
    """Print the mean scores."""
    for name, (load, model, folds, numbers) in DATA.items():
        X, y = load(return_X_y=True)
        X = X[:, X.std(axis=0) > 0]
        pipeline = make_pipeline(StandardScaler(), model)
        splits = list(folds.split(X, y))

        def score(columns, pipeline=pipeline, splits=splits, X=X, y=y):
            fitted = (
                pipeline.fit(X[a][:, each], y[a]).score(X[b][:, each], y[b])
                for (a, b), each in zip(splits, columns, strict=True)
            )
            return np.mean(list(fitted))

        print(f"{name}, all {X.shape[1]}: {score([slice(None)] * len(splits)):.3f}", flush=True)
        for criterion in ("single scores", "joint", "mrmr", "jmi"):
            paths = [order(criterion, X[a], y[a], numbers[-1]) for a, _ in splits]
            scores = [f"{n}: {score([path[:n] for path in paths]):.3f}" for n in numbers]
            print(f"{name}, {criterion:<13}", *scores, flush=True)


if __name__ == "__main__":
    main()
