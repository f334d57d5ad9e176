"""GaussianMI against the closed form it prints, and what it must not depend on."""

import numpy as np
import pytest
from scipy.special import digamma
from scipy.stats import norm, rankdata

from skmi import GaussianMI
from skmi.exceptions import ManyColumnsWarning


def naive(X, y):
    """Half the log ratio of determinants of the normal scores, less its bias."""
    scores = [norm.ppf((rankdata(columns, axis=0) - 0.5) / len(columns)) for columns in (X, y)]
    both = np.hstack(scores)
    covariance = both.T @ both / len(both)
    p = X.shape[1]
    parts = [covariance[:p, :p], covariance[p:, p:], covariance]
    logs = [np.linalg.slogdet(part)[1] for part in parts]
    terms = [sum(digamma((len(both) - i) / 2) for i in range(1, len(part) + 1)) for part in parts]
    return 0.5 * (logs[0] + logs[1] - logs[2]) - 0.5 * (terms[0] + terms[1] - terms[2])


@pytest.mark.parametrize(("n_samples", "p", "q"), [(30, 1, 1), (200, 3, 2), (100, 20, 30)])
def test_it_is_the_ratio_of_determinants(n_samples, p, q, rng):
    X = rng.normal(size=(n_samples, p))
    y = X[:, :1] + rng.normal(size=(n_samples, q))
    assert GaussianMI().fit(X, y).mi_ == pytest.approx(naive(X, y), abs=1e-10)


@pytest.mark.parametrize(("p", "q"), [(1, 1), (5, 5), (40, 10)])
@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_no_bias_for_gaussians(p, q, rho, rng):
    shared = min(p, q)
    errors = []
    for _ in range(60):
        X, y = rng.normal(size=(300, p)), rng.normal(size=(300, q))
        y[:, :shared] = rho * X[:, :shared] + np.sqrt(1 - rho**2) * y[:, :shared]
        errors.append(GaussianMI().fit(X, y).mi_ + 0.5 * shared * np.log(1 - rho**2))
    # Ranks in the place of values cost about half a per cent at 300 samples.
    slack = 0.01 * shared * (rho > 0)
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(60) + slack


def test_increasing_maps_of_columns_change_nothing(rng):
    X, y = rng.normal(size=(2, 100, 3))
    y += X
    mi = GaussianMI().fit(X, y).mi_
    assert GaussianMI().fit(np.exp(5 * X), 1e-200 * y**3).mi_ == pytest.approx(mi, abs=1e-12)
    assert GaussianMI().fit(y, X).mi_ == pytest.approx(mi, abs=1e-12)


def test_repeated_and_constant_columns_add_nothing(rng):
    X, y = rng.normal(size=(2, 200, 2))
    y += X
    mi = GaussianMI().fit(X, y).mi_
    more = np.column_stack([X, X[:, 0], np.full(200, 7.0)])
    assert GaussianMI().fit(more, y).mi_ == pytest.approx(mi, abs=1e-9)


def test_more_columns_than_samples_are_told(rng):
    X, y = rng.normal(size=(2, 50, 60))
    with pytest.warns(ManyColumnsWarning, match="X's 60 columns to 19"):
        gaussian = GaussianMI().fit(X, y)
    assert np.isfinite(gaussian.mi_)
    assert gaussian.n_components_ == (19, 19)


def test_contributions_average_to_the_score(rng):
    X, y = rng.normal(size=(2, 200, 2))
    y += X
    gaussian = GaussianMI().fit(X, y)
    assert gaussian.score_samples(X, y).mean() == pytest.approx(gaussian.score(X, y))
    assert gaussian.score(X, y) == pytest.approx(gaussian.mi_ + gaussian.bias_)
