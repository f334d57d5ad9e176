"""Warnings point to the line that called, from whatever depth they come."""

import warnings

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV

from skmi import KSG, RelativeScaleSearch, ScaleInvariantMI, make_estimator
from skmi.model_selection import mutual_info_interval

rng = np.random.default_rng(0)
X = rng.normal(size=(200, 5))
Y = 0.8 * X + 0.6 * rng.normal(size=X.shape)
FAR = RelativeScaleSearch(KSG(), scales=[2.0, 4.0])
CALLS = {
    "fit": lambda: FAR.fit(X, Y),
    "meta-estimator": lambda: ScaleInvariantMI(FAR).fit(X, Y),
    "grid search": lambda: GridSearchCV(FAR, {"estimator__n_neighbors": [3]}, cv=2).fit(X, Y),
    "function": lambda: mutual_info_interval(make_estimator("ksg-local"), X, Y, random_state=0),
}


@pytest.mark.parametrize("name", CALLS)
def test_warnings_point_here(name):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        CALLS[name]()
    assert caught
    assert {warning.filename for warning in caught} == {__file__}
