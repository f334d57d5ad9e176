"""Cells trained at once: all trials of a task."""

import numpy as np
import pandas as pd
import pytest

from skmi import KSG, GlobalScaler, LocalScaler, ScaleInvariantMI, make_estimator
from skmi.benchmark import BenchmarkGrid, Task, _groups
from skmi.benchmark.paper._figures import Transformed
from skmi.datasets import AppendNoise, CorrelatedGaussians

from .actors import TASKS, Together, note


class Counted(Together):
    """Estimates by the data and the seed; says how many came at a time."""

    def fit(self, X, y):
        super().fit(X, y)
        self.mi_ += np.abs(X).mean()
        return self

    def fit_many(self, Xs, ys, random_states=None):
        note(len(Xs))
        fitted = [Counted(self.offset, state) for state in random_states]
        return [one.fit(X, y) for one, X, y in zip(fitted, Xs, ys, strict=True)]

    def score(self, X, y):
        return self.mi_


NORMALIZED = {
    "plain": Counted(),
    "local": ScaleInvariantMI(Counted(), LocalScaler()),
    "global": ScaleInvariantMI(Counted(), GlobalScaler()),
    "noise appended": Transformed(ScaleInvariantMI(Counted(), LocalScaler()), AppendNoise(1, 0.1)),
    "other": Counted(offset=1.0),
}


@pytest.fixture(autouse=True)
def calls(tmp_path, monkeypatch):
    """How many came at a time, each time."""
    notes = tmp_path / "notes"
    monkeypatch.setenv("SKMI_TEST_NOTES", str(notes))

    def taken():
        found = [int(line) for line in notes.read_text().split()] if notes.exists() else []
        notes.unlink(missing_ok=True)
        return found

    return taken


def run(estimators, **options):
    settings = {"n_trials": 5, "n_samples": 50, "random_state": 0, **options}
    tasks = settings.pop("tasks", {"gaussians": TASKS["gaussians"]})
    return BenchmarkGrid(estimators, tasks, **settings).run()


def estimates(results):
    columns = ["task", "trial", "estimator", "truth", "estimate", "error", "warning"]
    return results[columns]


def test_all_trials_of_a_task_are_one_training(calls):
    results = run({**NORMALIZED, "ksg": KSG()}, tasks=TASKS)
    assert calls() == [5] * 10
    assert results.error.isna().all()
    assert results.warning.isna().all()


def test_what_is_trained_together_is_as_if_on_its_own(monkeypatch, calls):
    together = run(NORMALIZED)
    for name, estimator in NORMALIZED.items():
        own = run({name: estimator})
        of_name = together[together.estimator == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(estimates(of_name), estimates(own))
    calls()
    monkeypatch.setattr(_groups, "is_group_estimator", lambda estimator: False)
    monkeypatch.setattr("skmi.benchmark._plan.is_group_estimator", lambda estimator: False)
    one_by_one = run(NORMALIZED)
    assert calls() == []
    pd.testing.assert_frame_equal(estimates(together), estimates(one_by_one))


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_one_training_is_resumed_where_cells_are_missing(n_jobs, tmp_path, calls):
    some = {name: NORMALIZED[name] for name in ("local", "plain")}
    run(some, n_trials=2, cache_dir=tmp_path)
    results = run(NORMALIZED, cache_dir=tmp_path, n_jobs=n_jobs)
    if n_jobs == 1:
        # Two of local, two of plain were there.
        assert calls() == [2, 2, 3, 3, 5, 5, 5]
    pd.testing.assert_frame_equal(estimates(results), estimates(run(NORMALIZED)))


def test_a_seed_of_ones_own_is_kept_inside_a_scaler():
    fixed = {"fixed": ScaleInvariantMI(Counted(random_state=3), LocalScaler())}
    results = run(fixed)
    for row in results.itertuples():
        X, y, _ = BenchmarkGrid(
            fixed, {"gaussians": TASKS["gaussians"]}, n_samples=50, random_state=0
        ).draw(row.task, row.trial)
        assert row.estimate == fixed["fixed"].fit(X, y).mi_


def test_one_bad_cell_costs_no_other(calls):
    class Picky(Counted):
        def fit(self, X, y):
            if X[0, 0] > 0.7:
                raise ArithmeticError("this one")
            return super().fit(X, y)

        def fit_many(self, Xs, ys, random_states=None):
            note(len(Xs))
            fitted = [Picky(self.offset, state) for state in random_states]
            return [one.fit(X, y) for one, X, y in zip(fitted, Xs, ys, strict=True)]

    n_trials = 16
    results = run({"picky": Picky()}, n_trials=n_trials)
    failed = results.error.notna()
    assert set(results[failed].error) == {"ArithmeticError: this one"}
    assert failed.sum() == 1
    trained = calls()
    assert trained[0] == n_trials
    # Halves without it were trained as such.
    assert len(trained) < n_trials
    whole = run({"counted": Counted()}, n_trials=n_trials)
    np.testing.assert_array_equal(results.estimate[~failed], whole.estimate[~failed])


def test_data_that_cannot_be_scaled_are_a_row(calls):
    class Constant(CorrelatedGaussians):
        def sample(self, n_samples, random_state=None):
            X, y = super().sample(n_samples, random_state)
            return np.full_like(X, np.nan) if X[0, 0] > 0 else X, y

    tasks = {"constant": Task(Constant(2, 0.6), 50)}
    results = run({"local": NORMALIZED["local"]}, tasks=tasks, n_trials=8)
    failed = results[results.error.notna()]
    assert 0 < len(failed) < 8
    assert failed.error.str.startswith("ValueError: Input X contains NaN").all()
    assert sum(calls()) == 8 - len(failed)


def test_warnings_are_those_of_the_cell():
    class Doubtful(Counted):
        def fit_many(self, Xs, ys, random_states=None):
            import warnings

            fitted = super().fit_many(Xs, ys, random_states)
            warnings.warn("of all", RuntimeWarning, stacklevel=1)
            for number, one in enumerate(fitted):
                one.doubts_ = {"odd": f"doubt {number}"} if number % 2 else {}
                for text in one.doubts_.values():
                    warnings.warn(text, UserWarning, stacklevel=1)
            return fitted

    results = run({"scaled": ScaleInvariantMI(Doubtful(), LocalScaler())}, n_trials=4)
    assert results.warning.tolist() == [
        "RuntimeWarning: of all",
        "RuntimeWarning: of all\nUserWarning: doubt 1",
        "RuntimeWarning: of all",
        "RuntimeWarning: of all\nUserWarning: doubt 3",
    ]


@pytest.mark.filterwarnings("ignore")
def test_mine_is_trained_together_after_any_scaler():
    pytest.importorskip("torch")
    names = "mine", "mine-local", "mine-global", "mine-global-corrected"
    trainings = []
    fit_many = make_estimator("mine").fit_many.__func__

    def counting(self, Xs, ys, random_states=None):
        trainings.append(len(Xs))
        return fit_many(self, Xs, ys, random_states)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(make_estimator("mine")), "fit_many", counting)
        estimators = {name: make_estimator(name, max_epochs=2) for name in names}
        results = run(estimators, n_trials=3)
    assert trainings == [3] * 4
    assert results.error.isna().all()
    for name in names:
        own = run({name: estimators[name]}, n_trials=3)
        here = results[results.estimator == name]
        np.testing.assert_allclose(here.estimate, own.estimate, atol=1e-5)
