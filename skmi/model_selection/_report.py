"""All that is to be said of one estimate, at once."""

from __future__ import annotations

import html
import textwrap
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, validate_params

from .._input._checks import check_base
from .._params import N_JOBS, Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._recipes import with_settings
from .._typing import FloatArray
from .._warn import warn_caller
from ..estimators._candidates import Candidate
from ..estimators._repeats import ForeignRepeats, Repeats, repeat
from ..exceptions import EstimateWarning
from ._diagnostics import findings_of
from ._findings import Finding
from ._interval import FEWEST_SAMPLES, MutualInfoInterval, interval_of
from ._permutation_test import null_distribution, pvalue

# Enough for an error bar and five points of a line.
_N_SPLITS, _N_REPEATS = 6, 2

# Findings that a warning of the estimator's own tells better.
_TOLD_BY = {"OutlierWarning": "outliers", "UnitsWarning": "units"}


@dataclass(frozen=True, repr=False, eq=False)
class MutualInfoReport:
    """An estimate and how far to trust it; printed, it is about five lines.

    Attributes
    ----------
    mi : float
        The estimate, in units of `base`.
    low, high : float
        The bounds of its interval, in units of `base`; NaN for fewer than 40 samples.
    pvalue : float
        Of the permutation test of independence.
    method : str
        What made the estimate; what ``"auto"`` took.
    candidates : list of Candidate
        What was compared to find it, if anything was, in nats.
    doubts : list of str
        What speaks against the estimate: warnings of the estimator and of the diagnostics.
    interval : MutualInfoInterval or None
        All of the interval, in nats.
    findings : list of Finding
        All that the diagnostics looked at, in nats.
    null_distribution : ndarray of shape (n_permutations,)
        The estimates with y permuted, in nats.
    estimator : estimator
        What made it, fitted to all samples.
    confidence_level : float
    n_samples, n_features, n_targets : int
    base : float or None
    """

    mi: float
    low: float
    high: float
    pvalue: float
    method: str
    candidates: list[Candidate]
    doubts: list[str]
    interval: MutualInfoInterval | None
    findings: list[Finding]
    null_distribution: FloatArray
    estimator: Any
    confidence_level: float
    n_samples: int
    n_features: int
    n_targets: int
    base: float | None

    def __repr__(self) -> str:
        lines = []
        for name, text in self._lines():
            first = f"{name + ':':<{_WIDTH}} "
            lines += textwrap.wrap(
                text, 88, initial_indent=first, subsequent_indent=" " * (_WIDTH + 1)
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th style="text-align:left">{html.escape(name)}</th>'
            f'<td style="text-align:left">{html.escape(text)}</td></tr>'
            for name, text in self._lines()
        )
        return f"<table><tbody>{rows}</tbody></table>"

    def to_dict(self) -> dict[str, Any]:
        """The main fields, as JSON takes them: for no interval None."""
        low, high = (None if self.interval is None else each for each in (self.low, self.high))
        return {
            "mi": self.mi,
            "low": low,
            "high": high,
            "pvalue": self.pvalue,
            "method": self.method,
            "candidates": {each.name: self._in_units(each.mi) for each in self.candidates},
            "doubts": self.doubts,
        }

    def _lines(self) -> Iterator[tuple[str, str]]:
        """What is printed: a name and a text each."""
        yield "mutual information", f"{self.mi:.3f} {self._unit()}, {self._interval()}"
        most = self._in_units(float(self.null_distribution.max()))
        n_permutations = len(self.null_distribution)
        yield (
            "independence",
            f"p = {self.pvalue:.3g} ({n_permutations} permutations gave {most:.3f} at most)",
        )
        columns = f"{self.n_features} + {self.n_targets} columns"
        yield "method", f"{self.method}; {self.n_samples} samples, {columns}"
        others = ", ".join(f"{each.name} {self._in_units(each.mi):.3f}" for each in self.candidates)
        yield "candidates", others or "none: the kinds of the columns decide"
        if not self.doubts:
            yield "doubts", "none"
        for doubt in self.doubts:
            yield "doubt", doubt

    def _interval(self) -> str:
        if self.interval is None:
            return f"no interval for fewer than {FEWEST_SAMPLES} samples"
        return f"{100 * self.confidence_level:g}% interval [{self.low:.3f}, {self.high:.3f}]"

    def _in_units(self, nats: float) -> float:
        return nats / check_base(self.base)

    def _unit(self) -> str:
        return "nats" if self.base is None else "bits" if self.base == 2 else f"base {self.base:g}"


_WIDTH = len("mutual information:")


@validate_params(
    {
        "confidence_level": [Interval(Real, 0, 1, closed="neither")],
        "n_permutations": [Whole(1)],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        "n_jobs": N_JOBS,
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def mutual_info_report(
    X: ArrayLike,
    y: ArrayLike,
    method: Any = "auto",
    *,
    base: float | None = None,
    confidence_level: float = 0.95,
    n_permutations: int = 19,
    permutation: str = "iid",
    block_length: Any = "auto",
    random_state: Any = None,
    n_jobs: int | None = None,
    **params: Any,
) -> MutualInfoReport:
    """Estimate mutual information, with all that tells how far to trust it.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features) or (n_samples,)
        First variable.
    y : array-like of shape (n_samples,) or (n_samples, n_targets)
        Second variable.
    method : str or estimator, default="auto"
        As in `mutual_info`.
    base : float, default=None
        Base of the logarithm: 2 for bits. None is e, for nats.
    confidence_level : float, default=0.95
        The share of such intervals that are to hold the truth.
    n_permutations : int, default=19
        Of the test of independence, as in `mutual_info_permutation_test`. 19 can show a
        p-value of 0.05, 99 one of 0.01.
    permutation : {"iid", "circular", "block"}, default="iid"
        How y is permuted, as in `mutual_info_permutation_test`: the latter for time series.
        The interval is for samples that do not depend on each other; of a series it is too
        narrow.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    random_state : int, RandomState instance or None, default=None
        Divides and permutes the data. An integer is handed to the method, too.
    n_jobs : int, default=None
        Number of subsamples and permutations at a time; the result does not depend on it.
    **params : dict
        Parameters of the method, as in `mutual_info`.

    Returns
    -------
    report : MutualInfoReport
        With `mi`, `low`, `high`, `pvalue`, `method`, `candidates` and `doubts`, and all that
        led to them.

    Raises
    ------
    ValueError, TypeError
        As `mutual_info`.

    See Also
    --------
    mutual_info : The estimate alone.
    mutual_info_interval : The interval alone, made of more subsamples.
    mutual_info_diagnostics : What is looked at to find doubts.

    Notes
    -----
    The interval is that of `mutual_info_interval` with 2 repeats and 6 splits, the findings
    are those of `mutual_info_diagnostics`. Nothing is warned of: warnings of the library are
    among the doubts.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skmi import mutual_info_report
    >>> X, y = load_diabetes(return_X_y=True)
    >>> mutual_info_report(X[:, [2, 8]], y, random_state=0)
    mutual information: 0.2... nats, 95% interval [0.2..., 0.2...]
    independence:       p = 0.05 (19 permutations gave ... at most)
    method:             gaussian (by auto); 442 samples, 2 + 1 columns
    candidates:         gaussian 0.2..., ...
    doubts:             none
    """
    unit = check_base(base)
    seed = None if isinstance(random_state, np.random.RandomState) else random_state
    estimator = with_settings(method, params, random_state=seed)
    rng = check_random_state(random_state)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = repeat(estimator, X, y)
        mi = data.whole()
    own = _told(caught)
    columns = [] if permutation == "iid" else data.columns()
    scheme = PermutationScheme(permutation, block_length, columns, data.n_samples)
    null = null_distribution(data, mi, n_permutations, n_jobs, rng, scheme)
    interval, findings = None, []
    if data.n_samples >= FEWEST_SAMPLES:
        interval = interval_of(data, mi, confidence_level, _N_SPLITS, _N_REPEATS, n_jobs, rng)
        findings = findings_of(data, interval, null, rng)
    told = {_TOLD_BY.get(type(warning).__name__) for warning in own}
    doubts = [str(warning) for warning in own]
    doubts += [f"{f.name}: {f.message}" for f in findings if f.is_warning and f.name not in told]
    return MutualInfoReport(
        mi=mi / unit,
        low=np.nan if interval is None else interval.low / unit,
        high=np.nan if interval is None else interval.high / unit,
        pvalue=pvalue(mi, null),
        method=_name(method, data),
        candidates=list(getattr(data.estimator, "candidates_", [])),
        doubts=doubts,
        interval=interval,
        findings=findings,
        null_distribution=null,
        estimator=data.estimator,
        confidence_level=confidence_level,
        n_samples=data.n_samples,
        n_features=data.sample.X.n_columns,
        n_targets=data.sample.y.n_columns,
        base=base,
    )


def _told(caught: list[warnings.WarningMessage]) -> list[Warning]:
    """The library's own warnings, once each; those of others are passed on."""
    own: dict[str, Warning] = {}
    for each in caught:
        if isinstance(each.message, EstimateWarning):
            own[str(each.message)] = each.message
        else:
            warn_caller(str(each.message), each.category)
    return list(own.values())


def _name(method: Any, data: Repeats | ForeignRepeats) -> str:
    """The method, and what it took."""
    asked = method if isinstance(method, str) else f"{method!r:.60}"
    took = getattr(data.estimator, "method_", None) if isinstance(data, Repeats) else None
    return asked if took in (None, asked) else f"{took} (by {asked})"
