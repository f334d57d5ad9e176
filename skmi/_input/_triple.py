"""A sample of three variables: two, and a third that is conditioned on."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .._typing import CodeArray
from .._warn import warn_caller
from ..exceptions import ThinTableWarning
from ._codes import joint_codes
from ._kinds import discrete_columns, settle_kinds
from ._sample import Side, make_side, warn_of_identifiers
from ._table import read_table

# In nats: the digamma function leaves some 0.02 of so large a bias of frequencies.
_LARGEST_BIAS = 0.1

# So large a part of the samples may lack neighbours of the same labels without a warning.
_LARGEST_PART_ALONE = 0.1


class Triple(NamedTuple):
    """Three variables, row by row; `z` is None if nothing is conditioned on."""

    x: Side
    y: Side
    z: Side | None
    is_single: bool

    @property
    def sides(self) -> list[Side]:
        return [side for side in (self.x, self.y, self.z) if side is not None]


def make_triple(
    X: ArrayLike,
    y: ArrayLike,
    z: ArrayLike | None,
    n_neighbors: int,
    discrete: tuple[Any, Any, Any] = ("auto", "auto", "auto"),
) -> Triple:
    """Validate three variables and settle what their columns are.

    Parameters
    ----------
    X, y : array-like of shape (n_samples, n_columns) or (n_samples,)
    z : array-like of shape (n_samples, n_columns) or (n_samples,), or None
        None, or no columns: there is no condition.
    n_neighbors : int
    discrete : tuple of three
        What the user says of the columns of each, as `explicit_mask` takes it, or "auto".

    Returns
    -------
    Triple

    Raises
    ------
    ValueError
        For anything but finite real numbers and labels, for different lengths, and for too
        few samples.

    Warns
    -----
    IdentifierWarning, ThinTableWarning
    """
    if z is not None and np.shape(z)[1:] == (0,):
        z = None
    given = [(X, "X"), (y, "y")] + ([] if z is None else [(z, "z")])
    tables = [read_table(values, what, min_samples=2) for values, what in given]
    lengths = [table.n_samples for table in tables]
    if len(set(lengths)) > 1:
        others = " and z has".join(f" {n}" for n in lengths[1:])
        raise ValueError(
            f"X has {lengths[0]} samples, y has{others}: row i of each must belong to the same "
            "observation."
        )
    if n_neighbors >= lengths[0]:
        raise ValueError(
            f"n_neighbors={n_neighbors} must be less than n_samples={lengths[0]}: a sample's "
            "neighbours are other samples. Lower n_neighbors or give more samples."
        )
    kinds = [*settle_kinds(tables[0], tables[1], *discrete[:2])]
    if z is not None:
        kinds.append(discrete_columns(tables[2], discrete[2]))
    is_single = any(table.is_single for table in tables)
    sides = [make_side(t, mask, is_single) for t, mask in zip(tables, kinds, strict=True)]
    for table, mask in zip(tables, kinds, strict=True):
        warn_of_identifiers(table, mask)
    triple = Triple(sides[0], sides[1], sides[2] if z is not None else None, is_single)
    _warn_of_thin_strata(triple, n_neighbors)
    return triple


def joint_labels(*codes: CodeArray | None) -> CodeArray | None:
    """The labels of several variables together; None if none has any."""
    some = [each for each in codes if each is not None]
    return joint_codes(np.column_stack(some)) if some else None


def _warn_of_thin_strata(triple: Triple, n_neighbors: int) -> None:
    """Warn where labels leave too few samples of each kind to compare."""
    together = joint_labels(*(side.codes for side in triple.sides))
    if together is None:
        return
    n_samples = len(together)
    if any(side.numbers.shape[1] for side in triple.sides):
        alone = int((np.bincount(together)[together] <= n_neighbors).sum())
        if alone > _LARGEST_PART_ALONE * n_samples:
            warn_caller(
                f"{alone} of {n_samples} samples share their labels with fewer than "
                f"n_neighbors={n_neighbors} others, so that little can be told from them. Merge "
                "rare labels or give more samples; integers that are measurements want "
                "discrete_features, discrete_target or discrete_condition=False.",
                ThinTableWarning,
            )
        return
    bias = _expected_bias(triple)
    if bias > _LARGEST_BIAS:
        warn_caller(
            f"The labels of X, y and z are too many for {n_samples} samples: where X and y are "
            f"independent given z, frequencies would give about {bias:.2g} nats, of which the "
            "correction leaves a part. Merge rare labels or give more samples; integers that are "
            "measurements want discrete_features, discrete_target or discrete_condition=False.",
            ThinTableWarning,
        )


def _expected_bias(triple: Triple) -> float:
    """Of plugged-in frequencies, to first order, where all three hold labels alone.

    For each label of z it is that of the table of X and y within it.
    """
    x, y = triple.x.codes, triple.y.codes
    z = np.zeros(triple.x.n_samples, np.int64) if triple.z is None else triple.z.codes
    n_x, n_y = (_n_labels_within(codes, z) for codes in (x, y))
    return float(((n_x - 1) * (n_y - 1)).sum() / (2 * triple.x.n_samples))


def _n_labels_within(codes: CodeArray | None, strata: CodeArray | None) -> Any:
    """How many different labels each stratum has."""
    assert codes is not None
    assert strata is not None
    pairs = np.unique(np.column_stack([strata, codes]), axis=0)
    return np.bincount(pairs[:, 0])
