"""Where an estimate cannot be trusted."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import validate_params

from .._input._sample import Sample, Side, default_tolerance
from .._input._values import has_outliers, of_other_orders
from .._params import N_JOBS
from .._recipes import as_estimator
from .._typing import FloatArray
from ..estimators._base import MutualInfoEstimator
from ..estimators._neighbors import NeighborsMI
from ..estimators._repeats import ForeignRepeats, Repeats, repeat
from ..neighbors._counter import make_counter
from ..neighbors._engine import Query
from ..preprocessing._global_linf import GlobalLinfScaler
from ..preprocessing._normalize import normalize
from ._consistency import N_PERMUTATIONS, consistency
from ._findings import Finding, change
from ._interval import ROUNDING, MutualInfoInterval, interval_of
from ._permutation_test import null_distribution

# Limits between the easy and the hard cases of tests/model_selection/test_diagnostics.py.
# Estimates by neighbours within this many nats of the ceiling fall short of the truth.
_CEILING_MARGIN = 2.0
# Of others, those within this many nats of the logarithm of the number of samples.
_LOG_MARGIN = 1.0
# Share of samples whose radius is tied.
_TIED = 0.5
# Radius, as a part of the distance between any two samples, that is no more local: with
# one Gaussian column for y, it is passed at 7 columns of X and 300 samples, at 10 and 1000.
_FAR = 0.4
# Pairs of samples that say how far any two are apart.
_N_PAIRS = 2000


@dataclass(frozen=True, repr=False)
class MutualInfoDiagnostics:
    """An estimate and what speaks against it; printed, it says so in words.

    Attributes
    ----------
    interval : MutualInfoInterval
        The estimate with its error bar.
    findings : list of Finding
        All that was looked at.
    """

    interval: MutualInfoInterval
    findings: list[Finding]

    @property
    def warnings(self) -> list[Finding]:
        """The findings that speak against the estimate."""
        return [finding for finding in self.findings if finding.is_warning]

    def __repr__(self) -> str:
        estimate = f"{self.interval.estimate:.3f} nats"
        if not self.warnings:
            return f"{estimate}: nothing found that speaks against it."
        texts = [
            textwrap.fill(
                f"{finding.name}: {finding.message}", initial_indent="- ", subsequent_indent="  "
            )
            for finding in self.warnings
        ]
        return "\n".join([f"{estimate}: not to be trusted as it is.", *texts])


@validate_params(
    {"n_jobs": N_JOBS, "random_state": ["random_state"]},
    prefer_skip_nested_validation=True,
)
def mutual_info_diagnostics(
    estimator: Any,
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> MutualInfoDiagnostics:
    r"""Say where an estimate cannot be trusted, and why.

    Parameters
    ----------
    estimator : estimator or str
        Of skmi or of others: its ``fit(X, y)`` sets ``mi_``, or its ``score(X, y)`` is the
        estimate. It is cloned. A name is that of a recipe, as `make_estimator` knows them.
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable.
    n_jobs : int, default=None
        Number of subsamples and of permutations fitted at a time; the result does not
        depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws subsamples, permutations and noise.

    Returns
    -------
    diagnostics : MutualInfoDiagnostics
        With `findings`, of which `warnings` are those to heed.

    Raises
    ------
    ValueError
        For bad input, and for fewer than 40 samples.
    TypeError
        If `estimator` is neither a name nor an estimator.

    See Also
    --------
    mutual_info_interval : The error bar, and the drift with the number of samples.
    mutual_info_permutation_test : Whether there is any dependence.

    Notes
    -----
    Properties of the data:

    - *outliers*, *units*: columns with a value that alone sets their scale; columns of one
      variable whose spreads differ by a factor of 100 or more. Not checked if the
      estimate uses only ranks.
    - *ties*: the share of samples with a tie at the radius of their third neighbour.
    - *dimension*, for estimators that use distances in all columns:
      the median distance of the third neighbour as a part of the median distance of any
      two samples, in X, in y and in both together; the largest of the three. Near 1 no
      sample has informative neighbours, and such estimates are far too low [1]_.
      Columns that repeat others do no harm; many independent columns do.

    Whether the estimate is consistent with itself, as the truth is [2]_:

    - *margins*: the truth does not depend on a stretching of single columns. The estimate
      is compared with that of the columns' normal scores.
    - *sample size*: the drift of `mutual_info_interval`, and whether it is a straight line.
    - *independence*: with y permuted the truth is 0. The mean of 10 permutations is.
    - *additivity*: pairs of independent samples tell as much as their parts together. Each
      sample of one half of the data is put beside one of the other half, and the estimate
      of these pairs is compared with the sum of the estimates of the halves.
    - *noise columns*: as many columns of noise as X has, but at most 10, tell nothing more
      about y. The estimate must not rise; that it falls is common.
    - *ceiling*: no estimate by neighbours exceeds :math:`\psi(N) - \psi(k)`, and within 2
      nats of it they are too low. No estimate without assumptions can be much above
      :math:`\log N` [3]_; within 1 nat of that, it is not the data that carry it.
    - *disagreement*: the Gaussian estimate, that of neighbours after `LocalScaler`, and
      up to 5000 samples `CanonicalKSG`. Estimates tend to be too low rather than too high: one
      that is far larger than the estimate is closer to the truth.
    - *relative scale*, *n_neighbors*, of estimators by neighbours: the truth depends on
      neither. The estimate is compared with those at half and twice the relative scale,
      and with that of twice as many neighbours.

    Labels are left out of what is made for numbers: *margins* leave them as they are,
    *additivity* needs numbers alone, *noise columns* one side of them.

    A change is a warning if it is large both as a part of the estimate and in standard
    errors. The absence of warnings proves nothing: data may hide structure finer than the samples.

    References
    ----------
    .. [1] S. Gao, G. Ver Steeg, A. Galstyan, "Efficient estimation of mutual information
       for strongly dependent variables", AISTATS (2015).
    .. [2] J. Song, S. Ermon, "Understanding the limitations of variational mutual
       information estimators", ICLR (2020), arXiv:1910.06222.
    .. [3] D. McAllester, K. Stratos, "Formal limitations on the measurement of mutual
       information", AISTATS (2020), arXiv:1811.04251.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi.model_selection import mutual_info_diagnostics
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=500)
    >>> y = x + rng.normal(size=500)
    >>> mutual_info_diagnostics("ksg-local", x, y, random_state=0)
    0.2... nats: nothing found that speaks against it.
    >>> mutual_info_diagnostics("ksg-local", x, x + 1e-6 * y, random_state=0).warnings[0].name
    'ceiling'
    """
    data = repeat(as_estimator(estimator, "estimator"), X, y)
    rng = check_random_state(random_state)
    whole = data.whole(doubt=False)
    interval = interval_of(data, whole, 0.95, 10, 2, n_jobs, rng)
    null = null_distribution(data, whole, N_PERMUTATIONS, n_jobs, rng)
    return MutualInfoDiagnostics(interval, findings_of(data, interval, null, rng))


def findings_of(
    data: Repeats | ForeignRepeats,
    interval: MutualInfoInterval,
    null: FloatArray,
    random_state: np.random.RandomState,
) -> list[Finding]:
    """All that can be looked at, of an estimate that has an error bar and a null already."""
    sample = data.sample
    core, scaled = data.core()
    is_local = isinstance(core, MutualInfoEstimator) and core._is_local
    if isinstance(core, NeighborsMI):
        own = [
            _ceiling_of_neighbors(interval, sample.n_samples, core.n_neighbors),
            _relative_scale(interval, core, scaled),
            _n_neighbors(interval, data.estimator, sample),
        ]
    else:
        own = [_ceiling(interval, sample.n_samples)]
    consistent = consistency(data, interval, null, random_state)
    # An estimate that sees ranks alone is not moved by outliers and units.
    sees_ranks = any(f.name == "margins" and abs(f.value) < ROUNDING for f in consistent)
    return [
        *own,
        *([] if sees_ranks else [_outliers(sample), _units(sample)]),
        *_ties_and_dimension(sample, random_state, is_local),
        _sample_size(interval),
        *consistent,
    ]


def _outliers(sample: Sample) -> Finding:
    found = [
        f"{what}{[int(p) for p in np.flatnonzero(mask)]}"
        for what, side in (("X", sample.X), ("y", sample.y))
        if side.spread is not None and (mask := has_outliers(side.spread, side.n_samples)).any()
    ]
    return Finding(
        "outliers",
        float(len(found)),
        0.0,
        bool(found),
        f"columns {', '.join(found)} have a value so far from the others that it sets the scale "
        "alone. Check it; ranks do not care: scaler=NormalScoreScaler().",
    )


def _units(sample: Sample) -> Finding:
    apart = {
        what: columns
        for what, side in (("X", sample.X), ("y", sample.y))
        if side.spread is not None and (columns := of_other_orders(side.spread)) is not None
    }
    places = ", ".join(f"columns {a} and {b} of {what}" for what, (a, b) in apart.items())
    return Finding(
        "units",
        float(len(apart)),
        0.0,
        bool(apart),
        f"the spreads of {places} differ by orders of magnitude. With one factor for all columns "
        "the estimate depends on their units; LocalScaler ('ksg-local') and NormalScoreScaler "
        "let each count.",
    )


def _ceiling_of_neighbors(interval: MutualInfoInterval, n_samples: int, k: int) -> Finding:
    ceiling = float(digamma(n_samples) - digamma(k))
    limit = ceiling - _CEILING_MARGIN
    return Finding(
        "ceiling",
        interval.estimate,
        limit,
        interval.estimate > limit,
        f"the estimate, {interval.estimate:.2f} nats, is near {ceiling:.2f} nats, the most "
        f"that {n_samples} samples can show. The truth may be any larger number. More samples "
        "raise the ceiling, by the logarithm of their number.",
    )


def _ceiling(interval: MutualInfoInterval, n_samples: int) -> Finding:
    ceiling = float(np.log(n_samples))
    limit = ceiling - _LOG_MARGIN
    return Finding(
        "ceiling",
        interval.estimate,
        limit,
        interval.estimate > limit,
        f"the estimate, {interval.estimate:.2f} nats, is near or above {ceiling:.2f} nats, the "
        f"logarithm of {n_samples} samples. So few samples cannot show so much by themselves: it "
        "rests on what the estimator assumes. More samples raise the ceiling.",
    )


def _relative_scale(interval: MutualInfoInterval, core: NeighborsMI, scaled: Sample) -> Finding:
    lowest = interval.estimate
    if scaled.has_relative_scale:
        scores = core._sweep(scaled)(np.array([0.5, 1.0, 2.0]), None).mean(axis=1)
        lowest += float(min(scores[0], scores[2]) - scores[1])
    return change("relative scale", interval, lowest, "another relative scale, by a factor of 2,")


def _n_neighbors(
    interval: MutualInfoInterval, estimator: MutualInfoEstimator, sample: Sample
) -> Finding:
    other = clone(estimator)
    part = other._core(None)[0]
    part.set_params(n_neighbors=min(2 * part.n_neighbors, sample.n_samples - 1))
    estimate = float(other._fit(sample).mi_)
    return change("n_neighbors", interval, estimate, f"n_neighbors={part.n_neighbors}")


# Neighbours that the data are looked at with.
_K = 3


def _ties_and_dimension(
    sample: Sample, random_state: np.random.RandomState, is_local: bool
) -> list[Finding]:
    if not sample.n_numbers:
        return []
    n_samples, n_columns = sample.n_samples, sample.n_numbers
    query = Query(_K, tie_tolerance=default_tolerance(sample.is_single))
    sides = [
        side.with_numbers(normalize(side, GlobalLinfScaler()))
        for side in (sample.X, sample.y)
        if side.numbers.shape[1]
    ]
    alone = [
        make_counter(Sample(_unlabelled(side), _constant(n_samples)), query).count()
        for side in sides
    ]
    counts = alone[0]
    if len(sides) == 2:
        both = Sample(_unlabelled(sides[0]), _unlabelled(sides[1]))
        counts = make_counter(both, query).count()
    tied = float(np.mean(counts.n_joint != _K - 1))
    first, second = random_state.randint(n_samples, size=(2, _N_PAIRS))
    apart = first != second
    gaps = [np.abs(s.numbers[first] - s.numbers[second]).max(axis=1)[apart] for s in sides]
    far = _far(counts.radius, np.max(gaps, axis=0))
    # A scale that makes much of one side hides how far apart samples are in the other.
    for side, one, gap in zip(sides, alone, gaps, strict=True):
        if side.numbers.shape[1] > 1:
            far = max(far, _far(one.radius, gap))
    ties = Finding(
        "ties",
        tied,
        _TIED,
        tied > _TIED,
        f"{100 * tied:.0f}% of the samples have others at exactly the same distance. The "
        "estimate is that of the values as rounded; where they are labels or counts, an "
        "estimator for discrete variables is the better one.",
    )
    dimension = Finding(
        "dimension",
        far,
        _FAR,
        far > _FAR,
        f"{n_columns} columns are many for {n_samples} samples: the nearest neighbours are "
        f"{100 * far:.0f}% as far as any sample. The estimate is too low, the lower the "
        "stronger the dependence. 'auto' combines columns, and MINE, the neural estimator, does "
        "not need neighbours; fewer columns (PCA, feature selection) help as well.",
    )
    return [ties, dimension] if is_local else [ties]


def _unlabelled(side: Side) -> Side:
    return Side(side.numbers, None, np.zeros(side.numbers.shape[1], dtype=bool))


def _constant(n_samples: int) -> Side:
    return Side(np.zeros((n_samples, 1)), None, np.zeros(1, dtype=bool))


def _far(radius: FloatArray, gaps: FloatArray) -> float:
    typical = np.median(gaps)
    return float(np.median(radius) / typical) if typical > 0.0 else 0.0


def _sample_size(interval: MutualInfoInterval) -> Finding:
    course = ", and not along a line" if interval.is_curved else ""
    return Finding(
        "sample size",
        interval.drift,
        interval.standard_error,
        interval.is_biased or interval.is_curved,
        f"half as many samples change the estimate by {interval.drift:+.2f} nats{course}, beside "
        f"its standard error of {interval.standard_error:.2f}: it has not settled yet. Give more "
        "samples, or fewer columns.",
    )
