"""Images in their original files, and from a fetch that stands for the network."""

import gzip
import os
import pickle
import struct

import numpy as np
import pytest
from sklearn.utils import Bunch

from skmi.datasets import _images, fetch_cifar10, fetch_mnist, load_cifar10, load_mnist


def write_idx(path, array, *, compress=False):
    header = struct.pack(">4B", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    content = header + array.astype(np.uint8).tobytes()
    if compress:
        path = path.with_name(path.name + ".gz")
        content = gzip.compress(content)
    path.write_bytes(content)
    return path


@pytest.fixture
def mnist(tmp_path, rng):
    """A folder with seven images for training, compressed, and five for testing."""
    parts = {}
    for stem, n in (("train", 7), ("t10k", 5)):
        images, labels = rng.integers(0, 256, (n, 28, 28)), rng.integers(0, 10, n)
        write_idx(tmp_path / f"{stem}-images-idx3-ubyte", images, compress=stem == "train")
        write_idx(tmp_path / f"{stem}-labels-idx1-ubyte", labels)
        parts[stem] = images, labels
    return tmp_path, parts


def test_mnist_as_written(mnist):
    folder, parts = mnist
    for subset, stem in (("train", "train"), ("test", "t10k")):
        images, labels = parts[stem]
        loaded = load_mnist(folder, subset=subset)
        np.testing.assert_array_equal(np.rint(loaded.data * 255), images.reshape(len(images), -1))
        np.testing.assert_array_equal(loaded.target, labels)
        assert loaded.images.shape == (len(images), 28, 28)
        assert loaded.data.dtype == np.float32
        assert 0 <= loaded.data.min() <= loaded.data.max() <= 1
    X, y = load_mnist(str(folder), return_X_y=True)
    assert X.shape == (12, 784)
    np.testing.assert_array_equal(y, np.concatenate([parts["train"][1], parts["t10k"][1]]))


def test_one_subset_needs_its_files_alone(mnist):
    folder, _ = mnist
    (folder / "train-labels-idx1-ubyte").unlink()
    assert len(load_mnist(folder, subset="test").data) == 5
    with pytest.raises(FileNotFoundError, match=r"train-labels-idx1-ubyte or .* 'test' are there"):
        load_mnist(folder)
    (folder / "t10k-images-idx3-ubyte").unlink()
    with pytest.raises(FileNotFoundError, match=r"t10k-images-idx3-ubyte.gz\.$"):
        load_mnist(folder, subset="test")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[:-1], "holds 3919: it is not complete"),
        (lambda content: content + b"0", "holds 3921"),
        (lambda content: b"", "starts with nothing"),
        (lambda content: b"\x89PNG" + content, "starts with 89 50 4e 47, not 00 00 08 03"),
        (lambda content: content[:8], "no IDX file"),
        (lambda content: content[:4] + bytes(4) + content[8:16], "should hold 0 x"),
    ],
)
def test_bad_idx_files(mnist, change, message):
    path = mnist[0] / "t10k-images-idx3-ubyte"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(ValueError, match=message):
        load_mnist(mnist[0], subset="test")


def test_mnist_files_that_do_not_fit(mnist, rng):
    folder, _ = mnist
    labels = folder / "t10k-labels-idx1-ubyte"
    write_idx(labels, rng.integers(0, 10, 6))
    with pytest.raises(ValueError, match=r"5 images in t10k-images.* but 6 labels in t10k-labels"):
        load_mnist(folder, subset="test")
    write_idx(labels, np.arange(8, 13))
    with pytest.raises(ValueError, match="values from 0 to 9 expected, got 8 to 12"):
        load_mnist(folder, subset="test")
    write_idx(folder / "t10k-images-idx3-ubyte", rng.integers(0, 9, (5, 27, 28)))
    with pytest.raises(ValueError, match="images of 27 by 28"):
        load_mnist(folder, subset="test")
    packed = folder / "train-images-idx3-ubyte.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(ValueError, match="no complete gzip file"):
        load_mnist(folder, subset="train")


@pytest.mark.parametrize("load", [load_mnist, load_cifar10])
def test_folders_and_subsets(load, tmp_path):
    with pytest.raises(FileNotFoundError, match="is not a folder"):
        load(tmp_path / "none")
    with pytest.raises(ValueError, match="subset"):
        load(tmp_path, subset="valid")
    with pytest.raises(FileNotFoundError, match="has no file"):
        load(tmp_path)


def batch(rng, n=4, **changes):
    content = {
        b"batch_label": b"training batch",
        b"labels": rng.integers(0, 10, n).tolist(),
        b"data": rng.integers(0, 256, (n, 3072)).astype(np.uint8),
        b"filenames": [b"frog_s_000.png"] * n,
    }
    content.update({key.encode(): value for key, value in changes.items()})
    return content


def old_pickle(content):
    """As Python 2 and an old NumPy would name things."""
    return pickle.dumps(content, protocol=2).replace(b"numpy._core.", b"numpy.core.")


@pytest.fixture
def cifar10(tmp_path, rng):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    batches = {}
    for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]:
        batches[name] = batch(rng)
        (folder / name).write_bytes(old_pickle(batches[name]))
    return folder, batches


def test_cifar10_as_written(cifar10):
    folder, batches = cifar10
    loaded = load_cifar10(folder.parent)
    expected = np.concatenate([each[b"data"] for each in batches.values()])
    np.testing.assert_array_equal(np.rint(loaded.data * 255), expected)
    np.testing.assert_array_equal(
        loaded.target, np.concatenate([each[b"labels"] for each in batches.values()])
    )
    assert loaded.images.shape == (24, 3, 32, 32)
    assert loaded.target_names[6] == "frog"
    X, y = load_cifar10(folder, subset="test", return_X_y=True)
    np.testing.assert_array_equal(y, batches["test_batch"][b"labels"])
    assert X.shape == (4, 3072)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_cifar10_from_any_version_of_numpy_and_pickle(cifar10, rng, protocol):
    folder, _ = cifar10
    content = batch(rng)
    (folder / "test_batch").write_bytes(pickle.dumps(content, protocol=protocol))
    if protocol == 5:  # newer than the files, and by way of other functions
        with pytest.raises(ValueError, match="it asks for numpy"):
            load_cifar10(folder, subset="test")
        return
    y = load_cifar10(folder, subset="test", return_X_y=True)[1]
    np.testing.assert_array_equal(y, content[b"labels"])


class Harm:
    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def test_a_pickle_runs_nothing(cifar10, tmp_path, rng):
    folder, _ = cifar10
    trace = tmp_path / "trace"
    for harm in (
        Harm(os.mkdir, str(trace)),
        Harm(eval, f"open({str(trace)!r}, 'w')"),
        Harm(np.save, str(trace), np.ones(1)),
    ):
        (folder / "test_batch").write_bytes(pickle.dumps(batch(rng, extra=harm), protocol=2))
        with pytest.raises(ValueError, match=r"no batch of CIFAR-10, .* it asks for"):
            load_cifar10(folder, subset="test")
    assert not trace.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": [1, 2, 3]}, "4 images, but 3 labels"),
        ({"labels": [1, 2, 3, 10]}, "from 0 to 9 expected, got 1 to 10"),
        ({"labels": ["a", "b", "c", "d"]}, "labels must be whole numbers"),
        ({"labels": None}, "no data and labels"),
        ({"data": np.zeros((4, 3072))}, "bytes of the shape"),
        ({"data": np.zeros((4, 784), np.uint8)}, r"got uint8 of the shape \(4, 784\)"),
        ({"data": b"bytes"}, "no data and labels"),
    ],
)
def test_bad_batches(cifar10, rng, changes, message):
    folder, _ = cifar10
    (folder / "test_batch").write_bytes(old_pickle(batch(rng, **changes)))
    with pytest.raises(ValueError, match=message):
        load_cifar10(folder, subset="test")


@pytest.mark.parametrize("content", [b"", b"\x80", b"PNG", b"\x80\x02}", b"0", b"\x80\x02]."])
def test_no_batches_at_all(cifar10, content):
    folder, _ = cifar10
    (folder / "test_batch").write_bytes(content)
    with pytest.raises(ValueError, match="no batch of CIFAR-10"):
        load_cifar10(folder, subset="test")


FETCHED = {
    fetch_mnist: (70_000, 784, 60_000, 554),
    fetch_cifar10: (60_000, 3072, 50_000, 40927),
}


@pytest.mark.parametrize("fetch", FETCHED)
def test_fetched(monkeypatch, tmp_path, fetch):
    n_samples, n_features, n_train, data_id = FETCHED[fetch]
    data = np.broadcast_to(
        np.array([[0], [255]])[np.arange(2).repeat(n_samples // 2)], (n_samples, n_features)
    )
    target = (np.arange(n_samples) % 10).astype(str)
    asked = {}

    def openml(**options):
        asked.update(options)
        return Bunch(data=data, target=target)

    monkeypatch.setattr(_images, "fetch_openml", openml)
    X, y = fetch(data_home=tmp_path, subset="test", return_X_y=True)
    assert X.shape == (n_samples - n_train, n_features)
    assert (X == 1).all()
    np.testing.assert_array_equal(y, np.arange(n_train, n_samples) % 10)
    assert asked["data_id"] == data_id
    assert asked["data_home"] == tmp_path
    data = data[1:]
    with pytest.raises(ValueError, match=f"{data_id} should hold .*{n_samples} images"):
        fetch()


@pytest.mark.parametrize("fetch", FETCHED)
def test_no_network(monkeypatch, fetch):
    def openml(**options):
        raise OSError("no route to host")

    monkeypatch.setattr(_images, "fetch_openml", openml)
    with pytest.raises(OSError, match=r"no route to host.*original files with load_\w+\(folder\)"):
        fetch()
