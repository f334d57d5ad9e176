"""Mutual information on scales from 0 to 1."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import entropy
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.metrics import normalized_mutual_info_score

from skmi import KSG, BinningMI, get_estimator_names, mutual_info
from skmi._input._sample import make_sample
from skmi.estimators._normalized import (
    NORMALIZATIONS,
    doubt_bound,
    informational_correlation,
    label_entropy,
    largest_information,
    share,
)
from skmi.exceptions import EntropyBoundWarning

MEANS = ["min", "arithmetic", "geometric", "max"]


class Says(BaseEstimator):
    """An estimator of others that says what it is told to."""

    def __init__(self, mi=0.0):
        self.mi = mi

    def fit(self, X, y):
        self.mi_ = self.mi
        return self


@given(st.floats(-0.999999, 0.999999))
def test_the_correlation_of_gaussians(rho):
    mi = -0.5 * np.log1p(-(rho**2))
    assert informational_correlation(mi) == pytest.approx(abs(rho), rel=1e-6, abs=1e-9)


def test_negative_estimates_give_zero():
    assert informational_correlation([-0.3, -0.0, np.inf]).tolist() == [0.0, 0.0, 1.0]
    for normalize in [*MEANS, "target"]:
        assert share(-0.1, 0.5, 0.6, normalize) == 0.0
        assert share(-0.1, 0.0, 0.0, normalize) == 0.0
        assert share(1.0, 0.5, 0.5, normalize) == 1.0


def test_the_estimate_of_correlation():
    rng = np.random.default_rng(0)
    x = rng.normal(size=5000)
    for rho in 0.0, 0.3, -0.9:
        y = rho * x + np.sqrt(1 - rho**2) * rng.normal(size=5000)
        found = mutual_info(x, y, normalize="correlation")
        # Near 0 the correlation is the root of a small number, and noise counts for more.
        assert found == pytest.approx(abs(rho), abs=0.15 if rho == 0 else 0.02 / abs(rho))
        assert found == informational_correlation(mutual_info(x, y))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=40))
def test_labels_are_normalized_as_in_scikit_learn(pairs):
    x, y = np.array(pairs).T
    for normalize in MEANS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ours = mutual_info(x.astype(str), y.astype(str), normalize=normalize)
            theirs = normalized_mutual_info_score(x, y, average_method=normalize)
        if len(set(x.tolist())) == 1 or len(set(y.tolist())) == 1:
            theirs = 0.0  # what does not vary tells nothing; they give 1 for two constants
        assert ours == pytest.approx(theirs, abs=1e-9)


def test_the_share_of_the_target():
    rng = np.random.default_rng(0)
    y = rng.choice(["a", "b", "c"], size=600)
    h = entropy(np.unique(y, return_counts=True)[1])
    assert label_entropy(np.unique(y, return_inverse=True)[1]) == pytest.approx(h, rel=1e-12)
    assert mutual_info(y, y, normalize="target") == pytest.approx(1.0)
    far = 10.0 * (y == "a") + 20.0 * (y == "b") + rng.normal(size=600)
    assert mutual_info(far, y, normalize="target") == pytest.approx(1.0, abs=1e-3)
    near = (y == "a") + rng.normal(size=600)
    expected = mutual_info(near, y) / h
    assert mutual_info(near, y, normalize="target") == pytest.approx(expected)
    both = {"number": near, "label": y}
    assert 0.9 < mutual_info(both, y, normalize="target") <= 1.0
    assert mutual_info(rng.normal(size=600), y, normalize="target") < 0.05


@pytest.mark.parametrize(
    ("x", "y", "normalize", "message"),
    [
        ("numbers", "labels", "correlation", "is for numbers, but y holds labels. Choose 'target'"),
        ("labels", "numbers", "correlation", "is for numbers, but X holds labels. Choose None"),
        ("numbers", "numbers", "target", "but y holds numbers. Choose 'correlation'; or pass"),
        ("labels", "numbers", "min", "but y holds numbers"),
        ("numbers", "labels", "max", "is for labels on both sides, but X holds numbers"),
        ("numbers", "numbers", "entropy", "normalize must be None or one of"),
        ("numbers", "numbers", True, "normalize must be None or one of"),
    ],
)
def test_what_does_not_apply_is_refused(x, y, normalize, message):
    rng = np.random.default_rng(0)
    data = {"numbers": rng.normal(size=100), "labels": rng.choice(["a", "b"], size=100)}
    with pytest.raises(ValueError, match=message):
        mutual_info(data[x], data[y], normalize=normalize)
    with pytest.raises(ValueError, match="do not go together"):
        mutual_info(data[x], data[y], base=2, normalize="target")


def test_estimators_that_take_numbers_alone():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 200))
    assert 0 <= mutual_info(x, y, BinningMI(4), normalize="correlation") < 0.5
    with pytest.raises(ValueError, match="y holds numbers"):
        mutual_info(x, rng.integers(0, 2, 200), BinningMI(4), normalize="target")


def test_estimators_of_others():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=200), rng.integers(0, 2, 200)
    assert mutual_info(x, x, Says(-1.0), normalize="correlation") == 0.0
    assert mutual_info(x, y, Says(0.1), normalize="target") == pytest.approx(
        0.1 / np.log(2), rel=0.01
    )
    with pytest.warns(EntropyBoundWarning, match=r"The estimate, 5 nats, is above the entropy of"):
        assert mutual_info(x, y, Says(5.0), normalize="target") == 1.0
    with pytest.warns(EntropyBoundWarning):
        assert mutual_info(x, y, Says(5.0)) == 5.0


@given(st.integers(1, 6), st.integers(0, 10_000))
def test_our_estimates_keep_to_the_bound(n_labels, seed):
    """Labels that X tells without fail: the largest estimate there is."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_labels, 40)
    x = 100.0 * y + rng.normal(size=40)
    sample = make_sample(x, y, discrete=(False, True), vector_X=True)
    mi = KSG(discrete_target=True).fit(x[:, None], y).mi_
    with warnings.catch_warnings():
        warnings.simplefilter("error", EntropyBoundWarning)
        doubt_bound(mi, sample)
    assert label_entropy(y) <= largest_information(y) + 1e-12


@pytest.mark.parametrize("name", [n for n in get_estimator_names() if not n.startswith("mine")])
def test_no_recipe_is_above_the_entropy(name):
    X, y = load_iris(return_X_y=True)
    species = np.array(["a", "b", "c"])[y]
    if name in ("bi-ksg", "gaussian"):
        pytest.skip("knows numbers alone")
    if name == "ksg":
        pytest.skip("without counting ties: see below")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", EntropyBoundWarning)
        found = mutual_info(X, species, name, normalize="target")
    assert 0.8 < found <= 1.0


def test_an_estimate_above_the_entropy_is_told():
    """Kraskov's formula takes ties for neighbours that lie apart, and iris is full of them."""
    X, y = load_iris(return_X_y=True)
    species = np.array(["a", "b", "c"])[y]
    with pytest.warns(EntropyBoundWarning, match="1.32 nats, is above the entropy of y, 1.1 nats"):
        assert mutual_info(X, species, "ksg", normalize="target") == 1.0
    with pytest.warns(EntropyBoundWarning):
        assert KSG().fit(X, species).mi_ > 1.3


def test_names_are_told():
    assert list(NORMALIZATIONS) == ["correlation", *MEANS, "target"]
