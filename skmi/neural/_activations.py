"""Activations with their derivatives in closed form."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

_aten = torch.ops.aten


class Activation(NamedTuple):
    """A function of numbers, and the gradient at its input from that at its output.

    Both write where they are told, so that a training step asks for no memory.
    """

    forward: Callable[[Tensor, Tensor], object]
    """Of the input; into the second argument."""
    backward: Callable[[Tensor, Tensor, Tensor], object]
    """Of the gradient at the output, which is overwritten, input and output."""


ACTIVATIONS = {
    "relu": Activation(
        lambda z, out: torch.clamp_min(z, 0, out=out),
        lambda g, z, out: _aten.threshold_backward.grad_input(g, z, 0, grad_input=g),
    ),
    "gelu": Activation(
        lambda z, out: _aten.gelu.out(z, out=out),
        lambda g, z, out: _aten.gelu_backward.grad_input(g, z, grad_input=g),
    ),
    "silu": Activation(
        lambda z, out: _aten.silu.out(z, out=out),
        lambda g, z, out: _aten.silu_backward.grad_input(g, z, grad_input=g),
    ),
    "tanh": Activation(
        lambda z, out: torch.tanh(z, out=out),
        lambda g, z, out: _aten.tanh_backward.grad_input(g, out, grad_input=g),
    ),
}
