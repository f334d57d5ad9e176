"""What the rows of a grid come to."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import rankdata
from sklearn.utils._param_validation import StrOptions, validate_params

from .._optional import import_optional
from .._params import Whole
from .._random import RANDOM_STATE, RandomState, as_generator, derive_seed, draw_seed
from .._typing import FloatArray

METRICS = ("normalized_rmse", "rmse", "spearman", "bias")
_NEEDED = ["task", "trial", "estimator", "truth", "estimate"]


@validate_params(
    {
        "results": "no_validation",
        "normalizer": [StrOptions({"spread", "root"})],
        "n_resamples": [Whole(2)],
        "random_state": RANDOM_STATE,
    },
    prefer_skip_nested_validation=True,
)
def summarize(
    results: Any,
    *,
    normalizer: str = "spread",
    n_resamples: int = 1000,
    random_state: RandomState = 0,
) -> Any:
    r"""Errors of each estimator on each task.

    Parameters
    ----------
    results : DataFrame
        Rows of `BenchmarkGrid.run`, or of several runs together.
    normalizer : {"spread", "root"}, default="spread"
        What the root mean squared error is divided by: the root mean squared difference
        of two trials' truths, as the paper defines it, or the square root of that, which
        the numbers in the paper's tables agree with.
    n_resamples : int, default=1000
        Bootstrap samples of trials behind the standard errors.
    random_state : int, RandomState instance, Generator or None, default=0
        Draws them. All estimators of a task get the same.

    Returns
    -------
    summary : DataFrame
        A row for each task and estimator, in the order of the results: ``task``,
        ``estimator``, ``n_trials``, ``n_failed``; ``normalized_rmse``, ``rmse``,
        ``spearman`` and ``bias`` with a standard error each, as ``rmse_stderr``; and
        ``seconds``, the median. Errors and biases are in nats.

    Raises
    ------
    ValueError
        If a column is missing, or an estimator has two rows for a trial.

    See Also
    --------
    rank : The order of the estimators.

    Notes
    -----
    With the truths :math:`\mu_i` and the estimates :math:`\hat\mu_i` of all trials i, and
    means over i and j,

    .. math::
        \mathrm{bias} = \langle \hat\mu_i - \mu_i \rangle, \qquad
        \mathrm{RMSE} = \sqrt{\langle (\hat\mu_i - \mu_i)^2 \rangle}, \qquad
        \mathrm{normalized\ RMSE} =
        \frac{\mathrm{RMSE}}{\sqrt{\langle (\mu_i - \mu_j)^2 \rangle}}

    as in section 6.3 of [1]_; "root" has a fourth root below the line. An estimator that
    knew no more than the distribution of the truth would have a normalized RMSE of
    :math:`1/\sqrt 2` with the mean as its estimate. Where the truth is the same in all
    trials, the normalized RMSE and Spearman's correlation are NaN.

    Trials in which an estimator failed, or returned NaN or infinity, are counted in
    ``n_failed`` and left out of its errors; the truths that normalize are those of all
    trials, the same for all estimators.

    References
    ----------
    .. [1] "Towards Robust Scale-Invariant Mutual Information Estimators".
       https://openreview.net/forum?id=vB7Wvytko5

    Examples
    --------
    >>> from skmi.benchmark import BenchmarkGrid, summarize
    >>> from skmi.datasets import AdditiveGaussianNoise
    >>> grid = BenchmarkGrid(
    ...     ["ksg", "ksg-global-linf"],
    ...     {"noise": lambda rng: AdditiveGaussianNoise(4, rng.uniform(0.55, 1.7))},
    ...     n_trials=20,
    ...     n_samples=500,
    ...     random_state=0,
    ... )
    >>> summary = summarize(grid.run())
    >>> summary[["estimator", "normalized_rmse", "normalized_rmse_stderr", "bias"]].round(2)
             estimator  normalized_rmse  normalized_rmse_stderr  bias
    0              ksg             0.60                    0.08 -0.49
    1  ksg-global-linf             0.56                    0.08 -0.44
    """
    pandas = import_optional("pandas", purpose="A summary", extra="benchmark")
    _check(results)
    root = draw_seed(as_generator(random_state))
    rows = []
    for task, of_task in results.groupby("task", sort=False):
        truths = of_task.groupby("trial").truth.first()
        rng = np.random.default_rng(derive_seed(root, "bootstrap", str(task)))
        samples = rng.integers(len(truths), size=(n_resamples, len(truths)))
        for estimator, of_both in of_task.groupby("estimator", sort=False):
            cells = of_both.set_index("trial").reindex(truths.index)
            failed = ~np.isfinite(of_both.estimate.to_numpy(dtype=float))
            row = {"task": task, "estimator": estimator, "n_trials": len(of_both)}
            row["n_failed"] = int(failed.sum())
            row |= _metrics(truths.to_numpy(), cells.estimate.to_numpy(), samples, normalizer)
            if "seconds" in of_both:
                row["seconds"] = of_both.seconds.median()
            rows.append(row)
    return pandas.DataFrame(rows)


@validate_params(
    {
        "results": "no_validation",
        "metric": [StrOptions(set(METRICS))],
    },
    prefer_skip_nested_validation=True,
)
def rank(results: Any, *, metric: str = "rmse") -> Any:
    """The order of the estimators on each task, and on the whole.

    Parameters
    ----------
    results : DataFrame
        Rows of `BenchmarkGrid.run`.
    metric : {"rmse", "normalized_rmse", "spearman", "bias"}, default="rmse"
        What decides; the bias by its size. On a task "normalized_rmse" gives the same
        order as "rmse".

    Returns
    -------
    ranking : DataFrame
        A row for each estimator, the best on the whole first, and a column for each
        task, with ranks from 1; equals share the mean of their ranks. The first column,
        ``mean_rank``, is the mean over the tasks.

    Raises
    ------
    ValueError
        If a column is missing, or an estimator has two rows for a trial.

    See Also
    --------
    summarize : The errors themselves.

    Notes
    -----
    An estimator that fails in some trials comes after all that fail in fewer, whatever
    its error in the others. One that has not run on a task has no rank there.

    Examples
    --------
    >>> from skmi.benchmark import BenchmarkGrid, rank
    >>> from skmi.datasets import CorrelatedGaussians, TransformedSampler
    >>> gaussians = CorrelatedGaussians(2, 0.6)
    >>> grid = BenchmarkGrid(
    ...     ["ksg", "ksg-local", "ksg-global-linf"],
    ...     {name: TransformedSampler(gaussians, name) for name in ("none", "sg", "dn")},
    ...     n_samples=500,
    ...     random_state=0,
    ... )
    >>> rank(grid.run()).round(2)
                     mean_rank  none   sg   dn
    estimator
    ksg-global-linf       1.67   1.0  2.0  2.0
    ksg-local             2.00   2.0  1.0  3.0
    ksg                   2.33   3.0  3.0  1.0
    """
    pandas = import_optional("pandas", purpose="A ranking", extra="benchmark")
    _check(results)
    ranks = {}
    for task, of_task in results.groupby("task", sort=False):
        order = {}
        for estimator, of_both in of_task.groupby("estimator", sort=False):
            truth = of_both.truth.to_numpy(dtype=float)[None]
            estimate = of_both.estimate.to_numpy(dtype=float)[None]
            failed = int((~np.isfinite(estimate)).sum())
            order[estimator] = (failed, _loss(truth, estimate, metric))
        places = rankdata([sorted(order.values()).index(loss) for loss in order.values()])
        ranks[task] = pandas.Series(dict(zip(order, places, strict=True)))
    table = pandas.DataFrame(ranks)
    table.insert(0, "mean_rank", table.mean(axis=1))
    table.index.name = "estimator"
    return table.sort_values("mean_rank", kind="stable")


def _check(results: Any) -> None:
    missing = [name for name in _NEEDED if name not in getattr(results, "columns", ())]
    if missing:
        raise ValueError(
            f"results must be a DataFrame as BenchmarkGrid.run() returns it; it has no column "
            f"{missing[0]!r}."
        )
    if not len(results) or results[["task", "trial", "estimator"]].isna().any(axis=None):
        raise ValueError("results has no rows, or rows without a task, a trial or an estimator.")
    for name in ("truth", "estimate"):
        if results[name].dtype.kind not in "iuf":
            raise ValueError(f"results[{name!r}] must be numbers, got {results[name].dtype}.")
    truths = results.groupby(["task", "trial"], observed=True).truth.nunique()
    if (truths > 1).any():
        task, trial = truths.idxmax()
        raise ValueError(
            f"results has several truths for trial {trial} of task {task!r}: its rows are of "
            "different samples, as those of another random_state are."
        )
    twice = results.duplicated(["task", "trial", "estimator"])
    if twice.any():
        task, trial, estimator = results.loc[twice, ["task", "trial", "estimator"]].iloc[0]
        raise ValueError(
            f"results has several rows for estimator {estimator!r} in trial {trial} of task "
            f"{task!r}."
        )


def _loss(truth: FloatArray, estimate: FloatArray, metric: str) -> float:
    """The smaller the better; infinite if there is none."""
    if metric == "spearman":
        loss = -_spearman(truth, estimate)[0]
    elif metric == "bias":
        loss = abs(_bias(truth, estimate)[0])
    else:
        loss = _rmse(truth, estimate)[0]
    return float("inf") if np.isnan(loss) else float(loss)


def _metrics(
    truth: FloatArray, estimate: FloatArray, samples: Any, normalizer: str
) -> dict[str, float]:
    """Each metric of all trials, and its standard deviation over samples of them."""
    found = _all_metrics(truth[None], estimate[None], normalizer)
    resampled = _all_metrics(truth[samples], estimate[samples], normalizer)
    row = {}
    n_finite = int(np.isfinite(estimate).sum())
    for name in METRICS:
        row[name] = float(found[name][0])
        values = resampled[name][np.isfinite(resampled[name])]
        # One trial says nothing of the spread, two always have the ranks 1 and 2.
        enough = n_finite >= (3 if name == "spearman" else 2) and len(values) > 1
        row[f"{name}_stderr"] = float(values.std(ddof=1)) if enough else float("nan")
    return row


def _all_metrics(truth: FloatArray, estimate: FloatArray, normalizer: str) -> dict[str, FloatArray]:
    """Metrics along the last axis; what is not finite in `estimate` is left out."""
    rmse = _rmse(truth, estimate)
    spread = np.sqrt(2) * truth.std(axis=1)  # sqrt of the mean of (mu_i - mu_j)^2
    # Equal truths have a spread of rounding errors.
    spread[np.ptp(truth, axis=1) == 0] = np.nan
    if normalizer == "root":
        spread = np.sqrt(spread)
    return {
        "normalized_rmse": rmse / spread,
        "rmse": rmse,
        "spearman": _spearman(truth, estimate),
        "bias": _bias(truth, estimate),
    }


def _errors(truth: FloatArray, estimate: FloatArray) -> Any:
    return np.ma.masked_invalid(estimate) - truth


def _rmse(truth: FloatArray, estimate: FloatArray) -> FloatArray:
    return np.ma.filled(np.ma.sqrt((_errors(truth, estimate) ** 2).mean(axis=1)), np.nan)


def _bias(truth: FloatArray, estimate: FloatArray) -> FloatArray:
    return np.ma.filled(_errors(truth, estimate).mean(axis=1), np.nan)


def _spearman(truth: FloatArray, estimate: FloatArray) -> FloatArray:
    """Correlation of the ranks, row by row; NaN where one side is constant."""
    counts = np.isfinite(estimate)
    with np.errstate(invalid="ignore"):
        first, second = (_centred_ranks(values, counts) for values in (truth, estimate))
        norms = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
        return np.asarray((first * second).sum(axis=1) / norms)


def _centred_ranks(values: FloatArray, counts: Any) -> FloatArray:
    """Ranks in each row less their mean; 0 for what does not count."""
    # Ranked behind all others it does not change their ranks.
    ranks = rankdata(np.where(counts, values, np.inf), axis=1)
    means = (ranks * counts).sum(axis=1, keepdims=True) / counts.sum(axis=1, keepdims=True)
    return np.where(counts, ranks - means, 0.0)
