"""Permutations that keep what time has."""

import numpy as np
import pytest
from scipy.signal import lfilter

from skmi._permutations import PermutationScheme, recall


def ar(rng, phi, n):
    return lfilter([1], [1, -phi], rng.normal(size=n + 300))[300:]


@pytest.mark.parametrize("kind", ["iid", "circular", "block"])
@pytest.mark.parametrize("block_length", ["auto", 1, 7, 24, 50])
@pytest.mark.parametrize("n_samples", [100, 211])
def test_orders_are_permutations(kind, block_length, n_samples):
    rng = np.random.default_rng(0)
    sides = [[ar(rng, 0.8, n_samples)], [ar(rng, 0.8, n_samples)]]
    scheme = PermutationScheme(kind, block_length, sides, n_samples)
    for _ in range(20):
        order = scheme.draw(rng)
        np.testing.assert_array_equal(np.sort(order), np.arange(n_samples))
        if kind != "iid" and block_length != "auto":  # seasons stay where they are
            assert ((order - np.arange(n_samples)) % block_length == 0).all()
        if kind == "circular":
            assert np.count_nonzero(np.diff(order) != 1) <= 2


def test_blocks_stay_together():
    scheme = PermutationScheme("block", 10, [], 100)
    order = scheme.draw(np.random.default_rng(0))
    assert np.count_nonzero(np.diff(order) != 1) <= 10


def test_shifts_are_not_short():
    rng = np.random.default_rng(0)
    scheme = PermutationScheme("circular", "auto", [[ar(rng, 0.9, 500)]] * 2, 500)
    shifts = [scheme.draw(rng)[0] for _ in range(200)]
    assert scheme.length > 10
    away = [min(shift, 500 - shift) for shift in shifts]
    assert min(away) >= scheme.length


def test_all_shifts_and_blocks_occur_equally_often():
    rng = np.random.default_rng(0)
    for kind in "circular", "block":
        scheme = PermutationScheme(kind, 5, [], 25)
        first = [scheme.draw(rng)[0] for _ in range(2000)]
        counts = np.bincount(first, minlength=25)[::5]
        expected = counts[1:] if kind == "circular" else counts
        assert (np.abs(expected - expected.mean()) < 6 * np.sqrt(expected.mean())).all()


def test_memory():
    rng = np.random.default_rng(0)
    white, short, long = rng.normal(size=2000), ar(rng, 0.5, 2000), ar(rng, 0.9, 2000)
    assert recall([[white], [long]]) == (1, 1)
    assert 3 <= recall([[short], [short]]).lag <= 20
    assert recall([[long], [long]]).lag > recall([[short], [short]]).lag
    labels = (long > 0).astype(int)
    assert recall([[labels], [long]]).lag > 5


@pytest.mark.parametrize("period", [4, 7, 12, 52])
def test_season(period):
    rng = np.random.default_rng(0)
    time = np.arange(12 * period + 3)
    season = np.sin(2 * np.pi * time / period)
    sides = [[season + 0.3 * rng.normal(size=len(time))] for _ in range(2)]
    assert recall(sides).period == period
    assert recall([[rng.normal(size=len(time))], [rng.normal(size=len(time))]]).period == 1
    labels = (season > 0).astype(int)
    assert recall([[labels], [labels]]).period == period


def test_monotone_maps_change_nothing():
    rng = np.random.default_rng(0)
    x, y = ar(rng, 0.9, 400), ar(rng, 0.8, 400)
    assert recall([[x], [y]]) == recall([[np.exp(x)], [-1e6 * y]])


def test_blocks_that_are_too_long_are_refused():
    with pytest.raises(ValueError, match="block_length=60 leaves fewer than two blocks"):
        PermutationScheme("block", 60, [], 100)
