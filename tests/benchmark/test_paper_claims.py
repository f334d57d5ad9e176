"""What the pages of the documentation say of the paper's print, from what came out."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from skmi.benchmark.paper import Protocol, compare
from skmi.benchmark.paper._estimators import KSG_FAMILY, MINE_FAMILY
from skmi.benchmark.paper._figures import FIGURES

from .test_paper import fake_results
from .test_paper_figures import drawn_points

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def claims():
    """The module beside the pages."""
    sys.path.insert(0, str(ROOT / "docs" / "paper"))
    try:
        import claims
    finally:
        sys.path.pop(0)
    return claims


CURVES = {
    # Panel, its curves from first to last x, and whether the paper's claims hold.
    "1": ({"ksg": (1, 1), "ksg-global-linf": (1, 1), "ksg-local": (1, 0.2)}, True),
    "2": (dict.fromkeys(MINE_FAMILY, (0, 0)) | {"mine-local": (0, 1)}, True),
    "3a": ({"ksg": (0.8, 0.3)}, True),
    "3b": ({"ksg": (0.3, 0.0), "bi-ksg": (0.3, 0.0)}, True),
    "4": ({"ksg": (1, 1), "ksg-global-linf": (1, 1), "ksg-global": (1, 0.5)}, True),
    "5": ({"mine": (0, -1), "mine-global": (0, -2), "mine-global-corrected": (0, -1)}, True),
    "6c": (dict.fromkeys(KSG_FAMILY, (0.1, 0.1)) | {"ksg": (0.5, 0.5)}, True),
    "7a": (dict.fromkeys(KSG_FAMILY, (1, 2)) | {"ksg": (0.3, 0.3)}, True),
}


@pytest.mark.parametrize("name", CURVES)
def test_claims_hold_where_the_curves_are_as_the_paper_says(name, claims):
    curves, held = CURVES[name]
    (claim,) = claims.check_figure_claims(int(name[0]), drawn_points(name, curves))
    assert (claim.where, claim.held) == (f"figure {name}", held)
    assert claim.measured


@pytest.mark.parametrize("name", CURVES)
def test_claims_fail_where_all_curves_are_alike(name, claims):
    flat = dict.fromkeys(CURVES[name][0], (0.8, 0.8))
    (claim,) = claims.check_figure_claims(int(name[0]), drawn_points(name, flat))
    assert not claim.held


def test_nothing_is_claimed_of_what_has_not_run(claims):
    for figure in FIGURES:
        empty = drawn_points("none", {"other": (0, 0)})
        assert claims.check_figure_claims(figure, empty) == []


def comparison_of(errors, papers):
    """Cells of three rows for the KSG family, in the shape that `compare` gives."""
    return pd.DataFrame(
        [
            {
                "row": row,
                "measure": "normalized_rmse (root)",
                "estimator": name,
                "ours": errors[name],
                "paper": papers[name],
            }
            for row in range(3)
            for name in KSG_FAMILY
        ]
    )


def test_takeaways_of_a_table(claims):
    good = dict(zip(KSG_FAMILY, (1.0, 1.1, 0.5, 0.4, 0.3), strict=True))
    found = claims.check_table_claims(2, comparison_of(good, good))
    assert [claim.held for claim in found] == [True] * 4
    bad = dict(zip(KSG_FAMILY, (0.3, 0.4, 0.5, 1.0, 1.1), strict=True))
    found = claims.check_table_claims(2, comparison_of(bad, good))
    assert [claim.held for claim in found] == [False] * 4
    few = comparison_of(good, good)
    assert claims.check_table_claims(2, few[few.estimator != "ksg"]) == []


def test_each_cell_outside_has_a_reason(claims):
    results = fake_results(2, lambda row: row.cells.get(("bias", "ksg"), 0.0) + 0.1)
    comparison = compare(2, results, Protocol())
    listed = claims.outside(2, comparison)
    off = comparison[(comparison.measure == "bias") & (comparison.within == "no")]
    assert (listed.measure == "bias").sum() == len(off) > 0
    assert set(listed.reason) <= set(claims.REASONS)
