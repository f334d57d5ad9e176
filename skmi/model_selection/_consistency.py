"""Whether an estimate is consistent with itself, and with others, as the truth is."""

from dataclasses import replace

import numpy as np
from numpy.random import RandomState
from sklearn.base import clone

from .._input._sample import Sample, Side, default_tolerance
from .._recipes import make_estimator
from .._typing import FloatArray
from ..estimators._repeats import ForeignRepeats, Repeats, fit_sample
from ..preprocessing._normal_score import NormalScoreScaler
from ..preprocessing._normalize import fit_scaler, scale
from ._findings import Finding, chance, change, largest_change
from ._interval import MutualInfoInterval

# Permutations that show the mean of estimates where the truth is 0.
N_PERMUTATIONS = 10

# That mean is a warning if it is so many standard errors of the estimate, and so many of its
# own.
_OF_ESTIMATE, _OF_MEAN = 2.0, 4.0
# Columns of noise that are appended at most.
_MOST_NOISE = 10
# Halves of fewer samples say little about the whole.
_SMALLEST_HALF = 50
# Other estimators see so many samples and columns where they are not fast enough for more.
_MOST_SAMPLES, _MOST_COLUMNS = 5000, 100

Data = Repeats | ForeignRepeats


def consistency(
    data: Data, interval: MutualInfoInterval, null: FloatArray, random_state: RandomState
) -> list[Finding]:
    """What holds for mutual information, tried on the estimate.

    Parameters
    ----------
    data : Repeats or ForeignRepeats
    interval : MutualInfoInterval
        Of the same data.
    null : ndarray of shape (n_permutations,)
        Estimates with y permuted.
    random_state : RandomState

    Returns
    -------
    findings : list of Finding
        Those that apply to this data and estimator.
    """
    found = [
        _margins(data, interval),
        _independence(interval, null),
        _additivity(data, interval, random_state),
        _noise_columns(data, interval, random_state),
        _disagreement(data, interval),
    ]
    return [finding for finding in found if finding is not None]


def _margins(data: Data, interval: MutualInfoInterval) -> Finding | None:
    sample = data.sample
    sides = [scale(side, fit_scaler(NormalScoreScaler(), side)) for side in (sample.X, sample.y)]
    stretched = sample.scaled(sides[0], sides[1], default_tolerance(sample.is_single))
    other = _estimate(data, stretched)
    if other is None:
        return None
    message = "stretching single columns, each to a normal distribution,"
    return change("margins", interval, other, message)


def _independence(interval: MutualInfoInterval, null: FloatArray) -> Finding:
    mean, own_error = float(null.mean()), float(null.std(ddof=1)) / np.sqrt(len(null))
    limit = max(_OF_ESTIMATE * chance(interval), _OF_MEAN * own_error)
    return Finding(
        "independence",
        mean,
        limit,
        abs(mean) > limit,
        f"with y permuted the truth is 0, but the estimate {mean:+.2f} nats on average: so much "
        "of it has nothing to do with dependence. mutual_info_permutation_test still holds. Take "
        "'auto', or MINE(evaluation='cross-fit'), which judge on other samples than those learnt "
        "from; for a search correct_bias=True; fewer labels or bins.",
    )


def _additivity(
    data: Data, interval: MutualInfoInterval, random_state: RandomState
) -> Finding | None:
    """Pairs of samples, one of either half, tell what the halves tell together."""
    sample, n_half = data.sample, data.n_samples // 2
    if n_half < _SMALLEST_HALF or _has_labels(sample.X) or _has_labels(sample.y):
        return None
    halves = random_state.permutation(data.n_samples)[: 2 * n_half].reshape(2, n_half)
    alone = [_estimate(data, sample.take(half)) for half in halves]
    X, y = (
        _with_columns(side.take(halves[0]), side.take(halves[1]).array())
        for side in (sample.X, sample.y)
    )
    together = _estimate(data, replace(sample, X=X, y=y))
    known = [estimate for estimate in alone if estimate is not None]
    if together is None or len(known) < len(alone):
        return None
    expected = float(sum(known))
    value = together - expected
    limit = largest_change("additivity", interval, expected)
    return Finding(
        "additivity",
        value,
        limit,
        abs(value) > limit,
        f"two halves of the samples tell {expected:.2f} nats in sum, but {together:.2f} side by "
        "side, in twice as many columns: the estimate depends on the number of columns, though "
        "the truth adds up. Fewer columns, more samples, or an estimator that can do with many: "
        "'auto', 'canonical-ksg', MINE.",
    )


def _noise_columns(
    data: Data, interval: MutualInfoInterval, random_state: RandomState
) -> Finding | None:
    sample = data.sample
    into_X = not _has_labels(sample.X)
    side = sample.X if into_X else sample.y
    if _has_labels(side):
        return None
    numbers = side.array()
    shape = len(numbers), min(_MOST_NOISE, numbers.shape[1])
    noise = np.median(numbers.std(axis=0)) * random_state.normal(size=shape)
    wider = _with_columns(side, noise)
    noisy = _estimate(data, replace(sample, X=wider) if into_X else replace(sample, y=wider))
    if noisy is None:
        return None
    value, limit = noisy - interval.estimate, largest_change("noise columns", interval, noisy)
    return Finding(
        "noise columns",
        value,
        limit,
        value > limit,
        f"appending columns of noise to {'X' if into_X else 'y'} raises the estimate by "
        f"{value:+.2f} nats, though noise tells nothing: it learns from chance. Give more samples; "
        "'auto' and MINE(evaluation='cross-fit') judge on other samples than those learnt from.",
    )


def _disagreement(data: Data, interval: MutualInfoInterval) -> Finding | None:
    """Whether an estimator of another kind finds more."""
    sample, method = data.sample, data.sample.kinds.method
    if method not in ("ksg", "ross"):
        return None
    names = ["gaussian", "ksg-local"] if method == "ksg" else ["ksg-local"]
    if sample.n_samples <= _MOST_SAMPLES and sample.n_numbers <= _MOST_COLUMNS:
        names.append("canonical-ksg")
    others = {name: fit_sample(make_estimator(name), sample) for name in names}
    best = max(others, key=others.__getitem__)
    value = others[best] - interval.estimate
    limit = largest_change("disagreement", interval, interval.estimate)
    return Finding(
        "disagreement",
        value,
        limit,
        value > limit,
        f"{best!r} finds {others[best]:.2f} nats, {value:.2f} more. Estimates are rather too low "
        f"than too high, each in its own way: take the larger one, by make_estimator({best!r}), "
        "after mutual_info_permutation_test of it, or 'auto', which compares.",
    )


def _estimate(data: Data, sample: Sample) -> float | None:
    """The estimate of another sample; None if an estimator of others cannot take it."""
    if isinstance(data, Repeats):
        return fit_sample(clone(data.estimator), sample)
    try:
        return fit_sample(clone(data.estimator), sample)
    except (ValueError, TypeError):  # as some that take y of one column alone
        return None


def _has_labels(side: Side) -> bool:
    return side.codes is not None


def _with_columns(side: Side, columns: FloatArray) -> Side:
    """A side of numbers with more columns."""
    joined = Side.of(np.column_stack([side.array(), columns]))
    return replace(joined, is_single=side.is_single)
