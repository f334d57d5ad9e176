"""The bounds, against slow twins, and where their value is known."""

import math

import numpy as np
import pytest
import torch

from skmi.neural._bounds import BOUNDS, Objective


def softplus(value):
    return math.log(1 + math.exp(value))


def dv(joint, product):
    return [f - math.log(np.mean(np.exp(product))) for f in joint]


def nwj(joint, product):
    return [f - np.mean(np.exp(product - 1)) for f in joint]


def infonce(joint, product):
    values = []
    for i, f in enumerate(joint):
        candidates = [math.exp(f), *np.exp(product[:, i])]
        values.append(math.log(math.exp(f) / np.mean(candidates)))
    return values


def js(joint, product):
    return [-softplus(-f) - np.mean([softplus(v) for v in product.ravel()]) for f in joint]


def smile(joint, product):
    return dv(joint, np.clip(product, -5, 5))


TWINS = {"dv": dv, "nwj": nwj, "infonce": infonce, "js": js, "smile": smile}
# What is estimated, where it is not what is maximized.
ESTIMATES = {**TWINS, "js": dv, "smile": smile}
OBJECTIVES = {**TWINS, "smile": js}


def test_all_have_twins():
    assert list(BOUNDS) == list(TWINS)


@pytest.mark.parametrize("name", BOUNDS)
@pytest.mark.parametrize("n_shifts", [1, 5])
def test_values(name, n_shifts, rng):
    joint, product = 3 * rng.normal(size=(4, 6)), 3 * rng.normal(size=(4, n_shifts, 6))
    for function, twins in (
        (BOUNDS[name].objective, OBJECTIVES),
        (BOUNDS[name].estimate, ESTIMATES),
    ):
        found = function(torch.from_numpy(joint), torch.from_numpy(product)).numpy()
        expected = [twins[name](*critic) for critic in zip(joint, product, strict=True)]
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("name", ["dv", "nwj", "smile", "infonce"])
def test_values_far_from_zero_are_finite(name):
    joint, product = torch.full((1, 5), 300.0), torch.full((1, 3, 5), -300.0)
    assert BOUNDS[name].estimate(joint, product).isfinite().all()


@pytest.fixture
def table():
    """Frequencies of pairs, the log of their density ratio, and their information."""
    counts = np.array([[4, 1, 1], [2, 6, 2]])
    joint = counts / counts.sum()
    ratio = joint / (joint.sum(1, keepdims=True) * joint.sum(0))
    x, y = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    return x, y, np.log(ratio), float((joint * np.log(ratio)).sum())


@pytest.mark.parametrize(("name", "offset"), [("dv", 0), ("dv", 7), ("smile", 0), ("nwj", 1)])
def test_tight_where_the_critic_is_the_log_of_the_density_ratio(name, offset, table):
    x, y, log_ratio, information = table
    critic = torch.from_numpy(log_ratio + offset)
    if name == "smile":
        assert critic.abs().max() < 5
    value = BOUNDS[name].estimate(critic[x, y][None], critic[x[:, None], y][None]).mean()
    assert float(value) == pytest.approx(information, rel=1e-12)


@pytest.mark.parametrize("name", ["dv", "nwj"])
def test_no_other_critic_gets_more(name, table, rng):
    x, y, log_ratio, information = table
    for _ in range(20):
        critic = torch.from_numpy(log_ratio + rng.normal(size=log_ratio.shape))
        value = BOUNDS[name].estimate(critic[x, y][None], critic[x[:, None], y][None]).mean()
        assert float(value) < information


def test_infonce_is_at_most_the_log_of_the_candidates(rng):
    joint = torch.from_numpy(50 + rng.normal(size=(1, 8)))
    product = torch.from_numpy(rng.normal(size=(1, 7, 8)))
    assert float(BOUNDS["infonce"].estimate(joint, product).mean()) == pytest.approx(math.log(8))


@pytest.mark.parametrize("name", BOUNDS)
def test_which_bounds_see_an_offset(name, rng):
    joint, product = (torch.from_numpy(rng.normal(size=s)) for s in ((1, 6), (1, 4, 6)))
    here, there = (BOUNDS[name].objective(joint + c, product + c).mean() for c in (0, 0.5))
    assert (BOUNDS[name].zero_at is not None) == (abs(float(here - there)) > 1e-9)


def test_the_corrected_gradient_divides_by_the_moving_average(rng):
    # Belghazi et al. (2018), section 3.2: E_p grad F - E_q[e^F grad F] / average.
    rate = 0.1
    batches = torch.from_numpy(rng.normal(size=(3, 2, 1 + 4, 6)))  # of two critics
    objective = Objective("dv", rate)
    average = None
    for scores in batches:
        batch_mean = scores[:, 1:].exp().mean((1, 2))
        average = batch_mean if average is None else (1 - rate) * average + rate * batch_mean
        found, estimates = objective(scores)
        expected = scores[:, 1:].exp() / average[:, None, None] / 24
        torch.testing.assert_close(found[:, 1:], expected, rtol=1e-12, atol=0)
        torch.testing.assert_close(found[:, 0], torch.full_like(found[:, 0], -1 / 6))
        expected = scores[:, 0].mean(1) - batch_mean.log()
        torch.testing.assert_close(estimates, expected, rtol=1e-12, atol=1e-12)


def test_the_first_corrected_gradient_is_the_plain_one(rng):
    scores = torch.from_numpy(rng.normal(size=(2, 3, 6)))
    (plain, _), (corrected, _) = (Objective("dv", rate)(scores) for rate in (1, 0.01))
    torch.testing.assert_close(corrected, plain, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", BOUNDS)
def test_the_slope_is_that_of_minus_the_sum_over_critics(name, rng):
    scores = torch.from_numpy(rng.normal(size=(3, 4, 6)))
    found, estimates = Objective(name, 1)(scores)
    scores.requires_grad_()
    (-BOUNDS[name].objective(scores[:, 0], scores[:, 1:]).mean(1).sum()).backward()
    torch.testing.assert_close(found, scores.grad, rtol=1e-12, atol=1e-15)
    expected = BOUNDS[name].estimate(scores[:, 0], scores[:, 1:]).mean(1)
    torch.testing.assert_close(estimates, expected.detach())
