"""`skmi select`: which columns of a file tell about one of them."""

import argparse
import warnings
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import false_discovery_control

from .._input._table import read_table
from .._recipes import make_estimator
from .._typing import BoolArray, FloatArray
from ..estimators._conditional import conditional_mutual_info
from ..feature_selection._joint_mi import JointMISelector
from ..feature_selection._prepared import Prepared
from ..feature_selection._selector import MutualInfoSelector
from ..model_selection._conditional_independence import conditional_independence_test
from ..model_selection._interval import FEWEST_SAMPLES, mutual_info_interval
from ._notes import working
from ._options import add_options, check_at_least, check_base, refuse_shared
from ._output import FORMULAS, Field, fields, print_json, print_table, result, unit_of
from ._table import Column, Columns, DataFile, split_names

# Of the p-values where nothing is selected by them.
_PERMUTATIONS = 99
# So many cells of a table take long: the fewest permutations that can show a p-value of 0.05.
_MANY, _FEWEST = 10**6, 19
_LEVEL = 0.05


class _Found(NamedTuple):
    """What was found of each feature, in the order of the file or of their selection."""

    names: list[str]
    kinds: list[str]
    methods: list[str]
    scores: FloatArray
    pvalues: FloatArray | None
    selected: BoolArray
    target_kind: str


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "select",
        help="rank the columns of a file by what they tell about one of them",
        description="Rank the columns of a file by their mutual information with a target "
        "column, with p-values by permutation. Columns of text are labels; whole numbers are "
        "labels if each has 20 samples on average.",
    )
    parser.add_argument("--target", "--y", metavar="C", required=True, help="the target column")
    parser.add_argument(
        "--features",
        "--x",
        metavar="A,B",
        help="columns to rank; default: all but the target and what is given",
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
        metavar="B",
        help="for p-values; default: 99, of a million cells 19, with --fdr as many as it needs; "
        "0: no p-values",
    )
    parser.add_argument("--intervals", action="store_true", help="a 95%% interval of each, too")
    add_options(parser, "given", "missing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Rank and print."""
    _refuse_bad_options(arguments)
    file = DataFile(arguments)
    given = split_names(",".join(arguments.given or ()))
    others = [arguments.target, *given]
    names = split_names(arguments.features or "") or [n for n in file.names if n not in others]
    if not names:
        raise ValueError(f"{file.name}: there is no column but {', '.join(map(repr, others))}")
    refuse_shared({"--features": names, "--target": [arguments.target], "--given": given})
    if arguments.k is not None and arguments.k > len(names):
        raise ValueError(f"--k is {arguments.k}, but there are {len(names)} features")
    columns = file.select([*names, *others])
    features = {name: columns[name] for name in names}
    target = columns[arguments.target]
    select = _joint if arguments.joint else _given if given else _single
    with warnings.catch_warnings(record=True) as caught, working("ranking columns"):
        warnings.simplefilter("always")
        found = select(features, target, {name: columns[name] for name in given}, arguments)
        rows = _rows(found, features, target, arguments)
    told = list(dict.fromkeys(str(warning.message) for warning in caught))
    unit = unit_of(arguments.base)
    if arguments.json:
        print_json(
            {
                "file": arguments.file,
                "target": arguments.target,
                "target_kind": found.target_kind,
                "given": given,
                "joint": arguments.joint,
                "n_samples": len(target),
                "n_omitted": file.n_omitted,
                "unit": unit,
                "results": rows,
                "warnings": told,
            }
        )
        return
    what = "together with those before" if arguments.joint else "each by itself"
    condition = f" beyond {', '.join(given)}" if given else ""
    print(f"What features tell about {arguments.target} ({found.target_kind}){condition}, {what}")
    print(f"{len(target)} samples\n")
    marked = [{**row, "mark": "*" if row["selected"] else " "} for row in rows]
    print_table(marked, [Field("mark", " "), *fields("feature", "kind", unit=unit)])
    if any(row["selected"] for row in rows):
        print("\n* selected")
    for message in told:
        print(f"\n{message}")


def _refuse_bad_options(arguments: argparse.Namespace) -> None:
    check_base(arguments.base)
    if arguments.k is not None:
        check_at_least("--k", arguments.k, 1)
    if arguments.permutations is not None:
        check_at_least("--permutations", arguments.permutations, 0)
    if arguments.fdr is not None and not 0 < arguments.fdr < 1:
        raise ValueError(f"--fdr must be between 0 and 1, got {arguments.fdr:g}")
    for option in ("fdr", "given"):
        if arguments.joint and getattr(arguments, option) is not None:
            raise ValueError(f"--{option} is for single features: leave it out with --joint")
    if (arguments.joint or arguments.given) and arguments.intervals:
        raise ValueError("--intervals is for single features without --given: leave it out")
    by_pvalue = "--fdr" if arguments.fdr else "--joint without --k" if arguments.joint else ""
    if arguments.permutations == 0 and by_pvalue and arguments.k is None:
        raise ValueError(f"{by_pvalue} goes by p-values: --permutations must not be 0")


def _rows(
    found: _Found, features: Columns, target: Column, arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    unit = 1.0 if arguments.base is None else float(np.log(arguments.base))
    rows = []
    for i, name in enumerate(found.names):
        low = high = None
        if arguments.intervals and len(target) >= FEWEST_SAMPLES and found.scores[i] > 0.0:
            low, high = _interval(name, features[name], target, arguments)
        p_value = None if found.pvalues is None else float(found.pvalues[i])
        own = {"feature": name, "kind": found.kinds[i], "selected": bool(found.selected[i])}
        score = float(found.scores[i]) / unit
        lower, upper = (None if each is None else each / unit for each in (low, high))
        rows.append(result(score, found.methods[i], lower, upper, p_value, **own))
    return rows


def _interval(
    name: str, column: Column, target: Column, arguments: argparse.Namespace
) -> tuple[float, float]:
    """The interval of one feature; what is warned of names it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = mutual_info_interval(
            make_estimator("ksg-local", n_neighbors=arguments.n_neighbors),
            column,
            target,
            n_splits=6,
            n_repeats=2,
            n_jobs=arguments.n_jobs,
            random_state=arguments.random_state,
        )
    for each in caught:
        warnings.warn(f"{name}: {each.message}", each.category, stacklevel=2)
    return found.low, found.high


def _single(
    features: Columns, target: Column, given: Columns, arguments: argparse.Namespace
) -> _Found:
    options: dict[str, Any] = {"n_neighbors": arguments.n_neighbors}
    # Kinds and scores once, where the selector has no reason to choose.
    prepared = Prepared(features, target, arguments.n_neighbors, "auto", "auto")
    n_permutations = arguments.permutations or None
    if arguments.permutations is None and arguments.fdr is None:
        n_permutations = _PERMUTATIONS if len(features) * len(target) < _MANY else _FEWEST
    selector = MutualInfoSelector(
        arguments.k or 1.0,
        alpha=arguments.fdr,
        n_permutations=n_permutations,
        random_state=arguments.random_state,
        n_jobs=arguments.n_jobs,
        verbose=1,
        **options,
    )._fit(read_table(features, "X"), target)
    pvalues = getattr(selector, "pvalues_", None)
    nothing = arguments.k is None and arguments.fdr is None
    selected = np.zeros(len(features), dtype=bool) if nothing else selector.support_
    keys = [-selector.scores_] if pvalues is None else [pvalues, -selector.scores_]
    ranking = np.lexsort(keys)
    are_labels = [kind == "labels" for kind in prepared.kinds()]
    n_labels = np.add(are_labels, prepared.target_kinds, dtype=int)
    names = list(features)
    return _Found(
        [names[i] for i in ranking],
        [str(selector.kinds_[i]) for i in ranking],
        [FORMULAS[n_labels[i]] for i in ranking],
        selector.scores_[ranking],
        None if pvalues is None else pvalues[ranking],
        selected[ranking],
        "labels" if prepared.target_kinds.any() else "numbers",
    )


def _given(
    features: Columns, target: Column, given: Columns, arguments: argparse.Namespace
) -> _Found:
    """Each feature by what it tells beyond the columns given."""
    prepared = Prepared(features, target, arguments.n_neighbors, "auto", "auto")
    n_permutations = 199 if arguments.permutations is None else arguments.permutations
    options = {"n_neighbors": arguments.n_neighbors, "n_jobs": arguments.n_jobs}
    scores, pvalues = np.empty(len(features)), np.ones(len(features))
    for i, (name, column) in enumerate(features.items()):
        x = {name: column}
        scores[i] = max(0.0, conditional_mutual_info(x, target, given, **options))
        if n_permutations:
            test = {"n_permutations": n_permutations, "random_state": arguments.random_state}
            pvalues[i] = conditional_independence_test(x, target, given, **options, **test).pvalue
        print(f"{i + 1} of {len(features)} columns")  # how far it has come
    ranking = np.lexsort([pvalues, -scores])
    selected = np.zeros(len(features), dtype=bool)
    if arguments.k is not None:
        selected[ranking[: arguments.k]] = True
    elif arguments.fdr is not None:
        selected = false_discovery_control(pvalues) <= arguments.fdr
    names, kinds = list(features), prepared.kinds()
    return _Found(
        [names[i] for i in ranking],
        [kinds[i] for i in ranking],
        ["conditional"] * len(names),
        scores[ranking],
        pvalues[ranking] if n_permutations else None,
        selected[ranking],
        "labels" if prepared.target_kinds.any() else "numbers",
    )


def _joint(
    features: Columns, target: Column, given: Columns, arguments: argparse.Namespace
) -> _Found:
    by_pvalue = arguments.permutations != 0
    selector = JointMISelector(
        "auto" if arguments.k is None else arguments.k,
        stop="p-value" if by_pvalue else None,
        alpha=_LEVEL if arguments.k is None else 1.0,
        n_permutations=arguments.permutations or _PERMUTATIONS,
        n_neighbors=arguments.n_neighbors,
        random_state=arguments.random_state,
        n_jobs=arguments.n_jobs,
        verbose=1,
    )._fit(read_table(features, "X"), read_table({arguments.target: target}, "y"))
    names, path = list(features), selector.path_
    prepared = Prepared(features, target, arguments.n_neighbors, "auto", "auto")
    kinds = prepared.kinds()
    return _Found(
        [names[i] for i in path],
        [kinds[i] for i in path],
        [selector.method_] * len(path),
        selector.scores_,
        # The last p-value may be that of a candidate that was not selected.
        selector.pvalues_[: len(path)] if by_pvalue else None,
        np.ones(len(path), dtype=bool),
        "labels" if prepared.target_kinds.any() else "numbers",
    )
