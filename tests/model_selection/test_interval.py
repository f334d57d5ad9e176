"""Intervals by subsampling: standard errors, coverage, drift."""

import numpy as np
import pytest

from skmi import KSG, RelativeScaleSearch, ScaleInvariantMI, make_estimator
from skmi.model_selection import mutual_info_interval
from tests.model_selection.test_diagnostics import gaussians


def test_reads_well_and_adds_up(rng):
    X, y = gaussians(300, 1, 0.6, 0)
    found = mutual_info_interval(KSG(), X, y, random_state=0)
    assert found.estimate == KSG().fit(X, y).mi_
    assert found.low < found.estimate < found.high
    assert found.estimate - found.low == pytest.approx(found.high - found.estimate)
    assert repr(found).startswith(f"{found.estimate:.3f} nats, 95% interval [{found.low:.3f}")
    curve = found.curve
    np.testing.assert_array_equal(curve["n_splits"], np.arange(1, 11))
    np.testing.assert_array_equal(curve["n_samples"], 300 // np.arange(1, 11))
    assert curve["mean"][0] == found.estimate
    assert np.isnan(curve["variance"][0])
    n, weights = curve["n_splits"][1:], curve["n_splits"][1:] - 1
    variance = np.sum(weights * curve["variance"][1:] / n) / np.sum(weights)
    assert found.standard_error == pytest.approx(np.sqrt(variance))


def test_a_wider_interval_for_more_confidence():
    X, y = gaussians(200, 1, 0.6, 0)
    widths = []
    for level in (0.5, 0.95, 0.99):
        found = mutual_info_interval(KSG(), X, y, confidence_level=level, random_state=0)
        widths.append(found.high - found.low)
    assert widths == sorted(widths)


def test_standard_error_is_that_of_other_data_sets():
    estimates, errors = [], []
    for seed in range(60):
        X, y = gaussians(300, 1, 0.6, seed)
        found = mutual_info_interval(KSG(), X, y, n_repeats=1, random_state=seed)
        estimates.append(found.estimate)
        errors.append(found.standard_error)
    # Each of the two is known to about a tenth from 60 data sets.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(estimates), rel=0.3)
    truth = -0.5 * np.log(1 - 0.6**2)
    covered = np.abs(np.array(estimates) - truth) < 2.01 * np.array(errors)
    assert covered.mean() > 0.85


def test_each_sample_is_used_once():
    class Counting(KSG):
        seen = []

        def fit(self, X, y):
            self.seen.append(sorted(X[:, 0]))
            return super().fit(X, y)

    X, y = gaussians(90, 1, 0.6, 0)
    mutual_info_interval(Counting(), X, y, n_repeats=1, random_state=0)
    sizes = [len(part) for part in Counting.seen]
    assert sizes == [90, 45, 45, 30, 30, 30, 23, 23, 22, 22]
    for start, stop in ((1, 3), (3, 6), (6, 10)):
        assert sorted(np.concatenate(Counting.seen[start:stop])) == sorted(X[:, 0])


def test_a_biased_estimate_drifts():
    X, y = gaussians(400, 8, 0.8, 0)
    with pytest.warns(UserWarning, match="it is biased, which the interval"):
        found = mutual_info_interval(KSG(), X, y, random_state=0)
    assert found.is_biased
    assert found.drift < -found.standard_error
    assert "biased" in repr(found)


def test_the_number_of_jobs_changes_nothing():
    X, y = gaussians(100, 1, 0.6, 0)
    one, two = (
        mutual_info_interval(make_estimator("ksg-local"), X, y, n_jobs=n_jobs, random_state=0)
        for n_jobs in (1, 2)
    )
    assert repr(one) == repr(two)
    np.testing.assert_array_equal(one.curve["mean"], two.curve["mean"])


def test_units_change_nothing():
    X, y = gaussians(200, 2, 0.6, 0)
    estimator = ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"))
    found = [
        mutual_info_interval(estimator, a * X, b * y, n_repeats=1, random_state=0)
        for a, b in ((1, 1), (2.0**40, 2.0**-7))
    ]
    assert (found[0].low, found[0].high) == (found[1].low, found[1].high)


def test_bad_input():
    X, y = gaussians(39, 1, 0.6, 0)
    with pytest.raises(ValueError, match="39 samples are too few for an interval"):
        mutual_info_interval(KSG(), X, y)
    with pytest.raises(ValueError, match="'confidence_level' parameter"):
        mutual_info_interval(KSG(), X, y, confidence_level=95)
    with pytest.raises(ValueError, match="X has 39 samples and y has 38"):
        mutual_info_interval(KSG(), X, y[1:])
