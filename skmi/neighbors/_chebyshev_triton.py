"""Chebyshev distances in one pass over the columns, where Triton and a GPU of its kind are.

Differences, sizes and maxima alone: no product that could be fused with a sum, so that the
distances are those of plain torch, which `_torch._between` makes elsewhere.
"""

import torch

try:
    import triton
    import triton.language as tl
except ImportError:  # plain torch does the same in more passes
    triton = None

# Rows and samples that one program takes.
_ROWS = 16
_SAMPLES = 128


def has_triton():
    """Whether Triton is installed."""
    return triton is not None


if triton is not None:

    @triton.jit
    def _chebyshev(
        columns, out, first_row, n_rows, n_samples, n_features, ROWS: tl.constexpr,
        SAMPLES: tl.constexpr,
    ):  # fmt: skip
        """Fill a tile of `out` (n_rows, n_samples); `columns` are (n_features, n_samples)."""
        sample = tl.program_id(0).to(tl.int64) * SAMPLES + tl.arange(0, SAMPLES)
        row = tl.program_id(1).to(tl.int64) * ROWS + tl.arange(0, ROWS)
        is_row, is_sample = row < n_rows, sample < n_samples
        largest = tl.zeros((ROWS, SAMPLES), dtype=columns.dtype.element_ty)
        for _ in range(n_features):
            own = tl.load(columns + first_row + row, mask=is_row, other=0.0)
            other = tl.load(columns + sample, mask=is_sample, other=0.0)
            largest = tl.maximum(largest, tl.abs(own[:, None] - other[None, :]))
            columns += n_samples
        place = row[:, None] * n_samples + sample[None, :]
        tl.store(out + place, largest, mask=is_row[:, None] & is_sample[None, :])


def chebyshev_by_triton(columns, start, stop):
    """Chebyshev distances from the points start <= i < stop to all.

    Parameters
    ----------
    columns : Tensor of shape (n_features, n_samples)
        On a GPU.
    start, stop : int

    Returns
    -------
    distances : Tensor of shape (stop - start, n_samples)
    """
    columns = columns.contiguous()
    (n_features, n_samples), n_rows = columns.shape, stop - start
    out = torch.empty((n_rows, n_samples), dtype=columns.dtype, device=columns.device)
    grid = triton.cdiv(n_samples, _SAMPLES), triton.cdiv(n_rows, _ROWS)
    sizes = start, n_rows, n_samples, n_features
    _chebyshev[grid](columns, out, *sizes, ROWS=_ROWS, SAMPLES=_SAMPLES)
    return out
