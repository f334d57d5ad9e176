"""What the paper says of its tables, held against the cells computed here."""

from typing import Any

import numpy as np
from scipy.stats import rankdata

from ._claims import Claim
from ._estimators import FAMILIES, VERSIONS, Family, base_name

# Errors that differ by less are printed alike.
_EQUAL = 0.0005


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
    for family in FAMILIES:
        own = list(family.names)
        if set(own) <= set(ours):
            claims += [
                _better(table, family, ours[own]),
                _best(table, family, ours[own]),
                _better_than_vanilla(table, family, ours[own]),
                _same_order(table, family, ours[own], paper[own]),
            ]
    return claims


def _where(table: int, family: Family) -> str:
    return f"table {table}{VERSIONS[family.version]}"


def _better(table: int, family: Family, errors: Any) -> Claim:
    plain, scaled = family.names[0], [n for n in family.names[1:] if n != "bi-ksg"]
    counts = {base_name(name): int((errors[name] < errors[plain]).sum()) for name in scaled}
    held = all(count > len(errors) / 2 for count in counts.values())
    listed = "; ".join(f"{name} in {count}" for name, count in counts.items())
    text = f"The local and global variants have smaller errors than {family.label} itself"
    return Claim(_where(table, family), text, held, f"of {len(errors)} rows {listed}")


def _best(table: int, family: Family, errors: Any) -> Claim:
    best = family.names[-1]
    first = int((errors[best] <= errors.min(axis=1) + _EQUAL).sum())
    text = f"{base_name(best)} has the smallest error of its family in most rows"
    held = first > len(errors) / 2
    return Claim(_where(table, family), text, held, f"in {first} of {len(errors)} rows")


def _better_than_vanilla(table: int, family: Family, errors: Any) -> Claim:
    vanilla, best = family.names[-2:]
    better = int((errors[best] <= errors[vanilla] + _EQUAL).sum())
    text = f"{base_name(best)} does better than {base_name(vanilla)}"
    measured = f"smaller or equal errors in {better} of {len(errors)} rows"
    return Claim(_where(table, family), text, better > len(errors) / 2, measured)


def _same_order(table: int, family: Family, ours: Any, paper: Any) -> Claim:
    """Not a sentence of the paper: whether its order of the estimators comes again."""
    readable = paper.notna().all(axis=1).to_numpy()
    pairs = zip(ours.to_numpy()[readable], paper.to_numpy()[readable], strict=True)
    correlations = [_rank_correlation(one, other) for one, other in pairs]
    mean = float(np.mean(correlations)) if correlations else float("nan")
    text = f"The estimators of the {family.label} family come in the paper's order in each row"
    measured = f"mean rank correlation {mean:.2f} over {len(correlations)} rows"
    return Claim(_where(table, family), text, mean > 0.8, measured)


def _rank_correlation(one: Any, other: Any) -> float:
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return 0.0  # no order at all
    return float(np.corrcoef(rankdata(one), rankdata(other))[0, 1])
