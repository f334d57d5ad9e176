"""What series tell about each other, and about each other's future."""

from ._lagged import LaggedMutualInfo, lagged_mutual_info
from ._transfer_entropy import TransferEntropyResult, transfer_entropy, transfer_entropy_test

__all__ = [
    "LaggedMutualInfo",
    "TransferEntropyResult",
    "lagged_mutual_info",
    "transfer_entropy",
    "transfer_entropy_test",
]
