"""Activations of hidden layers: as torch has them, and in memory given, for training."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

_aten = torch.ops.aten


class Activation(NamedTuple):
    """A function of numbers, and what a training step takes, which asks for no memory."""

    function: Callable[[Tensor], Tensor]
    forward: Callable[[Tensor, Tensor], object]
    """Of the input; into the second argument."""
    backward: Callable[[Tensor, Tensor, Tensor], object]
    """Of the gradient at the output, which is overwritten, input and output."""


ACTIVATIONS = {
    "relu": Activation(
        torch.relu,
        lambda z, out: torch.clamp_min(z, 0, out=out),
        lambda g, z, out: _aten.threshold_backward.grad_input(g, z, 0, grad_input=g),
    ),
    "gelu": Activation(
        functional.gelu,
        lambda z, out: _aten.gelu.out(z, out=out),
        lambda g, z, out: _aten.gelu_backward.grad_input(g, z, grad_input=g),
    ),
    "silu": Activation(
        functional.silu,
        lambda z, out: _aten.silu.out(z, out=out),
        lambda g, z, out: _aten.silu_backward.grad_input(g, z, grad_input=g),
    ),
    "tanh": Activation(
        torch.tanh,
        lambda z, out: torch.tanh(z, out=out),
        lambda g, z, out: _aten.tanh_backward.grad_input(g, out, grad_input=g),
    ),
}
