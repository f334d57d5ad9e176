"""scikit-learn's own checks, over every public class."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import skmi
from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    MixedKSG,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
)

ESTIMATORS = [
    LocalScaler(),
    LocalScaler(with_mean=True),
    GlobalScaler(),
    GlobalScaler(corrected=True, with_mean=True),
    GlobalLinfScaler(),
    GlobalLinfScaler(with_mean=True),
    KSG(),
    KSG(algorithm=2, tie_tolerance=0.0, algorithm_="kd_tree", n_jobs=2),
    KSG(discrete_target=False),
    RossMI(),
    PlugInMI(),
    PlugInMI("miller-madow"),
    MixedKSG(),
    MixedKSG(formula="log"),
    BIKSG(),
    BIKSG(metric="chebyshev"),
    BinningMI(),
    ScaleInvariantMI(),
    ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"), LocalScaler()),
    RelativeScaleSearch(KSG()),
    RelativeScaleSearch(BinningMI(), [0.5, 1, 2], side="X"),
    ScaleInvariantMI(
        RelativeScaleSearch(KSG(), correct_bias=True, n_permutations=3, random_state=0)
    ),
    RelativeScaleSearch(KSG(), "auto", correct_bias=True, n_permutations=3, random_state=0),
]

# Both checks call ``score_samples(X)``: they want a sample's value to be the same
# whatever samples come with it. A contribution to mutual information is a property of a
# pair (x, y) among the others given, so the method takes y and no such value exists.
PAIRED = "score_samples takes a pair (X, y), each sample's value depends on the others"
EXPECTED = {
    "check_methods_sample_order_invariance": PAIRED,
    "check_methods_subset_invariance": PAIRED,
}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    ESTIMATORS,
    expected_failed_checks=lambda e: EXPECTED if hasattr(e, "score_samples") else {},
)
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_every_public_class_is_checked():
    public = {getattr(skmi, name) for name in skmi.__all__}
    assert {c for c in public if isinstance(c, type)} == {type(e) for e in ESTIMATORS}
