"""Transforms: they do what their formulas say, and it can be undone."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skmi.datasets import (
    TRANSFORMS,
    AppendNoise,
    CorrelatedGaussians,
    Cube,
    DuplicateFeatures,
    RandomMatrix,
    Sigmoid,
    TransformedSampler,
    make_transforms,
)
from skmi.datasets._base_transform import BaseTransform

from .global_state import seeded_globally

ALL = [
    RandomMatrix(random_state=0),
    Cube(),
    Sigmoid(),
    DuplicateFeatures(n_copies=3),
    AppendNoise(n_features=4, random_state=0),
]
RANDOM = [RandomMatrix, AppendNoise]

# Both checks transform a few rows, or all in another order, and want each row's result
# to stay. Noise that followed the values instead of the positions would give equal rows
# equal noise, and would be no noise.
POSITION = "the noise belongs to a row's position, not to its values"
EXPECTED = {
    "check_methods_sample_order_invariance": POSITION,
    "check_methods_subset_invariance": POSITION,
}


@pytest.fixture
def X(rng):
    return rng.normal(size=(50, 3)) * [1.0, 2.0, 0.1] + [0.0, 1.0, -1.0]


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(
    [RandomMatrix(), Cube(), Sigmoid(), DuplicateFeatures(), AppendNoise()],
    expected_failed_checks=lambda e: EXPECTED if isinstance(e, AppendNoise) else {},
)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("transform", ALL, ids=repr)
def test_can_be_undone(transform, X):
    fitted = clone(transform).fit(X)
    restored = fitted.inverse_transform(fitted.transform(X))
    np.testing.assert_allclose(restored, X, rtol=1e-11, atol=1e-12)
    assert restored.shape == X.shape


@pytest.mark.parametrize("transform", ALL, ids=repr)
def test_is_learnt_from_other_data(transform, X, rng):
    fitted = clone(transform).fit(rng.normal(size=(7, 3)))
    np.testing.assert_allclose(
        fitted.inverse_transform(fitted.transform(X)), X, rtol=1e-11, atol=1e-12
    )


def test_cube(X):
    np.testing.assert_allclose(Cube().fit_transform(X), X**3, rtol=1e-15)


def test_sigmoid(X):
    np.testing.assert_allclose(Sigmoid().fit_transform(X), 1 / (1 + np.exp(-X)), rtol=1e-14)
    far = Sigmoid().fit_transform([[-700.0], [700.0]])
    np.testing.assert_allclose(far, [[np.exp(-700)], [1.0]], rtol=1e-14)


def test_sigmoid_cannot_be_undone_where_it_is_flat():
    fitted = Sigmoid().fit([[0.0, 0.0]])
    with pytest.raises(ValueError, match=r"column 1 of X holds 1.0 in row 0"):
        fitted.inverse_transform([[0.5, 1.0]])


@pytest.mark.parametrize("n_copies", [1, 2, 20])
def test_duplicates(X, n_copies):
    copies = DuplicateFeatures(n_copies).fit_transform(X)
    np.testing.assert_array_equal(copies, np.hstack([X] * n_copies))


def test_random_matrix(X):
    fitted = RandomMatrix(random_state=3).fit(X)
    assert fitted.matrix_.shape == (3, 3)
    assert ((fitted.matrix_ > 0) & (fitted.matrix_ < 1)).all()
    np.testing.assert_allclose(fitted.transform(X), X @ fitted.matrix_, rtol=1e-15)


def test_random_matrices_are_a_uniform_factor_times_uniform_entries():
    matrices = [RandomMatrix(seed).fit(np.zeros((1, 1))).matrix_[0, 0] for seed in range(2000)]
    # P(u v < t) = t - t log t
    assert stats.kstest(matrices, lambda t: t - t * np.log(t)).pvalue > 1e-4
    pairs = np.array([RandomMatrix(s).fit(np.zeros((1, 2))).matrix_ for s in range(2000)])
    # The common factor cancels: P(u / v < 1/2) = 1/4.
    assert np.mean(pairs[:, 0, 0] < pairs[:, 1, 1] / 2) == pytest.approx(0.25, abs=0.05)


def test_a_matrix_that_cannot_be_inverted_is_drawn_again(monkeypatch):
    conditions = iter([np.inf, np.nan, 1e13, 1e3])
    seen = []

    def cond(matrix):
        seen.append(matrix)
        return next(conditions)

    monkeypatch.setattr(np.linalg, "cond", cond)
    fitted = RandomMatrix(random_state=0).fit(np.zeros((1, 2)))
    assert len(seen) == 4
    assert fitted.matrix_ is seen[-1]


def test_appended_noise(rng):
    X = rng.normal(size=(5000, 2))
    noisy = AppendNoise(n_features=3, std=0.5, random_state=1).fit_transform(X)
    np.testing.assert_array_equal(noisy[:, :2], X)
    for column in noisy[:, 2:].T:
        assert stats.kstest(column / 0.5, "norm").pvalue > 1e-4
    correlations = np.corrcoef(noisy.T)
    np.testing.assert_allclose(correlations, np.eye(5), atol=5 / np.sqrt(5000))


def test_noise_of_no_size_is_nothing():
    assert not AppendNoise(2, std=0.0).fit_transform([[1.0], [2.0]])[:, 1:].any()


def test_noise_is_fixed_by_fit_and_position(X):
    fitted = AppendNoise(n_features=2).fit(X)
    once, again, fewer = (fitted.transform(values)[:, 3:] for values in (X, -X, X[:20]))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(once[:20], fewer)
    assert not np.isin(once, fitted.fit_transform(X)[:, 3:]).any()


def test_noise_is_not_that_in_the_data():
    X, y = CorrelatedGaussians(2).sample(2000, random_state=0)
    noise = AppendNoise(n_features=2, random_state=0).fit_transform(X)[:, 2:]
    correlations = np.corrcoef(np.hstack([X, y, noise]).T)[:4, 4:]
    assert np.abs(correlations).max() < 5 / np.sqrt(2000)


@pytest.mark.parametrize("cls", RANDOM)
@pytest.mark.parametrize("seed", [5, np.random.RandomState, np.random.default_rng])
def test_a_seed_is_a_transform(cls, seed, X):
    first, second = (
        cls(random_state=seed if seed == 5 else seed(5)).fit_transform(X) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, cls(random_state=6).fit_transform(X))


@pytest.mark.parametrize("cls", RANDOM)
def test_without_a_seed_every_fit_is_new_and_the_global_state_is_left_alone(cls, X):
    with seeded_globally(0) as untouched:
        transform = cls()
        first = transform.fit_transform(X)
        assert not np.array_equal(first, transform.fit_transform(X))
        assert untouched()
    with seeded_globally(0):
        assert not np.array_equal(first, transform.fit_transform(X))


@pytest.mark.parametrize("transform", ALL, ids=repr)
def test_results_are_double_and_own_their_memory(transform, X):
    original = X.copy()
    for values in (X, X.astype(np.float32), np.ones((4, 3), dtype=int)):
        result = clone(transform).fit_transform(values)
        assert result.dtype == np.float64
    result = clone(transform).fit_transform(X)
    result[:] = 0
    np.testing.assert_array_equal(X, original)


NAMES = {
    "RandomMatrix": ["randommatrix0", "randommatrix1"],
    "Cube": ["height", "weight"],
    "Sigmoid": ["height", "weight"],
    "DuplicateFeatures": [
        *["height", "weight", "height_copy2", "weight_copy2", "height_copy3", "weight_copy3"]
    ],
    "AppendNoise": ["height", "weight", "noise0", "noise1", "noise2", "noise3"],
}


@pytest.mark.parametrize("transform", ALL, ids=repr)
def test_names_go_in_and_come_out(transform):
    frame = pd.DataFrame({"height": [1.0, 2.0, 4.0], "weight": [3.0, 1.0, 1.0]}, index=list("abc"))
    fitted = clone(transform).set_output(transform="pandas").fit(frame)
    expected = NAMES[type(transform).__name__]
    assert list(fitted.get_feature_names_out()) == expected
    result = fitted.transform(frame)
    assert list(result.columns) == expected
    assert list(result.index) == list("abc")
    np.testing.assert_allclose(fitted.inverse_transform(result), frame, rtol=1e-12)


@pytest.mark.parametrize("spec", ["dn>dn", "ds>ds", "ds>dn>ds", "dn>ds>dn"])
def test_names_stay_different_when_transforms_are_repeated(spec, X):
    steps = make_pipeline(*make_transforms(spec, random_state=0)).set_output(transform="pandas")
    columns = steps.fit_transform(pd.DataFrame(X, columns=["a", "a_copy2", "noise1"])).columns
    assert columns.is_unique


@pytest.mark.parametrize("transform", ALL, ids=repr)
@pytest.mark.parametrize(("bad", "word"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_what_is_not_finite_is_refused_by_name(transform, bad, word):
    frame = pd.DataFrame({"height": [1.0, 2.0, 3.0], "weight": [1.0, bad, 2.0]})
    transform = clone(transform)
    with pytest.raises(ValueError, match=rf"contains {word} in column 'weight' .*row 1"):
        transform.fit(frame)
    transform.fit(frame.fillna(0.0).replace(np.inf, 0.0))
    with pytest.raises(ValueError, match=rf"contains {word} in column 'weight' .*row 1"):
        transform.transform(frame)


@pytest.mark.parametrize("transform", ALL, ids=repr)
def test_what_is_not_a_result_cannot_be_undone(transform, X):
    fitted = clone(transform).fit(X)
    wrong = np.full((2, fitted.transform(X).shape[1] + 1), 0.5)
    message = f"has {wrong.shape[1]} features, but {type(transform).__name__} returns"
    with pytest.raises(ValueError, match=message):
        fitted.inverse_transform(wrong)


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        (DuplicateFeatures(0), "'n_copies' .* Got 0"),
        (AppendNoise(0), "'n_features' .* Got 0"),
        (AppendNoise(std=-1.0), "'std' .* Got -1.0"),
        (AppendNoise(random_state="a"), "'random_state' .* Got 'a'"),
        (RandomMatrix(random_state=-1), "'random_state' .* Got -1"),
    ],
    ids=repr,
)
def test_parameters_out_of_range_are_named(transform, message, X):
    with pytest.raises(ValueError, match=message):
        transform.fit(X)


def test_short_names():
    expected = {
        "rm": RandomMatrix,
        "cb": Cube,
        "sg": Sigmoid,
        "ds": DuplicateFeatures,
        "dn": AppendNoise,
    }
    assert expected == TRANSFORMS
    assert all(cls.preserves_mutual_info is True for cls in TRANSFORMS.values())


@pytest.mark.parametrize(
    ("spec", "classes"),
    [
        ("", []),
        ("none", []),
        (" none ", []),
        ("ds", [DuplicateFeatures]),
        ("rm>cb > sg>ds>dn", [RandomMatrix, Cube, Sigmoid, DuplicateFeatures, AppendNoise]),
        ("sg>cb", [Sigmoid, Cube]),
    ],
)
def test_transforms_come_in_the_order_named(spec, classes):
    assert [type(t) for t in make_transforms(spec)] == classes


@pytest.mark.parametrize("spec", ["xx", "cb>", "cb>none", "cb,sg", "CB"])
def test_unknown_names_are_answered_with_the_known(spec):
    with pytest.raises(ValueError, match=r"Unknown transform .* Known are rm, cb, sg, ds, dn"):
        make_transforms(spec)


def test_each_random_transform_has_a_seed_of_its_own():
    first, second = (make_transforms("dn>cb>dn>rm", random_state=0) for _ in range(2))
    seeds = [t.random_state for t in first if hasattr(t, "random_state")]
    assert len(set(seeds)) == 3
    assert seeds == [t.random_state for t in second if hasattr(t, "random_state")]
    assert seeds[1:] == [t.random_state for t in make_transforms("sg>ds>dn>rm", 0)[2:]]
    assert all(t.random_state is None for t in make_transforms("dn>rm"))


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64])
def test_a_transform_depends_on_values_and_not_on_their_types(kind, rng):
    X = rng.normal(size=(5, 100))
    for cls, params in (
        (AppendNoise, {"n_features": 100, "std": 0.5, "random_state": 3}),
        (DuplicateFeatures, {"n_copies": 100}),
        (RandomMatrix, {"random_state": 3}),
    ):
        same = {
            name: kind(v) if isinstance(v, int) else np.float16(v) for name, v in params.items()
        }
        one, other = cls(**params).fit(X), cls(**same).fit(X)
        np.testing.assert_array_equal(other.transform(X), one.transform(X), strict=True)
        back = other.inverse_transform(one.transform(X))
        np.testing.assert_array_equal(back, one.inverse_transform(one.transform(X)))
        assert list(other.get_feature_names_out()) == list(one.get_feature_names_out())


class Holds(BaseTransform):
    """A transform inside another one."""

    def __init__(self, first=None, second=None):
        self.first = first
        self.second = second

    def _learn(self):
        self.fitted_ = make_pipeline(self.first, self.second).fit(np.eye(self.n_features_in_))

    def _map(self, X):
        return self.fitted_.transform(X)


def test_inner_transforms_have_seeds_too():
    for inner in ({"first": RandomMatrix()}, {"first": RandomMatrix(), "second": AppendNoise(2)}):
        held = Holds(**{"second": Cube(), **inner})
        sampler = TransformedSampler(CorrelatedGaussians(2, 0.5), [held])
        one, same, other = (sampler.sample(10, random_state=seed)[0] for seed in (0, 0, 1))
        np.testing.assert_array_equal(one, same)
        assert (one != other).all()
    assert held.get_params()["first__random_state"] is None
