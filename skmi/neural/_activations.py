"""Activations with their derivatives in closed form."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

_aten = torch.ops.aten


class Activation(NamedTuple):
    """A function of numbers, and the gradient at its input from that at its output."""

    forward: Callable[[Tensor], Tensor]
    backward: Callable[[Tensor, Tensor], Tensor]  # (gradient at the output, input)


ACTIVATIONS = {
    "relu": Activation(torch.relu, lambda g, z: _aten.threshold_backward(g, z, 0)),
    "gelu": Activation(torch.nn.functional.gelu, lambda g, z: _aten.gelu_backward(g, z)),
    "silu": Activation(torch.nn.functional.silu, lambda g, z: _aten.silu_backward(g, z)),
    "tanh": Activation(torch.tanh, lambda g, z: _aten.tanh_backward(g, torch.tanh(z))),
}
