"""`skmi matrix`: the mutual information of all pairs of columns of a file."""

import argparse
import warnings
from itertools import combinations
from typing import Any

import numpy as np

from .._input._table import read_table
from ..feature_selection._pairwise import pairwise_mutual_info
from ..feature_selection._prepared import column_kinds, label_pairs
from ..inspection._pairwise import PairwiseMIDisplay
from ._notes import working
from ._options import add_options, check_at_least, check_base, refuse_shared
from ._output import FORMULAS, draw, fields, print_json, print_table, result, unit_of, write_csv
from ._table import DataFile, split_names

# So many columns are printed as a matrix; of more, the strongest pairs alone.
_FEW = 12


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "matrix",
        help="estimate mutual information of all pairs of columns of a file",
        description="Estimate the mutual information of all pairs of columns of a file, which may "
        "hold numbers and labels side by side; print the matrix and the strongest pairs, write "
        "it, draw it. On the diagonal stands the entropy of labels.",
    )
    parser.add_argument("--columns", metavar="A,B", help="default: all")
    parser.add_argument(
        "--permutations", type=int, default=0, metavar="B", help="for p-values; default: 0, none"
    )
    parser.add_argument(
        "--top", type=int, default=20, metavar="N", help="pairs to print; default: 20"
    )
    add_options(parser, "saving", "missing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Estimate, print, write and draw."""
    check_base(arguments.base)
    check_at_least("--permutations", arguments.permutations, 0)
    check_at_least("--top", arguments.top, 0)
    file = DataFile(arguments)
    names = split_names(arguments.columns or "") or file.names
    refuse_shared({"--columns": names})
    if len(names) < 2:
        raise ValueError(f"{file.name}: a pair needs two columns, there is {', '.join(names)!r}")
    columns = file.select(names)
    with warnings.catch_warnings(record=True) as caught, working("estimating pairs of columns"):
        warnings.simplefilter("always")
        found = pairwise_mutual_info(
            columns,
            n_neighbors=arguments.n_neighbors,
            base=arguments.base,
            n_permutations=arguments.permutations or None,
            random_state=arguments.random_state,
            n_jobs=arguments.n_jobs,
            verbose=1,
        )
    mi, pvalues = found if arguments.permutations else (found, None)
    told = list(dict.fromkeys(str(warning.message) for warning in caught))
    pairs = _pairs(columns, mi, pvalues)
    _save(arguments, names, mi)
    n_samples, unit = len(columns[names[0]]), unit_of(arguments.base)
    if arguments.json:
        sizes = {"n_samples": n_samples, "n_omitted": file.n_omitted, "unit": unit}
        values = {"columns": names, "matrix": mi, "results": pairs, "warnings": told}
        print_json({"file": arguments.file, **sizes, **values})
        return
    print(f"Mutual information of {len(names)} columns in {unit}, {n_samples} samples\n")
    if len(names) <= _FEW:
        _print_matrix(names, mi)
    if arguments.top:
        print_table(pairs[: arguments.top], fields("a", "b", unit=unit))
    if arguments.top < len(pairs):
        print(f"\n{len(pairs) - arguments.top} more pairs; --top shows more, --out writes all")
    for message in told:
        print(f"\n{message}")


def _pairs(columns: dict[str, Any], mi: Any, pvalues: Any) -> list[dict[str, Any]]:
    """A row of results for each pair, the strongest first."""
    table = read_table(columns, "X")
    pairs = list(combinations(range(len(columns)), 2))
    n_labels = label_pairs(column_kinds(table, "auto"), pairs, table.n_samples).sum(axis=1)
    names = list(columns)
    rows = [
        result(
            float(mi[i, j]),
            FORMULAS[n],
            p_value=None if pvalues is None else float(pvalues[i, j]),
            a=names[i],
            b=names[j],
        )
        for (i, j), n in zip(pairs, n_labels, strict=True)
    ]
    return sorted(rows, key=lambda row: -row["mi"])


def _save(arguments: argparse.Namespace, names: list[str], mi: Any) -> None:
    if arguments.out is not None:
        rows = [[name, *map(float, values)] for name, values in zip(names, mi, strict=True)]
        write_csv(arguments.out, ["", *names], rows)
    if arguments.plot is not None:
        nats = mi * (1.0 if arguments.base is None else np.log(arguments.base))
        draw(arguments.plot, PairwiseMIDisplay(nats, names=names))


def _print_matrix(names: list[str], mi: Any) -> None:
    width = max(6, *map(len, names))
    print(" " * width, *(f"{name:>{max(6, len(name))}}" for name in names), sep="  ")
    for name, values in zip(names, mi, strict=True):
        cells = (f"{v:>{max(6, len(n))}.3f}" for n, v in zip(names, values, strict=True))
        print(f"{name:<{width}}", *cells, sep="  ")
    print()
