"""`skmi paper`: the paper's tables and figures, each by one command."""

import argparse
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._optional import import_optional
from ..benchmark.paper._estimators import MINE_FAMILY, base_name, select
from ..benchmark.paper._leaderboard import run_leaderboard
from ..benchmark.paper._protocol import PRINTED, Protocol, describe
from ..benchmark.paper._run import EXPERIMENTS, Settings, run_experiment, stored_rows

_DEFAULT_FOLDER = Path("paper-results")


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "paper",
        help="compute the paper's tables and figures, and compare",
        description="Run the experiments behind the paper's tables 2 and 3 and figures 1 to 7, "
        "or a leaderboard over more worlds; write rows, tables beside the paper's numbers, and "
        "pictures.",
    )
    parser.add_argument(
        "what",
        choices=(*EXPERIMENTS, "all", "leaderboard"),
        metavar="WHAT",
        help=f"{', '.join(EXPERIMENTS)}, all of these, or leaderboard",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=_DEFAULT_FOLDER,
        metavar="DIR",
        help=f"for the results; default: {_DEFAULT_FOLDER}",
    )
    parser.add_argument(
        "--estimators",
        metavar="NAME[,NAME]",
        help="names, ksg-family, mine-family, mine-recovered, mine-default or all; default: "
        "ksg-family",
    )
    parser.add_argument("--trials", type=int, metavar="N", help="default: as many as in the paper")
    parser.add_argument(
        "--n-jobs", type=int, metavar="N", help="cells at a time; -1 for all cores; default: 1"
    )
    parser.add_argument("--random-state", type=int, default=0, metavar="SEED", help="default: 0")
    parser.add_argument(
        "--cache-dir",
        type=Path,
        metavar="DIR",
        help="keep every finished cell there, for this and other runs; default: a folder in "
        "--out from which the same command goes on after an interruption, removed at the end",
    )
    parser.add_argument(
        "--stored", action="store_true", help="write pages and pictures anew from the rows in --out"
    )
    parser.add_argument(
        "--replace",
        action="store_true",
        help="throw the results in --out away; default: new rows are put beside those of other "
        "estimators there",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smoke run of seconds, on small samples"
    )
    parser.add_argument("--no-progress", action="store_true", help="show no progress bar")
    _add_readings(parser)
    parser.set_defaults(run=run)


# Options that are a single word, and those that are two numbers.
_READINGS = (
    "normalizer",
    "side",
    "bi_ksg_metric",
    "order",
    "column_std",
    "n_columns",
    "mine_epochs",
)
_RANGES = ("noise_std_range", "correlation_range")


def _add_readings(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "readings", "What the paper leaves open, or prints otherwise than its numbers say."
    )
    group.add_argument(
        "--as-printed",
        action="store_true",
        help="all as printed, except for the options given; default: as the numbers say",
    )
    group.add_argument("--normalizer", metavar="root|spread", help="of the RMSE")
    group.add_argument("--side", metavar="X|y", help="that the scales c multiply")
    group.add_argument("--bi-ksg-metric", metavar="chebyshev|euclidean", help="the norm of BI-KSG")
    group.add_argument("--order", metavar="recovered|printed", help="of combined transforms")
    group.add_argument("--column-std", type=float, metavar="S", help="of the columns of dn")
    group.add_argument(
        "--n-columns", metavar="N", help="columns of dn: 20, or 20d for 20 a column of X"
    )
    group.add_argument("--mine-epochs", type=int, metavar="N", help="of MINE as the toolbox says")
    group.add_argument(
        "--noise-std-range", metavar="A,B", help="additive noise: sigma is uniform on this"
    )
    group.add_argument(
        "--correlation-range", metavar="A,B", help="correlated Gaussians: rho is uniform on this"
    )


def run(arguments: argparse.Namespace) -> None:
    """Run, and print what came out."""
    settings = Settings(
        estimators=_selected(arguments),
        out=arguments.out,
        protocol=_protocol(arguments),
        n_trials=_positive(arguments.trials, "--trials"),
        random_state=_not_negative(arguments.random_state, "--random-state"),
        quick=arguments.quick,
        stored=arguments.stored,
        replace=arguments.replace,
        command=shlex.join(["skmi", *_command(arguments)]),
        options={
            "n_jobs": arguments.n_jobs,
            "cache_dir": arguments.cache_dir,
            "verbose": int(sys.stderr.isatty() and not arguments.no_progress),
        },
    )
    try:
        _run_all(arguments.what, settings)
    except KeyboardInterrupt:
        print(
            "skmi: interrupted. What is finished is kept, and the same command goes on from it.",
            file=sys.stderr,
        )
        raise


def _run_all(what: str, settings: Settings) -> None:
    if what == "leaderboard":
        print("\n".join(run_leaderboard(settings)))
        return
    for line in [] if settings.stored else describe(settings.protocol):
        print(line)
    names = EXPERIMENTS if what == "all" else (what,)
    for name in names:
        if len(names) > 1 and settings.stored and not stored_rows(name, settings).exists():
            print(f"{name}: there are no stored results")
        else:
            print("\n".join(run_experiment(name, settings)), flush=True)


def _selected(arguments: argparse.Namespace) -> tuple[str, ...]:
    names = select(arguments.estimators)
    if not arguments.stored and any(base_name(name) in MINE_FAMILY for name in names):
        for package in ("torch", "skorch"):
            import_optional(package, purpose="MINE", extra="neural", needs="torch and skorch")
    return names


def _protocol(arguments: argparse.Namespace) -> Protocol:
    given = {name: getattr(arguments, name) for name in _READINGS}
    given |= {name: _pair(getattr(arguments, name), name) for name in _RANGES}
    changes = {name: value for name, value in given.items() if value is not None}
    if arguments.stored and (arguments.as_printed or changes.keys() - {"normalizer"}):
        raise ValueError(
            "--stored takes the readings of the run that made the rows; of them only "
            "--normalizer can be chosen anew"
        )
    return replace(PRINTED if arguments.as_printed else Protocol(), **changes)


def _pair(text: str | None, name: str) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        option = "--" + name.replace("_", "-")
        raise ValueError(f"{option} must be two numbers, as 0.5,1.5; got {text!r}") from None
    return low, high


def _positive(number: int | None, option: str) -> int | None:
    if number is not None and number < 1:
        raise ValueError(f"{option} must be at least 1, got {number}")
    return number


def _not_negative(number: int, option: str) -> int:
    if number < 0:
        raise ValueError(f"{option} must not be negative, got {number}")
    return number


def _command(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The words that run the same again; where and how fast is left out."""
    words = ["paper", arguments.what]
    for name in ("estimators", "trials", "random_state"):
        value = getattr(arguments, name)
        if value is not None:
            words += ["--" + name.replace("_", "-"), str(value)]
    if arguments.quick:
        words.append("--quick")
    if arguments.as_printed:
        words.append("--as-printed")
    for name in (*_READINGS, *_RANGES):
        value = getattr(arguments, name)
        if value is not None:
            words += ["--" + name.replace("_", "-"), str(value)]
    return tuple(words)
