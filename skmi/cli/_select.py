"""`skmi select`: which columns of a file tell about one of them."""

import argparse
import json
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .._codes import BoolArray, encode_column
from .._kinds import looks_like_a_measurement
from .._validation import FloatArray
from ..feature_selection._joint_mi import JointMISelector
from ..feature_selection._scorer import FeatureMutualInfo
from ._estimate import _names
from ._table import read_columns, select


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "select",
        help="rank the columns of a CSV file by what they tell about one of them",
        description="Rank the columns of a CSV file by their mutual information with a target "
        "column, with p-values by permutation. Columns of text, and of few distinct whole "
        "numbers, are labels; the others are numbers.",
    )
    parser.add_argument("file", type=Path, metavar="FILE.csv", help="a CSV file with a header")
    parser.add_argument("--target", metavar="C", required=True, help="the target column")
    parser.add_argument(
        "--features", metavar="A,B", help="columns to rank; default: all but the target"
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--k", type=int, metavar="K", help="select the K best")
    chosen.add_argument(
        "--fdr",
        type=float,
        metavar="Q",
        help="select so that at most this part is expected to be false (Benjamini, Hochberg)",
    )
    parser.add_argument(
        "--joint",
        action="store_true",
        help="add features one by one by what they tell together; "
        "without --k, until no other is significant at 0.05",
    )
    parser.add_argument("--labels", metavar="A,B", help="columns to take for labels")
    parser.add_argument("--numbers", metavar="A,B", help="columns to take for numbers")
    parser.add_argument(
        "--permutations",
        type=int,
        default=499,
        metavar="B",
        help="for p-values; default: 499; 0: no p-values",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="default: 0")
    parser.add_argument("--n-neighbors", type=int, default=3, metavar="K", help="default: 3")
    parser.add_argument(
        "--delimiter", default=",", metavar="D", help="between cells; default: a comma"
    )
    parser.add_argument(
        "--n-jobs", type=int, metavar="N", help="threads; -1 for all cores; default: 1"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


class _Variables(NamedTuple):
    """Columns as numbers, labels as codes, and which are which."""

    names: list[str]
    values: FloatArray
    discrete: BoolArray

    def kind(self, position: int) -> str:
        return "labels" if self.discrete[position] else "numbers"


def run(arguments: argparse.Namespace) -> None:
    """Rank and print."""
    _refuse_bad_options(arguments)
    columns = read_columns(arguments.file, arguments.delimiter)
    target = _variables(columns, [arguments.target], arguments)
    names = [name for name in columns if name != arguments.target]
    if arguments.features:
        names = _names(arguments.features)
    if not names:
        raise ValueError(f"{arguments.file}: there is no column but {arguments.target!r}")
    for name in names:
        if name == arguments.target:
            raise ValueError(f"--features names {name!r}, which is the target")
        if names.count(name) > 1:
            raise ValueError(f"--features names {name!r} twice")
    features = _variables(columns, names, arguments)
    if arguments.k is not None and arguments.k > len(names):
        raise ValueError(f"--k is {arguments.k}, but there are {len(names)} features")
    rows = (_joint if arguments.joint else _single)(features, target, arguments)
    if arguments.json:
        result = {
            "file": str(arguments.file),
            "target": arguments.target,
            "target_kind": target.kind(0),
            "n_samples": len(features.values),
            "joint": arguments.joint,
            "n_permutations": arguments.permutations,
            "features": rows,
        }
        print(json.dumps(result, indent=2))
        return
    what = "together with those before" if arguments.joint else "each by itself"
    print(f"What features tell about {arguments.target} ({target.kind(0)}), {what}")
    print(f"{len(features.values)} samples, {arguments.permutations} permutations\n")
    width = max(len("feature"), *(len(row["feature"]) for row in rows)) if rows else 7
    print(f"  {'feature':<{width}} {'kind':<7} {'MI (nats)':>10} {'p-value':>8}")
    for row in rows:
        p_value = "-" if row["p_value"] is None else f"{row['p_value']:.4f}"
        mark = "*" if row["selected"] else " "
        print(f"{mark} {row['feature']:<{width}} {row['kind']:<7} {row['mi']:>10.4f} {p_value:>8}")
    if any(row["selected"] for row in rows):
        print("\n* selected")


def _refuse_bad_options(arguments: argparse.Namespace) -> None:
    if len(arguments.delimiter) != 1:
        raise ValueError(f"--delimiter must be one character, got {arguments.delimiter!r}")
    if arguments.k is not None and arguments.k < 1:
        raise ValueError(f"--k must be at least 1, got {arguments.k}")
    if arguments.fdr is not None and not 0 < arguments.fdr < 1:
        raise ValueError(f"--fdr must be between 0 and 1, got {arguments.fdr:g}")
    if arguments.joint and arguments.fdr is not None:
        raise ValueError("--fdr is for single features: with --joint, give --k or nothing")
    by_pvalue = "--fdr" if arguments.fdr else "--joint without --k" if arguments.joint else ""
    if arguments.permutations == 0 and by_pvalue and arguments.k is None:
        raise ValueError(f"{by_pvalue} goes by p-values: --permutations must not be 0")
    least = 1 / (1 + max(arguments.permutations, 0))
    if arguments.fdr is not None and least > arguments.fdr:
        raise ValueError(
            f"--fdr {arguments.fdr:g} would select nothing: of {arguments.permutations} "
            f"permutations no p-value is below {least:.3g}"
        )


def _variables(
    columns: dict[str, list[str]], names: list[str], arguments: argparse.Namespace
) -> _Variables:
    labels = _names(arguments.labels or "")
    numbers = _names(arguments.numbers or "")
    values, discrete = [], []
    for name in names:
        cells = columns.get(name, [])
        is_discrete = name in labels or (name not in numbers and _hold_labels(cells))
        if name in columns and is_discrete:
            if "" in map(str.strip, cells):
                row = [cell.strip() for cell in cells].index("") + 1
                raise ValueError(
                    f"{arguments.file}: column {name!r} has an empty cell in data row {row}"
                )
            values.append(encode_column(np.array(cells)).astype(np.float64))
        else:  # says so if there is no such column, or if it holds something else
            values.append(select(columns, [name], arguments.file)[:, 0])
        discrete.append(is_discrete)
    return _Variables(names, np.column_stack(values), np.array(discrete, dtype=bool))


def _hold_labels(cells: list[str]) -> bool:
    """Whether cells are text, or whole numbers that do not look like a measurement."""
    given = [cell for cell in cells if cell.strip()]
    try:
        whole = [int(cell) for cell in given]
    except ValueError:
        try:
            np.array(given, dtype=np.float64)
        except ValueError:
            return True
        return False
    return bool(whole) and not looks_like_a_measurement(len(set(whole)), len(whole))


def _single(
    features: _Variables, target: _Variables, arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    scorer = FeatureMutualInfo(
        arguments.permutations or None,
        n_neighbors=arguments.n_neighbors,
        discrete_features=features.discrete,
        discrete_target=bool(target.discrete[0]),
        random_state=arguments.seed,
        n_jobs=arguments.n_jobs,
    )
    found = scorer(features.values, target.values[:, 0])
    scores, pvalues = found if arguments.permutations else (found, np.full(len(found), np.nan))
    ranking = np.lexsort([pvalues, -scores])
    selected = np.zeros(len(scores), dtype=bool)
    if arguments.k is not None:
        selected[ranking[: arguments.k]] = True
    elif arguments.fdr is not None:
        ascending = np.sort(pvalues)
        passed = ascending <= arguments.fdr * np.arange(1, len(scores) + 1) / len(scores)
        selected = pvalues <= np.max(ascending[passed], initial=0.0)
    return [
        {
            "feature": features.names[i],
            "kind": features.kind(i),
            "mi": float(scores[i]),
            "p_value": float(pvalues[i]) if arguments.permutations else None,
            "selected": bool(selected[i]),
        }
        for i in ranking
    ]


def _joint(
    features: _Variables, target: _Variables, arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    if features.discrete.any():
        first = features.names[int(features.discrete.argmax())]
        raise ValueError(
            f"--joint needs numbers, but column {first!r} holds labels: leave it out with "
            "--features, or name it in --numbers"
        )
    selector = JointMISelector(
        "auto" if arguments.k is None else arguments.k,
        stop="p-value" if arguments.permutations else None,
        alpha=0.05 if arguments.k is None else 1.0,
        n_permutations=arguments.permutations or 1,
        n_neighbors=arguments.n_neighbors,
        discrete_target=bool(target.discrete[0]),
        random_state=arguments.seed,
        n_jobs=arguments.n_jobs,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        selector.fit(features.values, target.values[:, 0])
    pvalues = getattr(selector, "pvalues_", [None] * len(selector.path_))
    return [
        {
            "feature": features.names[i],
            "kind": features.kind(i),
            "mi": float(score),
            "p_value": None if p_value is None else float(p_value),
            "selected": True,
        }
        # The last p-value may be that of a candidate that was not selected.
        for i, score, p_value in zip(selector.path_, selector.scores_, pvalues, strict=False)
    ]
