"""Critics F(x, y) of the user's own making, many as one torch module."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ._perceptrons import slices
from ._torch_state import seeded

# Pairs that go through a module at once where no gradient is wanted.
_BLOCK = 1 << 15


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
            with seeded(seed, "cpu"):
                modules.append(factory(n_features_X, n_features_y, **settings))
        self.template = [modules[0]]  # in a list: its own parameters are not trained
        names = [name for name, _ in modules[0].named_parameters()]
        self.names = names
        states = [dict(module.named_parameters()) for module in modules]
        self.stacked = nn.ParameterList(
            nn.Parameter(torch.stack([state[name].detach() for state in states])) for name in names
        )

    def trace(self, X: Tensor, y: Tensor, n_shifts: int) -> tuple[Tensor, Callable[[Tensor], None]]:
        """As `Perceptrons.trace`, by autograd."""
        scores = self(X, y, range(n_shifts))

        def backward(slope: Tensor) -> None:
            self.zero_grad()
            scores.backward(slope)

        return scores.detach().clone(), backward

    @torch.no_grad()
    def evaluate(self, X: Tensor, y: Tensor, shifts: Sequence[int]) -> Tensor:
        """As `forward`, without a gradient, some shifts at a time."""
        n_together = max(1, _BLOCK // X.shape[1])
        blocks = [self(X, y, shifts[some]) for some in slices(len(shifts), n_together)]
        return torch.cat(blocks, 1)

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
