"""Metrics against a slow readable twin, and what failures do to them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from skmi.benchmark import BenchmarkGrid, rank, summarize
from skmi.datasets import AdditiveGaussianNoise

METRICS = ["normalized_rmse", "rmse", "spearman", "bias"]


def naive(truth, estimate):
    """The metrics as the formulas say them; failures are left out, but not their truths."""
    pairs = [(mu, value) for mu, value in zip(truth, estimate, strict=True) if np.isfinite(value)]
    errors = [value - mu for mu, value in pairs]
    rmse = np.sqrt(np.mean([error**2 for error in errors]))
    mean_square = np.mean([(a - b) ** 2 for a in truth for b in truth])
    return {
        "normalized_rmse": rmse / mean_square**0.5,
        "root": rmse / mean_square**0.25,
        "rmse": rmse,
        "spearman": spearmanr(*zip(*pairs, strict=True)).statistic,
        "bias": np.mean(errors),
    }


def table(truths, **estimates):
    """Rows of one task, or of several, `truths` being a dict."""
    tasks = truths if isinstance(truths, dict) else {"t": truths}
    return pd.DataFrame(
        {
            "task": task,
            "trial": trial,
            "estimator": name,
            "truth": truth,
            "estimate": values[task][trial] if isinstance(values, dict) else values[trial],
            "seconds": 0.1 * (trial + 1),
        }
        for task, of_task in tasks.items()
        for trial, truth in enumerate(of_task)
        for name, values in estimates.items()
    )


def example(seed, n_trials=12, failures=0):
    rng = np.random.default_rng(seed)
    truth = rng.exponential(size=n_trials)
    estimate = truth + rng.normal(0.1, 0.3, size=n_trials)
    estimate[rng.permutation(n_trials)[:failures]] = rng.choice([np.nan, np.inf], failures)
    return truth, estimate


@given(st.integers(0, 10**6), st.integers(3, 30), st.integers(0, 2))
def test_metrics_are_those_of_the_formulas(seed, n_trials, failures):
    truth, estimate = example(seed, n_trials, failures if n_trials > 4 else 0)
    expected = naive(truth, estimate)
    rows = table(truth, e=estimate).sample(frac=1, random_state=seed)  # in any order
    found = summarize(rows, n_resamples=5).iloc[0]
    assert found[METRICS].to_dict() == pytest.approx({name: expected[name] for name in METRICS})
    assert found.n_trials == n_trials
    assert found.n_failed == np.sum(~np.isfinite(estimate))
    root = summarize(rows, normalizer="root", n_resamples=5).iloc[0]
    assert root.normalized_rmse == pytest.approx(expected["root"])
    assert root.rmse == found.rmse


def test_spearman_of_equal_values():
    truth = [1.0, 1, 2, 2, 3]
    estimate = [0.1, 0.1, 0.1, 0.3, 0.2]
    found = summarize(table(truth, e=estimate)).spearman[0]
    assert found == pytest.approx(spearmanr(truth, estimate).statistic)


def test_standard_errors_are_those_of_many_experiments():
    rng = np.random.default_rng(0)
    truth = rng.exponential(size=(400, 40))
    estimate = truth + rng.normal(0.1, 0.3, size=truth.shape)
    tasks = {f"{i}": values for i, values in enumerate(truth)}
    estimates = {f"{i}": values for i, values in enumerate(estimate)}
    found = summarize(table(tasks, e=estimates), n_resamples=200)
    for name in METRICS:
        spread = found[name].std()
        assert found[f"{name}_stderr"].mean() == pytest.approx(spread, rel=0.2), name


def test_standard_errors_depend_on_the_seed_alone():
    truth, estimate = example(0, failures=1)
    rows = table({"a": truth, "b": truth}, e=estimate, f=estimate)
    summary = summarize(rows, random_state=3)
    pd.testing.assert_frame_equal(summary, summarize(rows, random_state=3))
    of_one = summarize(rows[(rows.task == "b") & (rows.estimator == "f")], random_state=3)
    last = summary.iloc[3:].reset_index(drop=True)
    pd.testing.assert_frame_equal(last, of_one)
    assert summarize(rows, random_state=4).bias_stderr[0] != summary.bias_stderr[0]
    # Tasks have bootstrap samples of their own, estimators of a task the same.
    assert summary.bias_stderr[0] == summary.bias_stderr[1] != summary.bias_stderr[2]


def test_nothing_is_made_up_where_nothing_is_known():
    truth = [0.5] * 4
    rows = table(truth, same=[0.1, 0.2, 0.3, 0.4], failed=[np.nan] * 4, once=[np.nan] * 3 + [0.6])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = summarize(rows).set_index("estimator")
        one_trial = summarize(table([1.0], e=[1.5])).iloc[0]
    assert found.normalized_rmse.isna().all()
    assert found.spearman.isna().all()
    assert found.rmse["same"] == pytest.approx(np.sqrt(0.075))
    assert found.bias["once"] == pytest.approx(0.1)
    assert found.n_failed.to_dict() == {"same": 0, "failed": 4, "once": 3}
    assert found.loc["failed", METRICS].isna().all()
    assert one_trial.rmse == one_trial.bias == 0.5
    # How far off that is likely to be nobody knows from one trial.
    for name in METRICS:
        assert np.isnan(one_trial[f"{name}_stderr"])
        assert np.isnan(found.loc["once", f"{name}_stderr"])


def test_the_median_time_is_given():
    assert summarize(table(*example(0, 5)[:1], e=[0.0] * 5)).seconds[0] == pytest.approx(0.3)


def test_ranks():
    truth = {"a": [0.0, 1], "b": [0.0, 2]}
    rows = table(
        truth,
        bad={"a": [0.5, 1.5], "b": [0.5, 2.5]},
        good={"a": [0.25, 1.0], "b": [0.0, 2.25]},
        best={"a": [0.125, 1.0], "b": [0.25, 2.0]},
    )
    found = rank(rows)
    assert found.columns.tolist() == ["mean_rank", "a", "b"]
    assert found.to_dict("index") == {
        "best": {"mean_rank": 1.25, "a": 1, "b": 1.5},
        "good": {"mean_rank": 1.75, "a": 2, "b": 1.5},
        "bad": {"mean_rank": 3, "a": 3, "b": 3},
    }
    assert found.index.tolist() == ["best", "good", "bad"]


@pytest.mark.parametrize(
    ("metric", "first"), [("rmse", "near"), ("bias", "fair"), ("spearman", "steady")]
)
def test_the_metric_decides(metric, first):
    truth = [0.0, 1, 2, 3]
    rows = table(
        truth,
        near=[0.1, 1.1, 2.2, 2.1],
        fair=[1.0, 0, 3, 2],
        steady=[10.0, 20, 30, 40],
    )
    assert rank(rows, metric=metric).index[0] == first


def test_no_estimator_gains_by_failing():
    truth = [0.0, 1, 2]
    rows = table(truth, fails=[0, np.nan, 2], bad=[9.0, 8, 7], always=[np.nan] * 3)
    assert rank(rows).index.tolist() == ["bad", "fails", "always"]


def test_an_estimator_may_have_missed_a_task():
    rows = table({"a": [0.0, 1], "b": [0.0, 1]}, e=[0.0, 1], f=[0.5, 1])
    rows = rows[(rows.estimator == "e") | (rows.task == "a")]
    assert np.isnan(rank(rows).b["f"])
    assert len(summarize(rows)) == 3


@pytest.mark.parametrize("function", [summarize, rank])
def test_what_are_no_results_is_said(function):
    with pytest.raises(ValueError, match="no column 'truth'"):
        function(table([1.0], e=[1.0]).drop(columns="truth"))
    with pytest.raises(ValueError, match="no column 'task'"):
        function([1, 2])
    rows = table([1.0, 2.0], e=[1.0, 2.0])
    with pytest.raises(ValueError, match="several rows for estimator 'e' in trial 0 of task 't'"):
        function(pd.concat([rows, rows]))
    with pytest.raises(ValueError, match="no rows"):
        function(rows[:0])
    with pytest.raises(ValueError, match="without a task"):
        function(rows.assign(task=None))
    for name in "truth", "estimate":
        with pytest.raises(ValueError, match=rf"results\['{name}'\] must be numbers"):
            function(rows.assign(**{name: "a"}))
    with pytest.raises(ValueError, match="several truths for trial 0 of task 't'"):
        function(pd.concat([rows, rows.assign(estimator="f", truth=5.0)]))


def test_of_a_run():
    grid = BenchmarkGrid(
        {"constant": lambda X, y: 0.5, "fails": lambda X, y: 1 / 0},
        {"noise": lambda rng: AdditiveGaussianNoise(2, rng.uniform(0.55, 1.7))},
        n_samples=5,
        random_state=0,
    )
    results = grid.run()
    found = summarize(results).set_index("estimator")
    truth = results[results.estimator == "constant"].truth
    assert found.bias["constant"] == pytest.approx((0.5 - truth).mean())
    assert found.n_failed["fails"] == 10
    assert rank(results).index[0] == "constant"
