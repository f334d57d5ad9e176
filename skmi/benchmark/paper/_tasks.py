"""The tasks of the paper's experiments: what their samples are drawn from."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import OneToOneFeatureMixin
from sklearn.utils._param_validation import validate_params

from ..._params import Whole
from ..._typing import FloatArray
from ...datasets._additive_gaussian_noise import AdditiveGaussianNoise
from ...datasets._append_noise import AppendNoise
from ...datasets._base_transform import BaseTransform
from ...datasets._correlated_gaussians import CorrelatedGaussians
from ...datasets._transformed_sampler import TransformedSampler
from ...datasets._transforms import make_transforms
from .._task import Task
from ._printed_tables import read_table
from ._protocol import Protocol

BASES = {"noise": AdditiveGaussianNoise, "gaussians": CorrelatedGaussians}


@dataclass(frozen=True)
class RandomSampler:
    """A sampler with parameters drawn anew: called with a generator, as each trial does.

    Parameters
    ----------
    base : {"noise", "gaussians"}
        `AdditiveGaussianNoise` or `CorrelatedGaussians`.
    n_features : int
        Number of columns of X, before the transforms, and of y.
    low, high : float
        The noise's standard deviation, or the correlation, is uniform between the two.
    transforms : tuple of transformers, default=()
        Of one side, from first to last.
    side : {"X", "y"}, default="X"
        Which one.
    """

    base: str
    n_features: int
    low: float
    high: float
    transforms: tuple[Any, ...] = ()
    side: str = "X"

    def __call__(self, rng: np.random.Generator) -> Any:
        """A sampler with parameters of its own."""
        sampler = BASES[self.base](self.n_features, float(rng.uniform(self.low, self.high)))
        if not self.transforms:
            return sampler
        return TransformedSampler(sampler, list(self.transforms), self.side)


class Multiply(OneToOneFeatureMixin, BaseTransform):
    """Multiply by a constant, which no mutual information depends on."""

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor

    def _map(self, X: FloatArray) -> FloatArray:
        return self.factor * X

    def _unmap(self, X: FloatArray) -> FloatArray:
        return X / self.factor


def make_sampler(base: str, n_features: int, transforms: str, protocol: Protocol) -> RandomSampler:
    """A random sampler with the protocol's ranges, order of transforms and noise columns."""
    steps = make_transforms(protocol.arrange(transforms))
    for step in steps:
        if isinstance(step, AppendNoise):
            step.set_params(n_features=protocol.count_columns(n_features), std=protocol.column_std)
    ranges = {"noise": protocol.noise_std_range, "gaussians": protocol.correlation_range}
    return RandomSampler(base, n_features, *ranges[base], transforms=tuple(steps))


@validate_params(
    {"table": "no_validation", "protocol": [Protocol, None], "n_samples": [Whole(1), None]},
    prefer_skip_nested_validation=True,
)
def table_tasks(
    table: int, protocol: Protocol | None = None, n_samples: int | None = None
) -> dict[str, Task]:
    """A task for each row of one of the paper's tables.

    Parameters
    ----------
    table : {2, 3}
    protocol : Protocol, default=None
        None is ``Protocol()``.
    n_samples : int, default=None
        Size of the samples; None is the paper's.

    Returns
    -------
    tasks : dict of str to Task
        By names such as ``"table 2 row 5: dn>rm, d=4"``.
    """
    protocol = Protocol() if protocol is None else protocol
    base = {2: "noise", 3: "gaussians"}
    return {
        task_name(table, row.row): Task(
            make_sampler(base[table], row.n_features, row.transforms, protocol),
            row.n_samples if n_samples is None else n_samples,
        )
        for row in read_table(table)
    }


def task_name(table: int, row: int) -> str:
    """The name that a row's task has in the results."""
    return f"table {table} row {row}"
