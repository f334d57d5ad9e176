"""`skmi infoplane`: from data to pictures, stopped and resumed."""

import gzip
import io
import pickle
import signal
import struct
import sys
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("skorch")
pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")
pytest.importorskip("tqdm")
pytest.importorskip("matplotlib")

from skmi.cli import _infoplane, main  # noqa: E402
from skmi.datasets import _images  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

FAST = ["--trials", "2", "--epochs", "4", "--every", "2", "--samples", "100", "--device", "cpu"]
FAST += ["--estimators", "ksg, ksg-global-linf"]
PICTURES = [f"figure{name}.png" for name in ("8_noise_response", "9_training_dynamics")]
PICTURES += ["figure10_information_plane.png"]


def run(capsys, *arguments):
    code = main(["infoplane", *map(str, arguments)])
    return code, *capsys.readouterr()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The command run to its end: its folder, rows, code and what it said."""
    folder = tmp_path_factory.mktemp("infoplane") / "new" / "digits"
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["infoplane", *FAST, "--out", str(folder)])
    rows = pd.read_parquet(folder / "rows.parquet")
    return SimpleNamespace(
        folder=folder, rows=rows, code=code, out=out.getvalue(), err=err.getvalue()
    )


def test_digits_are_the_default(whole):
    assert whole.code == 0
    assert whole.out.split() == [
        str(whole.folder / name) for name in ("rows.parquet", "noise.parquet", *PICTURES)
    ]
    assert "trial 1 of 2, compiling and measuring for the first time: " in whole.err
    assert "trial 2 of 2, noise: 100%" in whole.err
    assert "trial 2 of 2, done: 100%" in whole.err
    assert "8/8 epochs" in whole.err
    assert whole.rows.groupby(["trial", "epoch", "estimator"]).size().eq(1).all()
    assert set(whole.rows["epoch"]) == {0, 2, 4}
    for name in PICTURES:
        assert (whole.folder / name).read_bytes().startswith(b"\x89PNG")


def test_a_study_is_not_overwritten(whole, capsys):
    code, _, err = run(capsys, "digits", *FAST, "--out", whole.folder)
    assert code == 2
    assert "holds a study already: go on with it (resume)" in err
    assert run(capsys, "digits", *FAST, "--out", whole.folder, "--resume")[0] == 0
    pd.testing.assert_frame_equal(pd.read_parquet(whole.folder / "rows.parquet"), whole.rows)


def test_mine_gets_the_critic_of_the_paper(tmp_path, capsys, monkeypatch):
    asked = {}

    def study(name, X, y, folder, **options):
        asked.update(options["estimator"])
        raise KeyboardInterrupt

    monkeypatch.setattr(_infoplane, "run_study", study)
    assert run(capsys, "ib", "--estimators", "mine-global,ksg,mine")[0] == 130
    assert list(asked) == ["mine-global", "ksg", "mine"]
    assert asked["mine"].hidden_layer_sizes == (30, 30)
    assert asked["mine-global"].estimator.hidden_layer_sizes == (30, 30)


def write_idx(path, array):
    header = struct.pack(">4B", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes()))


def test_mnist_from_original_files(tmp_path, capsys, rng):
    write_idx(tmp_path / "t10k-images-idx3-ubyte.gz", rng.integers(0, 256, (60, 28, 28)))
    write_idx(tmp_path / "t10k-labels-idx1-ubyte.gz", np.arange(60) % 10)
    options = ["--data", tmp_path, "--out", tmp_path / "out", "--trials", 1, "--epochs", 1]
    options += ["--estimators", "ksg", "--device", "cpu"]
    code, _, err = run(capsys, "mnist", *options)
    assert code == 2
    assert "has no file train-images" in err
    assert "The files of subset 'test' are there." in err
    assert run(capsys, "mnist", *options, "--subset", "test")[0] == 0
    assert len(pd.read_parquet(tmp_path / "out" / "rows.parquet")) == 2


def test_cifar10_from_original_files(tmp_path, capsys, rng):
    batches = tmp_path / "data" / "cifar-10-batches-py"
    batches.mkdir(parents=True)
    content = {b"data": rng.integers(0, 256, (12, 3072)).astype(np.uint8), b"labels": [3, 8] * 6}
    (batches / "test_batch").write_bytes(pickle.dumps(content, protocol=2))
    options = ["--data", batches.parent, "--subset", "test", "--out", tmp_path / "out"]
    options += ["--trials", 1, "--epochs", 1, "--estimators", "ksg", "--device", "cpu"]
    assert run(capsys, "cifar10", *options)[0] == 0
    rows = pd.read_parquet(tmp_path / "out" / "rows.parquet")
    assert rows["layer"].tolist() == ["global_average_pool"] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ib", "--data", "."], "--data is for mnist and cifar10, not ib"),
        (["digits", "--estimators", "kgs"], "no estimator 'kgs'; choose from"),
        (["digits", "--device", "cuda:9"], "There is no device 'cuda:9' to train on: "),
        (["digits", "--device", "gpu"], "There is no device 'gpu' to train on: "),
        (["digits", "--device", "meta"], "There is no device 'meta' to train on: "),
        (["digits", "--every", "70,80"], "records none of the epochs from 0 to 60"),
        (["mnist", "--data", "no-such-folder"], "'no-such-folder' is not a folder"),
    ],
)
def test_one_line_and_code_2(tmp_path, capsys, arguments, message):
    code, out, err = run(capsys, *arguments, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_error_does_not_block_the_folder(tmp_path, capsys):
    """What can be asked for anew with the same --out."""
    out = ["--out", tmp_path / "out"]
    for wrong in (["--device", "gpu"], ["--estimators", "none"]):
        assert run(capsys, "digits", *FAST, *out, *wrong)[0] == 2
    code, _, err = run(capsys, "digits", *FAST, *out, "--samples", "3")
    assert (code, err.splitlines()[-1][:12]) == (2, "skmi: error:")  # too few for three neighbours
    assert run(capsys, "digits", *FAST, "--epochs", "1", "--trials", "1", *out)[0] == 0


def test_what_is_missing_is_said_before_the_training(tmp_path, capsys, monkeypatch):
    for module in ("matplotlib", "tqdm", "pyarrow"):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, module, None)
            code, _, err = run(capsys, "digits", *FAST, "--out", tmp_path / "out")
        assert code == 2
        assert f"needs {module}: pip install" in err
        assert not (tmp_path / "out").exists()


def test_a_file_is_no_folder(tmp_path, capsys):
    (tmp_path / "out").write_text("")
    code, _, err = run(capsys, "digits", "--out", tmp_path / "out")
    assert code == 2
    assert "is a file; it should be a folder" in err


def test_no_network(tmp_path, capsys, monkeypatch):
    def openml(**options):
        raise OSError("no route to host")

    monkeypatch.setattr(_images, "fetch_openml", openml)
    code, _, err = run(capsys, "mnist", "--out", tmp_path / "out")
    assert code == 2
    assert "no route to host" in err
    assert "For this command: --data DIR." in err


def test_epochs_themselves(tmp_path, capsys):
    options = ["--trials", "1", "--epochs", "4", "--every", "0,1,4", "--samples", "50"]
    options += ["--estimators", "ksg", "--out", tmp_path / "out"]
    assert run(capsys, "digits", *options)[0] == 0
    assert pd.read_parquet(tmp_path / "out" / "rows.parquet")["epoch"].tolist() == [0, 1, 4]


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--epochs", "0", "a whole number of at least 1 is needed, got '0'"),
        ("--trials", "x", "a whole number of at least 1 is needed, got 'x'"),
        ("--samples", "1", "a whole number of at least 2 is needed, got '1'"),
        ("--every", "0,x", "a whole number of at least 0 is needed, got 'x'"),
        ("--every", "0,-1", "a whole number of at least 0 is needed, got '-1'"),
        ("--every", "", "a whole number of at least 1 is needed, got ''"),
        ("--n-jobs", "0", "a whole number of at least 1 is needed, got '0'"),
        ("--seed", "-1", "a whole number of at least 0 is needed, got '-1'"),
    ],
)
def test_numbers_are_checked(capsys, option, value, message):
    with pytest.raises(SystemExit):
        main(["infoplane", "digits", f"{option}={value}"])
    assert f"argument {option}: {message}" in capsys.readouterr().err


@pytest.mark.parametrize("epoch", [0, 3, 4])
def test_an_interrupt_stops_it_and_resume_goes_on(tmp_path, capsys, monkeypatch, whole, epoch):
    """As Ctrl-C sends it; the rows are those of a run that was not stopped."""
    folder = tmp_path / "stopped"

    class StoppedBar(_infoplane.Bar):
        def __call__(self, trial, done, what):
            super().__call__(trial, done, what)
            if (trial, done) == (1, epoch):
                signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(_infoplane, "Bar", StoppedBar)
        code, out, err = run(capsys, "digits", *FAST, "--out", folder)
    assert code == 130
    assert f"What was recorded is in {folder}; the same with --resume goes on." in out
    assert "Traceback" not in err
    assert not (folder / "rows.parquet").exists()
    assert run(capsys, "digits", *FAST, "--out", folder, "--resume")[0] == 0
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "rows.parquet"), whole.rows)
