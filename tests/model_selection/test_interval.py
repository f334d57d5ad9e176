"""Intervals by subsampling: standard errors, coverage, drift."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student_t
from sklearn.base import BaseEstimator

from skmi import (
    KSG,
    BinningMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    make_estimator,
    mutual_info,
)
from skmi.exceptions import DriftWarning
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
    width = np.hypot(found.standard_error, found.drift)
    assert found.high - found.estimate == pytest.approx(quantile * width)
    assert found.is_reliable


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


@pytest.mark.filterwarnings(
    "ignore::skmi.exceptions.DriftWarning", "ignore::skmi.exceptions.ScaleEdgeWarning"
)
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


@pytest.mark.filterwarnings(
    "ignore::skmi.exceptions.DriftWarning", "ignore::skmi.exceptions.ScaleEdgeWarning"
)
def test_parts_are_not_corrected_one_by_one(monkeypatch):
    fits = []
    fit = RelativeScaleSearch._fit
    monkeypatch.setattr(
        RelativeScaleSearch,
        "_fit",
        lambda self, sample: fits.append(self.correct_bias) or fit(self, sample),
    )
    search = RelativeScaleSearch(KSG(), [0.5, 1, 2], correct_bias=True, n_permutations=5)
    X, y = gaussians(80, 1, 0.6, 0)
    found = mutual_info_interval(search.set_params(random_state=0), X, y, n_splits=2, n_repeats=3)
    # The whole; 6 parts, as they are and permuted.
    assert fits == [True] + 12 * [False]
    assert found.estimate == search.fit(X, y).mi_


def test_each_sample_is_used_once():
    class Counting(KSG):
        seen = []

        def _learn(self, sample):
            self.seen.append(sorted(sample.X.numbers[:, 0]))
            return super()._learn(sample)

    X, y = gaussians(90, 1, 0.6, 0)
    mutual_info_interval(Counting(), X, y, n_repeats=1, random_state=0)
    sizes = [len(part) for part in Counting.seen]
    assert sizes == [90, 45, 45, 30, 30, 30, 23, 23, 22, 22]
    for start, stop in ((1, 3), (3, 6), (6, 10)):
        assert sorted(np.concatenate(Counting.seen[start:stop])) == sorted(X[:, 0])


def test_a_biased_estimate_drifts():
    X, y = gaussians(400, 8, 0.8, 0)
    with pytest.warns(DriftWarning, match="it is biased. The interval is"):
        found = mutual_info_interval(KSG(), X, y, random_state=0)
    assert found.is_biased
    assert found.drift < -found.standard_error
    assert "biased" in repr(found)
    assert found.extrapolated == found.estimate - found.drift
    assert found.extrapolated == pytest.approx((found.low + found.high) / 2)


class Course(BaseEstimator):
    """Of others: 1 nat, a bias that depends on the number of samples, and some noise."""

    def __init__(self, bias):
        self.bias = bias

    def fit(self, X, y):
        self.mi_ = 1.0 + self.bias(len(X)) + np.mean(X) / 10
        return self


def line(n_samples):
    return -30.0 / n_samples


def curve(n_samples):
    return -((60.0 / n_samples) ** 2)


def steep_in_small_parts(n_samples):
    return -((20.0 / n_samples) ** 4)


def step_in_small_parts(n_samples):
    return -0.2 * (n_samples < 45)


@pytest.mark.filterwarnings("ignore::skmi.exceptions.DriftWarning")
def test_a_bias_that_falls_as_one_over_the_number_of_samples_is_taken_off(rng):
    x = rng.normal(size=300)
    found = mutual_info_interval(Course(line), x, x, random_state=0)
    assert found.is_biased
    assert found.is_reliable
    assert found.drift == pytest.approx(-30 / 300, abs=0.002)
    assert found.extrapolated == pytest.approx(1.0 + x.mean() / 10, abs=0.002)
    assert found.low < 1.0 < found.high


def test_small_parts_are_left_out_until_the_line_is_straight(rng):
    x = rng.normal(size=300)
    found = mutual_info_interval(Course(steep_in_small_parts), x, x, random_state=0)
    assert found.is_reliable
    fitted = found.curve["is_fitted"]
    assert 5 <= fitted.sum() < len(fitted)
    np.testing.assert_array_equal(fitted, np.arange(len(fitted)) < fitted.sum())
    assert abs(found.drift) < 0.003  # -0.01 in all sizes


def test_parts_too_small_to_be_of_use_are_left_out(rng):
    x = rng.normal(size=300)
    found = mutual_info_interval(Course(step_in_small_parts), x, x, random_state=0)
    assert found.is_reliable
    np.testing.assert_array_equal(found.curve["is_fitted"], found.curve["n_samples"] >= 45)
    assert abs(found.drift) < 0.003


def test_a_curve_is_unreliable_and_says_so(rng):
    x = rng.normal(size=300)
    with pytest.warns(DriftWarning, match="the interval is unreliable"):
        found = mutual_info_interval(Course(curve), x, x, random_state=0)
    assert found.is_curved
    assert not found.is_reliable
    assert found.curve["is_fitted"].sum() == 4
    assert "does not change in a line with 1/N" in " ".join(repr(found).split())


def test_a_line_is_hardly_ever_taken_for_a_curve():
    curved = []
    for seed in range(40):
        X, y = gaussians(100, 1, 0.6, seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DriftWarning)
            found = mutual_info_interval("ksg-local", X, y, n_repeats=3, random_state=seed)
        curved.append(found.is_curved)
    assert np.mean(curved) <= 0.075


def test_too_few_sizes_tell_nothing_of_a_bias():
    X, y = gaussians(90, 1, 0.6, 0)
    found = mutual_info_interval(KSG(), X, y, random_state=0)
    assert not found.is_curved
    assert not found.is_reliable
    assert repr(found).endswith("too few to tell whether the estimate is biased.")


@pytest.mark.filterwarnings("ignore::skmi.exceptions.DriftWarning")
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
    with pytest.raises(ValueError, match="There is no estimator 'kgs'"):
        mutual_info_interval("kgs", X, y)
    for wrong in (KSG, None, 3):
        with pytest.raises(TypeError, match="estimator must be an estimator or one of"):
            mutual_info_interval(wrong, X, y)


def test_rounding_is_no_bias(rng):
    found = mutual_info_interval(KSG(), np.ones((100, 1)), rng.normal(size=100), random_state=0)
    assert abs(found.estimate) < 1e-12
    assert not found.is_biased


@pytest.mark.parametrize("method", ["ksg", "ksg-local", BinningMI(4)], ids=repr)
def test_one_way_of_calling(method, rng):
    # A name or an estimator, one dimension or two, labels by any name: the same interval.
    x, noise = rng.normal(size=(2, 100))
    options = {"n_splits": 2, "n_repeats": 2, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DriftWarning)
        expected = mutual_info_interval(method, x[:, None], x + noise, **options)
        estimator = make_estimator(method) if isinstance(method, str) else method
        for X, y in ((x, x + noise), (list(x), (x + noise)[:, None]), (pd.Series(x), x + noise)):
            for each in (method, estimator):
                found = mutual_info_interval(each, X, y, **options)
                assert (found.low, found.high) == (expected.low, expected.high)
        if isinstance(method, str):
            words = np.where(noise > 0, "up", "down")
            found = mutual_info_interval(method, noise, words, **options)
            assert found.estimate == mutual_info(noise, words, method)


@pytest.mark.filterwarnings("ignore::skmi.exceptions.DriftWarning")
def test_what_fit_decided_of_labels_holds_in_parts(rng):
    # 20 samples of each label in the whole, 10 in the halves: labels all the same.
    y = np.arange(100) % 5
    X = rng.normal(size=(100, 1)) + y[:, None]
    options = {"n_splits": 3, "n_repeats": 1, "random_state": 0}
    found = mutual_info_interval(KSG(), X, y, **options)
    expected = mutual_info_interval(RossMI(), X, y, **options)
    assert found.estimate == expected.estimate
    np.testing.assert_array_equal(found.curve["mean"], expected.curve["mean"])
