"""Numbers as estimators take them: of ordinary size, with ties that rounding broke mended."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from .._typing import BoolArray, FloatArray

# Values are brought between these powers of two if the largest is not between them: then no
# sum, difference or product of a few factors overflows, and no tolerance vanishes.
_LARGEST = 990
_SMALLEST = -960

# Values of a column that differ by less than this part of its magnitude are one value, if
# they lie apart from all others by this many times as much: rounding has told them apart.
_ROUNDING = 1e-12
_APART = 1000.0
# A whole column is one value if it is no wider than a few units in the last place.
_LAST_PLACES = 4

# Outliers set the scale of a column where its standard deviation is more than this many times
# that of a normal distribution with the same middle part, which leaves out a fiftieth of the
# samples at each end, and two at least.
_TIMES = 10.0
_TAIL = 50
_FEWEST = 20

# Spreads that differ by this factor are of different orders of magnitude.
_ORDERS = 100.0


class Spread(NamedTuple):
    """How far the values of each column reach: arrays of shape (n_columns,).

    ``width`` is from the smallest to the largest value; ``deviation`` is the standard
    deviation, and ``usual`` what it would be if all values were as normal as those of the
    middle part.
    """

    width: FloatArray
    deviation: FloatArray
    usual: FloatArray


def to_ordinary_size(values: FloatArray) -> tuple[FloatArray, int]:
    """Values of ordinary size, and the power of two they are in units of.

    The values of nearly all data stay as they are. None loses a digit, unless it is below
    the smallest normal number and others are near the largest.
    """
    largest = float(np.abs(values).max(initial=0.0))
    if largest == 0.0:
        return values, 0
    exponent = int(np.frexp(largest)[1])
    shift = max(0, exponent - _LARGEST) + min(0, exponent - _SMALLEST)
    return (np.ldexp(values, -shift), shift) if shift else (values, 0)


def mend_ties(values: FloatArray, is_single: bool) -> tuple[FloatArray, Spread]:
    """Make values equal that differ only by rounding; and how far the columns reach.

    Parameters
    ----------
    values : ndarray of float64, shape (n_samples, n_columns)
        Of ordinary size.
    is_single : bool
        Whether they came in single precision.

    Returns
    -------
    values : ndarray of float64, shape (n_samples, n_columns)
        The same array if there is nothing to mend.
    spread : Spread

    Notes
    -----
    Neighbouring values are taken for one where all of them lie within the tolerance, and
    the next ones a thousand times as far. Other close values are left alone: there, the
    last digits tell something.
    """
    n_samples, n_columns = values.shape
    if not (n_samples and n_columns):
        return values, Spread(*np.zeros((3, n_columns)))
    ascending = np.sort(values.T, axis=1)
    spread = _spread(ascending)
    magnitude = _magnitude(ascending)
    digits = float(np.finfo(np.float32 if is_single else np.float64).eps)
    mended = values
    for position, line in enumerate(ascending):
        tolerance = max(_ROUNDING, _LAST_PLACES * digits) * magnitude[position]
        old, new = _merged(line, tolerance, _LAST_PLACES * digits * magnitude[position])
        if old.size:
            if mended is values:
                mended = values.copy()
            place = np.minimum(np.searchsorted(old, values[:, position]), old.size - 1)
            moved = np.flatnonzero(old[place] == values[:, position])
            mended[moved, position] = new[place[moved]]
    return mended, spread


def _magnitude(lines: FloatArray) -> FloatArray:
    """How large the values of each line are, whatever a few of them are."""
    quarter = lines.shape[1] // 4
    magnitude = np.maximum(np.abs(lines[:, quarter]), np.abs(lines[:, -1 - quarter]))
    for row in np.flatnonzero(magnitude == 0.0):
        others = lines[row][lines[row] != 0.0]
        magnitude[row] = np.median(np.abs(others)) if others.size else 0.0
    return magnitude


def _merged(line: FloatArray, tolerance: float, least: float) -> tuple[FloatArray, FloatArray]:
    """The values of an ascending line that rounding has moved, and what they were."""
    gaps = np.diff(line)
    close = np.flatnonzero((gaps > 0.0) & (gaps < tolerance))
    if not close.size:
        return line[:0], line[:0]
    wide = np.flatnonzero(gaps >= tolerance)  # the last of all but the last group
    group = np.unique(np.searchsorted(wide, close))
    starts = np.where(group == 0, 0, wide[group - 1] + 1) if wide.size else np.zeros(1, np.intp)
    ends = np.append(wide, len(line) - 1)[group]
    width = line[ends] - line[starts]
    if not wide.size:
        narrow = width <= least
    else:
        before = np.where(starts == 0, np.inf, gaps[starts - 1])
        behind = np.append(gaps, np.inf)[ends]
        narrow = (width < tolerance) & (np.minimum(before, behind) > _APART * width)
    starts, sizes = starts[narrow], (ends - starts)[narrow]
    firsts = np.repeat(line[starts], sizes)
    others = np.arange(sizes.sum()) + np.repeat(starts + 1 - np.cumsum(sizes) + sizes, sizes)
    moved = line[others] > firsts
    return line[others][moved], firsts[moved]


def _spread(lines: FloatArray) -> Spread:
    """Of ascending lines."""
    n_samples = lines.shape[1]
    width = lines[:, -1] - lines[:, 0]
    # In these units no square overflows or vanishes.
    unit = np.where(width > 0.0, width, 1.0)[:, None]
    from_first = lines - lines[:, :1]
    from_first /= unit
    deviation = from_first.std(axis=1) * unit[:, 0]
    tail = min(max(2, n_samples // _TAIL), (n_samples - 1) // 2)
    normal = 2.0 * ndtri(1.0 - (tail + 0.5) / n_samples) if n_samples > 2 else 1.0
    middle = lines[:, n_samples - 1 - tail] - lines[:, tail]
    return Spread(width, deviation, middle / normal if normal else middle)


def has_outliers(spread: Spread, n_samples: int) -> BoolArray:
    """Which columns have values that set their scale alone, shape (n_columns,).

    Never one whose middle part is constant.
    """
    far = spread.deviation > _TIMES * spread.usual
    return far & (spread.usual > 0.0) & (n_samples >= _FEWEST)


def of_other_orders(spread: Spread) -> tuple[int, int] | None:
    """The columns of the largest and the smallest spread, if these are orders apart."""
    width = np.where(spread.usual > 0.0, spread.usual, spread.deviation)
    varies = np.flatnonzero(width > 0.0)
    if len(varies) < 2:
        return None
    widest = varies[np.argmax(width[varies])]
    narrowest = varies[np.argmin(width[varies])]
    if width[widest] < _ORDERS * width[narrowest]:
        return None
    return int(widest), int(narrowest)
