"""Data sets and their critics in as few trainings as there can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.utils.parallel import Parallel, delayed
from torch import Tensor

from ._bounds import BOUNDS
from ._settings import Settings
from ._training import Interrupted, Part, Trained, make_net, train

__all__ = ["Interrupted", "Job", "group_size", "train_together"]

# Numbers in one layer of all critics that are trained together on a CPU: what stays in
# its caches. Measured by tests/perf/test_mine.py.
_CPU_GROUP = 600_000
# On a GPU memory is the limit: 1 GiB a layer.
_GPU_GROUP = 1 << 28


@dataclass(frozen=True)
class Job:
    """One data set, in single precision, and what each of its critics sees of it."""

    X: Tensor
    y: Tensor
    parts: Sequence[Part]

    def held_out(self) -> tuple[Tensor, Tensor]:
        """Of both sides what each critic is judged on, of shape (n_critics, n_rows, ...)."""
        rows = [torch.from_numpy(part.held_out) for part in self.parts]
        return torch.stack([self.X[r] for r in rows]), torch.stack([self.y[r] for r in rows])


@dataclass(frozen=True)
class _Critic:
    """A critic to be trained: its data set's place among all of one shape, and its rows."""

    owner: int
    part: Part


@dataclass(frozen=True)
class _Piece:
    """Some critics of a training."""

    trained: Trained
    critics: list[int]


def train_together(settings: Settings, jobs: Sequence[Job]) -> list[Trained]:
    """Train the critics of each data set; those with data of one shape together.

    Raises
    ------
    Interrupted
        At an interrupt of the training of a single data set in a single group.
    KeyboardInterrupt
        At any other.
    """
    by_shape: dict[Any, list[int]] = {}
    for index, job in enumerate(jobs):
        by_shape.setdefault((job.X.shape, job.y.shape), []).append(index)
    found: dict[int, Trained] = {}
    for indices in by_shape.values():
        trainings = _train_equal_shapes(settings, [jobs[index] for index in indices])
        found |= dict(zip(indices, trainings, strict=True))
    return [found[index] for index in range(len(jobs))]


def _train_equal_shapes(settings: Settings, jobs: list[Job]) -> list[Trained]:
    critics = [_Critic(owner, part) for owner, job in enumerate(jobs) for part in job.parts]
    size = group_size(settings, len(critics[0].part.train))
    groups = [critics[start : start + size] for start in range(0, len(critics), size)]
    alone = settings.device != "cpu" or len(groups) == 1
    trainings = (
        delayed(_train_group)(settings, *_data_of(group, jobs), group, _title(number, len(groups)))
        for number, group in enumerate(groups)
    )
    try:
        results = Parallel(n_jobs=1 if alone else settings.n_jobs)(trainings)
    except Interrupted:
        if len(groups) == len(jobs) == 1:
            raise
        raise KeyboardInterrupt from None
    return [
        _gather(settings, list(_pieces_of(owner, groups, results))) for owner in range(len(jobs))
    ]


def group_size(settings: Settings, n_rows: int) -> int:
    """How many critics to train together."""
    n_batch = min(settings.batch_size, n_rows)
    n_pairs = n_batch * (n_batch if BOUNDS[settings.bound].compares_all else 2)
    room = _CPU_GROUP if settings.device == "cpu" else _GPU_GROUP
    return max(1, room // (n_pairs * max(settings.hidden_layer_sizes)))


def _data_of(group: list[_Critic], jobs: list[Job]) -> tuple[Tensor, Tensor]:
    """The data sets that a group sees, in their order."""
    owners = sorted({critic.owner for critic in group})
    return torch.stack([jobs[o].X for o in owners]), torch.stack([jobs[o].y for o in owners])


def _train_group(
    settings: Settings, X: Tensor, y: Tensor, group: list[_Critic], title: str
) -> Trained:
    owners = sorted({critic.owner for critic in group})
    sets = [owners.index(critic.owner) for critic in group]
    return train(settings, X, y, sets, [critic.part for critic in group], title)


def _title(number: int, n_groups: int) -> str:
    return "MINE" if n_groups == 1 else f"MINE {number + 1}/{n_groups}"


def _pieces_of(owner: int, groups: list[list[_Critic]], results: Sequence[Trained]) -> Any:
    for group, trained in zip(groups, results, strict=True):
        critics = [place for place, critic in enumerate(group) if critic.owner == owner]
        if critics:
            yield _Piece(trained, critics)


def _gather(settings: Settings, pieces: list[_Piece]) -> Trained:
    """One training of critics that were trained in several groups, among others."""
    trained = pieces[0].trained
    if len(pieces) == 1 and len(pieces[0].critics) == len(trained.best_epochs):
        return trained
    first = trained.net
    seeds = [piece.trained.net.module__seeds[c] for piece in pieces for c in piece.critics]
    sizes = first.module__n_features_X, first.module__n_features_y
    net = make_net(settings, *sizes, seeds).initialize()
    weights = [
        [w[piece.critics] for w in piece.trained.net.module_.parameters()] for piece in pieces
    ]
    net.set_weights([torch.cat(parts) for parts in zip(*weights, strict=True)])
    held_out = None
    if trained.held_out_bounds is not None:
        held_out = _side_by_side([p.trained.held_out_bounds[:, p.critics] for p in pieces])  # type: ignore[index]
    joined = Trained(
        net,
        _side_by_side([piece.trained.train_bounds[:, piece.critics] for piece in pieces]),
        held_out,
        np.concatenate([piece.trained.best_epochs[piece.critics] for piece in pieces]),
        np.concatenate([piece.trained.diverged[piece.critics] for piece in pieces]),
    )
    net.write_history(joined.train_bounds, joined.held_out_bounds)
    return joined


def _side_by_side(curves: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    n_epochs = max(len(curve) for curve in curves)
    lengthened = [
        np.pad(c, ((0, n_epochs - len(c)), (0, 0)), constant_values=np.nan) for c in curves
    ]
    return np.hstack(lengthened)
