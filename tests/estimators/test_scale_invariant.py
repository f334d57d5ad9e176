"""Scaling both variables first, around any estimator."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import RobustScaler, StandardScaler

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    RelativeScaleSearch,
    ScaleInvariantMI,
)
from tests import naive
from tests.worlds import WORLDS


@pytest.mark.parametrize("scaler", [LocalScaler(), GlobalScaler(), GlobalLinfScaler()], ids=repr)
def test_is_the_estimator_on_scaled_variables(scaler, rng):
    X, y = WORLDS["unlike units"](rng)
    found = ScaleInvariantMI(KSG(), scaler).fit(X, y).mi_
    expected = naive.ksg(clone(scaler).fit_transform(X), clone(scaler).fit_transform(y))
    assert found == pytest.approx(expected, rel=1e-12)


def test_score_keeps_the_scales_of_fit(rng):
    X, y = WORLDS["plane"](rng)
    model = ScaleInvariantMI(KSG(), LocalScaler()).fit(X, y)
    new = X[:60] * [1, 5], y[:60] * 3
    scaled = (LocalScaler().fit(old).transform(v) for old, v in zip((X, y), new, strict=True))
    expected = KSG(tie_tolerance=1e-10).fit(*scaled).mi_
    assert model.score(*new) == pytest.approx(expected, rel=1e-12)
    assert model.score(*new) == np.mean(model.score_samples(*new))
    assert model.score(*new) != ScaleInvariantMI(KSG(), LocalScaler()).fit(*new).mi_


def test_defaults():
    model = ScaleInvariantMI().fit(np.eye(6), np.arange(6))
    assert isinstance(model.estimator_, KSG)
    assert isinstance(model.scaler_X_, GlobalLinfScaler)


def test_an_offset_costs_nothing_even_if_the_scaler_only_divides(rng):
    X, y = (np.round(v * 2**10) / 2**10 for v in WORLDS["plane"](rng))
    model = ScaleInvariantMI(KSG(), GlobalScaler(with_mean=False))
    far = model.fit(X + 2.0**41, y - 2.0**42).mi_
    assert far == pytest.approx(model.fit(X, y).mi_, rel=1e-12)


def test_centring_is_left_alone_where_it_may_matter(rng):
    class Sees(BaseEstimator):
        def fit(self, X, y):
            self.mean_seen_ = X.mean()
            return self

        def score(self, X, y):
            return float(X.mean())

    X = rng.normal(size=(40, 2)) + 10
    model = ScaleInvariantMI(Sees(), GlobalScaler()).fit(X, X)
    assert model.estimator_.mean_seen_ > 1
    assert model.mi_ == pytest.approx(model.estimator_.mean_seen_)
    assert not hasattr(model, "score_samples")


@pytest.mark.parametrize("scaler", [StandardScaler(), RobustScaler()], ids=repr)
def test_scalers_of_scikit_learn(scaler, rng):
    X, y = WORLDS["plane"](rng)
    model = ScaleInvariantMI(KSG(), scaler)
    assert model.fit(X, 1e6 * y).mi_ == pytest.approx(model.fit(X, y).mi_, rel=1e-9)


def test_the_tolerance_for_ties_reaches_the_estimator_inside(rng):
    X, y = np.round(rng.normal(size=(2, 80, 1)), 1)
    for wrap in (lambda ksg: ksg, lambda ksg: RelativeScaleSearch(ksg, scales=[1.0])):
        plain, counted, wide = (
            ScaleInvariantMI(wrap(KSG(tie_tolerance=own)), tie_tolerance=outer).fit(X, y).mi_
            # No distance on a grid is that part of another.
            for own, outer in ((None, None), (None, 1e-7), (0.51234, 1e-7))
        )
        scaled = [side / GlobalLinfScaler().fit(side).scale_ for side in (X, y)]
        assert counted == pytest.approx(KSG(tie_tolerance=1e-7).fit(*scaled).mi_, abs=1e-12)
        assert wide == pytest.approx(KSG(tie_tolerance=0.51234).fit(*scaled).mi_, abs=1e-12)
        assert len({plain, counted, wide}) == 3


def test_the_best_scale_is_at_hand(rng):
    X, y = WORLDS["plane"](rng)
    search = RelativeScaleSearch(KSG(), scales="auto")
    model = ScaleInvariantMI(search).fit(X, y)
    assert model.best_scale_ == model.estimator_.best_scale_
    assert not hasattr(ScaleInvariantMI(search), "best_scale_")
    assert not hasattr(ScaleInvariantMI(KSG()).fit(X, y), "best_scale_")


@pytest.mark.parametrize("estimator", [KSG(), BIKSG(), BinningMI()], ids=repr)
def test_in_cross_validation(estimator, rng):
    X, y = WORLDS["many samples"](rng)
    scores = cross_val_score(ScaleInvariantMI(estimator), X, y, cv=3)
    assert scores.shape == (3,)
    assert np.isfinite(scores).all()


def test_grid_search_picks_the_number_of_components_by_held_out_information(rng):
    # Two latent variables carry all that X knows of y; six columns of X mix them with
    # noise of little energy. One component misses one of them; more than two add noise.
    n = 600
    latent = rng.normal(size=(n, 2))
    noise = 0.3 * rng.normal(size=(n, 4))
    rotation = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    X = np.hstack([latent, noise]) @ rotation
    y = latent + 0.3 * rng.normal(size=(n, 2))
    pipeline = Pipeline([("pca", PCA()), ("mi", ScaleInvariantMI(KSG(), LocalScaler()))])
    search = GridSearchCV(pipeline, {"pca__n_components": [1, 2, 3, 4, 5, 6]}, cv=3).fit(X, y)
    assert search.best_params_ == {"pca__n_components": 2}
    assert search.best_score_ > 0.5


def test_at_the_end_of_a_pipeline_with_a_scaler(rng):
    X, y = WORLDS["plane"](rng)
    piped = make_pipeline(LocalScaler(), KSG()).fit(X, y)
    assert piped.score(X, y) == KSG().fit(LocalScaler().fit_transform(X), y).mi_


def test_parts_are_checked():
    with pytest.raises(ValueError, match="'estimator' parameter"):
        ScaleInvariantMI(LocalScaler()).fit(np.eye(5), np.arange(5))
    with pytest.raises(ValueError, match="'scaler' parameter"):
        ScaleInvariantMI(KSG(), LinearRegression()).fit(np.eye(5), np.arange(5))
