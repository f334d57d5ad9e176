"""`skmi paper`: every experiment by one command."""

import json
import re

import pandas as pd
import pytest

from skmi import KSG
from skmi.benchmark import BenchmarkGrid
from skmi.benchmark.paper import _run, read_table
from skmi.benchmark.paper._estimators import FAMILIES, KSG_FAMILY
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
    assert re.search(rf"table {table}, KSG family: \d+ cells of a smoke run, on smaller", out)
    rows = pd.read_parquet(tmp_path / f"table{table}.parquet")
    n_estimators = {2: 5, 3: 2}[table]
    assert len(rows) == len(read_table(table)) * 3 * n_estimators
    assert rows.error.isna().all()
    cells = pd.read_csv(tmp_path / f"table{table}-cells.csv")
    assert len(cells) == len(read_table(table)) * 4 * n_estimators
    page = (tmp_path / f"table{table}.md").read_text()
    command = f"skmi paper table{table} --estimators {names} --random-state 0 --quick"
    assert f"- `{command}`: 3 trials, random_state 0" in page
    assert "0.351 / " in page or "0.125 / " in page


@pytest.mark.parametrize("figure", [1, 3, 4, 6, 7])
def test_a_quick_figure(figure, tmp_path, capsys):
    arguments = [f"fig{figure}", "--quick", "--trials", 2, "--out", tmp_path]
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert re.search(rf"^figure {figure}\w?: \d+ points of ksg", out, re.MULTILINE)
    assert (tmp_path / f"fig{figure}.png").read_bytes().startswith(b"\x89PNG")
    rows = pd.read_parquet(tmp_path / f"fig{figure}.parquet")
    assert rows.trial.nunique() == 2


@pytest.mark.parametrize("figure", [2, 5, 6, 7])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_quick_figure_of_the_mine_family(figure, tmp_path, capsys):
    pytest.importorskip("skorch")
    arguments = [f"fig{figure}", "--quick", "--trials", 2, "--out", tmp_path]
    code, _, err = run(capsys, *arguments, "--estimators", "mine-family")
    assert (code, err) == (0, "")
    rows = pd.read_parquet(tmp_path / f"fig{figure}.parquet")
    assert rows.error.isna().all()
    n_variants = {5: 3}.get(figure, 4)
    assert rows.estimator.nunique() == 3 * n_variants


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
    biases = pd.read_csv(tmp_path / "leaderboard-bias-neighbors.csv")
    assert list(biases.columns[:2]) == ["task", "truth"]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_networks_join_the_leaderboard(tmp_path, capsys):
    pytest.importorskip("skorch")
    arguments = ["leaderboard", "--quick", "--trials", 2, "--out", tmp_path]
    run(capsys, *arguments, "--estimators", "ksg,bi-ksg")
    code, _, err = run(capsys, *arguments, "--estimators", "mine,mine (default)")
    assert (code, err) == (0, "")
    board = pd.read_csv(tmp_path / "leaderboard.csv")
    assert sorted(board.estimator) == ["bi-ksg", "ksg", "mine", "mine (default)"]
    biases = pd.read_csv(tmp_path / "leaderboard-bias-networks.csv")
    assert sorted(biases.columns[2:]) == ["mine", "mine (default)"]


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


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_families_are_stored_side_by_side(tmp_path, capsys, monkeypatch):
    pytest.importorskip("skorch")
    monkeypatch.setattr(_run, "draw_comparison", lambda *args: None)
    arguments = ["table2", "--quick", "--trials", 2, "--out", tmp_path]
    run(capsys, *arguments)
    ksg = pd.read_parquet(tmp_path / "table2.parquet")
    code, _, err = run(capsys, *arguments, "--estimators", "mine-family")
    assert (code, err) == (0, "")
    both = pd.read_parquet(tmp_path / "table2.parquet")
    names = [name for family in FAMILIES for name in family.names]
    assert list(dict.fromkeys(both.estimator)) == names
    kept = both[both.estimator.isin(KSG_FAMILY)].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, ksg)  # the seconds, too
    # All see the same data, whenever they were run.
    assert both.groupby(["task", "trial"]).truth.nunique().max() == 1
    runs = json.loads((tmp_path / "table2.json").read_text())
    assert ["mine" in run["command"] for run in runs] == [False, True]
    assert "torch" not in runs[0]["versions"]
    assert "torch" in runs[1]["versions"]
    page = (tmp_path / "table2.md").read_text()
    for family in FAMILIES:
        assert f"## {family.title}" in page
        assert (tmp_path / f"table2-{family.key}.csv").exists()

    # Once more the first, which now is the latest, and of which there is one.
    run(capsys, *arguments)
    again = pd.read_parquet(tmp_path / "table2.parquet")
    columns = ["task", "trial", "estimator", "truth", "estimate", "error"]
    pd.testing.assert_frame_equal(again[columns], both[columns])
    of_ksg = again.estimator.isin(KSG_FAMILY)
    assert (again.seconds[of_ksg] != both.seconds[of_ksg]).all()
    assert again.seconds[~of_ksg].equals(both.seconds[~of_ksg])
    runs = json.loads((tmp_path / "table2.json").read_text())
    assert ["mine" in run["command"] for run in runs] == [True, False]


def test_more_trials_are_put_to_those_there(tmp_path, capsys):
    arguments = ["fig4", "--quick", "--out", tmp_path, "--estimators"]
    run(capsys, *arguments, "ksg", "--trials", 4)
    run(capsys, *arguments, "ksg,ksg-global", "--trials", 2)
    rows = pd.read_parquet(tmp_path / "fig4.parquet")
    assert rows.groupby("estimator").trial.nunique().to_dict() == {"ksg": 4, "ksg-global": 2}
    runs = json.loads((tmp_path / "fig4.json").read_text())
    assert [run["n_trials"] for run in runs] == [4, 2]  # some rows are of the first
    run(capsys, *arguments, "ksg,ksg-global", "--trials", 4)
    assert len(json.loads((tmp_path / "fig4.json").read_text())) == 1


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (["--random-state", 1], "random_state is 0 there, 1 here"),
        (["--column-std", 0.1], "column_std is 0.05 there, 0.1 here"),
        (["--as-printed"], "side is X there, y here"),
    ],
)
def test_results_of_another_kind_are_not_mixed_up(other, message, tmp_path, capsys, monkeypatch):
    arguments = ["fig1", "--quick", "--estimators", "ksg", "--out", tmp_path]
    run(capsys, *arguments)
    before = (tmp_path / "fig1.parquet").read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(BenchmarkGrid, "run", None)  # said before any work
        code, _, err = run(capsys, *arguments, *other)
    assert code == 2
    assert message in err
    assert "--out, or throw them away with --replace" in err
    assert (tmp_path / "fig1.parquet").read_bytes() == before
    code, _, _ = run(capsys, *arguments, *other, "--replace")
    assert code == 0
    assert len(json.loads((tmp_path / "fig1.json").read_text())) == 1
    assert (tmp_path / "fig1.parquet").read_bytes() != before


def test_the_normalizer_is_of_the_page_alone(tmp_path, capsys):
    arguments = ["table2", "--quick", "--estimators", "ksg", "--out", tmp_path]
    run(capsys, *arguments)
    code, _, err = run(capsys, *arguments, "--normalizer", "spread")
    assert (code, err) == (0, "")
    code, _, err = run(capsys, "table2", "--out", tmp_path, "--stored", "--normalizer", "root")
    assert (code, err) == (0, "")


def test_a_smoke_run_makes_room(tmp_path, capsys):
    arguments = ["fig4", "--estimators", "ksg", "--trials", 2, "--out", tmp_path]
    run(capsys, *arguments, "--quick")
    code, _, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    rows = pd.read_parquet(tmp_path / "fig4.parquet")
    assert rows.x.nunique() == 11
    code, _, err = run(capsys, *arguments, "--quick")
    assert code == 2
    assert "quick is False there, True here" in err


def test_stored_results_keep_their_readings(tmp_path, capsys):
    arguments = ["table2", "--quick", "--estimators", "ksg", "--out", tmp_path]
    run(capsys, *arguments, "--order", "printed", "--noise-std-range", "1,1.2")
    page = (tmp_path / "table2.md").read_text()
    code, _, _ = run(capsys, "table2", "--stored", "--out", tmp_path)
    assert code == 0
    assert (tmp_path / "table2.md").read_text() == page
    assert "sigma uniform on (1, 1.2)" in page
    code, _, err = run(capsys, "table2", "--stored", "--out", tmp_path, "--side", "y")
    assert code == 2
    assert "--stored takes the readings of the run" in err


def test_rows_whose_run_is_not_known_are_not_used(tmp_path, capsys):
    arguments = ["fig4", "--quick", "--estimators", "ksg", "--out", tmp_path]
    run(capsys, *arguments)
    (tmp_path / "fig4.json").write_text("[")
    for command in arguments, ["fig4", "--stored", "--out", tmp_path]:
        code, _, err = run(capsys, *command)
        assert code == 2
        assert "fig4.json does not say what run the rows beside it are of" in err
    code, _, _ = run(capsys, *arguments, "--replace")
    assert code == 0


def test_an_interrupted_run_goes_on(tmp_path, capsys, monkeypatch):
    arguments = ["fig4", "--quick", "--estimators", "ksg,ksg-global", "--out", tmp_path]
    calls = []
    fit = KSG.fit

    def counted(self, X, y):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return fit(self, X, y)

    monkeypatch.setattr(KSG, "fit", counted)
    code, _, err = run(capsys, *arguments)
    assert code == 130
    assert "the same command goes on from it" in err
    assert not (tmp_path / "fig4.parquet").exists()
    n_before = len(list(tmp_path.rglob("*/*.json")))
    assert n_before > 0
    code, _, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    rows = pd.read_parquet(tmp_path / "fig4.parquet")
    assert len(calls) == 5 + len(rows[rows.estimator == "ksg"]) - 4
    assert not [path for path in tmp_path.iterdir() if path.is_dir()]


def test_a_folder_that_cannot_be_written_is_said_before_any_work(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(BenchmarkGrid, "run", None)
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "fig4", "--quick", "--out", tmp_path / "file")
    assert code == 2
    assert "File exists" in err or "Not a directory" in err


def test_options_reach_the_protocol(tmp_path, capsys):
    arguments = ["--as-printed", "--side", "X", "--noise-std-range", "1,1", "--n-columns", "2d"]
    quick = ["table2", "--quick", "--estimators", "ksg", "--out", tmp_path]
    code, out, _ = run(capsys, *quick, *arguments)
    assert code == 0
    assert "sigma uniform on (1, 1)" in out
    assert "dn: 2d columns (d: columns of X) of standard deviation 0.2" in out
    assert "c multiplies X" in out
    assert "euclidean norm" in out
    (facts,) = json.loads((tmp_path / "table2.json").read_text())
    assert "--as-printed --side X" in facts["command"]
    rows = pd.read_parquet(tmp_path / "table2.parquet")
    assert rows.truth.nunique() == 3  # one for each number of columns


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--estimators", "kgs"], "no estimator 'kgs'; choose from ksg-family"),
        (["--estimators", ""], "--estimators must be names with commas between them"),
        (["--estimators", "ksg,"], "--estimators must be names with commas between them"),
        (["--trials", "0"], "--trials must be from 1"),
        (["--random-state", "-1"], "--random-state must be from 0"),
        (["--random-state", "4294967296"], "--random-state must be from 0"),
        (["--n-jobs", "0"], "--n-jobs must be a number of workers"),
        (["--cache-dir", ""], "--cache-dir must be a folder"),
        (["--out", " "], "--out must be a folder"),
        (["--side", "T"], "'side' parameter of Protocol must be a str among"),
        (["--noise-std-range", "1"], "--noise-std-range must be two numbers"),
        (["--noise-std-range", "2,1"], "the smaller first"),
        (["--correlation-range", "0,1"], "in the range (-1.0, 1.0)"),
        (["--n-columns", "many"], "n_columns must be a number"),
    ],
)
def test_bad_options_give_a_line(arguments, message, tmp_path, capsys):
    code, out, err = run(capsys, "table2", "--quick", "--out", tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [["table4"], ["fig1", "--trials", "two"]], ids=" ".join)
def test_what_cannot_be_read_is_a_line_too(arguments, capsys):
    with pytest.raises(SystemExit):
        run(capsys, *arguments)
    err = capsys.readouterr().err
    assert err.startswith("skmi: error: argument ")
    assert err.count("\n") == 1


CONTRADICTIONS = [
    (["table2", "--stored", "--trials", "3"], "--trials says nothing beside it"),
    (["table2", "--stored", "--replace"], "--replace says nothing beside it"),
    (["table2", "--stored", "--quick"], "--quick says nothing beside it"),
    (["table2", "--stored", "--estimators", "ksg"], "--estimators says nothing beside it"),
    (["table2", "--stored", "--random-state", "0"], "--random-state says nothing beside it"),
    (["table2", "--stored", "--n-jobs", "2"], "--n-jobs says nothing beside it"),
    (["table2", "--stored", "--cache-dir", "x"], "--cache-dir says nothing beside it"),
    (["all", "--stored"], "holds no stored results"),
    (["leaderboard", "--as-printed"], "--as-printed says nothing there"),
    (["leaderboard", "--side", "y"], "--side says nothing there"),
    (["leaderboard", "--column-std", "0"], "--column-std says nothing there"),
    (["leaderboard", "--quick", "--estimators", "mine (recovered)"], "not for the leaderboard"),
    (["table2", "--quick", "--noise-std-range", "1e308,1e308"], "cells failed, the first with"),
]


@pytest.mark.parametrize(("arguments", "message"), CONTRADICTIONS, ids=str)
def test_what_makes_no_sense_gives_a_line(arguments, message, tmp_path, capsys):
    code, _, err = run(capsys, *arguments, "--out", tmp_path)
    assert code == 2
    assert err.startswith("skmi: error: ")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("what", EXPERIMENTS)
def test_one_trial_is_enough_for_everything(what, tmp_path, capsys):
    arguments = [what, "--quick", "--trials", 1, "--out", tmp_path]
    code, out, err = run(capsys, *arguments, "--estimators", "ksg,bi-ksg")
    assert (code, err) == (0, "")
    if "none of its estimators" not in out:
        assert (tmp_path / f"{what}.png").exists()
        assert (tmp_path / f"{what}.md").exists()
        code, again, err = run(capsys, what, "--stored", "--out", tmp_path)
        assert (code, err) == (0, "")
        assert again in out


@pytest.mark.parametrize("trials", [1, 2])
def test_few_trials_of_the_paper_s_size(trials, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(_run, "draw_comparison", lambda *args: None)
    arguments = ["table2", "--trials", trials, "--estimators", "ksg-local", "--out", tmp_path]
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert "cells, and too few trials to say how uncertain they are" in out
    assert "*" not in pd.read_csv(tmp_path / "table2-ksg.csv")["ksg-local"].str.cat()


def test_a_damaged_file_gives_a_line(tmp_path, capsys):
    arguments = ["fig4", "--quick", "--trials", 1, "--estimators", "ksg", "--out", tmp_path]
    run(capsys, *arguments)
    (tmp_path / "fig4.parquet").write_bytes(b"PAR1")
    for command in arguments, ["fig4", "--stored", "--out", tmp_path]:
        code, _, err = run(capsys, *command)
        assert code == 2
        assert re.fullmatch(r"skmi: error: .*fig4.parquet cannot be read: .*--replace\n", err)
    assert run(capsys, *arguments, "--replace")[0] == 0
