"""Missing values: refused, left out, or a label of their own."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.utils import get_tags

from skmi import (
    BIKSG,
    KSG,
    MINE,
    AutoMI,
    BinningMI,
    CanonicalKSG,
    GaussianMI,
    MixedKSG,
    PlugInMI,
    RossMI,
    get_estimator_names,
    make_estimator,
    mutual_info,
    mutual_info_permutation_test,
    mutual_info_scorer,
)
from skmi._input._missing import find_missing, with_missing_labels
from skmi._input._table import read_table
from skmi._recipes import has_parameter


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 2))
    y = X.sum(axis=1) + rng.normal(size=200)
    X[::7, 1], y[3] = np.nan, np.nan
    kept = ~(np.isnan(X).any(axis=1) | np.isnan(y))
    return X, y, kept


@pytest.mark.parametrize("method", ["auto", "ksg-local", "ksg-global-linf", "gaussian", KSG(5)])
def test_rows_are_left_out(pair, method):
    X, y, kept = pair
    with pytest.raises(ValueError, match="contains NaN"):
        mutual_info(X, y, method)
    found = mutual_info(X, y, method, nan_policy="omit")
    assert found == mutual_info(X[kept], y[kept], method)


def test_estimators_of_others(pair):
    X, y, kept = pair

    class Foreign:
        def fit(self, X, y):
            self.mi_ = float(len(X))
            return self

        def get_params(self, deep=True):
            return {}

    assert mutual_info(X, y, Foreign(), nan_policy="omit") == kept.sum()


@pytest.mark.parametrize("policy", ["omit", "label"])
def test_nothing_missing_changes_nothing(pair, policy):
    X, y, kept = pair
    X, y = X[kept], y[kept]
    assert mutual_info(X, y, nan_policy=policy) == mutual_info(X, y)


def test_frames_agree(pair):
    X, y, kept = pair
    word = np.where(X[:, 0] > 0, "up", "down").astype(object)
    word[5:20] = None
    columns = {"number": X[:, 1], "word": word}
    frames = (
        pd.DataFrame(columns),
        pl.DataFrame({name: list(values) for name, values in columns.items()}, nan_to_null=True),
    )
    for policy in "omit", "label":
        values = [mutual_info(frame, y, nan_policy=policy) for frame in frames]
        assert values[0] == values[1]
    kept = kept & ~find_missing(word)
    assert mutual_info(frames[0], y, nan_policy="omit") == mutual_info(
        frames[0][kept], y[kept], nan_policy="raise"
    )


def test_missing_labels_are_one_label():
    rng = np.random.default_rng(0)
    x = rng.choice(["a", "b"], size=300).astype(object)
    y = rng.normal(size=300)
    x[y > 0.5] = None
    filled = np.where(find_missing(x), "none", x)
    found = mutual_info(x, y, nan_policy="label")
    assert found == pytest.approx(mutual_info(filled, y), rel=1e-12)
    assert found > 0.4
    assert mutual_info(x, y, nan_policy="omit") < 0.1
    # Labels held as floats, and on the other side.
    codes = np.where(find_missing(x), np.nan, (x == "a") * 1.0)
    assert mutual_info(y, codes, nan_policy="label", discrete_target=True) == pytest.approx(
        mutual_info(y, filled), rel=1e-12
    )


def test_kinds_of_missing():
    values = [
        np.array([1.0, np.nan]),
        np.array([1, None], dtype=object),
        np.array(["a", pd.NA], dtype=object),
        np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
    ]
    for column in values:
        assert find_missing(column).tolist() == [False, True]
    assert not find_missing(np.array(["nan", ""])).any()
    table = read_table(np.array([["b", "x"], [None, "y"]], dtype=object), "X")
    filled = with_missing_labels(table, "auto")
    assert [str(value) for value in filled.column(0)] == ["b", "missing"]
    assert filled.column(1).tolist() == ["x", "y"]


def test_errors(pair):
    X, y, _ = pair
    with pytest.raises(ValueError, match=r"nan_policy must be one of \['raise', 'omit', 'label'\]"):
        mutual_info(X, y, nan_policy="propagate")
    with pytest.raises(ValueError, match=r"leaves 0 of 200 rows, those without"):
        mutual_info(X * np.nan, y, nan_policy="omit")
    with pytest.raises(ValueError, match="infinity"):
        mutual_info(np.where(np.isnan(X), np.inf, X), y, nan_policy="omit")


@pytest.mark.parametrize(
    "estimator",
    [
        KSG(nan_policy="omit"),
        AutoMI(nan_policy="omit"),
        make_estimator("ksg-local", nan_policy="omit"),
        make_estimator("ksg-global-linf", nan_policy="omit"),
        GaussianMI(nan_policy="omit"),
        CanonicalKSG(nan_policy="omit"),
        BIKSG(nan_policy="omit"),
        MixedKSG(nan_policy="omit"),
        BinningMI(nan_policy="omit"),
    ],
    ids=lambda estimator: repr(estimator)[:40],
)
def test_estimators_leave_out_rows(pair, estimator):
    X, y, kept = pair
    fitted = estimator.fit(X, y)
    plain = clone(estimator).fit(X[kept], y[kept])
    assert fitted.mi_ == plain.mi_
    assert fitted.score(X, y) == plain.score(X[kept], y[kept])
    contributions = fitted.score_samples(X, y)
    assert np.array_equal(np.isnan(contributions), ~kept)
    assert np.array_equal(contributions[kept], plain.score_samples(X[kept], y[kept]))
    assert get_tags(fitted).input_tags.allow_nan
    assert mutual_info(X, y, clone(estimator)) == plain.mi_


def test_all_estimators_know_missing_values():
    for name in get_estimator_names():
        assert has_parameter(make_estimator(name), "nan_policy"), name


def test_estimators_of_labels_leave_out_rows():
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, size=150).astype(float)
    y = np.where(rng.random(150) < 0.7, x, rng.integers(0, 3, size=150))
    x[::9] = np.nan
    kept = ~np.isnan(x)
    numbers = y + rng.normal(size=150)
    found = PlugInMI(nan_policy="omit").fit(x[:, None], y).mi_
    assert found == PlugInMI().fit(x[kept, None], y[kept]).mi_
    found = RossMI(nan_policy="omit").fit(numbers[:, None], x).mi_
    assert found == RossMI().fit(numbers[kept, None], x[kept]).mi_
    with pytest.raises(ValueError, match="NaN"):
        PlugInMI().fit(x[:, None], y)
    # Missing ones are one label more.
    filled = np.where(kept, x, 9.0)
    found = PlugInMI(nan_policy="label").fit(x[:, None], y).mi_
    assert found == pytest.approx(PlugInMI().fit(filled[:, None], y).mi_, rel=1e-12)


def test_a_network_leaves_out_rows(pair):
    pytest.importorskip("torch")
    X, y, kept = pair
    mine = MINE(nan_policy="omit", max_epochs=3, early_stopping=False, random_state=0)
    plain = clone(mine).set_params(nan_policy="raise")
    fitted, expected = mine.fit(X, y), plain.fit(X[kept], y[kept])
    assert fitted.mi_ == expected.mi_
    assert np.isnan(fitted.score_samples(X, y)).tolist() == (~kept).tolist()
    (several,) = clone(mine).fit_many([X], [y], random_states=[0])
    assert several.mi_ == pytest.approx(expected.mi_, rel=1e-6)
    with pytest.raises(ValueError, match="NaN"):
        clone(plain).fit(X, y)


def test_scorers_leave_out_rows(pair):
    X, y, kept = pair
    filled = np.nan_to_num(X)
    half = StandardScaler().fit(filled)
    scorer = mutual_info_scorer(nan_policy="omit")
    with pytest.raises(ValueError, match="NaN"):
        mutual_info_scorer()(half, filled, y)
    known = ~np.isnan(y)
    assert scorer(half, filled, y) == scorer(half, filled[known], y[known])
    assert scorer(half, X, y) == mutual_info_scorer()(half, X[kept], y[kept])
    # The class that a classifier speaks for is compared on the same rows.
    classes = np.digitize(filled[:, 0], [-0.5, 0.5])
    model = LogisticRegression().fit(filled, classes)
    some = classes.astype(float)
    some[::5] = np.nan
    rows = ~np.isnan(some)
    for normalize in None, "target":
        found, expected = (
            mutual_info_scorer(normalize=normalize, nan_policy=policy)(model, *data)
            for policy, data in (
                ("omit", (filled, some)),
                ("raise", (filled[rows], some[rows])),
            )
        )
        assert found == expected
    with pytest.raises(ValueError, match="nan_policy must be one of"):
        mutual_info_scorer(nan_policy="drop")


def test_tests_leave_out_rows(pair):
    X, y, kept = pair
    found, expected = (
        mutual_info_permutation_test(
            KSG(nan_policy="omit"), *data, n_permutations=19, random_state=0
        )
        for data in ((X, y), (X[kept], y[kept]))
    )
    assert found.pvalue == expected.pvalue
    assert np.array_equal(found.null_distribution, expected.null_distribution)
