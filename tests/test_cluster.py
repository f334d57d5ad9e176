"""A Dask cluster of two processes gives the values of one, also if one of them is killed."""

import os
import signal
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from sklearn.base import BaseEstimator

from skmi import KSG, BinningMI, RelativeScaleSearch
from skmi._parallel import run_all
from skmi.exceptions import SubsampleWarning
from skmi.feature_selection import (
    MutualInfoSelector,
    feature_mutual_info,
    pairwise_mutual_info,
    scan_mutual_info,
)
from skmi.model_selection import mutual_info_interval, mutual_info_permutation_test

distributed = pytest.importorskip("distributed")
cloudpickle = pytest.importorskip("cloudpickle")
dask_frames = pytest.importorskip("dask.dataframe")

N = 400
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 2))
Y = X.sum(axis=1) + RNG.normal(size=N)


@pytest.fixture(scope="module")
def cluster():
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    with cluster, distributed.Client(cluster):
        yield cluster


class Deadly(KSG):
    """KSG that kills the first worker process it is at work in."""

    def __init__(self, marker=None, home=None):
        super().__init__()
        self.marker, self.home = marker, home

    def _contributions(self, counts, sample):
        kill_once(self.marker, self.home)
        return super()._contributions(counts, sample)


def kill_once(marker, home):
    """Kill this process, unless it is the one at home, or one has been killed before."""
    if os.getpid() != home and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def deadly(tmp_path):
    """An estimator that has killed a worker by the end of the test."""
    marker = tmp_path / "killed"
    yield Deadly(str(marker), os.getpid())
    assert marker.exists()


def test_permutation_test(cluster, deadly):
    options = {"n_permutations": 12, "random_state": 0}
    expected = mutual_info_permutation_test(KSG(), X, Y, **options)
    with joblib.parallel_config(backend="dask"):
        found = mutual_info_permutation_test(deadly, X, Y, **options)
    np.testing.assert_array_equal(found.null_distribution, expected.null_distribution)
    assert found.pvalue == expected.pvalue


def test_interval(cluster, deadly):
    options = {"n_splits": 3, "n_repeats": 2, "random_state": 0}
    expected = mutual_info_interval(KSG(), X, Y, **options)
    with joblib.parallel_config(backend="dask"):
        found = mutual_info_interval(deadly, X, Y, **options)
    assert repr(found) == repr(expected)
    np.testing.assert_array_equal(found.curve["mean"], expected.curve["mean"])


def test_interval_of_an_estimator_of_others(cluster):
    options = {"n_splits": 3, "n_repeats": 1, "random_state": 0}
    expected = mutual_info_interval(Foreign(), X, Y, **options)
    with joblib.parallel_config(backend="dask"):
        found = mutual_info_interval(Foreign(), X, Y, **options)
    assert repr(found) == repr(expected)


class Foreign(BaseEstimator):
    """An estimator of somebody else."""

    def fit(self, X, y):
        self.mi_ = float(np.corrcoef(X[:, 0], y)[0, 1] ** 2 / 2)
        return self


def test_grid_of_scales(cluster, deadly):
    def search(estimator):
        return RelativeScaleSearch(
            estimator, [0.5, 1.0, 2.0], correct_bias=True, n_permutations=6, random_state=0
        ).fit(X, Y)

    def fitted_anew():  # for each scale by itself
        search = RelativeScaleSearch(BinningMI(), [0.5, 1.0, 2.0]).fit(X, Y)
        return search.scale_results_["mean_test_score"]

    expected, expected_anew = search(KSG()), fitted_anew()
    with joblib.parallel_config(backend="dask"):
        found = search(deadly)
        np.testing.assert_array_equal(fitted_anew(), expected_anew)
    assert (found.mi_, found.bias_) == (expected.mi_, expected.bias_)


FRAME = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "word": np.where(X[:, 0] > 0, "x", "z"), "y": Y})


def repeated(n_times):
    """More rows, that tell as much."""
    rng = np.random.default_rng(1)
    rows = pd.concat([FRAME] * n_times, ignore_index=True)
    rows[["a", "b", "y"]] += 0.3 * rng.normal(size=(len(rows), 3))
    return rows


def kill_on_the_way(frame, marker, home):
    if len(frame):  # and not where Dask only looks at the dtypes
        kill_once(marker, home)
    return frame


def test_scores_of_a_dask_frame(cluster, tmp_path):
    rows, marker = repeated(10), tmp_path / "killed"
    frame = dask_frames.from_pandas(rows, npartitions=4).map_partitions(
        kill_on_the_way, str(marker), os.getpid(), meta=rows
    )
    np.testing.assert_array_equal(
        feature_mutual_info(frame, "y"), feature_mutual_info(rows.drop(columns="y"), rows["y"])
    )
    assert marker.exists()
    matrix = pairwise_mutual_info(frame)
    pd.testing.assert_frame_equal(matrix, pairwise_mutual_info(rows))


def test_scores_of_more_rows_than_are_kept(cluster, tmp_path):
    rows = repeated(10)
    path, marker = tmp_path / "rows.parquet", tmp_path / "killed"
    pq.write_table(pa.Table.from_pandas(rows), path, row_group_size=1000)
    here = scan_mutual_info(ds.dataset(path), "y", max_samples=1000)
    with joblib.parallel_config(backend="dask"):
        there = scan_mutual_info(ds.dataset(path), "y", max_samples=1000)
    frame = dask_frames.from_pandas(rows, npartitions=4, sort=False)
    dying = frame.map_partitions(kill_on_the_way, str(marker), os.getpid(), meta=rows)
    of_frame = scan_mutual_info(dying, "y", max_samples=1000)
    assert marker.exists()
    for found in there, of_frame:
        np.testing.assert_array_equal(found.mi, here.mi)
        np.testing.assert_array_equal(found.error, here.error)
        np.testing.assert_array_equal(found.pvalue, here.pvalue)


def test_a_selector_takes_a_dask_frame(cluster):
    rows = repeated(10)
    frame = dask_frames.from_pandas(rows, npartitions=3)
    with pytest.warns(SubsampleWarning, match="3 estimates from 4000 rows"):
        selector = MutualInfoSelector(alpha=0.01, max_samples=1000, random_state=0).fit(frame, "y")
    assert list(selector.get_feature_names_out()) == ["a", "b", "word"]
    assert selector.n_samples_seen_ == 4000


class Counted:
    """Data that count how often they are pickled here; workers hand them on as well."""

    def __init__(self):
        self.n_pickled = 0

    def __getstate__(self):
        self.n_pickled += 1
        return {"n_pickled": 0}


def test_what_is_shared_is_sent_once(cluster):
    shared = Counted()
    with joblib.parallel_config(backend="dask"):
        found = run_all(lambda shared, item: item, shared, range(30), n_jobs=None)
    assert found == list(range(30))
    assert shared.n_pickled == 1


def test_nothing_as_large_as_the_data_is_sent_with_a_permutation(cluster, monkeypatch):
    sizes = []
    dumps = cloudpickle.dumps

    def counted(value):
        sizes.append(len(dumps(value)))
        return dumps(value)

    monkeypatch.setattr(cloudpickle, "dumps", counted)
    many = np.random.default_rng(0).normal(size=(20_000, 2))
    with joblib.parallel_config(backend="dask"):
        mutual_info_permutation_test(KSG(), many[:, :1], many[:, 1], n_permutations=6)
    assert sum(size > many[:, 0].nbytes for size in sizes) == 1
    assert sorted(sizes)[-2] < 10_000


def test_a_task_that_kills_all_workers_is_an_error(cluster, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    with (
        joblib.parallel_config(backend="dask"),
        pytest.raises(RuntimeError, match="workers died over the same piece of work"),
    ):
        run_all(lambda _, item: os.kill(os.getpid(), signal.SIGKILL), None, [0], n_jobs=None)
