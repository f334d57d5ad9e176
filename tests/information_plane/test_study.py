"""A study that is killed and resumed ends as one that is not."""

import json
import os
import signal
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("skorch")
pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

from skmi.information_plane import InformationPlane  # noqa: E402
from skmi.information_plane._study import run_study  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

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
            options["progress"] = lambda trial, done, _: interrupt(done) if trial == 1 else None
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


def killed(folder, data, patch):
    """Run a study in a process of its own, which `patch` prepares to kill itself."""
    with warnings.catch_warnings():
        # This process may have threads; the child takes one of torch and makes its own.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            pytest.importorskip("torch").set_num_threads(1)
            run_study("digits", *data, folder, **OPTIONS, **patch())
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def between_epochs():
    return {"progress": lambda trial, epoch, _: kill() if (trial, epoch) == (0, 5) else None}


def while_writing(number):
    """When half of a file is written: the first, the fourth and so on."""

    def patch():
        replace, written = os.replace, []

        def replace_or_die(unfinished, target):
            written.append(target)
            if len(written) == number:
                content = Path(unfinished).read_bytes()
                Path(unfinished).write_bytes(content[: len(content) // 2])
                kill()
            return replace(unfinished, target)

        os.replace = replace_or_die
        return {}

    return patch


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize(
    "patch", [between_epochs, *(while_writing(number) for number in (1, 4, 5, 8))]
)
def test_a_killed_process_leaves_all_that_is_needed_to_go_on(data, whole, tmp_path, patch):
    assert killed(tmp_path / "broken", data, patch)
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


def test_settings_tell_seed_and_versions(data, whole, tmp_path, monkeypatch):
    from skmi.information_plane import _study

    options = {**OPTIONS, "max_epochs": 1, "n_trials": 1, "random_state": 3}
    run_study("digits", *data, tmp_path, **options)
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["random_state"] == 3
    assert settings["estimator"]["ksg"] == "KSG()"
    (versions,) = settings["versions"]
    assert {"python", "skmi", "torch", "numpy"} <= set(versions)
    run_study("digits", *data, tmp_path, **options, resume=True)
    monkeypatch.setattr(_study, "_versions", lambda: {"torch": "0"})
    with pytest.warns(UserWarning, match="goes on with other versions"):
        run_study("digits", *data, tmp_path, **options, resume=True)
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["versions"] == [versions, {"torch": "0"}]


def test_the_state_of_torch_is_left_alone(data, tmp_path):
    torch = pytest.importorskip("torch")
    before = torch.get_rng_state()
    run_study("digits", *data, tmp_path, **{**OPTIONS, "max_epochs": 1, "n_trials": 1})
    assert torch.equal(torch.get_rng_state(), before)
