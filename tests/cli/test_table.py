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


WRITERS = {
    "commas": ("t.csv", lambda t, p: t.to_csv(p, index=False)),
    "semicolons": ("t.csv", lambda t, p: t.to_csv(p, index=False, sep=";")),
    "tabs": ("t.tsv", lambda t, p: t.to_csv(p, index=False, sep="\t")),
    "bars": ("t.txt", lambda t, p: t.to_csv(p, index=False, sep="|")),
    "decimal commas": ("t.csv", lambda t, p: t.to_csv(p, index=False, sep=";", decimal=",")),
    "a byte-order mark": ("t.csv", lambda t, p: t.to_csv(p, index=False, encoding="utf-8-sig")),
    "gzip": ("t.csv.gz", lambda t, p: p.write_bytes(gzip.compress(t.to_csv(index=False).encode()))),
    "parquet": ("t.parquet", lambda t, p: t.to_parquet(p)),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_from_every_kind_of_file(kind, table, tmp_path, capsys):
    name, write = WRITERS[kind]
    write(table, tmp_path / name)
    for x in ("x", "color", "class"):
        arguments = ["--x", x, "--y", "y", "--method", "ksg-local", "--json"]
        code, out, err = run(capsys, "estimate", tmp_path / name, *arguments)
        assert code == 0
        (row,) = json.loads(out)["estimates"]
        assert row["mi"] == pytest.approx(mutual_info(table[[x]], table["y"], "ksg-local"))
        said = {"semicolons": "semicolons", "decimal commas": "semicolons"}.get(kind, kind)
        if said in ("semicolons", "tabs", "bars"):
            assert err == f"skmi: {tmp_path / name}: cells are separated by {said}\n"
        else:
            assert err == ""


def test_standard_input(table, capsys, monkeypatch):
    content = io.TextIOWrapper(io.BytesIO(table.to_csv(index=False).encode()))
    monkeypatch.setattr(sys, "stdin", content)
    code, out, _ = run(capsys, "estimate", "-", "--x", "x", "--y", "y", "--method", "ksg", "--json")
    assert code == 0
    (row,) = json.loads(out)["estimates"]
    assert row["mi"] == mutual_info(table["x"], table["y"], "ksg")


def test_thousands_and_decimal_commas(tmp_path, capsys):
    path = tmp_path / "t.csv"
    lines = [f"1.00{i},5;{i},25" for i in range(9)]
    path.write_text("\n".join(["a;b", *lines]))
    code, out, _ = run(
        capsys, "estimate", path, "--x", "a", "--y", "b", "--method", "ksg", "--json"
    )
    assert code == 0
    (row,) = json.loads(out)["estimates"]
    a, b = 1000.5 + np.arange(9), 0.25 + np.arange(9)
    assert row["mi"] == mutual_info(a, b, "ksg")


@pytest.mark.parametrize("command", [["estimate", "--x", "income", "--y"], ["select", "--target"]])
def test_a_word_in_a_column_of_numbers_makes_no_labels_of_it(command, tmp_path, capsys):
    path = tmp_path / "t.csv"
    rows = [f"{i % 4}.5,{i * i}.0" for i in range(40)]
    path.write_text("\n".join(["income,y", *rows[:5], "NA,3.0", *rows[5:], "NA,4.0"]))
    name, *options = command
    code, out, err = run(capsys, name, path, *options, "y")
    assert (code, out) == (2, "")
    assert "column 'income': 'NA' in data row 6 is no number; if they are labels, name it" in err
    assert err.count("\n") == 1
    code, *_ = run(capsys, name, path, *options, "y", "--labels", "income")
    assert code == 0


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
