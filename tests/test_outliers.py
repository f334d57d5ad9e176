"""A value that sets the scale alone, and columns in other units, are never passed over."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_wine

from skmi import (
    KSG,
    GlobalScaler,
    LocalScaler,
    NormalScoreScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
    conditional_mutual_info,
    make_estimator,
    mutual_info,
)
from skmi._input._sample import make_variable
from skmi._input._values import has_outliers
from skmi.exceptions import EstimateWarning, OutlierWarning, ScaleEdgeWarning, UnitsWarning
from skmi.feature_selection import FeatureMutualInfo, JointMISelector, feature_mutual_info
from skmi.model_selection import mutual_info_permutation_test
from skmi.preprocessing import GlobalLinfScaler

edges = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")


@pytest.fixture
def data(rng):
    """x, y that depends on it, something else, and x with one value that is wrong."""
    x, noise, other = rng.normal(size=(3, 500))
    wrong = x.copy()
    wrong[3] = 1e6
    return x, x + 0.65 * noise, other, wrong


SCALERS = [LocalScaler(), GlobalScaler(), GlobalLinfScaler()]


@edges
@pytest.mark.parametrize("side", ["X", "y"])
@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
@pytest.mark.parametrize("wrap", [KSG, lambda: RelativeScaleSearch(KSG())], ids=["ksg", "search"])
def test_the_warning_names_the_column_the_value_and_the_way_out(wrap, scaler, side, data):
    _, y, other, wrong = data
    X, y = (np.column_stack([other, wrong]), y) if side == "X" else (y[:, None], wrong)
    place = "column 1 of X" if side == "X" else "y"
    estimator = ScaleInvariantMI(wrap(), scaler)
    with pytest.warns(
        OutlierWarning,
        match=rf"^An outlier in {place} \(1e\+06\) lies so far .* scaler=NormalScoreScaler\(\)",
    ) as caught:
        estimator.fit(X, y)
    of_outliers = [each for each in caught if issubclass(each.category, OutlierWarning)]
    assert [each.filename for each in of_outliers] == [__file__]
    estimator.score(X, y)  # said once
    if side == "X":
        with pytest.warns(OutlierWarning, match="An outlier in column 'b' of X"):
            estimator.fit(pd.DataFrame(X, columns=["a", "b"]), y)


@edges
def test_the_way_out_leads_there(data):
    x, y, _, wrong = data
    clean = mutual_info(x, y, "ksg-global-linf")
    with pytest.warns(OutlierWarning):
        assert mutual_info(wrong, y, "ksg-global-linf") < 0.1 * clean
    with pytest.warns(OutlierWarning):
        assert mutual_info(wrong, y, "ksg-local") < 0.01 * clean
    # Warnings would be errors here.
    for cure in {"scaler": NormalScoreScaler()}, {"scales": "auto"}:
        cured = mutual_info(wrong, y, "ksg-global-linf", **cure)
        assert cured == pytest.approx(clean, abs=0.04)
    assert mutual_info(wrong, y) == pytest.approx(mutual_info(x, y), abs=0.01)
    assert mutual_info(wrong, y, "ksg") == pytest.approx(mutual_info(x, y, "ksg"), abs=0.01)


def test_features_with_an_outlier_are_scored_by_their_ranks(data):
    x, y, other, wrong = data
    clean = feature_mutual_info(np.column_stack([x, other]), y)
    frame = pd.DataFrame({"wrong": wrong, "other": other})
    with pytest.warns(OutlierWarning, match="^An outlier in column 'wrong' of X.*normal scores"):
        scores = feature_mutual_info(frame, y)
    assert scores[0] == pytest.approx(clean[0], abs=0.03)
    assert scores[1] == clean[1]  # as it was
    with pytest.warns(OutlierWarning) as caught:
        _, pvalues = FeatureMutualInfo(99, random_state=0)(frame, y)
    assert len(caught) == 1
    assert pvalues[0] == 0.01 < pvalues[1]
    with pytest.warns(OutlierWarning, match="An outlier in y:"):
        assert feature_mutual_info(y[:, None], wrong)[0] == pytest.approx(clean[0], abs=0.03)
    # Whatever the value is, the ranks are.
    with pytest.warns(OutlierWarning):
        again = feature_mutual_info(frame.assign(wrong=np.where(wrong == 1e6, 1e9, wrong)), y)
    np.testing.assert_array_equal(again, scores)


def test_joint_selection_takes_their_ranks(data):
    x, y, other, wrong = data
    expected = JointMISelector(2).fit(np.column_stack([other, x]), y)
    with pytest.warns(OutlierWarning, match="An outlier in column 1 of X") as caught:
        found = JointMISelector(2).fit(np.column_stack([other, wrong]), y)
    assert len(caught) == 1
    assert list(found.path_) == list(expected.path_) == [1, 0]
    np.testing.assert_allclose(found.scores_, expected.scores_, atol=0.05)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_conditional_information_takes_their_ranks(place, data):
    x, y, other, wrong = data
    clean, spoilt = [y, other + x, x], [y, other + x, wrong]
    clean[place], clean[2] = clean[2], clean[place]
    spoilt[place], spoilt[2] = spoilt[2], spoilt[place]
    with pytest.warns(OutlierWarning, match=f"An outlier in {'Xyz'[place]}:"):
        found = conditional_mutual_info(*spoilt)
    assert found == pytest.approx(conditional_mutual_info(*clean), abs=0.05)


def test_one_warning_for_all_permutations(data):
    *_, y, _, wrong = data
    with pytest.warns(OutlierWarning) as caught:
        mutual_info_permutation_test("ksg-local", wrong, y, n_permutations=9)
    assert len(caught) == 1


def outliers(values):
    side, _ = make_variable(values, "X")
    return bool(has_outliers(side.spread, side.n_samples)[0])


@pytest.mark.parametrize("factor", [1.0, 2.0**-900, 1e-9, 1e12, 2.0**900])
def test_what_an_outlier_is(factor, rng):
    # Of 500 normal values, one so large that the standard deviation is ten times as large.
    x = factor * rng.normal(size=500)
    for far, is_one in ((150, False), (300, True), (-300, True), (1e9, True)):
        x[7] = factor * far
        assert outliers(x) == is_one
    x[:9] = 1e4 * factor  # a fiftieth at either end is looked over
    assert outliers(x)
    x[:50] = 1e4 * factor  # that many are data
    assert not outliers(x)


def test_what_no_outlier_is(rng):
    for ordinary in (
        rng.normal(size=50),
        rng.exponential(size=500),
        rng.uniform(size=500),
        rng.standard_t(3, size=500),
        np.exp(rng.normal(size=500)),
        np.repeat([0.0, 1.0], [499, 1]),  # the middle is constant
        np.append(rng.normal(size=10), 1e6),  # too few to tell
        1e9 + rng.normal(size=500),
    ):
        assert not outliers(ordinary)
    for column in load_breast_cancer().data.T:
        assert not outliers(column)


def test_units_within_one_side_are_warned_of():
    X, y = load_wine(return_X_y=True, as_frame=True)
    message = (
        "^The spread of column 'proline' of X is orders of magnitude larger than that of column "
        "'nonflavanoid_phenols' of X: .* take method='ksg-local'"
    )
    in_grams = X.assign(proline=X["proline"] / 1000, magnesium=X["magnesium"] / 100)
    for method in ("ksg-global-linf", "ksg-global"):
        with pytest.warns(UnitsWarning, match=message) as caught:
            found = mutual_info(X, y, method)
        assert [each.filename for each in caught] == [__file__]
        # Warnings would be errors here.
        assert mutual_info(in_grams, y, method) > found + 0.2
    assert mutual_info(X, y, "ksg-local") == pytest.approx(
        mutual_info(in_grams, y, "ksg-local"), rel=1e-9
    )
    mutual_info(X, y, "ksg-global-linf", scaler=NormalScoreScaler())


@pytest.mark.parametrize("what", ["X", "y"])
def test_units_of_either_side_and_of_numbers_alone(what, rng):
    columns = rng.normal(size=(200, 2)) * [1.0, 80.0]
    other = columns.sum(axis=1)

    def warned(columns):
        sides = (columns, other) if what == "X" else (other[:, None], columns)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", EstimateWarning)
            make_estimator("ksg-global").fit(*sides)
        return [each for each in caught if issubclass(each.category, UnitsWarning)]

    assert not warned(columns)
    assert warned(columns * [1.0, 2.0])
    assert warned(1e-200 * columns * [1.0, 2.0])
    # A constant has no spread, labels have no units.
    assert not warned(columns * [0.0, 2.0])
    frame = pd.DataFrame({"a": 1e6 * columns[:, 0], "b": np.where(other > 0, "yes", "no")})
    assert not warned(frame)


def test_all_warnings_are_of_one_class():
    for each in (OutlierWarning, UnitsWarning, ScaleEdgeWarning):
        assert issubclass(each, EstimateWarning)
    assert issubclass(EstimateWarning, UserWarning)
