"""`skmi paper`: every experiment by one command."""

import csv
import json

import pandas as pd
import pytest

from skmi.benchmark.paper import read_table
from skmi.benchmark.paper._run import EXPERIMENTS
from skmi.cli import main

pytestmark = pytest.mark.filterwarnings("ignore:The best relative scale")


@pytest.fixture(autouse=True)
def _no_window():
    pytest.importorskip("matplotlib").use("agg")


def run(capsys, *arguments):
    code = main(["paper", *map(str, arguments)])
    return code, *capsys.readouterr()


@pytest.mark.parametrize(("table", "names"), [(2, "ksg-family"), (3, "ksg,ksg-global")])
def test_a_quick_table(table, names, tmp_path, capsys):
    arguments = [f"table{table}", "--quick", "--estimators", names, "--out", tmp_path]
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert "scale search: c multiplies X; printed: y" in out
    assert f"table {table}: no cells to compare" in out
    rows = pd.read_parquet(tmp_path / f"table{table}.parquet")
    n_estimators = {2: 5, 3: 2}[table]
    assert len(rows) == len(read_table(table)) * 3 * n_estimators
    assert (rows.error == "").all()
    cells = pd.read_csv(tmp_path / f"table{table}-cells.csv")
    assert len(cells) == len(read_table(table)) * 4 * n_estimators
    page = (tmp_path / f"table{table}.md").read_text()
    command = f"skmi paper table{table} --estimators {names} --random-state 0 --quick"
    assert f"command: `{command}`" in page
    assert "0.351 / " in page or "0.125 / " in page


@pytest.mark.parametrize("figure", [1, 3, 4, 6, 7])
def test_a_quick_figure(figure, tmp_path, capsys):
    arguments = [f"fig{figure}", "--quick", "--trials", 2, "--out", tmp_path]
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert "held: " in out
    assert (tmp_path / f"fig{figure}.png").read_bytes().startswith(b"\x89PNG")
    rows = pd.read_parquet(tmp_path / f"fig{figure}.parquet")
    assert rows.trial.nunique() == 2
    with (tmp_path / f"fig{figure}-claims.csv").open() as file:
        claims = list(csv.DictReader(file))
    assert {claim["held"] for claim in claims} <= {"yes", "no"}
    assert all(claim["measured"] for claim in claims)


def test_figures_without_their_estimators_say_so(tmp_path, capsys):
    code, out, _ = run(capsys, "fig2", "--quick", "--out", tmp_path)
    assert code == 0
    assert "figure 2: none of its estimators is among those chosen" in out


def test_a_quick_leaderboard(tmp_path, capsys):
    arguments = ["leaderboard", "--quick", "--estimators", "ksg,bi-ksg", "--out", tmp_path]
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert [line[:2] for line in out.splitlines()[:2]] == ["1.", "2."]
    board = pd.read_csv(tmp_path / "leaderboard.csv")
    assert sorted(board.estimator) == ["bi-ksg", "ksg"]
    biases = pd.read_csv(tmp_path / "leaderboard-bias.csv")
    assert list(biases.columns[:2]) == ["task", "truth"]


def test_pages_come_again_from_stored_rows(tmp_path, capsys):
    arguments = ["fig1", "--estimators", "ksg", "--trials", 2, "--out", tmp_path]
    run(capsys, *arguments, "--quick")
    page = (tmp_path / "fig1.md").read_text()
    (tmp_path / "fig1.md").unlink()
    code, out, _ = run(capsys, "all", "--stored", "--out", tmp_path)
    assert code == 0
    assert (tmp_path / "fig1.md").read_text() == page
    assert out.count("there are no stored results") == len(EXPERIMENTS) - 1


def test_a_run_goes_on_from_its_cache(tmp_path, capsys):
    arguments = ["table2", "--quick", "--estimators", "ksg", "--cache-dir", tmp_path / "cells"]
    run(capsys, *arguments, "--out", tmp_path / "one")
    run(capsys, *arguments, "--out", tmp_path / "two")
    first, second = (pd.read_parquet(tmp_path / n / "table2.parquet") for n in ("one", "two"))
    pd.testing.assert_frame_equal(first, second)  # the seconds too


def test_options_reach_the_protocol(tmp_path, capsys):
    arguments = ["--as-printed", "--side", "X", "--noise-std-range", "1,1", "--n-columns", "2d"]
    quick = ["table2", "--quick", "--estimators", "ksg", "--out", tmp_path]
    code, out, _ = run(capsys, *quick, *arguments)
    assert code == 0
    assert "sigma uniform on (1, 1)" in out
    assert "dn: 2d columns (d: columns of X) of standard deviation 0.2" in out
    assert "c multiplies X" in out
    assert "euclidean norm" in out
    facts = json.loads((tmp_path / "table2.json").read_text())
    assert "--as-printed --side X" in facts[0]
    rows = pd.read_parquet(tmp_path / "table2.parquet")
    assert rows.truth.nunique() == 3  # one for each number of columns


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--estimators", "kgs"], "no estimator 'kgs'; choose from ksg-family"),
        (["--trials", "0"], "--trials must be at least 1"),
        (["--random-state", "-1"], "--random-state must not be negative"),
        (["--side", "T"], "side must be 'X' or 'y'"),
        (["--noise-std-range", "1"], "--noise-std-range must be two numbers"),
        (["--noise-std-range", "2,1"], "the smaller first"),
        (["--correlation-range", "0,1"], "between -1 and 1"),
        (["--n-columns", "many"], "n_columns must be a number"),
        (["--stored"], "there are no stored results; run without --stored"),
    ],
)
def test_bad_options_give_a_line(arguments, message, tmp_path, capsys):
    code, out, err = run(capsys, "table2", "--quick", "--out", tmp_path, *arguments)
    assert (code, out) == (2, "") or "--stored" in arguments
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1


def test_an_unknown_experiment_is_refused(capsys):
    with pytest.raises(SystemExit):
        run(capsys, "table4")
    assert "choose from" in capsys.readouterr().err
