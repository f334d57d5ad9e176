"""`skmi estimate`: mutual information between the columns of a file."""

import argparse
import json
import time
import warnings
from itertools import combinations
from typing import Any

import numpy as np

from .._input._checks import check_base
from .._recipes import get_estimator_names, make_estimator
from ..estimators._conditional import conditional_mutual_info
from ..estimators._repeats import repeat
from ._table import DataFile, add_file, split_names

# Networks take minutes where neighbours take a moment: they run when they are asked for.
_DEFAULT_METHODS = [name for name in get_estimator_names() if "ksg" in name]


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "estimate",
        help="estimate mutual information between columns of a file",
        description="Estimate the mutual information between columns of a file. Columns of text "
        "are labels; whole numbers are labels if each has 20 samples on average.",
    )
    add_file(parser)
    parser.add_argument("--x", metavar="A,B", help="columns of X; default: all but those of y")
    parser.add_argument("--y", metavar="C", required=True, help="columns of y")
    parser.add_argument(
        "--given",
        action="append",
        metavar="D[,E]",
        help="columns that are known already: estimate conditional mutual information",
    )
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
        "--n-jobs", type=int, metavar="N", help="threads; -1 for all cores; default: 1"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Estimate and print."""
    base = arguments.base
    if base is not None and not (np.isfinite(base) and base > 0 and base != 1):
        raise ValueError(f"--base must be a positive number other than 1, got {base:g}")
    file = DataFile(arguments)
    y_names = split_names(arguments.y)
    given_names = split_names(",".join(arguments.given or ()))
    others = {*y_names, *given_names}
    x_names = split_names(arguments.x or "") or [n for n in file.names if n not in others]
    _refuse_shared({"--x": x_names, "--y": y_names, "--given": given_names})
    methods = split_names(",".join(arguments.method or ()))
    X, y = file.select(x_names), file.select(y_names)
    n_samples = len(next(iter(y.values())))
    if given_names:
        if methods:
            raise ValueError("--given has a method of its own: leave out --method")
        rows = [_conditional(X, y, file.select(given_names), arguments)]
    else:
        methods = methods or _methods_for({**X, **y})
        rows = _estimates(X, y, methods, vars(arguments), check_base(base))
    if arguments.json:
        result = {
            "file": arguments.file,
            "x": x_names,
            "y": y_names,
            **({"given": given_names} if given_names else {}),
            "n_samples": n_samples,
            "base": "e" if base is None else base,
            "estimates": rows,
        }
        print(json.dumps(result, indent=2))
        return
    unit = {None: "nats", 2.0: "bits"}.get(base, f"base {base}")
    condition = f" | {', '.join(given_names)}" if given_names else ""
    print(f"I({', '.join(x_names)}; {', '.join(y_names)}{condition}), {n_samples} samples\n")
    width = max(16, *(len(row["method"]) for row in rows))
    print(f"{'method':<{width}} {f'MI ({unit})':>12} {'best scale':>11} {'seconds':>8}")
    for row in rows:
        scale = "-" if row["best_scale"] is None else f"{row['best_scale']:.4g}"
        print(f"{row['method']:<{width}} {row['mi']:>12.4f} {scale:>11} {row['seconds']:>8.3f}")
    for row in rows:
        for warning in row["warnings"]:
            print(f"\n{row['method']}: {warning}")


def _refuse_shared(options: dict[str, list[str]]) -> None:
    """Raise an error if two options name the same column."""
    for (one, names), (other, others) in combinations(options.items(), 2):
        shared = [name for name in names if name in others]
        if shared:
            raise ValueError(f"{one} and {other} both name {shared[0]!r}")


def _conditional(X: Any, y: Any, z: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        options = {"n_neighbors": arguments.n_neighbors, "n_jobs": arguments.n_jobs}
        mi = conditional_mutual_info(X, y, z, base=arguments.base, **options)
    return {
        "method": "conditional",
        "mi": mi,
        "best_scale": None,
        "seconds": time.perf_counter() - start,
        "warnings": [str(warning.message) for warning in caught],
    }


def _methods_for(columns: dict[str, Any]) -> list[str]:
    """All that run when none is asked for: where there are labels, those that know them."""
    if all(column.dtype.kind in "iuf" for column in columns.values()):
        return _DEFAULT_METHODS
    return [name for name in _DEFAULT_METHODS if make_estimator(name)._asked_kinds() is not None]


def _estimates(
    X: Any, y: Any, methods: list[str], options: dict[str, Any], unit: float
) -> list[dict[str, Any]]:
    estimators = {method: _make(method, options) for method in methods}
    rows = []
    for method, estimator in estimators.items():
        start = time.perf_counter()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            data = repeat(estimator, X, y)
            mi = data.whole()
        rows.append(
            {
                "method": method,
                "mi": mi / unit,
                "best_scale": getattr(data.estimator, "best_scale_", None),
                "seconds": time.perf_counter() - start,
                "warnings": [str(warning.message) for warning in caught],
            }
        )
    return rows


def _make(method: str, options: dict[str, Any]) -> Any:
    own = "random_state" if method.startswith("mine") else "n_neighbors"
    return make_estimator(method, **{name: options[name] for name in (own, "n_jobs")})
