"""Files as they come: the same columns from all of them, and a line that says what is wrong."""

import gzip
import io
import json
import sys

import numpy as np
import pandas as pd
import pytest

from skmi import mutual_info
from skmi.cli import main


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    return code, *capsys.readouterr()


@pytest.fixture
def table(rng):
    x, noise = rng.normal(size=(2, 90)).round(6)
    color = rng.choice(["red", "green", "blue"], size=90)
    return pd.DataFrame({"x": x, "color": color, "class": np.arange(90) % 2, "y": x + noise})


def _with_spaces(table, path):
    path.write_text(table.to_string(index=False))


WRITERS = {
    "commas": ("t.csv", lambda t, p: t.to_csv(p, index=False)),
    "semicolons": ("t.csv", lambda t, p: t.to_csv(p, index=False, sep=";")),
    "tabs": ("t.tsv", lambda t, p: t.to_csv(p, index=False, sep="\t")),
    "bars": ("t.txt", lambda t, p: t.to_csv(p, index=False, sep="|")),
    "decimal commas": ("t.csv", lambda t, p: t.to_csv(p, index=False, sep=";", decimal=",")),
    "a byte-order mark": ("t.csv", lambda t, p: t.to_csv(p, index=False, encoding="utf-8-sig")),
    "spaces": ("t.dat", _with_spaces),
    "gzip": ("t.csv.gz", lambda t, p: p.write_bytes(gzip.compress(t.to_csv(index=False).encode()))),
    "parquet": ("t.parquet", lambda t, p: t.to_parquet(p)),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_from_every_kind_of_file(kind, table, tmp_path, capsys):
    name, write = WRITERS[kind]
    write(table, tmp_path / name)
    for x in ("x", "color", "class"):
        arguments = ["--x", x, "--y", "y", "--method", "ksg-local", "--quick", "--json"]
        code, out, err = run(capsys, "estimate", tmp_path / name, *arguments)
        assert code == 0
        (row,) = json.loads(out)["results"]
        assert row["mi"] == pytest.approx(mutual_info(table[[x]], table["y"], "ksg-local"))
        said = {"semicolons": "semicolons", "decimal commas": "semicolons"}.get(kind, kind)
        if said in ("semicolons", "tabs", "bars", "spaces"):
            assert err == f"skmi: {tmp_path / name}: cells are separated by {said}\n"
        else:
            assert err == ""


def test_standard_input(table, capsys, monkeypatch):
    content = io.TextIOWrapper(io.BytesIO(table.to_csv(index=False).encode()))
    monkeypatch.setattr(sys, "stdin", content)
    code, out, _ = run(
        capsys, "estimate", "-", "--x", "x", "--y", "y", "--method", "ksg", "--quick", "--json"
    )
    assert code == 0
    (row,) = json.loads(out)["results"]
    assert row["mi"] == mutual_info(table["x"], table["y"], "ksg")


def test_thousands_and_decimal_commas(tmp_path, capsys):
    path = tmp_path / "t.csv"
    lines = [f"1.00{i},5;{i},25" for i in range(9)]
    path.write_text("\n".join(["a;b", *lines]))
    code, out, _ = run(
        capsys, "estimate", path, "--x", "a", "--y", "b", "--method", "ksg", "--quick", "--json"
    )
    assert code == 0
    (row,) = json.loads(out)["results"]
    a, b = 1000.5 + np.arange(9), 0.25 + np.arange(9)
    assert row["mi"] == mutual_info(a, b, "ksg")


COMMANDS = {
    "estimate": ["--x", "income", "--y", "y", "--quick"],
    "select": ["--features", "income", "--target", "y", "--permutations", "0"],
    "matrix": ["--columns", "income,y"],
}


@pytest.fixture
def with_gaps(tmp_path):
    path = tmp_path / "gaps.csv"
    rows = [f"{i % 40}.5,{i * i % 31}.0,{'ab'[i % 2]}" for i in range(60)]
    gaps = ["NA,3.0,a", ",4.0,b", "2.5,nan,a", "3.5,1.0,"]
    path.write_text("\n".join(["income,y,word", *rows[:5], *gaps, *rows[5:]]))
    plain = tmp_path / "plain.csv"
    plain.write_text("\n".join(["income,y,word", *rows[:5], "3.5,1.0,c", *rows[5:]]))
    return path, plain


@pytest.mark.parametrize("command", COMMANDS)
def test_missing_values_are_refused_or_left_out(command, with_gaps, capsys):
    path, plain = with_gaps
    options = COMMANDS[command]
    code, out, err = run(capsys, command, path, *options)
    assert (code, out) == (2, "")
    assert "column 'income' has a missing value ('NA') in data row 6" in err
    assert "--nan-policy omit leaves out such rows" in err
    code, out, err = run(capsys, command, path, *options, "--nan-policy", "omit", "--json")
    assert code == 0
    assert err.endswith("gaps.csv: 3 of 64 rows left out: a value is missing\n")
    found = json.loads(out)
    assert (found["n_samples"], found["n_omitted"]) == (61, 3)
    _, expected, _ = run(capsys, command, plain, *options, "--json")
    values = [[row["mi"] for row in json.loads(each)["results"]] for each in (out, expected)]
    assert values[0] == values[1]


def test_a_missing_label_is_a_label_on_request(with_gaps, capsys):
    path, plain = with_gaps
    options = ["--x", "y", "--y", "word", "--quick", "--json"]
    found = []
    for file, policy in ((path, "label"), (plain, "raise")):
        arguments = [*options, "--na", "nothing", "--nan-policy", policy]
        code, out, _ = run(capsys, "estimate", file, *arguments)
        assert code == 0
        found.append(json.loads(out))
    assert [each["n_samples"] for each in found] == [63, 61]
    assert found[0]["n_omitted"] == 1
    code, _, err = run(capsys, "estimate", path, *options, "--na", "a,b", "--nan-policy", "omit")
    assert code == 2
    assert "leaves 0 of 64 rows; column 'word' has no value in 64: leave it out" in err


def test_words_that_stand_for_nothing(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,b", *(f"{i}.5,{i * i}" for i in range(9)), "-99,3", "?,4"]))
    options = ["--x", "a", "--y", "b", "--quick", "--json", "--nan-policy", "omit"]
    for words, n_samples in (([], 10), (["--na", "-99"], 9)):
        code, out, _ = run(capsys, "estimate", path, *options, *(f"{w}" for w in words))
        assert (code, json.loads(out)["n_samples"]) == (0, n_samples)


@pytest.mark.parametrize("command", ["estimate", "select"])
def test_a_word_in_a_column_of_numbers_makes_no_labels_of_it(command, tmp_path, capsys):
    path = tmp_path / "t.csv"
    rows = [f"{i % 4}.5,{i * i}.0" for i in range(40)]
    path.write_text("\n".join(["income,y", *rows[:5], "low,3.0", *rows[5:], "low,4.0"]))
    code, out, err = run(capsys, command, path, *COMMANDS[command])
    assert (code, out) == (2, "")
    assert "column 'income': 'low' in data row 6 is no number; if they are labels, name it" in err
    assert err.count("\n") == 1
    code, *_ = run(capsys, command, path, *COMMANDS[command], "--labels", "income")
    assert code == 0


def test_numbers_with_underscores_are_words(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["month,y", *(f"2020_0{1 + i % 3},{i * i}.5" for i in range(30))]))
    options = ["--target", "y", "--permutations", "0", "--json"]
    _, out, _ = run(capsys, "select", path, *options)
    (row,) = json.loads(out)["results"]
    assert row["kind"] == "labels"


def test_dates_of_parquet_are_numbers(tmp_path, capsys, rng):
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, 80), "D")
    y = (days - days.min()).days + 100 * rng.normal(size=80)
    pd.DataFrame({"day": days, "y": y}).to_parquet(tmp_path / "t.parquet")
    options = ["--x", "day", "--y", "y", "--method", "ksg-local", "--quick", "--json"]
    code, out, _ = run(capsys, "estimate", tmp_path / "t.parquet", *options)
    assert code == 0
    (row,) = json.loads(out)["results"]
    expected = mutual_info((days - days.min()).days.to_numpy(float), y, "ksg-local")
    assert row["mi"] == pytest.approx(expected, rel=1e-9)


def test_whole_numbers_beyond_floats_are_said_so(tmp_path, capsys):
    path = tmp_path / "t.csv"
    path.write_text("\n".join(["a,y", *(f"{10**19 + i},{i}.5" for i in range(9))]))
    code, _, err = run(capsys, "estimate", path, "--x", "a", "--y", "y")
    assert code == 2
    assert "beyond 2**53" in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_what_its_name_says(tmp_path, capsys):
    (tmp_path / "t.parquet").write_bytes(b"no parquet")
    (tmp_path / "t.csv.gz").write_bytes(b"\x1f\x8b\x00")
    for name, message in (("t.parquet", "not a Parquet file"), ("t.csv.gz", "cannot be read")):
        code, out, err = run(capsys, "estimate", tmp_path / name, "--y", "y")
        assert (code, out) == (2, "")
        assert message in err
        assert err.count("\n") == 1
    code, _, err = run(capsys, "estimate", tmp_path / "none.parquet", "--y", "y")
    assert (code, err.count("\n")) == (2, 1)
    assert "there is no such file" in err
