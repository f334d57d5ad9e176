"""Words of warning: none on easy data, the right ones on hard data."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_wine
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

from skmi import (
    KSG,
    AutoMI,
    BinningMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    make_estimator,
)
from skmi.model_selection import mutual_info_diagnostics

SEARCH = ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"))


def gaussians(n_samples, n_columns, correlation, seed):
    rng = np.random.default_rng(seed)
    X, noise = rng.normal(size=(2, n_samples, n_columns))
    return X, correlation * X + np.sqrt(1 - correlation**2) * noise


def diagnose(X, y):
    return mutual_info_diagnostics(SEARCH, X, y, random_state=0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("n_samples", "n_columns", "correlation"),
    [(200, 1, 0.0), (200, 1, 0.6), (500, 1, 0.9), (500, 2, 0.5), (300, 2, 0.0)],
)
def test_no_alarm_on_easy_gaussians(n_samples, n_columns, correlation, seed):
    found = diagnose(*gaussians(n_samples, n_columns, correlation, seed))
    assert found.warnings == []
    assert "nothing found that speaks against it" in repr(found)
    assert [finding.name for finding in found.findings] == [
        "ceiling",
        "relative scale",
        "n_neighbors",
        "outliers",
        "units",
        "ties",
        "dimension",
        "sample size",
        "margins",
        "independence",
        "additivity",
        "noise columns",
        "disagreement",
    ]


def nearly_deterministic():
    return gaussians(400, 1, 1 - 1e-12, 0)


def many_columns():
    return gaussians(300, 10, 0.7, 0)


def coarse():
    return tuple(np.round(side) for side in gaussians(400, 1, 0.6, 0))


def heavy_tails():
    return tuple(side**9 for side in gaussians(400, 1, 0.8, 0))


def fast_oscillation():
    t = np.random.default_rng(0).uniform(0, 100, size=(400, 1))
    return t, np.sin(t)


@pytest.mark.parametrize(
    ("hard", "names", "words"),
    [
        (nearly_deterministic, {"ceiling"}, "most that 400 samples can show"),
        (many_columns, {"dimension", "relative scale", "n_neighbors"}, "MINE"),
        (coarse, {"ties"}, "exactly the same distance"),
        (heavy_tails, {"margins"}, "stretching single columns"),
        (fast_oscillation, {"relative scale", "n_neighbors", "sample size"}, "n_neighbors=6"),
    ],
)
def test_alarm_on_hard_data(hard, names, words):
    found = diagnose(*hard())
    assert names <= {finding.name for finding in found.warnings}
    assert words in " ".join(repr(found).split())
    assert max(len(line) for line in repr(found).splitlines()) <= 70


def columns_and_their_sum(n_samples, n_columns):
    """All tell a little about one number, 0.9 nats together."""
    rng = np.random.default_rng(0)
    many = rng.normal(size=(n_samples, n_columns))
    one = np.sqrt(5.0 / n_columns) * many.sum(axis=1, keepdims=True)
    return many, one + rng.normal(size=one.shape)


@pytest.mark.parametrize(
    ("n_samples", "n_columns", "side"), [(300, 10, "X"), (300, 40, "y"), (1000, 20, "X")]
)
def test_many_columns_on_one_side(n_samples, n_columns, side):
    many, one = columns_and_their_sum(n_samples, n_columns)
    found = diagnose(many, one) if side == "X" else diagnose(one, many)
    assert found.interval.estimate < 0.45  # less than half is found
    assert "dimension" in {finding.name for finding in found.warnings}


def test_few_columns_on_one_side():
    found = diagnose(*columns_and_their_sum(300, 2))
    assert "dimension" not in {finding.name for finding in found.warnings}


def test_columns_that_repeat_others_are_not_many():
    X, y = gaussians(300, 1, 0.6, 0)
    assert "dimension" not in {f.name for f in diagnose(np.tile(X, 30), y).warnings}


def test_units_and_jobs_change_nothing():
    X, y = gaussians(200, 2, 0.5, 0)
    expected = diagnose(X, y)
    assert repr(diagnose(2.0**30 * X, y / 2**9)) == repr(expected)
    found = mutual_info_diagnostics(SEARCH, X, y, random_state=0, n_jobs=2)
    assert [f.value for f in found.findings] == [f.value for f in expected.findings]


def test_bad_input():
    X, y = gaussians(60, 1, 0.5, 0)
    with pytest.raises(ValueError, match="39 samples are too few"):
        diagnose(X[:39], y[:39])
    with pytest.raises(ValueError, match="NaN"):
        diagnose(X, np.where(y > 1, np.nan, y))
    with pytest.raises(ValueError, match="'n_neighbors' parameter"):
        mutual_info_diagnostics(KSG(0), X, y)


def test_a_constant_tells_nothing_and_that_is_sure(rng):
    X, y = np.ones((60, 1)), rng.normal(size=60)
    assert not diagnose(X, y).warnings


@pytest.mark.parametrize("side", ["X", "y"])
def test_an_outlier_is_found(side, rng):
    x, noise = rng.normal(size=(2, 500))
    X, y = x.copy(), x + noise
    (X if side == "X" else y)[7] = 1e6
    found = {f.name: f for f in mutual_info_diagnostics("ksg-local", X, y, random_state=0).warnings}
    assert f"columns {side}[0] have a value so far from the others" in found["outliers"].message
    assert "scaler=NormalScoreScaler()" in found["outliers"].message
    clean = mutual_info_diagnostics("ksg-local", x, x + noise, random_state=0)
    assert clean.warnings == []


def test_units_within_one_side_are_found():
    # Of wine: proline in milligrams has a thousand times the spread of some phenols.
    X, y = load_wine(return_X_y=True)
    found = mutual_info_diagnostics("ksg-global-linf", X, y, random_state=0)
    units = {finding.name: finding for finding in found.warnings}["units"]
    assert "the spreads of columns 12 and 7 of X differ" in units.message
    assert "ksg-local" in units.message
    X[:, [4, 12]] /= 100, 1000
    found = mutual_info_diagnostics("ksg-global-linf", X, y, random_state=0)
    assert "units" not in {finding.name for finding in found.warnings}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", ["ksg", "bi-ksg", "ksg-local", "ksg-global", "ksg-global-linf"])
def test_recipes_go_by_their_names(name, rng):
    x, noise = rng.normal(size=(2, 100))
    expected = mutual_info_diagnostics(make_estimator(name), x[:, None], x + noise, random_state=0)
    found = mutual_info_diagnostics(name, x, x + noise, random_state=0)
    assert found.interval.estimate == make_estimator(name).fit(x[:, None], x + noise).mi_
    assert found.findings == expected.findings
    assert {"ceiling", "relative scale", "n_neighbors"} <= {f.name for f in found.findings}


def test_labels_are_looked_at_as_labels(rng):
    x, noise = rng.normal(size=(2, 200))
    words = np.where(x + 0.5 * noise > 0, "up", "down")
    for method in ("ksg", "ksg-global-linf", RossMI()):
        found = mutual_info_diagnostics(method, x, words, random_state=0)
        assert found.interval.estimate == pytest.approx(RossMI().fit(x[:, None], words).mi_)
        assert "ties" not in {finding.name for finding in found.warnings}


def names_of(findings):
    return {finding.name for finding in findings}


def test_what_is_known_of_neighbours_is_said_of_them_alone(rng):
    X, y = gaussians(200, 1, 0.6, 0)
    of_neighbors = {"relative scale", "n_neighbors"}
    local = mutual_info_diagnostics("ksg-local", X, y, random_state=0)
    gaussian = mutual_info_diagnostics("gaussian", X, y, random_state=0)
    binning = mutual_info_diagnostics(BinningMI(4), X, y, random_state=0)
    # The Gaussian estimate sees ranks.
    others = {"dimension", "outliers", "units"}
    assert names_of(local.findings) - names_of(gaussian.findings) == of_neighbors | others
    assert names_of(local.findings) - names_of(binning.findings) == of_neighbors
    with pytest.raises(ValueError, match="There is no estimator 'kgs'"):
        mutual_info_diagnostics("kgs", X, y)
    with pytest.raises(TypeError, match="estimator must be an estimator or one of"):
        mutual_info_diagnostics(KSG, X, y)


class OneColumn(BaseEstimator):
    """Of others: a correlation, for one column on either side."""

    def fit(self, X, y):
        if np.ndim(y) > 1 or np.shape(X)[1] > 1:
            raise ValueError("one column, please")
        self.mi_ = -0.5 * np.log1p(-(np.corrcoef(X[:, 0], y)[0, 1] ** 2))
        return self


def test_estimators_of_others():
    X, y = gaussians(300, 1, 0.6, 0)
    r_squared = mutual_info_diagnostics(LinearRegression(), X, y, random_state=0)
    assert r_squared.interval.estimate == LinearRegression().fit(X, y).score(X, y)
    # What it explains of two columns is a mean, where information is a sum.
    assert names_of(r_squared.warnings) == {"additivity"}
    found = mutual_info_diagnostics(OneColumn(), X, y[:, 0], random_state=0)
    assert not found.warnings
    assert names_of(r_squared.findings) - names_of(found.findings) == {
        "additivity",
        "noise columns",
    }


class Overfitted(BaseEstimator):
    """Of others: it judges on the samples it has learnt from."""

    def fit(self, X, y):
        explained = DecisionTreeRegressor(min_samples_leaf=5).fit(X, y).score(X, y)
        self.mi_ = -0.5 * np.log1p(-explained)
        return self


def test_what_is_learnt_from_chance_is_found(rng):
    X, y = gaussians(300, 1, 0.6, 0)
    found = mutual_info_diagnostics(Overfitted(), X, y, random_state=0)
    assert "independence" in names_of(found.warnings)
    null = {finding.name: finding for finding in found.findings}["independence"]
    by_hand = np.mean([Overfitted().fit(X, rng.permutation(y)).mi_ for _ in range(10)])
    assert null.value == pytest.approx(by_hand, abs=0.05)


def test_bins_in_many_columns_are_found():
    found = mutual_info_diagnostics(BinningMI(10), *gaussians(300, 1, 0.6, 0), random_state=0)
    assert {"independence", "additivity", "noise columns"} <= names_of(found.warnings)


def test_another_kind_of_estimator_finds_more(rng):
    x = rng.normal(size=(300, 1))
    found = mutual_info_diagnostics("gaussian", x, x**2 + 0.3 * rng.normal(size=(300, 1)))
    (finding,) = found.warnings
    assert finding.name == "disagreement"
    assert "ksg' finds" in finding.message  # canonical-ksg, which is as good as any here


def test_more_than_the_logarithm_of_the_number_of_samples():
    X, y = gaussians(200, 20, 0.9, 0)
    found = mutual_info_diagnostics("gaussian", X, y, random_state=0)
    assert "ceiling" in names_of(found.warnings)
    assert "logarithm of 200 samples" in " ".join(repr(found).split())


def test_auto_is_looked_at_as_what_it_takes():
    X, y = gaussians(120, 1, 0.6, 0)
    found = mutual_info_diagnostics("auto", X, y, random_state=0)
    assert found.interval.estimate == AutoMI().fit(X, y).mi_
    assert not found.warnings
    assert {"n_neighbors", "dimension"} <= names_of(found.findings)
    found = mutual_info_diagnostics("auto", *gaussians(120, 5, 0.6, 0), random_state=0)
    assert not found.warnings
    assert not {"n_neighbors", "dimension"} & names_of(found.findings)


def test_labels_take_part_where_they_can(rng):
    codes = np.arange(200) % 2
    X = rng.normal(size=(200, 3)) + codes[:, None]
    found = mutual_info_diagnostics("auto", X, codes, random_state=0)
    assert {"noise columns", "disagreement"} <= names_of(found.findings)
    assert "additivity" not in names_of(found.findings)
    assert not found.warnings
    words = rng.choice(["a", "b"], size=200)
    found = mutual_info_diagnostics("auto", words, codes.astype(str), random_state=0)
    assert not {"noise columns", "disagreement", "additivity"} & names_of(found.findings)
