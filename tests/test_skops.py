"""Estimators that go through skops score as before; networks are refused, as the page says."""

import numpy as np
import pytest

from skmi import make_estimator
from skmi.datasets import CorrelatedGaussians

sio = pytest.importorskip("skops.io")
X, Y = CorrelatedGaussians(n_features=2, correlation=0.7).sample(100, random_state=0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "name", ["auto", "gaussian", "canonical-ksg", "ksg", "bi-ksg", "ksg-local", "ksg-global-linf"]
)
def test_estimators_score_as_before(name):
    fitted = make_estimator(name).fit(X, Y)
    stored = sio.dumps(fitted)
    types = sio.get_untrusted_types(data=stored)
    assert all(each.startswith("skmi.") for each in types), types
    again = sio.loads(stored, trusted=types)
    assert again.mi_ == fitted.mi_
    np.testing.assert_array_equal(again.score(X, Y), fitted.score(X, Y))


@pytest.mark.filterwarnings("ignore")
def test_tensors_of_torch_cannot_be_stored():
    pytest.importorskip("skorch")
    fitted = make_estimator("mine", max_epochs=2, random_state=0).fit(X, Y)
    with pytest.raises(RuntimeError, match="Tensor"):
        sio.get_untrusted_types(data=sio.dumps(fitted))
