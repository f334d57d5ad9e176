"""A batch through perceptrons and back: the gradient written out, in memory kept for it.

Autograd's bookkeeping, new memory for every result, and the views that lead to each matrix
take longer than the arithmetic of so small a network. Here memory and views are made once,
for batches of one shape; ``tests/perf/test_mine.py`` measures what that gains.

A *slope* is the derivative of the loss in something. Every tensor has a leading axis over
critics; a pair is a sample's x with its own or another sample's y.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from ._activations import Activation


def unflatten(flat: Tensor, shapes: Sequence[tuple[int, int]]) -> list[Tensor]:
    """Views of shape (n_critics, n_in, n_out) on all the numbers of each critic."""
    parts = flat.split([n_in * n_out for n_in, n_out in shapes], dim=1)
    return [part.view(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]


class TrainingPass:
    """Scores of the pairs of a batch, and the slope in the weights from that in the scores.

    Parameters
    ----------
    weights : Tensor of shape (n_critics, n_weights)
        Read anew in every pass.
    shapes : sequence of (int, int)
        Of the matrices in `weights`: the first layer's for X and for y and its bias, then
        matrix and bias of each further layer. The last bias may be missing.
    activation : Activation
        Of the hidden layers.
    n_samples : int
        Samples in a batch.
    n_shifts : int
        Each x meets the y of its own sample and of the ``n_shifts - 1`` after it, cyclically.

    Attributes
    ----------
    slope : Tensor of shape (n_critics, n_weights)
        Set by `backward`.
    """

    def __init__(
        self,
        weights: Tensor,
        shapes: Sequence[tuple[int, int]],
        activation: Activation,
        n_samples: int,
        n_shifts: int,
    ) -> None:
        self.slope = torch.empty_like(weights)
        both = zip(unflatten(weights, shapes), unflatten(self.slope, shapes), strict=True)
        W_X, W_y, bias, *deeper = (_Weights(*each) for each in both)
        n_pairs = n_shifts * n_samples
        units = _Units(W_X, n_pairs, activation)
        self.first = _FirstLayer(W_X, W_y, bias, n_samples, n_shifts, units)
        self.hidden = []
        while len(deeper) > 2:
            W, bias, *deeper = deeper
            above = _Units(W, n_pairs, activation)
            self.hidden.append(_HiddenLayer(W, bias, units, above))
            units = above
        self.last = _LastLayer(*deeper, units=units, n_shifts=n_shifts)

    def forward(self, X: Tensor, y: Tensor) -> Tensor:
        """Scores, of shape (n_critics, n_shifts, n_samples)."""
        self.first.forward(X, y)
        for layer in self.hidden:
            layer.forward()
        return self.last.forward()

    def backward(self, slope: Tensor) -> Tensor:
        """The slope in the weights of the last batch, from that in its scores."""
        self.last.backward(slope)
        for layer in reversed(self.hidden):
            layer.backward()
        self.first.backward()
        return self.slope


class _Weights:
    """A matrix, or a row of biases, of each critic, and the slope in it."""

    def __init__(self, value: Tensor, slope: Tensor) -> None:
        self.value, self.slope = value, slope
        self.transposed = value.transpose(1, 2)

    def memory(self, n_rows: int, n_columns: int) -> Tensor:
        return self.value.new_empty(len(self.value), n_rows, n_columns)


class _Units:
    """The units of a hidden layer, for all pairs."""

    def __init__(self, weights: _Weights, n_pairs: int, activation: Activation) -> None:
        n_units = weights.value.shape[2]
        self.before, self.after, self.slope = (weights.memory(n_pairs, n_units) for _ in range(3))
        self.after_transposed = self.after.transpose(1, 2)
        self.activation = activation

    def activate(self) -> None:
        self.activation.forward(self.before, self.after)

    def deactivate(self) -> None:
        """Turn the slope in what comes out into that in what went in."""
        self.activation.backward(self.slope, self.before, self.after)


class _FirstLayer:
    """The first layer in two halves: all pairs of x share what became of x, and so for y."""

    def __init__(
        self,
        W_X: _Weights,
        W_y: _Weights,
        bias: _Weights,
        n_samples: int,
        n_shifts: int,
        units: _Units,
    ) -> None:
        self.W_X, self.W_y, self.bias, self.units = W_X, W_y, bias, units
        n_units = units.before.shape[2]
        # The first y come again after the last: a shift is a window on this.
        n_rows = n_samples + n_shifts - 1
        self.X, y = (W.memory(n, W.value.shape[1]) for W, n in ((W_X, n_samples), (W_y, n_rows)))
        self.y, self.y_own, self.y_again = y, y[:, :n_samples], y[:, n_samples:]
        self.X_transposed, self.y_transposed = self.X.transpose(1, 2), y.transpose(1, 2)
        # What becomes of either side; on the way back, the slope in it.
        self.from_X, self.from_y = (W_X.memory(n, n_units) for n in (n_samples, n_rows))
        by_shift = (len(y), n_shifts, n_samples, n_units)
        self.each_X = self.from_X[:, None]
        self.each_y = self.from_y.unfold(1, n_samples, 1).transpose(2, 3)
        self.sums, self.slope = units.before.view(by_shift), units.slope.view(by_shift)
        self.slopes, self.windows = self.slope.unbind(1), self.each_y.unbind(1)

    def forward(self, X: Tensor, y: Tensor) -> None:
        self.X.copy_(X)
        self.y_own.copy_(y)
        self.y_again.copy_(y[:, : self.y_again.shape[1]])
        torch.baddbmm(self.bias.value, self.X, self.W_X.value, out=self.from_X)
        torch.bmm(self.y, self.W_y.value, out=self.from_y)
        torch.add(self.each_X, self.each_y, out=self.sums)
        self.units.activate()

    def backward(self) -> None:
        self.units.deactivate()
        torch.sum(self.slope, 1, out=self.from_X)
        self.from_y.zero_()
        for slope, window in zip(self.slopes, self.windows, strict=True):
            window += slope
        torch.sum(self.from_X, 1, keepdim=True, out=self.bias.slope)
        torch.bmm(self.X_transposed, self.from_X, out=self.W_X.slope)
        torch.bmm(self.y_transposed, self.from_y, out=self.W_y.slope)


class _HiddenLayer:
    """A layer from units below to units above."""

    def __init__(self, W: _Weights, bias: _Weights, below: _Units, above: _Units) -> None:
        self.W, self.bias, self.below, self.above = W, bias, below, above

    def forward(self) -> None:
        torch.baddbmm(self.bias.value, self.below.after, self.W.value, out=self.above.before)
        self.above.activate()

    def backward(self) -> None:
        self.above.deactivate()
        slope = self.above.slope
        torch.sum(slope, 1, keepdim=True, out=self.bias.slope)
        torch.bmm(self.below.after_transposed, slope, out=self.W.slope)
        torch.bmm(slope, self.W.transposed, out=self.below.slope)


class _LastLayer:
    """The layer from the last units to one score for each pair."""

    def __init__(
        self, W: _Weights, bias: _Weights | None = None, *, units: _Units, n_shifts: int
    ) -> None:
        self.W, self.bias, self.units = W, bias, units
        self.flat = W.memory(units.after.shape[1], 1)
        self.scores = self.flat.view(len(self.flat), n_shifts, -1)

    def forward(self) -> Tensor:
        torch.bmm(self.units.after, self.W.value, out=self.flat)
        if self.bias is not None:
            self.flat += self.bias.value
        return self.scores

    def backward(self, slope: Tensor) -> None:
        slope = slope.reshape(self.flat.shape)
        if self.bias is not None:
            torch.sum(slope, 1, keepdim=True, out=self.bias.slope)
        torch.bmm(self.units.after_transposed, slope, out=self.W.slope)
        torch.mul(slope, self.W.transposed, out=self.units.slope)
