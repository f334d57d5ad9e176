"""The maximum over relative scales."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import FitFailedWarning

from skmi import BIKSG, KSG, GlobalScaler, RelativeScaleSearch, ScaleInvariantMI
from skmi.exceptions import ScaleEdgeWarning
from tests import naive
from tests.worlds import WORLDS

SCALES = [2.0, 0.5, 1.0, 0.7]


class Plain(BaseEstimator):
    """An estimator that knows nothing of scales: fits and scores."""

    def fit(self, X, y):
        self.X_ = X
        return self

    def score(self, X, y):
        return naive.ksg(X, y.reshape(len(y), -1))


class OnePass(Plain):
    """Also evaluates many factors on y, and tells each sample's contribution once fitted."""

    def score_scales(self, X, y, scales):
        return np.array([self.score(X, scale * y) for scale in scales])

    def score_samples(self, X, y):
        assert self.X_.shape == X.shape
        return np.full(len(X), self.score(X, y))


class OnePassOnEitherSide(OnePass):
    def score_scales(self, X, y, scales, *, side="y"):
        sides = [(X, c * y) if side == "y" else (c * X, y) for c in scales]
        return np.array([self.score(*both) for both in sides])


class Failing(Plain):
    """Fails wherever y is small."""

    def fit(self, X, y):
        if np.abs(y).max() < 2:
            raise RuntimeError("too small")
        return super().fit(X, y)


@pytest.fixture
def data(rng):
    return WORLDS["plane"](rng)


def test_the_best_of_all_scales(data):
    search = RelativeScaleSearch(KSG(), SCALES).fit(*data)
    expected = {c: naive.ksg(*data, scale=c) for c in SCALES}
    assert search.best_scale_ == max(expected, key=expected.get)
    assert search.best_score_ == search.mi_ == pytest.approx(max(expected.values()), rel=1e-12)
    assert search.score(*data) == search.best_score_
    assert np.mean(search.score_samples(*data)) == search.best_score_


def test_the_default_grid_is_the_papers(data):
    search = RelativeScaleSearch(KSG()).fit(*data)
    np.testing.assert_allclose(search.scale_results_["param_scale"], np.arange(1, 21) / 10)


def test_results_have_the_shape_of_cv_results(data):
    search = RelativeScaleSearch(KSG(), SCALES).fit(*data)
    results = pd.DataFrame(search.scale_results_)
    assert list(results["param_scale"]) == sorted(SCALES)
    assert list(results["params"]) == [{"scale": c} for c in sorted(SCALES)]
    assert results["mean_test_score"][search.best_index_] == search.best_score_
    assert results["rank_test_score"][search.best_index_] == 1
    assert sorted(results["rank_test_score"]) == [1, 2, 3, 4]
    assert (results["mean_score_time"] > 0).all()


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_one_pass_and_clones_agree(data, n_jobs):
    one_pass = RelativeScaleSearch(KSG(n_jobs=n_jobs), SCALES).fit(*data)
    clones = RelativeScaleSearch(Plain(), SCALES, n_jobs=n_jobs).fit(*data)
    np.testing.assert_allclose(
        one_pass.scale_results_["mean_test_score"],
        clones.scale_results_["mean_test_score"],
        rtol=1e-12,
    )
    assert clones.best_scale_ == one_pass.best_scale_
    np.testing.assert_array_equal(clones.best_estimator_.X_, data[0])
    assert clones.score(*data) == pytest.approx(one_pass.score(*data), rel=1e-12)
    assert not hasattr(clones, "score_samples")


def test_the_side_of_the_factor(data):
    X, y = data
    for estimator in (KSG(), Plain()):
        on_x = RelativeScaleSearch(estimator, SCALES, side="X").fit(X, y)
        on_y = RelativeScaleSearch(estimator, SCALES, side="y").fit(y, X)
        assert on_x.best_scale_ == on_y.best_scale_
        assert on_x.best_score_ == pytest.approx(on_y.best_score_, rel=1e-12)
        assert on_x.score(X, y) == pytest.approx(on_x.best_score_, rel=1e-12)


@pytest.mark.parametrize("side", ["y", "X"])
@pytest.mark.parametrize("estimator", [OnePass(), OnePassOnEitherSide()], ids=repr)
def test_estimators_of_others_with_one_pass_for_all_scales(estimator, side, data):
    X, y = data
    expected = RelativeScaleSearch(KSG(), SCALES, side=side).fit(X, y)
    found = RelativeScaleSearch(estimator, SCALES, side=side).fit(X, y)
    assert found.best_scale_ == expected.best_scale_
    for name in ("mean_test_score", "param_scale"):
        np.testing.assert_allclose(
            found.scale_results_[name], expected.scale_results_[name], rtol=1e-12
        )
    np.testing.assert_allclose(
        found.best_estimator_.X_, X if side == "y" else found.best_scale_ * X, rtol=1e-15
    )
    assert found.score(X, y) == pytest.approx(expected.mi_, rel=1e-12)
    contributions = found.score_samples(X, y)
    assert contributions.shape == (len(X),)
    assert contributions.mean() == pytest.approx(found.score(X, y), rel=1e-12)
    scaled = ScaleInvariantMI(RelativeScaleSearch(estimator, SCALES, side=side)).fit(X, y)
    assert np.mean(scaled.score_samples(X, y)) == pytest.approx(scaled.mi_, rel=1e-12)


def test_estimators_of_others_see_a_column_of_y_as_a_vector(rng):
    class Shapes(Plain):
        def score(self, X, y):
            return float(X.ndim == 2 and y.ndim == 1)

    X, y = WORLDS["line"](rng)
    for search in (RelativeScaleSearch(Shapes(), [1.0]), ScaleInvariantMI(Shapes())):
        assert search.fit(X, y).mi_ == search.fit(X, y[:, 0]).mi_ == 1.0


def test_score_never_selects_again(data, rng):
    search = RelativeScaleSearch(KSG(), SCALES).fit(*data)
    new = WORLDS["independent"](rng)
    best = search.best_scale_
    assert search.score(*new) == pytest.approx(naive.ksg(*new, scale=best), rel=1e-12)
    assert search.best_scale_ == best


def test_the_edge_of_a_grid_is_warned_of(data):
    with pytest.warns(ScaleEdgeWarning, match=r"4, is the smallest .*: at 1 .* nats larger"):
        RelativeScaleSearch(KSG(), [4, 8]).fit(*data)
    with pytest.warns(ScaleEdgeWarning, match=r"0\.125, is the largest .* scales='auto'"):
        RelativeScaleSearch(KSG(), [0.0625, 0.125]).fit(*data)


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.9])
@pytest.mark.parametrize("n", [100, 300])
def test_the_edge_of_ordinary_data_is_passed_over_in_silence(n, rho):
    # In 2 to 13 of 40 samples the best factor is the smallest or the largest, and the curve
    # is flat there. A warning would be an error here.
    search, at_an_edge = ScaleInvariantMI(RelativeScaleSearch(KSG())), 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        X, noise = rng.normal(size=(2, n, 1))
        search.fit(X, rho * X + np.sqrt(1 - rho**2) * noise)
        at_an_edge += search.estimator_.best_index_ in (0, 19)
    assert at_an_edge >= 2


def test_most_pairs_of_real_columns_have_no_edge():
    X = load_breast_cancer().data[:, :12]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ScaleEdgeWarning)
        for i in range(12):
            for j in range(i):
                ScaleInvariantMI(RelativeScaleSearch(KSG())).fit(X[:, [i]], X[:, j])
    assert len(caught) <= 1  # of 66, where an edge is the best in 18


@pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")
def test_a_search_around_the_scaling_is_warned_of(data):
    with pytest.warns(UserWarning, match="Put the search inside"):
        RelativeScaleSearch(ScaleInvariantMI(KSG()), SCALES).fit(*data)


def test_a_single_scale_and_a_flat_curve_have_no_edge(data):
    # A warning would be an error here.
    assert RelativeScaleSearch(KSG(), [1.0]).fit(*data).best_scale_ == 1.0
    flat = RelativeScaleSearch(KSG(), [1.0, 2.0, 3.0]).fit(np.zeros((30, 1)), data[1][:30])
    assert flat.best_scale_ == 1.0


@pytest.mark.parametrize("ratio", [1e-9, 1.0, 1e9])
def test_auto_finds_the_maximum_wherever_it_is(data, ratio):
    X, y = data
    search = RelativeScaleSearch(KSG(), "auto").fit(X, y / ratio)
    fine = ratio * np.geomspace(0.05, 20, 200)
    best = KSG().score_scales(X, y / ratio, fine).max()
    # Between the eighths of an octave the curve is rough by the chance of single counts.
    assert search.best_score_ == pytest.approx(best, abs=0.03)
    assert 0 < search.best_index_ < len(search.scale_results_["params"]) - 1


def test_auto_goes_beyond_the_papers_range_for_duplicated_columns(rng):
    # A thousand copies of X make it smaller by the root of 1000 per column, which the
    # maximum norm does not see: y must become smaller too, by more than the grid allows.
    X, y = WORLDS["plane"](rng)
    X = np.tile(X, 1000)
    with pytest.warns(UserWarning, match="smallest"):
        ScaleInvariantMI(RelativeScaleSearch(KSG()), GlobalScaler()).fit(X, y)
    auto = ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto"), GlobalScaler()).fit(X, y)
    assert auto.best_scale_ < 0.1
    assert auto.mi_ == pytest.approx(
        ScaleInvariantMI(RelativeScaleSearch(KSG(), "auto")).fit(X, y).mi_, abs=0.03
    )


def test_auto_stops_where_there_is_nothing_to_find():
    search = RelativeScaleSearch(KSG(), "auto").fit(np.ones((30, 2)), np.arange(30.0))
    assert len(search.scale_results_["params"]) == 17 + 14  # octaves and parts, no more
    assert search.best_score_ == pytest.approx(0, abs=1e-14)


def test_auto_does_not_depend_on_units(data):
    X, y = data
    expected = RelativeScaleSearch(KSG(), "auto").fit(X, y)
    found = RelativeScaleSearch(KSG(), "auto").fit(2.0**40 * X, 2.0**-7 * y)
    assert found.best_score_ == expected.best_score_
    assert found.best_scale_ == expected.best_scale_ * 2.0**47


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_failure_loses_nothing_else(data, n_jobs):
    X, y = data
    y = y / np.abs(y).max()
    with pytest.warns(FitFailedWarning, match=r"Failing\(\) failed .* RuntimeError: too small"):
        search = RelativeScaleSearch(Failing(), [1.0, 30.0, 3.0, 2.5], n_jobs=n_jobs).fit(X, y)
    scores = search.scale_results_["mean_test_score"]
    assert np.isnan(scores[0])
    assert np.isfinite(scores[1:]).all()
    assert search.scale_results_["rank_test_score"][0] == 4
    assert search.best_scale_ in (2.5, 3.0)


def test_failures_can_be_raised(data):
    search = RelativeScaleSearch(Failing(), [1e-3, 1.0], error_score="raise")
    with pytest.raises(RuntimeError, match="too small"):
        search.fit(data[0], data[1] / 100)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
def test_failure_everywhere_is_an_error(data):
    with pytest.raises(ValueError, match="failed at all 2 scales"):
        RelativeScaleSearch(Failing(), [1e-3, 1e-2]).fit(*data)


@pytest.mark.parametrize(
    "scales", [[], [0.0, 1.0], [-1.0], [np.nan], [np.inf, 1.0], [[1.0, 2.0]]], ids=repr
)
def test_scales_must_be_positive_numbers(scales, data):
    with pytest.raises(ValueError, match="scales must be"):
        RelativeScaleSearch(KSG(), scales).fit(*data)
    with pytest.raises(ValueError, match="scales must be"):
        KSG().score_scales(*data, scales)


def test_other_parameters_are_checked(data):
    with pytest.raises(ValueError, match="'side' parameter"):
        RelativeScaleSearch(KSG(), side="T").fit(*data)
    with pytest.raises(ValueError, match="'scales' parameter"):
        RelativeScaleSearch(KSG(), "all").fit(*data)
    with pytest.raises(ValueError, match="side must be"):
        KSG().score_scales(*data, [1.0], side="T")


def test_the_euclidean_estimator_searches_too(data):
    search = RelativeScaleSearch(BIKSG(), SCALES).fit(*data)
    expected = max(naive.bi_ksg(*data, scale=c) for c in SCALES)
    assert search.best_score_ == pytest.approx(expected, rel=1e-12)
