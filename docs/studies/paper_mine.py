"""How the paper trained MINE: ``python docs/studies/paper_mine.py``.

The paper names a toolbox and no settings. Here cells of table 3 (MINE-Local, with columns as
they are, repeated, and with noise beside them) are computed with the network of the toolbox's
README, trained for 50 epochs or 500 steps, and with others. Writes ``paper_mine.csv``: the
bias over the mean information, of the paper and of each setting. Eight trials of each cell;
ten minutes on one core.
"""

import csv
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from skmi import MINE, LocalScaler
from skmi.benchmark.paper import Protocol, read_table, table_tasks
from skmi.benchmark.paper._worlds import task_name

N_TRIALS = 8
ROWS = 1, 6, 7, 2, 5, 10  # X as it is, then wide


class Separate(nn.Module):
    """A first layer for each side, whose outputs are added; one hidden layer."""

    def __init__(self, n_features_X, n_features_y, width=100):
        super().__init__()
        self.X = nn.Linear(n_features_X, width)
        self.y = nn.Linear(n_features_y, width)
        self.output = nn.Linear(width, 1)

    def forward(self, x, y):
        """One value for each row."""
        return self.output(torch.relu(self.X(x) + self.y(y)))[:, 0]


SETTINGS = {
    "README's network, 50 epochs": {"max_epochs": 50},
    "the same, 500 steps": {},
    "(400, 400)": {"max_epochs": 50, "hidden_layer_sizes": (400, 400)},
    "learning rate 1e-3, 20 epochs": {"max_epochs": 20, "learning_rate": 1e-3},
    "(100,), learning rate 1e-3, 20 epochs": {
        "max_epochs": 20,
        "learning_rate": 1e-3,
        "hidden_layer_sizes": (100,),
    },
    "separate first layers, learning rate 1e-3, 20 epochs": {
        "max_epochs": 20,
        "learning_rate": 1e-3,
        "module": Separate,
    },
}


def trials(row):
    """X, y and truth, scaled as for MINE-Local."""
    task = table_tasks(3, Protocol())[task_name(3, row)]
    drawn = [task.draw(seed) for seed in range(N_TRIALS)]
    sides = [[LocalScaler().fit_transform(trial[i]) for trial in drawn] for i in (0, 1)]
    return *sides, np.array([trial[2] for trial in drawn])


def expected_information(row):
    """The mean over ρ, uniform on (0, 0.8)."""
    rho = np.linspace(0, 0.8, 10001)
    return -row.n_features / 2 * np.log1p(-(rho**2)).mean()


def main():
    """Train all, and write the table."""
    warnings.simplefilter("ignore")
    rows = {row.row: row for row in read_table(3) if row.row in ROWS}
    names = [f"{rows[i].transforms}, d={rows[i].n_features}, N={rows[i].n_samples}" for i in ROWS]
    paper = [rows[i].cells["bias", "mine-local"] / expected_information(rows[i]) for i in ROWS]
    data = [trials(row) for row in ROWS]
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["setting", *names])
        table.writerow(["the paper", *(f"{share:+.2f}" for share in paper)])
        for setting, params in SETTINGS.items():
            shares = []
            for Xs, ys, truth in data:
                mine = MINE(preset="paper", device="cpu", random_state=0, **params)
                fitted = mine.fit_many(Xs, ys, random_states=range(N_TRIALS))
                bias = np.mean([each.mi_ for each in fitted] - truth)
                shares.append(f"{bias / truth.mean():+.2f}")
            table.writerow([setting, *shares])
            file.flush()
            print(setting, *shares, flush=True)


if __name__ == "__main__":
    main()
