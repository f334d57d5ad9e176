"""What a network keeps of its input and of its labels, layer by layer, along training."""

from ._capture import capture_activations
from ._networks import (
    get_critic_sizes,
    get_network_names,
    get_observed_layer,
    make_classifier,
    make_network,
)
from ._noise_response import noise_response
from ._plane import InformationPlane

__all__ = [
    "InformationPlane",
    "capture_activations",
    "get_critic_sizes",
    "get_network_names",
    "get_observed_layer",
    "make_classifier",
    "make_network",
    "noise_response",
]
