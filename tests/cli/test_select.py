"""`skmi select`: the ranking, what is selected, and how it fails."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine

from skmi import conditional_mutual_info
from skmi.cli import main
from skmi.feature_selection import MutualInfoSelector, feature_mutual_info
from skmi.model_selection import conditional_independence_test, mutual_info_interval


def run(capsys, *arguments):
    code = main([str(argument) for argument in ("select", *arguments)])
    return code, *capsys.readouterr()


@pytest.fixture
def table(rng):
    n = 200
    x = rng.normal(size=(n, 3))
    color = rng.choice(["red", "green", "blue"], size=n)
    y = x[:, 0] + 0.3 * x[:, 1] + 2.0 * (color == "red") + 0.2 * rng.normal(size=n)
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "noise": x[:, 2], "color": color, "y": y})


@pytest.fixture
def file(table, tmp_path):
    table.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_a_ranking_with_pvalues(file, table, capsys):
    code, out, err = run(capsys, file, "--target", "y", "--permutations", "99")
    assert (code, err) == (0, "")
    title, size, _, header, *rows = out.splitlines()
    assert title == "What features tell about y (numbers), each by itself"
    assert size == "200 samples"
    names = ["feature", "kind", "MI", "(nats)", "95%", "interval", "p-value", "method"]
    assert header.split() == names
    cells = [row.split() for row in rows]
    assert {name for name, *_ in cells[:2]} == {"a", "color"}
    X = table[["a", "b", "noise", "color"]]
    selector = MutualInfoSelector(n_permutations=99, random_state=0).fit(X, table["y"])
    scores = selector.scores_
    assert [float(mi) for _, _, mi, *_ in cells] == sorted(scores.round(4), reverse=True)
    for name, kind, mi, interval, pvalue, method in cells:
        position = list(X.columns).index(name)
        assert kind == ("labels" if name == "color" else "numbers")
        assert method == ("ross" if name == "color" else "ksg-local")
        assert float(mi) == pytest.approx(scores[position], abs=6e-5)
        assert float(pvalue) == pytest.approx(selector.pvalues_[position], abs=6e-5)
        assert interval == "-"


@pytest.mark.filterwarnings("ignore::skmi.exceptions.DriftWarning")
def test_intervals_of_each(file, table, capsys):
    options = ["--target", "y", "--permutations", "0", "--base", "2", "--intervals", "--json"]
    _, out, _ = run(capsys, file, *options)
    rows = {row["feature"]: row for row in json.loads(out)["results"]}
    assert any(told.startswith("a: Half as many samples") for told in json.loads(out)["warnings"])
    found = mutual_info_interval(
        "ksg-local", table["a"], table["y"], n_splits=6, n_repeats=2, random_state=0
    )
    bounds = found.low / np.log(2), found.high / np.log(2)
    assert (rows["a"]["low"], rows["a"]["high"]) == pytest.approx(bounds)
    assert rows["a"]["low"] < rows["a"]["mi"] < rows["a"]["high"]


def test_beyond_columns_that_are_known(tmp_path, table, capsys):
    table["copy"] = table["a"]
    table.to_csv(tmp_path / "t.csv", index=False)
    options = ["--target", "y", "--given", "a,color", "--fdr", "0.05", "--json"]
    code, out, err = run(capsys, tmp_path / "t.csv", *options)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["given"] == ["a", "color"]
    assert [row["feature"] for row in found["results"] if row["selected"]] == ["b"]
    rows = {row["feature"]: row for row in found["results"]}
    assert (rows["copy"]["mi"], rows["copy"]["p_value"]) == (0.0, 1.0)
    given = table[["a", "color"]]
    assert rows["b"]["mi"] == pytest.approx(conditional_mutual_info(table["b"], table["y"], given))
    test = conditional_independence_test(
        table["b"], table["y"], given, n_permutations=199, random_state=0
    )
    assert rows["b"]["p_value"] == test.pvalue


def test_the_k_best_and_json(file, capsys):
    options = ["--target", "y", "--permutations", "19", "--k", "1", "--json"]
    code, out, _ = run(capsys, file, *options)
    result = json.loads(out)
    assert code == 0
    assert (result["target"], result["target_kind"]) == ("y", "numbers")
    assert (result["n_samples"], result["n_omitted"], result["unit"]) == (200, 0, "nats")
    assert [row["selected"] for row in result["results"]] == [True, False, False, False]
    scores = [row["mi"] for row in result["results"]]
    assert scores == sorted(scores, reverse=True)


def test_false_discoveries_are_controlled(file, capsys):
    options = ["--target", "y", "--permutations", "99", "--fdr", "0.05"]
    _, out, _ = run(capsys, file, *options)
    selected = {line.split()[1] for line in out.splitlines() if line.startswith("* ")}
    assert {"a", "color", "selected"} <= selected
    assert "noise" not in selected


def test_classes_and_whole_numbers(tmp_path, capsys):
    frame = load_wine(as_frame=True).frame
    frame["proline"] = frame["proline"].astype(int)
    frame.to_csv(tmp_path / "wine.csv", index=False)
    options = ["--target", "target", "--permutations", "9", "--json"]
    _, out, _ = run(capsys, tmp_path / "wine.csv", *options)
    result = json.loads(out)
    assert result["target_kind"] == "labels"
    kinds = {row["feature"]: row["kind"] for row in result["results"]}
    assert set(kinds.values()) == {"numbers"}
    scores = {row["feature"]: row["mi"] for row in result["results"]}
    expected = feature_mutual_info(frame[["proline"]].astype(float), frame["target"])[0]
    assert scores["proline"] == pytest.approx(expected, rel=1e-12)
    _, out, _ = run(
        capsys, tmp_path / "wine.csv", *options, "--features", "alcohol", "--numbers", "target"
    )
    assert json.loads(out)["target_kind"] == "numbers"


@pytest.mark.parametrize("target", ["class", "word", "size"])
def test_an_identifier_is_not_selected_in_silence(target, tmp_path, capsys, rng):
    days = np.datetime_as_string(np.datetime64("2020-01-01") + np.arange(200))
    codes = np.arange(200) % 2
    frame = pd.DataFrame({"date": days, "x": rng.normal(size=200) + codes, "class": codes})
    frame["word"] = np.array(["no", "yes"])[codes]
    frame["size"] = frame["x"] + rng.normal(size=200)
    frame = frame[["date", "x", target]]
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ["--target", target, "--permutations", "19"]
    code, out, _ = run(capsys, tmp_path / "t.csv", *options, "--k", "1")
    assert code == 0
    assert [line.split()[1] for line in out.splitlines() if line.startswith("* ")][:1] == ["x"]
    assert "column 'date' of X looks like an identifier: 200 distinct labels" in out
    _, out, _ = run(capsys, tmp_path / "t.csv", *options, "--json")
    result = json.loads(out)
    assert "identifier" in result["warnings"][0]
    scores = {row["feature"]: row["mi"] for row in result["results"]}
    assert scores["date"] == pytest.approx(0.0, abs=1e-12)


def test_joint_selection(tmp_path, capsys, rng):
    x = rng.normal(size=(300, 3))
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    frame["copy"] = frame["a"] + 0.01 * rng.normal(size=300)
    frame["y"] = x[:, 0] + 0.7 * x[:, 1]
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ["--target", "y", "--joint", "--permutations", "19"]
    code, out, err = run(capsys, tmp_path / "t.csv", *options, "--k", "2", "--json")
    assert (code, err) == (0, "")
    rows = json.loads(out)["results"]
    assert rows[0]["feature"] in ("a", "copy")
    assert rows[1]["feature"] == "b"
    assert [row["p_value"] for row in rows] == [0.05, 0.05]
    _, out, _ = run(capsys, tmp_path / "t.csv", *options)
    assert "together with those before" in out
    rows = [line.split() for line in out.splitlines() if line.startswith("* ")]
    assert rows[1][1] == "b"
    assert float(rows[1][5]) <= 0.05


def test_k_features_are_selected_whatever_their_pvalues(tmp_path, capsys, rng):
    frame = pd.DataFrame(rng.normal(size=(100, 4)), columns=["a", "b", "c", "y"])
    frame.to_csv(tmp_path / "t.csv", index=False)
    options = ["--target", "y", "--joint", "--k", "3", "--json"]
    _, out, _ = run(capsys, tmp_path / "t.csv", *options, "--permutations", "19")
    rows = json.loads(out)["results"]
    assert sorted(row["feature"] for row in rows) == ["a", "b", "c"]
    assert max(row["p_value"] for row in rows) > 0.05
    _, out, _ = run(capsys, tmp_path / "t.csv", *options, "--permutations", "0")
    assert [row["feature"] for row in json.loads(out)["results"]] == [r["feature"] for r in rows]


def test_no_permutations_no_pvalues(file, capsys):
    _, with_pvalues, _ = run(capsys, file, "--target", "y", "--permutations", "9", "--json")
    _, without, _ = run(capsys, file, "--target", "y", "--permutations", "0", "--json")
    scores, others = (
        {row["feature"]: row["mi"] for row in json.loads(out)["results"]}
        for out in (with_pvalues, without)
    )
    assert scores == others
    assert {row["p_value"] for row in json.loads(without)["results"]} == {None}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--target", "z"], "no column 'z'; there are 'a', "),
        (["--target", "y", "--features", "a,q"], "no column 'q'"),
        (["--target", "y", "--k", "9"], "--k is 9, but there are 4 features"),
        (["--target", "y", "--k", "0"], "--k must be at least 1"),
        (["--target", "y", "--fdr", "1.5"], "--fdr must be between 0 and 1"),
        (["--target", "y", "--joint", "--fdr", "0.1"], "--fdr is for single features"),
        (["--target", "y", "--joint", "--given", "a"], "--given is for single features"),
        (["--target", "y", "--joint", "--intervals"], "--intervals is for single features"),
        (["--target", "y", "--given", "y"], "--target and --given both name 'y'"),
        (["--target", "y", "--numbers", "color"], "'blue' in data row 1 is no number"),
        (["--target", "y", "--labels", "y"], "discrete_target=False"),
        (["--target", "y", "--permutations", "-1"], "--permutations must be at least 0"),
        (["--target", "y", "--permutations", "0", "--fdr", "0.1"], "goes by p-values"),
        (["--target", "y", "--permutations", "0", "--joint"], "without --k goes by p-values"),
        (["--target", "y", "--permutations", "9", "--fdr", "0.05"], "gives no p-value below 0.1"),
        (
            ["--target", "y", "--permutations", "9", "--joint", "--features", "a,b"],
            "n_permutations=9 gives no p-value below 0.1",
        ),
        (["--target", "y", "--features", "a,y"], "--features and --target both name 'y'"),
        (["--target", "y", "--features", "a,b,a"], "--features names 'a' twice"),
        (["--target", "y", "--delimiter", ""], "--delimiter must be"),
    ],
)
def test_one_line_and_code_2(file, capsys, options, message):
    code, out, err = run(capsys, file, *options)
    assert (code, out) == (2, "")
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_a_target_alone(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("y\n1.5\n2.5\n")
    code, _, err = run(capsys, path, "--target", "y")
    assert (code, err) == (2, f"skmi: error: {path}: there is no column but 'y'\n")


def test_empty_cells(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("a,y\nu,1.5\n,2.5\nv,3.5\n")
    code, _, err = run(capsys, path, "--target", "y")
    assert code == 2
    assert "column 'a' has an empty cell in data row 2" in err
    assert np.sum([err.count(word) for word in ("Traceback", "\n")]) == 1
