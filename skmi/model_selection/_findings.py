"""What is looked at to judge an estimate, and how a change is judged."""

from dataclasses import dataclass

import numpy as np

from ._interval import MutualInfoInterval

# A change counts if it is this part of the estimate and so many standard errors.
_CHANGE = {
    "relative scale": (0.2, 4.0),
    "n_neighbors": (0.15, 3.0),
    "margins": (0.2, 3.0),
    "additivity": (0.2, 8.0),
    "noise columns": (0.2, 3.0),
    "disagreement": (0.2, 4.0),
}
# Few subsamples may give too small a standard error: it is taken for this over the square root
# of the number of samples, at least.
_LEAST_ERROR = 0.7


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes
    ----------
    name : str
        What it is about.
    value, limit : float
        What was measured, and beyond what it is a reason for distrust.
    is_warning : bool
        Whether it is.
    message : str
        The same in words.
    """

    name: str
    value: float
    limit: float
    is_warning: bool
    message: str


def chance(interval: MutualInfoInterval) -> float:
    """How much two estimates of independent samples may differ, about."""
    n_samples = int(interval.curve["n_samples"][0])
    return max(interval.standard_error, _LEAST_ERROR / float(np.sqrt(n_samples)))


def largest_change(name: str, interval: MutualInfoInterval, reference: float) -> float:
    """How much an estimate that should be `reference` may differ from it."""
    part, standard_errors = _CHANGE[name]
    return max(part * abs(reference), standard_errors * chance(interval))


def change(name: str, interval: MutualInfoInterval, other: float, message: str) -> Finding:
    """The estimate made in another way."""
    value = other - interval.estimate
    limit = largest_change(name, interval, interval.estimate)
    return Finding(
        name,
        value,
        limit,
        abs(value) > limit,
        f"{message} changes the estimate by {value:+.2f} nats, though the truth stays. At most "
        f"{limit:.2f} could be passed over.",
    )
