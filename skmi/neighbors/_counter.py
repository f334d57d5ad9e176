"""The one door to all kernels: who counts the neighbours in a sample, and how.

`make_counter` takes a sample and a query. What comes back answers for many relative scales
at once, and for the samples of y permuted; it chooses the engine that is fastest for each
question. The same counts come out of every engine.
"""

import importlib
from typing import NamedTuple

import numpy as np

from ._dense import dense_seconds
from ._engine import METRICS, Engine, NeighborCounts, Query
from ._jit import dense_is_cheaper
from ._kept_distances import count_kept
from ._labels import count_labelled
from ._threads import count_threads

# Where each engine is defined, which is loaded when it is first needed; or the engine itself.
ENGINES: dict[str, tuple[str, str] | type[Engine]] = {
    "dense": ("_dense", "Dense"),
    "brute": ("_brute", "BruteForce"),
    "kd_tree": ("_kd_tree", "KDTree"),
    "line": ("_line", "LineSearch"),
    "sorted": ("_sorted", "SortedSides"),
    "torch": ("_torch", "TorchEngine"),
}

# Sorted distances of both sides may take so much memory, ...
_MEMORY = 2**30
# ... at so much for a pair of samples.
_BYTES_PER_PAIR = 24

# With one column on either side trees are faster than sorted distances beyond this.
_FEW_SAMPLES = 2000

# A single scale takes a tree so little time that sorting for a hundred permutations does
# not pay beyond this number of samples, times the square of the number of columns.
_FEW_AT_ONE_SCALE = 120

# Nor does it in more columns than these if distances are Euclidean: they are much alike
# then, and the walk from near to far is long.
_FEW_EUCLIDEAN = 10

# Sides are brought near 1 if their sizes, or the factor between them, are beyond this power
# of two. Those that differ by more than the second do so by any: the smaller one decides
# nothing but ties of the larger.
_FAR_APART = 200
_FARTHEST_APART = 300


def choose_engine(n_samples, n_features, n_scales, query):
    """The fastest engine for one question.

    Fitted to the crossovers that ``tests/perf/crossover.py`` measures, for 2 to 14
    features, 3 to 40 neighbours, 1 and 20 scales.

    Parameters
    ----------
    n_samples : int
    n_features : int
        Of both sides together.
    n_scales : int
    query : Query

    Returns
    -------
    {"brute", "kd_tree", "line"}
    """
    if n_features == 2 and n_scales == 1 and not query.euclidean:
        return "line"
    if n_scales == 1:
        crossover = 60 * n_features**2
    else:
        k = query.n_neighbors
        crossover = k * n_features**4 * max(1, k / 10)
    return "kd_tree" if n_samples >= crossover else "brute"


def choose_repeated(n_samples, n_features, n_scales, query):
    """The fastest engine if y is permuted again and again; as `choose_engine`."""
    once = choose_engine(n_samples, n_features, n_scales, query)
    if once == "line" or _BYTES_PER_PAIR * n_samples**2 > _MEMORY:
        return once
    if n_scales == 1:
        pays = n_samples <= _FEW_AT_ONE_SCALE * n_features**2
        pays &= not query.euclidean or n_features <= _FEW_EUCLIDEAN
    else:
        pays = n_features > 2 or n_samples <= _FEW_SAMPLES
    return "sorted" if pays else once


def or_dense(name, n_samples, n_features, n_scales):
    """The engine of that name; "dense" if that is not compiled yet, and the work is small."""
    engine = make_engine(name)
    seconds = dense_seconds(n_samples, n_features, n_scales)
    if dense_is_cheaper(engine.kernels(), seconds, engine.compile_seconds):
        return "dense"
    return name


def make_counter(sample, query, *, engine="auto", device="cpu", n_jobs=None):
    """Make a counter of neighbours.

    Parameters
    ----------
    sample : Sample
        Of the labels on a side, different ones are infinitely far apart there.
    query : Query
    engine : {"auto", "dense", "brute", "kd_tree", "line", "sorted", "torch"}, default="auto"
        The counts are the same; "auto" takes the fastest. "line" is for one column on
        either side, a single scale and the Chebyshev metric. "torch" is never chosen.
    device : str, default="cpu"
        Where torch computes; the other engines are on the CPU.
    n_jobs : int, default=None
        Threads, as joblib counts them. The counts do not depend on it.

    Returns
    -------
    Counter
    """
    return Counter(sample.X, sample.y, query, engine, count_threads(n_jobs), device)


class Variable(NamedTuple):
    """What a counter reads of a `Side`: for arrays that are known to be in order."""

    numbers: np.ndarray
    codes: np.ndarray | None = None
    divisor: float = 1.0
    exponent: int = 0
    is_single: bool = False
    kept: object = None


class Counter:
    """Counts each sample's neighbours on both sides within its joint radius.

    For every relative scale c the joint distance of two samples is, in the Chebyshev
    metric, ``max(d_x, c * d_y)``, and in the Euclidean one the root of
    ``d_x**2 + c**2 * d_y**2``. A sample's radius is the distance to its k-th nearest
    other sample, and its neighbours on one side are the other samples nearer than that,
    or not farther if the query is closed. All comparisons are made between distances
    themselves, so that ties are ties. A sample that has k exact copies has radius 0; its
    neighbours are then its copies, on either side.

    Where there are labels, the radius is the distance to the k-th nearest other sample of
    the same labels on both sides, or to the farthest of them if there are fewer than k.

    Parameters
    ----------
    X, y : Side or Variable
    query : Query
    engine : str
    n_threads : int
    device : str
    """

    def __init__(self, X, y, query, engine="auto", n_threads=1, device="cpu"):
        self.X, self.y, self.query, self.n_threads = X, y, query, n_threads
        self._engine, self._device = engine, device
        self._made = {}
        self._sizes = [magnitude(X.numbers), magnitude(y.numbers)]
        # How a distance in y compares with one in X: a factor, and a power of two.
        (x_part, y_part), (x_power, y_power) = np.frexp([X.divisor, y.divisor])
        self._ratio = float(x_part / y_part)
        self._gap = int(y.exponent - X.exponent + x_power - y_power)

    def count(self, scales=(1.0,), *, side="y", order=None):
        """Radii and counts at each scale.

        Parameters
        ----------
        scales : array-like of shape (n_scales,), default=(1.0,)
            Positive factors, in any order.
        side : {"y", "X"}, default="y"
            The side whose distances they multiply.
        order : ndarray of intp, shape (n_samples,), default=None
            The samples of y are taken in this order.

        Returns
        -------
        NeighborCounts
            Arrays of shape (n_samples, n_scales), in the order of `scales`. Radii are in
            units of the side that is not multiplied.
        """
        scales = np.asarray(scales, dtype=np.float64)
        in_order = bool((np.diff(scales) > 0.0).all())
        ascending, positions = scales, None
        if not in_order:
            ascending, positions = np.unique(scales, return_inverse=True)
        ascending, shifts = self._compare(ascending, side)
        if self.X.codes is not None or self.y.codes is not None:
            counts = self._count_labelled(ascending, side, order, shifts)
        else:
            counts = self._count_numbers(ascending, side, order, shifts)
        if side == "X":
            counts = counts._replace(n_x=counts.n_y, n_y=counts.n_x)
        shift = shifts[side == "X"]
        if shift:
            counts = counts._replace(radius=np.ldexp(counts.radius, shift))
        if positions is None:
            return counts
        return NeighborCounts(*(count[:, positions] for count in counts))

    def _compare(self, scales, side):
        """Factors between the sides as they are counted, and what these are divided by."""
        parts, powers = np.frexp(scales * self._ratio if side == "y" else scales / self._ratio)
        gap, shifts = (self._gap if side == "y" else -self._gap), (0, 0)
        # Near 1 squares neither overflow nor vanish, and sides far apart can be told so.
        far = max(np.abs(gap + powers).max(), *map(abs, self._sizes))
        if self.query.euclidean or far > _FAR_APART:
            shifts = tuple(self._sizes)
            gap += (shifts[1] - shifts[0]) * (1 if side == "y" else -1)
        powers = np.clip(gap + powers, -_FARTHEST_APART, _FARTHEST_APART)
        return np.ldexp(parts, powers), shifts

    def _count_numbers(self, scales, side, order, shifts):
        if self._keeps(len(scales)) and order is None:
            return self._count_kept(scales, side)
        engine = self._engine_for(len(scales), side, order is not None, shifts)
        if order is None:
            return engine.count(scales)
        if side == "y":
            return engine.count_permuted(order, scales)
        # Rows of y, in the order of y: bring them to that of X.
        counts = engine.count_permuted(np.argsort(order), scales)
        return NeighborCounts(*(rows[order] for rows in counts))

    def _engine_for(self, n_scales, side, repeated, shifts):
        first, second = self._sides(side, shifts)
        name = self._engine
        if name == "auto":
            choose = choose_repeated if repeated else choose_engine
            size = len(first), first.shape[1] + second.shape[1], n_scales
            name = or_dense(choose(*size, self.query), *size)
        key = name, side, shifts
        if key not in self._made:
            self._made[key] = self._make(name, first, second)
        return self._made[key]

    def _make(self, name, first, second):
        return make_engine(name)(first, second, self.query, self.n_threads, self._device)

    def _keeps(self, n_scales):
        """Whether distances in X are kept, and faster than trees."""
        if self.X.kept is None or self.query.euclidean or self._engine not in ("auto", "brute"):
            return False
        n_features = self.X.numbers.shape[1] + self.y.numbers.shape[1]
        size = len(self.X.numbers), n_features, n_scales
        return self._engine == "brute" or choose_engine(*size, self.query) == "brute"

    def _count_kept(self, scales, side):
        distances = self.X.kept.distances(self.X.numbers)
        # A factor on X is its inverse on y, but for a common one.
        on_y = scales if side == "y" else 1.0 / scales[::-1]
        y = self.y.numbers.astype(np.float32) if self.y.is_single else self.y.numbers
        counts = count_kept(distances, y, self.query, on_y, self.n_threads)
        if side == "y":
            return counts
        counts = counts._replace(n_x=counts.n_y, n_y=counts.n_x)
        return NeighborCounts(*(count[:, ::-1] for count in counts))

    def _sides(self, side, shifts, order=None):
        """Numbers of the side that stays and of the one that is multiplied."""
        both = [
            np.ldexp(each.numbers, -shift) if shift else each.numbers
            for each, shift in zip((self.X, self.y), shifts, strict=True)
        ]
        if order is not None:
            both[1] = both[1][order]
        return both if side == "y" else both[::-1]

    def _count_labelled(self, scales, side, order, shifts):
        X, y = self.X, self.y
        y = y if order is None else y.take(order)
        codes = (X.codes, y.codes) if side == "y" else (y.codes, X.codes)
        first, second = self._sides(side, shifts, order)

        def count(x, y, scales):
            name = self._engine
            if name == "auto":
                size = len(x), x.shape[1] + y.shape[1], len(scales)
                name = or_dense(choose_engine(*size, self.query), *size)
            return self._make(name, x, y).count(scales)

        return count_labelled((first, codes[0]), (second, codes[1]), self.query, scales, count)


def make_engine(name) -> type[Engine]:
    """The engine of that name."""
    entry = ENGINES[name]
    if isinstance(entry, type):
        return entry
    module, engine = entry
    found: type[Engine] = getattr(importlib.import_module(f".{module}", __package__), engine)
    return found


def magnitude(values):
    """The power of two above the largest of some values."""
    return int(np.frexp(np.abs(values).max(initial=0.0))[1])


def count_neighbors(
    x,
    y,
    n_neighbors,
    *,
    scales=(1.0,),
    closed=False,
    metric="chebyshev",
    tie_tolerance=None,
    algorithm="auto",
    n_jobs=None,
):
    """Count neighbours in two arrays that are known to be in order.

    As `Counter`, without a sample: for kernels' tests and benchmarks.

    Parameters
    ----------
    x : ndarray of float64, shape (n_samples, n_x_features)
        First side; finite and of ordinary size.
    y : ndarray of float64, shape (n_samples, n_y_features)
        Second side.
    n_neighbors, closed, metric, tie_tolerance
        As in `Query`.
    scales : sequence of float, default=(1.0,)
        Factors c on the second side; positive.
    algorithm : str, default="auto"
        The engine, as in `make_counter`.
    n_jobs : int, default=None
        Threads, as joblib counts them. The counts do not depend on it.

    Returns
    -------
    NeighborCounts
        Arrays of shape (n_samples, n_scales).
    """
    query = Query(n_neighbors, closed, metric, tie_tolerance)
    return Counter(Variable(x), Variable(y), query, algorithm, count_threads(n_jobs)).count(scales)


__all__ = ["ENGINES", "METRICS", "Counter", "count_neighbors", "make_counter"]
