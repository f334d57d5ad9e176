"""CIFAR-10: small colour images of ten kinds."""

import os
import pickle
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

_SHAPE = (3, 32, 32)
_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
_OPENML_ID = 40927  # "CIFAR_10", version 1
_INNER_FOLDER = "cifar-10-batches-py"  # inside the archive of the original files
_FILES = {"train": [f"data_batch_{number}" for number in range(1, 6)], "test": ["test_batch"]}

# All that a pickled array of bytes needs, from any version of NumPy or Python.
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}


@validate_params(
    {"folder": FOLDER, "subset": [StrOptions(set(SUBSETS))], "return_X_y": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def load_cifar10(
    folder: str | os.PathLike[str], *, subset: str = "all", return_X_y: bool = False
) -> Any:
    """Load CIFAR-10 from the original files for Python.

    The files are pickles. They are read without running what a pickle could hold: only
    arrays, numbers, strings, lists and dicts are let in.

    Parameters
    ----------
    folder : path-like
        Holds ``data_batch_1`` to ``data_batch_5`` and ``test_batch``, or those of the
        subset alone, or a folder ``cifar-10-batches-py`` that does.
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
    path = find_folder(folder, subset)
    if (path / _INNER_FOLDER).is_dir():
        path = path / _INNER_FOLDER
    names = [name for part, files in _FILES.items() if subset in (part, "all") for name in files]
    batches = [_load_batch(path / name) for name in names]
    images, labels = (np.concatenate(arrays) for arrays in zip(*batches, strict=True))
    return make_bunch(images, labels, _SHAPE, _NAMES, return_X_y)


@validate_params(
    {"data_home": [*FOLDER, None], "subset": [StrOptions(set(SUBSETS))], "return_X_y": ["boolean"]},
    prefer_skip_nested_validation=True,
)
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
    data, target = fetch_images("CIFAR-10", _OPENML_ID, (60_000, 3072), data_home, "load_cifar10")
    rows = {"train": slice(50_000), "test": slice(50_000, None), "all": slice(None)}[subset]
    return make_bunch(data[rows], target[rows], _SHAPE, _NAMES, return_X_y)


class _ArraysOnly(pickle.Unpickler):
    """Reads pickles of arrays and plain values; any other class or function is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        if name == "_reconstruct":
            return _reconstruct
        return super().find_class(module, name)


def _reconstruct(subtype: Any, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """What NumPy's function of that name does, wherever this version of NumPy has it."""
    if subtype is not np.ndarray:
        raise pickle.UnpicklingError(f"it asks for an array of the type {subtype!r}")
    return np.ndarray.__new__(subtype, shape, dtype)


def _load_batch(path: Path) -> tuple[NDArray[Any], NDArray[Any]]:
    if not path.is_file():
        raise missing_file(path.parent, path.name, _FILES)
    try:
        with path.open("rb") as file:
            content = _ArraysOnly(file, encoding="bytes").load()
    # A file of any other kind can make the reader stumble in any of these ways.
    except (
        pickle.UnpicklingError,
        AttributeError,
        EOFError,
        ImportError,
        IndexError,
        KeyError,
        OverflowError,
        TypeError,
        ValueError,
    ) as error:
        raise ValueError(f"{path} is no batch of CIFAR-10, or not complete: {error}") from error
    entries = content if isinstance(content, dict) else {}
    images = entries.get(b"data", entries.get("data"))
    labels = entries.get(b"labels", entries.get("labels"))
    if not isinstance(images, np.ndarray) or not isinstance(labels, list | np.ndarray):
        raise ValueError(f"{path} is no batch of CIFAR-10: it has no data and labels.")
    if images.dtype != np.uint8 or images.ndim != 2 or images.shape[1] != np.prod(_SHAPE):
        raise ValueError(
            f"{path}: bytes of the shape (n_images, 3072) expected, got {images.dtype} of the "
            f"shape {images.shape}."
        )
    if len(images) == 0 or len(images) != len(labels):
        raise ValueError(f"{path}: {len(images)} images, but {len(labels)} labels.")
    target = np.asarray(labels)
    if target.dtype.kind not in "iu":
        raise ValueError(f"{path}: labels must be whole numbers, got {target.dtype}.")
    refuse_other_values(target, f"the labels of {path}", 9)
    return images, target
