"""A study that is killed and resumed ends as one that is not."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("skorch")
pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

from skmi.information_plane import InformationPlane  # noqa: E402
from skmi.information_plane._study import run_study  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:The best relative scale")

OPTIONS = {
    "n_trials": 2,
    "max_epochs": 6,
    "every": 2,
    "estimator": ["ksg-global-linf", "ksg"],
    "n_samples": 100,
    "device": "cpu",
}


@pytest.fixture(scope="module")
def data():
    return np.random.default_rng(0).normal(size=(150, 64)), np.arange(150) % 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("study") / "whole"


@pytest.fixture(scope="module")
def whole(data, folder):
    return run_study("digits", *data, folder, **OPTIONS)


def test_rows_of_all_trials(whole, folder):
    rows, noise = whole
    assert rows.groupby("trial")["epoch"].unique().map(list).tolist() == [[0, 2, 4, 6]] * 2
    assert rows["layer"].unique() == ["relu2"]
    first, second = (rows[rows["trial"] == t]["mi_x"].to_numpy() for t in (0, 1))
    assert (first != second).any()
    assert set(noise["trial"]) == {0, 1}
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "rows.parquet"), rows)
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "noise.parquet"), noise)


@pytest.mark.parametrize(
    ("when", "epoch"),
    [
        *(("training", epoch) for epoch in (0, 3, 6)),
        *(("recording", epoch) for epoch in (0, 2, 6)),
        *(("saving", epoch) for epoch in (2, 6)),
    ],
)
def test_interrupted_anywhere_and_resumed(data, whole, tmp_path, monkeypatch, epoch, when):
    from skmi.information_plane import _study

    folder = tmp_path / "broken"

    def interrupt(*arguments):
        if arguments[-1] == epoch:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        options = dict(OPTIONS)
        if when == "training":
            options["progress"] = lambda trial, done: interrupt(done) if trial == 1 else None
        elif when == "recording":
            measure = InformationPlane._measure
            patch.setattr(
                InformationPlane,
                "_measure",
                lambda self, Z, e: (interrupt(e), measure(self, Z, e))[1],
            )
        else:
            save = _study._save
            patch.setattr(
                _study, "_save", lambda net, e, path: (interrupt(e), save(net, e, path))[1]
            )
        with pytest.raises(KeyboardInterrupt):
            run_study("digits", *data, folder, **options)
    rows, noise = run_study("digits", *data, folder, **OPTIONS, resume=True)
    pd.testing.assert_frame_equal(rows, whole[0])
    pd.testing.assert_frame_equal(noise, whole[1])


PROGRAM = """
import sys, time, numpy as np
from pathlib import Path
from skmi.information_plane._study import run_study
rng = np.random.default_rng(0)
def progress(trial, epoch):
    print(trial, epoch, flush=True)
    time.sleep(0.02)
run_study("digits", rng.normal(size=(150, 64)), np.arange(150) % 10, Path(sys.argv[1]),
          n_trials=2, max_epochs=6, every=2, estimator=["ksg-global-linf", "ksg"],
          n_samples=100, device="cpu", progress=progress)
"""


def test_a_killed_process_leaves_all_that_is_needed_to_go_on(data, whole, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, tmp_path / "broken"],
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.split() == ["0", "5"]:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait(timeout=60)
    process.stdout.close()
    assert not (tmp_path / "broken" / "rows.parquet").exists()
    rows, noise = run_study("digits", *data, tmp_path / "broken", **OPTIONS, resume=True)
    pd.testing.assert_frame_equal(rows, whole[0])
    pd.testing.assert_frame_equal(noise, whole[1])


def test_a_study_can_grow(data, whole, tmp_path):
    folder = tmp_path / "grown"
    run_study("digits", *data, folder, **{**OPTIONS, "n_trials": 1, "max_epochs": 3})
    rows, noise = run_study("digits", *data, folder, **OPTIONS, resume=True)
    pd.testing.assert_frame_equal(rows, whole[0])
    pd.testing.assert_frame_equal(noise, whole[1])


def test_a_finished_study_is_read_and_not_repeated(data, whole, folder):
    start = time.perf_counter()
    again = run_study("digits", *data, folder, **OPTIONS, resume=True)
    for frame, expected in zip(again, whole, strict=True):
        pd.testing.assert_frame_equal(frame, expected)
    assert time.perf_counter() - start < 5


def test_studies_are_neither_overwritten_nor_mixed(data, whole, folder):
    X, y = data
    with pytest.raises(FileExistsError, match="holds a study of 'digits' already"):
        run_study("digits", X, y, folder, **OPTIONS)
    for change in ({"every": 3}, {"n_samples": 99}, {"max_epochs": 4}, {"random_state": 1}):
        with pytest.raises(ValueError, match=f"study with {next(iter(change))}="):
            run_study("digits", X, y, folder, **{**OPTIONS, **change}, resume=True)
    with pytest.raises(ValueError, match="study with data="):
        run_study("digits", X[1:], y[1:], folder, **OPTIONS, resume=True)


def test_the_state_of_torch_is_left_alone(data, tmp_path):
    torch = pytest.importorskip("torch")
    before = torch.get_rng_state()
    run_study("digits", *data, tmp_path, **{**OPTIONS, "max_epochs": 1, "n_trials": 1})
    assert torch.equal(torch.get_rng_state(), before)
