"""How skorch calls a plane: its methods for the beginning and the end of epochs."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .._optional import import_optional

# What skorch notes when the last batch of an epoch has been trained on.
_EPOCH_DONE = "train_batch_count"


class SkorchCallback:
    """What skorch asks of a callback, for an `InformationPlane`.

    skorch knows a callback by its methods alone: no class of its own is needed, and
    skorch need not be installed for your own training loop.
    """

    _given: bool
    _begun: bool
    rows_: list[dict[str, Any]]

    def initialize(self) -> Self:
        """Begin anew; called when the net is initialized."""
        for name in ("rows_", "_dead", "_doubted"):
            self.__dict__.pop(name, None)
        return self

    def on_train_begin(self, net: Any, X: Any = None, y: Any = None, **kwargs: Any) -> None:
        """Choose the samples, unless they are chosen."""
        self._validate_params()  # type: ignore[attr-defined]
        if not getattr(self, "_given", False):
            self._choose_samples(X, y)  # type: ignore[attr-defined]
        self._begun = False

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        """Before the first epoch, keep the rows that the net's history has, and record.

        Not as the training begins: a callback further down the list may load a
        checkpoint then, and all have begun now.
        """
        if self._begun:
            return
        epoch = _epochs_done(net)
        if epoch > 0:
            self.rewind(epoch)  # type: ignore[attr-defined]
        else:
            self.__dict__.pop("rows_", None)
        self._record_net(net, epoch)
        self._begun = True

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Record the epoch that has ended."""
        self._record_net(net, _epochs_done(net))

    def _nothing(self, net: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing is done here."""

    on_train_end = on_batch_begin = on_batch_end = on_grad_computed = _nothing

    def _record_net(self, net: Any, epoch: int) -> None:
        self.record(net.module_, epoch, loss=loss_of(net))  # type: ignore[attr-defined]


def loss_of(net: Any) -> Callable[[NDArray[Any], NDArray[Any] | None], float]:
    """The net's loss as a function of outputs and labels, both arrays."""

    def loss(output: NDArray[Any], y: NDArray[Any] | None) -> float:
        if y is None:
            return np.nan
        torch = import_optional("torch", purpose="InformationPlane", extra="neural")
        with torch.no_grad():
            tensors = (torch.as_tensor(each, device=net.device) for each in (output, y))
            return float(net.get_loss(*tensors, training=False))

    return loss


def _epochs_done(net: Any) -> int:
    """Epochs in the net's history, but for one that was interrupted or has just begun."""
    return sum(_EPOCH_DONE in row for row in net.history)
