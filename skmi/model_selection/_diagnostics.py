"""Where an estimate cannot be trusted."""

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
from ..estimators._repeats import Repeats
from ..neighbors._counter import make_counter
from ..neighbors._engine import Query
from ..preprocessing._global_linf import GlobalLinfScaler
from ..preprocessing._normal_score import NormalScoreScaler
from ..preprocessing._normalize import fit_scaler, normalize, scale
from ._interval import ROUNDING, MutualInfoInterval, interval_of

# Limits between the easy and the hard cases of tests/model_selection/test_diagnostics.py.
# Estimates within this many nats of the ceiling fall short of the truth.
_CEILING_MARGIN = 2.0
# A change counts if it is this part of the estimate and so many standard errors.
_CHANGE = {"relative scale": (0.2, 4.0), "n_neighbors": (0.15, 3.0), "margins": (0.2, 3.0)}
# Share of samples whose radius is tied.
_TIED = 0.5
# Radius, as a part of the distance between any two samples, that is no more local: with
# one Gaussian column for y, it is passed at 7 columns of X and 300 samples, at 10 and 1000.
_FAR = 0.4
# Pairs of samples that say how far any two are apart.
_N_PAIRS = 2000


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
        An estimator of skmi; it is cloned. A name is that of a recipe, as `make_estimator`
        knows them.
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable.
    n_jobs : int, default=None
        Number of subsamples fitted at a time; the result does not depend on it.
    random_state : int, RandomState instance or None, default=None
        Draws subsamples.

    Returns
    -------
    diagnostics : MutualInfoDiagnostics
        With `findings`, of which `warnings` are those to heed.

    Raises
    ------
    ValueError
        For bad input, and for fewer than 40 samples.
    TypeError
        If the estimator is not one of skmi.

    See Also
    --------
    mutual_info_interval : The error bar, and the drift with the number of samples.
    mutual_info_permutation_test : Whether there is any dependence.

    Notes
    -----
    For every estimator:

    - *outliers*, *units*: columns with a value that alone sets their scale; columns of one
      variable whose spreads differ by a factor of 100 or more.
    - *margins*: the truth does not depend on a stretching of single columns. The estimate
      is compared with that of the columns' normal scores.
    - *ties*: the share of samples with a tie at the radius of their third neighbour.
    - *dimension*: the median distance of the third neighbour as a part of the median
      distance of any two samples, in X, in y and in both together; the largest of the
      three. Near 1 no sample has neighbours that tell anything, and estimates by
      neighbours are far too low [1]_. Columns that repeat others do no harm, many of
      their own do.
    - *sample size*: the drift of `mutual_info_interval`.

    For those by nearest neighbours also:

    - *ceiling*: no estimate exceeds :math:`\psi(N) - \psi(k)`. Within 2 nats of it,
      estimates are too low.
    - *relative scale*, *n_neighbors*: the truth depends on neither. The estimate is
      compared with those at half and twice the relative scale, and with that of
      twice as many neighbours.

    A change is a warning if it is large both as a part of the estimate and in standard
    errors. No warning is no proof: data may hide structure finer than the samples.

    References
    ----------
    .. [1] S. Gao, G. Ver Steeg, A. Galstyan, "Efficient estimation of mutual information
       for strongly dependent variables", AISTATS (2015).

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
    estimator = as_estimator(estimator, "estimator")
    if not isinstance(estimator, MutualInfoEstimator):
        raise TypeError(
            f"mutual_info_diagnostics looks into estimators of skmi, got {estimator!r:.80}; "
            "mutual_info_interval and mutual_info_permutation_test take any."
        )
    rng = check_random_state(random_state)
    data = Repeats(estimator, X, y)
    fitted, sample = data.estimator, data.sample
    whole = float(fitted._fit(sample).mi_)
    interval = interval_of(data, whole, 0.95, 10, 2, n_jobs, rng)
    findings = [
        _outliers(sample),
        _units(sample),
        _margins(interval, fitted, sample),
        *_ties_and_dimension(sample, rng),
        _sample_size(interval),
    ]
    core, scaled = fitted._core(sample)
    if isinstance(core, NeighborsMI):
        findings = [
            _ceiling(interval, sample.n_samples, core.n_neighbors),
            _relative_scale(interval, core, scaled),
            _n_neighbors(interval, fitted, sample),
            *findings,
        ]
    return MutualInfoDiagnostics(interval, findings)


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


def _ceiling(interval: MutualInfoInterval, n_samples: int, k: int) -> Finding:
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


def _change(name: str, interval: MutualInfoInterval, other: float, message: str) -> Finding:
    """The estimate made in another way."""
    change = other - interval.estimate
    part, standard_errors = _CHANGE[name]
    limit = max(part * abs(interval.estimate), standard_errors * interval.standard_error, ROUNDING)
    text = f"{message} changes the estimate by {change:+.2f} nats"
    return Finding(
        name,
        change,
        limit,
        abs(change) > limit,
        f"{text}, though the truth stays. At most {limit:.2f} could be passed over.",
    )


def _relative_scale(interval: MutualInfoInterval, core: NeighborsMI, scaled: Sample) -> Finding:
    lowest = interval.estimate
    if scaled.has_relative_scale:
        scores = core._sweep(scaled)(np.array([0.5, 1.0, 2.0]), None).mean(axis=1)
        lowest += float(min(scores[0], scores[2]) - scores[1])
    return _change("relative scale", interval, lowest, "another relative scale, by a factor of 2,")


def _n_neighbors(
    interval: MutualInfoInterval, estimator: MutualInfoEstimator, sample: Sample
) -> Finding:
    other = clone(estimator)
    part = other._core(None)[0]
    part.set_params(n_neighbors=min(2 * part.n_neighbors, sample.n_samples - 1))
    estimate = float(other._fit(sample).mi_)
    return _change("n_neighbors", interval, estimate, f"n_neighbors={part.n_neighbors}")


def _margins(
    interval: MutualInfoInterval, estimator: MutualInfoEstimator, sample: Sample
) -> Finding:
    scores = [scale(side, fit_scaler(NormalScoreScaler(), side)) for side in (sample.X, sample.y)]
    stretched = sample.scaled(scores[0], scores[1], default_tolerance(sample.is_single))
    other = clone(estimator)._fit(stretched)
    message = "stretching single columns, each to a normal distribution,"
    return _change("margins", interval, float(other.mi_), message)


# Neighbours that the data are looked at with.
_K = 3


def _ties_and_dimension(sample: Sample, random_state: np.random.RandomState) -> list[Finding]:
    n_samples = sample.n_samples
    n_columns = sample.X.numbers.shape[1] + sample.y.numbers.shape[1]
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
    tied = float(np.mean(counts.n_joint != _K - 1)) if sides else 1.0
    first, second = random_state.randint(n_samples, size=(2, _N_PAIRS))
    apart = first != second
    gaps = [np.abs(s.numbers[first] - s.numbers[second]).max(axis=1)[apart] for s in sides]
    far = _far(counts.radius, np.max(gaps, axis=0)) if sides else 0.0
    # A scale that makes much of one side hides how far apart samples are in the other.
    for side, one, gap in zip(sides, alone, gaps, strict=True):
        if side.numbers.shape[1] > 1:
            far = max(far, _far(one.radius, gap))
    return [
        Finding(
            "ties",
            tied,
            _TIED,
            tied > _TIED,
            f"{100 * tied:.0f}% of the samples have others at exactly the same distance. The "
            "estimate is that of the values as rounded; where they are labels or counts, an "
            "estimator for discrete variables is the better one.",
        ),
        Finding(
            "dimension",
            far,
            _FAR,
            far > _FAR,
            f"{n_columns} columns are many for {n_samples} samples: the nearest neighbours are "
            f"{100 * far:.0f}% as far as any sample. The estimate is too low, the lower the "
            "stronger the dependence. MINE, the neural estimator, does not need neighbours; "
            "fewer columns (PCA, feature selection) help as well.",
        ),
    ]


def _unlabelled(side: Side) -> Side:
    return Side(side.numbers, None, np.zeros(side.numbers.shape[1], dtype=bool))


def _constant(n_samples: int) -> Side:
    return Side(np.zeros((n_samples, 1)), None, np.zeros(1, dtype=bool))


def _far(radius: FloatArray, gaps: FloatArray) -> float:
    typical = np.median(gaps)
    return float(np.median(radius) / typical) if typical > 0.0 else 0.0


def _sample_size(interval: MutualInfoInterval) -> Finding:
    return Finding(
        "sample size",
        interval.drift,
        interval.standard_error,
        interval.is_biased,
        f"half as many samples change the estimate by {interval.drift:+.2f} nats, more than its "
        f"standard error of {interval.standard_error:.2f}: it has not settled yet.",
    )
