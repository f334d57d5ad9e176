"""Every estimator of ours and of others on many worlds: ``python docs/studies/leaderboard.py``.

Needs ``pip install ".[all]"``. The worlds are those of `skmi.datasets.World`. Each estimate is a
row of ``leaderboard.csv`` beside this file, written as it comes, so that a run can be stopped at
any time and goes on where it was; ``--minutes`` stops it by itself. What each estimator is, its
version and all its parameters, read from the fitted object, is in ``leaderboard_settings.json``.

Packages of others run in environments of their own, ``PEERS/<package>/bin/python`` with
``--peers PEERS``::

    for p in scikit-learn ennemi infomeasure npeet-plus entropy-invariant gmm-mi torch-mist; do
        python -m venv PEERS/$p && PEERS/$p/bin/pip install $p
    done
    PEERS/gmm-mi/bin/pip install "scikit-learn<1.6"

Those whose environment is not there are left out. ``python docs/make_leaderboard.py`` makes the
page.
"""

import argparse
import csv
import json
import select
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import skmi
from skmi import MINE, NormalScoreScaler, ScaleInvariantMI, make_estimator
from skmi.datasets import World, get_world_names

HERE = Path(__file__).parent
STORE, SETTINGS = HERE / "leaderboard.csv", HERE / "leaderboard_settings.json"
FIELDS = ["estimator", "version", "world", "n_samples", "seed", "estimate", "seconds", "error"]
# The number of samples, and how many data sets of each world, the most telling first.
SIZES = {1000: 2, 2000: 2, 500: 2, 5000: 1}
# An estimate of others that takes longer is given up, seconds.
LONGEST = 60


class Contender(NamedTuple):
    """An estimator: how to make it, or None if it is a package of others."""

    make: Callable[[int], Any] | None
    sizes: tuple[int, ...] = (500, 1000, 2000, 5000)
    n_sets: int = 2
    one_column: bool = False


def _seeded(name: str, **params: Any) -> Callable[[int], Any]:
    return lambda seed: make_estimator(name, **params, random_state=seed)


def _normal_scores(seed: int) -> ScaleInvariantMI:
    return ScaleInvariantMI(MINE(random_state=seed), NormalScoreScaler())


CONTENDERS = {
    "auto": Contender(lambda _: make_estimator("auto")),
    "gaussian": Contender(lambda _: make_estimator("gaussian")),
    "ksg-local": Contender(lambda _: make_estimator("ksg-local")),
    "ksg-global-linf": Contender(lambda _: make_estimator("ksg-global-linf"), (500, 1000, 2000)),
    "canonical-ksg": Contender(lambda _: make_estimator("canonical-ksg"), (500, 1000, 2000)),
    "mine, normal scores": Contender(_normal_scores, (500, 1000, 2000), 1),
    "mine-auto": Contender(_seeded("mine-auto"), (500, 1000, 2000), 1),
    "mine-global-corrected": Contender(_seeded("mine-global-corrected"), (1000,), 1),
    "auto, neural": Contender(_seeded("auto", neural=True), (500, 1000, 2000), 1),
    "scikit-learn": Contender(None, one_column=True),
    "ennemi": Contender(None, one_column=True),
    "entropy-invariant": Contender(None, one_column=True),
    "infomeasure": Contender(None, (500, 1000, 2000)),
    "npeet-plus": Contender(None, (500, 1000, 2000)),
    "gmm-mi": Contender(None, (1000,), 1, one_column=True),
    "torch-mist": Contender(None, (1000,), 1),
    "latentmi": Contender(None, (1000,), 1),
}


class Cell(NamedTuple):
    """One data set."""

    world: str
    n_samples: int
    seed: int

    def sample(self) -> tuple[np.ndarray, np.ndarray]:
        """X and y."""
        return World(self.world).sample(self.n_samples, random_state=self.seed)


def is_one_column(world: str) -> bool:
    """Whether either side is one column."""
    return all(side.shape[1] == 1 for side in World(world).sample(1, 0))


def cells_of(contender: Contender) -> Iterator[Cell]:
    """What an estimator is asked, in order."""
    worlds = [w for w in get_world_names() if is_one_column(w) or not contender.one_column]
    for n_samples in (n for n in SIZES if n in contender.sizes):
        for seed in range(min(SIZES[n_samples], contender.n_sets)):
            yield from (Cell(world, n_samples, seed) for world in worlds)


def answer_ours(make: Callable[[int], Any], cell: Cell) -> tuple[dict[str, Any], Any]:
    """An estimate of ours, and the fitted object."""
    X, y = cell.sample()
    estimator = make(cell.seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(X, y)
    seconds = time.perf_counter() - start
    version = f"skmi {skmi.__version__}"
    return {"version": version, "estimate": estimator.mi_, "seconds": seconds}, estimator


class Peer:
    """A package of others, running in its own environment."""

    def __init__(self, name: str, python: Path) -> None:
        self.command = [str(python), str(HERE / "leaderboard_peer.py"), name]
        self.process: Any = None

    def answer(self, cell: Cell) -> dict[str, Any]:
        """Its estimate; NaN with an error if it takes too long."""
        if self.process is None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "cell.npz")
            X, y = cell.sample()
            np.savez(path, X=X, y=y, seed=cell.seed)
            self.process.stdin.write(f"{path}\n")
            self.process.stdin.flush()
            line = self._line()
        if line:
            return json.loads(line)
        self.close()
        return {"estimate": float("nan"), "error": f"no answer within {LONGEST} s"}

    def _line(self) -> str:
        answers, _, _ = select.select([self.process.stdout], [], [], LONGEST)
        return self.process.stdout.readline() if answers else ""

    def close(self) -> None:
        """End its process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


def stored() -> set[tuple[str, Cell]]:
    """What has been answered."""
    if not STORE.exists():
        return set()
    with STORE.open(newline="") as file:
        return {
            (row["estimator"], Cell(row["world"], int(row["n_samples"]), int(row["seed"])))
            for row in csv.DictReader(file)
        }


def forget(names: list[str]) -> None:
    """Throw away what is stored of some estimators."""
    with STORE.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["estimator"] not in names]
    with STORE.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def remember_settings(name: str, about: dict[str, Any]) -> None:
    """Write what an estimator is."""
    settings = json.loads(SETTINGS.read_text()) if SETTINGS.exists() else {}
    settings[name] = about
    SETTINGS.write_text(json.dumps(dict(sorted(settings.items())), indent=1) + "\n")


def all_parameters(estimator: Any) -> dict[str, str]:
    """Of a fitted estimator and what it holds, as text; without seeds."""
    params = estimator.get_params(deep=True)
    own = {"class": type(estimator).__name__}
    return own | {name: repr(value) for name, value in params.items() if "random_state" not in name}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--estimators", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--n-samples", nargs="+", type=int, choices=SIZES, default=list(SIZES))
    parser.add_argument("--peers", type=Path, default=Path("peers"))
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--anew", action="store_true", help="throw away what is stored of these")
    arguments = parser.parse_args()
    end = time.monotonic() + 60 * arguments.minutes
    if arguments.anew:
        forget(arguments.estimators)
    done, is_new = stored(), not STORE.exists()
    with STORE.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, restval="", lineterminator="\n")
        if is_new:
            writer.writeheader()
        for name in arguments.estimators:
            cells = [
                cell
                for cell in cells_of(CONTENDERS[name])
                if cell.n_samples in arguments.n_samples and (name, cell) not in done
            ]
            for cell, answer in answers(name, cells, arguments.peers, end):
                writer.writerow({"estimator": name, **cell._asdict(), **_rounded(answer)})
                file.flush()
    done = stored()
    asked = [(name, cell) for name in arguments.estimators for cell in cells_of(CONTENDERS[name])]
    print(f"{sum(each not in done for each in asked)} of {len(asked)} estimates are left")


def answers(
    name: str, cells: list[Cell], peers: Path, end: float
) -> Iterator[tuple[Cell, dict[str, Any]]]:
    """One estimator's, until the time is up."""
    make, python = CONTENDERS[name].make, peers / name / "bin" / "python"
    if make is None and not python.exists():
        print(f"{name}: there is no {python}", file=sys.stderr)
        return
    peer = Peer(name, python)
    try:
        for number, cell in enumerate(cells):
            if time.monotonic() > end:
                return
            if make is None:
                answer = peer.answer(cell)
                about = {"package": name, "version": answer.get("version")}
            else:
                answer, fitted = answer_ours(make, cell)
                about = {"version": answer["version"], "parameters": all_parameters(fitted)}
            if number == 0:
                remember_settings(name, about)
            yield cell, answer
    finally:
        peer.close()


def _rounded(answer: dict[str, Any]) -> dict[str, Any]:
    digits = {"estimate": 5, "seconds": 4}
    return answer | {key: f"{answer[key]:.{n}f}" for key, n in digits.items() if key in answer}


if __name__ == "__main__":
    main()
