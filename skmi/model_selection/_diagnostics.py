"""Where an estimate by nearest neighbours cannot be trusted."""

import textwrap
import warnings
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import digamma
from scipy.stats import norm, rankdata
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, validate_params

from .._validation import FloatArray, check_pair
from ..estimators._ksg import KSG
from ..estimators._scale_invariant import ScaleInvariantMI
from ..neighbors._counts import count_neighbors
from ._interval import ROUNDING, MutualInfoInterval, mutual_info_interval
from ._permutations import fit_quietly
from ._relative_scale import RelativeScaleSearch

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
    {
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "scaler": [HasMethods(["fit", "transform"]), None],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def mutual_info_diagnostics(
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_neighbors: int = 3,
    scaler: Any = None,
    n_jobs: int | None = None,
    random_state: Any = None,
) -> MutualInfoDiagnostics:
    r"""Say where an estimate by nearest neighbours cannot be trusted, and why.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        First variable; numbers.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable; numbers.
    n_neighbors : int, default=3
        The k of `KSG`.
    scaler : transformer, default=None
        As in `ScaleInvariantMI`; None is ``GlobalLinfScaler()``.
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

    See Also
    --------
    mutual_info_interval : The error bar, and the drift with the number of samples.
    mutual_info_permutation_test : Whether there is any dependence.

    Notes
    -----
    The estimate is that of ``ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"))``.

    - *ceiling*: no estimate exceeds :math:`\psi(N) - \psi(k)`. Within 2 nats of it,
      estimates are too low.
    - *relative scale*, *n_neighbors*: the truth depends on neither. The estimate is
      compared with those at half and twice the best relative scale, and with that of
      twice as many neighbours.
    - *margins*: nor does it depend on a stretching of single columns. The estimate is
      compared with that of the columns' normal scores.
    - *ties*: the share of samples with a tie at their radius.
    - *dimension*: the median distance of the k-th neighbour as a part of the median
      distance of any two samples, in X, in y and in both together; the largest of the
      three. Near 1 no sample has neighbours that tell anything, and the estimate is
      far too low [1]_. Columns that repeat others do no harm, many of their own do.
    - *sample size*: the drift of `mutual_info_interval`.

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
    >>> X = rng.normal(size=(500, 1))
    >>> y = X + rng.normal(size=(500, 1))
    >>> mutual_info_diagnostics(X, y, random_state=0)
    0.3... nats: nothing found that speaks against it.
    >>> mutual_info_diagnostics(X, X + 1e-6 * y, random_state=0).warnings[0].name
    'ceiling'
    """
    random_state = check_random_state(random_state)
    estimator = ScaleInvariantMI(RelativeScaleSearch(KSG(n_neighbors), "auto"), scaler)
    X, y = check_pair(estimator, X, y, reset=True)
    fit_quietly(estimator, X, y)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Half as many samples", UserWarning)
        interval = mutual_info_interval(
            estimator, X, y, n_repeats=2, n_jobs=n_jobs, random_state=random_state
        )
    findings = [
        _ceiling(interval, len(X), n_neighbors),
        _relative_scale(interval, estimator, X, y),
        _n_neighbors(interval, estimator, X, y),
        _margins(interval, estimator, X, y),
        *_ties_and_dimension(estimator, X, y, random_state),
        _sample_size(interval),
    ]
    return MutualInfoDiagnostics(interval, findings)


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


def _relative_scale(
    interval: MutualInfoInterval, estimator: Any, X: FloatArray, y: FloatArray
) -> Finding:
    search = estimator.estimator_
    scales = search.best_scale_ * np.array([0.5, 2.0])
    scores = search.best_estimator_.score_scales(*estimator._scale(X, y), scales)
    return _change(
        "relative scale", interval, float(scores.min()), "another relative scale, by a factor of 2,"
    )


def _n_neighbors(
    interval: MutualInfoInterval, estimator: Any, X: FloatArray, y: FloatArray
) -> Finding:
    k = min(2 * estimator.estimator.estimator.n_neighbors, len(X) - 1)
    search = RelativeScaleSearch(KSG(k), "auto")
    other = fit_quietly(ScaleInvariantMI(search, estimator.scaler), X, y)
    return _change("n_neighbors", interval, other.mi_, f"n_neighbors={k}")


def _margins(interval: MutualInfoInterval, estimator: Any, X: FloatArray, y: FloatArray) -> Finding:
    search = RelativeScaleSearch(estimator.estimator.estimator, "auto")
    scores = [norm.ppf(rankdata(side, axis=0) / (len(side) + 1)) for side in (X, y)]
    other = fit_quietly(ScaleInvariantMI(search, estimator.scaler), *scores)
    message = "stretching single columns, each to a normal distribution,"
    return _change("margins", interval, other.mi_, message)


def _ties_and_dimension(
    estimator: Any, X: FloatArray, y: FloatArray, random_state: np.random.RandomState
) -> list[Finding]:
    ksg, scale = estimator.estimator_.best_estimator_, estimator.best_scale_
    n_samples, n_columns = len(X), X.shape[1] + y.shape[1]
    X, y = estimator._scale(X, y)
    k = ksg.n_neighbors
    counts = count_neighbors(X, y, k, scales=[scale], tie_tolerance=ksg.tie_tolerance)
    tied = float(np.mean(counts.n_joint != k - 1))
    first, second = random_state.randint(n_samples, size=(2, _N_PAIRS))
    x_gaps = np.abs(X[first] - X[second]).max(axis=1)
    y_gaps = np.abs(y[first] - y[second]).max(axis=1)
    pairs = first != second
    far = _far(counts.radius, np.maximum(x_gaps, scale * y_gaps)[pairs])
    # A scale that makes much of one side hides how far apart samples are in the other.
    for side, gaps in ((X, x_gaps), (y, y_gaps)):
        if side.shape[1] > 1:
            alone = count_neighbors(side, np.zeros((n_samples, 1)), k)
            far = max(far, _far(alone.radius, gaps[pairs]))
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
