"""The command line: what it prints, and how it fails."""

import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes

from skmi import (
    RossMI,
    conditional_independence_test,
    conditional_mutual_info,
    get_estimator_names,
    mutual_info,
    mutual_info_report,
)
from skmi.cli import main
from skmi.neighbors import _jit

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")


@pytest.fixture
def file(tmp_path):
    """The diabetes data as a file with a byte-order mark and a column of text."""
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    table = X.assign(target=y, note="text")
    table.to_csv(tmp_path / "diabetes.csv", index=False, encoding="utf-8-sig")
    return tmp_path / "diabetes.csv"


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


def test_one_line_by_the_method_that_suits(file, capsys):
    code, out, err = run(capsys, "estimate", file, "--x", "age,bmi", "--y", "target")
    assert (code, err) == (0, "")
    title, _, header, row, *_ = out.splitlines()
    assert title == "I(age, bmi; target), 442 samples"
    assert header.split() == ["MI", "(nats)", "95%", "interval", "p-value", "method"]
    frame = load_diabetes(as_frame=True).frame
    report = mutual_info_report(frame[["age", "bmi"]], frame["target"], random_state=0)
    interval = f"[{report.low:.3f}, {report.high:.3f}]"
    assert " ".join(row.split()) == f"{report.mi:.4f} {interval} 0.0500 {report.method}"


def test_a_line_for_each_of_the_family(file, capsys):
    arguments = ["--x", "age,bmi", "--y", "target", "--method", "all", "--quick", "--json"]
    _, out, _ = run(capsys, "estimate", file, *arguments)
    frame = load_diabetes(as_frame=True).frame
    rows = json.loads(out)["results"]
    assert [row["method"] for row in rows] == [n for n in get_estimator_names() if "ksg" in n]
    for row in rows:
        expected = mutual_info(frame[["age", "bmi"]], frame["target"], row["method"])
        assert row["mi"] == pytest.approx(expected, rel=1e-12)
        assert (row["best_scale"] is None) == ("global" not in row["method"])
        assert (row["low"], row["high"], row["p_value"]) == (None, None, None)


def test_json_and_bits(file, capsys):
    arguments = ["--y", "target", "--x", "s1,s2", "--base", "2", "--method", "ksg-local", "--json"]
    code, out, _ = run(capsys, "estimate", file, *arguments)
    found = json.loads(out)
    assert code == 0
    assert {key: found[key] for key in ("x", "y", "given", "n_samples", "n_omitted", "unit")} == {
        "x": ["s1", "s2"],
        "y": ["target"],
        "given": [],
        "n_samples": 442,
        "n_omitted": 0,
        "unit": "bits",
    }
    frame = load_diabetes(as_frame=True).frame
    X, y = frame[["s1", "s2"]], frame["target"]
    report = mutual_info_report(X, y, "ksg-local", base=2, random_state=0)
    (row,) = found["results"]
    assert row["mi"] == pytest.approx(report.mi, rel=1e-12)
    assert (row["low"], row["high"]) == pytest.approx((report.low, report.high), rel=1e-9)
    assert (row["p_value"], row["method"]) == (report.pvalue, "ksg-local")


def test_several_methods(file, capsys):
    methods = ["--method", "ksg,ksg-local", "--method", "bi-ksg", "--quick"]
    _, out, _ = run(capsys, "estimate", file, "--x", "bmi", "--y", "target", *methods)
    rows = [line.split()[-1] for line in out.splitlines()[3:6]]
    assert rows == ["ksg", "ksg-local", "bi-ksg"]


def test_relative_scales(file, capsys):
    arguments = ["estimate", file, "--x", "bmi", "--y", "target", "--quick", "--scales", "0.5,2"]
    _, out, _ = run(capsys, *arguments, "--method", "ksg-global", "--json")
    frame = load_diabetes(as_frame=True).frame
    expected = mutual_info(frame["bmi"], frame["target"], "ksg-global", scales=[0.5, 2.0])
    (row,) = json.loads(out)["results"]
    assert row["mi"] == pytest.approx(expected, rel=1e-12)
    assert row["best_scale"] in (0.5, 2.0)
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert "'auto' does not: take --method ksg-global or ksg-global-linf" in err
    code, _, err = run(capsys, *arguments[:-1], "a", "--method", "ksg-global")
    assert (code, "--scales must be numbers" in err) == (2, True)


def test_a_scale_from_0_to_1(tmp_path, capsys, rng):
    codes = rng.integers(0, 3, size=120)
    table = pd.DataFrame({"x": codes + rng.normal(size=120), "word": np.array([*"abc"])[codes]})
    table.to_csv(tmp_path / "t.csv", index=False)
    arguments = ["estimate", tmp_path / "t.csv", "--x", "x", "--y", "word", "--json"]
    _, out, _ = run(capsys, *arguments, "--normalize", "target")
    _, plain, _ = run(capsys, *arguments)
    (row,), (in_nats,) = json.loads(out)["results"], json.loads(plain)["results"]
    assert json.loads(out)["unit"] == "target"
    assert row["mi"] == pytest.approx(mutual_info(table["x"], table["word"], normalize="target"))
    assert row["high"] == pytest.approx(min(1.0, in_nats["high"] * row["mi"] / in_nats["mi"]))
    for wrong, message in (
        (["--normalize", "correlation"], "y holds labels"),
        (["--normalize", "target", "--base", "2"], "do not go together"),
    ):
        code, _, err = run(capsys, *arguments, *wrong)
        assert (code, message in err) == (2, True)


def test_given_other_columns(tmp_path, capsys, rng):
    shop = rng.choice(["north", "south", "east"], size=200)
    table = pd.DataFrame({"shop": shop, "x": rng.normal(size=200), "y": rng.normal(size=200)})
    table["z"] = table["x"] + table["y"]
    table.to_csv(tmp_path / "t.csv", index=False)
    arguments = ["estimate", tmp_path / "t.csv", "--y", "y", "--given", "shop"]
    code, out, err = run(capsys, *arguments, "--given", "z", "--base", "2")
    assert (code, err) == (0, "")
    title, _, _, row, *_ = out.splitlines()
    assert title == "I(x; y | shop, z), 200 samples"
    expected = conditional_mutual_info(table["x"], table["y"], table[["shop", "z"]], base=2)
    mi, _, p_value, method = row.split()
    assert method == "conditional"
    assert float(mi) == pytest.approx(expected, abs=6e-5)
    _, out, _ = run(capsys, *arguments[:-1], "shop,z", "--json")
    result = json.loads(out)
    assert (result["x"], result["given"]) == (["x"], ["shop", "z"])
    assert result["results"][0]["mi"] == pytest.approx(expected * np.log(2), rel=1e-12)
    test = conditional_independence_test(
        table["x"], table["y"], table[["shop", "z"]], random_state=0
    )
    assert result["results"][0]["p_value"] == test.pvalue
    assert float(p_value) == pytest.approx(test.pvalue, abs=6e-5)
    for wrong, message in (
        (["--x", "x,shop"], "--x and --given both name 'shop'"),
        (["--given", "y"], "--y and --given both name 'y'"),
        (["--method", "ksg"], "--given has a method of its own"),
        (["--given", "w"], "no column 'w'"),
    ):
        code, _, err = run(capsys, *arguments, *wrong)
        assert code != 0
        assert message in err


def test_options_go_to_the_methods_that_have_them(file, capsys):
    arguments = ["--x", "age,bmi", "--y", "target", "--n-neighbors", "5", "--seed", "3", "--quick"]
    methods = ["gaussian", "canonical-ksg", "ksg-local", "auto"]
    _, out, _ = run(capsys, "estimate", file, *arguments, "--method", ",".join(methods), "--json")
    frame = load_diabetes(as_frame=True).frame
    own = {"canonical-ksg": {"n_neighbors": 5}, "ksg-local": {"n_neighbors": 5}}
    own["auto"] = own["canonical-ksg"]
    for row in json.loads(out)["results"]:
        params = own.get(row["method"], {})
        expected = mutual_info(
            frame[["age", "bmi"]], frame["target"], row["method"], random_state=3, **params
        )
        assert row["mi"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_a_network_runs_if_it_is_asked_for(file, capsys):
    arguments = ["--x", "bmi", "--y", "target", "--method", "mine-global", "--quick"]
    code, out, _ = run(capsys, "estimate", file, *arguments)
    assert code == 0
    frame = load_diabetes(as_frame=True).frame
    expected = mutual_info(frame[["bmi"]], frame["target"], "mine-global", random_state=0)
    assert float(out.splitlines()[3].split()[0]) == pytest.approx(expected, abs=6e-5)


def test_classes_by_any_name_are_classes(tmp_path, capsys, rng):
    # Whole numbers, words, and what Python makes of them: one rule.
    codes = np.arange(120) % 3
    x = rng.normal(size=120) + codes
    words = np.array(["low", "middle", "top"])[codes]
    table = pd.DataFrame({"x": x, "code": codes, "word": words, "count": np.arange(120) // 2})
    table.to_csv(tmp_path / "t.csv", index=False)

    def estimates(*arguments):
        code, out, _ = run(capsys, "estimate", tmp_path / "t.csv", *arguments, "--quick", "--json")
        assert code == 0
        return {row["method"]: row["mi"] for row in json.loads(out)["results"]}

    expected = RossMI(tie_tolerance=1e-10).fit(x[:, None], codes).mi_
    for y in ("code", "word"):
        found = estimates("--x", "x", "--y", y, "--method", "ksg-local,ksg-global-linf")
        assert list(found.values()) == pytest.approx([expected, expected])
        found = estimates("--x", y, "--y", "x", "--method", "ksg-local")
        assert found["ksg-local"] == pytest.approx(expected)
    # All are those that know labels.
    family = [name for name in get_estimator_names() if "ksg" in name]
    assert list(estimates("--x", "x", "--y", "word", "--method", "all")) == [
        n for n in family if n != "bi-ksg"
    ]
    told = estimates("--x", "x", "--y", "code", "--numbers", "code", "--method", "ksg-local")
    assert told["ksg-local"] == mutual_info(x, codes.astype(float), "ksg-local")
    # Too few samples of each for labels.
    found = estimates("--x", "x", "--y", "count", "--method", "ksg-local")
    assert found["ksg-local"] == mutual_info(x, np.arange(120.0) // 2, "ksg-local")


def test_too_few_samples_for_an_interval(tmp_path, capsys, rng):
    pd.DataFrame(rng.normal(size=(30, 2)), columns=["x", "y"]).to_csv(tmp_path / "t.csv")
    arguments = ["estimate", tmp_path / "t.csv", "--x", "x", "--y", "y"]
    code, out, _ = run(capsys, *arguments, "--json")
    (row,) = json.loads(out)["results"]
    assert (code, row["low"], row["high"]) == (0, None, None)
    assert 0.0 < row["p_value"] <= 1.0


def test_what_speaks_against_an_estimate_is_printed(tmp_path, capsys, rng):
    table = pd.DataFrame({"x": rng.normal(size=100), "y": rng.normal(size=100)})
    table.loc[3, "x"] = 1e6
    table.to_csv(tmp_path / "t.csv", index=False)
    arguments = ["--x", "x", "--y", "y", "--method", "ksg-local"]
    code, out, err = run(capsys, "estimate", tmp_path / "t.csv", *arguments)
    assert (code, err) == (0, "")
    assert "\n\nksg-local: An outlier in column 'x' of X (1e+06)" in out
    _, out, _ = run(capsys, "estimate", tmp_path / "t.csv", *arguments, "--json")
    (row,) = json.loads(out)["results"]
    assert "outlier" in row["warnings"][0]


def test_x_is_all_other_columns_if_not_given(tmp_path, capsys):
    path = tmp_path / "numbers.csv"
    np.savetxt(
        path,
        np.random.default_rng(0).normal(size=(50, 3)),
        delimiter=";",
        header='a;"b;c";d',
        comments="",
    )
    code, out, _ = run(capsys, "estimate", path, "--y", "d", "--delimiter", ";", "--quick")
    assert code == 0
    assert out.startswith("I(a, b;c; d), 50 samples")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--x", "age", "--y", "size"], "no column 'size'; there are 'age', "),
        (
            ["--x", "note", "--y", "target", "--numbers", "note"],
            "'text' in data row 1 is no number",
        ),
        (["--x", "note", "--y", "target", "--labels", "zz"], "--labels names 'zz'"),
        (["--x", "age", "--y", "target", "--labels", "age", "--numbers", "age"], "both name 'age'"),
        (["--x", "age", "--y", "age"], "--x and --y both name 'age'"),
        (["--x", "age", "--y", "target", "--base", "1"], "--base must be"),
        (["--x", "age", "--y", "target", "--n-neighbors", "442"], "must be less than n_samples"),
        (["--x", "age", "--y", "target", "--delimiter", ""], "--delimiter must be"),
        (["--x", "age,age", "--y", "target"], "--x names 'age' twice"),
        (["--x", "age", "--y", "target", "--permutations", "0"], "--permutations must be at least"),
        (["--x", "age", "--y", "target", "--given", "bp", "--scales", "1"], "leave out --scales"),
        (["--x", "age", "--y", "target", "--method", "kgs"], "no estimator 'kgs'; choose from"),
    ],
)
def test_one_line_and_code_2(file, capsys, arguments, message):
    code, out, err = run(capsys, "estimate", file, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no such file"),
        (b"", "a header and at least one row"),
        (b"a,b\n", "a header and at least one row"),
        (b"a,a\n1,2\n", "names 'a' twice"),
        (b"a,b\n1,2\n3\n", "data row 2 has 1 cells, the header 2"),
        (b"a,b\n1,\n3,4\n", "column 'b' has an empty cell in data row 1"),
        (b"a,b\n1,2\n1,nan\n", "column 'b' has a missing value ('nan') in data row 2"),
        (b"\xff\xfe\x00", "not a CSV file in UTF-8"),
        (b"a,b\n1,2\n", "1 sample"),
    ],
)
def test_bad_files(tmp_path, capsys, content, message):
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)
    code, out, err = run(capsys, "estimate", path, "--x", "a", "--y", "b")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_directory_is_no_file(tmp_path, capsys):
    code, _, err = run(capsys, "estimate", tmp_path, "--y", "b")
    assert code == 2
    assert "cannot be read" in err


def test_the_demo_shows_who_moves_and_draws_it(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(_jit, "_said", [0.0])  # that kernels are compiled, where they are
    code, out, err = run(capsys, "demo", "--out", tmp_path / "new")
    assert (code, err) == (0, "")
    lines = [line for line in out.splitlines() if line.startswith("ksg")]
    assert len(lines) == 8
    for line in lines:
        assert line.endswith("moves" if line.split()[0] == "ksg" else "stands still")
    picture = tmp_path / "new" / "scale_matters.png"
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_stops_reading_is_no_error(file, unbuffered):
    command = f'"{sys.executable}" -W ignore -m skmi estimate "{file}" --x bmi --y target'
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "skmi", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("skmi ")
    done = subprocess.run([sys.executable, "-m", "skmi"], capture_output=True, text=True)
    assert done.returncode == 2
