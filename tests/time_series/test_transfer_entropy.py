import numpy as np
import pytest
from scipy.stats import entropy

from skmi import GlobalLinfScaler, conditional_mutual_info, transfer_entropy
from skmi.time_series import transfer_entropy_test
from tests.time_series.naive import conditional_apart


def coupled(n_samples=300, a=0.5, b=0.5, c=0.5, seed=0):
    """Two AR(1) series of which x drives y."""
    noise = np.random.default_rng(seed).normal(size=(n_samples + 100, 2))
    series = np.zeros_like(noise)
    for t in range(1, len(noise)):
        x, y = series[t - 1]
        series[t] = a * x + noise[t, 0], b * y + c * x + noise[t, 1]
    return series[100:].T


def test_closed_form():
    a, b, c = 0.5, 0.5, 0.5
    # Of the stationary process: var(x) = v, cov(x, y) = w, var(y) = u.
    v = 1 / (1 - a**2)
    w = a * c * v / (1 - a * b)
    u = (1 + c**2 * v + 2 * b * c * w) / (1 - b**2)
    # Given the past of y alone, c x(t - 1) is unknown but for what y(t - 1) tells of x.
    truth = 0.5 * np.log(1 + c**2 * (v - w**2 / u))
    found = [transfer_entropy(*coupled(3000, a, b, c, seed)) for seed in range(4)]
    assert np.mean(found) == pytest.approx(truth, abs=0.015)
    back = [transfer_entropy(*coupled(3000, a, b, c, seed)[::-1]) for seed in range(4)]
    assert np.mean(back) == pytest.approx(0.0, abs=0.015)


def test_it_is_conditional_information_of_delay_vectors():
    x, y = coupled()
    found = transfer_entropy(x, y, source_lags=[1, 3], target_lags=2)
    truth = conditional_mutual_info(
        np.column_stack([x[2:-1], x[:-3]]), y[3:], np.column_stack([y[2:-1], y[1:-2]])
    )
    assert found == pytest.approx(truth, abs=1e-14)


@pytest.mark.parametrize("window", [1, 20])
def test_theiler_window_is_that_of_the_naive_definition(window):
    x, y = coupled(120)
    found = transfer_entropy(x, y, target_lags=2, theiler_window=window)
    parts = x[1:-1, None], y[2:, None], np.column_stack([y[1:-1], y[:-2]])
    scaled = [GlobalLinfScaler().fit_transform(part) for part in parts]
    assert found == pytest.approx(conditional_apart(*scaled, window, 3), abs=1e-10)


def test_units_change_nothing():
    x, y = coupled()
    for window in 0, 5:
        truth = transfer_entropy(x, y, theiler_window=window)
        other = transfer_entropy(1e6 * x, -1e-6 * y + 3e-6, theiler_window=window)
        assert other == pytest.approx(truth, abs=1e-9)


def test_labels():
    rng = np.random.default_rng(0)
    source = rng.choice(["a", "b", "c"], size=3000)
    target = np.where(rng.random(3000) < 0.8, np.roll(source, 1), "a")
    # Given the source's past the target is "a" with one in five, else what that past says.
    now = np.array([1 / 3 + 2 / 3 * 0.2, 0.8 / 3, 0.8 / 3])
    truth = entropy(now) - 2 / 3 * entropy([0.8, 0.2])
    assert transfer_entropy(source, target) == pytest.approx(truth, abs=0.02)
    assert transfer_entropy(target, source) == pytest.approx(0.0, abs=0.02)
    apart = transfer_entropy(source, target, theiler_window=2)
    assert apart == pytest.approx(truth, abs=0.02)


def test_several_columns():
    x, y = coupled(1000)
    noise = np.random.default_rng(1).normal(size=1000)
    both = transfer_entropy(np.column_stack([x, noise]), y)
    assert both == pytest.approx(transfer_entropy(x, y), abs=0.08)


def test_test_tells_the_driver():
    x, y = coupled(400)
    assert transfer_entropy_test(x, y, n_permutations=39, random_state=0).pvalue == 1 / 40
    assert transfer_entropy_test(y, x, n_permutations=39, random_state=0).pvalue > 0.05
    result = transfer_entropy_test(x, y, n_permutations=19, permutation="block", random_state=0)
    assert "transfer entropy" in repr(result)
    assert result.statistic == transfer_entropy(x, y)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"source_lags": 0}, "source_lags must be at least 1"),
        ({"target_lags": [0, 1]}, "target_lags must be at least 1"),
        ({"target_lags": "two"}, "target_lags must be"),
        ({"target": np.zeros(5)}, "5"),
        ({"theiler_window": 160}, "theiler_window=160"),
        ({"source": np.full(300, np.nan)}, "NaN"),
    ],
)
def test_bad_input_is_refused(change, match):
    x, y = coupled()
    with pytest.raises(ValueError, match=match):
        transfer_entropy(**{"source": x, "target": y, **change})
