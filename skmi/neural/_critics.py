"""Many critics F(x, y) as one torch module, evaluated and trained together.

Each parameter has a leading axis over critics, and critic i never sees another's
numbers: what it learns does not depend on who is trained with it.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.func import functional_call

from ._activations import ACTIVATIONS


class Perceptrons(nn.Module):
    """Multilayer perceptrons of one shape, the first layer split in two.

    ``X W_X + y W_y + b`` instead of ``[X y] W + b``: pairs of the product use both
    halves. All weights are one parameter, so that an optimizer's step is one call, and
    the gradient is written out, which is about twice as fast as recording it.

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
    ) -> None:
        super().__init__()
        sizes = [*hidden_layer_sizes, 1]
        first = hidden_layer_sizes[0]
        self.shapes = [(n_features_X, first), (n_features_y, first), (1, first)]
        for n_in, n_out in pairwise(sizes):
            self.shapes += [(n_in, n_out), (1, n_out)]
        self.fans = [n_features_X + n_features_y] * 3
        self.fans += [n_in for n_in in hidden_layer_sizes for _ in range(2)]
        if first_bias is None:
            del self.shapes[-1], self.fans[-1]
        self.activation = activation
        self.n_units = list(hidden_layer_sizes)
        self.has_bias = first_bias is not None
        self.workspace: _Workspace | None = None
        weights = torch.stack([self._draw(seed) for seed in seeds])
        n_biases = 0 if first_bias is None else 1
        if first_bias is not None:
            weights[:, -1] = first_bias
        if constant_first:
            weights[:, -hidden_layer_sizes[-1] - n_biases :][:, : hidden_layer_sizes[-1]] = 0.0
        self.weights = nn.Parameter(weights)

    def _draw(self, seed: int) -> Tensor:
        """One critic's weights, uniform within ±1/sqrt(inputs), as torch.nn.Linear's."""
        generator = torch.Generator().manual_seed(seed)
        return torch.cat(
            [
                (2 * torch.rand(n_in * n_out, generator=generator) - 1) / math.sqrt(fan)
                for (n_in, n_out), fan in zip(self.shapes, self.fans, strict=True)
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
        return _PerceptronScores.apply(self.weights, self, X, y, shifts)

    @torch.no_grad()
    def trace(
        self, X: Tensor, y: Tensor, shifts: Sequence[int]
    ) -> tuple[Tensor, Callable[[Tensor], None]]:
        """Scores, and what sets the weights' gradient from the slope in the scores.

        What ``scores.backward(slope)`` does, in half the time: autograd's bookkeeping
        takes as long as the arithmetic of so small a network. Memory is used again and
        again, until the shapes change.
        """
        shape = (*X.shape[:2], len(shifts))
        space = self.workspace
        at = self.weights.data_ptr()
        if space is None or space.shape != shape or space.weights[0].data_ptr() != at:
            self.workspace = self._make_workspace(X, shape)
        scores, passed = self.evaluate(X, y, shifts, self.workspace)

        def backward(slope: Tensor) -> None:
            self.weights.grad = self.gradient(passed, slope)

        return scores, backward

    def _make_workspace(self, X: Tensor, shape: tuple[int, int, int]) -> "_Workspace":
        n_critics, n_samples, n_shifts = shape
        before, after, slopes = (
            [X.new_empty(n_critics, n_shifts * n_samples, n_units) for n_units in self.n_units]
            for _ in range(3)
        )
        weights = _unflatten(self.weights.detach(), self.shapes)
        gradient = torch.empty_like(self.weights)
        views = _unflatten(gradient, self.shapes)
        return _Workspace(shape, before, after, slopes, weights, gradient, views)

    def evaluate(
        self, X: Tensor, y: Tensor, shifts: Sequence[int], workspace: "_Workspace | None" = None
    ) -> tuple[Tensor, "_Pass"]:
        """Scores, as `forward` gives them, and what `gradient` needs."""
        n_critics, n_samples = X.shape[:2]
        if workspace is None:
            workspace = self._make_workspace(X, (n_critics, n_samples, len(shifts)))
        before, after = workspace.before, workspace.after
        activation = ACTIVATIONS[self.activation]
        W_X, W_y, bias, *deeper = workspace.weights
        from_X, from_y = torch.baddbmm(bias, X, W_X), torch.bmm(y, W_y)
        inputs = before[0].view(n_critics, len(shifts), n_samples, -1)
        for at_shift, shift in zip(inputs.unbind(1), shifts, strict=True):
            _add_shifted(from_X, from_y, shift, out=at_shift)
        activation.forward(before[0], after[0])
        for layer in range(1, len(before)):
            W, bias, *deeper = deeper
            torch.baddbmm(bias, after[layer - 1], W, out=before[layer])
            activation.forward(before[layer], after[layer])
        scores = torch.bmm(after[-1], deeper[0])
        if self.has_bias:
            scores += deeper[1]
        return scores.view(n_critics, len(shifts), n_samples), _Pass(X, y, shifts, workspace)

    @torch.no_grad()
    def gradient(self, passed: "_Pass", slope: Tensor) -> Tensor:
        """The slope in the weights, from that in the scores of a pass."""
        X, y, shifts, workspace = passed
        before, after, below = workspace.before, workspace.after, workspace.slopes
        activation = ACTIVATIONS[self.activation]
        weights, slopes = workspace.weights, workspace.gradient_views
        slope = slope.reshape(*before[0].shape[:2], 1)
        at = len(weights) - 1
        if self.has_bias:
            torch.sum(slope, 1, keepdim=True, out=slopes[at])
            at -= 1
        torch.bmm(after[-1].transpose(1, 2), slope, out=slopes[at])
        slope = torch.bmm(slope, weights[at].transpose(1, 2), out=below[-1])
        for layer in range(len(before) - 1, 0, -1):
            activation.backward(slope, before[layer], after[layer])
            torch.sum(slope, 1, keepdim=True, out=slopes[at - 1])
            torch.bmm(after[layer - 1].transpose(1, 2), slope, out=slopes[at - 2])
            slope = torch.bmm(slope, weights[at - 2].transpose(1, 2), out=below[layer - 1])
            at -= 2
        activation.backward(slope, before[0], after[0])
        slope = slope.view(len(X), len(shifts), *X.shape[1:2], -1)
        from_X = slope.sum(1)
        torch.sum(from_X, 1, keepdim=True, out=slopes[2])
        torch.bmm(X.transpose(1, 2), from_X, out=slopes[0])
        torch.bmm(y.transpose(1, 2), _shift_back(slope, shifts), out=slopes[1])
        return workspace.gradient

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "workspace": None}


class _Workspace(NamedTuple):
    """Memory for a pass and its gradient."""

    shape: tuple[int, int, int]
    """Critics, samples and shifts."""
    before: list[Tensor]
    """Of each hidden layer, what goes into its activation."""
    after: list[Tensor]
    slopes: list[Tensor]
    weights: list[Tensor]
    """Views of the critics' weights, a matrix or bias each."""
    gradient: Tensor
    gradient_views: list[Tensor]


class _Pass(NamedTuple):
    """What a pass through `Perceptrons` leaves for the gradient."""

    X: Tensor
    y: Tensor
    shifts: Sequence[int]
    workspace: _Workspace


class _PerceptronScores(torch.autograd.Function):
    """`Perceptrons.forward` for autograd."""

    @staticmethod
    def forward(
        ctx: Any, flat: Tensor, critics: Perceptrons, X: Tensor, y: Tensor, shifts: Sequence[int]
    ) -> Tensor:
        scores, ctx.passed = critics.evaluate(X, y, shifts)
        ctx.critics = critics
        return scores

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> Any:
        return ctx.critics.gradient(ctx.passed, slope), None, None, None, None


def _unflatten(flat: Tensor, shapes: Sequence[tuple[int, int]]) -> list[Tensor]:
    """Views of shape (n_critics, n_in, n_out)."""
    parts = flat.split([n_in * n_out for n_in, n_out in shapes], dim=1)
    return [part.view(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]


def _add_shifted(from_X: Tensor, from_y: Tensor, shift: int, out: Tensor) -> None:
    n = from_X.shape[1]
    shift %= n
    torch.add(from_X[:, : n - shift], from_y[:, shift:], out=out[:, : n - shift])
    if shift:
        torch.add(from_X[:, n - shift :], from_y[:, :shift], out=out[:, n - shift :])


def _shift_back(slope: Tensor, shifts: Sequence[int]) -> Tensor:
    """Sum over shifts of what reached each sample's y."""
    n = slope.shape[2]
    total = torch.zeros_like(slope[:, 0])
    for at_shift, shift in zip(slope.unbind(1), shifts, strict=True):
        shift %= n
        total[:, shift:] += at_shift[:, : n - shift]
        if shift:
            total[:, :shift] += at_shift[:, n - shift :]
    return total


class ModuleCritics(nn.Module):
    """Critics of the user's own making, with stacked parameters and ordinary gradients.

    Parameters
    ----------
    seeds : sequence of int
        One for each critic.
    n_features_X, n_features_y : int
        Number of columns on each side; given to `factory`.
    factory : callable
        ``factory(n_features_X, n_features_y, **settings)`` makes a module that maps
        ``(x, y)`` to one value for each row.
    settings : dict
        Further arguments of `factory`.
    """

    def __init__(
        self,
        seeds: Sequence[int],
        n_features_X: int,
        n_features_y: int,
        factory: Callable[..., nn.Module],
        settings: dict[str, Any],
    ) -> None:
        super().__init__()
        modules = []
        for seed in seeds:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                modules.append(factory(n_features_X, n_features_y, **settings))
        self.template = [modules[0]]  # in a list: its own parameters are not trained
        names = [name for name, _ in modules[0].named_parameters()]
        self.names = names
        states = [dict(module.named_parameters()) for module in modules]
        self.stacked = nn.ParameterList(
            nn.Parameter(torch.stack([state[name].detach() for state in states])) for name in names
        )

    def trace(
        self, X: Tensor, y: Tensor, shifts: Sequence[int]
    ) -> tuple[Tensor, Callable[[Tensor], None]]:
        """As `Perceptrons.trace`, by autograd."""
        scores = self(X, y, shifts)
        return scores.detach(), scores.backward

    def forward(self, X: Tensor, y: Tensor, shifts: Sequence[int]) -> Tensor:
        """As `Perceptrons.forward`."""
        template = self.template[0].to(X.device).train(self.training)
        scores = []
        for i in range(len(X)):
            weights = {name: p[i] for name, p in zip(self.names, self.stacked, strict=True)}
            x = X[i].repeat(len(shifts), 1)
            shifted = torch.cat([y[i].roll(-shift, 0) for shift in shifts])
            values = functional_call(template, weights, (x, shifted))
            if values.numel() != len(x):
                raise ValueError(
                    f"{type(template).__name__} returned values of shape {tuple(values.shape)} "
                    f"for {len(x)} pairs; a critic gives one value for each pair."
                )
            scores.append(values.reshape(len(shifts), -1))
        return torch.stack(scores)
