"""Labels and numbers are told apart by dtype, the same way everywhere."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_diabetes

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    MixedKSG,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    make_estimator,
    mutual_info,
)
from skmi._input._codes import encode, joint_codes
from skmi._input._kinds import Kinds, discrete_columns

SEARCH = "ksg-global-linf"
CODES = np.tile([0, 1, 2, 1], 30)
NAMES = np.array(["low", "middle", "top"])[CODES]

LABELS = {
    "integers": CODES,
    "small unsigned integers": CODES.astype("uint8"),
    "a list of integers": CODES.tolist(),
    "integers as objects": CODES.astype(object),
    "a column of integers": CODES[:, None],
    "strings": NAMES,
    "bytes": NAMES.astype("S"),
    "a list of strings": NAMES.tolist(),
    "strings as objects": NAMES.astype(object),
    "a series of strings": pd.Series(NAMES),
    "strings of pandas": pd.Series(NAMES, dtype="string"),
    "a category of strings": pd.Series(NAMES, dtype="category"),
    "a category of floats": pd.Series(CODES / 4).astype("category"),
    "nullable integers": pd.Series(CODES, dtype="Int64"),
    "a frame": pd.DataFrame({"target": NAMES}),
    "several columns": np.column_stack([CODES, CODES]),
}
FLOATS = {
    "floats": CODES.astype(float),
    "single precision": CODES.astype("float32"),
    "a list of floats": CODES.astype(float).tolist(),
    "floats as objects": CODES.astype(float).astype(object),
    "nullable floats": pd.Series(CODES, dtype="Float64"),
}


@pytest.fixture
def X(rng):
    return rng.normal(size=(120, 2)) + CODES[:, None]


@pytest.mark.parametrize("kind", LABELS)
def test_labels_take_the_road_of_ross(kind, X):
    y = LABELS[kind]
    expected = RossMI().fit(X, CODES).mi_
    ksg = KSG().fit(X, y)
    assert ksg.method_ == "ross"
    assert ksg.mi_ == pytest.approx(expected, rel=1e-13)
    assert ksg.score(X, y) == ksg.mi_
    assert mutual_info(X, y, KSG()) == ksg.mi_
    assert mutual_info(y, X, KSG(discrete_features=True)) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("y", [CODES > 0, list(CODES > 0), pd.Series(CODES > 0, dtype="boolean")])
def test_booleans_are_labels(y, X):
    ksg = KSG().fit(X, y)
    assert ksg.method_ == "ross"
    assert ksg.mi_ == RossMI().fit(X, CODES > 0).mi_


@pytest.mark.parametrize("kind", FLOATS)
def test_floats_are_numbers_however_round(kind, X):
    assert KSG().fit(X, FLOATS[kind]).method_ == "ksg"
    told = KSG(discrete_target=True).fit(X, FLOATS[kind])
    assert told.method_ == "ross"
    assert told.mi_ == RossMI().fit(X, CODES).mi_


def test_the_diabetes_data_stay_continuous():
    X, y = load_diabetes(return_X_y=True)
    ksg = KSG().fit(X, y)
    assert ksg.method_ == "ksg"
    assert ksg.mi_ == KSG(discrete_features=False, discrete_target=False).fit(X, y).mi_


def test_integers_in_x():
    # One column is a label, as in y; several are numbers.
    y = np.random.default_rng(0).normal(size=120)
    assert KSG().fit(CODES[:, None], y).method_ == "ross"
    assert KSG().fit(np.column_stack([CODES, CODES]), y).method_ == "ksg"
    assert KSG().fit(np.column_stack([NAMES, NAMES]), y).method_ == "ross"


def test_labels_on_both_sides_are_counted():
    other = np.repeat([0, 1], 60)
    expected = PlugInMI().fit(CODES[:, None], other).mi_
    for a, b in (
        (CODES, other),
        (NAMES, list(other)),
        (pd.Series(NAMES).astype("category"), other),
    ):
        assert mutual_info(a, b) == pytest.approx(expected, rel=1e-13)
        assert mutual_info(b, a, "ksg") == pytest.approx(expected, rel=1e-13)
    assert KSG().fit(CODES[:, None], other).method_ == "plug-in"


@pytest.mark.parametrize("name", ["ksg", "ksg-local", "ksg-global", SEARCH])
def test_frames_of_both_kinds(name, X):
    frame = pd.DataFrame({"name": NAMES, "a": X[:, 0], "flag": CODES > 0, "b": X[:, 1]})
    y = X[:, 1] ** 2 + CODES
    found = make_estimator(name).fit(frame, y)
    assert found.method_ == "mixed"
    assert list(found.feature_names_in_) == ["name", "a", "flag", "b"]
    assert found.score(frame, y) == pytest.approx(found.mi_, rel=1e-13)
    told = make_estimator(name, discrete_features=[0, 2])
    by_position = np.column_stack([CODES, X[:, 0], CODES > 0, X[:, 1]])
    assert told.fit(by_position, y).mi_ == pytest.approx(found.mi_, rel=1e-13)
    mask = make_estimator(name, discrete_features=[True, False, True, False])
    assert mask.fit(by_position, y).mi_ == pytest.approx(found.mi_, rel=1e-13)


def test_labels_have_no_relative_scale(X):
    # Warnings are errors here: there is no edge to warn of.
    for scales in (None, "auto", [0.5, 1.0, 2.0]):
        for y in (CODES, NAMES):
            search = RelativeScaleSearch(KSG(), scales).fit(X, y)
            assert search.best_scale_ == 1.0
            assert len(search.scale_results_["params"]) == 1
            assert search.mi_ == RossMI().fit(X, CODES).mi_
            assert search.method_ == "ross"
            model = ScaleInvariantMI(RelativeScaleSearch(KSG(), scales)).fit(X, y)
            assert model.best_scale_ == 1.0
            assert model.scaler_y_ is None
            assert model.score(X, y) == model.mi_ == np.mean(model.score_samples(X, y))


class Plain(BaseEstimator):
    """Knows kinds, but nothing of many scales."""

    def __init__(self, discrete_features="auto", discrete_target="auto"):
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target

    def fit(self, X, y):
        self.mi_ = KSG(**self.get_params()).fit(X, y).mi_
        return self

    def score(self, X, y):
        return self.mi_


@pytest.mark.filterwarnings("ignore:The best relative scale")
def test_the_clones_of_a_search_are_told(X):
    frame = pd.DataFrame({"name": NAMES, "a": X[:, 0]})
    clones, one_pass = (
        RelativeScaleSearch(estimator, [0.5, 1.0, 2.0]).fit(frame, X[:, 1])
        for estimator in (Plain(), KSG())
    )
    assert clones.method_ == one_pass.method_ == "mixed"
    np.testing.assert_allclose(
        clones.scale_results_["mean_test_score"],
        one_pass.scale_results_["mean_test_score"],
        rtol=1e-12,
    )


def test_score_keeps_to_the_kinds_of_fit(X):
    half = CODES[:60]
    ksg = KSG().fit(X[:60], half)
    assert ksg.score(X[60:], CODES[60:].astype(float)) == RossMI().fit(X[60:], CODES[60:]).mi_
    assert ksg.score(X[60:], NAMES[60:]) == pytest.approx(ksg.score(X[60:], CODES[60:]), rel=1e-13)
    of_numbers = KSG().fit(X[:60], half.astype(float))
    assert of_numbers.score(X[60:], CODES[60:]) == KSG().fit(X[60:], CODES[60:].astype(float)).mi_
    with pytest.raises(ValueError, match="row 0 of y holds the string 'low'"):
        of_numbers.score(X[60:], NAMES[60:])


def test_integers_that_look_measured_are_warned_of(rng):
    X = rng.normal(size=(200, 2))
    y = np.arange(200) // 2 + 40
    expected = (
        "y holds 100 distinct integers among 200 samples and is taken as discrete; pass "
        "discrete_target=False if it is a measurement."
    )
    for estimator in (KSG(), make_estimator("ksg-local"), make_estimator(SEARCH)):
        with pytest.warns(UserWarning, match=expected) as caught:
            estimator.fit(X, y)
        assert len(caught) == 1
        assert caught[0].filename.endswith("test_kinds.py")
        estimator.score(X, y)
    with pytest.warns(UserWarning, match="X holds 100 .* pass discrete_features=False"):
        KSG().fit(y[:, None], X)
    assert KSG(discrete_target=False).fit(X, y).method_ == "ksg"
    found = mutual_info(X, y, "ksg-local", discrete_target=False)
    assert found == mutual_info(X, y.astype(float), "ksg-local")
    mutual_info(X, y, discrete_target=True)
    # Few labels, or many samples of each, or no integers: nothing to say.
    for labels in (y % 10, y.astype(str)):
        KSG().fit(X, labels)
    KSG().fit(rng.normal(size=(500, 1)), np.arange(500) % 100)


def test_the_switches_are_checked(X):
    for switch in ({"discrete_target": "yes"}, {"discrete_features": 3}):
        with pytest.raises(ValueError, match=f"'{next(iter(switch))}' parameter of KSG must be"):
            KSG(**switch).fit(X, CODES)
    for mask, message in (
        ([True], "discrete_features is a mask of 1 columns, but X has 2"),
        ([2], "names a column that X does not have: it has 2"),
        ([0.5], "a mask or the positions of columns"),
    ):
        with pytest.raises(ValueError, match=message):
            KSG(discrete_features=mask).fit(X, CODES)
    for method in ("bi-ksg", BinningMI()):
        with pytest.raises(ValueError, match="has no parameter 'discrete_target'"):
            mutual_info(X, CODES, method, discrete_target=True)


def test_estimators_of_numbers_take_integers_for_numbers(X):
    for estimator in (BIKSG(), BinningMI(), MixedKSG(), ScaleInvariantMI(BIKSG())):
        assert estimator.fit(X, CODES).mi_ == estimator.fit(X, CODES.astype(float)).mi_
        assert not hasattr(estimator, "method_")


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", None] * 60, "y contains NaN: row 1 has no label"),
        (["a"] * 119 + [np.nan], "row 119 has no label"),
        (pd.Series(["a", pd.NA] * 60, dtype="string"), "row 1 has no label"),
        (pd.Series([1, 2, None] * 40, dtype="Int64"), "row 2 has no label"),
        (pd.Series([True, None] * 60, dtype="boolean"), "row 1 has no label"),
        (pd.Series(["a", "b", None] * 40, dtype="category"), "row 2 has no label"),
        (pd.DataFrame({"t": ["a", None] * 60}), "column 't' of y contains NaN: row 1"),
        (NAMES[:100], "X has 120 samples and y has 100"),
        ([{"a": 1}] * 120, "Numbers are needed, but row 0 of y holds {'a': 1}"),
    ],
)
@pytest.mark.parametrize("estimator", [KSG(), make_estimator(SEARCH)], ids=["ksg", SEARCH])
def test_bad_labels(estimator, y, message, X):
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (np.where(CODES == 2, np.nan, CODES), "contains NaN: row 2 has no label"),
        (np.where(CODES == 2, np.inf, CODES), "contains infinity: row 2 has no label"),
        (CODES + 1j, "Complex data not supported: y holds complex"),
        ([{"a": 1}] * 120, "Labels are needed, but row 0 of y holds {'a': 1}"),
    ],
)
def test_bad_labels_that_are_asked_for(y, message, X):
    with pytest.raises(ValueError, match=message):
        RossMI().fit(X, y)


def test_codes():
    np.testing.assert_array_equal(encode(["b", "a", "b", "c"]), [1, 0, 1, 2])
    np.testing.assert_array_equal(encode([3.0, -1.0, 3.0]), [1, 0, 1])
    np.testing.assert_array_equal(encode(pd.Categorical([3, 1, 3])), [1, 0, 1])
    np.testing.assert_array_equal(joint_codes([[1, 0], [0, 5], [1, 0], [0, 1]]), [2, 1, 2, 0])
    many = np.arange(40) * np.ones((60, 1)) + np.arange(60)[:, None]
    assert len(np.unique(joint_codes(many))) == 60
    assert (joint_codes(np.empty((4, 0))) == 0).all()


def test_columns_by_dtype():
    frame = pd.DataFrame({"a": [0.5, 1.0], "b": [1, 2], "c": ["x", "y"], "d": [True, False]})
    assert discrete_columns(frame, name="X").tolist() == [False, True, True, True]
    assert discrete_columns(frame, name="X", integers=False).tolist() == [False, False, True, True]
    assert discrete_columns(frame, [0], name="X").tolist() == [True, False, False, False]
    assert discrete_columns(frame, True, name="X").all()


@pytest.mark.parametrize(
    ("X", "y", "method"),
    [
        ([False, False], [False], "ksg"),
        ([False, False], [True], "ross"),
        ([True], [False], "ross"),
        ([True, True], [True], "plug-in"),
        ([True, False], [True], "mixed"),
        ([True, False], [False], "mixed"),
        ([True], [True, False], "mixed"),
    ],
)
def test_the_road_follows_from_the_kinds_of_both_sides(X, y, method):
    assert Kinds(np.array(X), np.array(y)).method == method
