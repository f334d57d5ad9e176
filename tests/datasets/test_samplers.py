"""Samplers: what they say they know is true of what they draw."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats
from sklearn.base import clone

from skmi import KSG
from skmi.datasets import (
    AdditiveGaussianNoise,
    AdditiveUniformNoise,
    CorrelatedGaussians,
    MultivariateGaussians,
    SparseGaussians,
    StudentT,
    TransformedSampler,
    UniformMargins,
)

from .global_state import seeded_globally

COVARIANCE = np.array([[2.0, 0.5, 0.9], [0.5, 1.0, -0.3], [0.9, -0.3, 0.9]])

ONE_COLUMN = [
    CorrelatedGaussians(),
    CorrelatedGaussians(correlation=-0.5),
    CorrelatedGaussians(correlation=0),
    AdditiveGaussianNoise(noise_std=0.3),
    AdditiveUniformNoise(noise_half_width=0.1),
    AdditiveUniformNoise(noise_half_width=2.0),
    UniformMargins(),
    StudentT(),
    StudentT(correlation=0.0, degrees_of_freedom=1),
    MultivariateGaussians([[4.0, -1.0], [-1.0, 1.0]], 1),
]
SAMPLERS = [
    *ONE_COLUMN,
    CorrelatedGaussians(3, 0.6),
    AdditiveGaussianNoise(4, 1.5),
    AdditiveUniformNoise(2, 0.7),
    UniformMargins(2, -0.7),
    StudentT(2, 0.5, 2.5),
    MultivariateGaussians(COVARIANCE, 2),
    MultivariateGaussians(COVARIANCE, 1),
    SparseGaussians(),
    SparseGaussians(3, 0),
    SparseGaussians(2, 2, 0.5),
    TransformedSampler(CorrelatedGaussians(2), "rm>cb>dn"),
]
SHAPES = [*((1, 1),) * 10, (3, 3), (4, 4), (2, 2), (2, 2), (2, 2), (2, 1), (1, 2)]
SHAPES += [(10, 10), (3, 3), (2, 2), (22, 2)]


def in_a_line(value):
    return " ".join(repr(value).split())


def dispersion(sampler):
    """The joint covariance, column by column from the definitions."""
    if isinstance(sampler, MultivariateGaussians):
        return np.asarray(sampler.covariance)
    d = sampler.n_features
    matrix = np.eye(2 * d)
    for i in range(d):
        if isinstance(sampler, AdditiveGaussianNoise):
            matrix[i, d + i] = matrix[d + i, i] = 1.0
            matrix[d + i, d + i] = 1 + sampler.noise_std**2
        elif i < getattr(sampler, "n_informative", d):
            matrix[i, d + i] = matrix[d + i, i] = sampler.correlation
    return matrix


def log_ratio(sampler, X, y):
    """log p(x, y) / p(x) p(y) at each sample, from scipy's densities."""
    if isinstance(sampler, AdditiveUniformNoise):
        reach = sampler.noise_half_width
        overlap = np.clip(y + reach, 0, 1) - np.clip(y - reach, 0, 1)
        return -np.log(overlap).sum(axis=1)  # (1 / 2e) / (overlap / 2e)
    matrix, d = dispersion(sampler), X.shape[1]
    if isinstance(sampler, UniformMargins):
        X, y = stats.norm.ppf(X), stats.norm.ppf(y)

    def log_density(values, matrix):
        if isinstance(sampler, StudentT):
            df = sampler.degrees_of_freedom
            return stats.multivariate_t(shape=matrix, df=df).logpdf(values)
        return stats.multivariate_normal(cov=matrix).logpdf(values)

    joint = log_density(np.hstack([X, y]), matrix)
    return joint - log_density(X, matrix[:d, :d]) - log_density(y, matrix[d:, d:])


@pytest.mark.parametrize("sampler", SAMPLERS[:-1], ids=in_a_line)
def test_the_mean_log_density_ratio_is_the_mutual_information(sampler):
    X, y = sampler.sample(40_000, random_state=1)
    terms = log_ratio(sampler, X, y)
    error = terms.std() / np.sqrt(len(terms))
    assert terms.mean() == pytest.approx(sampler.mutual_info, abs=4 * error + 1e-12)


@pytest.mark.parametrize("sampler", ONE_COLUMN, ids=in_a_line)
def test_an_estimate_from_a_thousand_samples_is_near(sampler):
    # Nearest neighbours are far apart in heavy tails, and invertible maps are free.
    see = np.arcsinh if isinstance(sampler, StudentT) else np.positive
    samples = [sampler.sample(1000, random_state=seed) for seed in range(3)]
    estimates = [KSG().fit(see(X), see(y)).mi_ for X, y in samples]
    assert np.mean(estimates) == pytest.approx(sampler.mutual_info, abs=0.06)


@pytest.mark.parametrize(
    "sampler", [CorrelatedGaussians(), AdditiveGaussianNoise(noise_std=0.8)], ids=in_a_line
)
def test_integrated_over_the_plane(sampler):
    grid = np.linspace(-9, 9, 901)
    points = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1)
    joint = stats.multivariate_normal(cov=dispersion(sampler)).pdf(points)
    step = grid[1] - grid[0]
    product = joint.sum(axis=1)[:, None] * joint.sum(axis=0) * step**2
    inside = joint > 1e-300
    integral = (joint[inside] * np.log(joint[inside] / product[inside])).sum() * step**2
    assert sampler.mutual_info == pytest.approx(integral, rel=1e-8)


@pytest.mark.parametrize("reach", [0.01, 0.3, 0.5, 0.50001, 0.8, 5.0])
def test_uniform_noise_integrated(reach):
    def minus_p_log_p(t):
        p = (min(t + reach, 1.0) - max(t - reach, 0.0)) / (2 * reach)
        return -p * np.log(p) if p > 0 else 0.0

    corners = sorted([-reach, reach, 1 - reach, 1 + reach])
    entropy = sum(integrate.quad(minus_p_log_p, *piece)[0] for piece in pairwise(corners))
    expected = entropy - np.log(2 * reach)
    assert AdditiveUniformNoise(noise_half_width=reach).mutual_info == pytest.approx(
        expected, rel=1e-6
    )
    assert AdditiveUniformNoise(3, reach).mutual_info == pytest.approx(3 * expected, rel=1e-6)


@pytest.mark.parametrize("d", [1, 2, 7])
@pytest.mark.parametrize("df", [0.1, 1, 2.5, 30, 150, 250])
def test_student_t_by_entropies(d, df):
    sampler = StudentT(d, 0.6, df)
    joint = stats.multivariate_t(shape=dispersion(sampler), df=df).entropy()
    side = stats.multivariate_t(shape=np.eye(d), df=df).entropy()
    assert sampler.mutual_info == pytest.approx(2 * side - joint, rel=1e-9)


@pytest.mark.parametrize("df", [1e4, 1e8, 1e12, 1e100])
def test_student_t_becomes_normal(df):
    # The correction's leading term, d_x d_y / 2 nu^2, without the noise of large numbers.
    expected = 9 / 2 / df / df
    assert StudentT(3, 0.0, df).mutual_info == pytest.approx(expected, rel=5e-3, abs=1e-20)
    normal = CorrelatedGaussians(3, 0.7).mutual_info
    assert StudentT(3, 0.7, df).mutual_info == pytest.approx(normal, abs=1e-7)


def test_multivariate_gaussians_by_determinants():
    det = np.linalg.det
    expected = 0.5 * np.log(det(COVARIANCE[:2, :2]) * COVARIANCE[2, 2] / det(COVARIANCE))
    assert MultivariateGaussians(COVARIANCE, 2).mutual_info == pytest.approx(expected, rel=1e-12)


def test_units_of_a_covariance_do_not_matter():
    units = np.array([1e-150, 1.0, 1e150])
    sampler = MultivariateGaussians(COVARIANCE * units * units[:, None], 1)
    plain = MultivariateGaussians(COVARIANCE, 1)
    assert sampler.mutual_info == pytest.approx(plain.mutual_info, rel=1e-12)
    drawn, expected = (np.hstack(s.sample(5, random_state=0)) for s in (sampler, plain))
    np.testing.assert_allclose(drawn, expected * units, rtol=1e-12)


@pytest.mark.parametrize(
    ("special", "general"),
    [
        (CorrelatedGaussians(3, 0.6), None),
        (AdditiveGaussianNoise(2, 0.4), None),
        (SparseGaussians(4, 2, 0.9), None),
        (SparseGaussians(3, 3, 0.9), CorrelatedGaussians(3, 0.9)),
        (UniformMargins(2, 0.3), CorrelatedGaussians(2, 0.3)),
        (AdditiveGaussianNoise(2, 0.75), CorrelatedGaussians(2, 0.8)),
    ],
    ids=str,
)
def test_the_same_dependence_has_the_same_information(special, general):
    general = general or MultivariateGaussians(dispersion(special), special.n_features)
    assert special.mutual_info == pytest.approx(general.mutual_info, rel=1e-12)


def test_no_dependence_is_exactly_no_information():
    for sampler in (CorrelatedGaussians(2, 0), SparseGaussians(3, 0), UniformMargins(1, 0.0)):
        assert sampler.mutual_info == 0.0
        assert not np.signbit(sampler.mutual_info)


def test_extreme_parameters_keep_their_digits():
    # -log(1 - r^2) / 2 with r = 1 - e: log(2 e - e^2) by hand.
    e = 2.0**-50
    near_one = CorrelatedGaussians(1, 1 - e).mutual_info
    assert near_one == pytest.approx(-0.5 * (np.log(e) + np.log(2 - e)), rel=1e-14)
    assert CorrelatedGaussians(1, 1e-9).mutual_info == pytest.approx(5e-19, rel=1e-6)
    tiny, huge = (AdditiveGaussianNoise(1, s).mutual_info for s in (1e-200, 1e9))
    assert tiny == pytest.approx(200 * np.log(10), rel=1e-14)
    assert huge == pytest.approx(5e-19, rel=1e-12)


@pytest.mark.parametrize(
    "sampler",
    [s for s in SAMPLERS if not isinstance(s, (AdditiveUniformNoise, UniformMargins, StudentT))][
        :-1
    ],
    ids=in_a_line,
)
def test_normal_columns_have_the_covariance_stated(sampler):
    n = 40_000
    both = np.hstack(sampler.sample(n, random_state=2))
    expected = dispersion(sampler)
    largest = expected.diagonal().max()
    error = 5 * largest * np.sqrt(2 / n)
    np.testing.assert_allclose(np.cov(both.T), expected, atol=error)
    np.testing.assert_allclose(both.mean(axis=0), 0, atol=5 * np.sqrt(largest / n))
    for column, variance in zip(both.T, expected.diagonal(), strict=True):
        assert stats.kstest(column / np.sqrt(variance), "norm").pvalue > 1e-4


@pytest.mark.parametrize(
    ("sampler", "of_x", "of_noise"),
    [
        (UniformMargins(), stats.uniform(), None),
        (StudentT(degrees_of_freedom=1.5), stats.t(1.5), None),
        (AdditiveUniformNoise(noise_half_width=0.2), stats.uniform(), stats.uniform(-0.2, 0.4)),
        (AdditiveGaussianNoise(noise_std=0.2), stats.norm(), stats.norm(0, 0.2)),
    ],
    ids=["uniform", "t", "uniform noise", "normal noise"],
)
def test_margins_are_those_stated(sampler, of_x, of_noise):
    X, y = sampler.sample(20_000, random_state=3)
    assert stats.kstest(X[:, 0], of_x.cdf).pvalue > 1e-4
    second = y if of_noise is None else y - X
    assert stats.kstest(second[:, 0], (of_noise or of_x).cdf).pvalue > 1e-4


@pytest.mark.parametrize(("sampler", "shape"), zip(SAMPLERS, SHAPES, strict=True), ids=in_a_line)
@pytest.mark.parametrize("n_samples", [1, 50])
def test_shapes_and_types(sampler, shape, n_samples):
    X, y = sampler.sample(n_samples, random_state=0)
    assert (X.shape, y.shape) == ((n_samples, shape[0]), (n_samples, shape[1]))
    assert X.dtype == y.dtype == np.float64
    assert np.isfinite(X).all()
    assert np.isfinite(y).all()
    assert type(sampler.mutual_info) is float


@pytest.mark.parametrize("sampler", SAMPLERS, ids=in_a_line)
def test_a_seed_is_a_sample(sampler):
    first = np.hstack(sampler.sample(20, random_state=7))
    for seed in (7, np.int64(7), np.random.default_rng(7)):
        np.testing.assert_array_equal(np.hstack(clone(sampler).sample(20, seed)), first)
    assert not np.isin(first, np.hstack(sampler.sample(20, random_state=8))).any()
    a, b = (np.hstack(sampler.sample(20, np.random.RandomState(7))) for _ in range(2))
    np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=in_a_line)
def test_the_global_state_is_neither_read_nor_changed(sampler):
    with seeded_globally(0) as untouched:
        seeded, free = (np.hstack(sampler.sample(20, seed)) for seed in (7, None))
        assert untouched()
    with seeded_globally(0):
        assert not np.isin(np.hstack(sampler.sample(20)), free).any()
    with seeded_globally(1):
        np.testing.assert_array_equal(np.hstack(sampler.sample(20, 7)), seeded)


@pytest.mark.parametrize("sampler", SAMPLERS, ids=in_a_line)
@pytest.mark.parametrize("kind", [np.random.default_rng, np.random.RandomState])
def test_a_generator_moves_on(sampler, kind):
    source = kind(0)
    first, second = (np.hstack(sampler.sample(20, source)) for _ in range(2))
    assert not np.isin(first, second).any()


@pytest.mark.parametrize("sampler", SAMPLERS, ids=in_a_line)
def test_clones_know_the_same(sampler):
    copy = clone(sampler)
    assert copy.mutual_info == sampler.mutual_info
    assert repr(copy) == repr(sampler)
    assert type(sampler).__name__ in repr(sampler)


def test_parameters_can_be_set():
    sampler = CorrelatedGaussians().set_params(n_features=3, correlation=0.5)
    assert sampler.mutual_info == pytest.approx(-1.5 * np.log(0.75))
    assert sampler.sample(4)[0].shape == (4, 3)


REFUSED = [
    (CorrelatedGaussians(0), "'n_features' .* Got 0"),
    (CorrelatedGaussians(1.5), "'n_features' .* Got 1.5"),
    (CorrelatedGaussians(1, 1.0), "'correlation' .* Got 1.0"),
    (CorrelatedGaussians(1, -1), "'correlation' .* Got -1"),
    (CorrelatedGaussians(1, np.nan), "'correlation' .* Got nan"),
    (CorrelatedGaussians(1, "high"), "'correlation' .* Got 'high'"),
    (UniformMargins(1, 2.0), "'correlation' .* Got 2.0"),
    (AdditiveGaussianNoise(1, 0.0), "'noise_std' .* Got 0.0"),
    (AdditiveGaussianNoise(1, np.inf), "'noise_std' .* Got inf"),
    (AdditiveUniformNoise(1, -0.1), "'noise_half_width' .* Got -0.1"),
    (StudentT(1, 0.5, 0), "'degrees_of_freedom' .* Got 0"),
    (StudentT(1, 0.5, 0.01), "'degrees_of_freedom' .* Got 0.01"),
    (SparseGaussians(2, 3), "n_informative=3 .* n_features=2"),
    (SparseGaussians(2, -1), "'n_informative' .* Got -1"),
    (MultivariateGaussians(np.eye(2), 2), "n_x_features=2 leaves no column"),
    (MultivariateGaussians(np.eye(2), 0), "'n_x_features' .* Got 0"),
    (MultivariateGaussians(np.ones((2, 3)), 1), r"square matrix, got shape=\(2, 3\)"),
    (MultivariateGaussians([[1.0, 0.5], [0.4, 1.0]], 1), "symmetric, got 0.5 in row 0, column 1"),
    (MultivariateGaussians([[1.0, 2.0], [2.0, 1.0]], 1), "definite, .* smallest eigenvalue .* -1"),
    (MultivariateGaussians([[1.0, 0.0], [0.0, -2.0]], 1), "definite, .* row 1 is -2"),
    (MultivariateGaussians([[1.0, np.nan], [np.nan, 1.0]], 1), "finite, got NaN"),
    (MultivariateGaussians([["a", "b"], ["c", "d"]], 1), "matrix of numbers"),
    (MultivariateGaussians(3.0, 1), "'covariance'"),
]


@pytest.mark.parametrize(("sampler", "message"), REFUSED, ids=lambda v: str(v)[:40])
def test_parameters_out_of_range_are_named(sampler, message):
    with pytest.raises(ValueError, match=message):
        sampler.sample(5, random_state=0)
    with pytest.raises(ValueError, match=message):
        _ = sampler.mutual_info


@pytest.mark.parametrize("n_samples", [0, -1, 2.0, "many"])
def test_the_number_of_samples_is_a_positive_integer(n_samples):
    with pytest.raises(ValueError, match=rf"'n_samples' .*sample .* Got {n_samples!r}"):
        CorrelatedGaussians().sample(n_samples)


@pytest.mark.parametrize("seed", [-1, 0.5, "seed"])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(ValueError, match=rf"'random_state' .* Got {seed!r}"):
        CorrelatedGaussians().sample(3, random_state=seed)


KINDS = {int: [np.int8, np.uint8, np.int64], float: [np.float16, np.float32, np.longdouble]}
# Numbers that all kinds can hold.
PLAIN = [
    CorrelatedGaussians(100, 0.5),
    AdditiveGaussianNoise(100, 0.5),
    AdditiveUniformNoise(100, 0.75),
    UniformMargins(100, 0.5),
    StudentT(100, 0.5, 2.5),
    StudentT(100, 0.5, 100),
    SparseGaussians(100, 64, 0.5),
    MultivariateGaussians(COVARIANCE, 2),
    TransformedSampler(CorrelatedGaussians(100, 0.5), "cb>dn", "y"),
]


@pytest.mark.parametrize("sampler", PLAIN, ids=in_a_line)
def test_a_sample_depends_on_values_and_not_on_their_types(sampler):
    X, y = sampler.sample(100, random_state=1)
    params = sampler.get_params(deep=False)
    for name, value in params.items():
        for kind in [*KINDS.get(type(value), []), *[np.str_] * isinstance(value, str)]:
            other = clone(sampler).set_params(**{name: kind(value)})
            integer = kind if isinstance(value, int) else np.uint8
            again = other.sample(integer(100), random_state=integer(1))
            np.testing.assert_array_equal(again[0], X, strict=True)
            np.testing.assert_array_equal(again[1], y, strict=True)
            assert other.mutual_info == sampler.mutual_info
