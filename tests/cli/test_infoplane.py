"""`skmi infoplane`: from data to pictures, stopped and resumed."""

import gzip
import os
import re
import signal
import struct
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("skorch")
pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")
pytest.importorskip("tqdm")
pytest.importorskip("matplotlib")

from skmi.cli import main  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:The best relative scale")

FAST = ["--trials", "2", "--epochs", "3", "--samples", "100", "--device", "cpu"]
FAST += ["--estimators", "ksg, ksg-global-linf"]
PICTURES = [f"figure{name}.png" for name in ("8_noise_response", "9_training_dynamics")]
PICTURES += ["figure10_information_plane.png"]


def run(capsys, *arguments):
    code = main(["infoplane", *map(str, arguments)])
    return code, *capsys.readouterr()


def test_digits(tmp_path, capsys):
    folder = tmp_path / "new" / "digits"
    code, out, err = run(capsys, "digits", *FAST, "--out", folder)
    assert code == 0
    assert out.split() == [
        str(folder / name) for name in ("rows.parquet", "noise.parquet", *PICTURES)
    ]
    assert "trial 2 of 2: 100%" in err
    assert "6/6" in err
    rows = pd.read_parquet(folder / "rows.parquet")
    assert rows.groupby(["trial", "epoch", "estimator"]).size().eq(1).all()
    assert set(rows["epoch"]) == {0, 1, 2, 3}
    for name in PICTURES:
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    code, out, err = run(capsys, "digits", *FAST, "--out", folder)
    assert code == 2
    assert "holds a study of 'digits' already: go on with it" in err
    before = rows
    assert run(capsys, "digits", *FAST, "--out", folder, "--resume")[0] == 0
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "rows.parquet"), before)


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
    assert run(capsys, "mnist", *options, "--subset", "test")[0] == 0
    assert len(pd.read_parquet(tmp_path / "out" / "rows.parquet")) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ib", "--data", "."], "--data is for mnist and cifar10, not ib"),
        (["digits", "--estimators", "kgs"], "no estimator 'kgs'; choose from"),
        (["mnist", "--data", "no-such-folder"], "no-such-folder is not a folder"),
    ],
)
def test_one_line_and_code_2(tmp_path, capsys, arguments, message):
    code, out, err = run(capsys, *arguments, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_numbers_must_be_positive(capsys):
    with pytest.raises(SystemExit):
        main(["infoplane", "digits", "--epochs", "0"])
    assert "a positive number is needed" in capsys.readouterr().err


def test_an_interrupt_stops_it_and_resume_goes_on(tmp_path, capsys):
    folder = tmp_path / "stopped"
    options = [*FAST, "--epochs", "60", "--trials", "1", "--every", "10", "--out", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "skmi", "infoplane", "digits", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    seen = ""
    while not re.search(r"\b(1\d|2\d)/60", seen):
        seen += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "--resume goes on" in out
    assert run(capsys, "digits", *options, "--resume")[0] == 0
    rows = pd.read_parquet(folder / "rows.parquet")
    assert rows[rows["estimator"] == "ksg"]["epoch"].tolist() == list(range(0, 61, 10))
