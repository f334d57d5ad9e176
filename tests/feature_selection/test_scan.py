"""Rows that come in batches: equal to data in memory where they fit, within the error elsewhere."""

import datetime
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, kstest
from sklearn.metrics import mutual_info_score

from skmi import PlugInMI
from skmi._input._stream import make_batch
from skmi.exceptions import IdentifierWarning, SubsampleWarning
from skmi.feature_selection import (
    MutualInfoSelector,
    _scan,
    feature_mutual_info,
    pairwise_mutual_info,
    scan_mutual_info,
)
from skmi.feature_selection._sketch import RowSample
from skmi.feature_selection._tallies import Coder, Crossed

NAMES = ["near", "far", "noise", "word", "flag", "count"]


def table(n_samples=3000, seed=0):
    """Columns of all kinds, most of which tell about y."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n_samples)
    return pd.DataFrame(
        {
            "near": y + 0.3 * rng.normal(size=n_samples),
            "far": y**2 + 2 * rng.normal(size=n_samples),
            "noise": rng.exponential(size=n_samples),
            "word": np.where(y > 0.5, "high", np.where(rng.random(n_samples) < 0.3, "a", "b")),
            "flag": y + rng.normal(size=n_samples) > 0,
            "count": rng.poisson(4, size=n_samples),
            "y": y,
        }
    )


def pieces(frame, *sizes):
    """Rows of a frame, some at a time, again and again."""
    start, place = 0, 0
    while start < len(frame):
        yield frame[start : start + sizes[place % len(sizes)]]
        start, place = start + sizes[place % len(sizes)], place + 1


@pytest.fixture(scope="module")
def parquet(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    pq.write_table(pa.Table.from_pandas(table()), path, row_group_size=700)
    return path


def both_errors(scan):
    """Of a scan, and of what it is compared with: estimates of all rows in memory."""
    return np.hypot(scan.error, 1 / np.sqrt(scan.n_samples))


# The rows of `table` in all the ways that batches come: a stream, and its target.
STREAMS = {
    "dataset": lambda path: (ds.dataset(path), "y"),
    "file": lambda path: (pq.ParquetFile(path), "y"),
    "reader": lambda path: (ds.dataset(path).scanner().to_reader(), "y"),
    "filtered": lambda path: (ds.dataset(path).filter(ds.field("count") >= 0), "y"),
    "iterator": lambda path: (pieces(table(), 500, 7, 1201), "y"),
    "callable": lambda path: (lambda: pieces(table(), 1000), "y"),
    "polars": lambda path: (lambda: pieces(pl.from_pandas(table()), 1000), "y"),
    "pairs": lambda path: (((p[NAMES], p["y"]) for p in pieces(table(), 999)), None),
}


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_rows_that_fit_score_as_in_memory(stream, parquet):
    frame = table()
    expected = feature_mutual_info(frame[NAMES], frame["y"])
    np.testing.assert_array_equal(feature_mutual_info(*stream(parquet)), expected)


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
def test_more_rows_than_fit_score_within_the_error(stream, parquet):
    frame = table()
    expected = feature_mutual_info(frame[NAMES], frame["y"], clip=False)
    found = scan_mutual_info(*stream(parquet), max_samples=1000)
    assert found.n_samples == 3000
    assert not found.is_whole
    assert (np.abs(found.mi - expected) < 4 * both_errors(found)).all()
    assert list(found.method == "histogram") == [name in ("noise", "count") for name in NAMES]
    assert set(found.n_used[found.method == "neighbors"]) == {1000}
    assert set(found.n_counted) == {3000}


def test_a_target_of_labels():
    frame = table(20_000)
    rest = [name for name in [*NAMES, "y"] if name != "word"]
    expected = feature_mutual_info(frame[rest], frame["word"], clip=False)
    found = scan_mutual_info(lambda: pieces(frame, 3000), "word", max_samples=4000)
    assert (np.abs(found.mi - expected) < 4 * both_errors(found)).all()
    # Labels on both sides are counted in all rows.
    place = rest.index("flag")
    assert found.method[place] == "frequencies"
    assert found.mi[place] == pytest.approx(expected[place], abs=1e-12)
    assert found.n_used[place] == 20_000


def test_all_pairs(parquet):
    frame = table()
    expected = pairwise_mutual_info(frame, clip=False).to_numpy()
    matrix = pairwise_mutual_info(ds.dataset(parquet), clip=False)
    assert matrix.column_names == list(frame)
    np.testing.assert_array_equal(np.column_stack([*matrix.columns]), expected)
    found = scan_mutual_info(ds.dataset(parquet), max_samples=1000)
    apart = ~np.eye(7, dtype=bool)
    assert (np.abs(found.mi[apart] - expected[apart]) < 4 * both_errors(found)[apart]).all()
    np.testing.assert_array_equal(found.mi, found.mi.T)
    np.testing.assert_allclose(np.diag(found.mi), np.diag(expected), rtol=0.1)
    assert np.isnan(np.diag(found.error)).all()


def test_a_subsample_is_said(parquet):
    with pytest.warns(SubsampleWarning, match=r"^6 estimates from 3000 rows: . by neighbours in 1"):
        selector = MutualInfoSelector(max_samples=1000, random_state=0).fit(
            ds.dataset(parquet), "y"
        )
    assert repr(selector.scan_).startswith("6 estimates from 3000 rows")
    assert selector.n_samples_seen_ == 3000
    whole = scan_mutual_info(ds.dataset(parquet), "y")
    assert repr(whole) == "6 estimates from all of 3000 rows, kept in memory"


def test_threads_change_nothing(parquet):
    one, two = (
        scan_mutual_info(ds.dataset(parquet), "y", max_samples=1000, n_jobs=n) for n in (1, 2)
    )
    np.testing.assert_array_equal(one.mi, two.mi)
    np.testing.assert_array_equal(one.error, two.error)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=5), st.integers(0, 3))
def test_sizes_of_batches_change_nothing(sizes, seed):
    rows = np.arange(500.0)[:, None]

    def kept(*sizes):
        sample = RowSample(60, seed)
        for piece in pieces(rows, *sizes):
            sample.add(make_batch(piece, piece[:, 0]))
        return sample.kept()[1].X.column(0)

    np.testing.assert_array_equal(kept(*sizes), kept(500))


@given(st.permutations(range(4)), st.integers(1, 200))
def test_samples_of_parts_make_one_in_any_order(order, size):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, 50, 1))

    def merged(order):
        whole = RowSample(size, 0)
        for part in order:
            sample = RowSample(size, 0, part)
            sample.add(make_batch(X[part], X[part]))
            whole.merge(sample)
        return whole.kept()[1].X.column(0)

    np.testing.assert_array_equal(merged(order), merged(range(4)))
    assert len(merged(order)) == min(size, 200)


def test_every_row_is_as_likely_to_be_kept():
    rows = np.arange(1000.0)[:, None]
    kept = []
    for seed in range(200):
        sample = RowSample(30, seed)
        for piece in pieces(rows, 90):
            sample.add(make_batch(piece, piece))
        kept.append(sample.kept()[1].X.column(0))
    assert kstest(np.concatenate(kept), "uniform", args=(0, 1000)).pvalue > 0.01


def test_bins_of_the_first_rows_stay_valid_for_others():
    """A sorted file, read once: the bins suit the first rows only."""
    frame = table(8000).sort_values("y")
    expected = feature_mutual_info(frame[NAMES], frame["y"], clip=False)
    found = scan_mutual_info(pieces(frame, 400), "y", max_samples=1000)
    assert (np.abs(found.mi - expected) < 4 * both_errors(found)).all()


def test_neighbours_see_what_bins_do_not(monkeypatch):
    """As if no histogram showed anything."""
    monkeypatch.setattr(_scan, "_LEVEL", 0.0)
    rng = np.random.default_rng(0)
    x = rng.random(60_000)
    wave = np.sin(64 * np.pi * x) + 0.1 * rng.normal(size=len(x))
    frame = pd.DataFrame({"x": x, "noise": rng.random(60_000), "y": wave})
    whole = feature_mutual_info(frame[["x"]], frame["y"])
    found = scan_mutual_info(lambda: pieces(frame, 10_000), "y", max_samples=50_000)
    assert list(found.method) == ["neighbors", "histogram"]
    assert abs(found.mi[0] - whole[0]) < found.error[0]


def test_crossed_tables_say_what_labels_do():
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 4, size=(2, 3000))
    y = np.where(rng.random(3000) < 0.2, x, y)
    counts = np.array([[np.sum((x == i) & (y == j)) for j in range(4)] for i in range(4)])
    crossed = Crossed.of(counts, True)
    assert crossed.information == pytest.approx(mutual_info_score(x, y), abs=1e-12)
    corrected = PlugInMI("miller-madow").fit(x[:, None], y).mi_
    assert crossed.information - crossed.bias == pytest.approx(corrected, abs=1e-12)
    assert crossed.pvalue == pytest.approx(chi2_contingency(counts, correction=False).pvalue)


def test_the_chi_square_keeps_its_level():
    """Also where most labels are rare, and a column has ties."""
    rng = np.random.default_rng(0)
    pvalues = []
    for _ in range(300):
        x = rng.zipf(1.5, size=2000).clip(max=200).astype(str)
        y = np.maximum(rng.normal(size=2000), 0.3)
        batch = make_batch(pd.DataFrame({"x": x}), y)
        codes = [Coder.of(side, 0).codes(side.column(0), "") for side in (batch.X, batch.y)]
        counts = np.zeros((130, 130), dtype=np.int64)
        np.add.at(counts, tuple(codes), 1)
        pvalues.append(Crossed.of(counts, False).pvalue)
    assert np.mean(np.array(pvalues) < 0.05) == pytest.approx(0.05, abs=0.035)


@pytest.mark.parametrize("policy", ["omit", "label"])
def test_missing_values(policy):
    frame = table(8000)
    rng = np.random.default_rng(3)
    for name in "near", "word", "y":
        frame[name] = frame[name].astype(object if name == "word" else float)
        frame.loc[rng.random(len(frame)) < 0.2, name] = None
    expected = feature_mutual_info(frame[NAMES], frame["y"], nan_policy=policy, clip=False)
    options = {"y": "y", "nan_policy": policy}
    whole = scan_mutual_info(pieces(frame, 999), **options)
    np.testing.assert_array_equal(whole.mi, expected)
    found = scan_mutual_info(lambda: pieces(frame, 999), **options, max_samples=2000)
    assert (np.abs(found.mi - expected) < 4 * both_errors(found)).all()
    both = frame[["near", "y"]].notna().all(axis=1).sum()
    assert found.n_counted[0] == both


def test_partial_fit_is_fit_where_rows_fit():
    frame = table(600)
    options = {"alpha": 0.05, "random_state": 0}
    expected = MutualInfoSelector(**options).fit(frame[NAMES], frame["y"])
    found = MutualInfoSelector(**options)
    for part in pieces(frame, 250):
        found.partial_fit(part[NAMES], part["y"])
    for name in "scores_", "pvalues_", "adjusted_pvalues_", "support_", "null_", "kinds_":
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.n_samples_seen_ == expected.n_samples_seen_ == 600
    assert not hasattr(found, "scan_")
    np.testing.assert_array_equal(found.feature_names_in_, expected.feature_names_in_)


def test_partial_fit_goes_on():
    frame = table(4000)
    selector = MutualInfoSelector(2, max_samples=1000)
    selector.partial_fit(frame[NAMES][:500], frame["y"][:500])
    few = selector.scores_
    for part in pieces(frame[500:], 500):
        selector.partial_fit(part[NAMES], part["y"])
    with pytest.warns(SubsampleWarning):
        assert list(selector.get_feature_names_out()) == ["near", "word"]
    assert selector.n_samples_seen_ == selector.scan_.n_samples == 4000
    assert (selector.scores_ != few).any()
    assert selector.transform(frame[NAMES]).columns.tolist() == ["near", "word"]
    assert selector.fit(frame[NAMES], frame["y"]).n_samples_seen_ == 4000
    assert not hasattr(selector, "scan_")


@pytest.mark.filterwarnings("ignore::skmi.exceptions.SubsampleWarning")
def test_columns_that_are_never_selected():
    frame = table(5000).assign(one=1.0, row=np.arange(5000), name=[f"n{i}" for i in range(5000)])
    frame["day"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(frame["y"].round(3) * 9, "D")
    names = [name for name in frame if name != "y"]
    with pytest.warns((IdentifierWarning, UserWarning)):
        selector = MutualInfoSelector(alpha=0.001, max_samples=1000).fit(
            lambda: pieces(frame, 700), "y"
        )
    excluded = [name for name, is_out in zip(names, selector.excluded_, strict=True) if is_out]
    assert excluded == ["one", "row", "name"]
    chosen = list(selector.get_feature_names_out())
    assert chosen == ["near", "far", "word", "flag", "day"]
    assert set(selector.null_) == {"chi-square", "none"}


def test_dates_are_numbers_that_do_not_depend_on_the_batch():
    rng = np.random.default_rng(0)
    days = rng.integers(0, 900, size=3000)
    since = [datetime.datetime(2020, 1, 1) + datetime.timedelta(int(day)) for day in days]
    frame = pd.DataFrame(
        {"day": since, "number": days.astype(float), "y": days + 50.0 * rng.normal(size=3000)}
    )
    found = scan_mutual_info(lambda: pieces(frame, 300), "y", max_samples=1000)
    assert found.mi[0] == pytest.approx(found.mi[1], abs=1e-12)
    assert found.pvalue[0] == pytest.approx(found.pvalue[1])


def infinite(frame):
    frame.loc[2500, "far"] = np.inf
    return frame


def missing(frame):
    frame.loc[2500, "far"] = np.nan
    return frame


def words_for_numbers(frame):
    frame["far"] = frame["far"].astype(object)
    frame.loc[2500, "far"] = "many"
    return frame


def other_columns(frame):
    return [frame[:1000], frame[1000:].rename(columns={"far": "else"})]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (infinite, r"infinity in column 'far' of X"),
        (missing, r"NaN in column 'far' of X \(row 2500 of those read\)"),
        (words_for_numbers, r"column 'far' of X holds labels in some batches|the string 'many'"),
        (other_columns, r"different columns: .*'far'.* in the first, .*'else'"),
    ],
)
@pytest.mark.parametrize("again", [False, True])
def test_values_that_are_none_are_named(spoil, message, again):
    found = spoil(table())

    def batches():
        return iter(found if isinstance(found, list) else pieces(found, 400))

    with pytest.raises(ValueError, match=message):
        scan_mutual_info(batches if again else batches(), "y", max_samples=1000)


def test_streams_that_cannot_be_read_say_the_way_out(parquet):
    frame, dataset = table(), ds.dataset(parquet)
    with pytest.raises(TypeError, match="X is no stream of batches, but DataFrame"):
        scan_mutual_info(frame, "y")
    with pytest.raises(ValueError, match='Give the name of a column of X, y="target"'):
        feature_mutual_info(dataset, frame["y"])
    with pytest.raises(ValueError, match="In batch 0: y='z' is no column of X, whose columns are"):
        feature_mutual_info(dataset, "z")
    with pytest.raises(ValueError, match="the stream of batches is empty"):
        feature_mutual_info(iter([]), "y")
    once = pieces(frame, 500)
    with pytest.raises(ValueError, match="A callable must make a new iterator each time"):
        scan_mutual_info(lambda: once, "y", max_samples=1000)
    with pytest.raises(ValueError, match="normalize='min' goes with data in memory"):
        feature_mutual_info(dataset, "y", normalize="min")
    with pytest.raises(ValueError, match="n_permutations goes with data in memory"):
        pairwise_mutual_info(dataset, n_permutations=9)
    with pytest.raises(ValueError, match="goes with a target y; all pairs of columns take no"):
        scan_mutual_info(dataset, nan_policy="omit")
    with pytest.raises(ValueError, match=re.escape("'max_samples' parameter of scan_mutual_info")):
        scan_mutual_info(dataset, "y", max_samples=10)
