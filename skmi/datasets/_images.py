"""What the loaders of images share: one form for all, and the download from OpenML."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch

SUBSETS = ("train", "test", "all")

# Parameters that the loaders have in common, as scikit-learn declares them.
FOLDER: list[Any] = [str, os.PathLike]

# Grey levels and colours come as bytes.
_WHITE = np.float32(255)


def make_bunch(
    data: NDArray[Any],
    target: NDArray[Any],
    shape: tuple[int, ...],
    names: list[str],
    return_X_y: bool,
) -> Any:
    """The images as rows of float32 between 0 and 1, the labels as integers."""
    data = data.reshape(len(data), -1).astype(np.float32)
    data /= _WHITE
    target = target.astype(np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data, target=target, images=data.reshape(-1, *shape), target_names=np.array(names)
    )


def find_folder(folder: str | os.PathLike[str], subset: str) -> Path:
    """The folder, if it is one; a clear error for it or for an unknown subset."""
    if subset not in SUBSETS:
        raise ValueError(f"subset must be one of {SUBSETS}, got {subset!r}.")
    if not str(folder).strip():
        raise ValueError(f"folder must be a path, got {folder!r}.")
    path = Path(folder)
    if not path.is_dir():
        raise FileNotFoundError(f"{path} is not a folder.")
    return path


def missing_file(
    folder: Path, name: str, files: Mapping[str, Sequence[str]], suffixes: Sequence[str] = ("",)
) -> FileNotFoundError:
    """An error for a file that is not there; it names the subset that is, if one is."""
    ways = " or ".join(name + suffix for suffix in suffixes)
    there = [
        part
        for part, names in files.items()
        if all(any((folder / (each + s)).is_file() for s in suffixes) for each in names)
    ]
    hint = f" The files of subset {there[0]!r} are there." if there else ""
    return FileNotFoundError(f"{folder} has no file {ways}.{hint}")


def fetch_images(
    name: str,
    data_id: int,
    shape: tuple[int, int],
    data_home: str | os.PathLike[str] | None,
    loader: str,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Images and labels from OpenML, all of them, checked.

    Raises
    ------
    OSError
        If they are neither in `data_home` nor can be fetched.
    ValueError
        If what came is not what was asked for.
    """
    if data_home is not None and not str(data_home).strip():
        raise ValueError(f"data_home must be a path or None, got {data_home!r}.")
    try:
        bunch = fetch_openml(
            data_id=data_id, data_home=data_home, as_frame=False, parser="liac-arff"
        )
    except OSError as error:
        raise OSError(
            f"{name} could not be fetched from OpenML ({error}). Fetch it where there is a "
            f"network and copy data_home, or read the original files with {loader}(folder)."
        ) from error
    data = np.asarray(bunch.data)
    if data.shape != shape or len(bunch.target) != shape[0]:
        raise ValueError(
            f"OpenML's data set {data_id} should hold {name}: {shape[0]} images of {shape[1]} "
            f"values. It has the shape {data.shape} and {len(bunch.target)} labels."
        )
    refuse_other_values(data, f"OpenML's data set {data_id}", 255)
    target = np.asarray(bunch.target).astype(np.int64)
    refuse_other_values(target, f"the labels of OpenML's data set {data_id}", 9)
    return data, target


def refuse_other_values(values: NDArray[Any], place: str, largest: int) -> None:
    """An error unless all values lie from 0 to `largest`."""
    low, high = values.min(), values.max()
    if not (low >= 0 and high <= largest):
        raise ValueError(f"{place}: values from 0 to {largest} expected, got {low} to {high}.")
