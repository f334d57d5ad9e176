"""`skmi matrix`: all pairs, printed, written and drawn."""

import json

import numpy as np
import pandas as pd
import pytest

from skmi import pairwise_mutual_info
from skmi.cli import main


def run(capsys, *arguments):
    code = main([str(argument) for argument in ("matrix", *arguments)])
    return code, *capsys.readouterr()


@pytest.fixture
def table(rng):
    a, b = rng.normal(size=(2, 80)).round(6)
    return pd.DataFrame({"a": a, "b": a + b, "word": np.where(a > 0, "up", "down"), "c": b})


@pytest.fixture
def file(table, tmp_path):
    table.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_the_matrix_and_the_strongest_pairs(file, table, capsys):
    code, out, err = run(capsys, file, "--top", "2")
    assert (code, err) == (0, "")
    title, _, header, *rows = out.splitlines()
    assert title == "Mutual information of 4 columns in nats, 80 samples"
    assert header.split() == list(table.columns)
    expected = pairwise_mutual_info(table)
    for row, name in zip(rows[:4], table.columns, strict=True):
        assert row.split() == [name, *(f"{value:.3f}" for value in expected[name])]
    pairs = [row.split() for row in rows[6:8]]
    off_diagonal = expected.to_numpy()[np.triu_indices(4, 1)]
    assert [float(pair[2]) for pair in pairs] == sorted(off_diagonal.round(4))[:-3:-1]
    assert pairs[0][-1] == "ross"
    assert rows[-1].startswith("4 more pairs")


def test_strict_json(file, table, capsys):
    code, out, _ = run(capsys, file, "--permutations", "19", "--base", "2", "--json")
    found = json.loads(out, parse_constant=pytest.fail)
    expected = pairwise_mutual_info(table, base=2, n_permutations=19, random_state=0)
    assert (code, found["columns"], found["unit"]) == (0, list(table.columns), "bits")
    matrix = np.array(found["matrix"], dtype=float)
    assert np.isnan(np.diag(matrix)).tolist() == [True, True, False, True]  # inf of numbers
    upper = np.triu_indices(4, 1)
    assert np.array_equal(matrix[upper], expected.mi.to_numpy()[upper])
    methods = {(row["a"], row["b"]): row["method"] for row in found["results"]}
    assert (methods["a", "b"], methods["a", "word"]) == ("ksg-local", "ross")
    for row in found["results"]:
        assert row["mi"] == expected.mi.loc[row["a"], row["b"]]
        assert row["p_value"] == expected.pvalues.loc[row["a"], row["b"]]


def test_written_and_drawn(file, table, tmp_path, capsys):
    out, plot = tmp_path / "m.csv", tmp_path / "m.png"
    code, *_ = run(capsys, file, "--columns", "c,a,word", "--out", out, "--plot", plot)
    assert code == 0
    written = pd.read_csv(out, index_col=0)
    expected = pairwise_mutual_info(table[["c", "a", "word"]])
    pd.testing.assert_frame_equal(written, expected, check_names=False, rtol=1e-15)
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.csv", "m.png", "table.csv"]


def test_many_columns_are_not_printed(tmp_path, capsys, rng):
    names = [f"x{i}" for i in range(13)]
    pd.DataFrame(rng.normal(size=(40, 13)), columns=names).to_csv(tmp_path / "t.csv", index=False)
    _, out, _ = run(capsys, tmp_path / "t.csv", "--top", "3")
    assert len(out.splitlines()) == 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--columns", "a"], "a pair needs two columns"),
        (["--columns", "a,q"], "no column 'q'"),
        (["--columns", "a,b,a"], "--columns names 'a' twice"),
        (["--permutations", "-1"], "--permutations must be at least 0"),
        (["--top", "-1"], "--top must be at least 0"),
        (["--n-neighbors", "80"], "must be less than n_samples=80"),
        (["--out", "/no/such/folder/m.csv"], "/no/such/folder"),
        (["--plot", "m.xyz"], "xyz"),
    ],
)
def test_one_line_and_code_2(file, capsys, options, message):
    code, _, err = run(capsys, file, *options)
    assert code == 2
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1
