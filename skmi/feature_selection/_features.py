"""Features one by one, numbers and labels side by side, and any set of them as a variable."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from .._input._codes import joint_codes
from .._input._kinds import Kinds, discrete_columns, explicit_mask, labels
from .._input._sample import Side, check_lengths, make_side, warn_of_identifiers
from .._input._table import Table
from .._typing import BoolArray, CodeArray, FloatArray, IntArray
from ..estimators._regression import residuals

Positions = Sequence[int]


@dataclass(frozen=True)
class Features:
    """The features of a sample.

    Attributes
    ----------
    numbers : Side
        The columns that hold numbers.
    places : dict of int to int
        Where in `numbers` a feature stands that holds them.
    codes : dict of int to ndarray of int64, shape (n_samples,)
        The labels of each feature that holds labels.
    identifiers : list of int
        The features whose labels hardly ever occur twice.
    """

    numbers: Side
    places: dict[int, int]
    codes: dict[int, CodeArray]
    identifiers: list[int]

    @property
    def n_features(self) -> int:
        return len(self.places) + len(self.codes)

    def has_labels(self, positions: Positions) -> bool:
        """Whether some of these features hold labels."""
        return any(position in self.codes for position in positions)

    def columns(self, positions: Positions) -> FloatArray:
        """The numbers of some features, which hold no labels, (n_positions, n_samples)."""
        return self.numbers.numbers.T[[self.places[position] for position in positions]]

    def side(self, positions: Positions) -> Side:
        """Some features together as one variable."""
        side = self.numbers.only([self.places[p] for p in positions if p in self.places])
        codes = self.classes(positions)
        if codes is None:
            return side
        discrete = np.array([p in self.codes for p in positions])
        return replace(side, codes=codes, discrete=discrete)

    def classes(self, positions: Positions) -> CodeArray | None:
        """The labels of some features together as one label; None if they hold none."""
        codes = [self.codes[p] for p in positions if p in self.codes]
        return joint_codes(np.column_stack(codes)) if codes else None

    def near(self, positions: Positions) -> tuple[FloatArray, CodeArray | None]:
        """What says which samples are near in some features: numbers, and classes."""
        numbers = self.columns([p for p in positions if p in self.places]).T
        return numbers, self.classes(positions)

    def without(self, selected: Positions) -> Self:
        """The same features, the numbers of which are what those selected do not predict.

        What they tell together with those selected is the same, and samples in another order
        lose nothing that they tell about these. Each column keeps its spread.
        """
        others = [place for position, place in self.places.items() if position not in selected]
        numbers = self.numbers.numbers.copy()
        left = residuals(numbers[:, others], *self.near(selected)).values
        spread = left.std(axis=0)
        spread[spread == 0.0] = 1.0
        numbers[:, others] = left * (numbers[:, others].std(axis=0) / spread)
        side = replace(self.numbers, numbers=numbers, spread=None, kept=None)
        return replace(self, numbers=side)

    def series(self) -> list[Any]:
        """All features in the order of samples, as `PermutationScheme` takes them."""
        return [*self.numbers.numbers.T, *self.codes.values()]

    def take(self, rows: BoolArray) -> Self:
        """Some of the samples."""
        codes = {position: codes[rows] for position, codes in self.codes.items()}
        return replace(self, numbers=self.numbers.take(rows), codes=codes)

    def with_numbers(self, numbers: Side) -> Self:
        """The same features with their numbers scaled."""
        return replace(self, numbers=numbers)

    def permuted(self, permutation: IntArray, fixed: Positions) -> Self:
        """The samples of all features but the `fixed` in another order."""
        numbers = self.numbers.numbers[permutation]
        places = [self.places[p] for p in fixed if p in self.places]
        numbers[:, places] = self.numbers.numbers[:, places]
        codes = {
            position: codes if position in fixed else codes[permutation]
            for position, codes in self.codes.items()
        }
        side = replace(self.numbers, numbers=numbers, spread=None, kept=None)
        return replace(self, numbers=side, codes=codes)


def read_features(
    left: Table, right: Table, discrete_features: Any, discrete_target: Any
) -> tuple[Features, Side, bool, Kinds]:
    """Validate features and a target; each feature's kind is settled by itself.

    Parameters
    ----------
    left, right : Table
        The features and the target.
    discrete_features, discrete_target : "auto", bool or array-like

    Returns
    -------
    features : Features
    y : Side
    is_single : bool
        Whether some numbers came in single precision.
    kinds : Kinds
    """
    check_lengths(left, right)
    mask = _mask(left, discrete_features)
    target_mask = discrete_columns(right, discrete_target)
    is_single = left.is_single or right.is_single
    numbers = replace(make_side(left, mask, is_single), codes=None)
    target = make_side(right, target_mask, is_single)
    one = np.ones(1, dtype=bool)
    features = Features(
        numbers,
        {int(p): place for place, p in enumerate(np.flatnonzero(~mask))},
        {int(p): labels(left.only(int(p)), one) for p in np.flatnonzero(mask)},
        warn_of_identifiers(left, mask),
    )
    warn_of_identifiers(right, target_mask)
    return features, target, is_single, Kinds(mask, target_mask)


def _mask(table: Table, discrete: Any) -> BoolArray:
    if not (isinstance(discrete, str) and discrete == "auto"):
        return explicit_mask(discrete, table)
    each = [discrete_columns(table.only(p), discrete)[0] for p in range(table.n_columns)]
    return np.array(each, dtype=bool)
