"""What is said while work goes on."""

import time

import pytest

from skmi.cli import _notes, main


def test_long_work_says_how_far_it_has_come(monkeypatch, capsys):
    monkeypatch.setattr(_notes, "FIRST", 0.05)
    with _notes.working("counting sheep"):
        print("3 of 9 sheep")
        time.sleep(0.5)
    out, err = capsys.readouterr()
    assert out == ""
    first = err.splitlines()[0]
    assert first.startswith("skmi: counting sheep, ")
    assert first.endswith(" s: 3 of 9 sheep")


def test_it_ends_with_an_interrupt(monkeypatch, capsys, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "\n".join(f"{i}.5,{i * i}" for i in range(50)))

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("skmi.cli._matrix.pairwise_mutual_info", interrupted)
    assert main(["matrix", str(path)]) == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "")


@pytest.mark.parametrize("command", ["estimate", "select", "matrix", "lags"])
def test_help(command, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert "--json" in capsys.readouterr().out
