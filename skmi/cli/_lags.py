"""`skmi lags`: what a column of a file told some rows before about another."""

import argparse
import warnings
from typing import Any

import numpy as np

from .._input._kinds import discrete_columns
from .._input._table import read_table
from ..inspection._lags import LagDisplay
from ..time_series._lagged import LaggedMutualInfo, lagged_mutual_info
from ._notes import working
from ._options import add_options, check_at_least, check_base, refuse_shared
from ._output import FORMULAS, draw, fields, print_json, print_table, result, unit_of, write_csv
from ._table import DataFile


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "lags",
        help="estimate what a column told some rows before about another",
        description="Estimate the mutual information of a column and another some rows later. "
        "Rows must follow each other in time, at equal intervals. p-values are by permutations "
        "that keep what a series has in time.",
    )
    parser.add_argument("--source", "--x", metavar="A", required=True, help="comes first")
    parser.add_argument("--target", "--y", metavar="B", required=True, help="comes later")
    parser.add_argument(
        "--lags",
        default="0:10",
        metavar="L",
        help="in rows: 0:20 (from, to), 0:100:10 (in steps), or 1,2,5; negative ones, "
        "as in --lags=-5:5, look whether the target comes first; default: 0:10",
    )
    parser.add_argument(
        "--permutations",
        type=int,
        default=99,
        metavar="B",
        help="of the source, for p-values; default: 99; 0: no p-values",
    )
    parser.add_argument(
        "--permutation",
        choices=["circular", "block", "iid"],
        default="circular",
        help="shift the source in time (default), permute stretches of it, or single rows",
    )
    parser.add_argument(
        "--block-length", type=int, metavar="N", help="of stretches; default: by autocorrelation"
    )
    parser.add_argument(
        "--theiler-window",
        type=int,
        default=0,
        metavar="W",
        help="rows at most so far apart are no neighbours of each other; default: 0",
    )
    add_options(parser, "saving")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Estimate, print, write and draw."""
    check_base(arguments.base)
    check_at_least("--permutations", arguments.permutations, 0)
    lags = _read_lags(arguments.lags)
    file = DataFile(arguments)
    source, target = arguments.source, arguments.target
    if source != target:
        refuse_shared({"--source": [source], "--target": [target]})
    columns = file.select(list(dict.fromkeys([source, target])))
    with warnings.catch_warnings(record=True) as caught, working("estimating at each lag"):
        warnings.simplefilter("always")
        found = lagged_mutual_info(
            columns[source],
            columns[target],
            lags,
            n_neighbors=arguments.n_neighbors,
            theiler_window=arguments.theiler_window,
            base=arguments.base,
            n_permutations=arguments.permutations or None,
            permutation=arguments.permutation,
            block_length=arguments.block_length or "auto",
            random_state=arguments.random_state,
            n_jobs=arguments.n_jobs,
        )
    told = list(dict.fromkeys(str(warning.message) for warning in caught))
    if not isinstance(found, LaggedMutualInfo):
        found = LaggedMutualInfo(lags, found, np.full(len(lags), np.nan), np.empty((0, len(lags))))
    rows = _rows(found, [columns[source], columns[target]], arguments)
    _save(arguments, found, rows)
    n_samples, unit = len(columns[source]), unit_of(arguments.base)
    if arguments.json:
        names = {"file": arguments.file, "source": source, "target": target}
        sizes = {"n_samples": n_samples, "n_omitted": 0, "unit": unit}
        print_json({**names, **sizes, "results": rows, "warnings": told})
        return
    print(f"I({source} some rows before; {target}), {n_samples} samples\n")
    print_table(rows, fields("lag", unit=unit))
    for message in told:
        print(f"\n{message}")


def _read_lags(text: str) -> Any:
    """The lags that are asked for, (n_lags,)."""
    try:
        if ":" not in text:
            return np.array([int(lag) for lag in text.split(",")])
        first, last, step = (*map(int, text.split(":")), 1)[:3]
        lags = np.arange(first, last + 1, step)
    except (ValueError, ZeroDivisionError):
        lags = np.arange(0)
    if not lags.size:
        raise ValueError(f"--lags must be like 0:20, 0:100:10 or 1,2,5, got {text!r}")
    return lags


def _rows(
    found: LaggedMutualInfo, columns: list[Any], arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    tables = [read_table(column, "X") for column in columns]
    n_labels = sum(bool(discrete_columns(table, "auto")[0]) for table in tables)
    method = FORMULAS[n_labels]
    has_pvalues = arguments.permutations > 0
    return [
        result(float(mi), method, p_value=float(p) if has_pvalues else None, lag=int(lag))
        for lag, mi, p in zip(found.lags, found.mi, found.pvalues, strict=True)
    ]


def _save(
    arguments: argparse.Namespace, found: LaggedMutualInfo, rows: list[dict[str, Any]]
) -> None:
    if arguments.out is not None:
        keys = ["lag", "mi", "p_value"]
        write_csv(arguments.out, keys, [[row[key] for key in keys] for row in rows])
    if arguments.plot is not None:
        unit = 1.0 if arguments.base is None else np.log(arguments.base)
        null = found.null_distribution * unit if len(found.null_distribution) else None
        draw(arguments.plot, LagDisplay(found.lags, found.mi * unit, null))
