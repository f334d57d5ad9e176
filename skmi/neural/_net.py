"""The skorch net that trains many critics at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skorch import NeuralNet
from skorch.callbacks import Callback, EpochTimer
from torch import Tensor

from ._baseline import Baselines
from ._bounds import BOUNDS
from ._callbacks import Finished, KeepBest, ShowProgress

# A held-out bound's product term is over so many shifts in each epoch.
VALIDATION_SHIFTS = 16
# Callbacks that no user has given.
_OURS = EpochTimer, KeepBest, ShowProgress


class CriticNet(NeuralNet):
    """`skorch.NeuralNet` for modules with ``forward(X, y, shifts)`` and many critics.

    It differs in what it leaves out of an epoch: no number is fetched from the device
    for a batch, and callbacks hear of batches only if they listen. The history has, for
    each epoch, ``train_bound`` and ``valid_bound``, means over the critics, and the
    lists ``train_bounds`` and ``valid_bounds``.

    Parameters
    ----------
    bound : str
        A key of `BOUNDS`.
    baseline : Baselines or None
        What is added to the module's values.
    weight_average : float
        Rate of the moving average of the weights that validation and the final
        estimate take; 0 takes the weights themselves.
    max_steps : int or None
        Optimizer steps after which training ends.
    **kwargs : dict
        As `skorch.NeuralNet` takes them.
    """

    def __init__(
        self,
        *args: Any,
        bound: str = "dv",
        baseline: Baselines | None = None,
        weight_average: float = 0.0,
        max_steps: int | None = None,
        **kwargs: Any,
    ) -> None:
        self.bound = bound
        self.baseline = baseline
        self.weight_average = weight_average
        self.max_steps = max_steps
        super().__init__(*args, **kwargs)

    @property
    def _default_callbacks(self) -> list[tuple[str, Any]]:
        return [("epoch_timer", EpochTimer())]

    def fit_loop(self, X: Any, y: Any = None, epochs: int | None = None, **fit_params: Any) -> Any:
        """As skorch's, and it remembers whether a user broke it off."""
        try:
            return super().fit_loop(X, y, epochs, **fit_params)
        except Finished:
            return self
        except KeyboardInterrupt:
            # It is how callbacks of skorch stop a training, too.
            self.interrupted_ = not self._others_hear
            raise

    def on_train_begin(self, net: Any, **kwargs: Any) -> None:
        """Start what a training remembers."""
        super().on_train_begin(net, **kwargs)
        self.n_steps_ = 0
        self.interrupted_ = self._others_hear = False
        self._weights = [p.detach() for p in self.module_.parameters()]
        self.averages_ = [weights.clone() for weights in self._weights]
        callbacks = [callback for _, callback in self.callbacks_]
        self._has_others = any(not isinstance(each, _OURS) for each in callbacks)
        self._listeners = [c for c in callbacks if _hears(c, "on_batch_begin", "on_batch_end")]
        self._hears_of_gradients = any(_hears(c, "on_grad_computed") for c in callbacks) or (
            isinstance(self.optimizer_, torch.optim.LBFGS)  # which wants a closure
        )

    def on_train_end(self, net: Any, **kwargs: Any) -> None:
        """Let go of what only the training needs."""
        super().on_train_end(net, **kwargs)
        del self._weights, self.averages_

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Note that callbacks hear of it now, those of the user first."""
        super().on_epoch_end(net, **kwargs)
        self._others_hear = self._has_others

    def others_have_heard(self) -> None:
        """Note that callbacks of the user have no more to say about an epoch."""
        self._others_hear = False

    def run_single_epoch(
        self, iterator: Any, training: bool, prefix: str, step_fn: Any, **fit_params: Any
    ) -> None:
        """One epoch, its bounds recorded once at the end."""
        if iterator is None:
            return
        self._set_training(training)
        total: Any = 0.0
        n_batches = 0
        for batch in iterator:
            if training and self.n_steps_ == self.max_steps:
                break
            for callback in self._listeners:
                callback.on_batch_begin(self, batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            for callback in self._listeners:
                callback.on_batch_end(self, batch=batch, training=training, **step)
            total = total + step["bounds"]
            n_batches += 1
        bounds = (total / n_batches).tolist()
        self.history.record(f"{prefix}_bounds", bounds)
        self.history.record(f"{prefix}_bound", sum(bounds) / len(bounds))

    def train_step(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """One step of the optimizer, and of the average of the weights."""
        if self._hears_of_gradients:
            step = super().train_step(batch, **fit_params)
        else:  # the same, without a closure
            step = self.train_step_single(batch, **fit_params)
            self.optimizer_.step()
        self.n_steps_ += 1
        if self.weight_average:
            for average, weights in zip(self.averages_, self._weights, strict=True):
                average.lerp_(weights, 1 - self.weight_average)
        return step

    def train_step_single(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """Loss and gradient on one batch."""
        sides, _ = batch
        n_shifts = sides["X"].shape[1] if BOUNDS[self.bound].compares_all else 2
        scores, backward = self.module_.trace(sides["X"], sides["y"], n_shifts)
        if self.baseline is not None:
            scores += self.baseline.scores(sides["X"], sides["y"], range(n_shifts))
        slope, bounds = self.criterion_(scores)
        backward(slope)
        return {"loss": -bounds.sum(), "y_pred": scores, "bounds": bounds}

    @torch.no_grad()
    def validation_step(self, batch: Any, **fit_params: Any) -> dict[str, Any]:
        """The bound on the held-out rows, taken as one batch."""
        sides, _ = batch
        with self.averaged():
            scores = self.values(sides["X"], sides["y"], self._shifts_to_validate(sides["X"]))
        return {"y_pred": scores, "bounds": self._bounds(scores)}

    @torch.no_grad()
    def values(self, X: Tensor, y: Tensor, shifts: Sequence[int]) -> Tensor:
        """The critics' values where y is shifted against X; without a gradient."""
        scores: Tensor = self.module_.evaluate(X, y, shifts)
        if self.baseline is not None:
            scores = scores + self.baseline.scores(X, y, shifts)
        return scores

    @torch.no_grad()
    def bounds_of_baseline(self, X: Tensor, y: Tensor) -> NDArray[np.float64]:
        """What is found by the baselines alone."""
        assert self.baseline is not None
        bounds = self._bounds(self.baseline.scores(X, y, self._shifts_to_validate(X)))
        return bounds.cpu().double().numpy()

    def _shifts_to_validate(self, X: Tensor) -> Sequence[int]:
        n_samples = X.shape[1]
        if BOUNDS[self.bound].compares_all:
            return range(n_samples)
        return [0, *spread_shifts(n_samples, VALIDATION_SHIFTS)]

    def _bounds(self, scores: Tensor) -> Tensor:
        return BOUNDS[self.bound].estimate(scores[:, 0], scores[:, 1:]).mean(1)

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """In the context the module has the averaged weights."""
        if not self.weight_average:
            yield
            return
        raw = [weights.clone() for weights in self._weights]
        self.set_weights(self.averages_)
        try:
            yield
        finally:
            self.set_weights(raw)

    def write_history(
        self, train_bounds: NDArray[np.float64], held_out_bounds: NDArray[np.float64] | None
    ) -> None:
        """Record epochs of critics that were trained elsewhere."""
        curves = {"train": train_bounds, "valid": held_out_bounds}
        for epoch in range(len(train_bounds)):
            self.history.new_epoch()
            self.history.record("epoch", epoch + 1)
            for prefix, bounds in curves.items():
                if bounds is not None:
                    self.history.record(f"{prefix}_bounds", bounds[epoch].tolist())
                    self.history.record(f"{prefix}_bound", float(np.mean(bounds[epoch])))

    def current_weights(self) -> list[Tensor]:
        """The weights that an estimate would take now; they go on changing."""
        return self.averages_ if self.weight_average else self._weights

    def set_weights(self, weights: Sequence[Tensor]) -> None:
        """Copy weights, of the shapes of the module's parameters, into the module."""
        with torch.no_grad():
            for target, source in zip(self.module_.parameters(), weights, strict=True):
                target.copy_(source)


def spread_shifts(n_samples: int, n_shifts: int) -> list[int]:
    """At most `n_shifts` different cyclic shifts of `n_samples` rows, 0 not among them."""
    n_shifts = min(n_shifts, n_samples - 1)
    return [1 + i * (n_samples - 1) // n_shifts for i in range(n_shifts)]


def _hears(callback: Any, *names: str) -> bool:
    """Whether a callback does something in one of the methods named."""
    return any(getattr(type(callback), name, None) is not getattr(Callback, name) for name in names)
