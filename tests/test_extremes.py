"""Numbers near the largest and the smallest there are."""

import numpy as np
import pytest

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    MixedKSG,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    conditional_mutual_info,
    make_estimator,
)
from skmi.feature_selection import JointMISelector, feature_mutual_info
from skmi.preprocessing import GlobalLinfScaler, GlobalScaler, LocalScaler, NormalScoreScaler

# Powers of two lose no digit. The largest values are near 1.8e308, the smallest normal ones near
# 2e-308; below, there are fewer digits.
EXPONENTS = [-900, -1000, 1010, 1019]
SCALED = [
    ScaleInvariantMI(KSG(), scaler)
    for scaler in (LocalScaler(), GlobalScaler(), GlobalLinfScaler(), NormalScoreScaler())
]
SCALED += [
    make_estimator("ksg-global-linf"),
    ScaleInvariantMI(BIKSG(), LocalScaler()),
    ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto")),
    ScaleInvariantMI(MixedKSG()),
    BinningMI(4),
]


@pytest.fixture
def data(rng):
    X = rng.normal(size=(100, 2))
    return X, X[:, :1] + rng.normal(size=(100, 1))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("estimator", SCALED, ids=repr)
def test_any_magnitude_of_either_side(estimator, exponent, data):
    X, y = data
    expected = estimator.fit(X, y).mi_
    for a, b in ((exponent, 0), (0, exponent), (exponent, exponent), (exponent, -exponent // 2)):
        big_X, big_y = np.ldexp(X, a), np.ldexp(y, b)
        assert estimator.fit(big_X, big_y).mi_ == pytest.approx(expected, rel=1e-9)
        assert estimator.score(big_X, big_y) == pytest.approx(expected, rel=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_estimators_that_do_not_scale(exponent, data):
    # A common factor changes nothing but the units.
    X, y = data
    for estimator in (KSG(), KSG(variant=2), BIKSG(), BIKSG(metric="chebyshev"), MixedKSG()):
        expected = estimator.fit(X, y).mi_
        assert estimator.fit(np.ldexp(X, exponent), np.ldexp(y, exponent)).mi_ == expected
    labels = (y[:, 0] > 0).astype(int)
    assert RossMI().fit(np.ldexp(X, exponent), labels).mi_ == RossMI().fit(X, labels).mi_
    # A factor on one side leaves nothing, as any large one.
    assert KSG().fit(np.ldexp(X, exponent), y).mi_ == pytest.approx(0.0, abs=1e-12)
    # A factor on each, and one that undoes both.
    scores = KSG().score_scales(np.ldexp(X, exponent), y, np.ldexp([0.5, 1.0, 2.0], exponent))
    np.testing.assert_allclose(scores, KSG().score_scales(X, y, [0.5, 1.0, 2.0]), rtol=1e-12)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_features_selection_and_conditions(exponent, data):
    X, y = data
    one, both = np.array([exponent, 0]), np.array([exponent, exponent])
    expected = feature_mutual_info(X, y[:, 0], clip=False)
    selected = JointMISelector(2).fit(X, y).candidate_scores_
    given = conditional_mutual_info(X[:, 0], y, X[:, 1])
    for exponents in (one, both):
        big = np.ldexp(X, exponents)
        for target in (y, np.ldexp(y, exponent)):
            found = feature_mutual_info(big, target[:, 0], clip=False)
            np.testing.assert_allclose(found, expected, rtol=1e-9)
            found = JointMISelector(2).fit(big, target).candidate_scores_
            np.testing.assert_allclose(found, selected, rtol=1e-9)
            found = conditional_mutual_info(big[:, 0], target, big[:, 1])
            assert found == pytest.approx(given, rel=1e-9)


@pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")
def test_largest_and_smallest_numbers_are_finite_numbers(rng):
    largest, smallest = np.finfo(float).max, 5e-324
    sign = rng.choice([-1.0, 1.0], size=(60, 1))
    y = sign[:, 0] + 0.1 * rng.normal(size=60)
    steps = smallest * rng.integers(0, 9, size=(60, 1))
    for X in (largest * sign, smallest * sign, steps, np.hstack([largest * sign, steps])):
        for estimator in (KSG(), RossMI(1), BIKSG(), make_estimator("ksg-local"), BinningMI(3)):
            target = (y > 0).astype(int) if isinstance(estimator, RossMI) else y
            assert np.isfinite(estimator.fit(X, target).mi_)
        assert np.isfinite(feature_mutual_info(X, y)).all()
        assert np.isfinite(JointMISelector(1).fit(X, y).scores_).all()
    # The sign is all there is to tell.
    assert KSG().fit(largest * sign, y).mi_ == pytest.approx(KSG().fit(sign, y).mi_, abs=0.2)
    with pytest.raises(ValueError, match="infinity in column 0"):
        KSG().fit(np.where(sign > 0, np.inf, sign), y)


def test_units_of_the_smallest_numbers_are_counted_as_any_others(rng):
    x = rng.integers(-100, 100, size=(200, 1)).astype(float)
    labels = (x[:, 0] + rng.normal(scale=30, size=200) > 0).astype(int)
    expected = RossMI(1, tie_tolerance=0.0).fit(x, labels).mi_
    assert RossMI(1, tie_tolerance=0.0).fit(5e-324 * x, labels).mi_ == expected
    y = rng.integers(-100, 100, size=200).astype(float)
    assert BIKSG().fit(5e-324 * x, 5e-324 * y).mi_ == BIKSG().fit(x, y).mi_
