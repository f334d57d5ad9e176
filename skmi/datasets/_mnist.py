"""MNIST: images of handwritten digits."""

import gzip
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import StrOptions, validate_params

from ._images import (
    FOLDER,
    SUBSETS,
    fetch_images,
    find_folder,
    make_bunch,
    missing_file,
    refuse_other_values,
)

_SHAPE = (28, 28)
_DIGITS = [str(digit) for digit in range(10)]
_OPENML_ID = 554  # "mnist_784", version 1

# The names that the files have had since 1998, for each part: images and labels.
_FILES = {
    part: (f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte")
    for part, stem in {"train": "train", "test": "t10k"}.items()
}
_SUFFIXES = ("", ".gz")

# IDX: two zeros, the type (0x08 is an unsigned byte), the number of dimensions.
_IMAGES = (b"\x00\x00\x08\x03", 3)
_LABELS = (b"\x00\x00\x08\x01", 1)


@validate_params(
    {"folder": FOLDER, "subset": [StrOptions(set(SUBSETS))], "return_X_y": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def load_mnist(
    folder: str | os.PathLike[str], *, subset: str = "all", return_X_y: bool = False
) -> Any:
    """Load MNIST from its original files.

    Parameters
    ----------
    folder : path-like
        Holds ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``,
        ``t10k-images-idx3-ubyte`` and ``t10k-labels-idx1-ubyte``, or those of the subset
        alone; each as it is or with ``.gz`` appended.
    subset : {"train", "test", "all"}, default="all"
        The 60,000 images for training, the 10,000 for testing, or both in this order.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    mnist : :class:`~sklearn.utils.Bunch`
        With ``data`` of shape (n_samples, 784), float32 between 0 and 1, row by row of
        each image; ``target`` of shape (n_samples,), the digits; ``images`` of shape
        (n_samples, 28, 28); ``target_names``.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is not what its name says, or not complete.

    See Also
    --------
    fetch_mnist : The same, from OpenML.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to
       document recognition", Proceedings of the IEEE 86 (1998).

    Examples
    --------
    >>> from skmi.datasets import load_mnist
    >>> X, y = load_mnist("MNIST/raw", return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (70000, 784)
    """
    path = find_folder(folder, subset)
    parts = [_load_part(path, *files) for part, files in _FILES.items() if subset in (part, "all")]
    images, labels = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    return make_bunch(images, labels, _SHAPE, _DIGITS, return_X_y)


@validate_params(
    {"data_home": [*FOLDER, None], "subset": [StrOptions(set(SUBSETS))], "return_X_y": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def fetch_mnist(
    *,
    data_home: str | os.PathLike[str] | None = None,
    subset: str = "all",
    return_X_y: bool = False,
) -> Any:
    """Fetch MNIST from OpenML, once; later calls read what was kept.

    Parameters
    ----------
    data_home : path-like, default=None
        Where :func:`sklearn.datasets.fetch_openml` keeps it; None is
        ``~/scikit_learn_data``.
    subset : {"train", "test", "all"}, default="all"
        The 60,000 images for training, the 10,000 for testing, or both in this order.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    mnist : :class:`~sklearn.utils.Bunch`
        As `load_mnist` returns it.

    Raises
    ------
    OSError
        If it is not in `data_home` and cannot be fetched.
    ValueError
        If what was fetched is something else.

    See Also
    --------
    load_mnist : The same, from the original files.

    Examples
    --------
    >>> from skmi.datasets import fetch_mnist
    >>> X, y = fetch_mnist(subset="test", return_X_y=True)  # doctest: +SKIP
    """
    data, target = fetch_images("MNIST", _OPENML_ID, (70_000, 784), data_home, "load_mnist")
    rows = {"train": slice(60_000), "test": slice(60_000, None), "all": slice(None)}[subset]
    return make_bunch(data[rows], target[rows], _SHAPE, _DIGITS, return_X_y)


def _load_part(
    folder: Path, images_name: str, labels_name: str
) -> tuple[NDArray[Any], NDArray[Any]]:
    images = read_idx(folder, images_name, *_IMAGES)
    labels = read_idx(folder, labels_name, *_LABELS)
    if images.shape[1:] != _SHAPE:
        raise ValueError(
            f"{folder / images_name}: images of {images.shape[1]} by {images.shape[2]} pixels, "
            "where MNIST has 28 by 28."
        )
    if len(images) != len(labels):
        raise ValueError(
            f"{folder}: {len(images)} images in {images_name} but {len(labels)} labels in "
            f"{labels_name}; they do not belong together."
        )
    refuse_other_values(labels, str(folder / labels_name), 9)
    return images, labels


def read_idx(folder: Path, name: str, magic: bytes, n_dimensions: int) -> NDArray[np.uint8]:
    """The bytes of an IDX file, plain or compressed, in the shape that it states."""
    paths = [path for suffix in _SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
    if not paths:
        raise missing_file(folder, name, _FILES, _SUFFIXES)
    path = paths[0]
    content = path.read_bytes()
    if path.suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{path} is no complete gzip file: {error}") from error
    header = 4 + 4 * n_dimensions
    if content[:4] != magic or len(content) < header:
        raise ValueError(
            f"{path} is no IDX file of bytes with {n_dimensions} dimensions: it starts with "
            f"{content[:4].hex(' ') or 'nothing'}, not {magic.hex(' ')}."
        )
    shape = np.frombuffer(content[4:header], ">u4").astype(int)
    if len(content) - header != shape.prod() or shape.prod() == 0:
        raise ValueError(
            f"{path} should hold {' x '.join(map(str, shape))} bytes after its header, and "
            f"holds {len(content) - header}: it is not complete, or not what it says."
        )
    return np.frombuffer(content[header:], np.uint8).reshape(shape)
