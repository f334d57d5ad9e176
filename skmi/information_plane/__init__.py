"""What a network keeps of its input and of its labels, layer by layer, along training."""

from ._capture import capture_activations

__all__ = ["capture_activations"]
