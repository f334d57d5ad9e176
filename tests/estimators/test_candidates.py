"""The choice among candidates is made on other samples than those it is summed over."""

import numpy as np
import pytest

from skmi.estimators._candidates import Candidate, Candidates, assign_folds, choose, summarize


@pytest.fixture
def folds():
    return np.arange(400) % 4


def test_a_larger_candidate_is_chosen_and_a_noisy_one_is_not(rng, folds):
    noise = rng.normal(size=(3, 400))
    terms = {"first": noise[0], "larger": noise[1] + 1.0, "noisy": noise[2] + 1.05}
    choice = choose(terms, folds)
    assert set(choice.by_fold) == {"larger"}
    assert choice.overall == "larger"
    found = summarize(terms, choice, folds, dict.fromkeys(terms, 0.5))
    np.testing.assert_array_equal(found.contributions, terms["larger"])
    assert [each.share for each in found.candidates] == [0.0, 1.0, 0.0]


def test_a_fold_has_no_say_in_what_it_is_judged_by(rng, folds):
    terms = {"first": rng.normal(size=400), "other": rng.normal(size=400) + 1.0}
    before = choose(terms, folds).by_fold[2]
    terms["other"][folds == 2] = -1e6
    assert choose(terms, folds).by_fold[2] == before


def test_the_larger_of_noise_is_no_larger_on_average(rng, folds):
    means = []
    for _ in range(200):
        terms = {str(i): rng.normal(size=400) for i in range(12)}
        found = summarize(terms, choose(terms, folds), folds, dict.fromkeys(terms, 0.0))
        means.append(found.contributions.mean())
    assert abs(np.mean(means)) < 4 * np.std(means) / np.sqrt(200)


def test_samples_not_asked_for_are_left_out_of_the_comparison(rng, folds):
    other = rng.normal(size=400) + 1.0
    other[::3] = np.nan
    assert choose({"first": rng.normal(size=400), "other": other}, folds).overall == "other"


@pytest.mark.parametrize("n_samples", [2, 7, 100])
def test_folds_are_of_equal_size_and_follow_the_samples(n_samples, rng):
    x, y = rng.normal(size=(2, n_samples, 3)).round(1)
    folds = assign_folds(x, y, 4, np.random.RandomState(0))
    assert np.ptp(np.bincount(folds, minlength=4)) <= 1
    order = rng.permutation(n_samples)
    moved = assign_folds(x[order], y[order], 4, np.random.RandomState(0))
    np.testing.assert_array_equal(moved, folds[order])
    np.testing.assert_array_equal(assign_folds(y, x, 4, np.random.RandomState(0)), folds)


def test_candidates_print_as_a_table():
    found = Candidates([Candidate("ksg", 0.51234, 0.25, 0.1)])
    assert repr(found).splitlines()[1].split() == ["ksg", "0.512", "25%", "0.100"]
    assert "<td>0.512</td>" in found._repr_html_()
