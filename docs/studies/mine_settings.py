"""How the networks of the paper's tables were trained: ``python docs/studies/mine_settings.py``.

Writes ``docs/paper/results/mine-settings.csv``: for each training, what was in force, read
from the network that came out of it. Every estimator is cloned and pickled first, as a grid
does that sends it to a worker. Ten seconds.
"""

import csv
import pickle
import warnings
from pathlib import Path

import numpy as np
from sklearn.base import clone

from skmi.benchmark.paper import Protocol
from skmi.benchmark.paper._estimators import FAMILIES, make
from skmi.datasets import CorrelatedGaussians

TARGET = Path(__file__).parents[1] / "paper" / "results" / "mine-settings.csv"
SIZES = 200, 1000


def in_force(name, n_samples):
    """What the training of one of the paper's estimators is, by name."""
    copied = pickle.loads(pickle.dumps(clone(make(name, Protocol()))))
    X, y = CorrelatedGaussians(2, 0.6).sample(n_samples, random_state=0)
    fitted = copied.set_params(**seeds(copied)).fit(X + 1, y + 1)
    mine = getattr(fitted, "estimator_", fitted)
    net = mine.net_
    module, (adam,) = net.module_, net.optimizer_.param_groups
    keep_best = dict(net.callbacks_)["keep_best"]
    held_out = net.history[-1].get("valid_bound") is not None
    return {
        "estimator": name,
        "samples": n_samples,
        "network": f"{module.activation} {hidden_units(module)}",
        "first weights": "of X and y apart" if module.divisors[2] < 1 else "of both together",
        "bound": net.bound,
        "rate of the moving average": getattr(net.criterion_.corrected, "rate", 1),
        "optimizer": f"{type(net.optimizer_).__name__} at {adam['lr']:g}",
        "batch": net.batch_size,
        "epochs": len(net.history),
        "steps": net.n_steps_,
        "average of the weights": net.weight_average,
        "a part held out": "yes" if held_out else "no",
        "the best epoch taken": "yes" if held_out and keep_best.early_stopping else "no",
        "shuffles": mine._n_shuffles,
        "centred": "yes" if np.any(mine._center_X) else "no",
    }


def seeds(estimator):
    """The seed of whatever part takes one."""
    return {name: 0 for name in estimator.get_params() if name.endswith("random_state")}


def hidden_units(module):
    """Of a perceptron's hidden layers: the widths of their rows of biases."""
    return tuple(n_out for n_in, n_out in module.shapes[2:-1] if n_in == 1)


def main():
    """Train each once, and write the table."""
    warnings.simplefilter("ignore")
    names = [name for family in FAMILIES[1:] for name in family.names]
    rows = [in_force(name, n_samples) for name in names for n_samples in SIZES]
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0], lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
