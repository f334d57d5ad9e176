"""What regression on z leaves: against refitting, and what must not change it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skmi.estimators._regression import _best_fit, _Family, _linear_basis, residuals


def test_linear_functions_leave_nothing(rng):
    z = rng.normal(size=(100, 3))
    columns = np.column_stack([z @ [1, -2, 3] + 1e6, 1e-9 * z[:, 0], np.full(100, 7.0)])
    left = residuals(columns, z, None)
    assert not left.values.any()
    np.testing.assert_array_equal(left.explained, [1, 1, 0])


def test_what_z_does_not_predict_stays_as_it_is(rng):
    x, z = rng.normal(size=(200, 10)), rng.normal(size=(200, 1))
    left = residuals(x, z, None)
    same = left.explained == 0
    assert same.any()
    np.testing.assert_array_equal(left.values[:, same], x[:, same])
    assert (left.explained < 0.06).all()  # by chance


def test_smooth_functions_are_taken_off(rng):
    z = rng.normal(size=(400, 2))
    noise = 0.1 * rng.normal(size=(400, 3))
    cause = np.column_stack([np.sin(3 * z[:, 0]), z[:, 0] * z[:, 1], z.sum(axis=1) ** 2])
    left = residuals(cause + noise, z, None)
    assert (left.explained > 0.9).all()
    for position in range(2):
        found = np.corrcoef(left.values[:, position], noise[:, position])[0, 1]
        assert found > 0.5


def test_the_error_is_that_of_samples_left_out(rng):
    # The twin: one sample left out at a time, everything fitted anew.
    n = 30
    z, target = rng.normal(size=(n, 2)), rng.normal(size=n) + np.arange(n)
    linear = _linear_basis(z, None)
    found = _best_fit(target - linear @ (linear.T @ target), linear, [])
    errors = []
    design = np.column_stack([np.ones(n), z])
    for i in range(n):
        others = np.arange(n) != i
        fitted = np.linalg.lstsq(design[others], target[others], rcond=None)[0]
        errors.append(target[i] - design[i] @ fitted)
    assert found.error == pytest.approx(np.mean(np.square(errors)), rel=1e-9)


def test_residuals_have_equal_variance(rng):
    # Of pure noise, under a basis that a few samples dominate.
    n = 40
    basis = np.linalg.qr(rng.standard_t(1.5, size=(n, 6)))[0]
    linear, family = basis[:, :1], _Family(basis[:, 1:], np.full(5, 1e9))
    noise = rng.normal(size=(20000, n))
    penalized = noise - (noise @ basis) @ basis.T
    own = (basis**2).sum(axis=1)
    plain = penalized.std(axis=0)
    assert np.ptp(plain) > 0.3
    found = [
        _best_fit(row - linear[:, 0] * (linear[:, 0] @ row), linear, [family]).residual
        for row in noise[:3]
    ]
    assert np.isfinite(found).all()
    np.testing.assert_allclose(penalized.std(axis=0), np.sqrt(1 - own), rtol=0.05)


@settings(max_examples=15)
@given(st.integers(-30, 30), st.integers(-30, 30), st.integers(0, 99))
def test_powers_of_two_bit_for_bit(a, b, seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(60, 2))
    columns = z[:, :1] ** 2 + rng.normal(size=(60, 1))
    expected = residuals(columns, z, None)
    found = residuals(2.0**a * columns, 2.0**b * z, None)
    np.testing.assert_array_equal(found.values, 2.0**a * expected.values)


def test_means_of_labels_are_taken_off(rng):
    codes = rng.integers(0, 5, size=300)
    noise = rng.normal(size=(300, 1))
    left = residuals(
        np.array([9.0, -3, 0, 5, 100])[codes][:, None] + noise, np.empty((300, 0)), codes
    )
    means = [left.values[codes == label].mean() for label in range(5)]
    np.testing.assert_allclose(means, 0, atol=1e-9)
    assert np.corrcoef(left.values[:, 0], noise[:, 0])[0, 1] > 0.98
