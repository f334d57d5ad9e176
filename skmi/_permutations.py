"""Permutations of samples, also of those that follow each other in time.

Values of a time series resemble those before them. Permuted freely, two independent series
lose that, and tell less about each other than they did by chance; a test then finds
dependence where there is none. Shifting a series, or permuting long stretches of it, keeps
what it has by itself.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.stats import rankdata
from sklearn.utils._param_validation import StrOptions

from ._params import Whole
from ._typing import FloatArray, IntArray

PERMUTATION: list[Any] = [StrOptions({"iid", "circular", "block"})]
BLOCK_LENGTH: list[Any] = [StrOptions({"auto"}), Whole(1)]

# A block is so many times as long as a series remembers, and at most this part of it.
_TIMES_MEMORY = 3
_FEWEST_BLOCKS = 10

# What correlations of independent values stay below, in units of 1 / sqrt(n_samples).
_CHANCE = 2.0

# A season shows in so many multiples of it, with at least these parts of its correlation,
# itself at least so large; in between the correlation falls to a part of it.
_MULTIPLES, _KEPT, _LEAST, _DIP = 3, 0.7, 0.1, 0.5

# Seasons that a series must have for a period to be told; shifts by seasons to choose from.
_FEWEST_SEASONS = 5
_FEWEST_SHIFTS = 20

# Labels that are looked at, the most frequent ones.
_MOST_LABELS = 8


class Memory(NamedTuple):
    """What two series have in time.

    Attributes
    ----------
    lag : int
        From this lag on, one of them does not correlate with itself; 1 if that one has no
        memory at all.
    period : int
        Of their season; 1 if they have none.
    """

    lag: int
    period: int


def recall(sides: Sequence[Sequence[Any]], fewest_seasons: int = _FEWEST_SEASONS) -> Memory:
    """How long series remember, and their season.

    Parameters
    ----------
    sides : sequence of sequences of ndarray, shape (n_samples,)
        The columns of each variable: numbers (floats) or labels (integers).
    fewest_seasons : int
        A season that does not occur so often is none.

    Returns
    -------
    Memory
        `lag` is the second longest of the variables': of two variables one that has no
        memory is enough for permutations to be free.
    """
    columns = [[trace for values in side for trace in _traces(values)] for side in sides]
    n_samples = len(columns[0][0])
    period = _find_period(columns, n_samples // fewest_seasons)
    lags = []
    for side in columns:
        plain = [_without_season(trace, period) for trace in side]
        lags.append(max((_forgets_at(_autocorrelation(trace)) for trace in plain), default=1))
    return Memory(sorted(lags)[-2], period)


def _traces(values: Any) -> list[FloatArray]:
    """A column as numbers that show what it remembers, whatever its units: ranks or labels."""
    if values.dtype.kind in "iu":
        labels, sizes = np.unique(values, return_counts=True)
        frequent = labels[np.argsort(-sizes, kind="stable")[:_MOST_LABELS]]
        return [(values == label) - (values == label).mean() for label in frequent]
    ranks = rankdata(values)
    return [ranks - ranks.mean()]


def _autocorrelation(trace: FloatArray) -> FloatArray:
    """At the lags 0, 1, ..., n_samples // 2; 0 for a constant."""
    n = len(trace)
    spectrum = rfft(trace, next_fast_len(2 * n, real=True))
    products = irfft(np.abs(spectrum) ** 2, next_fast_len(2 * n, real=True))[: n // 2 + 1]
    if products[0] <= 0.0:
        return np.zeros(n // 2 + 1)
    found: FloatArray = products / products[0] * (n / (n - np.arange(n // 2 + 1)))
    return found


def _find_period(columns: list[list[FloatArray]], longest: int) -> int:
    """The shortest period at which correlations come back, and go on coming back."""
    each = [np.max([_autocorrelation(t) for t in side], axis=0) for side in columns if side]
    found = np.mean(each, axis=0)
    least = _LEAST + _CHANCE / np.sqrt(len(columns[0][0]))
    for period in range(2, min(longest, (len(found) - 1) // _MULTIPLES) + 1):
        peak = found[period]
        if peak < least or peak < found[period - 1] or peak < found[period + 1]:
            continue
        again = found[period * np.arange(2, _MULTIPLES + 1)]
        if found[1:period].min() < _DIP * peak and (again >= _KEPT * peak).all():
            return _sharpened(found, period)
    return 1


def _sharpened(found: FloatArray, period: int) -> int:
    """The period near this one at which correlations come back best."""
    width = max(period // 10, 1)
    near = np.arange(max(period - width, 2), period + width + 1)
    near = near[near * _MULTIPLES < len(found)]
    return int(near[np.argmax(sum(found[near * k] for k in range(1, _MULTIPLES + 1)))])


def _without_season(trace: FloatArray, period: int) -> FloatArray:
    """The trace less the mean of each phase."""
    if period == 1:
        return trace
    phase = np.arange(len(trace)) % period
    means: FloatArray = np.bincount(phase, trace) / np.bincount(phase)
    return trace - means[phase]


def _forgets_at(correlation: FloatArray) -> int:
    """The first lag from which on correlations are as small as by chance, for a while.

    For half as long again: one that swings crosses 0 before it is over.
    """
    large = np.abs(correlation) >= _CHANCE / np.sqrt(2 * len(correlation))
    lag = 1
    while lag < len(large):
        ahead = np.flatnonzero(large[lag : lag + lag // 2 + 1])
        if not ahead.size:
            break
        lag += int(ahead[-1]) + 1
    return lag


class PermutationScheme:
    """How samples are permuted.

    Parameters
    ----------
    kind : {"iid", "circular", "block"}
    block_length : int or "auto"
        See `mutual_info_permutation_test`.
    sides : sequence of sequences of ndarray, shape (n_samples,)
        The columns of each variable: numbers (floats) or labels (integers).
    n_samples : int

    Attributes
    ----------
    length : int
        Of blocks; the shortest shift.
    period : int
        Blocks are as many samples as this, or multiples of it.

    Raises
    ------
    ValueError
        If there are too few samples for the blocks asked for.
    """

    def __init__(
        self, kind: str, block_length: Any, sides: Sequence[Sequence[Any]], n_samples: int
    ) -> None:
        self.kind, self.n_samples = kind, n_samples
        self.length = self.period = 1
        if kind == "iid":
            return
        if block_length == "auto":
            seasons = _FEWEST_SHIFTS if kind == "circular" else _FEWEST_SEASONS
            lag, self.period = recall(sides, seasons)
            self.length = min(_TIMES_MEMORY * lag if lag > 1 else 1, n_samples // _FEWEST_BLOCKS)
        else:
            self.length = self.period = int(block_length)
        if 2 * self.length > n_samples or n_samples < 4:
            raise ValueError(
                f"block_length={block_length} leaves fewer than two blocks of the {n_samples} "
                "samples. Give a smaller one, or more samples."
            )
        self._units = n_samples // self.period

    def draw(self, rng: Any) -> IntArray:
        """An order of the samples, shape (n_samples,).

        Parameters
        ----------
        rng : Generator or RandomState
        """
        if self.kind == "iid":
            return np.asarray(rng.permutation(self.n_samples), dtype=np.intp)
        order = np.arange(self.n_samples)
        n = self._units * self.period  # what is left over stays where it is
        if self.kind == "circular":
            least = -(-self.length // self.period)
            least = min(least, self._units // 2)
            n_shifts = max(self._units - 2 * least + 1, 1)
            shift = least + int(rng.uniform() * n_shifts)
            order[:n] = np.roll(order[:n], shift * self.period)
            return order
        # From a random start on, so that blocks meet at other places each time.
        around = np.roll(order[:n], int(rng.uniform() * self._units) * self.period)
        n_blocks = max(n // max(self.length, self.period), 2)
        cuts = np.round(np.linspace(0, self._units, n_blocks + 1)).astype(int) * self.period
        blocks = np.split(around, cuts[1:-1])
        order[:n] = np.concatenate([blocks[i] for i in rng.permutation(n_blocks)])
        return order
