"""Estimators are cloned by a way of their own."""

import numpy as np
from sklearn.base import clone

from skmi import KSG, GlobalScaler, RelativeScaleSearch, ScaleInvariantMI


def test_a_clone_has_equal_parameters_and_shares_no_part():
    scales = np.array([0.5, 1.0])
    held = ScaleInvariantMI(RelativeScaleSearch(KSG(5), scales), GlobalScaler(corrected=True))
    copied = clone(held)
    assert repr(copied) == repr(held)
    assert copied.estimator is not held.estimator
    assert copied.scaler is not held.scaler
    assert copied.estimator.estimator is not held.estimator.estimator
    assert copied.estimator.scales is not scales


def test_what_scikit_learn_keeps_beside_parameters_is_cloned():
    scaler = GlobalScaler().set_output(transform="pandas")
    assert clone(scaler)._sklearn_output_config == scaler._sklearn_output_config
