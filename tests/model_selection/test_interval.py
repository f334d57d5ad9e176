"""Intervals by subsampling: standard errors, coverage, drift."""

import numpy as np
import pytest
from scipy.stats import t as student_t

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
    n, weights = np.array([2, 3, 4]), np.array([1, 2, 3])
    variance = np.sum(weights * curve["variance"][1:4] / n) / np.sum(weights)
    assert found.standard_error == pytest.approx(np.sqrt(variance))
    # Degrees of freedom: of ten repeats of 1 + 2 + 3, and of 300 samples.
    quantile = student_t.ppf(0.975, 1 / (1 / 60 + 1 / 299))
    assert found.high - found.estimate == pytest.approx(quantile * found.standard_error)


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
        found = mutual_info_interval(KSG(), X, y, n_splits=4, random_state=seed)
        estimates.append(found.estimate)
        errors.append(found.standard_error)
    # The deviation is known to about a tenth from 60 data sets.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(estimates), rel=0.2)
    truth = -0.5 * np.log(1 - 0.6**2)
    covered = np.abs(np.array(estimates) - truth) < 2.01 * np.array(errors)
    assert covered.mean() > 0.88


@pytest.mark.filterwarnings("ignore:Half as many samples", "ignore:The best relative scale")
def test_a_search_without_its_optimism():
    raw, corrected = [], []
    for found in (raw, corrected):
        search = RelativeScaleSearch(KSG(), n_permutations=10, random_state=0)
        estimator = ScaleInvariantMI(search.set_params(correct_bias=found is corrected))
        for seed in range(40):
            X, y = gaussians(120, 1, 0.0, seed)
            options = {"n_splits": 2, "n_repeats": 2, "random_state": seed}
            found.append(mutual_info_interval(estimator, X, y, **options))
    # 0 is the truth. Of 40 intervals 38 are expected to hold it.
    assert sum(interval.low <= 0 <= interval.high for interval in corrected) >= 35
    middle, shifted = (np.mean([i.estimate for i in found]) for found in (corrected, raw))
    assert abs(middle) < 0.02 < 0.04 < shifted
    # The maximum is the higher the fewer samples there are, which is corrected as well.
    drift_left, drift = (np.mean([i.drift for i in found]) for found in (corrected, raw))
    assert abs(drift_left) < 0.01 < drift
    errors = [[interval.standard_error for interval in found] for found in (raw, corrected)]
    np.testing.assert_array_equal(*errors)


@pytest.mark.filterwarnings("ignore:Half as many samples", "ignore:The best relative scale")
def test_parts_are_not_corrected_one_by_one(monkeypatch):
    fits = []
    fit = RelativeScaleSearch.fit
    monkeypatch.setattr(
        RelativeScaleSearch,
        "fit",
        lambda self, X, y: fits.append(self.correct_bias) or fit(self, X, y),
    )
    search = RelativeScaleSearch(KSG(), [0.5, 1, 2], correct_bias=True, n_permutations=5)
    X, y = gaussians(80, 1, 0.6, 0)
    found = mutual_info_interval(search.set_params(random_state=0), X, y, n_splits=2, n_repeats=3)
    # The whole; for its correction the same search once more; 6 parts, as they are and permuted.
    assert fits == [True, False] + 12 * [False]
    assert found.estimate == search.fit(X, y).mi_


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


def test_rounding_is_no_bias(rng):
    found = mutual_info_interval(KSG(), np.ones((100, 1)), rng.normal(size=100), random_state=0)
    assert abs(found.estimate) < 1e-12
    assert not found.is_biased
