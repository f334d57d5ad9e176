"""A bar after ten seconds, at once or never; its pace leaves out the first step."""

import re
import time

import numpy as np
import pytest

pytest.importorskip("tqdm")

from skmi import _progress
from skmi._progress import Progress
from skmi.benchmark import BenchmarkGrid, Task
from skmi.datasets import CorrelatedGaussians
from skmi.feature_selection import (
    FeatureMutualInfo,
    JointMISelector,
    MutualInfoSelector,
    pairwise_mutual_info,
)
from skmi.model_selection import (
    conditional_independence_test,
    mutual_info_permutation_test,
)


@pytest.fixture
def terminal(capsys, monkeypatch):
    """What has been shown since the last call, as if someone was looking."""
    monkeypatch.setattr(_progress, "_at_a_terminal", lambda: True)
    return lambda: capsys.readouterr().err


def step_through(n_steps, **options):
    with Progress(n_steps, "work", **options) as progress:
        for _ in range(n_steps):
            progress.update()


def test_what_is_quick_is_silent(terminal):
    step_through(3)
    assert terminal() == ""


def test_what_takes_long_is_shown(terminal, monkeypatch):
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    step_through(3)
    assert re.search("work: 100%.* 3/3 ", terminal())


def test_it_is_shown_to_terminals_only(capsys, monkeypatch):
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    step_through(3)
    assert capsys.readouterr() == ("", "")


def test_when_it_is_asked_for(terminal):
    step_through(3, verbose=1)
    assert "3/3" in terminal()


def test_zero_is_never(terminal, monkeypatch):
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    step_through(3, verbose=0)
    assert terminal() == ""


def test_what_goes_on_inside_is_not_shown_too(terminal, monkeypatch):
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    with Progress(2, "outside") as outside:
        for _ in range(2):
            step_through(3)
            outside.update()
    shown = terminal()
    assert "outside: 100%" in shown
    assert "work" not in shown
    step_through(3)
    assert "work: 100%" in terminal()


def test_the_first_step_is_not_in_the_pace(terminal):
    with Progress(30, "work", "epoch", verbose=1) as progress:
        time.sleep(1.0)  # compiles
        for _ in range(30):
            progress.update()
            time.sleep(0.01)
    paces = re.findall(r"([\d.]+)(epoch/s|s/epoch)", terminal())
    assert paces
    assert all(unit == "epoch/s" and float(pace) > 20 for pace, unit in paces), paces


X = np.random.default_rng(0).normal(size=(60, 3))
LONG = {
    "scores": lambda: FeatureMutualInfo(5, random_state=0)(X, X[:, 0]),
    "selection": lambda: MutualInfoSelector(1, n_permutations=99, random_state=0).fit(X, X[:, 0]),
    "joint selection": lambda: JointMISelector(2).fit(X, X[:, 0]),
    "pairs": lambda: pairwise_mutual_info(X, n_permutations=5, random_state=0),
    "test": lambda: mutual_info_permutation_test("ksg", X, X[:, 0], n_permutations=5),
    "conditional test": lambda: conditional_independence_test(
        X[:, 0], X[:, 1], X[:, 2], n_permutations=5
    ),
    "grid": lambda: BenchmarkGrid(
        ["ksg"], {"line": Task(CorrelatedGaussians(n_features=1, correlation=0.5), 30)}, n_trials=2
    ).run(),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", LONG.values(), ids=LONG)
def test_all_that_may_take_long_shows_it(call, terminal, monkeypatch):
    call()
    terminal()  # compiling is told, and may take longer than ten seconds
    monkeypatch.setattr(_progress, "_PATIENCE", 1e9)
    call()
    assert terminal() == ""
    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    call()
    assert "%|" in terminal()


@pytest.mark.filterwarnings("ignore")
def test_networks_show_it(terminal, monkeypatch):
    pytest.importorskip("skorch")
    from skmi import MINE

    monkeypatch.setattr(_progress, "_PATIENCE", 0.0)
    MINE(max_epochs=3, random_state=0).fit(X, X[:, 0])
    assert re.search("MINE.*held out=", terminal())
