"""How the paper trained MINE: ``python docs/studies/paper_mine.py``.

The paper names a toolbox and no settings. Here cells of its tables (MINE-Local, with columns as
they are, after a sigmoid, repeated, and with noise beside them) are computed with the network
of the toolbox's README, and with others. Writes ``paper_mine.csv``: the bias over the mean
information, of the paper and of each setting. Ten trials of each cell; some minutes on one
core.
"""

import csv
import warnings
from pathlib import Path

import numpy as np

from skmi import LocalScaler, make_estimator
from skmi.benchmark.paper import Protocol, read_table, table_tasks
from skmi.benchmark.paper._estimators import make
from skmi.benchmark.paper._tasks import task_name

N_TRIALS = 10
# Table and row: few columns, then wide.
CELLS = (3, 1), (3, 6), (3, 7), (2, 4), (3, 2), (3, 5), (3, 10), (2, 9)


def readme(**params):
    """The network of the toolbox's README."""
    return make_estimator("mine-paper", **params)


def recovered(**params):
    """The training that gives the paper's numbers."""
    return make("mine (recovered)", Protocol()).set_params(**params)


# By name: the training, and whether columns are centred.
SETTINGS = {
    "README's network, 500 steps": (readme(), False),
    "the same, 50 epochs": (readme(max_epochs=50), False),
    "the same, centred": (readme(max_epochs=50), True),
    "(400, 400), 15 epochs, centred": (
        readme(max_epochs=15, hidden_layer_sizes=(400, 400)),
        True,
    ),
    "recovered, one first layer": (recovered(training__init="joint"), True),
    "recovered, not centred": (recovered(), False),
    "recovered": (recovered(), True),
}


def trials(table, row, centred):
    """X, y and truth, scaled as for MINE-Local."""
    task = table_tasks(table, Protocol())[task_name(table, row.row)]
    drawn = [task.draw(seed) for seed in range(N_TRIALS)]
    sides = [
        [LocalScaler().fit_transform(trial[i] - centred * trial[i].mean(axis=0)) for trial in drawn]
        for i in (0, 1)
    ]
    return *sides, np.array([trial[2] for trial in drawn])


def expected_information(table, row):
    """The mean over the table's correlations, or its noises."""
    if table == 3:
        rho = np.linspace(*Protocol().correlation_range, 10001)
        return -row.n_features / 2 * np.log1p(-(rho**2)).mean()
    sigma = np.linspace(*Protocol().noise_std_range, 10001)
    return row.n_features / 2 * np.log1p(sigma**-2).mean()


def main():
    """Train all, and write the table."""
    warnings.simplefilter("ignore")
    rows = {(table, row.row): row for table in (2, 3) for row in read_table(table)}
    cells = [(table, rows[table, number]) for table, number in CELLS]
    names = [f"{row.transforms}, d={row.n_features}, N={row.n_samples}" for _, row in cells]
    paper = [
        row.cells["bias", "mine-local"] / expected_information(table, row) for table, row in cells
    ]
    with Path(__file__).with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(["setting", *names])
        written.writerow(["the paper", *(f"{share:+.2f}" for share in paper)])
        for setting, (mine, centred) in SETTINGS.items():
            mine.set_params(device="cpu")
            shares = []
            for table, row in cells:
                Xs, ys, truth = trials(table, row, centred)
                fitted = mine.fit_many(Xs, ys, random_states=range(N_TRIALS))
                bias = np.mean([each.mi_ for each in fitted] - truth)
                shares.append(f"{bias / truth.mean():+.2f}")
            written.writerow([setting, *shares])
            file.flush()
            print(setting, *shares, flush=True)


if __name__ == "__main__":
    main()
