"""Data that stay on the device, and batches that are slices of them."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset


class PairedTensors(Dataset):  # type: ignore[type-arg]
    """The rows that each of several critics sees.

    Parameters
    ----------
    X : Tensor of shape (n_sets, n_samples, n_features_X)
    y : Tensor of shape (n_sets, n_samples, n_features_y)
    sets : Tensor of int, shape (n_critics,)
        The data set of each critic.
    rows : Tensor of int, shape (n_critics, n_rows)
        The rows of it that the critic sees.
    seeds : sequence of int
        For each critic, what the order of its batches is drawn with.
    """

    def __init__(
        self, X: Tensor, y: Tensor, sets: Tensor, rows: Tensor, seeds: Sequence[int]
    ) -> None:
        self.X, self.y = X, y
        self.sets, self.rows = sets[:, None], rows
        self.generators = [torch.Generator("cpu").manual_seed(seed) for seed in seeds]

    def __len__(self) -> int:
        return self.rows.shape[1]

    def take(self, order: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Both sides, of shape (n_critics, n_rows, n_features), rows in the order given."""
        rows = self.rows if order is None else self.rows.gather(1, order)
        return self.X[self.sets, rows], self.y[self.sets, rows]

    def shuffled(self) -> tuple[Tensor, Tensor]:
        """Each critic's rows in an order of its own, drawn anew."""
        # Drawn on the CPU, so that a seed means the same on every device.
        orders = [torch.randperm(len(self), generator=g, device="cpu") for g in self.generators]
        return self.take(torch.stack(orders).to(self.X.device))


class ShuffledBatches:
    """Batches for all critics at once: slices of rows shuffled once an epoch.

    The batches are of one size, at most `batch_size`; the few rows that are left over
    are others in each epoch.
    """

    def __init__(self, dataset: PairedTensors, batch_size: int, **_: Any) -> None:
        self.dataset = dataset
        self.n_batches = -(-len(dataset) // batch_size)
        self.size = len(dataset) // self.n_batches

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[tuple[dict[str, Tensor], None]]:
        X, y = self.dataset.shuffled()
        for start in range(0, self.n_batches * self.size, self.size):
            rows = slice(start, start + self.size)
            yield {"X": X[:, rows], "y": y[:, rows]}, None


class OneBatch:
    """All rows at once, in their order: a bound is no sum over batches."""

    def __init__(self, dataset: PairedTensors, batch_size: int, **_: Any) -> None:
        X, y = dataset.take()
        self.batch = {"X": X, "y": y}, None

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[tuple[dict[str, Tensor], None]]:
        yield self.batch
