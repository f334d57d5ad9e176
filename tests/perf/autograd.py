"""What the gradient written out gains: ``python -m tests.perf.autograd``.

The same trainings by the training pass of `Perceptrons` and by autograd, in turn; medians of
the ratio of processor seconds, which other work on the machine moves least. That both give the
same gradient is tested in ``tests/neural/test_critics.py``. Some minutes on one core.
"""

import time
import warnings
from unittest import mock

import numpy as np
import torch

from skmi import MINE
from skmi.neural import Training
from skmi.neural._perceptrons import Perceptrons

# Critics trained together, runs of each, and epochs.
CASES = [(1, 9, 60), (5, 5, 40), (40, 3, 20)]
NETWORKS = [{}, {"hidden_layer_sizes": (100, 100), "activation": "relu"}]


def by_autograd(self, X, y, n_shifts):
    """As `Perceptrons.trace`."""
    with torch.enable_grad():
        scores = self(X, y, range(n_shifts))

    def backward(slope):
        self.weights.grad = None
        scores.backward(slope)

    return scores.detach(), backward


def seconds(mine, Xs, ys, trace):
    """Of the processor, for one training."""
    with mock.patch.object(Perceptrons, "trace", trace):
        start = time.process_time()
        mine.fit_many(Xs, ys, random_states=range(len(Xs)))
        return time.process_time() - start


def main():
    """Print the ratios."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    own = Perceptrons.trace
    for n_critics, n_runs, n_epochs in CASES:
        Xs = rng.normal(size=(n_critics, 1000, 4))
        ys = Xs + rng.normal(size=Xs.shape)
        for network in NETWORKS:
            training = Training(n_iter_no_change=None, n_shuffles=1)
            mine = MINE(max_epochs=n_epochs, device="cpu", training=training, **network)
            seconds(mine, Xs, ys, own)
            ratios = [
                seconds(mine, Xs, ys, by_autograd) / seconds(mine, Xs, ys, own)
                for _ in range(n_runs)
            ]
            print(f"{n_critics} critics {network}: {np.median(ratios):.2f}", np.round(ratios, 2))


if __name__ == "__main__":
    main()
