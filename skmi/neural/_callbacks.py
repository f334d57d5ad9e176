"""What happens after each epoch: the best weights are kept, progress is shown."""

from typing import Any

import torch
from skorch.callbacks import Callback


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
    first_bound : float
        The bound by the first weights: 0 if they make a constant.

    Attributes
    ----------
    best_epochs_ : Tensor of int, shape (n_critics,)
        The epoch of the weights kept, from 0; -1 if there is none.
    diverged_ : Tensor of int, shape (n_critics,)
        The epoch of the first bound that is not finite, or -1.
    """

    def __init__(
        self, early_stopping: bool, tol: float, n_iter_no_change: int | None, first_bound: float
    ) -> None:
        self.early_stopping = early_stopping
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.first_bound = first_bound

    def on_train_begin(self, net: Any, **_: Any) -> None:
        self.best_weights_ = net.current_weights()
        device = self.best_weights_[0].device
        n_critics = len(self.best_weights_[0])
        self.best_bounds_ = torch.full((n_critics,), self.first_bound, device=device)
        self.best_epochs_ = torch.full((n_critics,), -1, device=device)
        self.diverged_ = torch.full((n_critics,), -1, device=device)
        self.running_ = torch.ones(n_critics, dtype=torch.bool, device=device)

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        device = self.running_.device
        row = net.history[-1]
        epoch = len(net.history) - 1
        train = torch.tensor(row["train_bounds"], device=device)
        held_out = row.get("valid_bounds")
        bounds = train if held_out is None else torch.tensor(held_out, device=device)
        current = net.current_weights()
        finite = train.isfinite() & bounds.isfinite()
        for weights in current:
            finite &= weights.flatten(1).isfinite().all(1)
        self.diverged_[self.running_ & ~finite] = epoch
        self.running_ &= finite
        better = self.running_.clone()
        if self.early_stopping and held_out is not None:
            better &= bounds > self.best_bounds_ + self.tol
        self.best_bounds_ = torch.where(better, bounds, self.best_bounds_)
        self.best_epochs_[better] = epoch
        for best, weights in zip(self.best_weights_, current, strict=True):
            best[better] = weights[better]
        if self.early_stopping and held_out is not None and self.n_iter_no_change is not None:
            self.running_ &= epoch - self.best_epochs_ < self.n_iter_no_change
        if not self.running_.any():
            raise KeyboardInterrupt  # how a callback stops skorch

    def on_train_end(self, net: Any, **_: Any) -> None:
        net.set_weights(self.best_weights_)


class Progress(Callback):
    """A bar with the current bound and the time left, in terminals and notebooks.

    Parameters
    ----------
    description : str
        What the bar says first.
    """

    def __init__(self, description: str = "MINE") -> None:
        self.description = description

    def on_train_begin(self, net: Any, **_: Any) -> None:
        from tqdm.auto import tqdm

        self.bar_ = tqdm(total=net.max_epochs, desc=self.description, unit="epoch")

    def on_epoch_end(self, net: Any, **_: Any) -> None:
        row = net.history[-1]
        bounds = {"train": f"{row['train_bound']:.3f}"}
        if "valid_bound" in row:
            bounds["held out"] = f"{row['valid_bound']:.3f}"
        self.bar_.set_postfix(bounds, refresh=False)
        self.bar_.update()

    def on_train_end(self, net: Any, **_: Any) -> None:
        self.bar_.close()
        del self.bar_
