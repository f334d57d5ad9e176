"""Images in their original files, and from a fetch that stands for the network."""

import codecs
import gzip
import os
import pickle
import struct
import sys
import tracemalloc

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
        (lambda content: content[:4] + bytes(4) + content[8:], "should hold 0 x"),
        (lambda content: content[:4] + b"\xff" * 12 + content[16:], "should hold 4294967295 x"),
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
    with pytest.raises(ValueError, match=r"t10k-labels-idx1-ubyte: 5 images but 6 labels"):
        load_mnist(folder, subset="test")
    write_idx(labels, np.arange(8, 13))
    with pytest.raises(ValueError, match="values from 0 to 9 expected, got 8 to 12"):
        load_mnist(folder, subset="test")
    write_idx(folder / "t10k-images-idx3-ubyte", rng.integers(0, 9, (5, 27, 28)))
    with pytest.raises(ValueError, match="images of 27 x 28 bytes, where MNIST has 28 x 28"):
        load_mnist(folder, subset="test")
    write_idx(folder / "t10k-images-idx3-ubyte", np.zeros((0, 28, 28)))
    write_idx(labels, np.zeros(0))
    with pytest.raises(ValueError, match="there are no images"):
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
    packed = folder / "test_batch.gz"
    packed.write_bytes(gzip.compress((folder / "test_batch").read_bytes()))
    (folder / "test_batch").unlink()
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


class Asks:
    """Pickled as a call, with a state that is set afterwards."""

    def __init__(self, function, *arguments, state=None):
        self.call = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.call


def load_forged(folder, content):
    (folder / "test_batch").write_bytes(
        content if isinstance(content, bytes) else pickle.dumps(content, protocol=2)
    )
    return load_cifar10(folder, subset="test")


def test_a_pickle_runs_nothing(cifar10, tmp_path, rng):
    folder, _ = cifar10
    trace = tmp_path / "trace"
    for harm in (
        Asks(os.mkdir, str(trace)),
        Asks(eval, f"open({str(trace)!r}, 'w')"),
        Asks(np.save, str(trace), np.ones(1)),
    ):
        with pytest.raises(ValueError, match=r"no batch of CIFAR-10, .* it asks for"):
            load_forged(folder, batch(rng, extra=harm))
    assert not trace.exists()


def forged_array(content, dtype, shape, *, state=None):
    """What numpy writes for an array, with anything in the place of its parts."""
    reconstruct, arguments, _ = np.zeros(1, "u1").__reduce__()
    if state is not None:
        dtype = Asks(np.dtype, dtype, False, True, state=state)
    return Asks(reconstruct, *arguments, state=(1, shape, dtype, False, content))


def test_bytes_never_become_pointers(cifar10, rng):
    """A dtype of objects that says of itself that it holds none would take bytes for them."""
    folder, _ = cifar10
    thing = object()
    before = sys.getrefcount(thing)
    pointers = struct.pack("<q", id(thing)) * (2 * 3072)
    for dtype, state in (
        ("O8", (3, "|", None, None, None, -1, -1, 0)),
        ("V8", (3, "|", None, ("a",), {"a": (np.dtype("O"), 0)}, 8, 1, 0)),
    ):
        for shape in ((2, 3072), (16, 3072)):
            content = batch(rng, 2, data=forged_array(pointers, dtype, shape, state=state))
            with pytest.raises(ValueError, match="no array of bytes"):
                load_forged(folder, content)
            labels = forged_array(pointers[:16], dtype, (2,), state=state)
            with pytest.raises(ValueError, match="no list of whole numbers"):
                load_forged(folder, batch(rng, 2, labels=labels))
    assert sys.getrefcount(thing) == before


def test_a_dtype_is_not_asked_what_its_bytes_are(cifar10, rng):
    """Whatever state a dtype of bytes comes with: its bytes are taken as they are."""
    folder, _ = cifar10
    content = batch(rng, 2)
    state = (3, "|", None, None, None, 2**40, 2**40, 255)
    array = forged_array(content[b"data"].tobytes(), "u1", (2, 3072), state=state)
    loaded = load_forged(folder, {**content, b"data": array})
    np.testing.assert_array_equal(np.rint(loaded.data * 255), content[b"data"])


@pytest.mark.parametrize(
    ("content", "shape"),
    [
        (bytes(3072), (2, 3072)),
        (bytes(3072), (-1, 3072)),
        (bytes(3072), (2**62, 3072)),
        (bytes(3072), 3072),
        ("text", (1, 3072)),
        ([0] * 3072, (1, 3072)),
        (Asks(codecs.encode, "\u0100" * 3072, "latin1"), (1, 3072)),
        (Asks(codecs.encode, ["a"], "latin1"), (1, 3072)),
        (Asks(np.dtype, "u1"), (1, 3072)),
    ],
)
def test_arrays_that_say_what_they_are_not(cifar10, rng, content, shape):
    folder, _ = cifar10
    data = forged_array(content, np.dtype("u1"), shape)
    with pytest.raises(ValueError, match=r"no array of bytes|no batch of CIFAR-10"):
        load_forged(folder, batch(rng, 1, data=data))


def test_a_small_file_takes_no_large_memory(cifar10):
    folder, _ = cifar10
    for content in (
        b"\x80\x02Nr\xff\xff\xff\x3f.",  # the memo, at its 2^30th place
        b"\x80\x04\x8e" + struct.pack("<q", 2**40) + b"abc.",  # bytes of this length
        b"\x80\x02\x8b" + struct.pack("<i", 2**31 - 1) + b"abc.",  # a number of this length
    ):
        tracemalloc.start()
        with pytest.raises(ValueError, match="no batch of CIFAR-10"):
            load_forged(folder, content)
        assert tracemalloc.get_traced_memory()[1] < 2**22
        tracemalloc.stop()


def test_nothing_that_a_file_does_lasts(cifar10, rng):
    """A pickle can set attributes of what it asked for; the next file must not see them."""
    folder, batches = cifar10
    forged = b"\x80\x02cnumpy\nndarray\n(N}X\x0c\x00\x00\x00__setstate__cnumpy\ndtype\nstb."
    with pytest.raises(ValueError, match="no batch of CIFAR-10"):
        load_forged(folder, forged)
    (folder / "test_batch").write_bytes(old_pickle(batches["test_batch"]))
    y = load_cifar10(folder, subset="test", return_X_y=True)[1]
    np.testing.assert_array_equal(y, batches["test_batch"][b"labels"])


def test_a_compressed_file_holds_no_more_than_images_take(mnist, cifar10, monkeypatch):
    monkeypatch.setattr(_images, "_MOST_CHUNKS", 2)
    for folder, load, name in (
        (mnist[0], load_mnist, "train-images-idx3-ubyte"),
        (cifar10[0], load_cifar10, "data_batch_1"),
    ):
        (folder / name).unlink(missing_ok=True)
        (folder / f"{name}.gz").write_bytes(gzip.compress(bytes(2**22)))
        with pytest.raises(ValueError, match=f"{name}.gz holds more than 2 MiB"):
            load(folder, subset="train")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": [1, 2, 3]}, "4 images but 3 labels"),
        ({"labels": [1, 2, 3, 10]}, "from 0 to 9 expected, got 1 to 10"),
        ({"labels": [1, 2, 3, 2**70]}, "from 0 to 9 expected"),
        ({"labels": ["a", "b", "c", "d"]}, "its labels are no list of whole numbers"),
        ({"labels": [1.0, 2.0, 3.0, 4.0]}, "its labels are no list of whole numbers"),
        ({"labels": [True] * 4}, "its labels are no list of whole numbers"),
        ({"labels": None}, "its labels are no list of whole numbers"),
        ({"data": np.zeros((4, 3072))}, "no array of bytes, of 3072 for each image"),
        ({"data": np.zeros((4, 784), np.uint8)}, "no array of bytes, of 3072 for each image"),
        ({"data": np.zeros((4, 3072), np.uint8, order="F")}, "no array of bytes"),
        ({"data": b"bytes"}, "no array of bytes"),
        ({"data": None}, "no array of bytes"),
    ],
)
def test_bad_batches(cifar10, rng, changes, message):
    folder, _ = cifar10
    (folder / "test_batch").write_bytes(old_pickle(batch(rng, **changes)))
    with pytest.raises(ValueError, match=message):
        load_cifar10(folder, subset="test")


@pytest.mark.parametrize(
    "content", [b"", b"\x80", b"PNG", b"\x80\x02}", b"0", b"\x80\x02].", b"\x80\x02}."]
)
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
