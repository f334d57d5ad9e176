"""Results on disk: the rows of one run beside those of others, and what each run was."""

import json
import platform
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ... import __version__
from ..._files import prepare_folder, replacing
from ..._optional import import_optional
from .._evaluate import without_empty
from ._estimators import MINE_FAMILY, base_name, in_order
from ._protocol import Protocol

_CELL = ["panel", "x", "task", "trial", "estimator"]
_PACKAGES = ("numpy", "scipy", "scikit-learn", "numba")
_NEURAL_PACKAGES = ("torch", "skorch")


@dataclass(frozen=True)
class Run:
    """What was run, as it is kept beside the rows."""

    command: str  # what to give a shell to run it again
    random_state: int
    quick: bool  # a smoke run
    readings: dict[str, Any] | None  # the protocol's; None where it plays no part
    estimators: tuple[str, ...] = ()
    n_trials: int = 0
    seconds: float = 0.0  # in the estimators
    versions: str = ""

    @property
    def protocol(self) -> Protocol:
        """The readings as they were given."""
        readings: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in (self.readings or {}).items()
        }
        return Protocol(**readings)

    def finished(self, results: Any) -> "Run":
        """With what is known in the end."""
        names = tuple(dict.fromkeys(results.estimator))
        packages: tuple[str, ...] = _PACKAGES
        if any(base_name(name) in MINE_FAMILY for name in names):
            packages = (*_PACKAGES, *_NEURAL_PACKAGES)
        listed = ", ".join(f"{name} {version(name)}" for name in packages)
        return replace(
            self,
            estimators=names,
            n_trials=int(results.groupby("task").trial.nunique().max()),
            seconds=float(results.seconds.sum()),
            versions=f"skmi {__version__}, Python {platform.python_version()}, {listed}",
        )


def check_folder(path: Path, run: Run, replace_all: bool) -> None:
    """Raise an error now if the rows of a run could not be put beside those at `path`.

    Raises
    ------
    ValueError
        If what is there was drawn from other samples.
    OSError
        If nothing can be written there.
    """
    try:
        prepare_folder(path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error
    if replace_all or not path.exists():
        return
    _, (*_, there) = read_results(path)
    differences = _differences(there, run)
    # A smoke run makes room for anything.
    if differences and not (there.quick and not run.quick):
        raise ValueError(
            f"{path} holds results of another kind: {'; '.join(differences)}. Choose another "
            "folder with --out, or throw them away with --replace"
        )


def _differences(there: Run, here: Run) -> list[str]:
    """In what decides which samples are drawn, and how they are taken."""
    pairs = {
        "random_state": (there.random_state, here.random_state),
        "quick": (there.quick, here.quick),
    }
    if here.readings is not None:
        ours, theirs = asdict(here.protocol), asdict(there.protocol)
        pairs |= {name: (theirs[name], ours[name]) for name in ours if name != "normalizer"}
    return [f"{name} is {a} there, {b} here" for name, (a, b) in pairs.items() if a != b]


def add_results(path: Path, results: Any, run: Run, replace_all: bool) -> tuple[Any, list[Run]]:
    """Store the rows of a run beside those of others, and what it was.

    A cell that is there already is replaced; all others stay. Gives all rows, in the order
    of the tasks and the estimators, and the runs they may be of, the latest last.
    """
    run = run.finished(results)
    runs: list[Run] = []
    if path.exists() and not replace_all:
        stored, runs = read_results(path)
        if _differences(runs[-1], run):
            runs = []
        else:
            results = _joined(stored, results)
    runs = [old for old in runs if not _covers(run, old)] + [run]
    _write(path, _to_parquet(results))
    listed = json.dumps([asdict(one) for one in runs], indent=1) + "\n"
    _write(path.with_suffix(".json"), listed.encode())
    return results, runs


def _covers(new: Run, old: Run) -> bool:
    """Whether none of the old run's rows is left."""
    return set(old.estimators) <= set(new.estimators) and old.n_trials <= new.n_trials


def _joined(stored: Any, results: Any) -> Any:
    pandas = import_optional("pandas", purpose="Stored results", extra="benchmark")
    cell = [name for name in _CELL if name in results]
    both = pandas.concat([stored, results], ignore_index=True)
    both = both.drop_duplicates(cell, keep="last")
    places = {
        name: {value: place for place, value in enumerate(order)}
        for name, order in (
            ("panel", sorted(set(both.panel)) if "panel" in both else ()),
            ("task", dict.fromkeys(both.task)),
            ("estimator", in_order(dict.fromkeys(both.estimator))),
        )
    }
    by = [name for name in ("panel", "task", "trial", "estimator", "x") if name in both]
    return both.sort_values(
        by, key=lambda c: c.map(places[c.name]) if c.name in places else c, ignore_index=True
    )


def read_results(path: Path) -> tuple[Any, list[Run]]:
    """The rows stored, and the runs they are of.

    Raises
    ------
    ValueError
        If there are none, or nothing says what they are.
    """
    pandas = import_optional("pandas", purpose="Stored results", extra="benchmark")
    import_optional("pyarrow", purpose="Parquet", extra="benchmark")
    if not path.exists():
        raise ValueError(f"{path}: there are no stored results; run without --stored")
    try:
        listed = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        runs = [Run(**{**one, "estimators": tuple(one["estimators"])}) for one in listed]
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError(
            f"{path.with_suffix('.json')} does not say what run the rows beside it are of "
            f"({type(error).__name__}); run again with --replace"
        ) from error
    try:
        return without_empty(pandas.read_parquet(path)), runs
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}; run again with --replace") from error


def _to_parquet(results: Any) -> bytes:
    import_optional("pyarrow", purpose="Parquet", extra="benchmark")
    content: bytes = results.to_parquet(None, index=False)
    return content


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as unfinished:
            unfinished.write_bytes(content)
    except OSError as error:
        raise _cannot_write(path, error) from error


def _cannot_write(path: Path, error: OSError) -> OSError:
    return OSError(error.errno, f"The results cannot be written ({error.strerror})", str(path))


def failures(results: Any) -> list[str]:
    """How many cells failed, as a line; no line if none did."""
    failed = results[results.error.notna()]
    if failed.empty:
        return []
    return [f"{len(failed)} cells failed, the first with: {failed.error.iloc[0]}"]
