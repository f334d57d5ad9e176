"""`skmi estimate`: mutual information between the columns of a file."""

import argparse
import csv
import json
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from ..estimators._ksg import KSG
from ..estimators._registry import get_estimator_names, make_estimator
from ._table import read_columns, select

# Networks take minutes where neighbours take a moment: they run when they are asked for.
_DEFAULT_METHODS = [name for name in get_estimator_names() if "ksg" in name]


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "estimate",
        help="estimate mutual information between columns of a CSV file",
        description="Estimate the mutual information between columns of a CSV file.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="a CSV file with a header")
    parser.add_argument("--x", metavar="A,B", help="columns of X; default: all but those of y")
    parser.add_argument("--y", metavar="C", required=True, help="columns of y")
    parser.add_argument(
        "--method",
        action="append",
        metavar="NAME[,NAME]",
        help=f"of {', '.join(get_estimator_names())}; default: all but those by networks",
    )
    parser.add_argument("--n-neighbors", type=int, default=3, metavar="K", help="default: 3")
    parser.add_argument(
        "--random-state", type=int, metavar="SEED", help="of methods by networks; default: none"
    )
    parser.add_argument(
        "--base", type=float, metavar="B", help="of the logarithm: 2 for bits; default: e"
    )
    parser.add_argument(
        "--delimiter", default=",", metavar="D", help="between cells; default: a comma"
    )
    parser.add_argument(
        "--n-jobs", type=int, metavar="N", help="threads; -1 for all cores; default: 1"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Estimate and print."""
    base = arguments.base
    if base is not None and not (np.isfinite(base) and base > 0 and base != 1):
        raise ValueError(f"--base must be a positive number other than 1, got {base:g}")
    if len(arguments.delimiter) != 1:
        raise ValueError(f"--delimiter must be one character, got {arguments.delimiter!r}")
    columns = read_columns(arguments.file, arguments.delimiter)
    y_names = _names(arguments.y)
    x_names = _names(arguments.x) if arguments.x else [n for n in columns if n not in y_names]
    X = select(columns, x_names, arguments.file)
    y = select(columns, y_names, arguments.file)
    rows = _estimates(
        X,
        y,
        _names(",".join(arguments.method or _DEFAULT_METHODS)),
        vars(arguments),
        1.0 if base is None else float(np.log(base)),
    )
    if arguments.json:
        result = {
            "file": str(arguments.file),
            "x": x_names,
            "y": y_names,
            "n_samples": len(X),
            "base": "e" if base is None else base,
            "estimates": rows,
        }
        print(json.dumps(result, indent=2))
        return
    unit = {None: "nats", 2.0: "bits"}.get(base, f"base {base}")
    print(f"I({', '.join(x_names)}; {', '.join(y_names)}), {len(X)} samples\n")
    print(f"{'method':<16} {f'MI ({unit})':>12} {'best scale':>11} {'seconds':>8}")
    for row in rows:
        scale = "-" if row["best_scale"] is None else f"{row['best_scale']:.4g}"
        print(f"{row['method']:<16} {row['mi']:>12.4f} {scale:>11} {row['seconds']:>8.3f}")
    for row in rows:
        for warning in row["warnings"]:
            print(f"\n{row['method']}: {warning}")


def _names(option: str) -> list[str]:
    """Names separated by commas; a name in double quotes may contain one."""
    return [name.strip() for name in next(csv.reader([option], skipinitialspace=True))]


def _estimates(
    X: Any, y: Any, methods: list[str], options: dict[str, Any], unit: float
) -> list[dict[str, Any]]:
    estimators = {method: _make(method, options) for method in methods}
    _load_kernels()
    rows = []
    for method, estimator in estimators.items():
        start = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            estimator.fit(X, y)
        rows.append(
            {
                "method": method,
                "mi": estimator.mi_ / unit,
                "best_scale": getattr(estimator, "best_scale_", None),
                "seconds": time.perf_counter() - start,
                "warnings": [str(warning.message) for warning in caught],
            }
        )
    return rows


def _make(method: str, options: dict[str, Any]) -> Any:
    own = "random_state" if method.startswith("mine") else "n_neighbors"
    return make_estimator(method, **{name: options[name] for name in (own, "n_jobs")})


def _load_kernels() -> None:
    """Compile the kernels, or load them from the cache, before anything is timed."""
    tiny = np.arange(4.0).reshape(-1, 1)
    for algorithm in ("brute", "kd_tree"):
        KSG(1, algorithm_=algorithm).fit(tiny, tiny)
