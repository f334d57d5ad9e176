"""Some columns of a frame, as a frame of the same library."""

from typing import Any

import numpy as np

from .._typing import BoolArray


def select_columns(frame: Any, mask: BoolArray) -> Any:
    """The columns in `mask`, with their dtypes; None if this is no frame."""
    import narwhals.stable.v2 as nw

    if hasattr(frame, "iloc"):  # pandas, where names may be no strings, or occur twice
        return frame.iloc[:, np.flatnonzero(mask)] if frame.shape[1] == len(mask) else frame
    known = nw.from_native(frame, pass_through=True, eager_only=True)
    if not isinstance(known, nw.DataFrame) or known.shape[1] != len(mask):
        return frame if isinstance(known, nw.DataFrame) else None
    names = [name for name, kept in zip(known.columns, mask, strict=True) if kept]
    return known.select(names).to_native()
