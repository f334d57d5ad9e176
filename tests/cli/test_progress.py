"""The time that is said to be left: from epochs like those to come, or not at all."""

import pytest

pytest.importorskip("tqdm")

from skmi.cli import _progress


class Clock:
    """What the bar reads: seconds that a test sets."""

    now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(_progress, "time", clock)
    return clock


def study(bar, clock, due, *, n_epochs, first=34.0, train=1.0, measure=2.0, noise=20.0, done=0):
    """One trial as `run_study` tells of it; what the bar said of the time left each time."""
    said = []

    def tell(epoch, what, trial=0):
        bar(trial, epoch, what)
        said.append(bar.time_left())

    tell(done, "measuring")
    for epoch in range(done, n_epochs + 1):
        clock.now += train if epoch > done else 0.0
        clock.now += (first if epoch == done else measure) if epoch in due else 0.0
        tell(epoch, "training" if epoch < n_epochs else "noise")
    clock.now += noise
    tell(n_epochs, "done")
    return said


def test_compiling_is_no_epoch(clock, capsys):
    said = study(_progress.Bar(1, 10, 1), clock, range(11), n_epochs=10)
    assert said[:2] == ["", ""]  # nothing is known but how long compiling took
    assert said[2] == "about 60 s left"  # nine epochs of three seconds, eleven ratios of three
    assert said[-2:] == ["", ""]
    assert "34 s" not in capsys.readouterr().err
    assert "s/epoch" not in capsys.readouterr().err


def test_epochs_that_are_measured_take_longer(clock):
    said = study(_progress.Bar(1, 10, [0, 4, 8]), clock, [0, 4, 8], n_epochs=10)
    assert said[:5] == [""] * 5  # none but the first is measured before the fourth
    assert said[5] == f"about {6 * 1 + 2 + 11 * 2} s left"


def test_the_first_that_is_measured_may_come_late(clock):
    said = study(_progress.Bar(1, 6, [3, 5]), clock, [3, 5], n_epochs=6, measure=36.0)
    assert said[:6] == [""] * 6
    assert said[6] == f"about {(1 + 11 * 36) / 60:.0f} min left"


def test_a_trial_that_goes_on_is_not_taken_for_a_fast_one(clock):
    bar = _progress.Bar(2, 100, 1)
    bar(0, 100, "measuring")
    bar(0, 100, "noise")
    bar(0, 100, "done")
    bar(1, 90, "measuring")
    clock.now += 30
    bar(1, 90, "training")
    assert bar.time_left() == ""
    clock.now += 3
    bar(1, 91, "training")
    assert bar.bar.n == 191
    assert bar.time_left().startswith("about ")
    assert bar.seconds[True][-1] == 3
