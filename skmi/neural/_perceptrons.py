"""Multilayer perceptrons F(x, y), many as one torch module."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from ._activations import ACTIVATIONS
from ._training_pass import TrainingPass, unflatten

# Numbers in a layer that are computed at once where no gradient is wanted: on a CPU what
# stays in a core's cache, on a GPU what fills it.
_CPU_BLOCK, _GPU_BLOCK = 1 << 17, 1 << 26


class Perceptrons(nn.Module):
    """Multilayer perceptrons of one shape, the first layer split in two.

    ``X W_X + y W_y + b`` instead of ``[X y] W + b``: pairs of the product use both
    halves. All weights are one parameter, so that an optimizer's step is one call. Critic
    i never sees another's numbers: what it learns does not depend on who is trained with it.

    Parameters
    ----------
    seeds : sequence of int
        One for each critic.
    n_features_X, n_features_y : int
        Number of columns on each side.
    hidden_layer_sizes : sequence of int
        Units of each hidden layer; at least one layer.
    activation : {"relu", "gelu", "silu", "tanh"}
        Activation of the hidden layers.
    first_bias : float or None
        The last layer's bias at first; None is for no bias.
    constant_first : bool
        Whether the last layer's weights begin with 0: a critic that knows nothing.
    init : {"joint", "separate"}, default="joint"
        The first layer's first weights: as of one layer of X and y, or as of a layer of
        X and one of y, whose outputs are added.
    """

    def __init__(
        self,
        seeds: Sequence[int],
        n_features_X: int,
        n_features_y: int,
        hidden_layer_sizes: Sequence[int],
        activation: str,
        first_bias: float | None,
        constant_first: bool,
        init: str = "joint",
    ) -> None:
        super().__init__()
        first, last = hidden_layer_sizes[0], hidden_layer_sizes[-1]
        self.shapes = [(n_features_X, first), (n_features_y, first), (1, first)]
        for n_in, n_out in pairwise([*hidden_layer_sizes, 1]):
            self.shapes += [(n_in, n_out), (1, n_out)]
        self.divisors = _first_divisors(n_features_X, n_features_y, init)
        self.divisors += [math.sqrt(n_in) for n_in in hidden_layer_sizes for _ in range(2)]
        if first_bias is None:
            del self.shapes[-1], self.divisors[-1]
        self.activation = activation
        weights = torch.stack([self._draw(seed) for seed in seeds])
        n_biases = 0 if first_bias is None else 1
        if first_bias is not None:
            weights[:, -1] = first_bias
        if constant_first:
            weights[:, -last - n_biases :][:, :last] = 0.0
        self.weights = nn.Parameter(weights)
        self._pass: tuple[Any, TrainingPass] | None = None

    def _draw(self, seed: int) -> Tensor:
        """One critic's weights, uniform within ±1/sqrt(inputs), as torch.nn.Linear's."""
        generator = torch.Generator("cpu").manual_seed(seed)

        def uniform(n: int) -> Tensor:
            return torch.rand(n, generator=generator, dtype=torch.float32, device="cpu")

        return torch.cat(
            [
                (2 * uniform(n_in * n_out) - 1) / divisor
                for (n_in, n_out), divisor in zip(self.shapes, self.divisors, strict=True)
            ]
        )

    def forward(self, X: Tensor, y: Tensor, shifts: Sequence[int]) -> Tensor:
        """The critics' values where y is shifted against X.

        Parameters
        ----------
        X : Tensor of shape (n_critics, n_samples, n_features_X)
        y : Tensor of shape (n_critics, n_samples, n_features_y)
        shifts : sequence of int
            0 for pairs that belong together, s for x_i with y_{i+s}, cyclically.

        Returns
        -------
        scores : Tensor of shape (n_critics, n_shifts, n_samples)
        """
        weights = unflatten(self.weights, self.shapes)
        return self._deeper(*_first_layer(weights, X, y), shifts, weights[3:])

    def _deeper(
        self, from_X: Tensor, from_y: Tensor, shifts: Sequence[int], weights: Sequence[Tensor]
    ) -> Tensor:
        activation = ACTIVATIONS[self.activation].function
        n_critics, n_samples, n_units = from_X.shape
        starts = [shift % n_samples for shift in shifts]
        sums = [from_X + from_y[:, start : start + n_samples] for start in starts]
        units = activation(torch.stack(sums, 1).view(n_critics, -1, n_units))
        while len(weights) > 2:
            W, bias, *weights = weights
            units = activation(torch.baddbmm(bias, units, W))
        scores = torch.bmm(units, weights[0])
        if len(weights) == 2:
            scores = scores + weights[1]
        return scores.view(n_critics, len(shifts), n_samples)

    @torch.no_grad()
    def evaluate(self, X: Tensor, y: Tensor, shifts: Sequence[int]) -> Tensor:
        """As `forward`, without a gradient, in blocks that stay in a processor's caches."""
        n_critics, n_samples = X.shape[:2]
        scores = X.new_empty(n_critics, len(shifts), n_samples)
        room = _CPU_BLOCK if X.device.type == "cpu" else _GPU_BLOCK
        room //= n_samples * max(n_out for _, n_out in self.shapes)
        n_together = min(max(1, room), n_critics)
        for critics in slices(n_critics, n_together):
            weights = unflatten(self.weights[critics], self.shapes)
            sides = _first_layer(weights, X[critics], y[critics])
            for some in slices(len(shifts), max(1, room // n_together)):
                scores[critics, some] = self._deeper(*sides, shifts[some], weights[3:])
        return scores

    @torch.no_grad()
    def trace(self, X: Tensor, y: Tensor, n_shifts: int) -> tuple[Tensor, Callable[[Tensor], None]]:
        """Scores for training, and what sets the weights' gradient from the slope in them.

        Parameters
        ----------
        X : Tensor of shape (n_critics, n_samples, n_features_X)
        y : Tensor of shape (n_critics, n_samples, n_features_y)
        n_shifts : int
            For the shifts 0, 1, ...

        Returns
        -------
        scores : Tensor of shape (n_critics, n_shifts, n_samples)
            Overwritten by the next call.
        backward : callable
            Of the slope in the scores.
        """
        # The memory is for one shape, and for weights that stay where they are.
        key = X.shape[1], n_shifts, self.weights.data_ptr()
        if self._pass is None or self._pass[0] != key:
            activation = ACTIVATIONS[self.activation]
            weights = self.weights.detach()
            self._pass = key, TrainingPass(weights, self.shapes, activation, *key[:2])
        training_pass = self._pass[1]

        def backward(slope: Tensor) -> None:
            self.weights.grad = training_pass.backward(slope)

        return training_pass.forward(X, y), backward

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_pass": None}


def _first_divisors(n_features_X: int, n_features_y: int, init: str) -> list[float]:
    """Of the first layer's first weights of X and of y, and of its biases."""
    if init == "joint":
        return [math.sqrt(n_features_X + n_features_y)] * 3
    of_X, of_y = math.sqrt(n_features_X), math.sqrt(n_features_y)
    return [of_X, of_y, 1 / (1 / of_X + 1 / of_y)]


def _first_layer(weights: Sequence[Tensor], X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Either side's half, y's rows twice: a shift is a window on them."""
    from_X, from_y = torch.baddbmm(weights[2], X, weights[0]), torch.bmm(y, weights[1])
    return from_X, torch.cat([from_y, from_y], 1)


def slices(length: int, size: int) -> Iterator[slice]:
    """Of a sequence, at most `size` at once."""
    for start in range(0, length, size):
        yield slice(start, start + size)
