"""
Which method is best on data like mine?
=======================================

Choose sources that resemble your data and know their own mutual information, and count how far off
each estimator is. Estimators of other libraries take part as they are: all it takes is a function
of X and y.
"""

import matplotlib.pyplot as plt
import numpy as np

from skmi import make_estimator
from skmi.benchmark import BenchmarkGrid, summarize
from skmi.datasets import AdditiveGaussianNoise, CorrelatedGaussians, StudentT, TransformedSampler


def correlation(X, y):
    """As if the first columns were normal and told all."""
    rho = np.corrcoef(X[:, 0], y[:, 0])[0, 1]
    return -np.log(1 - rho**2) / 2


gaussians = CorrelatedGaussians(n_features=2, correlation=0.7)
grid = BenchmarkGrid(
    {name: make_estimator(name) for name in ("auto", "ksg-global-linf", "ksg")}
    | {"correlation": correlation},
    tasks={
        "two columns": gaussians,
        "six columns": AdditiveGaussianNoise(6, noise_std=1.0),
        "noise columns": TransformedSampler(gaussians, "dn"),
        "cubed": TransformedSampler(gaussians, "cb"),
        "heavy tails": StudentT(n_features=2, correlation=0.7),
    },
    n_trials=3,
    n_samples=400,
    random_state=0,
)
summary = summarize(grid.run())
errors = summary.pivot(index="task", columns="estimator", values="rmse")
errors = errors.loc[list(grid.tasks), list(grid.estimators)]
print(errors.round(2).to_string())

# %%
# Root mean square errors in nats. The darker, the farther from the truth.

figure, ax = plt.subplots(figsize=(8, 4), layout="constrained")
image = ax.imshow(errors, cmap="Blues", vmin=0, aspect="auto")
for (row, column), error in np.ndenumerate(errors):
    ax.text(
        column,
        row,
        f"{error:.2f}",
        ha="center",
        va="center",
        color="white" if error > errors.to_numpy().max() / 2 else "black",
    )
ax.set_xticks(range(errors.shape[1]), errors.columns)
ax.set_yticks(range(errors.shape[0]), errors.index)
ax.grid(False)
figure.colorbar(image, label="error (nats)")
plt.show()
