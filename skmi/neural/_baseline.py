"""What critics know before they learn: the log density ratio of a Gaussian copula."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from .._typing import FloatArray
from ..estimators._gaussian import GaussianRatio

# Parts of the correlations between columns that are taken off, to be chosen among.
_SHRINKAGES = (0.0, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0)
# Without a held-out part to choose by, every so many-th sample is one.
_HELD_OUT = 5


def fit_ratio(
    x: FloatArray, y: FloatArray, train: np.ndarray, stop: np.ndarray | None
) -> GaussianRatio:
    """Learn the ratio from the training part, shrunk as suits the held-out part best.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples, n_columns)
        Normal scores.
    train, stop : ndarray of int
        Rows. Without `stop` the shrinkage is chosen by some of the training part.
    """
    learn, judge = train, stop
    if judge is None:
        chosen = np.arange(len(train)) % _HELD_OUT == 0
        learn, judge = train[~chosen], train[chosen]
    tried = {
        shrinkage: GaussianRatio.shrunk(x[learn], y[learn], shrinkage).log_ratio(x[judge], y[judge])
        for shrinkage in _SHRINKAGES
    }
    best = max(_SHRINKAGES, key=lambda each: float(tried[each].mean()))
    return GaussianRatio.shrunk(x[train], y[train], best)


class Baselines(NamedTuple):
    """The ratios of many critics, as tensors with a leading axis over critics.

    Of a pair of samples, ``constant + from_x + from_y + sum(a * b)``, where ``a`` and ``b``
    are combinations of either side's columns, and the second and third term are squares of
    other ones.
    """

    x_weights: Tensor
    y_weights: Tensor
    products: Tensor
    squares: Tensor
    constant: Tensor

    @classmethod
    def of(cls, ratios: Sequence[GaussianRatio]) -> Self:
        """Those of several critics, padded with pairs that tell nothing."""
        most = max(1, *(len(ratio.correlations) for ratio in ratios))

        def stack(arrays: list[FloatArray]) -> Tensor:
            padded = [
                np.pad(a, [*[(0, 0)] * (a.ndim - 1), (0, most - a.shape[-1])]) for a in arrays
            ]
            return torch.from_numpy(np.stack(padded).astype(np.float32))

        r = [ratio.correlations for ratio in ratios]
        return cls(
            stack([ratio.x_weights for ratio in ratios]),
            stack([ratio.y_weights for ratio in ratios]),
            stack([each / (1.0 - each**2) for each in r])[:, None],
            stack([-0.5 * each**2 / (1.0 - each**2) for each in r])[:, None],
            torch.tensor([ratio.information() for ratio in ratios], dtype=torch.float32),
        )

    def to(self, device: str) -> Self:
        return type(self)(*(each.to(device) for each in self))

    def take(self, critics: Sequence[int]) -> Self:
        return type(self)(*(each[critics] for each in self))

    @classmethod
    def joined(cls, several: Sequence[Self]) -> Self:
        """Those of several groups of critics with columns alike."""
        most = max(each.products.shape[-1] for each in several)

        def pad(each: Tensor) -> Tensor:
            short = most - each.shape[-1]
            return torch.nn.functional.pad(each, (0, short)) if each.ndim > 1 else each

        return cls(
            *(torch.cat([pad(each) for each in parts]) for parts in zip(*several, strict=True))
        )

    def scores(self, X: Tensor, y: Tensor, shifts: Sequence[int]) -> Tensor:
        """The log ratios where y is shifted against X, as a critic's `forward`.

        Returns
        -------
        scores : Tensor of shape (n_critics, n_shifts, n_samples)
        """
        a, b = torch.bmm(X, self.x_weights), torch.bmm(y, self.y_weights)
        from_x = (a.square() * self.squares).sum(2) + self.constant[:, None]
        from_y = (b.square() * self.squares).sum(2)
        weighted = a * self.products
        return torch.stack(
            [
                from_x
                + torch.roll(from_y, -shift, 1)
                + (weighted * torch.roll(b, -shift, 1)).sum(2)
                for shift in shifts
            ],
            1,
        )
