"""scikit-learn's own tests of ``mutual_info_*``, run on `feature_mutual_info`."""

import importlib.util
from functools import partial
from unittest.mock import patch

import numpy as np
import pytest
from scipy.sparse import issparse

from skmi import KSG
from skmi.feature_selection import feature_mutual_info

pytestmark = pytest.mark.filterwarnings("ignore")


def adapted(X, y, *, discrete_features="auto", random_state=None, **options):
    """``mutual_info_classif`` and ``mutual_info_regression``, as scikit-learn calls them."""
    if isinstance(discrete_features, str) and discrete_features == "auto":
        discrete_features = issparse(X)  # theirs goes by this alone
    try:
        return feature_mutual_info(X, y, discrete_features=discrete_features, **options)
    except ValueError as error:
        if "is a mask of" in str(error) or "names a column that" in str(error):
            raise IndexError(str(error)) from error
        raise


def of_one_pair(x, y, x_discrete, y_discrete, n_neighbors=3):
    """Their private function of two columns, which it does not scale."""
    estimator = KSG(n_neighbors, discrete_features=x_discrete, discrete_target=y_discrete)
    return estimator.fit(x[:, None], y).mi_


def load_their_tests():
    """The tests as they are installed, with our functions in the place of theirs."""
    pytest.importorskip("sklearn.feature_selection.tests")
    spec = importlib.util.find_spec("sklearn.feature_selection.tests.test_mutual_info")
    module = importlib.util.module_from_spec(spec)
    package = "sklearn.feature_selection"
    with (
        patch(f"{package}.mutual_info_classif", partial(adapted, discrete_target=True)),
        patch(f"{package}.mutual_info_regression", partial(adapted, discrete_target=False)),
        patch(f"{package}._mutual_info._compute_mi", of_one_pair),
    ):
        spec.loader.exec_module(module)
    return {name: test for name, test in vars(module).items() if name.startswith("test_")}


THEIRS = load_their_tests()
globals().update(THEIRS)


@pytest.fixture(params=[np.float32, np.float64])
def global_dtype(request):
    return request.param


@pytest.fixture
def global_random_seed():
    return 42


def test_there_are_some_and_they_are_of_ours():
    assert len(THEIRS) >= 11
    for name in ("mutual_info_classif", "mutual_info_regression"):
        assert next(iter(THEIRS.values())).__globals__[name].func is adapted
