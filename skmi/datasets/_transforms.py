"""The transforms by their short names."""

from __future__ import annotations

from sklearn.utils._param_validation import validate_params

from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed, seeded
from ._append_noise import AppendNoise
from ._base_transform import BaseTransform
from ._cube import Cube
from ._duplicate_features import DuplicateFeatures
from ._random_matrix import RandomMatrix
from ._sigmoid import Sigmoid

TRANSFORMS: dict[str, type[BaseTransform]] = {
    "rm": RandomMatrix,
    "cb": Cube,
    "sg": Sigmoid,
    "ds": DuplicateFeatures,
    "dn": AppendNoise,
}


@validate_params({"names": [str], "random_state": RANDOM_STATE}, prefer_skip_nested_validation=True)
def make_transforms(names: str, random_state: RandomState = None) -> list[BaseTransform]:
    """Transforms from their short names.

    Parameters
    ----------
    names : str
        The names of ``TRANSFORMS`` in the order they are applied, with ``>`` between
        them, as in ``"cb>sg>ds"``; ``"none"`` or an empty string for no transform.

        - ``rm``: `RandomMatrix`
        - ``cb``: `Cube`
        - ``sg``: `Sigmoid`
        - ``ds``: `DuplicateFeatures`
        - ``dn``: `AppendNoise`
    random_state : int, Generator, RandomState or None, default=None
        Gives each random transform a seed of its own. With None they have no seed, and
        `TransformedSampler` draws new ones for every sample.

    Returns
    -------
    transforms : list of transformers
        Not fitted, with their default parameters.

    Raises
    ------
    ValueError
        If a name is not known, or no string.

    Examples
    --------
    >>> from skmi.datasets import make_transforms
    >>> make_transforms("cb > dn", random_state=0)
    [Cube(), AppendNoise(random_state=...)]
    >>> make_transforms("none")
    []
    """
    stripped = [name.strip() for name in names.split(">")]
    if stripped in ([""], ["none"]):
        return []
    for name in stripped:
        if name not in TRANSFORMS:
            raise ValueError(
                f"Unknown transform {name!r} in names={names!r}. Known are "
                f"{', '.join(TRANSFORMS)}, with '>' between them."
            )
    transforms = [TRANSFORMS[name]() for name in stripped]
    if random_state is not None:
        seed_unseeded(transforms, random_state)
    return transforms


def seed_unseeded(transforms: list[BaseTransform], random_state: RandomState) -> None:
    """Give each transform a seed of its own, where it has none, in place.

    A seed is drawn for the others too: one transform's does not depend on what the
    others are.
    """
    rng = as_generator(random_state)
    for transform in transforms:
        seeded(transform, draw_seed(rng))
