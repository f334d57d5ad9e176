"""`skmi lags`: the values at each lag, and how it fails."""

import json

import numpy as np
import pandas as pd
import pytest

from skmi import lagged_mutual_info
from skmi.cli import main


def run(capsys, *arguments):
    code = main([str(argument) for argument in ("lags", *arguments)])
    return code, *capsys.readouterr()


@pytest.fixture
def table(rng):
    x = rng.normal(size=202)
    y = np.roll(x, 2) + 0.5 * rng.normal(size=202)
    return pd.DataFrame({"A": x, "B": y, "up": np.where(y > 0, "yes", "no")})[2:]


@pytest.fixture
def file(table, tmp_path):
    table.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_a_line_for_each_lag(file, table, capsys):
    options = ["--source", "A", "--target", "B", "--lags", "0:4", "--permutations", "19"]
    code, out, err = run(capsys, file, *options)
    assert (code, err) == (0, "")
    title, _, header, *rows = out.splitlines()
    assert title == "I(A some rows before; B), 200 samples"
    assert header.split()[:2] == ["lag", "MI"]
    expected = lagged_mutual_info(table.A, table.B, 4, n_permutations=19, random_state=0)
    for row, lag, mi, p_value in zip(rows, *expected[:3], strict=True):
        assert row.split() == [str(lag), f"{mi:.4f}", "-", f"{p_value:.4f}", "ksg-local"]
    assert np.argmax(expected.mi) == 2


@pytest.mark.parametrize(
    ("asked", "lags"), [("1,2,5", [1, 2, 5]), ("-2:2", [-2, -1, 0, 1, 2]), ("0:9:3", [0, 3, 6, 9])]
)
def test_lags_and_strict_json(file, table, capsys, asked, lags):
    options = ["--source", "A", "--target", "up", f"--lags={asked}", "--permutations", "0"]
    code, out, _ = run(capsys, file, *options, "--base", "2", "--json")
    found = json.loads(out, parse_constant=pytest.fail)
    assert (code, found["source"], found["target"], found["unit"]) == (0, "A", "up", "bits")
    expected = lagged_mutual_info(table.A, table.up, lags, base=2)
    assert [(row["lag"], row["mi"]) for row in found["results"]] == [
        *zip(lags, expected, strict=True)
    ]
    assert {(row["p_value"], row["method"]) for row in found["results"]} == {(None, "ross")}


def test_written_and_drawn(file, table, tmp_path, capsys):
    out, plot = tmp_path / "l.csv", tmp_path / "l.png"
    options = ["--source", "A", "--target", "B", "--lags", "0:3", "--permutations", "19"]
    code, *_ = run(capsys, file, *options, "--out", out, "--plot", plot)
    assert code == 0
    expected = lagged_mutual_info(table.A, table.B, 3, n_permutations=19, random_state=0)
    written = pd.read_csv(out)
    assert list(written.columns) == ["lag", "mi", "p_value"]
    np.testing.assert_allclose(written.to_numpy(), np.column_stack(expected[:3]), rtol=1e-15)
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--source", "q", "--target", "B"], "no column 'q'"),
        (["--source", "A", "--target", "B", "--lags", "a"], "--lags must be like 0:20"),
        (["--source", "A", "--target", "B", "--lags", "3:1"], "--lags must be like 0:20"),
        (["--source", "A", "--target", "B", "--lags", "0:5:0"], "--lags must be like 0:20"),
        (["--source", "A", "--target", "B", "--lags", "0:300"], "lags"),
        (["--source", "A", "--target", "B", "--permutations", "-1"], "--permutations must be"),
        (["--source", "A", "--target", "B", "--block-length", "150"], "fewer than two blocks"),
    ],
)
def test_one_line_and_code_2(file, capsys, options, message):
    code, out, err = run(capsys, file, *options)
    assert (code, out) == (2, "")
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_rows_in_time_are_not_left_out(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["A,B", *(f"{i * i}.5,{i}.5" for i in range(30)), ",3"]))
    code, _, err = run(capsys, path, "--source", "A", "--target", "B")
    assert code == 2
    assert "has an empty cell in data row 31; fill it in: rows in time cannot be left out" in err
