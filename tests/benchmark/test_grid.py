"""What takes part, what a row says, and that nothing is lost."""

import enum
import io
import os
import signal
import time
import warnings
from contextlib import redirect_stderr

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skmi import KSG, BinningMI, make_estimator
from skmi.benchmark import BenchmarkGrid, Task
from skmi.datasets import AdditiveGaussianNoise, CorrelatedGaussians

from .actors import TASKS, Noisy, Together


def run(estimators, tasks=None, **options):
    settings = {"n_trials": 3, "n_samples": 50, "random_state": 0, **options}
    return BenchmarkGrid(estimators, tasks or TASKS, **settings).run()


class ScoreOnly:
    def score(self, X, y):
        return np.array([np.mean(X)])


class FitThenScore(BaseEstimator):
    def fit(self, X, y):
        self.mean_ = X.mean()
        return self

    def score(self, X, y):
        return self.mean_


def test_rows_are_in_the_order_of_the_grid():
    results = run(["ksg", "ksg-local"])
    assert list(results.columns) == [
        "task",
        "trial",
        "estimator",
        "truth",
        "estimate",
        "seconds",
        "error",
        "warning",
    ]
    cells = results[["task", "trial", "estimator"]].itertuples(index=False, name=None)
    names = "ksg", "ksg-local"
    assert list(cells) == [(t, i, e) for t in TASKS for i in range(3) for e in names]
    assert results.error.isna().all()
    assert (results.seconds > 0).all()


def test_estimates_are_those_of_the_estimator_on_the_sample_of_the_trial():
    grid = BenchmarkGrid(["ksg-global-linf"], TASKS, n_trials=3, n_samples=80, random_state=1)
    for row in grid.run().itertuples():
        X, y, truth = grid.draw(row.task, row.trial)
        assert len(X) == (60 if row.task == "noise" else 80)
        assert row.truth == truth
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert row.estimate == make_estimator("ksg-global-linf").fit(X, y).mi_


def test_whatever_estimates_takes_part():
    results = run(
        {
            "fit": KSG(),
            "score": ScoreOnly(),
            "fit and score": FitThenScore(),
            "function": lambda X, y: X.mean(),
        }
    )
    by_name = results.pivot_table(index=["task", "trial"], columns="estimator", values="estimate")
    assert by_name.notna().all(axis=None)
    assert (by_name["score"] == by_name["function"]).all()
    assert (by_name["fit and score"] == by_name["function"]).all()


def test_a_failure_is_a_row():
    def fails_sometimes(X, y):
        if X[0, 0] > 0:
            raise RuntimeError("positive")
        return 1.0

    results = run({"fails": fails_sometimes, "ksg": KSG()}, n_trials=10)
    failed = results[results.error.notna()]
    assert set(failed.error) == {"RuntimeError: positive"}
    assert failed.estimate.isna().all()
    assert failed.truth.notna().all()
    assert 0 < len(failed) < 20
    assert results[results.estimator == "ksg"].estimate.notna().all()


@pytest.mark.parametrize("value", ["a", None, [1.0, 2.0], 1j, {}])
def test_what_is_no_number_is_a_failure(value):
    results = run({"odd": lambda X, y: value})
    assert results.error.notna().all()
    assert results.estimate.isna().all()


def test_a_sample_that_cannot_be_drawn_fails_for_all_estimators():
    class Unlucky:
        mutual_info = 0.0

        def sample(self, n_samples, random_state):
            raise OverflowError("too large")

    results = run({"ksg": KSG(), "binning": BinningMI()}, {"unlucky": Unlucky(), **TASKS})
    failed = results[results.task == "unlucky"]
    assert set(failed.error) == {"No sample. OverflowError: too large"}
    assert results[results.task != "unlucky"].error.isna().all()


def test_nan_and_infinity_are_kept_as_they_are():
    results = run({"nan": lambda X, y: np.nan, "inf": lambda X, y: np.inf})
    assert results[results.estimator == "nan"].estimate.isna().all()
    assert np.isinf(results[results.estimator == "inf"].estimate).all()
    assert results.error.isna().all()


def test_warnings_are_kept_and_not_raised():
    def warns(X, y):
        for _ in range(3):
            warnings.warn("thin data", RuntimeWarning, stacklevel=1)
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return 0.0

    filters = list(warnings.filters)
    results = run({"warns": warns, "silent": lambda X, y: 0.0})
    said = results[results.estimator == "warns"].warning
    assert set(said) == {"RuntimeWarning: thin data\nDeprecationWarning: old"}
    assert results[results.estimator == "silent"].warning.isna().all()
    assert warnings.filters == filters


def test_all_estimators_see_the_same_data_even_after_one_that_changes_them():
    def spoils(X, y):
        X *= 0
        y += 1
        return X.sum()

    plain = run({"ksg": KSG()})
    results = run({"spoils": spoils, "ksg": KSG(), "again": KSG()})
    for name in "ksg", "again":
        assert list(results[results.estimator == name].estimate) == list(plain.estimate)


def test_estimators_are_not_changed():
    estimator = Noisy()
    run({"noisy": estimator})
    assert vars(estimator) == {"offset": 0.0, "random_state": None}


def test_seeds_depend_on_names_and_trials_alone():
    few = run({"noisy": Noisy(), "ksg": KSG()}, {"noise": TASKS["noise"]}, n_trials=2)
    many = run({"ksg": KSG(), "other": BinningMI(), "noisy": Noisy()}, n_trials=4)
    columns = ["task", "trial", "estimator", "truth", "estimate"]
    both = few[columns].merge(many[columns], on=columns)
    assert len(both) == len(few)
    # ... and differ where these do.
    assert many[many.estimator == "noisy"].estimate.nunique() == 8
    other = run({"noisy": Noisy()}, random_state=1)
    assert not set(other.estimate) & set(many.estimate)


class Name(enum.StrEnum):
    NOISE = "noise"


@pytest.mark.parametrize("trial", [2, np.int64(2), np.uint8(2), np.array([2])[0]], ids=type)
@pytest.mark.parametrize("name", ["noise", np.str_("noise"), Name.NOISE], ids=type)
def test_a_sample_is_the_same_however_it_is_asked_for(name, trial):
    grid = BenchmarkGrid(["ksg"], TASKS, random_state=3)
    X, y, truth = grid.draw("noise", 2)
    for one in (
        grid,
        grid.set_params(random_state=np.uint16(3), n_samples=np.int16(1000)),
        grid.set_params(tasks={name: TASKS["noise"]}),
    ):
        again = one.draw(name, trial)
        np.testing.assert_array_equal(again[0], X)
        np.testing.assert_array_equal(again[1], y)
        assert again[2] == truth


def test_rows_are_the_same_whatever_type_numbers_and_names_have():
    plain = run({"noisy": Noisy(), "ksg": KSG()}, n_trials=2)
    tasks = {np.str_(name): task for name, task in TASKS.items()}
    estimators = {np.str_("noisy"): Noisy(), np.str_("ksg"): KSG(np.int64(3))}
    options = {"n_trials": np.int8(2), "n_samples": np.int16(50), "random_state": np.int32(0)}
    other = run(estimators, tasks, **options)
    pd.testing.assert_frame_equal(other.drop(columns="seconds"), plain.drop(columns="seconds"))
    assert {type(name) for name in other.task} == {str}


def test_functions_get_a_seed_if_they_take_one():
    def draws(X, y, random_state=None):
        return np.random.RandomState(random_state).normal()

    results = run({"function": draws, "estimator": Noisy()})
    by_name = results.pivot_table(index=["task", "trial"], columns="estimator", values="estimate")
    assert (by_name["function"] == by_name["estimator"]).all()


def test_a_random_state_of_ones_own_is_kept():
    results = run({"fixed": Noisy(random_state=5)})
    assert set(results.estimate) == {np.random.RandomState(5).normal()}


def test_the_global_random_state_is_left_alone():
    np.random.seed(3)  # noqa: NPY002
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    run({"noisy": Noisy(), "ksg": KSG()})
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


def test_a_group_gets_all_trials_of_a_task():
    sizes = []

    class Counting(Together):
        def fit_many(self, Xs, ys, random_states=None):
            sizes.append(len(Xs))
            return super().fit_many(Xs, ys, random_states)

    results = run({"single": Noisy(), "group": Counting()}, n_trials=5)
    assert sizes == [5, 5]
    by_name = results.pivot_table(index=["task", "trial"], columns="estimator", values="estimate")
    assert (by_name["single"] == by_name["group"]).all()
    seconds = results[results.estimator == "group"].groupby("task").seconds
    assert (seconds.nunique() == 1).all()


def test_a_group_that_fails_is_fitted_one_by_one():
    class Fragile(Together):
        def fit_many(self, Xs, ys, random_states=None):
            raise ArithmeticError("one is bad")

        def fit(self, X, y):
            if X[0, 0] > 0:
                raise ArithmeticError("this one")
            return super().fit(X, y)

    results = run({"fragile": Fragile(), "noisy": Noisy()}, n_trials=8)
    fragile = results[results.estimator == "fragile"]
    assert 0 < (fragile.error == "ArithmeticError: this one").sum() < 16
    assert fragile.warning.str.contains("one is bad").all()
    assert (fragile.estimate.isna() == fragile.error.notna()).all()
    merged = fragile.dropna().merge(results[results.estimator == "noisy"], on=["task", "trial"])
    assert (merged.estimate_x == merged.estimate_y).all()


def test_a_group_may_return_numbers_and_take_samples_of_unlike_sizes():
    class Means:
        def fit_many(self, Xs, ys):
            assert len({X.shape for X in Xs}) == 1
            return np.array([X.mean() for X in Xs])

        def score(self, X, y):
            raise AssertionError

    class AnySize:
        def draw(self, random_state):
            rng = np.random.default_rng(random_state)
            X = rng.normal(size=(rng.integers(20, 23), 1))
            return X, X[:, 0], 0.5

    results = run({"group": Means(), "mean": lambda X, y: X.mean()}, {"t": AnySize()}, n_trials=9)
    by_name = results.pivot_table(index="trial", columns="estimator", values="estimate")
    assert (by_name["group"] == by_name["mean"]).all()
    assert results.warning.isna().all()


def test_progress_is_shown_only_when_wanted():
    shown = io.StringIO()
    with redirect_stderr(shown):
        run({"ksg": KSG()})
    assert shown.getvalue() == ""
    with redirect_stderr(shown):
        run({"ksg": KSG()}, verbose=1)
    assert "6/6" in shown.getvalue()


def test_what_is_finished_outlives_an_interrupt():
    seen = []

    def interrupted(X, y):
        seen.append(1)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return 0.0

    grid = BenchmarkGrid({"i": interrupted}, TASKS, n_samples=10, random_state=0)
    with pytest.raises(KeyboardInterrupt):
        grid.run()
    assert len(grid.results_) == 3


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("base", [Noisy, Together])
def test_an_estimator_that_catches_the_interrupt_does_not_keep_it(base, fails, tmp_path):
    """As networks do, which then make do with what they have learnt so far."""
    calls = []

    class Stubborn(base):
        def fit(self, X, y):
            calls.append(1)
            if len(calls) == 4:
                try:
                    os.kill(os.getpid(), signal.SIGINT)
                    time.sleep(10)
                except KeyboardInterrupt:
                    if fails:
                        raise ValueError("too little is there") from None
            return super().fit(X, y)

        if base is Together:

            def fit_many(self, Xs, ys, random_states=None):
                return [Stubborn().fit(X, y) for X, y in zip(Xs, ys, strict=True)]

    handler = signal.getsignal(signal.SIGINT)
    grid = BenchmarkGrid(
        {"s": Stubborn()}, TASKS, n_trials=6, n_samples=10, random_state=0, cache_dir=tmp_path
    )
    with pytest.raises(KeyboardInterrupt):
        grid.run()
    assert signal.getsignal(signal.SIGINT) is handler
    n_kept = 3 if base is Noisy else 0
    assert len(grid.results_) == n_kept == len(list(tmp_path.rglob("*.json")))
    assert len(calls) == (4 if base is Noisy or fails else 6)


@pytest.mark.parametrize(
    ("estimators", "tasks", "error", "message"),
    [
        ({"ksg": KSG}, TASKS, TypeError, "'ksg' is the class KSG; pass an instance"),
        ({"three": 3}, TASKS, TypeError, r"'three' must have a method fit\(X, y\)"),
        (["no-such"], TASKS, ValueError, "There is no estimator 'no-such'"),
        ({}, TASKS, ValueError, "estimators is empty"),
        ({1: KSG()}, TASKS, TypeError, "names in estimators must be strings, got 1"),
        ("ksg", TASKS, ValueError, "'estimators' parameter"),
        (["ksg"], {}, ValueError, "tasks is empty"),
        (["ksg"], {"t": 3}, TypeError, "Task 't' must be a Task, a sampler"),
        (["ksg"], {"t": CorrelatedGaussians}, TypeError, "'t' is the class CorrelatedGaussians"),
        (["ksg"], [CorrelatedGaussians()], ValueError, "'tasks' parameter"),
    ],
)
def test_what_cannot_take_part_is_said_so(estimators, tasks, error, message):
    with pytest.raises(error, match=message):
        BenchmarkGrid(estimators, tasks).run()


@pytest.mark.parametrize(
    "options", [{"n_trials": 0}, {"n_samples": 0}, {"n_jobs": 1.5}, {"cache_dir": 3}], ids=repr
)
def test_parameters_are_checked_by_name(options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        BenchmarkGrid(["ksg"], TASKS, **options).run()


def test_tasks_draw_parameters_anew_in_each_trial():
    task = TASKS["noise"]
    truths = [task.draw(seed)[2] for seed in range(5)]
    assert len(set(truths)) == 5
    X, y, truth = task.draw(3)
    again = task.draw(3)
    assert (again[0] == X).all()
    assert (y == again[1]).all()
    assert truth == again[2] == truths[3]


@pytest.mark.parametrize("sampler", [3, CorrelatedGaussians, "gaussians"])
def test_a_task_needs_a_sampler(sampler):
    with pytest.raises(TypeError, match="sampler must have a method sample"):
        Task(sampler)


class KnowsNothing:
    def sample(self, n_samples, random_state):
        return np.zeros((n_samples, 1)), np.zeros((n_samples, 1))


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (lambda rng: 3, r"sampler\(rng\) must return a sampler, got 3"),
        (lambda rng: CorrelatedGaussians, r"sampler\(rng\) must return a sampler, got <class"),
        (KnowsNothing(), "sampler must know its mutual_info"),
    ],
)
def test_what_is_no_sampler_is_said_when_it_is_seen(sampler, message):
    with pytest.raises(TypeError, match=message):
        Task(sampler).draw(0)


@pytest.mark.parametrize(
    "sample", [None, 3, (1, 2), (np.ones(3), np.ones(4), 0.0), (np.ones(3), np.ones(3), "a")]
)
def test_what_a_task_must_draw_is_said(sample):
    class Draws:
        def draw(self, random_state):
            return sample

    grid = BenchmarkGrid({"one": lambda X, y: 1.0}, {"t": Draws()}, n_trials=1, random_state=0)
    with pytest.raises(ValueError, match="A task must draw X, y and their mutual information: "):
        grid.draw("t", 0)
    assert grid.run().error[0].startswith("No sample. ValueError: A task must draw")


@pytest.mark.parametrize("n_samples", [0, 1.5, "many"])
def test_a_task_needs_a_size(n_samples):
    with pytest.raises(ValueError, match="'n_samples' parameter of Task"):
        Task(AdditiveGaussianNoise(), n_samples)


def test_draw_needs_a_task_and_a_seed():
    with pytest.raises(ValueError, match="There is no task 'x'"):
        BenchmarkGrid(["ksg"], TASKS, random_state=0).draw("x", 0)
    with pytest.raises(ValueError, match="integer random_state"):
        BenchmarkGrid(["ksg"], TASKS).draw("noise", 0)


def test_a_random_state_instance_seeds_as_well():
    first, second = (
        run({"noisy": Noisy()}, random_state=np.random.RandomState(4)) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first.drop(columns="seconds"), second.drop(columns="seconds"))
