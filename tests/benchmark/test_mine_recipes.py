"""One grid of all recipes by networks gives the same rows in this process and in workers."""

import pytest

from skmi import get_estimator_names, make_estimator
from skmi.benchmark import BenchmarkGrid, _dispatch

from .actors import TASKS
from .test_parallel import assert_same

pytest.importorskip("skorch")


@pytest.mark.filterwarnings("ignore")
def test_rows_do_not_depend_on_the_number_of_jobs(monkeypatch):
    monkeypatch.setattr(_dispatch, "_START", 0.0, raising=False)  # workers, however short the work
    names = [name for name in get_estimator_names() if "mine" in name]
    estimators = {name: make_estimator(name, max_epochs=60, device="cpu") for name in names}
    tasks = {"gaussians": TASKS["gaussians"]}
    one, two = (
        BenchmarkGrid(
            estimators, tasks, n_trials=2, n_samples=50, random_state=0, n_jobs=n_jobs
        ).run()
        for n_jobs in (1, 2)
    )
    assert set(one.estimator) == set(names)
    assert one.error.isna().all()
    assert one[one.estimator == "mine"].estimate.nunique() == 2  # it has learnt something
    assert_same(two, one)
