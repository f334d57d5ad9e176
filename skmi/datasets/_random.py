"""Where random numbers come from: never numpy's global state."""

from numbers import Integral
from typing import Any

import numpy as np

RandomState = int | np.integer[Any] | np.random.RandomState | np.random.Generator | None

# As scikit-learn's "random_state", and numpy's generators.
RANDOM_STATE: list[Any] = ["random_state", np.random.Generator]

_SEEDS = 2**32  # what scikit-learn takes as a seed


def as_generator(random_state: RandomState) -> np.random.Generator:
    """The generator that a `random_state` stands for.

    An integer always gives the same one; a Generator is used as it is; a RandomState
    gives the seed, and moves on; None is new entropy from the operating system, where
    scikit-learn's ``check_random_state`` would take the global state.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        seed = random_state.randint(_SEEDS, size=4, dtype=np.uint32)
        return np.random.default_rng(seed.tolist())
    if isinstance(random_state, Integral):
        return np.random.default_rng(int(random_state))
    return np.random.default_rng()


def draw_seed(generator: np.random.Generator) -> int:
    """A seed whose stream has nothing in common with the generator's own."""
    return int(generator.integers(_SEEDS))
