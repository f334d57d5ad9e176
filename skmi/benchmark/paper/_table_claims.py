"""What the paper says of its tables, held against the cells computed here."""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from ._claims import Claim
from ._estimators import KSG_FAMILY, MINE_FAMILY

# Errors that differ by less are printed alike.
_EQUAL = 0.0005

_FAMILIES = {
    "KSG": (KSG_FAMILY, "ksg", "ksg-global-linf"),
    "MINE": (MINE_FAMILY, "mine", "mine-global-corrected"),
}


def check_table_claims(table: int, comparison: Any) -> list[Claim]:
    """The paper's takeaways of a table, for each family that has run in full.

    Parameters
    ----------
    table : int
    comparison : DataFrame
        Of `compare`.

    Returns
    -------
    claims : list of Claim
    """
    errors = comparison[comparison.measure == "normalized_rmse (root)"]
    ours = errors.pivot(index="row", columns="estimator", values="ours")
    paper = errors.pivot(index="row", columns="estimator", values="paper")
    claims = []
    for family, (names, plain, best) in _FAMILIES.items():
        own = [name for name in names if name in ours]
        if len(own) < len(names):
            continue
        claims += [
            _better(table, family, ours[own], plain),
            _best(table, ours[own], best),
            _same_order(table, family, ours[own], paper[own]),
        ]
    return claims


def _better(table: int, family: str, errors: Any, plain: str) -> Claim:
    scaled = [name for name in errors if name not in (plain, "bi-ksg")]
    counts = {name: int((errors[name] < errors[plain]).sum()) for name in scaled}
    held = all(count > len(errors) / 2 for count in counts.values())
    listed = "; ".join(f"{name} in {count}" for name, count in counts.items())
    text = f"The local and global variants have smaller errors than {family} itself"
    return Claim(f"table {table}", text, held, f"of {len(errors)} rows {listed}")


def _best(table: int, errors: Any, best: str) -> Claim:
    first = int((errors[best] <= errors.min(axis=1) + _EQUAL).sum())
    text = f"{best} has the smallest error of its family in most rows"
    held = first > len(errors) / 2
    return Claim(f"table {table}", text, held, f"in {first} of {len(errors)} rows")


def _same_order(table: int, family: str, ours: Any, paper: Any) -> Claim:
    """Not a sentence of the paper: whether its order of the estimators comes again."""
    readable = paper.notna().all(axis=1).to_numpy()
    pairs = zip(ours.to_numpy()[readable], paper.to_numpy()[readable], strict=True)
    correlations = [np.corrcoef(rankdata(one), rankdata(other))[0, 1] for one, other in pairs]
    mean = float(np.mean(correlations)) if correlations else float("nan")
    text = f"The estimators of the {family} family come in the paper's order in each row"
    measured = f"mean rank correlation {mean:.2f} over {len(correlations)} rows"
    return Claim(f"table {table}", text, mean > 0.8, measured)
