"""A transformed sample is the sampler's own, transformed, and as informative."""

import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import PolynomialFeatures

from skmi import KSG, LocalScaler
from skmi.datasets import (
    AdditiveGaussianNoise,
    AppendNoise,
    CorrelatedGaussians,
    Cube,
    DuplicateFeatures,
    RandomMatrix,
    Sigmoid,
    TransformedSampler,
    make_transforms,
)

BASE = CorrelatedGaussians(n_features=2, correlation=0.8)


class Declared(TransformerMixin, BaseEstimator):
    preserves_mutual_info = True

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return -X


def test_transforms_are_applied_from_left_to_right_to_one_side():
    X, y = BASE.sample(30, random_state=4)
    for side in ("X", "y"):
        sampler = TransformedSampler(BASE, [Cube(), Sigmoid(), DuplicateFeatures(3)], side)
        left, right = sampler.sample(30, random_state=4)
        changed, kept, before, same = (left, right, X, y) if side == "X" else (right, left, y, X)
        np.testing.assert_allclose(changed, np.tile(1 / (1 + np.exp(-(before**3))), 3), rtol=1e-13)
        np.testing.assert_array_equal(kept, same)


def test_no_transforms_no_change():
    for transforms in ([], (), "none", ""):
        sampler = TransformedSampler(BASE, transforms)
        for drawn, expected in zip(sampler.sample(9, 1), BASE.sample(9, 1), strict=True):
            np.testing.assert_array_equal(drawn, expected)


@pytest.mark.parametrize("spec", ["none", "cb>sg", "rm>ds", "dn"])
@pytest.mark.parametrize("side", ["X", "y"])
def test_information_is_that_of_the_sampler(spec, side):
    sampler = TransformedSampler(BASE, make_transforms(spec), side=side)
    assert sampler.mutual_info == BASE.mutual_info
    assert TransformedSampler(sampler, "cb", side="y").mutual_info == BASE.mutual_info


@pytest.mark.parametrize("transform", [Cube(), Sigmoid(), DuplicateFeatures(5)], ids=repr)
@pytest.mark.parametrize("side", ["X", "y"])
def test_estimates_agree(transform, side):
    sampler = TransformedSampler(AdditiveGaussianNoise(noise_std=0.7), [transform], side)
    estimates = [KSG().fit(*sampler.sample(1000, random_state=s)).mi_ for s in range(3)]
    assert np.mean(estimates) == pytest.approx(sampler.mutual_info, abs=0.06)


def test_a_name_is_as_good_as_a_list():
    named, listed = (
        TransformedSampler(BASE, t) for t in ("rm>dn", [RandomMatrix(), AppendNoise()])
    )
    np.testing.assert_array_equal(named.sample(20, 3)[0], listed.sample(20, 3)[0])


def test_random_transforms_follow_the_seed_of_the_sample_unless_they_have_their_own():
    def noise(random_state, seed):
        sampler = TransformedSampler(BASE, [AppendNoise(2, random_state=random_state)])
        return sampler.sample(20, random_state=seed)[0][:, 2:]

    np.testing.assert_array_equal(noise(None, 0), noise(None, 0))
    assert not np.isin(noise(None, 0), noise(None, 1)).any()
    np.testing.assert_array_equal(noise(5, 0), noise(5, 1))
    assert not np.isin(noise(5, 0), noise(6, 0)).any()


def test_noise_tells_nothing_about_the_variables():
    sampler = TransformedSampler(BASE, "dn>dn")
    X, y = sampler.sample(2000, random_state=0)
    correlations = np.corrcoef(np.hstack([y, X]).T)
    correlations[:4, :4] = 0.0
    np.fill_diagonal(correlations, 0.0)
    assert np.abs(correlations).max() < 5 / np.sqrt(2000)


def test_the_transforms_given_stay_unfitted():
    transforms = [RandomMatrix(), AppendNoise()]
    TransformedSampler(BASE, transforms).sample(5, random_state=0)
    for transform in transforms:
        assert transform.random_state is None
        assert not hasattr(transform, "n_features_in_")


def test_arrays_come_out_whatever_transforms_return():
    sampler = TransformedSampler(BASE, "rm>ds>dn>ds")
    expected = sampler.sample(5, random_state=0)[0]
    with sklearn.config_context(transform_output="pandas"):
        drawn = sampler.sample(5, random_state=0)[0]
    assert type(drawn) is np.ndarray
    np.testing.assert_array_equal(drawn, expected)


def test_a_transform_that_says_so_is_taken():
    sampler = TransformedSampler(BASE, [Declared()])
    np.testing.assert_array_equal(sampler.sample(5, 0)[0], -BASE.sample(5, 0)[0])


class Undecided(Declared):
    preserves_mutual_info = "perhaps"


@pytest.mark.parametrize("transform", [PolynomialFeatures(), Undecided()], ids=repr)
def test_a_transform_that_does_not_say_so_is_refused(transform):
    sampler = TransformedSampler(BASE, [Cube(), transform])
    message = rf"{type(transform).__name__}\(\) is not known to preserve mutual information"
    with pytest.raises(ValueError, match=message):
        sampler.sample(5)
    with pytest.raises(ValueError, match=message):
        _ = sampler.mutual_info


def test_scalers_keep_mutual_information_too():
    sampler = TransformedSampler(BASE, [LocalScaler()])
    np.testing.assert_allclose(sampler.sample(50, 0)[0].std(axis=0), 1.0)


@pytest.mark.parametrize(
    ("sampler", "message"),
    [
        (TransformedSampler(BASE, [], side="T"), "'side' .* Got 'T'"),
        (TransformedSampler(BASE, Cube()), r"'transforms' .* Got Cube\(\)"),
        (TransformedSampler(BASE, "cube"), "Unknown transform 'cube'"),
        (TransformedSampler(3, []), "'sampler' .* Got 3"),
        (TransformedSampler(CorrelatedGaussians(0), []), "'n_features' .* Got 0"),
    ],
    ids=lambda v: str(v)[:40],
)
def test_parameters_out_of_range_are_named(sampler, message):
    with pytest.raises(ValueError, match=message):
        sampler.sample(5)
    with pytest.raises(ValueError, match=message):
        _ = sampler.mutual_info
