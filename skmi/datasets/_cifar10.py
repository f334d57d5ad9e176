"""CIFAR-10: small colour images of ten kinds."""

import io
import math
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils._param_validation import validate_params

from ._images import FETCHING, LOADING, Images, ImageSet, fetch_images, load_images

# What a pickled array of bytes asks for, by any version of NumPy or Python.
_NAMES_IN_PICKLED_ARRAYS = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}


@validate_params(LOADING, prefer_skip_nested_validation=True)
def load_cifar10(
    folder: str | os.PathLike[str], *, subset: str = "all", return_X_y: bool = False
) -> Any:
    """Load CIFAR-10 from the original files for Python.

    The files are pickles. They are read without calling anything that a pickle could ask
    for: only plain values are built, and the images are taken as the bytes they are.

    Parameters
    ----------
    folder : path-like
        Holds ``data_batch_1`` to ``data_batch_5`` and ``test_batch``, or those of the
        subset alone, or a folder ``cifar-10-batches-py`` that does; each as it is or with
        ``.gz`` appended.
    subset : {"train", "test", "all"}, default="all"
        The 50,000 images for training, the 10,000 for testing, or both in this order.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    cifar10 : :class:`~sklearn.utils.Bunch`
        With ``data`` of shape (n_samples, 3072), float32 between 0 and 1, red, green and
        blue after each other; ``target`` of shape (n_samples,); ``images`` of shape
        (n_samples, 3, 32, 32); ``target_names``.

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is not what its name says, or not complete.

    See Also
    --------
    fetch_cifar10 : The same, from OpenML.

    References
    ----------
    .. [1] A. Krizhevsky, "Learning multiple layers of features from tiny images",
       University of Toronto (2009).

    Examples
    --------
    >>> from skmi.datasets import load_cifar10
    >>> X, y = load_cifar10("cifar-10-batches-py", return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (60000, 3072)
    """
    return load_images(_CIFAR10, folder, subset, return_X_y)


@validate_params(FETCHING, prefer_skip_nested_validation=True)
def fetch_cifar10(
    *,
    data_home: str | os.PathLike[str] | None = None,
    subset: str = "all",
    return_X_y: bool = False,
) -> Any:
    """Fetch CIFAR-10 from OpenML, once; later calls read what was kept.

    Parameters
    ----------
    data_home : path-like, default=None
        Where :func:`sklearn.datasets.fetch_openml` keeps it; None is
        ``~/scikit_learn_data``.
    subset : {"train", "test", "all"}, default="all"
        The 50,000 images for training, the 10,000 for testing, or both in this order.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.

    Returns
    -------
    cifar10 : :class:`~sklearn.utils.Bunch`
        As `load_cifar10` returns it.

    Raises
    ------
    OSError
        If it is not in `data_home` and cannot be fetched.
    ValueError
        If what was fetched is something else.

    See Also
    --------
    load_cifar10 : The same, from the original files.

    Examples
    --------
    >>> from skmi.datasets import fetch_cifar10
    >>> X, y = fetch_cifar10(subset="test", return_X_y=True)  # doctest: +SKIP
    """
    return fetch_images(_CIFAR10, data_home, subset, return_X_y)


class _PlainValues(pickle._Unpickler):
    """Reads a pickle and builds plain values alone: nothing of NumPy is called.

    What would make an array is noted instead. All that a file can ask for is made anew each
    time, so that nothing a file does to it lasts. The reader is the one written in Python,
    which sets no memory aside on the word of a file.
    """

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES_IN_PICKLED_ARRAYS:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")

        class Asked:
            asked_for = name

            def __init__(self, *arguments: Any) -> None:
                self.arguments = arguments

            def __setstate__(self, state: Any) -> None:
                self.state = state

        # Python 3 writes bytes so where the protocol has none.
        return Asked if name != "encode" else lambda text, _: text.encode("latin1")

    def get_extension(self, code: int) -> Any:
        raise pickle.UnpicklingError(f"it asks for the registered class {code}")


def _read_pickle(file: tuple[Path, bytes]) -> Images:
    path, content = file
    try:
        entries = _PlainValues(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a file of another kind can make the reader stumble in any way
        raise ValueError(f"{path} is no batch of CIFAR-10, or not complete: {error}") from error
    if not isinstance(entries, dict) or not {b"data", "data"} & set(entries):
        raise ValueError(f"{path} is no batch of CIFAR-10: it has no data and labels.")
    images = _bytes_of_array(entries.get(b"data", entries.get("data")))
    labels = entries.get(b"labels", entries.get("labels"))
    if images is None:
        raise ValueError(f"{path}: its data are no array of bytes, of 3072 for each image.")
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise ValueError(f"{path}: its labels are no list of whole numbers.")
    return images, np.array(labels)


def _bytes_of_array(noted: Any) -> NDArray[np.uint8] | None:
    """The array noted, if it is one of bytes with a row for each image."""
    try:
        _, (n_images, n_bytes), dtype, by_columns, content = noted.state
        of_bytes = dtype.asked_for == "dtype" and dtype.arguments[0] in ("u1", b"u1")
    except (AttributeError, IndexError, TypeError, ValueError):
        return None
    if not of_bytes or by_columns or n_bytes != math.prod(_SHAPE):
        return None
    if not isinstance(content, bytes) or len(content) != n_images * n_bytes:
        return None
    return np.frombuffer(content, "u1").reshape(-1, n_bytes)


_SHAPE = (3, 32, 32)

_CIFAR10 = ImageSet(
    name="CIFAR-10",
    openml_id=40927,  # "CIFAR_10", version 1
    shape=_SHAPE,
    classes=[
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ],
    sizes={"train": 50_000, "test": 10_000},
    files={
        "train": [(f"data_batch_{number}",) for number in range(1, 6)],
        "test": [("test_batch",)],
    },
    read=_read_pickle,
    loader="load_cifar10",
    inner_folder="cifar-10-batches-py",
)
