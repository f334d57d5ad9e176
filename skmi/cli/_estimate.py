"""`skmi estimate`: mutual information between the columns of a file."""

import argparse
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from .._input._checks import check_base as unit_in_nats
from .._input._sample import make_sample
from .._recipes import (
    estimate,
    get_estimator_names,
    has_parameter,
    make_estimator,
    with_settings,
)
from ..estimators._conditional import conditional_mutual_info
from ..estimators._normalized import check_normalize, normalized
from ..model_selection._conditional_independence import conditional_independence_test
from ..model_selection._report import mutual_info_report
from ._notes import working
from ._options import add_options, check_at_least, check_base, refuse_shared
from ._output import fields, print_json, print_table, result, unit_of
from ._table import Columns, DataFile, split_names

# Networks take minutes where neighbours take a moment: "all" is without them.
_ALL = [name for name in get_estimator_names() if "ksg" in name]


class _Asked(NamedTuple):
    """What is asked of the methods."""

    params: dict[str, dict[str, Any]]  # of each method
    common: dict[str, Any]  # of all
    n_permutations: int
    on_scale: Callable[[Any], Any]  # an estimate as it is asked for


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "estimate",
        help="estimate mutual information between columns of a file",
        description="Estimate the mutual information between columns of a file, with its 95% "
        "interval, a test of independence, and what speaks against it. Columns of text are "
        "labels; whole numbers are labels if each has 20 samples on average.",
    )
    parser.add_argument(
        "--x", "--features", metavar="A,B", help="columns of X; default: all but the others named"
    )
    parser.add_argument("--y", "--target", metavar="C", required=True, help="columns of y")
    parser.add_argument(
        "--method",
        action="append",
        metavar="NAME[,NAME]",
        help=f"of {', '.join(get_estimator_names())}; or all: those by neighbours; default: auto, "
        "which suits the columns",
    )
    parser.add_argument(
        "--scales",
        metavar="C,C",
        help="relative scales for methods that search the best one; default: auto",
    )
    parser.add_argument(
        "--permutations",
        type=int,
        metavar="B",
        help="for the p-value, which is 1 / (B + 1) at least; default: 19, with --given 200",
    )
    parser.add_argument(
        "--quick", action="store_true", help="the value alone: no interval and no p-value"
    )
    add_options(parser, "given", "normalizing", "missing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Estimate and print."""
    check_base(arguments.base)
    check_normalize(arguments.normalize, arguments.base)
    if arguments.permutations is not None:
        check_at_least("--permutations", arguments.permutations, 1)
    file = DataFile(arguments)
    y_names = split_names(arguments.y)
    given = split_names(",".join(arguments.given or ()))
    others = {*y_names, *given}
    x_names = split_names(arguments.x or "") or [n for n in file.names if n not in others]
    refuse_shared({"--x": x_names, "--y": y_names, "--given": given})
    if not x_names:
        raise ValueError(f"{file.name}: there is no column for --x but {', '.join(sorted(others))}")
    columns = file.select([*x_names, *y_names, *given])
    X, y, z = ({name: columns[name] for name in names} for names in (x_names, y_names, given))
    rows = _conditional(X, y, z, arguments) if given else _each_method(X, y, arguments)
    n_samples = len(next(iter(y.values())))
    unit = unit_of(arguments.base, arguments.normalize)
    if arguments.json:
        names = {"file": arguments.file, "x": x_names, "y": y_names, "given": given}
        sizes = {"n_samples": n_samples, "n_omitted": file.n_omitted, "unit": unit}
        print_json({**names, **sizes, "results": rows})
        return
    condition = f" | {', '.join(given)}" if given else ""
    print(f"I({', '.join(x_names)}; {', '.join(y_names)}{condition}), {n_samples} samples\n")
    print_table(rows, fields(unit=unit))
    for row in rows:
        _print_notes(row)


def _print_notes(row: dict[str, Any]) -> None:
    if len(row["candidates"]) > 1:
        compared = ", ".join(f"{name} {mi:.3f}" for name, mi in row["candidates"].items())
        print(f"\n{row['method']} of {compared}")
    if row["best_scale"] is not None:
        print(f"\n{row['method']}: best relative scale {row['best_scale']:.4g}")
    for warning in row["warnings"]:
        print(f"\n{row['method']}: {warning}")


def _conditional(
    X: Columns, y: Columns, z: Columns, arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    for option in ("method", "scales", "normalize"):
        if getattr(arguments, option) is not None:
            raise ValueError(f"--given has a method of its own: leave out --{option}")

    def make() -> dict[str, Any]:
        options = {"n_neighbors": arguments.n_neighbors, "n_jobs": arguments.n_jobs}
        mi = conditional_mutual_info(X, y, z, base=arguments.base, **options)
        p_value = None
        if not arguments.quick:
            n = arguments.permutations or 200
            options |= {"n_permutations": n, "random_state": arguments.random_state}
            p_value = conditional_independence_test(X, y, z, **options).pvalue
        return result(mi, "conditional", p_value=p_value, candidates={}, best_scale=None)

    return [_timed("conditional", make)]


def _each_method(X: Columns, y: Columns, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    methods = split_names(",".join(arguments.method or ["auto"]))
    if "all" in methods:
        family = _methods_for({**X, **y})
        methods = [each for name in methods for each in (family if name == "all" else [name])]
    asked = _Asked(
        {method: _params_of(method, arguments) for method in methods},
        {name: getattr(arguments, name) for name in ("base", "random_state", "n_jobs")},
        arguments.permutations or 19,
        _scale(X, y, arguments.normalize),
    )
    make = _value if arguments.quick else _report
    return [_timed(method, partial(make, X, y, method, asked)) for method in methods]


def _methods_for(columns: Columns) -> list[str]:
    """All by neighbours: where there are labels, those that know them."""
    if all(column.dtype.kind in "iuf" for column in columns.values()):
        return _ALL
    return [name for name in _ALL if make_estimator(name)._asked_kinds() is not None]


def _params_of(method: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Those of the options that the method has."""
    estimator = make_estimator(method)
    params: dict[str, Any] = {}
    if has_parameter(estimator, "n_neighbors"):
        params["n_neighbors"] = arguments.n_neighbors
    if arguments.scales not in (None, "auto"):
        if not has_parameter(estimator, "scales"):
            searching = [n for n in get_estimator_names() if n.startswith("ksg-global")]
            raise ValueError(
                f"--scales is for methods that search the best one, and {method!r} does not: "
                f"take --method {' or '.join(searching)}"
            )
        params["scales"] = _numbers("--scales", arguments.scales)
    return params


def _numbers(option: str, text: str) -> list[float]:
    try:
        return [float(number) for number in text.split(",")]
    except ValueError:
        raise ValueError(f"{option} must be numbers separated by commas, got {text!r}") from None


def _report(X: Any, y: Any, method: str, asked: _Asked) -> dict[str, Any]:
    """The estimate, its interval and its test."""
    report = mutual_info_report(
        X, y, method, n_permutations=asked.n_permutations, **asked.common, **asked.params[method]
    )
    found = report.to_dict()
    mi, low, high = (asked.on_scale(found[name]) for name in ("mi", "low", "high"))
    return result(
        mi,
        report.method if method == "auto" else method,
        low,
        high,
        report.pvalue,
        candidates=found["candidates"],
        best_scale=_best_scale(report.estimator),
        warnings=report.doubts,
    )


def _value(X: Any, y: Any, method: str, asked: _Asked) -> dict[str, Any]:
    """The estimate alone."""
    settings = dict(asked.common)
    unit = unit_in_nats(settings.pop("base"))
    estimator = with_settings(method, asked.params[method], **settings)
    mi = asked.on_scale(estimate(estimator, X, y) / unit)
    return result(mi, method, candidates={}, best_scale=_best_scale(estimator))


def _scale(X: Any, y: Any, normalize: str | None) -> Callable[[Any], Any]:
    """What turns an estimate, or no estimate, into what is asked for."""
    if normalize is None:
        return lambda mi: mi
    sample = make_sample(X, y, discrete=("auto", "auto"), vector_X=True, reset=False)
    normalized(0.0, sample, normalize)  # an error where it does not apply
    return lambda mi: None if mi is None else normalized(mi, sample, normalize)


def _best_scale(estimator: Any) -> float | None:
    scale = getattr(estimator, "best_scale_", None)
    return None if scale is None or not np.isfinite(scale) else float(scale)


def _timed(method: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A row, with what was warned of on the way and how long it took."""
    start = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught, working(f"estimating by {method}"):
        warnings.simplefilter("always")
        row = make()
    told = list(dict.fromkeys([*row.get("warnings", []), *(str(w.message) for w in caught)]))
    return {**row, "seconds": time.perf_counter() - start, "warnings": told}
