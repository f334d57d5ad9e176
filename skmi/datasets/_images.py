"""What the loaders of images share: files and OpenML in, rows of numbers and labels out."""

import gzip
import os
import zlib
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch
from sklearn.utils._param_validation import StrOptions

SUBSETS = ("train", "test", "all")

_FOLDER: list[Any] = [str, os.PathLike]
_COMMON: dict[str, list[Any]] = {"subset": [StrOptions(set(SUBSETS))], "return_X_y": ["boolean"]}

# Parameters of loading and of fetching, as scikit-learn declares them.
LOADING = {"folder": _FOLDER, **_COMMON}
FETCHING = {"data_home": [*_FOLDER, None], **_COMMON}

# Grey levels and colours come as bytes.
_WHITE = np.float32(255)

_SUFFIXES = ("", ".gz")

# No file of these sets is a tenth as large as so many chunks, but a small compressed file may
# hold far more. Bytes.
_CHUNK, _MOST_CHUNKS = 2**20, 1024

Images = tuple[NDArray[Any], NDArray[Any]]
"""Images as bytes, one to a row, and their labels."""


class ImageSet(NamedTuple):
    """What is known of a set of images."""

    name: str
    openml_id: int
    shape: tuple[int, ...]  # of an image
    classes: list[str]
    sizes: dict[str, int]  # images of each part
    files: dict[str, list[tuple[str, ...]]]  # of each part, those to be read together
    read: Callable[..., Images]  # takes their contents
    loader: str  # reads the files
    inner_folder: str = ""  # holds the files inside their archive


def load_images(
    known: ImageSet, folder: str | os.PathLike[str], subset: str, return_X_y: bool
) -> Any:
    """Images and labels from the original files.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is not what its name says, or not complete.
    """
    path = Path(folder)
    if not os.fspath(folder).strip():
        raise ValueError(f"folder must be a path, got {folder!r}.")
    if not path.is_dir():
        raise FileNotFoundError(f"{os.fspath(folder)!r} is not a folder.")
    if known.inner_folder and (path / known.inner_folder).is_dir():
        path = path / known.inner_folder
    groups = [
        group for part in known.files if subset in (part, "all") for group in known.files[part]
    ]
    batches = [_read_batch(known, [_find(known, path, name) for name in group]) for group in groups]
    images, labels = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    return _make_bunch(known, images, labels, return_X_y)


def fetch_images(
    known: ImageSet, data_home: str | os.PathLike[str] | None, subset: str, return_X_y: bool
) -> Any:
    """Images and labels from OpenML, checked.

    Raises
    ------
    OSError
        If they are neither in `data_home` nor can be fetched.
    ValueError
        If what came is not what was asked for.
    """
    if data_home is not None and not os.fspath(data_home):
        raise ValueError("data_home must be a folder, got an empty string. None is the usual one.")
    try:
        bunch = fetch_openml(
            data_id=known.openml_id, data_home=data_home, as_frame=False, parser="liac-arff"
        )
    except OSError as error:
        raise OSError(
            f"{known.name} could not be fetched from OpenML ({error}). Fetch it where there is "
            f"a network and copy data_home, or read the original files with "
            f"{known.loader}(folder)."
        ) from error
    data, place = np.asarray(bunch.data), f"OpenML's data set {known.openml_id}"
    shape = sum(known.sizes.values()), int(np.prod(known.shape))
    if data.shape != shape or len(bunch.target) != shape[0]:
        raise ValueError(
            f"{place} should hold {known.name}: {shape[0]} images of {shape[1]} values. It has "
            f"the shape {data.shape} and {len(bunch.target)} labels."
        )
    _refuse_other_values(data, place, 255)
    target = np.asarray(bunch.target).astype(np.int64)
    _refuse_other_values(target, f"the labels of {place}", len(known.classes) - 1)
    n_train = known.sizes["train"]
    rows = {"train": slice(n_train), "test": slice(n_train, None), "all": slice(None)}[subset]
    return _make_bunch(known, data[rows], target[rows], return_X_y)


def _find(known: ImageSet, folder: Path, name: str) -> Path:
    """The file, plain or compressed; an error names the part that is there, if one is."""
    paths = [folder / f"{name}{suffix}" for suffix in _SUFFIXES]
    for path in paths:
        if path.is_file():
            return path
    names = {path.name for path in folder.iterdir()}
    there = [
        part
        for part, groups in known.files.items()
        if all(names & {n + s for s in _SUFFIXES} for group in groups for n in group)
    ]
    hint = f" The files of subset {there[0]!r} are there." if there else ""
    raise FileNotFoundError(f"{folder} has no file {' or '.join(p.name for p in paths)}.{hint}")


def _read_batch(known: ImageSet, paths: list[Path]) -> Images:
    """Images and labels of files that belong together, checked."""
    place = " with ".join([str(paths[0]), *(path.name for path in paths[1:])])
    images, labels = known.read(*((path, _contents(path)) for path in paths))
    if images.shape[1:] not in (known.shape, (np.prod(known.shape),)):
        found, expected = (" x ".join(map(str, s)) for s in (images.shape[1:], known.shape))
        raise ValueError(f"{place}: images of {found} bytes, where {known.name} has {expected}.")
    if len(images) != len(labels):
        raise ValueError(
            f"{place}: {len(images)} images but {len(labels)} labels; they do not belong together."
        )
    if not len(images):
        raise ValueError(f"{place}: there are no images.")
    _refuse_other_values(labels, f"the labels of {place}", len(known.classes) - 1)
    return images.reshape(len(images), -1), labels


def _contents(path: Path) -> bytes:
    """All bytes of a file that may be compressed."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            chunks = list(islice(iter(partial(file.read, _CHUNK), b""), _MOST_CHUNKS + 1))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is no complete gzip file: {error}") from error
    if len(chunks) > _MOST_CHUNKS:
        raise ValueError(f"{path} holds more than {_MOST_CHUNKS} MiB: it is no file of images.")
    return b"".join(chunks)


def _refuse_other_values(values: NDArray[Any], place: str, largest: int) -> None:
    """An error unless all values lie from 0 to `largest`."""
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= largest):
        raise ValueError(f"{place}: values from 0 to {largest} expected, got {low} to {high}.")


def _make_bunch(known: ImageSet, data: NDArray[Any], target: NDArray[Any], return_X_y: bool) -> Any:
    """The images as rows of float32 between 0 and 1, the labels as integers."""
    data = data.astype(np.float32)
    data /= _WHITE
    target = target.astype(np.int64)
    if return_X_y:
        return data, target
    images = data.reshape(-1, *known.shape)
    return Bunch(data=data, target=target, images=images, target_names=np.array(known.classes))
