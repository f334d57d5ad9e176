"""`skmi select`: which columns of a file tell about one of them."""

import argparse
import json
import warnings
from typing import Any

import numpy as np
from scipy.stats import false_discovery_control

from ..feature_selection._joint_mi import JointMISelector
from ..feature_selection._prepared import Prepared
from ..feature_selection._scorer import FeatureMutualInfo
from ._table import Column, DataFile, add_file, split_names


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "select",
        help="rank the columns of a file by what they tell about one of them",
        description="Rank the columns of a file by their mutual information with a target "
        "column, with p-values by permutation. Columns of text are labels; whole numbers are "
        "labels if each has 20 samples on average.",
    )
    add_file(parser)
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
        "--n-jobs", type=int, metavar="N", help="threads; -1 for all cores; default: 1"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Rank and print."""
    _refuse_bad_options(arguments)
    file = DataFile(arguments)
    target = file.select([arguments.target])[arguments.target]
    names = [name for name in file.names if name != arguments.target]
    if arguments.features:
        names = split_names(arguments.features)
    if not names:
        raise ValueError(f"{file.name}: there is no column but {arguments.target!r}")
    for name in names:
        if name == arguments.target:
            raise ValueError(f"--features names {name!r}, which is the target")
        if names.count(name) > 1:
            raise ValueError(f"--features names {name!r} twice")
    features = file.select(names)
    if arguments.k is not None and arguments.k > len(names):
        raise ValueError(f"--k is {arguments.k}, but there are {len(names)} features")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rows, target_kind = (_joint if arguments.joint else _single)(features, target, arguments)
    if arguments.json:
        result = {
            "file": arguments.file,
            "target": arguments.target,
            "target_kind": target_kind,
            "n_samples": len(target),
            "joint": arguments.joint,
            "n_permutations": arguments.permutations,
            "features": rows,
            "warnings": [str(warning.message) for warning in caught],
        }
        print(json.dumps(result, indent=2))
        return
    what = "together with those before" if arguments.joint else "each by itself"
    print(f"What features tell about {arguments.target} ({target_kind}), {what}")
    print(f"{len(target)} samples, {arguments.permutations} permutations\n")
    width = max(len("feature"), *(len(row["feature"]) for row in rows)) if rows else 7
    print(f"  {'feature':<{width}} {'kind':<7} {'MI (nats)':>10} {'p-value':>8}")
    for row in rows:
        p_value = "-" if row["p_value"] is None else f"{row['p_value']:.4f}"
        mark = "*" if row["selected"] else " "
        print(f"{mark} {row['feature']:<{width}} {row['kind']:<7} {row['mi']:>10.4f} {p_value:>8}")
    if any(row["selected"] for row in rows):
        print("\n* selected")
    for warning in caught:
        print(f"\n{warning.message}")


def _refuse_bad_options(arguments: argparse.Namespace) -> None:
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


def _single(
    features: dict[str, Column], target: Column, arguments: argparse.Namespace
) -> tuple[list[dict[str, Any]], str]:
    prepared = Prepared(features, target, arguments.n_neighbors, "auto", "auto")
    scorer = FeatureMutualInfo(
        arguments.permutations or None,
        n_neighbors=arguments.n_neighbors,
        random_state=arguments.seed,
        n_jobs=arguments.n_jobs,
    )
    found = scorer._score(prepared)
    scores, pvalues = found if arguments.permutations else (found, np.full(len(found), np.nan))
    ranking = np.lexsort([pvalues, -scores])
    selected = np.zeros(len(scores), dtype=bool)
    if arguments.k is not None:
        selected[ranking[: arguments.k]] = True
    elif arguments.fdr is not None:
        selected = false_discovery_control(pvalues) <= arguments.fdr
    names, kinds = list(features), prepared.kinds()
    rows = [
        {
            "feature": names[i],
            "kind": kinds[i],
            "mi": float(scores[i]),
            "p_value": float(pvalues[i]) if arguments.permutations else None,
            "selected": bool(selected[i]),
        }
        for i in ranking
    ]
    return rows, "labels" if prepared.target_kinds.any() else "numbers"


def _joint(
    features: dict[str, Column], target: Column, arguments: argparse.Namespace
) -> tuple[list[dict[str, Any]], str]:
    words = [name for name, column in features.items() if column.dtype.kind not in "iuf"]
    if words:
        raise ValueError(
            f"--joint needs numbers, but column {words[0]!r} holds labels: leave it out with "
            "--features"
        )
    selector = JointMISelector(
        "auto" if arguments.k is None else arguments.k,
        stop="p-value" if arguments.permutations else None,
        alpha=0.05 if arguments.k is None else 1.0,
        n_permutations=arguments.permutations or 1,
        n_neighbors=arguments.n_neighbors,
        random_state=arguments.seed,
        n_jobs=arguments.n_jobs,
    )
    selector.fit(np.column_stack([*features.values()]), target)
    names = list(features)
    pvalues = getattr(selector, "pvalues_", [None] * len(selector.path_))
    rows = [
        {
            "feature": names[i],
            "kind": "numbers",
            "mi": float(score),
            "p_value": None if p_value is None else float(p_value),
            "selected": True,
        }
        # The last p-value may be that of a candidate that was not selected.
        for i, score, p_value in zip(selector.path_, selector.scores_, pvalues, strict=False)
    ]
    return rows, "labels" if selector.method_ == "ross" else "numbers"
