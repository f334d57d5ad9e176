"""What a grid draws its trials from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils._param_validation import validate_parameter_constraints

from .._params import Whole
from .._random import RandomState, as_generator, draw_seed


@dataclass(frozen=True)
class Task:
    """Samples of known mutual information, new ones in each trial.

    Parameters
    ----------
    sampler : sampler or callable
        A sampler of :mod:`skmi.datasets`, or anything with
        ``sample(n_samples, random_state)``, given an integer, and ``mutual_info``. Or a
        function of a :class:`numpy.random.Generator` that returns one: each trial then
        has parameters of its own.
    n_samples : int, default=1000
        Size of each sample.

    Raises
    ------
    TypeError
        If `sampler` is neither of the two.
    ValueError
        If `n_samples` is not a positive integer.

    See Also
    --------
    BenchmarkGrid : Runs estimators on tasks.

    Examples
    --------
    The noise differs from trial to trial:

    >>> from skmi.benchmark import Task
    >>> from skmi.datasets import AdditiveGaussianNoise
    >>> task = Task(lambda rng: AdditiveGaussianNoise(2, rng.uniform(0.55, 1.7)), n_samples=200)
    >>> for trial in range(3):
    ...     X, y, truth = task.draw(trial)
    ...     print(f"{X.shape} {y.shape} {truth:.2f} nats")
    (200, 2) (200, 2) 0.47 nats
    (200, 2) (200, 2) 0.57 nats
    (200, 2) (200, 2) 0.87 nats
    """

    sampler: Any
    n_samples: int = 1000

    def __post_init__(self) -> None:
        if isinstance(self.sampler, type) or not (
            hasattr(self.sampler, "sample") or callable(self.sampler)
        ):
            raise TypeError(
                "sampler must have a method sample(n_samples, random_state), or be a function "
                f"of a numpy Generator that returns a sampler; got {self.sampler!r}."
            )
        validate_parameter_constraints(
            {"n_samples": [Whole(1)]}, {"n_samples": self.n_samples}, "Task"
        )

    def draw(self, random_state: RandomState = None) -> tuple[Any, Any, float]:
        """Draw one trial.

        Parameters
        ----------
        random_state : int, Generator, RandomState or None, default=None
            An integer gives the same trial every time.

        Returns
        -------
        X : ndarray of shape (n_samples, n_features)
            First variable.
        y : ndarray of shape (n_samples, n_targets)
            Second variable.
        truth : float
            Their mutual information, in nats.
        """
        rng = as_generator(random_state)
        sampler = self.sampler if hasattr(self.sampler, "sample") else self.sampler(rng)
        if isinstance(sampler, type) or not hasattr(sampler, "sample"):
            raise TypeError(f"sampler(rng) must return a sampler, got {sampler!r}.")
        truth = getattr(sampler, "mutual_info", None)
        if truth is None:
            raise TypeError(f"sampler must know its mutual_info, got {sampler!r}.")
        X, y = sampler.sample(int(self.n_samples), random_state=draw_seed(rng))
        return X, y, float(truth)


def as_task(task: Any, n_samples: int, name: str) -> Any:
    """The task itself, or the one that a sampler or a factory of samplers stands for.

    Raises
    ------
    TypeError
        Naming the task, if it is none of these.
    """
    if isinstance(task, type):
        raise TypeError(f"Task {name!r} is the class {task.__name__}; pass an instance of it.")
    if hasattr(task, "draw"):
        return task
    if hasattr(task, "sample") or isinstance(task, Callable):  # type: ignore[arg-type]
        return Task(task, n_samples)
    raise TypeError(
        f"Task {name!r} must be a Task, a sampler with sample(n_samples, random_state), or a "
        f"function of a numpy Generator that returns a sampler; got {task!r}."
    )


def check_sample(sample: Any) -> tuple[Any, Any, float]:
    """What ``draw`` of a task of any make has returned, as a trial needs it."""
    try:
        X, y, truth = sample
        X, y = np.asarray(X), np.asarray(y)
        if len(X) != len(y):
            raise ValueError(f"X has {len(X)} samples and y {len(y)}")
        return X, y, float(truth)
    except (TypeError, ValueError) as error:
        raise ValueError(f"A task must draw X, y and their mutual information: {error}") from error
