"""What happens after each epoch: the best weights are kept, progress is shown."""

from typing import Any

import numpy as np
import torch
from skorch.callbacks import Callback

from .._progress import Progress


class Finished(Exception):  # noqa: N818
    """No critic gets better: the training ends, as it should."""


class KeepBest(Callback):
    """Keeps each critic's best weights, and stops when no critic gets better.

    Without held-out data, or if `early_stopping` is False, the last finite ones count
    as best. A critic whose bound is no longer finite has diverged, and stops.

    Parameters
    ----------
    early_stopping : bool
        Whether the best held-out bound decides.
    tol : float
        A bound must be better by more than this, in nats.
    n_iter_no_change : int or None
        A critic stops after so many epochs without a better held-out bound.
    first_bound : float or ndarray of shape (n_critics,)
        The bound by the first weights: 0 if they make a constant.

    Attributes
    ----------
    best_epochs_ : ndarray of int, shape (n_critics,)
        The epoch of the weights kept, from 0; -1 if there is none.
    diverged_ : ndarray of int, shape (n_critics,)
        The epoch of the first bound that is not finite, or -1.
    """

    def __init__(
        self, early_stopping: bool, tol: float, n_iter_no_change: int | None, first_bound: Any
    ) -> None:
        self.early_stopping = early_stopping
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.first_bound = first_bound

    def on_train_begin(self, net: Any, **_: Any) -> None:
        self.best_weights_ = [weights.clone() for weights in net.current_weights()]
        n_critics = len(self.best_weights_[0])
        self.best_bounds_ = np.full(n_critics, self.first_bound, dtype=np.float64)
        self.best_epochs_ = np.full(n_critics, -1)
        self.diverged_ = np.full(n_critics, -1)
        self.running_ = np.ones(n_critics, dtype=bool)

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        net.others_have_heard()
        row = net.history[-1]
        epoch = len(net.history) - 1
        train = np.array(row["train_bounds"])
        decides = self.early_stopping and "valid_bounds" in row
        bounds = np.array(row.get("valid_bounds", train))
        current = net.current_weights()
        # One number for each critic: it is not finite if any weight is not.
        sums = sum(weights.flatten(1).sum(1) for weights in current)
        finite = np.isfinite(train) & np.isfinite(bounds) & np.isfinite(sums.cpu().numpy())
        self.diverged_[self.running_ & ~finite] = epoch
        self.running_ &= finite
        better = self.running_.copy()
        if decides:
            better &= bounds > self.best_bounds_ + self.tol
        if better.any():
            self.best_bounds_[better] = bounds[better]
            self.best_epochs_[better] = epoch
            critics = torch.from_numpy(np.flatnonzero(better)).to(current[0].device)
            for best, weights in zip(self.best_weights_, current, strict=True):
                best[critics] = weights[critics]
        if decides and self.n_iter_no_change is not None:
            self.running_ &= epoch - self.best_epochs_ < self.n_iter_no_change
        if not self.running_.any():
            raise Finished

    def on_train_end(self, net: Any, **_: Any) -> None:
        net.set_weights(self.best_weights_)


class ShowProgress(Callback):
    """A bar with the current bound and the time left, in terminals and notebooks.

    Parameters
    ----------
    description : str
        What the bar says first.
    verbose : int or None
        Whether it is shown; see `MINE`.
    """

    def __init__(self, description: str, verbose: int | None) -> None:
        self.description = description
        self.verbose = verbose

    def on_train_begin(self, net: Any, **_: Any) -> None:
        self.bar_ = Progress(net.max_epochs, self.description, "epoch", verbose=self.verbose)

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        row = net.history[-1]
        bounds = {"train": f"{row['train_bound']:.3f}"}
        if "valid_bound" in row:
            bounds["held out"] = f"{row['valid_bound']:.3f}"
        self.bar_.update(said=bounds)

    def on_train_end(self, net: Any, **_: Any) -> None:
        self.bar_.close()
        del self.bar_
