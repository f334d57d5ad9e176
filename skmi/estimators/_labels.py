"""Contributions where a side holds labels: nearest neighbours among samples of the same labels."""

from typing import Any

import numpy as np

from .._input._codes import joint_codes
from .._input._sample import Sample
from .._typing import BoolArray, FloatArray
from ..neighbors._counter import make_counter
from ..neighbors._engine import Query
from ._formulas import ksg


def labelled_contributions(
    sample: Sample, query: Query, scales: FloatArray, side: str = "y", **options: Any
) -> FloatArray:
    """Contributions by nearest neighbours of the same labels.

    Parameters
    ----------
    sample : Sample
        At least one side has labels, and at least one numbers.
    query : Query
        Of neighbours strictly nearer than the radius.
    scales : ndarray of shape (n_scales,)
        Factors on one side. They change nothing if either side has labels alone.
    side : {"y", "X"}, default="y"
    **options : dict
        engine, device and n_jobs of `make_counter`.

    Returns
    -------
    contributions : ndarray of shape (n_scales, n_samples)
        A sample alone in its class has no neighbour: it gets the others' mean.

    Raises
    ------
    ValueError
        If every sample is alone in its class.
    """
    kept = paired(sample)
    n_kept = int(kept.sum())
    some = sample if n_kept == len(kept) else sample.take(kept)
    tried = scales if sample.has_relative_scale else np.ones(1)
    counts = make_counter(some, query, **options).count(tried, side=side)
    terms = ksg(counts.n_joint, counts.n_x, counts.n_y, n_kept).T
    if n_kept < len(kept):
        contributions = np.empty((len(terms), len(kept)))
        contributions[:, kept] = terms
        contributions[:, ~kept] = terms.mean(axis=1, keepdims=True)
        terms = contributions
    return np.ascontiguousarray(np.broadcast_to(terms, (len(scales), len(kept))))


def paired(sample: Sample) -> BoolArray:
    """Which samples have another of the same labels on both sides.

    Raises
    ------
    ValueError
        If none has.
    """
    codes = [side.codes for side in (sample.X, sample.y) if side.codes is not None]
    classes = joint_codes(np.column_stack(codes))
    kept: BoolArray = np.bincount(classes)[classes] > 1
    if not kept.any():
        raise ValueError(
            f"Each of the {len(kept)} samples has labels of its own, so that none has a "
            "neighbour of the same labels. If they are measurements, pass "
            "discrete_target=False or discrete_features=False."
        )
    return kept
