"""Mutual information on scales that people can read: from 0 to 1.

Numbers have no largest mutual information, and are measured by the correlation that Gaussians
would need for as much; labels have their entropies, and are measured by shares of these.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma

from .._input._sample import Sample
from .._typing import CodeArray
from .._warn import warn_caller
from ..exceptions import EntropyBoundWarning

# What rounding may do to an estimate, as a part of its bound.
_ROUNDING = 1e-9

# What the entropies of both sides are made of, by scikit-learn's names.
_MEANS: dict[str, Callable[[float, float], float]] = {
    "min": min,
    "arithmetic": lambda x, y: (x + y) / 2.0,
    "geometric": lambda x, y: float(np.sqrt(x * y)),
    "max": max,
}
NORMALIZATIONS = ("correlation", *_MEANS, "target")


def informational_correlation(mi: ArrayLike) -> Any:
    r"""The correlation of two Gaussians with this mutual information.

    .. math:: \sqrt{1 - e^{-2 I}}

    of E. H. Linfoot, "An informational measure of correlation", Information and Control
    1(1), 85-89 (1957), DOI 10.1016/S0019-9958(57)90116-X. Of any shape; negative estimates
    give 0.

    Parameters
    ----------
    mi : array-like
        In nats.

    Returns
    -------
    correlation : float or ndarray of the same shape
        From 0 to 1.
    """
    return np.sqrt(-np.expm1(-2.0 * np.maximum(mi, 0.0)))


def entropy(sizes: Any) -> float:
    """The entropy of labels in nats, from how often each occurs: an array of any length."""
    sizes = sizes[sizes > 0]
    n_samples = sizes.sum()
    return max(0.0, float(np.log(n_samples) - sizes @ np.log(sizes) / n_samples))


def label_entropy(codes: CodeArray) -> float:
    """The entropy of labels in nats: codes from 0, of shape (n_samples,)."""
    return entropy(np.bincount(codes))


def largest_information(codes: CodeArray) -> float:
    r"""The most that an estimate may say of these labels, in nats.

    Frequencies give no more than `label_entropy`; neighbours give

    .. math:: \psi(N) - \langle \psi(N_y) \rangle

    for labels that are told apart without fail, more by about (K - 1) / 2N for K labels:
    what the entropy of so few samples is too low by.
    """
    sizes = np.bincount(codes)[codes]
    return float(digamma(len(codes)) - digamma(sizes).mean())


def share(mi: Any, x: float, y: float, normalize: str) -> Any:
    """Mutual information as a part of entropies.

    Parameters
    ----------
    mi : float or ndarray
    x, y : float
        The entropies of the two sides, in the same unit.
    normalize : {"min", "arithmetic", "geometric", "max", "target"}

    Returns
    -------
    share : float or ndarray
        From 0 to 1; 0 if the entropy is, for what does not vary tells nothing.
    """
    whole = y if normalize == "target" else _MEANS[normalize](x, y)
    if whole <= 0.0:
        return np.zeros_like(mi, dtype=float)[()]
    return np.clip(np.asarray(mi) / whole, 0.0, 1.0)[()]


def check_normalize(normalize: Any, base: Any = None) -> None:
    """Raise an error for what is no normalization, and for a unit beside one."""
    if normalize is None:
        return
    if not isinstance(normalize, str) or normalize not in NORMALIZATIONS:
        raise ValueError(
            f"normalize must be None or one of {list(NORMALIZATIONS)}, got {normalize!r:.80}."
        )
    if base is not None:
        raise ValueError(
            f"base={base!r} and normalize={normalize!r} do not go together: what is normalized "
            "has no unit. Leave one of them out."
        )


def refuse_kinds(normalize: str, x: str, y: str, x_labels: bool, y_labels: bool) -> None:
    """Raise an error where a normalization does not apply.

    Parameters
    ----------
    normalize : str
    x, y : str
        What messages call the two sides.
    x_labels, y_labels : bool
        Whether they hold labels, and nothing else.
    """
    if normalize == "correlation":
        if x_labels or y_labels:
            place = y if y_labels else x
            way = "'target', the share of the entropy of y" if y_labels else "None"
            raise ValueError(
                f"normalize='correlation' is for numbers, but {place} holds labels. Choose {way}."
            )
    elif not y_labels:
        raise ValueError(
            f"normalize={normalize!r} is a share of entropies, which labels have, but {y} holds "
            "numbers. Choose 'correlation'; or pass discrete_target=True if these are labels."
        )
    elif normalize != "target" and not x_labels:
        raise ValueError(
            f"normalize={normalize!r} is for labels on both sides, but {x} holds numbers. Choose "
            "'target', the share of the entropy of y."
        )


def normalized(mi: float, sample: Sample, normalize: str | None) -> float:
    """An estimate as it is asked for: in nats, or from 0 to 1.

    Parameters
    ----------
    mi : float
        In nats.
    sample : Sample
        What it is the estimate of.
    normalize : {"correlation", "min", "arithmetic", "geometric", "max", "target"} or None

    Raises
    ------
    ValueError
        If the normalization does not apply to labels or to numbers.
    """
    if normalize is None:
        return mi
    sides = (sample.X, sample.y)
    some = [side.codes is not None for side in sides]
    alone = [bool(side.discrete.all()) for side in sides]
    x_labels, y_labels = some if normalize == "correlation" else alone
    refuse_kinds(normalize, "X", "y", x_labels, y_labels)
    if normalize == "correlation":
        return float(informational_correlation(mi))
    x, y = (label_entropy(side.codes) if side.codes is not None else np.inf for side in sides)
    return float(share(mi, x, y, normalize))


def doubt_bound(mi: float, sample: Sample) -> None:
    """Warn of an estimate above the entropy of labels, which mutual information never is."""
    for what, side in (("X", sample.X), ("y", sample.y)):
        if side.codes is None or not side.discrete.all():
            continue
        bound = largest_information(side.codes)
        if mi > bound * (1.0 + _ROUNDING) + _ROUNDING:
            warn_caller(
                f"The estimate, {mi:.3g} nats, is above the entropy of {what}, "
                f"{label_entropy(side.codes):.3g} nats, which mutual information never is: the "
                "method does not suit these labels. method='auto' keeps to the bound.",
                EntropyBoundWarning,
            )
