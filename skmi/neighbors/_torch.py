"""Neighbours by torch: some rows at a time against all, on a GPU or on the CPU.

What the compiled engines find, read off the definition. Every distance is rounded as NumPy
rounds it: each operation is one of torch's own, and none fuses a product with a sum. No
matrix of all pairs is held, but where one is small and y is permuted.
"""

from functools import cached_property

import numpy as np
import torch

from ._chebyshev_triton import chebyshev_by_triton, has_triton
from ._engine import Engine, empty_counts
from ._threads import run_in_row_chunks

# Distances in a tile. Up to 2**15 torch works on the CPU in the thread that asks, and not in
# others of its own; a GPU is busy with 2**24, 128 MiB, of which five are there at a time.
_IN_A_TILE = {"cpu": 2**15, "cuda": 2**24}
# Distances kept for permutations on either side: 2 GiB on a GPU, 128 MiB elsewhere.
_KEPT = {"cpu": 2**24, "cuda": 2**28}


class TorchSide:
    """The points of one side on their device.

    Parameters
    ----------
    points : ndarray of float64 or float32, shape (n_samples, n_features)
        Distances have the precision of the points.
    euclidean : bool
    device : str
    """

    def __init__(self, points, euclidean=False, device="cpu"):
        self.n_samples, self._euclidean = len(points), euclidean
        self.device = torch.device(device)
        columns = torch.from_numpy(np.array(points.T, order="C"))
        self._columns = columns.to(self.device)

    @cached_property
    def _all(self):
        every = [self._from(rows) for rows in tiles(0, self.n_samples, self.n_samples, self.device)]
        return torch.cat(every)

    def distances(self, rows, order=None):
        """From the points of a range of rows to all others; infinite to themselves.

        Parameters
        ----------
        rows : slice
        order : LongTensor of shape (n_samples,), default=None
            The points are taken in this order.

        Returns
        -------
        distances : Tensor of shape (n_rows, n_samples)
            Squared if Euclidean.
        """
        if order is None:
            found = self._from(rows)
        elif self.n_samples**2 <= of_device(_KEPT, self.device):
            found = self._all[order[rows]].index_select(1, order)
        else:
            found = _between(self._columns[:, order], rows, self._euclidean)
        own = torch.arange(rows.start, rows.stop, device=self.device)
        found[own - rows.start, own] = torch.inf
        return found

    def _from(self, rows):
        return _between(self._columns, rows, self._euclidean)


def of_device(numbers, device):
    """The number for a kind of device; an accelerator of any other make has a GPU's."""
    return numbers.get(device.type, numbers["cuda"])


def tiles(start, stop, n_samples, device):
    """Ranges of rows that are worked on together."""
    n_rows = max(1, of_device(_IN_A_TILE, device) // n_samples)
    for first in range(start, stop, n_rows):
        yield slice(first, min(first + n_rows, stop))


def _between(columns, rows, euclidean):
    """From some points to all; `columns` are (n_features, n_samples)."""
    if not euclidean and columns.is_cuda and has_triton():
        return chebyshev_by_triton(columns, rows.start, rows.stop)
    shape = rows.stop - rows.start, columns.shape[1]
    found = torch.zeros(shape, dtype=columns.dtype, device=columns.device)
    gap = torch.empty_like(found)
    for column in columns:
        torch.sub(column[rows, None], column, out=gap)
        if euclidean:
            found += gap.mul_(gap)
        else:
            torch.maximum(found, gap.abs_(), out=found)
    return found


def count_below(distances, below):
    """How many distances of each row are below its limit."""
    return (distances < below[:, None]).sum(1)


def smallest(distances, k):
    """The k smallest of each row, in ascending order."""
    return torch.topk(distances, k, largest=False, sorted=True).values


def _count_tile(x, y, scale, query):
    """Radii and counts of some rows at one scale; radii are squared if Euclidean."""
    k = query.n_neighbors
    y = y * (scale * scale if query.euclidean else scale)
    joint = x + y if query.euclidean else torch.maximum(x, y)
    radius = smallest(joint, k)[:, -1].contiguous()
    below = radius * query.edge
    # What is not farther counts if the query is closed, and exact copies always do.
    copies = radius == 0.0
    closed = torch.ones_like(copies) if query.closed else copies
    below = torch.where(closed, next_above(below), below)
    n_joint = torch.full_like(radius, k if query.closed else k - 1, dtype=torch.int64)
    if query.counts_joint and not query.closed:
        n_joint = count_below(joint, below)
    elif copies.any():
        n_joint = torch.where(copies, count_below(joint, below), n_joint)
    return radius, n_joint, count_below(x, below), count_below(y, below)


def next_above(values):
    """The next larger number."""
    return torch.nextafter(values, torch.full_like(values, torch.inf))


class TorchEngine(Engine):
    """For a GPU: in many columns, at many scales, or for many permutations; see `Engine`."""

    @cached_property
    def _sides(self):
        return [TorchSide(side, self.query.euclidean, self.device) for side in (self.x, self.y)]

    def count(self, scales):
        return self._count(scales, None)

    def count_permuted(self, order, scales):
        order = np.ascontiguousarray(order, dtype=np.int64)
        return self._count(scales, torch.from_numpy(order).to(self.device))

    def _count(self, scales, order):
        x, y = self._sides
        n_samples = x.n_samples
        counts = empty_counts(n_samples, len(scales))

        def work(start, stop):
            for rows in tiles(start, stop, n_samples, x.device):
                from_x, from_y = x.distances(rows), y.distances(rows, order)
                for s, scale in enumerate(map(float, scales)):
                    found = _count_tile(from_x, from_y, scale, self.query)
                    for count, values in zip(counts, found, strict=True):
                        count[rows, s] = values.cpu().numpy()

        run_on(x.device, work, n_samples, self.n_threads)
        if self.query.euclidean:
            np.sqrt(counts.radius, out=counts.radius)
        return counts


def run_on(device, work, n_rows, n_threads):
    """Call ``work(start, stop)`` over all rows: in threads on the CPU, in one on a GPU."""

    def infer(start, stop):
        with torch.inference_mode():  # holds for the thread it is said in
            work(start, stop)

    run_in_row_chunks(infer, n_rows, n_threads if device.type == "cpu" else 1)


def count_conditional(variables, scales, n_neighbors, edge, far, counts, device, n_threads=1):
    """Fill in the counts of `count_conditional_neighbors`.

    Parameters
    ----------
    variables : three ndarrays of float64, shape (n_samples, n_features) each
    scales, n_neighbors, edge, far
        As there.
    counts : ConditionalCounts
    device : str
    n_threads : int, default=1
    """
    sides = [TorchSide(each, device=device) for each in variables]
    n_samples, device = sides[0].n_samples, sides[0].device

    def work(start, stop):
        for rows in tiles(start, stop, n_samples, device):
            d_x, d_y, d_z = (side.distances(rows) for side in sides)
            xz = torch.maximum(d_x, d_z)
            for s, scale in enumerate(map(float, scales)):
                yz = torch.maximum(scale * d_y, d_z)
                joint = torch.maximum(xz, yz)
                nearest = smallest(joint, n_neighbors)
                below = _settle(torch.where(nearest < far, nearest, 0.0).amax(1), edge)
                for count, spaces in zip(counts, (joint, xz, yz, d_z), strict=True):
                    count[rows, s] = count_below(spaces, below).cpu().numpy()

    run_on(device, work, n_samples, n_threads)


def _settle(radius, edge):
    """What distances must be below to count; where the radius is 0, copies do."""
    return torch.where(radius > 0.0, radius * edge, next_above(torch.zeros_like(radius)))


def count_joint(selected, candidates, y, labels, query, device, n_threads=1):
    """The counts of `skmi.neighbors._joint_selection.count_joint`, whose arguments these are.

    Distances in the selected columns and in y are made once for all candidates.
    """
    n_candidates, n_samples = candidates.shape
    counts = np.empty((3, n_candidates, n_samples), np.int64)
    chosen, target = (TorchSide(side.T, device=device) for side in (selected, y))
    device = chosen.device
    columns = torch.from_numpy(np.ascontiguousarray(candidates)).to(device)
    codes = np.zeros(n_samples, np.int64) if labels is None else labels.astype(np.int64)
    last = np.minimum(query.n_neighbors, np.bincount(codes)[codes] - 1) - 1
    codes, last = (torch.from_numpy(each).to(device) for each in (codes, last))

    def work(start, stop):
        for rows in tiles(start, stop, n_samples, device):
            s, d_y = chosen.distances(rows), target.distances(rows)
            d_y[codes[rows, None] != codes] = torch.inf
            for c, column in enumerate(columns):
                beside = torch.maximum(s, (column[rows, None] - column).abs_())
                joint = torch.maximum(beside, d_y)
                nearest = smallest(joint, query.n_neighbors)
                below = _settle(nearest.gather(1, last[rows, None])[:, 0], query.edge)
                for count, space in zip(counts, (joint, beside, d_y), strict=True):
                    count[c, rows] = count_below(space, below).cpu().numpy()

    run_on(device, work, n_samples, n_threads)
    return counts
