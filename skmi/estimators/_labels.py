"""Contributions where a side holds labels: by nearest neighbours within labels, or by counting."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma

from .._codes import BoolArray, CodeArray, joint_codes
from .._kinds import numbers
from .._validation import FloatArray
from ..neighbors._labels import count_neighbors_of_labels


def split_labels(values: FloatArray, mask: BoolArray) -> tuple[FloatArray, CodeArray | None]:
    """The columns of numbers, and the labels of the others together as one code."""
    if not mask.any():
        return values, None
    return numbers(values, mask), joint_codes(values if mask.all() else values[:, mask])


def neighbor_contributions(
    first: tuple[FloatArray, CodeArray | None],
    second: tuple[FloatArray, CodeArray | None],
    n_neighbors: int,
    scales: FloatArray,
    **options: Any,
) -> FloatArray:
    """Contributions by nearest neighbours of the same labels.

    Parameters
    ----------
    first, second : (numbers, labels)
        The two sides, by `split_labels`. At least one has labels, and at least one
        numbers.
    n_neighbors : int
    scales : ndarray of shape (n_scales,)
        Factors on the second side, ascending.
    **options : dict
        tie_tolerance, algorithm and n_jobs of `count_neighbors_of_labels`.

    Returns
    -------
    contributions : ndarray of shape (n_scales, n_samples)
        A sample alone in its class has no neighbour: it gets the others' mean.

    Raises
    ------
    ValueError
        If every sample is alone in its class.
    """
    (x, x_labels), (y, y_labels) = first, second
    labels = [codes for codes in (x_labels, y_labels) if codes is not None]
    classes = joint_codes(np.column_stack(labels))
    kept = np.bincount(classes)[classes] > 1
    if not kept.any():
        raise ValueError(
            f"Each of the {len(kept)} samples has labels of its own, so that none has a "
            "neighbour of the same labels. If they are measurements, pass "
            "discrete_target=False or discrete_features=False."
        )
    counts = count_neighbors_of_labels(
        x[kept],
        y[kept],
        None if x_labels is None else x_labels[kept],
        None if y_labels is None else y_labels[kept],
        n_neighbors,
        scales=scales,
        **options,
    )
    n_kept = int(kept.sum())
    psi = digamma(np.arange(n_kept + 1))
    terms = psi[counts.n_joint + 1] + psi[n_kept]
    terms -= psi[counts.n_x + 1]
    terms -= psi[counts.n_y + 1]
    if n_kept == len(kept):
        return np.ascontiguousarray(terms.T)
    contributions = np.empty((terms.shape[1], len(kept)))
    contributions[:, kept] = terms.T
    contributions[:, ~kept] = terms.mean(axis=0)[:, None]
    return contributions


def plug_in_contributions(x: CodeArray, y: CodeArray) -> FloatArray:
    """Each sample's log-ratio of frequencies, joint to product, shape (n_samples,)."""
    joint = joint_codes(np.column_stack([x, y]))
    return np.log(len(x)) + _log_counts(joint) - _log_counts(x) - _log_counts(y)


def miller_madow(x: CodeArray, y: CodeArray) -> float:
    """The correction to first order in the number of samples, to be added."""
    joint = joint_codes(np.column_stack([x, y]))
    n_x, n_y, n_joint = (len(np.unique(codes)) for codes in (x, y, joint))
    return (n_x + n_y - n_joint - 1) / (2 * len(x))


def _log_counts(codes: NDArray[np.int64]) -> FloatArray:
    return np.log(np.bincount(codes))[codes]
