"""MNIST: images of handwritten digits."""

import math
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import validate_params

from ._images import FETCHING, LOADING, Images, ImageSet, fetch_images, load_images

# IDX: two zeros, the type (0x08 is an unsigned byte), the number of dimensions.
_BYTES = b"\x00\x00\x08"


@validate_params(LOADING, prefer_skip_nested_validation=True)
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
    return load_images(_MNIST, folder, subset, return_X_y)


@validate_params(FETCHING, prefer_skip_nested_validation=True)
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
    return fetch_images(_MNIST, data_home, subset, return_X_y)


def _read_pair(images: tuple[Path, bytes], labels: tuple[Path, bytes]) -> Images:
    return read_idx(*images, 3), read_idx(*labels, 1)


def read_idx(path: Path, content: bytes, n_dimensions: int) -> NDArray[np.uint8]:
    """The bytes of an IDX file in the shape that it states."""
    magic, header = _BYTES + bytes([n_dimensions]), 4 + 4 * n_dimensions
    if content[:4] != magic or len(content) < header:
        raise ValueError(
            f"{path} is no IDX file of bytes with {n_dimensions} dimensions: it starts with "
            f"{content[:4].hex(' ') or 'nothing'}, not {magic.hex(' ')}."
        )
    shape = np.frombuffer(content[4:header], ">u4").tolist()
    if len(content) - header != math.prod(shape):
        raise ValueError(
            f"{path} should hold {' x '.join(map(str, shape))} bytes after its header, and "
            f"holds {len(content) - header}: it is not complete, or not what it says."
        )
    return np.frombuffer(content, "u1", offset=header).reshape(shape)


_MNIST = ImageSet(
    name="MNIST",
    openml_id=554,  # "mnist_784", version 1
    shape=(28, 28),
    classes=[str(digit) for digit in range(10)],
    sizes={"train": 60_000, "test": 10_000},
    # The names that the files have had since 1998.
    files={
        part: [(f"{stem}-images-idx3-ubyte", f"{stem}-labels-idx1-ubyte")]
        for part, stem in {"train": "train", "test": "t10k"}.items()
    },
    read=_read_pair,
    loader="load_mnist",
)
