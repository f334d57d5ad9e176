"""Points of two columns, dealt out to strips: what the search on lines goes through.

The points are cut into strips by x, of equally many points, and sorted by y within each.
A column is sorted once for all its partners.
"""

import math
from typing import NamedTuple

import numpy as np

from ._engine import place_type
from ._jit import Kernel


class Line(NamedTuple):
    """One column in ascending order."""

    values: np.ndarray
    order: np.ndarray  # the sample at each place
    first: np.ndarray  # of each sample: the first place that holds its value
    has_ties: bool


class Strips(NamedTuple):
    """The points, strip by strip, and in ascending y within a strip.

    A strip holds ``2**bits`` points; the last is filled up with infinities. The lines,
    each side in ascending order, have ``2**window_bits`` infinities before and after them.
    """

    x: np.ndarray
    y: np.ndarray
    x_place: np.ndarray  # on the line of x, among equals in the order of y
    y_place: np.ndarray
    sample: np.ndarray
    x_line: np.ndarray
    y_line: np.ndarray
    y_along_x: np.ndarray  # empty if no two values of x are equal
    bits: int
    window_bits: int


def sort_line(values):
    """Sort one column.

    Parameters
    ----------
    values : ndarray of float64, shape (n_samples,)
        Finite.

    Returns
    -------
    Line
    """
    place = place_type(values.size)
    order = np.argsort(values).astype(place)
    ascending = values[order]
    repeats = ascending[1:] == ascending[:-1]
    starts = np.arange(values.size, dtype=place)
    has_ties = bool(repeats.any())
    if has_ties:
        starts[1:][repeats] = 0
        np.maximum.accumulate(starts, out=starts)
    first = np.empty(values.size, place)
    first[order] = starts
    return Line(ascending, order, first, has_ties)


def unsort_line(line):
    """The column in the order of the samples, shape (n_samples, 1)."""
    values = np.empty_like(line.values)
    values[line.order] = line.values
    return values[:, None]


def permute_line(line, permutation):
    """The column with its samples in another order: it stays sorted.

    Parameters
    ----------
    line : Line
    permutation : ndarray of intp, shape (n_samples,)
        What sample i was becomes that of sample ``permutation[i]``.

    Returns
    -------
    Line
    """
    first = np.empty_like(line.first)
    first[permutation] = line.first
    return line._replace(order=permutation.astype(line.order.dtype)[line.order], first=first)


@Kernel
def _fill_strips(x_values, x_first, y_values, y_order, strips):
    """Deal the samples, in ascending y, out to their strips.

    Equal values of x take their places as they come, and so are in the order of y.
    """
    window = 1 << strips.window_bits
    has_ties = strips.y_along_x.size > 0
    # Places among equals, by the first of them.
    taken = np.zeros(x_values.size if has_ties else 0, x_first.dtype)
    filled = np.zeros(strips.x.size >> strips.bits, np.intp)
    for y_place in range(x_values.size):
        sample = y_order[y_place]
        x_place = np.int64(x_first[sample])
        if has_ties:
            first = x_place
            x_place += taken[first]
            taken[first] += 1
        strip = x_place >> strips.bits
        here = (strip << strips.bits) + filled[strip]
        filled[strip] += 1
        strips.y[here] = y_values[y_place]
        strips.x_place[here] = x_place + window
        strips.y_place[here] = y_place + window
        strips.sample[here] = sample
        if has_ties:
            strips.y_along_x[x_place + window] = y_values[y_place]
    # The values of x that a strip holds lie together.
    for here in range(x_values.size):
        strips.x[here] = x_values[strips.x_place[here] - window]


def _spread(line):
    """How wide a column is, but for its outer fifths."""
    n = line.values.size
    return float(line.values[n - 1 - n // 5]) - float(line.values[n // 5])


def _choose_bits(x, y, n_neighbors, scale):
    """Powers of two for the points in a strip, and for the steps that bisect a line.

    If the sides are independent, and equally wide, some sqrt(k * n_samples) / 2 points
    are nearer than the k-th neighbour on either side of a line. A strip of one to two times
    sqrt(k * n_samples) was measured to be the best; narrower, if y is.
    """
    n_samples = x.values.size
    window = math.sqrt(n_neighbors * n_samples)
    width, height = _spread(x), float(scale) * _spread(y)
    if width > 0.0:
        size = window * math.sqrt(height / width)
    else:
        size = math.inf if height > 0.0 else window
    size = window if math.isnan(size) else size  # both sides as wide as numbers go
    size = min(max(size, 2.0), n_samples)
    return tuple(math.ceil(math.log2(points)) for points in (size, window))


def make_strips(x, y, n_neighbors, scale=1.0):
    """Cut the points of two lines into strips.

    Parameters
    ----------
    x, y : Line
    n_neighbors : int
        The k that will be searched for.
    scale : float, default=1.0
        The factor on the distances in y.

    Returns
    -------
    Strips
    """
    n_samples = x.values.size
    bits, window_bits = _choose_bits(x, y, n_neighbors, scale)
    beyond, place = np.full(1 << window_bits, np.inf), x.first.dtype
    n_filled = -(-n_samples >> bits) << bits
    strips = Strips(
        x=np.empty(n_filled),
        y=np.empty(n_filled),
        x_place=np.empty(n_samples, place),
        y_place=np.empty(n_samples, place),
        sample=np.empty(n_samples, place),
        x_line=np.concatenate([-beyond, x.values, beyond]),
        y_line=np.concatenate([-beyond, y.values, beyond]),
        y_along_x=np.empty(n_samples + 2 * beyond.size if x.has_ties else 0),
        bits=bits,
        window_bits=window_bits,
    )
    strips.x[n_samples:] = np.inf
    strips.y[n_samples:] = np.inf
    _fill_strips(x.values, x.first, y.values, y.order, strips)
    return strips


STRIP_KERNELS = (_fill_strips,)
