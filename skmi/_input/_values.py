"""Numbers as estimators take them: of ordinary size, with ties that rounding broke mended."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from .._typing import BoolArray, FloatArray

# Values are brought between these powers of two if the largest is not between them: then no
# sum, difference or product of a few factors overflows, and no tolerance vanishes.
_LARGEST = 990
_SMALLEST = -960

# Values of a column that differ by less than this part of its width are one value, and so
# are those that differ by no more than a few units in the last place: a difference of two
# rounded numbers has lost as much.
_PART_OF_WIDTH = 1e-12
_LAST_PLACES = 4
# They must lie apart from all others, by this many times as much.
_APART = 1000.0

# Outliers set the scale of a column where its standard deviation is more than this many times
# that of a normal distribution with the same middle part, which leaves out a fiftieth of the
# samples at each end, and two at least.
_TIMES = 10.0
_TAIL = 50
_FEWEST = 20
MIDDLE_WIDTH = float(ndtri(1 - 1 / _TAIL) - ndtri(1 / _TAIL))

# Spreads that differ by this factor are of different orders of magnitude.
_ORDERS = 100.0


class Spread(NamedTuple):
    """How far the values of each column reach: arrays of shape (n_columns,).

    ``low`` and ``high`` are the smallest and the largest value, ``middle_low`` and
    ``middle_high`` those of the middle part; ``deviation`` is the standard deviation.
    """

    low: FloatArray
    high: FloatArray
    middle_low: FloatArray
    middle_high: FloatArray
    deviation: FloatArray


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
        return values, Spread(*np.zeros((5, n_columns)))
    ascending = np.sort(values.T, axis=1)
    low, high = ascending[:, 0], ascending[:, -1]
    tail = min(max(2, n_samples // _TAIL), (n_samples - 1) // 2)
    middle = ascending[:, tail], ascending[:, n_samples - 1 - tail]
    spread = Spread(low, high, *middle, _deviation(ascending, high - low))
    eps = float(np.finfo(np.float32 if is_single else np.float64).eps)
    # Of the middle part: an outlier says nothing of how the others were rounded.
    width = spread.middle_high - spread.middle_low
    width = np.where(width > 0.0, width, high - low)
    magnitude = np.maximum(np.abs(spread.middle_low), np.abs(spread.middle_high))
    tolerance = np.maximum(_PART_OF_WIDTH * width, _LAST_PLACES * eps * magnitude)
    gaps = np.diff(ascending, axis=1)
    broken = ((gaps > 0.0) & (gaps < tolerance[:, None])).any(axis=1)
    if broken.any():
        values = values.copy()
        for position in np.flatnonzero(broken):
            line = ascending[position]
            place = np.searchsorted(line, values[:, position])
            values[:, position] = _merged(line, gaps[position], tolerance[position])[place]
    return values, spread


def _merged(line: FloatArray, gaps: FloatArray, tolerance: float) -> FloatArray:
    """What takes the place of each value of an ascending line."""
    starts = np.concatenate([[0], np.flatnonzero(gaps >= tolerance) + 1])
    ends = np.append(starts[1:], len(line)) - 1
    sizes = ends - starts + 1
    width = line[ends] - line[starts]
    gaps = np.concatenate([[np.inf], line[starts[1:]] - line[ends[:-1]], [np.inf]])
    narrow = (width < tolerance) & (np.minimum(gaps[:-1], gaps[1:]) > _APART * width)
    return np.where(np.repeat(narrow, sizes), np.repeat(line[starts], sizes), line)


def _deviation(lines: FloatArray, width: FloatArray) -> FloatArray:
    """The standard deviation of each line, in units in which no square overflows or vanishes."""
    unit = np.where(width > 0.0, width, 1.0)[:, None]
    deviation: FloatArray = ((lines - lines[:, :1]) / unit).std(axis=1) * unit[:, 0]
    return deviation


def has_outliers(spread: Spread, n_samples: int) -> BoolArray:
    """Which columns have values that set their scale alone, shape (n_columns,).

    Never one whose middle part is constant.
    """
    usual = (spread.middle_high - spread.middle_low) / MIDDLE_WIDTH
    return (spread.deviation > _TIMES * usual) & (usual > 0.0) & (n_samples >= _FEWEST)


def of_other_orders(spread: Spread) -> tuple[int, int] | None:
    """The columns of the largest and the smallest spread, if these are orders apart."""
    width = spread.middle_high - spread.middle_low
    width = np.where(width > 0.0, width, spread.high - spread.low)
    varies = np.flatnonzero(width > 0.0)
    if len(varies) < 2:
        return None
    widest = varies[np.argmax(width[varies])]
    narrowest = varies[np.argmin(width[varies])]
    if width[widest] < _ORDERS * width[narrowest]:
        return None
    return int(widest), int(narrowest)
