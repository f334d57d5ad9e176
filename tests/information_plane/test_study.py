"""A study that is killed and resumed ends as one that is not."""

import json
import os
import shutil
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

from skmi import KSG, MINE  # noqa: E402
from skmi.information_plane import InformationPlane, make_classifier  # noqa: E402
from skmi.information_plane._study import run_study  # noqa: E402
from skmi.neural._net import CriticNet  # noqa: E402

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
            write = _study._Trial.write
            patch.setattr(
                _study._Trial,
                "write",
                lambda t, state: (interrupt(state["epoch"]), write(t, state)),
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
    """When half of a file is written: the first, the second and so on."""

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
    # Settings, then epochs 0, 2, 4, 6 and noise of each trial, then two tables.
    "patch",
    [between_epochs, *(while_writing(number) for number in (1, 2, 4, 6, 7, 11, 12, 13))],
)
def test_a_killed_process_leaves_all_that_is_needed_to_go_on(data, whole, tmp_path, patch):
    assert killed(tmp_path / "broken", data, patch)
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
    with pytest.raises(FileExistsError, match=r"holds a study already: go on with it \(resume\)"):
        run_study("digits", X, y, folder, **OPTIONS)
    for change in (
        {"every": 3},
        {"n_samples": 99},
        {"max_epochs": 4},
        {"n_trials": 1},
        {"random_state": 1},
        {"estimator": "ksg"},
    ):
        with pytest.raises(ValueError, match=f"study with {next(iter(change))}="):
            run_study("digits", X, y, folder, **{**OPTIONS, **change}, resume=True)
    with pytest.raises(ValueError, match="study with data="):
        run_study("digits", X[1:], y[1:], folder, **OPTIONS, resume=True)
    with pytest.raises(ValueError, match="study with data="):  # the same, in another order
        run_study("digits", X[::-1], y[::-1], folder, **OPTIONS, resume=True)
    with pytest.raises(ValueError, match="study with network="):
        run_study("ib", X[:, :12], y % 2, folder, **OPTIONS, resume=True)


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
    with pytest.warns(UserWarning, match="continues with other versions"):
        run_study("digits", *data, tmp_path, **options, resume=True)
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["versions"] == [versions, {"torch": "0"}]


@pytest.fixture
def copy(whole, folder, tmp_path):
    """A finished study that can be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def resumed(data, folder, **options):
    return run_study("digits", *data, folder, **{**OPTIONS, **options}, resume=True)


def assert_the_same(found, expected):
    for frame, other in zip(found, expected, strict=True):
        pd.testing.assert_frame_equal(frame, other, check_exact=True)


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        lambda path: path.write_bytes(b"PNG"),
        flip,
    ],
)
def test_a_damaged_trial_is_said_in_one_line_with_the_way_out(data, whole, copy, damage):
    path = copy / "trials" / "01.pt"
    damage(path)
    with pytest.raises(
        ValueError, match=r"01\.pt is damaged.*delete it: trial 2 is then"
    ) as caught:
        resumed(data, copy)
    assert "\n" not in str(caught.value)
    path.unlink()
    assert_the_same(resumed(data, copy), whole)


def test_a_trial_is_a_file_that_torch_reads(whole, folder):
    torch = pytest.importorskip("torch")
    state = torch.load(folder / "trials" / "00.pt", weights_only=True)
    assert state["epoch"] == 6
    assert "dense1.weight" in state["module"]


def test_a_missing_trial_is_trained_anew_and_said(data, whole, copy):
    (copy / "trials" / "00.pt").unlink()
    with pytest.warns(UserWarning, match="no file for trial 1, although later trials"):
        found = resumed(data, copy)
    assert_the_same(found, whole)


@pytest.mark.parametrize("resume", [False, True])
def test_tables_without_their_trials_are_not_overwritten(data, copy, resume):
    before = (copy / "rows.parquet").read_bytes()
    shutil.rmtree(copy / "trials")
    with pytest.raises(FileExistsError, match="rows of a study without its trials"):
        run_study("digits", *data, copy, **OPTIONS, resume=resume)
    assert (copy / "rows.parquet").read_bytes() == before
    assert not (copy / "trials").exists()


@pytest.mark.parametrize("name", ["settings.json", "rows.parquet", "noise.parquet"])
@pytest.mark.parametrize("content", [None, b"{broken"])
def test_what_follows_from_the_trials_may_be_damaged_or_missing(data, whole, copy, name, content):
    whole_settings = (copy / "settings.json").read_text()
    (copy / name).unlink() if content is None else (copy / name).write_bytes(content)
    assert_the_same(resumed(data, copy), whole)
    assert (copy / "settings.json").read_text() == whole_settings
    pd.testing.assert_frame_equal(pd.read_parquet(copy / "rows.parquet"), whole[0])


def test_an_error_before_the_first_epoch_does_not_block_the_folder(data, tmp_path):
    folder = tmp_path / "out"
    for wrong, message in (
        ({"device": "cuda:77"}, "There is no device 'cuda:77'"),
        ({"every": [7]}, r"every=\[7\] records none of the epochs from 0 to 6"),
        ({"n_samples": 1}, "'n_samples' parameter"),
        ({"estimator": "none"}, "no estimator 'none'"),
        ({"estimator": KSG(100)}, "n_neighbors=100 must be less than n_samples=100"),
    ):
        with pytest.raises(ValueError, match=message):
            run_study("digits", *data, folder, **{**OPTIONS, **wrong})
    run_study("digits", *data, folder, **{**OPTIONS, "n_trials": 1, "max_epochs": 1})


def test_two_runs_do_not_write_to_one_folder(data, whole, tmp_path):
    pytest.importorskip("fcntl")
    folder = tmp_path / "shared"

    def begin_another(*_):
        for resume in (False, True):
            with pytest.raises(FileExistsError, match="Another run is writing to"):
                run_study("digits", *data, folder, **OPTIONS, resume=resume)

    assert_the_same(run_study("digits", *data, folder, **OPTIONS, progress=begin_another), whole)
    assert_the_same(resumed(data, folder), whole)  # the lock has ended with the run


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no resource to limit")
@pytest.mark.parametrize("size", [100, 30_000])
def test_a_full_disk_keeps_what_was_written(data, whole, tmp_path, size):
    """Here: no file may be larger than so many bytes."""
    resource = pytest.importorskip("resource")
    folder = tmp_path / "full"
    if size > 1000:  # stopped after the first trial
        run_study("digits", *data, folder, **{**OPTIONS, "n_trials": 1})
    before = {path: path.read_bytes() for path in folder.glob("trials/*.pt")}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        with pytest.raises(OSError, match=r"File too large.* All that was written .*\(resume\)"):
            resumed(data, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert {path: path.read_bytes() for path in folder.glob("trials/*.pt")} == before
    assert not list(folder.rglob("*.unfinished"))
    assert_the_same(resumed(data, folder), whole)


def test_a_folder_that_cannot_be_written_to(data, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        run_study("digits", *data, tmp_path / "file" / "study", **OPTIONS)


def test_training_between_recorded_epochs_is_saved_by_the_clock(data, tmp_path, monkeypatch):
    """Epochs may take minutes each, and few be recorded."""
    from skmi.information_plane import _study

    options = {**OPTIONS, "n_trials": 1, "every": [0, 6]}
    whole = run_study("digits", *data, tmp_path / "whole", **options)
    monkeypatch.setattr(_study, "_LONGEST_UNSAVED", 0.0)

    def interrupt(_, epoch, what):
        if (epoch, what) == (4, "training"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study("digits", *data, tmp_path / "broken", **options, progress=interrupt)
    epochs = []
    found = run_study(
        "digits",
        *data,
        tmp_path / "broken",
        **options,
        resume=True,
        progress=lambda _, epoch, what: epochs.append(epoch),
    )
    assert epochs[0] == 4
    assert_the_same(found, whole)


@pytest.mark.parametrize("during", ["training", "recording"])
def test_an_interrupt_costs_no_finished_epoch(data, tmp_path, monkeypatch, during):
    """Though epochs are recorded, and written, more rarely."""
    torch = pytest.importorskip("torch")
    options = {**OPTIONS, "n_trials": 1, "every": [0, 6]}
    whole = run_study("digits", *data, tmp_path / "whole", **options)

    def interrupt_after(function, number):
        calls = []

        def interrupted(*args, **kwargs):
            calls.append(None)
            result = function(*args, **kwargs)
            if len(calls) == number:
                signal.raise_signal(signal.SIGINT)
            return result

        return interrupted

    with monkeypatch.context() as patch:
        if during == "training":  # in the middle of the fifth epoch, with weights changed
            n_batches = -(-len(data[0]) // make_classifier("digits").batch_size)
            step = torch.optim.SGD.step
            patch.setattr(torch.optim.SGD, "step", interrupt_after(step, 4 * n_batches + 1))
        else:
            record = InformationPlane.record
            patch.setattr(InformationPlane, "record", interrupt_after(record, 6))
        with pytest.raises(KeyboardInterrupt):
            run_study("digits", *data, tmp_path / "broken", **options)
    assert torch.load(tmp_path / "broken" / "trials" / "00.pt", weights_only=True)["epoch"] == 4
    assert_the_same(resumed(data, tmp_path / "broken", **options), whole)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupt_in_an_estimate_by_a_network_ends_the_study(
    data, tmp_path, monkeypatch, n_jobs
):
    """MINE by itself would stop training, and give what it has."""
    options = {**OPTIONS, "n_trials": 1, "max_epochs": 2, "every": 1, "n_jobs": n_jobs}
    options["estimator"] = {"mine": MINE(max_epochs=3), "ksg": "ksg"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # three epochs are few
        whole = run_study("digits", *data, tmp_path / "whole", **options)
        fit_loop, pressed = CriticNet.fit_loop, []

        def press(net, *args, **kwargs):
            if (tmp_path / "broken" / "trials" / "00.pt").exists() and not pressed:
                pressed.append(True)
                os.kill(os.getpid(), signal.SIGINT)
            return fit_loop(net, *args, **kwargs)

        monkeypatch.setattr(CriticNet, "fit_loop", press)
        with pytest.raises(KeyboardInterrupt):
            run_study("digits", *data, tmp_path / "broken", **options)
        assert pressed
        assert_the_same(resumed(data, tmp_path / "broken", **options), whole)


def test_the_state_of_torch_is_left_alone(data, tmp_path):
    torch = pytest.importorskip("torch")
    before = torch.get_rng_state()
    run_study("digits", *data, tmp_path, **{**OPTIONS, "max_epochs": 1, "n_trials": 1})
    assert torch.equal(torch.get_rng_state(), before)
