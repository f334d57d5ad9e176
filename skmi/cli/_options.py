"""Options that several commands have, each told once."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .._input._missing import NAN_POLICIES
from ..estimators._normalized import NORMALIZATIONS

# Of every command that reads a file.
READING: dict[tuple[str, ...], dict[str, Any]] = {
    ("file",): {
        "metavar": "FILE",
        "help": "a CSV file with a header (compressed by gzip or not), a Parquet file, or - for "
        "standard input",
    },
    ("--delimiter",): {
        "metavar": "D",
        "help": "between the cells of a CSV file; default: guessed",
    },
    ("--labels",): {"metavar": "A,B", "help": "columns to take for labels"},
    ("--numbers",): {"metavar": "A,B", "help": "columns to take for numbers"},
    ("--na",): {
        "metavar": "W,W",
        "help": "words that stand for a missing value in any column; besides empty cells, and in "
        "columns of numbers NA, N/A, NaN, null, None and ?",
    },
}
_MISSING: dict[tuple[str, ...], dict[str, Any]] = {
    ("--nan-policy",): {
        "choices": NAN_POLICIES,
        "default": "raise",
        "help": "what becomes of missing values: refuse them (default), leave out the rows that "
        "have one in a column that is used, or take a missing label for one label more",
    },
}
_ESTIMATING: dict[tuple[str, ...], dict[str, Any]] = {
    ("--n-neighbors",): {"type": int, "default": 3, "metavar": "K", "help": "default: 3"},
    ("--base",): {
        "type": float,
        "metavar": "B",
        "help": "of the logarithm: 2 for bits; default: e",
    },
    ("--random-state", "--seed"): {
        "type": int,
        "default": 0,
        "metavar": "SEED",
        "help": "of all that is drawn; default: 0",
    },
    ("--n-jobs",): {
        "type": int,
        "default": -1,
        "metavar": "N",
        "help": "threads; default: -1, all cores",
    },
    ("--json",): {"action": "store_true", "help": "print JSON"},
}
_SAVING: dict[tuple[str, ...], dict[str, Any]] = {
    ("--out",): {"type": Path, "metavar": "CSV", "help": "write the values to this file, too"},
    ("--plot",): {"type": Path, "metavar": "PNG", "help": "draw them into this file"},
}
_GIVEN: dict[tuple[str, ...], dict[str, Any]] = {
    ("--given",): {
        "action": "append",
        "metavar": "D[,E]",
        "help": "columns that are known already: estimate conditional mutual information",
    },
}
_NORMALIZING: dict[tuple[str, ...], dict[str, Any]] = {
    ("--normalize",): {
        "choices": sorted(NORMALIZATIONS),
        "help": "a scale from 0 to 1 to read the values on: correlation for numbers, target for "
        "the share of the target's entropy, the others for labels on both sides",
    },
}
_GROUPS = {
    "missing": _MISSING,
    "given": _GIVEN,
    "normalizing": _NORMALIZING,
    "saving": _SAVING,
}


def add_options(parser: argparse.ArgumentParser, *groups: str) -> None:
    """Add what every command has that reads a file, and some groups of options."""
    for options in (READING, *(_GROUPS[group] for group in groups), _ESTIMATING):
        for names, settings in options.items():
            parser.add_argument(*names, **settings)


def check_base(base: float | None) -> None:
    """Raise an error for what is no base of a logarithm."""
    if base is not None and not (np.isfinite(base) and base > 0 and base != 1):
        raise ValueError(f"--base must be a positive number other than 1, got {base:g}")


def check_at_least(option: str, value: int, least: int) -> None:
    """Raise an error for a number that is too small."""
    if value < least:
        raise ValueError(f"{option} must be at least {least}, got {value}")


def refuse_shared(options: dict[str, Sequence[str]]) -> None:
    """Raise an error if a column is named twice, by one option or by two."""
    named: dict[str, str] = {}
    for option, names in options.items():
        for name in names:
            if named.get(name) == option:
                raise ValueError(f"{option} names {name!r} twice")
            if name in named:
                raise ValueError(f"{named[name]} and {option} both name {name!r}")
            named[name] = option
