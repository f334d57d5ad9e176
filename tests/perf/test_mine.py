"""MINE's training against a plain loop: seconds for each step of each network.

``python -m tests.perf.test_mine`` prints the table of the documentation.
"""

import itertools
import statistics
import time
import warnings

import numpy as np
import torch
from skorch import NeuralNet
from torch import nn

from skmi import MINE, GlobalScaler, LocalScaler, ScaleInvariantMI
from skmi.neural import Training
from skmi.neural._training import plan, train

N_SAMPLES, N_COLUMNS, BATCH_SIZE = 1000, 4, 250

# hidden_layer_sizes, and critics trained together.
CASES = [
    ((64, 64), 1),
    ((64, 64), 20),
    ((64, 64), 40),
    ((30, 30), 40),
]


def gaussians(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(N_SAMPLES, N_COLUMNS))
    return X, X + rng.normal(size=X.shape)


class ConcatenatedCritic(nn.Module):
    """A multilayer perceptron of both variables side by side."""

    def __init__(self, hidden_layer_sizes):
        super().__init__()
        sizes = [2 * N_COLUMNS, *hidden_layer_sizes]
        layers = []
        for n_in, n_out in itertools.pairwise(sizes):
            layers += [nn.Linear(n_in, n_out), nn.ReLU()]
        self.layers = nn.Sequential(*layers, nn.Linear(sizes[-1], 1))

    def forward(self, x, y):
        return self.layers(torch.cat([x, y], dim=1))


def plain_loop(X, y, hidden_layer_sizes, n_epochs):
    """Seconds for each step of the loop as it is usually written.

    For each batch a pass for the pairs that belong together and one for those that do
    not, autograd, the moving average of MINE, and the loss as a number for the log.
    """
    torch.manual_seed(0)
    X, y = (torch.from_numpy(side).float() for side in (X, y))
    critic = ConcatenatedCritic(hidden_layer_sizes)
    optimizer = torch.optim.Adam(critic.parameters(), lr=1e-3)
    average, losses = None, []
    start = time.perf_counter()
    for _ in range(n_epochs):
        order = torch.randperm(len(X))
        for rows in order.split(BATCH_SIZE):
            x_batch, y_batch = X[rows], y[rows]
            shuffled = y_batch[torch.randperm(len(rows))]
            joint = critic(x_batch, y_batch).mean()
            exponentials = critic(x_batch, shuffled).exp().mean()
            current = exponentials.detach()
            average = current if average is None else 0.99 * average + 0.01 * current
            loss = exponentials / average - joint
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return (time.perf_counter() - start) / len(losses)


class PairCritic(ConcatenatedCritic):
    """Scores of pairs that belong together, and of as many that do not."""

    def forward(self, x, y):
        own, shuffled = (super(PairCritic, self).forward(x, z) for z in (y, y.roll(1, 0)))
        return own, shuffled


class DonskerVaradhan(nn.Module):
    def forward(self, scores, _):
        own, shuffled = scores
        return shuffled.exp().mean().log() - own.mean()


def plain_skorch(X, y, hidden_layer_sizes, n_epochs):
    """Seconds for each step of a skorch net as it comes, with its loader and callbacks."""
    net = NeuralNet(
        PairCritic,
        module__hidden_layer_sizes=hidden_layer_sizes,
        criterion=DonskerVaradhan,
        optimizer=torch.optim.Adam,
        batch_size=BATCH_SIZE,
        max_epochs=n_epochs,
        train_split=None,
        iterator_train__shuffle=True,
        verbose=0,
    )
    sides = {"x": X.astype(np.float32), "y": y.astype(np.float32)}
    start = time.perf_counter()
    net.fit(sides, np.zeros(len(X)))
    return (time.perf_counter() - start) / (n_epochs * -(-len(X) // BATCH_SIZE))


def ours(X, y, hidden_layer_sizes, n_critics, n_epochs):
    """Seconds for each step of each critic, the whole training counted."""
    mine = MINE(
        hidden_layer_sizes,
        activation="relu",
        batch_size=BATCH_SIZE,
        max_epochs=n_epochs,
        n_critics=n_critics,
        evaluation="train",  # the plain loop holds nothing out either
        training=Training(n_iter_no_change=None, weight_average=0.0),
        random_state=0,
        device="cpu",
    )
    settings = mine._settings()

    parts = plan(settings, len(X), np.random.RandomState(0))
    tensors = (torch.from_numpy(side).float()[None] for side in (X, y))
    start = time.perf_counter()
    trained = train(settings, *tensors, [0] * n_critics, parts, "")
    return (time.perf_counter() - start) / (trained.net.n_steps_ * n_critics)


def measure(hidden_layer_sizes, n_critics, repeats=5, with_skorch=False):
    """Seconds of the plain loop, of ours, and of plain skorch: medians, measured in turn."""
    X, y = gaussians()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        n_epochs = 25 if n_critics > 1 else 50
        times = [
            (
                plain_loop(X, y, hidden_layer_sizes, 50),
                ours(X, y, hidden_layer_sizes, n_critics, n_epochs),
                plain_skorch(X, y, hidden_layer_sizes, 10) if with_skorch else np.nan,
            )
            for _ in range(repeats)
        ]
    finally:
        torch.set_num_threads(threads)
    return tuple(statistics.median(column) for column in zip(*times, strict=True))


# The default, and one that trains half as long, as earlier studies did.
GRIDS = {
    "default": {},
    "120 epochs, batch of 200": {
        "batch_size": 200,
        "max_epochs": 120,
        "training": Training(n_iter_no_change=None),
        "learning_rate": 2e-3,
    },
}


def seconds_of_a_grid(n_trials=40, **params):
    """Fits of every trial after four normalizations, by one call for each of them."""
    Xs, ys = zip(*(gaussians(seed) for seed in range(n_trials)), strict=True)
    mine = MINE(device="cpu", random_state=0, n_jobs=-1, **params)
    scalers = [LocalScaler(), GlobalScaler(), GlobalScaler(corrected=True)]
    models = [mine, *(ScaleInvariantMI(mine, scaler) for scaler in scalers)]
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for model in models:
            model.fit_many(Xs, ys, random_states=range(n_trials))
    return time.perf_counter() - start


if __name__ == "__main__":
    print("layers     critics  plain loop  skorch    ours      loop/ours  skorch/ours")
    for sizes, n_critics in CASES:
        plain, own, skorch = measure(sizes, n_critics, repeats=9, with_skorch=True)
        print(
            f"{sizes!s:<10} {n_critics:>7} {1e6 * plain:>8.0f} µs {1e6 * skorch:>6.0f} µs "
            f"{1e6 * own:>5.0f} µs {plain / own:>9.1f} {skorch / own:>12.1f}",
            flush=True,
        )
    for name, params in GRIDS.items():
        seconds = seconds_of_a_grid(**params)
        print(f"160 fits (40 trials, 4 normalizations), {name}: {seconds:.0f} s", flush=True)
