"""Where random numbers come from: never numpy's global state."""

from hashlib import sha256
from numbers import Integral, Real
from typing import Any

import numpy as np

from ._params import Whole

RandomState = int | np.integer[Any] | np.random.RandomState | np.random.Generator | None

# As scikit-learn's "random_state", and numpy's generators.
_SEEDS = 2**32  # what scikit-learn takes as a seed
RANDOM_STATE: list[Any] = [
    Whole(0, _SEEDS - 1),
    np.random.RandomState,
    np.random.Generator,
    None,
]


def as_generator(random_state: RandomState) -> np.random.Generator:
    """The generator that a `random_state` stands for.

    An integer always gives the same one; a Generator is used as it is; a RandomState
    gives the seed, and moves on; None is new entropy from the operating system, where
    scikit-learn's ``check_random_state`` would take the global state.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        seed = random_state.randint(_SEEDS, size=4, dtype=np.uint32)
        return np.random.default_rng(seed.tolist())
    if random_state is None:
        return np.random.default_rng()
    if RANDOM_STATE[0].is_satisfied_by(random_state):
        return np.random.default_rng(int(random_state))
    raise ValueError(
        f"random_state must be a whole number from 0 to {_SEEDS - 1}, a Generator, a RandomState "
        f"or None; got {random_state!r}."
    )


def as_plain(value: Any) -> Any:
    """The same number or string as Python has it: numpy's small integers would overflow."""
    if isinstance(value, np.generic):
        for kind, plain in (Integral, int), (Real, float), (str, str.__str__):
            if isinstance(value, kind):
                return plain(value)
    return value


def derive_seed(root: int, *names: str | int) -> int:
    """A seed that depends on these names alone, whatever type their values have."""
    plain = tuple(str.__str__(n) if isinstance(n, str) else int(n) for n in names)
    digest = sha256(repr(plain).encode()).digest()
    words = np.frombuffer(digest[:16], dtype="<u4").tolist()
    return int(np.random.SeedSequence([root, *words]).generate_state(1)[0])


def seeded(estimator: Any, seed: int) -> Any:
    """The estimator itself, with seeds wherever it has none, inner ones too."""
    params = estimator.get_params() if hasattr(estimator, "get_params") else {}
    names = [
        name
        for name, value in sorted(params.items())
        if name.rpartition("__")[2] == "random_state" and value is None
    ]
    if len(names) == 1:
        estimator.set_params(**{names[0]: seed})
    elif names:
        estimator.set_params(**{name: derive_seed(seed, name) for name in names})
    return estimator


def draw_seed(generator: np.random.Generator) -> int:
    """A seed whose stream has nothing in common with the generator's own."""
    return int(generator.integers(_SEEDS))
