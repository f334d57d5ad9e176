"""Every entry point against every kind of bad argument: one line that names the argument."""

import itertools

import numpy as np
import pytest

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    MixedKSG,
    NormalScoreScaler,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    make_estimator,
    mutual_info,
)
from skmi.feature_selection import FeatureMutualInfo, JointMISelector, feature_mutual_info
from skmi.model_selection import (
    mutual_info_diagnostics,
    mutual_info_interval,
    mutual_info_permutation_test,
)

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")

X = np.random.default_rng(0).normal(size=(60, 2))
Y = X[:, 0] + np.random.default_rng(1).normal(size=60)
WORDS = np.where(Y > 0, "a", "b")

VALUES = {
    "None": None,
    "a string": "abc",
    "a list": [1, 2],
    "an empty list": [],
    "True": True,
    "numpy's True": np.bool_(True),
    "NaN": np.nan,
    "infinity": np.inf,
    "-1": -1,
    "0": 0,
    "2.5": 2.5,
    "10**30": 10**30,
    "10**400": 10**400,
    "an object": object(),
    "a class": KSG,
    "a dict": {"a": 1},
    "a complex number": 1 + 2j,
}
SIZES = [name for name in VALUES if name not in ("10**30", "10**400")]
WORDS_ONLY = ["None", "a string", "True", "a list", "0"]
SWITCHES = ["None", "a string", "2.5", "a list", "an object"]
SEEDS = ["a string", "a list", "-1", "2.5", "an object"]


def with_param(make, fit, param, names):
    """Cases of one parameter."""
    return [
        (f"{param}: {name}", param, lambda v=VALUES[name]: fit(make(**{param: v})))
        for name in names
    ]


def fitted(estimator):
    return estimator.fit(X, Y)


# By owner: how it is made, how it is used, and which values each parameter must refuse.
PARAMETERS = {
    "KSG": (
        KSG,
        fitted,
        {
            "n_neighbors": list(VALUES),
            "variant": [*WORDS_ONLY, "2.5"],
            "tie_tolerance": ["a string", "-1", "NaN", "infinity", "a list"],
            "algorithm": WORDS_ONLY,
            "n_jobs": ["a string", "2.5", "a list", "True"],
            "discrete_features": ["None", "a string", "2.5", "an object", "NaN"],
            "discrete_target": ["None", "a string", "2.5", "an object"],
        },
    ),
    "BIKSG": (BIKSG, fitted, {"metric": WORDS_ONLY, "n_neighbors": SIZES}),
    "BinningMI": (BinningMI, fitted, {"n_bins": list(VALUES)}),
    "MixedKSG": (MixedKSG, fitted, {"formula": WORDS_ONLY}),
    "PlugInMI": (
        PlugInMI,
        lambda e: e.fit(WORDS[:, None], WORDS),
        {"correction": ["a string", "True", "a list"]},
    ),
    "ScaleInvariantMI": (
        ScaleInvariantMI,
        fitted,
        {
            "estimator": ["a string", "a list", "a class", "True", "an object"],
            "scaler": ["a string", "a list", "a class", "True", "an object"],
            "tie_tolerance": ["a string", "-1", "NaN"],
        },
    ),
    "RelativeScaleSearch": (
        lambda estimator=None, **params: RelativeScaleSearch(
            params.pop("estimator", estimator) if params.get("estimator") else estimator,
            **params,
        ),
        fitted,
        {"estimator": ["None", "a string", "a class", "True"]},
    ),
    "search": (
        lambda **params: RelativeScaleSearch(KSG(), **params),
        fitted,
        {
            "scales": ["a string", "an empty list", "True", "-1", "0", "NaN", "a dict"],
            "side": WORDS_ONLY,
            "error_score": ["a string", "None", "a list"],
            "correct_bias": ["a string", "None", "a list"],
            "n_permutations": SIZES,
        },
    ),
    "LocalScaler": (LocalScaler, lambda s: s.fit(X), {"with_mean": SWITCHES}),
    "GlobalScaler": (GlobalScaler, lambda s: s.fit(X), {"corrected": SWITCHES}),
    "GlobalLinfScaler": (GlobalLinfScaler, lambda s: s.fit(X), {"with_mean": SWITCHES}),
    "mutual_info": (
        lambda **params: params,
        lambda params: mutual_info(X, Y, **params),
        {
            "base": ["a string", "a list", "True", "NaN", "infinity", "-1", "0", "a class"],
            "method": ["None", "a list", "an empty list", "True", "a class", "a dict"],
            "n_neighbors": SIZES,
            "scales": ["a string", "-1"],
            "nonsense": ["2.5"],
            "n_jobs": ["a string", "2.5"],
        },
    ),
    "feature_mutual_info": (
        lambda **params: params,
        lambda params: feature_mutual_info(X, Y, **params),
        {
            "base": ["a string", "a list", "True", "NaN", "-1"],
            "n_neighbors": SIZES,
            "clip": ["a string", "None", "2.5"],
            "discrete_features": ["None", "a string", "2.5", "an object"],
            "discrete_target": ["None", "a string", "2.5", "a list"],
            "n_jobs": ["a string", "2.5"],
        },
    ),
    "FeatureMutualInfo": (
        FeatureMutualInfo,
        lambda scorer: scorer(X, Y),
        {"n_permutations": [n for n in SIZES if n != "None"], "random_state": SEEDS},
    ),
    "JointMISelector": (
        JointMISelector,
        fitted,
        {
            "n_features_to_select": [n for n in SIZES if n != "2.5"],
            "estimator": ["a string", "a class", "True"],
            "criterion": WORDS_ONLY,
            "group_size": ["None", "True", "0", "2.5"],
            "stop": ["a string", "True"],
            "alpha": ["a string", "None", "-1", "0", "a list", "2.5"],
            "n_permutations": SIZES,
            "n_neighbors": SIZES,
            "direction": ["None", "a string"],
            "verbose": ["a string"],
        },
    ),
    "mutual_info_permutation_test": (
        lambda **params: params,
        lambda params: mutual_info_permutation_test("ksg", X, Y, **params),
        {"n_permutations": SIZES, "random_state": SEEDS},
    ),
    "mutual_info_interval": (
        lambda **params: params,
        lambda params: mutual_info_interval("ksg", X, Y, **params),
        {
            "confidence_level": ["None", "a string", "0", "-1", "NaN", "2.5"],
            "n_splits": SIZES,
            "n_repeats": SIZES,
            "random_state": SEEDS,
        },
    ),
    "KSG.score_scales": (
        lambda **params: params,
        lambda params: KSG().score_scales(X, Y, **{"scales": [1.0], **params}),
        {
            "scales": ["None", "a string", "an empty list", "True", "NaN", "-1", "a dict"],
            "side": WORDS_ONLY,
        },
    ),
}


def parameters():
    """(id, parameter, call) of every parameter that is given a bad value."""
    for owner, (make, fit, params) in PARAMETERS.items():
        for param, names in params.items():
            for case, name, call in with_param(make, fit, param, names):
                yield f"{owner}.{case}", name, call
    for function in (mutual_info_permutation_test, mutual_info_interval, mutual_info_diagnostics):
        for name in ("None", "a list", "an empty list", "True", "a class", "an object", "a dict"):
            yield (
                f"{function.__name__}.estimator: {name}",
                "estimator",
                lambda f=function, v=VALUES[name]: f(v, X, Y),
            )
    for name in ("None", "a string", "a list", "an empty list", "True", "a class", "a dict"):
        yield f"make_estimator: {name}", "estimator", lambda v=VALUES[name]: make_estimator(v)


DATA = {
    "None": None,
    "a number": 3.0,
    "a string": "abc",
    "ragged lists": [[1, 2], [3]],
    "a structured array": np.zeros(60, dtype=[("a", float)]),
    "masked values": np.ma.array(X, mask=np.eye(60, 2, dtype=bool)),
    "integers beyond 2**53": np.arange(120).reshape(60, 2) + 2**60,
    "10**400": [[10**400 + i, 1.0] for i in range(60)],
    "complex numbers": X + 1j,
    "dates": np.arange(60).astype("M8[D]").reshape(-1, 1),
    "NaN": np.full((60, 2), np.nan),
    "infinity": np.full((60, 2), np.inf),
    "three dimensions": X.reshape(30, 2, 2),
    "nothing": [],
    "too short": X[:59],
    "objects": np.array([[object()] for _ in range(60)], dtype=object),
    "a set": {1, 2},
    "columns of unlike lengths": {"a": [1, 2], "b": [1]},
}
TAKE_DATA = {
    "mutual_info X": lambda d: mutual_info(d, Y),
    "mutual_info y": lambda d: mutual_info(X, d),
    "KSG.fit X": lambda d: KSG().fit(d, Y),
    "KSG.fit y": lambda d: KSG().fit(X, d),
    "KSG.score X": lambda d: KSG().fit(X, Y).score(d, Y),
    "KSG.score_samples y": lambda d: KSG().fit(X, Y).score_samples(X, d),
    "KSG.score_scales X": lambda d: KSG().score_scales(d, Y, [1.0]),
    "BinningMI.fit X": lambda d: BinningMI().fit(d, Y),
    "RossMI.fit X": lambda d: RossMI().fit(d, WORDS),
    "RelativeScaleSearch.fit y": lambda d: RelativeScaleSearch(KSG()).fit(X, d),
    "ScaleInvariantMI.fit X": lambda d: ScaleInvariantMI().fit(d, Y),
    "LocalScaler.fit": lambda d: LocalScaler().fit(d),
    "NormalScoreScaler.fit": lambda d: NormalScoreScaler().fit(d),
    "feature_mutual_info X": lambda d: feature_mutual_info(d, Y),
    "feature_mutual_info y": lambda d: feature_mutual_info(X, d),
    "FeatureMutualInfo X": lambda d: FeatureMutualInfo(5)(d, Y),
    "JointMISelector.fit X": lambda d: JointMISelector().fit(d, Y),
    "JointMISelector.fit y": lambda d: JointMISelector().fit(X, d),
    "mutual_info_permutation_test X": lambda d: mutual_info_permutation_test("ksg", d, Y),
    "mutual_info_interval y": lambda d: mutual_info_interval("ksg", X, d),
    "mutual_info_diagnostics X": lambda d: mutual_info_diagnostics("ksg", d, Y),
}
ALONE = ("LocalScaler.fit", "NormalScoreScaler.fit")
CASES = list(parameters())


@pytest.mark.parametrize(("name", "param", "call"), CASES, ids=[case[0] for case in CASES])
def test_a_bad_parameter_is_named(name, param, call):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    message = str(caught.value)
    assert param in message
    assert len(message.strip().splitlines()) <= 2


@pytest.mark.parametrize(
    ("entry", "kind"),
    [c for c in itertools.product(TAKE_DATA, DATA) if c[0] not in ALONE or c[1] != "too short"],
)
def test_bad_data_are_refused(entry, kind):
    with pytest.raises((ValueError, TypeError)) as caught:
        TAKE_DATA[entry](DATA[kind])
    # scikit-learn's own message on one-dimensional data shows how to reshape them.
    assert len(str(caught.value).splitlines()) <= 3
