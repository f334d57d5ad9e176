"""The pages of the documentation show the results that are stored, all of them."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from skmi.benchmark.paper import _run

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "paper" / "results"
# Read from the networks, by docs/studies/mine_settings.py.
NOT_OF_ROWS = {"mine-settings.csv"}


def shown(folder):
    """What goes to the pages as it is; pictures and full digits may differ between machines."""
    return {
        path.name: path.read_text()
        for path in sorted(folder.glob("*"))
        if path.suffix in (".csv", ".inc", ".md") and not path.name.endswith("-cells.csv")
    }


@pytest.fixture
def make_paper(monkeypatch):
    """The script, without its pictures: they take most of the time, and are seen elsewhere."""
    for name in "draw", "draw_comparison":
        monkeypatch.setattr(_run, name, lambda *args: None)
    monkeypatch.syspath_prepend(ROOT / "docs")
    spec = importlib.util.spec_from_file_location("make_paper", ROOT / "docs" / "make_paper.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_those_of_the_stored_rows(make_paper, tmp_path):
    """Everything is made again from the rows alone."""
    for path in RESULTS.glob("*"):
        if path.suffix in (".parquet", ".json"):
            shutil.copy(path, tmp_path)
    make_paper.main(tmp_path)
    stored = {name: text for name, text in shown(RESULTS).items() if name not in NOT_OF_ROWS}
    made = shown(tmp_path)
    assert set(made) == set(stored)
    other = [name for name, text in stored.items() if made[name] != text]
    assert other == []


@pytest.mark.parametrize("page", ["tables", "figures", "leaderboard"])
def test_pages_include_every_experiment(page, make_paper):
    prefix = {"tables": "table", "figures": "fig", "leaderboard": "leaderboard"}[page]
    text = (ROOT / "docs" / "paper" / f"{page}.rst").read_text()
    for name in (*make_paper.EXPERIMENTS, "leaderboard"):
        assert (f"include:: results/{name}.inc" in text) == name.startswith(prefix)


def test_what_has_not_run_says_how_to_run_it(make_paper, tmp_path):
    make_paper.main(tmp_path)
    text = (tmp_path / "fig2.inc").read_text()
    assert "skmi paper fig2 --estimators mine-family --out docs/paper/results" in text
    claims = (tmp_path / "claims.csv").read_text()
    assert claims.count("what it says of the MINE family,not run") == 6


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore:The best relative scale")
def test_numbers_of_mine_show_as_soon_as_they_are_there(make_paper, tmp_path):
    pytest.importorskip("skorch")
    from skmi.cli import main

    arguments = ["paper", "fig5", "--quick", "--trials", "2", "--out", str(tmp_path)]
    assert main([*arguments, "--estimators", "mine-family"]) == 0
    arguments[1] = "table3"
    assert main([*arguments, "--estimators", "ksg"]) == 0
    make_paper.main(tmp_path)
    figure = (tmp_path / "fig5.inc").read_text()
    assert "image:: results/fig5.png" in figure
    assert "has not been run" not in figure
    table = (tmp_path / "table3.inc").read_text()
    assert "The MINE family has not been run" in table
    assert main([*arguments, "--estimators", "mine,mine (recovered),mine (default)"]) == 0
    make_paper.main(tmp_path)
    table = (tmp_path / "table3.inc").read_text()
    assert "has not been run" not in table
    for key in ("ksg", "mine", "mine-recovered", "mine-default"):
        assert f"file: table3-{key}.csv" in table
    claims = (tmp_path / "claims.csv").read_text()
    assert "figure 5, skmi's default" in claims
    assert "figure 5,what it says of the MINE family,not run" not in claims
    assert "figure 2,what it says of the MINE family,not run" in claims
