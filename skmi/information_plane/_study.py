"""Train a network several times and record what its layer keeps, so that it can be stopped.

A trial is one file, replaced as a whole: nothing in it can be of another epoch than the rest.
(skorch's `Checkpoint` writes network, optimizer and history into three files, in place. A
process that is killed between them leaves what cannot be read, or a network that goes on with
another one's history.)
"""

import hashlib
import io
import json
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._files import prepare_folder, replacing
from .._optional import import_optional
from .._random import draw_seed
from .._warn import warn_caller
from ._callback import loss_of
from ._check import check_estimators
from ._networks import get_observed_layer, make_classifier, make_network
from ._noise_response import COLUMNS as NOISE_COLUMNS
from ._noise_response import noise_response
from ._plane import InformationPlane
from ._rows import COLUMNS, to_frame, write_frame

# What may grow from one run to the next; anything else would be another study.
_MAY_GROW = ("n_trials", "max_epochs")

# Parameters of a network that one thread trains fastest, and elsewhere to the same digits.
_FEW_WEIGHTS = 100_000

# What rows depend on beside the settings.
_PACKAGES = ("skmi", "numpy", "scipy", "scikit-learn", "numba", "torch", "skorch")

# Seconds of training that may be lost, where epochs are recorded more rarely.
_LONGEST_UNSAVED = 60.0

Progress = Callable[[int, int, str], None]


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
    progress: Progress | None = None,
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
        Gets ``rows.parquet``, ``noise.parquet``, ``settings.json`` with seed and versions,
        and in ``trials`` a file for each: network, optimizer, rows and settings.
    n_trials : int
        Networks to train, from different weights and in a different order of samples.
    max_epochs : int, default=None
        None is the paper's number.
    every : int or list of int, default=1
        Record every so many epochs, or these. A trial's file is written then, at least
        after each minute of training, and at an interrupt.
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
        Called with trial, epoch and what comes next: ``"measuring"`` as a trial begins or
        goes on, ``"training"`` after each measured or trained epoch, ``"noise"`` after the
        last one, ``"done"`` at the end of the trial.

    Returns
    -------
    rows, noise : :class:`pandas.DataFrame`
        What `InformationPlane` and `noise_response` give, with a column ``trial``.

    Raises
    ------
    FileExistsError
        If the folder holds a study and `resume` is False, or tables without their trials,
        or if another run is writing to it.
    OSError
        If a file cannot be written; what was written before is kept.
    ValueError
        If it holds another study or a damaged file, if there is no such device, or if a
        network diverged.
    KeyboardInterrupt
        If it was interrupted, in estimates by networks as well; every finished epoch is
        kept.

    Warns
    -----
    UserWarning
        If the study goes on with other versions of packages, or if the file of a trial
        between others is missing, which is then trained anew.
    """
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    for module in ("pandas", "pyarrow"):
        import_optional(module, purpose="A study of networks", extra="benchmark")
    X, y = np.ascontiguousarray(X, dtype=np.float32), np.asarray(y, dtype=np.int64)
    options = {} if device is None else {"device": device}
    net = make_classifier(name, **options)
    max_epochs = net.max_epochs if max_epochs is None else max_epochs
    estimators = check_estimators(estimator, "estimator")
    # Distances in X are the same for all trials: one object keeps them.
    plane = InformationPlane(
        [get_observed_layer(name)],
        estimator=estimators,
        n_samples=n_samples,
        every=every,
        n_jobs=n_jobs,
        random_state=random_state,
    ).set_data(X, y)
    if not any(plane.is_due(epoch) for epoch in range(max_epochs + 1)):
        raise ValueError(f"every={every!r} records none of the epochs from 0 to {max_epochs}.")
    settings = {
        "network": name,
        "n_trials": n_trials,
        "max_epochs": max_epochs,
        "every": every,
        "estimator": {key: " ".join(repr(each).split()) for key, each in estimators.items()},
        "n_samples": n_samples,
        "random_state": random_state,
        "data": [*X.shape, hashlib.sha256(X.tobytes() + y.tobytes()).hexdigest()[:16]],
    }
    _refuse_rows_without_trials(folder)
    with _alone_in(folder / "trials"), torch.random.fork_rng(), _threads_that_pay(torch, name):
        states = _read_trials(folder, settings, net.device, resume)
        _write_settings(folder, settings, states)
        for number in range(n_trials):
            net = make_classifier(name, **options, max_epochs=max_epochs)
            trial = _Trial(folder, number, settings)
            states[number] = _run_trial(net, plane, X, y, trial, states[number], progress)
        return _write_tables(folder, states)


def _refuse_rows_without_trials(folder: Path) -> None:
    if (folder / "rows.parquet").exists() and not _trial_numbers(folder):
        raise FileExistsError(
            f"{folder} holds the rows of a study without its trials, which would be overwritten: "
            "name another folder."
        )


def _write_tables(folder: Path, states: Any) -> tuple[Any, Any]:
    """Write the rows of all trials, and those with noise; and give them."""
    rows, noise = _table(states, "rows"), _table(states, "noise")
    with _saying_what_is_kept(folder):
        write_frame(rows, folder / "rows.parquet")
        write_frame(noise, folder / "noise.parquet")
    return rows, noise


class _Trial:
    """A trial's file, and its seeds."""

    def __init__(self, folder: Path, number: int, settings: dict[str, Any]) -> None:
        self.folder = folder
        self.path = folder / "trials" / f"{number:02d}.pt"
        self.number = number
        self.settings = settings

    def seed(self, epoch: int) -> int:
        key = self.number, epoch
        sequence = np.random.SeedSequence(self.settings["random_state"], spawn_key=key)
        return draw_seed(np.random.default_rng(sequence))

    def write(self, state: dict[str, Any]) -> None:
        """Replace the file: what torch writes, and a digest by which damage is seen."""
        torch = import_optional("torch", purpose="A study of networks", extra="neural")
        buffer = io.BytesIO()
        torch.save({**state, "settings": self.settings}, buffer)
        content = buffer.getvalue()
        with _saying_what_is_kept(self.folder), replacing(self.path) as unfinished:
            unfinished.write_bytes(content + hashlib.sha256(content).digest())

    def read(self, device: Any) -> dict[str, Any] | None:
        """What was written last; None if nothing was."""
        torch = import_optional("torch", purpose="A study of networks", extra="neural")
        if not self.path.exists():
            return None
        whole = self.path.read_bytes()
        content, digest = whole[:-32], whole[-32:]
        if hashlib.sha256(content).digest() != digest:
            raise ValueError(
                f"{self.path} is damaged, or not a trial's file. Put a copy in its place, or "
                f"delete it: trial {self.number + 1} is then trained anew."
            )
        return dict(torch.load(io.BytesIO(content), map_location=device, weights_only=True))


def _run_trial(
    net: Any,
    plane: InformationPlane,
    X: NDArray[Any],
    y: NDArray[Any],
    trial: _Trial,
    state: dict[str, Any] | None,
    progress: Progress | None,
) -> dict[str, Any]:
    """Train and record to the end, from where the state is; the state at the end."""
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    torch.manual_seed(trial.seed(0))
    net.initialize()
    plane.initialize()
    if state is None:
        state = {"epoch": 0, "rows": [], "noise": None, "versions": [_versions()]}
    else:
        net.module_.load_state_dict(state["module"])
        net.optimizer_.load_state_dict(state["optimizer"])
        plane.rows_ = state["rows"]
        state["versions"] = _with_versions_of_now(state["versions"])
    tell = progress or (lambda *_: None)
    tell(trial.number, state["epoch"], "measuring")
    _train(net, plane, X, y, trial, state, tell)
    last = net.max_epochs
    if state["noise"] is None:
        frame = noise_response(
            net.module_,
            plane.layers[0],
            X,
            estimator=plane.estimator,
            n_samples=plane.n_samples,
            n_jobs=plane.n_jobs,
            random_state=np.random.default_rng(trial.seed(last + 1)),
        )
        state["noise"] = frame.to_dict("records")
        trial.write(state)
    tell(trial.number, last, "done")
    return state


def _train(
    net: Any,
    plane: InformationPlane,
    X: NDArray[Any],
    y: NDArray[Any],
    trial: _Trial,
    state: dict[str, Any],
    tell: Progress,
) -> None:
    """Train and record epoch by epoch; an interrupt costs the one that is not finished."""
    torch = import_optional("torch", purpose="A study of networks", extra="neural")
    done, last = state["epoch"], net.max_epochs
    written = done if "module" in state else None
    net.notify("on_train_begin", X=X, y=y)
    written_at = time.monotonic()
    try:
        for epoch in range(done, last + 1):
            if epoch > done:
                torch.manual_seed(trial.seed(epoch))
                net.fit_loop(X, y, epochs=1)
            plane.record(net.module_, epoch, loss=loss_of(net))
            state.update(
                epoch=epoch,
                rows=getattr(plane, "rows_", []),
                module=deepcopy(net.module_.state_dict()),  # training changes it in place
                optimizer=deepcopy(net.optimizer_.state_dict()),
                noise=state["noise"] if epoch == done else None,  # of another network
            )
            late = time.monotonic() - written_at > _LONGEST_UNSAVED
            if plane.is_due(epoch) or epoch == last or late:
                trial.write(state)
                written, written_at = epoch, time.monotonic()
            tell(trial.number, epoch, "training" if epoch < last else "noise")
    except KeyboardInterrupt:
        if "module" in state and state["epoch"] != written:
            trial.write(state)
        raise


def _trial_numbers(folder: Path) -> set[int]:
    """The numbers of the trials that have a file."""
    names = [path.stem for path in (folder / "trials").glob("*.pt")]
    return {int(name) for name in names if name.isdecimal()}


def _read_trials(folder: Path, settings: dict[str, Any], device: Any, resume: bool) -> list[Any]:
    """The state of each trial, None where there is none; errors unless all are of this study."""
    if _trial_numbers(folder) and not resume:
        raise FileExistsError(
            f"{folder} holds a study already: go on with it (resume), or name another folder."
        )
    numbers = range(
        max(settings["n_trials"], *(number + 1 for number in _trial_numbers(folder)), 0)
    )
    states = [_Trial(folder, number, settings).read(device) for number in numbers]
    there = {number: state for number, state in enumerate(states) if state is not None}
    for number, state in there.items():
        before = {**state["settings"], "n_trials": number + 1, "max_epochs": state["epoch"]}
        for key, now in settings.items():
            if now < before[key] if key in _MAY_GROW else now != before[key]:
                raise ValueError(
                    f"{folder} holds a study with {key}={before[key]!r}, which cannot go on with "
                    f"{now!r}. Ask for what it was begun with, or name another folder."
                )
    for number in sorted(set(range(max(there, default=0))) - set(there)):
        warn_caller(
            f"{folder / 'trials'} has no file of trial {number + 1}, though of later ones: it is "
            "trained anew."
        )
    if any(state["versions"][-1] != _versions() for state in there.values()):
        warn_caller(
            f"{folder} goes on with other versions of packages: rows may differ from those of a "
            "run in one go. settings.json has both."
        )
    return states


def _table(states: list[Any], kind: str) -> Any:
    """The rows of all trials, with a column of their numbers."""
    pandas = import_optional("pandas", purpose="A study of networks", extra="benchmark")
    columns = {"rows": COLUMNS, "noise": NOISE_COLUMNS}[kind]
    frames = [to_frame(state[kind], columns) for state in states]
    for number, frame in enumerate(frames):
        frame.insert(0, "trial", number)
    return pandas.concat(frames, ignore_index=True)


def _write_settings(folder: Path, settings: dict[str, Any], states: list[Any]) -> None:
    """What was asked for, and all versions used: for people, nothing is read from it."""
    versions: list[dict[str, str]] = []
    for state in filter(None, states):
        versions += [each for each in state["versions"] if each not in versions]
    content = json.dumps({**settings, "versions": _with_versions_of_now(versions)}, indent=2)
    with _saying_what_is_kept(folder), replacing(folder / "settings.json") as unfinished:
        unfinished.write_text(content + "\n")


def _versions() -> dict[str, str]:
    python = {"python": platform.python_version()}
    return python | {name: version(name) for name in _PACKAGES}


def _with_versions_of_now(versions: list[dict[str, str]]) -> list[dict[str, str]]:
    return versions if _versions() in versions[-1:] else [*versions, _versions()]


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """An error while another run writes here; the lock ends with the process that holds it."""
    prepare_folder(folder)
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FileExistsError(
                f"Another run is writing to {folder.parent}: wait for its end, or name another "
                "folder."
            ) from None
        except OSError:
            pass  # a file system that knows no locks
        yield


@contextmanager
def _saying_what_is_kept(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(
            f"{error}. All that was written to {folder} before is kept: the study can go on from "
            "there (resume)."
        ) from error


@contextmanager
def _threads_that_pay(torch: Any, name: str) -> Iterator[None]:
    """One thread for a network whose matrices are so small that others would only wait."""
    threads = torch.get_num_threads()
    if sum(parameter.numel() for parameter in make_network(name).parameters()) < _FEW_WEIGHTS:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
