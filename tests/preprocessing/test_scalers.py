"""The scalers divide by what their definitions say, and by nothing else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.base import clone

from skmi import GlobalLinfScaler, GlobalScaler, LocalScaler

SCALERS = [
    LocalScaler(),
    GlobalScaler(),
    GlobalScaler(corrected=True),
    GlobalLinfScaler(),
]
INCREMENTAL = SCALERS[:3]


def factor(scaler, X):
    """The definitions of section 4.1."""
    deviations = X - X.mean(axis=0)
    if isinstance(scaler, LocalScaler):
        return np.sqrt((deviations**2).mean(axis=0))
    if isinstance(scaler, GlobalLinfScaler):
        return np.abs(deviations).max(axis=1).mean()
    norm = np.sqrt((deviations**2).sum(axis=1).mean())
    return norm / np.sqrt(X.shape[1]) if scaler.corrected else norm


@pytest.fixture
def X(rng):
    return rng.normal(size=(50, 4)) * [1, 10, 0.1, 3] + [5, 0, -2, 100]


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_a_fitted_scaler_holds_no_copy_of_the_data(scaler, X):
    fitted = clone(scaler).fit(X)
    learnt = [value for value in vars(fitted).values() if isinstance(value, np.ndarray)]
    for array in learnt:
        whole = array if array.base is None else array.base
        assert whole.nbytes < X.nbytes / 2


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_divides_by_the_definition(scaler, X):
    np.testing.assert_allclose(scaler.fit_transform(X), X / factor(scaler, X), rtol=1e-13)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_centres_on_request(scaler, X):
    centred = type(scaler)(**{**scaler.get_params(), "with_mean": True}).fit_transform(X)
    expected = (X - X.mean(axis=0)) / factor(scaler, X)
    np.testing.assert_allclose(centred, expected, atol=1e-13)


def test_corrected_is_global_times_the_root_of_the_number_of_columns(X):
    plain, corrected = (GlobalScaler(corrected=c).fit_transform(X) for c in (False, True))
    np.testing.assert_allclose(corrected, plain * np.sqrt(X.shape[1]), rtol=1e-14)
    assert corrected.var(axis=0).mean() == pytest.approx(1)


@pytest.mark.parametrize("scaler", [GlobalScaler(corrected=True), GlobalLinfScaler()], ids=repr)
def test_repeated_columns_do_not_change_the_factor(scaler, X):
    once, often = (scaler.fit(np.tile(X, copies)).scale_ for copies in (1, 20))
    assert often == pytest.approx(once, rel=1e-13)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
@given(exponent=st.integers(-900, 900))
def test_a_power_of_two_passes_through_to_the_last_bit(scaler, exponent):
    X = np.random.default_rng(1).normal(size=(20, 3)) + 7
    scaled = scaler.fit_transform(X)
    np.testing.assert_array_equal(scaler.fit_transform(np.ldexp(X, exponent)), scaled)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
@given(unit=st.floats(1e-12, 1e12))
def test_any_factor_passes_through_up_to_rounding(scaler, unit):
    X = np.random.default_rng(1).normal(size=(20, 3))
    scaled = scaler.fit_transform(X)
    np.testing.assert_allclose(scaler.fit_transform(unit * X), scaled, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_an_offset_costs_nothing(scaler, rng):
    X = np.round(rng.normal(size=(100, 3)) * 2**20) / 2**20
    scaler = type(scaler)(**{**scaler.get_params(), "with_mean": True})
    near, far = scaler.fit_transform(X), scaler.fit_transform(X + 1e9)
    np.testing.assert_allclose(far, near, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_inverse_transform_restores(scaler, X):
    for with_mean in (False, True):
        fitted = type(scaler)(**{**scaler.get_params(), "with_mean": with_mean}).fit(X)
        np.testing.assert_allclose(fitted.inverse_transform(fitted.transform(X)), X, rtol=1e-13)


@pytest.mark.parametrize("scaler", INCREMENTAL, ids=repr)
@given(
    X=arrays(float, (12, 2), elements=st.floats(-1e6, 1e6)),
    cuts=st.lists(st.integers(1, 11), unique=True, max_size=4),
)
def test_partial_fit_is_fit_on_everything_seen(scaler, X, cuts):
    whole = scaler.fit(X)
    mean, scale = whole.mean_, whole.scale_
    parts = type(scaler)(**scaler.get_params())
    for batch in np.split(X, sorted(cuts)):
        parts.partial_fit(batch)
    assert parts.n_samples_seen_ == 12
    magnitude = np.abs(X).max()
    np.testing.assert_allclose(parts.mean_, mean, rtol=1e-12, atol=1e-14 * magnitude)
    np.testing.assert_allclose(parts.scale_, scale, rtol=1e-7, atol=1e-14 * magnitude)


def test_the_maximum_norm_has_no_partial_fit():
    assert not hasattr(GlobalLinfScaler(), "partial_fit")


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
@pytest.mark.parametrize("value", [0.0, 0.1, 1e9, -3e-200])
def test_no_variation_means_factor_one(scaler, value):
    X = np.full((7, 2), value)
    np.testing.assert_array_equal(scaler.fit(X).scale_, np.ones(np.shape(scaler.scale_)))
    np.testing.assert_array_equal(scaler.transform(X), X)


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_a_constant_column_among_others(scaler, rng):
    X = np.column_stack([np.full(30, 0.1), 1e-14 * rng.normal(size=30)])
    scale = scaler.fit(X).scale_
    alone = scaler.fit(X[:, 1:]).scale_
    if isinstance(scaler, LocalScaler):
        assert scale[0] == 1
        assert scale[1] == pytest.approx(alone[0], rel=1e-14)
    elif scaler.get_params().get("corrected"):
        assert scale == pytest.approx(alone / np.sqrt(2), rel=1e-14)
    else:
        assert scale == pytest.approx(alone, rel=1e-14)


def test_a_column_constant_in_every_batch_but_not_over_all():
    X = np.array([[1.0], [1.0], [3.0], [3.0]])
    parts = LocalScaler().partial_fit(X[:2])
    assert parts.scale_ == 1
    assert parts.partial_fit(X[2:]).scale_ == pytest.approx(1)
    assert parts.mean_ == 2
    assert parts.partial_fit(X[2:] + 4).scale_ == pytest.approx(np.std([1, 1, 3, 3, 7, 7]))


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_float32_stays_and_is_computed_in_double(scaler, rng):
    X = (1e4 + rng.normal(size=(1000, 2))).astype(np.float32)
    fitted = type(scaler)(**{**scaler.get_params(), "with_mean": True}).fit(X)
    scaled = fitted.transform(X)
    assert scaled.dtype == fitted.inverse_transform(scaled).dtype == np.float32
    expected = fitted.transform(X.astype(float))
    np.testing.assert_array_equal(scaled, expected.astype(np.float32))


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
def test_names_go_in_and_come_out(scaler):
    frame = pd.DataFrame({"height": [1.0, 2.0, 4.0], "weight": [3.0, 1.0, 1.0]}, index=list("abc"))
    fitted = type(scaler)(**scaler.get_params()).set_output(transform="pandas").fit(frame)
    assert list(fitted.get_feature_names_out()) == ["height", "weight"]
    scaled = fitted.transform(frame)
    assert list(scaled.columns) == ["height", "weight"]
    assert list(scaled.index) == list("abc")


@pytest.mark.parametrize("scaler", SCALERS, ids=repr)
@pytest.mark.parametrize(("bad", "word"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_what_is_not_finite_is_refused_by_name(scaler, bad, word):
    frame = pd.DataFrame({"height": [1.0, 2.0, 3.0], "weight": [1.0, bad, 2.0]})
    with pytest.raises(ValueError, match=rf"contains {word} in column 'weight' .*row 1"):
        scaler.fit(frame)
    with pytest.raises(ValueError, match=rf"contains {word} in column 1 "):
        scaler.fit(frame.to_numpy())
