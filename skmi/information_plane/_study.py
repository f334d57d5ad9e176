"""Train a network several times and record what its layer keeps, so that it can be stopped."""

import json
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from .._files import prepare_folder, replacing
from .._optional import import_optional
from .._random import draw_seed
from .._recipes import name_estimators
from .._warn import warn_caller
from ._callback import EPOCH_DONE, Hooks
from ._networks import get_observed_layer, make_classifier, make_network
from ._noise_response import noise_response
from ._plane import InformationPlane
from ._rows import read_frame, write_frame

_SETTINGS = "settings.json"

# What may grow from one run to the next; anything else would be another study.
_MAY_GROW = ("n_trials", "max_epochs")

# Parameters of a network that one thread trains fastest, and elsewhere to the same digits.
_SMALL = 100_000

# What rows depend on beside the settings.
_PACKAGES = ("skmi", "numpy", "scipy", "scikit-learn", "numba", "torch", "skorch")


def run_study(
    name: str,
    X: NDArray[Any],
    y: NDArray[Any],
    folder: Path,
    *,
    n_trials: int,
    max_epochs: int | None = None,
    every: int | list[int] = 1,
    estimator: Any = "ksg-global-linf",
    n_samples: int | None = 5000,
    device: str | None = None,
    resume: bool = False,
    n_jobs: int | None = None,
    random_state: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[Any, Any]:
    """Train one of the paper's networks and record its layer, trial by trial.

    Whatever stops it, `resume` goes on where it was: the rows are those of a run that was
    not stopped. All random numbers of an epoch follow from `random_state`, the trial and
    the epoch.

    Parameters
    ----------
    name : str
        One of `get_network_names`.
    X : ndarray of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Labels from 0.
    folder : Path
        Gets ``rows.parquet``, ``noise.parquet``, ``settings.json`` with seed and
        versions, and for each trial its rows and a checkpoint.
    n_trials : int
        Networks to train, from different weights and in a different order of samples.
    max_epochs : int, default=None
        None is the paper's number.
    every : int or list of int, default=1
        Record every so many epochs, or these, and make checkpoints there.
    estimator : str, list or dict, default="ksg-global-linf"
    n_samples : int or None, default=5000
        How many samples are measured.
    device : str, default=None
        None is a GPU where there is one.
    resume : bool, default=False
        Whether to go on with what is in `folder`.
    n_jobs : int, default=None
        Threads for estimates.
    random_state : int, default=0
    progress : callable, default=None
        Called with trial, epoch and what comes next, ``"training"`` or ``"noise"``: at the
        beginning of each trial and after each epoch.

    Returns
    -------
    rows, noise : :class:`pandas.DataFrame`
        What `InformationPlane` and `noise_response` give, with a column ``trial``.

    Raises
    ------
    FileExistsError
        If the folder holds a study and `resume` is False.
    ValueError
        If it holds another study, or if a network diverged.
    KeyboardInterrupt
        If training was interrupted; what was recorded is kept.

    Warns
    -----
    UserWarning
        If the study goes on with other versions of packages.
    """
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    pandas = import_optional("pandas", purpose="A study of networks", extra="benchmark")
    X, y = np.ascontiguousarray(X, dtype=np.float32), np.asarray(y, dtype=np.int64)
    options = {} if device is None else {"device": device}
    net = make_classifier(name, **options)
    max_epochs = net.max_epochs if max_epochs is None else max_epochs
    estimators = name_estimators(estimator)
    settings = {
        "network": name,
        "n_trials": n_trials,
        "max_epochs": max_epochs,
        "every": every,
        "estimator": {key: " ".join(repr(each).split()) for key, each in estimators.items()},
        "n_samples": n_samples,
        "random_state": random_state,
        "data": [*X.shape, float(X.sum(dtype=np.float64)), int(y.sum())],
    }
    _check_settings(folder, settings, resume)
    # Distances in X are the same for all trials: one object keeps them.
    plane = InformationPlane(
        [get_observed_layer(name)],
        estimator=estimators,
        n_samples=n_samples,
        every=every,
        n_jobs=n_jobs,
        random_state=random_state,
    )
    with torch.random.fork_rng(), _threads_that_pay(torch, name):
        for trial in range(n_trials):
            _run_trial(
                make_classifier(name, **options, max_epochs=max_epochs),
                plane,
                (X, y),
                _Trial(folder, trial, random_state),
                progress,
            )
    frames = []
    for kind in ("rows", "noise"):
        parts = [_Trial(folder, trial, random_state).read(kind) for trial in range(n_trials)]
        frames.append(pandas.concat(parts, ignore_index=True))
        write_frame(frames[-1], folder / f"{kind}.parquet")
    return frames[0], frames[1]


@contextmanager
def _threads_that_pay(torch: Any, name: str) -> Iterator[None]:
    """One thread for a network whose matrices are so small that others would only wait."""
    threads = torch.get_num_threads()
    if sum(parameter.numel() for parameter in make_network(name).parameters()) < _SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Trial:
    """Where a trial keeps its things, and its seeds."""

    def __init__(self, folder: Path, number: int, random_state: int) -> None:
        self.folder = folder / "trials"
        self.number = number
        self.random_state = random_state

    def path(self, kind: str) -> Path:
        suffix = ".pt" if kind == "checkpoint" else ".parquet"
        return self.folder / f"{self.number:02d}-{kind}{suffix}"

    def seed(self, epoch: int) -> int:
        sequence = np.random.SeedSequence(self.random_state, spawn_key=(self.number, epoch))
        return draw_seed(np.random.default_rng(sequence))

    def read(self, kind: str) -> Any:
        frame = read_frame(self.path(kind))
        frame.insert(0, "trial", self.number)
        return frame


class _Keeper(Hooks, BaseEstimator):
    """A callback that seeds each epoch, and keeps the net after those that are recorded."""

    def __init__(self, trial: _Trial, plane: InformationPlane, last: int, progress: Any) -> None:
        self.trial = trial
        self.plane = plane
        self.last = last
        self.progress = progress
        self.finished = False

    def initialize(self) -> "_Keeper":
        return self

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        torch = import_optional("torch", purpose="A study of networks", extra="neural")
        torch.manual_seed(self.trial.seed(len(net.history)))

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        epoch = len(net.history)
        if self.plane.is_due(epoch) or epoch == self.last:
            _save(net, epoch, self.trial.path("checkpoint"))
        if self.progress is not None:
            self.progress(self.trial.number, epoch, "training" if epoch < self.last else "noise")
        self.finished = epoch == self.last


def _run_trial(
    net: Any,
    plane: InformationPlane,
    data: tuple[NDArray[Any], NDArray[Any]],
    trial: _Trial,
    progress: Callable[[int, int, str], None] | None,
) -> None:
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    last = net.max_epochs
    plane.set_params(path=trial.path("rows"))
    # Rows before the checkpoint that goes with them: none is ever missing.
    keeper = _Keeper(trial, plane, last, progress)
    net.set_params(callbacks=[plane, keeper])
    torch.manual_seed(trial.seed(0))
    net.initialize()
    done = _load(net, trial.path("checkpoint"))
    if progress is not None:
        progress(trial.number, done, "training" if done < last else "noise")
    if done < last:
        trial.path("noise").unlink(missing_ok=True)
        if done == 0:
            trial.path("rows").unlink(missing_ok=True)
        net.set_params(max_epochs=last - done)
        net.partial_fit(*data)
        if not keeper.finished:
            raise KeyboardInterrupt  # which skorch has taken for the end of training
    if not trial.path("noise").exists():
        frame = noise_response(
            net.module_,
            plane.layers[0],
            data[0],
            estimator=plane.estimator,
            n_samples=plane.n_samples,
            n_jobs=plane.n_jobs,
            random_state=np.random.default_rng(trial.seed(last + 1)),
        )
        write_frame(frame, trial.path("noise"))


def _save(net: Any, epoch: int, path: Path) -> None:
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    state = {
        "epoch": epoch,
        "module": net.module_.state_dict(),
        "optimizer": net.optimizer_.state_dict(),
    }
    with replacing(path) as unfinished:
        torch.save(state, unfinished)


def _load(net: Any, path: Path) -> int:
    """Put the net where the checkpoint was made; the epochs trained until then."""
    if not path.exists():
        return 0
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    state = torch.load(path, map_location=net.device, weights_only=True)
    net.module_.load_state_dict(state["module"])
    net.optimizer_.load_state_dict(state["optimizer"])
    for epoch in range(1, state["epoch"] + 1):
        net.history.new_epoch()
        net.history.record("epoch", epoch)
        net.history.record(EPOCH_DONE, 1)
    return int(state["epoch"])


def _check_settings(folder: Path, settings: dict[str, Any], resume: bool) -> None:
    """Refuse to overwrite a study, or to go on with another one."""
    path = folder / _SETTINGS
    versions = [_versions()]
    if path.exists():
        before = json.loads(path.read_text())
        if not resume:
            raise FileExistsError(
                f"{folder} holds a study of {before.get('network')!r} already: go on with it "
                "(resume), or name another folder."
            )
        changed = [
            key for key in settings if key not in _MAY_GROW and settings[key] != before.get(key)
        ]
        changed += [key for key in _MAY_GROW if settings[key] < before.get(key, 0)]
        if changed:
            raise ValueError(
                f"{folder} holds a study with {changed[0]}={before.get(changed[0])!r}, which "
                f"cannot go on with {settings[changed[0]]!r}. Name another folder."
            )
        versions = before["versions"]
        if versions[-1] != _versions():
            versions.append(_versions())
            warn_caller(
                f"{folder} goes on with other versions of packages: rows may differ from those "
                f"of a run in one go. {path.name} has both.",
            )
    prepare_folder(folder / "trials")
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps({**settings, "versions": versions}, indent=2) + "\n")


def _versions() -> dict[str, str]:
    python = {"python": platform.python_version()}
    return python | {name: version(name) for name in _PACKAGES}
