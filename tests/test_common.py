"""scikit-learn's own checks, over every public class."""

from importlib.util import find_spec

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import skmi
from skmi import (
    BIKSG,
    KSG,
    MINE,
    AutoMI,
    BinningMI,
    CanonicalKSG,
    GaussianMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    MixedKSG,
    NormalScoreScaler,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
)
from skmi.neural import Training

ESTIMATORS = [
    LocalScaler(),
    LocalScaler(with_mean=True),
    GlobalScaler(),
    GlobalScaler(corrected=True, with_mean=True),
    GlobalLinfScaler(),
    GlobalLinfScaler(with_mean=True),
    NormalScoreScaler(),
    KSG(),
    KSG(variant=2, tie_tolerance=0.0, algorithm="kd_tree", n_jobs=2),
    KSG(discrete_target=False),
    RossMI(),
    PlugInMI(),
    PlugInMI("miller-madow"),
    MixedKSG(),
    MixedKSG(formula="log"),
    GaussianMI(),
    CanonicalKSG(),
    AutoMI(),
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
NETWORKS = [
    MINE((4,), max_epochs=2, random_state=0),
    MINE((4,), max_epochs=2, evaluation="cross-fit", training=Training(n_folds=2), bound="nwj"),
    ScaleInvariantMI(MINE((4,), max_epochs=2), GlobalScaler(corrected=True)),
]
if find_spec("skorch"):
    ESTIMATORS += NETWORKS

# Both checks call ``score_samples(X)``: they want a sample's value to be the same
# whatever samples come with it. A contribution to mutual information is a property of a
# pair (x, y) among the others given, so the method takes y and no such value exists.
PAIRED = "score_samples takes a pair (X, y), each sample's value depends on the others"
EXPECTED = {
    "check_methods_sample_order_invariance": PAIRED,
    "check_methods_subset_invariance": PAIRED,
}
# MINE takes ``net__module__...`` and the like, but no other names: a misspelt one is an error
# at once. The check takes the name of the ``**net_params`` themselves for a parameter.
STRICT = {
    "check_do_not_raise_errors_in_init_or_set_params": "passes net_params=... by this very name"
}


def expected_failures(estimator):
    paired = EXPECTED if hasattr(estimator, "score_samples") else {}
    return {**paired, **(STRICT if isinstance(estimator, MINE) else {})}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learn_check(estimator, check):
    check(estimator)


def test_every_public_class_is_checked():
    public = {getattr(skmi, name) for name in skmi.__all__}
    assert {c for c in public if isinstance(c, type)} == {type(e) for e in [*ESTIMATORS, *NETWORKS]}
