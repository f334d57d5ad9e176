"""The paper's tables: the numbers, what they are drawn from, and the comparison."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone

from skmi.benchmark._groups import is_group_estimator
from skmi.benchmark.paper import PRINTED, Protocol, compare, read_table, run_table, table_tasks
from skmi.benchmark.paper import _estimators as estimators
from skmi.benchmark.paper._figures import Transformed
from skmi.benchmark.paper._report import side_by_side, to_markdown
from skmi.benchmark.paper._tasks import Multiply, make_sampler, task_name

pytestmark = pytest.mark.filterwarnings("ignore:The best relative scale")

ROWS = [(table, row) for table in (2, 3) for row in read_table(table)]
WIDTHS = {"ds": 20, "dn": 21}


def name_of(case):
    return f"table {case[0]} row {case[1].row}"


def test_as_many_rows_as_the_paper_prints():
    assert [len(read_table(table)) for table in (2, 3)] == [14, 17]
    with pytest.raises(ValueError, match="2 or 3"):
        read_table(4)


def test_cells_are_the_printed_ones():
    first, *_, last = read_table(2)
    assert first.cells["normalized_rmse", "ksg-global-linf"] == 0.110
    assert first.cells["bias", "mine-global-corrected"] == -0.117
    assert ("bias", "ksg") not in last.cells  # its line is missing
    assert read_table(3)[14].cells["spearman", "bi-ksg"] == 0.641
    assert not read_table(3)[12].cells  # printed over by another


def test_rows_whose_sizes_and_transforms_were_recovered():
    assert [row.n_features for row in read_table(2)] == [2] * 3 + [4] * 6 + [6] * 5
    assert {row.n_samples for row in read_table(2)} == {1000}
    assert [row.n_features for row in read_table(3)] == [2] * 6 + [5] * 5 + [10] * 5 + [2]
    assert (read_table(2)[4].transforms, read_table(3)[16].transforms) == ("dn>rm", "dn>rm")
    assert [row.transforms for row in read_table(3)][:6] == [
        "none", "ds", "cb>ds", "cb>sg>ds", "sg>ds", "cb>sg"
    ]  # fmt: skip


@pytest.mark.parametrize("case", ROWS, ids=name_of)
def test_every_row_builds_a_task_of_the_right_shape_and_truth(case):
    table, row = case
    task = table_tasks(table)[task_name(table, row.row)]
    assert task.n_samples == row.n_samples
    X, y, truth = replace(task, n_samples=50).draw(7)
    width = row.n_features * math.prod(WIDTHS.get(name, 1) for name in row.transforms.split(">"))
    assert (X.shape, y.shape) == ((50, width), (50, row.n_features))
    rng = np.random.default_rng(7)
    if table == 2:
        expected = row.n_features / 2 * np.log1p(rng.uniform(0.55, 1.7) ** -2)
    else:
        expected = -row.n_features / 2 * np.log1p(-(rng.uniform(0.0, 0.8) ** 2))
    assert truth == pytest.approx(expected, rel=1e-12)


def test_trials_differ_and_can_be_drawn_again():
    task = table_tasks(2, n_samples=20)["table 2 row 9"]
    first, second, again = (task.draw(seed) for seed in (0, 1, 0))
    assert first[2] != second[2]
    np.testing.assert_array_equal(first[0], again[0])


@pytest.mark.parametrize(
    ("protocol", "transforms", "names", "columns"),
    [
        (Protocol(), "dn>rm", ["AppendNoise", "RandomMatrix"], 80),
        (PRINTED, "dn>rm", ["RandomMatrix", "AppendNoise"], 20),
        (Protocol(n_columns="7"), "dn>sg>cb", ["AppendNoise", "Sigmoid", "Cube"], 7),
        (PRINTED, "dn>sg>cb", ["Cube", "Sigmoid", "AppendNoise"], 20),
        (PRINTED, "none", [], 0),
    ],
)
def test_order_and_noise_columns_follow_the_protocol(protocol, transforms, names, columns):
    steps = make_sampler("noise", 4, transforms, protocol).transforms
    assert [type(step).__name__ for step in steps] == names
    noise = [step for step in steps if hasattr(step, "std")]
    assert sum(step.n_features for step in noise) == columns
    assert {step.std for step in noise} <= {protocol.column_std}


def test_estimators_follow_the_protocol():
    for protocol, metric, side in (Protocol(), "chebyshev", "X"), (PRINTED, "euclidean", "y"):
        assert estimators.make("bi-ksg", protocol).metric == metric
        for name in "ksg-global", "ksg-global-linf":
            assert estimators.make(name, protocol).estimator.side == side


def test_mine_as_in_the_paper_counts_epochs():
    mine = estimators.make("mine", Protocol(mine_epochs=3))
    assert (mine.hidden_layer_sizes, mine.max_epochs) == ((100, 100), 3)


def test_training_recovered_centres_what_it_normalizes():
    pytest.importorskip("skorch")
    for name in estimators.MINE_FAMILY:
        mine = estimators.make(f"{name} (recovered)", Protocol())
        mine = mine if name == "mine" else mine.estimator
        assert (mine.training.center, mine.training.init) == (name != "mine", "separate")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": "T"}, "'side' parameter of Protocol must be a str among"),
        ({"order": "any"}, "'order' parameter"),
        ({"noise_std_range": (0.0, 1.0)}, "noise_std_range must be two numbers"),
        ({"noise_std_range": (2.0, 1.0)}, "the smaller first"),
        ({"correlation_range": (0.0, 1.0)}, r"correlation_range .* in the range \(-1.0, 1.0\)"),
        ({"column_std": -1.0}, "'column_std' parameter"),
        ({"column_std": float("nan")}, "'column_std' parameter"),
        ({"n_columns": "d20"}, "n_columns must be"),
        ({"n_columns": "0"}, "n_columns must be"),
        ({"mine_epochs": 0}, "'mine_epochs' parameter"),
    ],
)
def test_readings_that_cannot_be(change, message):
    with pytest.raises(ValueError, match=message):
        Protocol(**change)


def test_row_5_is_reproduced_by_the_recovered_readings_and_not_by_others():
    """Noise columns before the matrix, small ones: the row that the printed text misses."""
    paper = read_table(2)[4].cells["bias", "ksg-global-linf"]
    biases = {}
    for protocol in Protocol(), Protocol(order="printed"), Protocol(column_std=0.2):
        task = table_tasks(2, protocol, n_samples=1000)["table 2 row 5"]
        estimator = estimators.make("ksg-global-linf", protocol)
        errors = []
        for trial in range(12):
            X, y, truth = task.draw(trial)
            errors.append(estimator.fit(X, y).mi_ - truth)
        biases[protocol] = np.mean(errors)
    recovered, *others = biases.values()
    assert recovered == pytest.approx(paper, abs=0.06)
    assert max(others) < paper - 0.1


def fake_results(table, errors):
    """Rows of one estimator, whose estimates are off by `errors`."""
    rng = np.random.default_rng(0)
    truths = rng.uniform(1, 2, size=40)
    return pd.concat(
        pd.DataFrame(
            {
                "task": task_name(table, row.row),
                "trial": range(40),
                "estimator": "ksg",
                "truth": truths,
                "estimate": truths + errors(row) + 0.05 * rng.standard_normal(40),
                "seconds": 0.0,
                "error": None,
                "warning": None,
            }
        )
        for row in read_table(table)
    )


def test_a_cell_is_within_if_the_difference_is_what_sampling_explains():
    results = fake_results(2, lambda row: row.cells.get(("bias", "ksg"), 0.0))
    comparison = compare(2, results, Protocol())
    bias = comparison[(comparison.measure == "bias") & comparison.paper.notna()]
    assert (bias.within == "yes").mean() > 0.7
    np.testing.assert_allclose(bias.stderr, 0.05 / 40**0.5 * 2**0.5, rtol=0.35)
    np.testing.assert_allclose(bias.difference, bias.ours - bias.paper)
    results = fake_results(2, lambda row: row.cells.get(("bias", "ksg"), 0.0) + 0.1)
    comparison = compare(2, results, Protocol())
    bias = comparison[(comparison.measure == "bias") & comparison.paper.notna()]
    assert (bias.within == "no").all()


def test_missing_cells_are_not_compared():
    comparison = compare(3, fake_results(3, lambda row: 0.0), Protocol())
    unreadable = comparison[comparison.paper.isna()]
    assert set(unreadable.row) == {13, 14, 17} - {14}
    assert set(unreadable.within) == {""}


@pytest.mark.parametrize("normalizer", ["root", "spread"])
def test_both_normalizers_are_listed_and_one_is_compared(normalizer):
    comparison = compare(2, fake_results(2, lambda row: 0.0), Protocol(normalizer=normalizer))
    measures = list(dict.fromkeys(comparison.measure))
    assert measures == ["normalized_rmse", "normalized_rmse (root)", "spearman", "bias"]
    compared = set(comparison[comparison.within != ""].measure)
    name = "normalized_rmse (root)" if normalizer == "root" else "normalized_rmse"
    assert compared == {name, "spearman", "bias"}
    defined, root = (
        comparison[comparison.measure == name].ours.to_numpy() for name in measures[:2]
    )
    truths = fake_results(2, lambda row: 0.0).groupby("task").truth.apply(np.array).iloc[0]
    spread = np.sqrt(np.mean(np.subtract.outer(truths, truths) ** 2))
    np.testing.assert_allclose(root / defined, spread**0.5, rtol=1e-12)


def test_the_markdown_table_can_be_read_back():
    comparison = compare(2, fake_results(2, lambda row: 0.5), Protocol())
    lines = to_markdown(side_by_side(comparison)).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    header, rule, *rows = cells
    assert header == ["row", "X", "N", "d", "measure", "ksg"]
    assert set(rule) == {"---"}
    assert len(rows) == 14 * 4
    assert {len(row) for row in rows} == {len(header)}
    bias = next(row for row in rows if row[0] == "1" and row[4] == "bias")[-1]
    paper, ours, difference = bias.removesuffix(" *").split(" / ")
    assert float(paper) == -0.191
    assert float(difference) == pytest.approx(float(ours) - float(paper), abs=0.0011)
    assert bias.endswith("*")
    assert any("– / " in row[-1] for row in rows)


class FakeMINE(BaseEstimator):
    """Fits all trials at once, and says what it was given."""

    def __init__(self, recipe="mine", max_epochs=100, init="joint"):
        self.recipe = recipe
        self.max_epochs = max_epochs
        self.init = init

    def fit(self, X, y):
        self.mi_ = 0.0 if self.recipe.endswith("-paper") else 1.0
        if self.init == "separate":
            self.mi_ = 2.0
        return self

    def fit_many(self, Xs, ys, random_states=None):
        assert len(random_states) == len(Xs)
        return [clone(self).fit(X, y) for X, y in zip(Xs, ys, strict=True)]


@pytest.fixture
def with_mine(monkeypatch):
    real = estimators.make_estimator

    def make(name, **params):
        if "mine" not in name:
            return real(name, **params)
        known = {k: v for k, v in params.items() if k in FakeMINE().get_params()}
        return FakeMINE(name, **known)

    names = [*estimators.KSG_FAMILY, *estimators.MINE_FAMILY]
    monkeypatch.setattr(estimators, "make_estimator", make)
    monkeypatch.setattr(estimators, "get_estimator_names", lambda: names)


def test_mine_takes_part_in_three_versions(with_mine):
    names = estimators.select("mine-family")
    assert names == tuple(
        name + version
        for version in ("", " (recovered)", " (default)")
        for name in estimators.MINE_FAMILY
    )
    results = run_table(2, names[::4], Protocol(), n_trials=3, n_samples=10)
    estimates = results.groupby("estimator").estimate.agg(["min", "max"])
    assert estimates.loc["mine"].tolist() == [0, 0]
    assert estimates.loc["mine (recovered)"].tolist() == [2, 2]
    assert estimates.loc["mine (default)"].tolist() == [1, 1]
    comparison = compare(2, results, Protocol())
    assert not comparison[comparison.estimator == "mine (default)"].paper.isna().all()


def test_what_comes_after_a_transform_is_trained_with_others_if_its_own_estimator_is(with_mine):
    after = Transformed(estimators.make("mine", Protocol()), Multiply(2.0))
    assert is_group_estimator(after)
    assert not is_group_estimator(Transformed(estimators.make("ksg", Protocol()), None))


def test_selections(with_mine):
    assert estimators.select(None) == estimators.KSG_FAMILY
    assert estimators.select("ksg, mine (default),ksg") == ("ksg", "mine (default)")
    assert len(estimators.select("all")) == 17
    recovered = estimators.select("ksg,mine-recovered")
    assert recovered == ("ksg", *(f"{name} (recovered)" for name in estimators.MINE_FAMILY))
    with pytest.raises(ValueError, match="no estimator 'kgs'"):
        estimators.select("kgs")


def test_without_mine_its_family_is_not_there(monkeypatch):
    monkeypatch.setattr(estimators, "get_estimator_names", lambda: list(estimators.KSG_FAMILY))
    assert estimators.select("all") == estimators.KSG_FAMILY
    with pytest.raises(ValueError, match="no estimators of the MINE family"):
        estimators.select("mine-family")
    with pytest.raises(ValueError, match="no estimators of the MINE family"):
        estimators.select("mine-default")
