"""Labels and numbers are told apart by dtype, the same way everywhere."""

import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.datasets import load_diabetes
from sklearn.metrics import mutual_info_score
from sklearn.model_selection import cross_val_score

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
from skmi._input._table import read_table
from skmi.estimators._base import MutualInfoEstimator
from skmi.exceptions import IdentifierWarning, ThinTableWarning
from skmi.feature_selection import FeatureMutualInfo, feature_mutual_info

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


def test_several_columns_of_integers_are_labels_together():
    # If there are 20 samples of each combination: 6 of them among 120.
    y = np.random.default_rng(0).normal(size=120)
    halves, quarters = np.arange(120) // 60, np.arange(120) // 30
    assert KSG().fit(CODES[:, None], y).method_ == "ross"
    assert KSG().fit(np.column_stack([CODES, halves]), y).method_ == "ross"
    assert KSG().fit(np.column_stack([CODES, quarters]), y).method_ == "ksg"
    assert KSG().fit(np.column_stack([NAMES, quarters.astype(str)]), y).method_ == "ross"
    # Words beside them count as well.
    frame = pd.DataFrame({"name": NAMES, "half": halves})
    assert KSG().fit(frame, y).method_ == "ross"
    assert KSG().fit(frame.assign(half=quarters), y).method_ == "mixed"


@pytest.mark.parametrize("side", ["X", "y"])
def test_integers_are_labels_where_there_are_20_samples_of_each(side, rng):
    def method(integers):
        numbers = rng.normal(size=len(integers))
        X, y = (integers, numbers) if side == "X" else (numbers, integers)
        return KSG().fit(X[:, None], y).method_

    assert method(np.arange(200) % 10) == "ross"
    assert method(np.arange(199) % 10) == "ksg"
    assert method(np.arange(60) % 3 + 2**40) == "ross"
    assert method(np.arange(59) % 3 + 2**40) == "ksg"
    # Two values have no distances to compare.
    assert method(np.arange(12) % 2) == "ross"


THIRTY = np.random.default_rng(0).integers(0, 30, size=(2, 500))
HUNDRED = np.random.default_rng(0).integers(0, 101, size=(2, 1000))


@pytest.mark.parametrize(("a", "b"), [THIRTY, HUNDRED])
@pytest.mark.parametrize("method", [SEARCH, "ksg-local", "ksg-global"])
def test_independent_integers_tell_nothing(method, a, b):
    # Counted as labels they gave 0.87 and 2.28.
    found = mutual_info(a, b, method)
    assert abs(found) < 0.08
    assert found == mutual_info(a.astype(float), b.astype(float), method)


def test_ties_of_integers_are_counted(rng):
    x, y = rng.integers(90, 281, size=1000), np.arange(1000) % 2
    for X in (x[:, None], pd.DataFrame({"pounds": x, "size": rng.normal(size=1000)})):
        for estimator in (KSG(), RossMI()):
            counted = clone(estimator).set_params(tie_tolerance=0.0).fit(X, y)
            fitted = estimator.fit(X, y)
            assert fitted.mi_ == fitted.score(X, y) == counted.mi_
            assert fitted.score(1.0 * X, y) == fitted.mi_  # as in fit
            assert abs(fitted.mi_) < 0.06
    # For floats the formula is the printed one.
    assert KSG().fit(1.0 * x[:, None], y).mi_ > 0.15
    for a, b in (THIRTY, HUNDRED):
        printed = mutual_info(a.astype(float), b.astype(float), "ksg")
        assert abs(mutual_info(a, b, "ksg")) < printed / 3


def test_a_noise_column_of_integers_is_no_feature():
    # Weights in pounds and a class: the plugged-in frequencies of the weights gave 0.11.
    scores = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, size=1000)
        frame = {"pounds": rng.integers(90, 281, size=1000), "real": 0.5 * y}
        frame["real"] = frame["real"] + rng.normal(size=1000)
        scores.append(feature_mutual_info(pd.DataFrame(frame), y, clip=False))
        as_floats = np.column_stack(list(frame.values()))
        np.testing.assert_array_equal(feature_mutual_info(as_floats, y, clip=False), scores[-1])
    noise, real = np.mean(scores, axis=0)
    assert abs(noise) < 0.02 < real


def counts(n_labels, n_samples):
    """Integers, of each as many as of any other."""
    return np.arange(n_samples) % n_labels


@pytest.mark.parametrize(
    ("n_x", "n_y", "method", "kinds"),
    [
        # (5 - 1) (11 - 1) / 2N is 0.02 at N = 1000.
        (5, 11, "plug-in", [True, True]),
        (5, 12, "ross", [True, False]),
        (12, 5, "ross", [False, True]),
        (40, 40, "ross", [False, True]),
    ],
)
def test_of_too_many_integers_those_of_more_values_are_numbers(n_x, n_y, method, kinds, rng):
    x, y = (rng.permutation(counts(n, 1000)) for n in (n_x, n_y))
    ksg = make_estimator("ksg-local").fit(x[:, None], y)
    assert ksg.method_ == method
    assert [ksg._kinds.X.all(), ksg._kinds.y.all()] == kinds
    told = make_estimator("ksg-local", discrete_features=kinds[0], discrete_target=kinds[1])
    assert ksg.mi_ == told.fit(x[:, None], y).mi_
    assert abs(ksg.mi_) < 0.1
    # Words stay labels: it is for the integers to yield, however few they are.
    words = KSG().fit(x.astype(str)[:, None], y)
    assert words.method_ == ("plug-in" if method == "plug-in" else "ross")
    assert words._kinds.X.all()
    # Who says that they are labels gets labels.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ThinTableWarning)
        told = KSG(discrete_features=True, discrete_target=True).fit(x[:, None], y)
    assert told.mi_ == pytest.approx(mutual_info_score(x, y), rel=1e-12)


def test_a_table_that_is_too_thin_is_warned_of(rng):
    a, b = (side.astype(str) for side in THIRTY)
    message = (
        r"X has 30 labels and y 30, too many for 500 samples: independent labels would give "
        r"about 0\.84 nats instead of 0\. Merge rare labels"
    )
    for estimator in (KSG(), make_estimator(SEARCH), PlugInMI(), PlugInMI("miller-madow")):
        with pytest.warns(ThinTableWarning, match=message) as caught:
            fitted = estimator.fit(a[:, None], b)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        fitted.score(a[:, None], b)  # said once
    with pytest.warns(ThinTableWarning, match=message):
        mutual_info(a, b)
    # What it promises is what there is by chance.
    by_chance = [
        mutual_info_score(*rng.integers(0, 30, size=(2, 500)).astype(str)) for _ in range(20)
    ]
    assert np.mean(by_chance) == pytest.approx(0.84, abs=0.05)
    # No more than 0.02 nats are passed over.
    KSG().fit(counts(5, 1000).astype(str)[:, None], rng.permutation(counts(11, 1000)).astype(str))


IDENTIFIERS = {
    "words": [f"id {i}" for i in range(200)],
    "dates": np.datetime_as_string(np.datetime64("2020-01-01") + np.arange(200)),
    "nearly all unlike": [f"id {max(i, 50)}" for i in range(200)],
}


@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("target", ["integers", "words", "numbers"])
def test_an_identifier_tells_nothing(kind, target, rng):
    # Plugged in, it gave the entropy of y, more than any feature.
    y = np.arange(200) % 2
    x = rng.normal(size=200) + y
    if target != "integers":
        y = np.array(["no", "yes"])[y] if target == "words" else x + rng.normal(size=200)
    frame = pd.DataFrame({"id": IDENTIFIERS[kind], "x": x})
    for score in (feature_mutual_info, FeatureMutualInfo(None)):
        with pytest.warns(IdentifierWarning, match="column 'id' of X looks like an iden") as caught:
            scores = score(frame, y)
        assert len(caught) == 1
        assert scores[0] < 0.02 < scores[1]
    with pytest.warns(IdentifierWarning):
        _, pvalues = FeatureMutualInfo(99, random_state=0)(frame, y)
    assert pvalues[0] > 0.05 > pvalues[1]


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_estimators_warn_of_identifiers(kind):
    ids, words = (
        pd.DataFrame({"id": IDENTIFIERS[kind]}),
        np.array(["no", "yes"])[np.arange(200) % 2],
    )
    for X, y in ((ids, words), (words[:, None], ids["id"])):
        with (
            pytest.warns(ThinTableWarning, match="independent labels would give about 0"),
            pytest.warns(IdentifierWarning, match="column 'id' of") as caught,
        ):
            mi = KSG().fit(X, y).mi_
        assert len(caught) == 2
        assert mi > 0.5  # nearly all of it by chance
    # Beside numbers they leave nothing to count.
    with (
        pytest.warns(IdentifierWarning, match="column 'id' of X") as caught,
        pytest.raises(ValueError, match="Each of the 200 samples has labels of its own"),
    ):
        KSG().fit(pd.DataFrame({"id": IDENTIFIERS["words"]}), np.arange(200.0))
    assert len(caught) == 1


def test_a_score_by_chance_is_that_of_permutations(rng):
    # 120 labels of one sample and 40 of two: what the same labels tell about permuted y.
    labels = np.append(np.arange(120), 120 + np.arange(80) // 2).astype(str)[:, None]
    y = rng.permutation(np.arange(200) % 3)
    told = partial(feature_mutual_info, clip=False, discrete_target=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IdentifierWarning)
        permuted = [told(labels, rng.permutation(y))[0] for _ in range(400)]
        found = told(labels, y)[0]
    by_chance = mutual_info_score(labels[:, 0], y) - found
    plugged_in = [mutual_info_score(labels[:, 0], rng.permutation(y)) for _ in range(400)]
    error = np.std(plugged_in) / 20
    assert by_chance == pytest.approx(np.mean(plugged_in), abs=4 * error)
    assert abs(np.mean(permuted)) < 4 * error


def test_few_labels_are_no_identifiers(rng):
    for labels in (
        CODES.astype(str),
        np.repeat(np.arange(60), 2).astype(str),
        np.array(list("ab")),
    ):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            feature_mutual_info(np.resize(labels, (120, 1)), rng.normal(size=120))
        assert not [each for each in told if each.category is IdentifierWarning]


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
    named = make_estimator(name, discrete_features=["name", "flag"])
    assert named.fit(frame.assign(flag=1.0 * frame.flag), y).mi_ == found.mi_
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


class Plain(MutualInfoEstimator):
    """Knows kinds, but nothing of many scales."""

    _parameter_constraints = {}

    def _asked_kinds(self):
        return "auto", "auto"

    def _estimate(self, sample):
        return KSG()._estimate(sample)


@pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")
def test_the_clones_of_a_search_see_labels(X):
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


class OfOthers(BaseEstimator):
    """Has the parameters by which ours are told of labels, and is not asked for them."""

    def __init__(self, discrete_features="auto", discrete_target="auto"):
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target

    def fit(self, X, y):
        assert X.dtype == np.float64
        assert X.ndim == 2
        self.mi_, self.y_shape_ = float(len(X)), np.shape(y)
        return self

    def score(self, X, y):
        return self.fit(X, y).mi_


@pytest.mark.parametrize(
    "wrap",
    [ScaleInvariantMI, partial(RelativeScaleSearch, scales=[1.0, 2.0], error_score="raise")],
    ids=["scaled", "searched"],
)
def test_estimators_of_others_see_numbers_alone(wrap, X):
    frame = pd.DataFrame({"name": NAMES, "a": X[:, 0]})
    with pytest.raises(ValueError, match="row 0 of column 'name' of X holds the string 'low'"):
        wrap(OfOthers()).fit(frame, X[:, 1])
    for y, shape in ((CODES, (120,)), (CODES[:, None], (120,)), (X, (120, 2))):
        model = wrap(OfOthers()).fit(pd.DataFrame(X), y)
        inside = model.estimator_ if wrap is ScaleInvariantMI else model.best_estimator_
        assert inside.y_shape_ == shape


def test_what_fit_decided_holds_in_folds_and_parts(rng):
    # 30 samples of each label in fit, 10 in what is scored; and numbers stay numbers.
    y = np.repeat([0, 1, 2, 3], 30)
    X = rng.normal(size=(120, 1)) + y[:, None]
    few = np.arange(0, 120, 3)
    for estimator in (KSG(), make_estimator(SEARCH), make_estimator("ksg-local")):
        assert estimator.fit(X, y).method_ == "ross"
        assert estimator.score(X[few], y[few]) == pytest.approx(
            estimator.score(X[few], y[few].astype(float)), rel=1e-13
        )
        rare = np.arange(119) // 2
        numbers = estimator.fit(X[:119], rare)
        assert numbers.method_ == "ksg"
        half = rare % 2  # alone they would be labels
        assert numbers.score(X[:119], half) == numbers.score(X[:119], half.astype(float))
        assert cross_val_score(estimator, X, y, cv=3).shape == (3,)


def test_the_switches_are_checked(X):
    for switch in ({"discrete_target": "yes"}, {"discrete_features": 3}):
        with pytest.raises(ValueError, match=f"'{next(iter(switch))}' parameter of KSG must be"):
            KSG(**switch).fit(X, CODES)
    for mask, message in (
        ([True], "discrete_features is a mask of 1 columns, but X has 2"),
        ([2], "names a column that X does not have: it has 2"),
        ([0.5], "must be 'auto', a bool, or a mask, the positions or the names of columns"),
        (["a"], "names the column 'a', which X does not have; its columns are without names"),
    ):
        with pytest.raises(ValueError, match=message):
            KSG(discrete_features=mask).fit(X, CODES)
    frame = pd.DataFrame(X, columns=["a", "b"])
    with pytest.raises(ValueError, match=r"names the column 'c', .* its columns are \['a', 'b'\]"):
        KSG(discrete_features=["a", "c"]).fit(frame, CODES)
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
    for values, codes in (
        (["b", "a", "b", "c"], [1, 0, 1, 2]),
        ([3.0, -1.0, 3.0], [1, 0, 1]),
        (pd.Categorical([3, 1, 3]), [1, 0, 1]),
    ):
        column = read_table(values, "y").column(0)
        np.testing.assert_array_equal(encode(column, "y"), codes)
    np.testing.assert_array_equal(joint_codes([[1, 0], [0, 5], [1, 0], [0, 1]]), [2, 1, 2, 0])
    many = np.arange(40) * np.ones((60, 1)) + np.arange(60)[:, None]
    assert len(np.unique(joint_codes(many))) == 60
    assert (joint_codes(np.empty((4, 0))) == 0).all()


def test_columns_by_dtype():
    frame = pd.DataFrame({"a": [0.5, 1.0], "b": [1, 2], "c": ["x", "y"], "d": [True, False]})
    table = read_table(frame, "X")
    assert table.kinds == ["number", "integer", "label", "label"]
    assert discrete_columns(table, "auto").tolist() == [False, True, True, True]
    assert discrete_columns(table, [0]).tolist() == [True, False, False, False]
    assert discrete_columns(table, ["d", "a"]).tolist() == [True, False, False, True]
    assert discrete_columns(table, True).all()
    assert not discrete_columns(table, False).any()


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
