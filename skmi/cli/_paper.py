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

_DEFAULT_FOLDER = "paper-results"
# Where there is nothing to compute, these say nothing.
_OF_A_RUN = ("estimators", "trials", "n_jobs", "random_state", "cache_dir", "quick", "replace")


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "paper",
        help="compute the paper's tables and figures, and compare",
        description="Run the experiments behind the paper's tables 2 and 3 and figures 1 to 7, "
        "or a leaderboard over more samplers; write rows, tables beside the paper's numbers, and "
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
    parser.add_argument("--random-state", type=int, metavar="SEED", help="default: 0")
    parser.add_argument(
        "--cache-dir",
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
    # A line, without the usage of twenty options before it.
    parser.error = lambda message: parser.exit(2, f"skmi: error: {message}\n")
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
    _refuse_contradictions(arguments)
    for package in ("pandas", "pyarrow"):
        import_optional(package, purpose="skmi paper", extra="benchmark")
    import_optional("matplotlib", purpose="skmi paper", extra="plot")
    settings = Settings(
        estimators=_selected(arguments),
        out=_folder(arguments, "out") or Path(_DEFAULT_FOLDER),
        protocol=_protocol(arguments),
        n_trials=_in_range(arguments, "trials", 1),
        random_state=_in_range(arguments, "random_state", 0, 2**32 - 1) or 0,
        quick=arguments.quick,
        stored=arguments.stored,
        replace=arguments.replace,
        command=shlex.join(["skmi", *_command(arguments)]),
        options={
            "n_jobs": arguments.n_jobs,
            "cache_dir": _folder(arguments, "cache_dir"),
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
    if what == "all" and settings.stored:
        names = tuple(name for name in names if stored_rows(name, settings).exists())
        for name in sorted(set(EXPERIMENTS) - set(names)):
            print(f"{name}: there are no stored results")
        if not names:
            raise ValueError(f"{settings.out} holds no stored results; run without --stored")
    for name in names:
        print("\n".join(run_experiment(name, settings)), flush=True)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _refuse_contradictions(arguments: argparse.Namespace) -> None:
    given = {n for n, value in vars(arguments).items() if value is not None and value is not False}
    if arguments.stored and (without := [name for name in _OF_A_RUN if name in given]):
        raise ValueError(
            f"--stored computes nothing, so that {_option(without[0])} says nothing beside it"
        )
    readings = [name for name in (*_READINGS, *_RANGES, "as_printed") if name in given]
    if arguments.what == "leaderboard" and readings:
        raise ValueError(
            f"the leaderboard is of other samplers than the paper's: {_option(readings[0])} says "
            "nothing there"
        )
    if arguments.n_jobs == 0:
        raise ValueError("--n-jobs must be a number of workers, or -1 for all cores; got 0")


def _folder(arguments: argparse.Namespace, name: str) -> Path | None:
    text = getattr(arguments, name)
    if text is not None and not str(text).strip():
        raise ValueError(f"{_option(name)} must be a folder, got {text!r}")
    return None if text is None else Path(text)


def _selected(arguments: argparse.Namespace) -> tuple[str, ...]:
    given = arguments.estimators
    if given is not None and not all(name.strip() for name in given.split(",")):
        raise ValueError(f"--estimators must be names with commas between them; got {given!r}")
    names = select(given)
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
        raise ValueError(f"{_option(name)} must be two numbers, as 0.5,1.5; got {text!r}") from None
    return low, high


def _in_range(
    arguments: argparse.Namespace, name: str, least: int, most: int = 2**31 - 1
) -> int | None:
    number: int | None = getattr(arguments, name)
    if number is not None and not least <= number <= most:
        raise ValueError(f"{_option(name)} must be from {least} to {most}, got {number}")
    return number


def _command(arguments: argparse.Namespace) -> tuple[str, ...]:
    """The words that run the same again; where and how fast is left out."""
    words = ["paper", arguments.what]
    for name in ("estimators", "trials", "random_state"):
        value = getattr(arguments, name)
        value = 0 if name == "random_state" and value is None else value
        if value is not None:
            words += [_option(name), str(value)]
    if arguments.quick:
        words.append("--quick")
    if arguments.as_printed:
        words.append("--as-printed")
    for name in (*_READINGS, *_RANGES):
        value = getattr(arguments, name)
        if value is not None:
            words += [_option(name), str(value)]
    return tuple(words)
