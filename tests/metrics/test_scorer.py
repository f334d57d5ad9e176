"""Scorers: what the output of an estimator tells about y."""

import pickle
import warnings

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.cluster import DBSCAN, KMeans
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_diabetes, load_iris
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV, SequentialFeatureSelector
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.metrics import (
    accuracy_score,
    make_scorer,
    mutual_info_score,
    normalized_mutual_info_score,
)
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_score,
    cross_validate,
    learning_curve,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skmi import PlugInMI, mutual_info, mutual_info_scorer
from skmi.exceptions import EstimateWarning

FOLDS = StratifiedKFold(3, shuffle=True, random_state=0)
pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.EstimateWarning")


class Given(BaseEstimator):
    """A regressor, classifier or whatever whose output is its input."""

    def __init__(self, kind="transformer"):
        self.kind = kind

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = self.kind
        return tags


class GivesProba(Given):
    def predict_proba(self, X):
        return X


class GivesValues(Given):
    def decision_function(self, X):
        return X[:, 0]

    def predict(self, X):
        return X[:, 0]


class Gives(Given):
    def transform(self, X):
        return X


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture(scope="module")
def two_classes():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    X = rng.normal(size=(400, 3))
    X[:, 0] += 2 * y
    return X, y


def score(estimator, X, y, **params):
    return mutual_info_scorer(**params)(estimator, X, y)


# --- What is measured


def test_a_transformer_is_measured_by_what_it_gives(iris):
    X, y = iris
    pca = PCA(2).fit(X)
    assert score(pca, X, y) == mutual_info(pca.transform(X), y)
    assert score(make_pipeline(StandardScaler(), pca).fit(X), X, y) == mutual_info(
        PCA(2).fit_transform(StandardScaler().fit_transform(X)), y
    )


def test_the_truth_of_gaussians():
    rng = np.random.default_rng(1)
    y = rng.normal(size=4000)
    X = (0.8 * y + 0.6 * rng.normal(size=4000))[:, None]
    assert score(Gives().fit(X), X, y) == pytest.approx(-np.log(0.6), abs=0.03)
    assert score(Gives().fit(X), X, y, base=2) == pytest.approx(-np.log2(0.6), abs=0.05)
    assert score(LinearRegression().fit(X, y), X, y, normalize="correlation") == pytest.approx(
        0.8, abs=0.02
    )


def test_a_regressor_gives_numbers_whatever_their_dtype():
    X, y = load_diabetes(return_X_y=True)
    fitted = LinearRegression().fit(X, y)
    whole = score(fitted, X, y)
    assert whole == mutual_info(fitted.predict(X), y)
    assert score(fitted, X, y.astype(int)) == pytest.approx(whole, abs=0.02)


@pytest.mark.parametrize("names", [np.array([0, 1]), np.array([7.0, -1.0]), np.array(["b", "a"])])
def test_names_of_classes_do_not_matter(two_classes, names):
    X, y = two_classes
    plain = score(LogisticRegression().fit(X, y), X, y)
    named = score(LogisticRegression().fit(X, names[y]), X, names[y])
    assert named == pytest.approx(plain, rel=1e-6)
    predicted = {
        n: score(LogisticRegression().fit(X, a), X, a, response_method="predict")
        for n, a in {"plain": y, "named": names[y]}.items()
    }
    assert predicted["named"] == pytest.approx(predicted["plain"], rel=1e-12)
    assert predicted["plain"] == pytest.approx(
        mutual_info_score(LogisticRegression().fit(X, y).predict(X), y), rel=1e-12
    )


def test_one_of_two_probabilities_is_enough(two_classes):
    X, y = two_classes
    p = 1 / (1 + np.exp(-X[:, 0]))
    one = score(Gives().fit(X), p[:, None], y)
    assert score(GivesProba("classifier").fit(X), np.column_stack([1 - p, p]), y) == one
    assert score(GivesProba("classifier").fit(X), np.column_stack([p, 1 - p]), y) == pytest.approx(
        one, rel=1e-6
    )


@pytest.mark.parametrize("factor", [1e-6, -3.0, 1e9])
def test_factors_on_the_output_do_not_matter(two_classes, factor):
    X, y = two_classes
    for kind in "classifier", "regressor":
        plain = score(GivesValues(kind).fit(X), X, y)
        assert score(GivesValues(kind).fit(X), factor * X, y) == pytest.approx(plain, rel=1e-9)


def test_forms_of_one_output_tell_the_same(two_classes):
    X, y = two_classes
    fitted = LogisticRegression().fit(X, y)
    forms = [score(fitted, X, y, response_method=m) for m in ("predict_proba", "decision_function")]
    assert forms[0] == pytest.approx(forms[1], abs=0.01)
    # The class alone tells less.
    assert score(fitted, X, y, response_method="predict") < min(forms)


def test_auto_takes_the_form_that_tells_most(two_classes):
    X, y = two_classes

    def same(fitted, method):
        return score(fitted, X, y) == score(fitted, X, y, response_method=method)

    assert same(LogisticRegression().fit(X, y), "predict_proba")
    assert same(LinearDiscriminantAnalysis().fit(X, y), "predict_proba")
    assert same(RidgeClassifier().fit(X, y), "decision_function")
    assert same(LinearRegression().fit(X, y), "predict")
    assert same(KMeans(3, n_init=1, random_state=0).fit(X), "predict")
    assert same(GaussianMixture(2, random_state=0).fit(X), "predict")
    assert same(PCA(2).fit(X), "transform")
    assert same(KMeans(3, n_init=1, random_state=0).fit(X), ["decision_function", "predict"])


def test_clusters_are_labels(iris):
    X, y = iris
    fitted = KMeans(4, n_init=1, random_state=0).fit(X)
    assert score(fitted, X, y) == pytest.approx(mutual_info_score(fitted.predict(X), y))
    for normalize in "min", "arithmetic", "geometric", "max":
        theirs = normalized_mutual_info_score(fitted.predict(X), y, average_method=normalize)
        assert score(fitted, X, y, normalize=normalize) == pytest.approx(theirs)


def test_classes_in_small_folds_are_labels(iris):
    """Fifteen samples of each: elsewhere such integers are numbers."""
    X, y = iris
    part = np.sort(np.random.default_rng(0).permutation(150)[:45])
    fitted = PCA(1).fit(X)
    names = np.array(["a", "b", "c"])
    assert score(fitted, X[part], y[part]) == score(fitted, X[part], names[y[part]])
    kept = score(fitted, X[part], y[part], discrete_target=False)
    assert kept == mutual_info(fitted.transform(X[part]), y[part] * 1.0)


def test_many_classes_tell_what_their_label_tells():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 12, 600)
    proba = rng.dirichlet(np.full(12, 0.3), 600) * 0.5
    proba[np.arange(600), y] += 0.5
    fitted = GivesProba("classifier").fit(proba)
    fitted.classes_ = np.arange(12)
    told = score(fitted, proba, y)
    assert told == pytest.approx(np.log(12), abs=0.15)
    assert score(fitted, proba, rng.permutation(y)) < 0.1


def test_of_several_targets_all_are_told():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    Y = (X > 0).astype(int)
    fitted = MultiOutputClassifier(LogisticRegression()).fit(X, Y)
    assert score(fitted, X, Y) > 1.2  # of 2 log 2 = 1.39


def test_sparse_output_is_made_dense(iris):
    X, y = iris
    encoded = make_column_transformer((OneHotEncoder(), [2])).fit(X.round())
    assert encoded.transform(X.round()).__class__.__name__.startswith("csr")
    assert score(encoded, X.round(), y) > 0.5


# --- Where scikit-learn takes a scorer


def test_cross_validation(iris):
    X, y = iris
    scores = cross_val_score(PCA(2), X, y, scoring=mutual_info_scorer(), cv=FOLDS)
    for value, (train, test) in zip(scores, FOLDS.split(X, y), strict=True):
        assert value == score(PCA(2).fit(X[train]), X[test], y[test])


def test_several_at_once(iris):
    X, y = iris
    scoring = {
        "accuracy": "accuracy",
        "nats": mutual_info_scorer(),
        "label": mutual_info_scorer(response_method="predict", normalize="target"),
    }
    found = cross_validate(LogisticRegression(max_iter=500), X, y, scoring=scoring, cv=FOLDS)
    assert (found["test_nats"] > 0.7).all()
    assert (found["test_label"] > 0.7).all()
    alone = cross_val_score(
        LogisticRegression(max_iter=500), X, y, scoring=scoring["nats"], cv=FOLDS
    )
    assert np.array_equal(found["test_nats"], alone)


@pytest.mark.parametrize("search", [GridSearchCV, HalvingGridSearchCV])
def test_searches_need_no_predictor(search):
    rng = np.random.default_rng(0)
    y = rng.normal(size=300)
    X = np.column_stack([y + 0.3 * rng.normal(size=300), 9 * rng.normal(size=300)])
    first = FunctionTransformer(lambda X, column: X[:, [column]], kw_args={"column": 0})
    grid = {"functiontransformer__kw_args": [{"column": 1}, {"column": 0}]}
    searched = search(
        make_pipeline(StandardScaler(), first), grid, scoring=mutual_info_scorer(), cv=KFold(2)
    ).fit(X, y)
    assert searched.best_params_["functiontransformer__kw_args"] == {"column": 0}
    assert searched.score(X, y) > 0.8


def test_feature_selection(two_classes):
    X, y = two_classes
    scorer = mutual_info_scorer()
    selected = RFECV(LogisticRegression(), scoring=scorer, cv=FOLDS).fit(X, y)
    assert selected.support_[0]
    forward = SequentialFeatureSelector(
        LogisticRegression(), n_features_to_select=1, scoring=scorer, cv=FOLDS
    ).fit(X, y)
    assert forward.get_support().tolist() == [True, False, False]


def test_inspection(two_classes):
    X, y = two_classes
    fitted = LogisticRegression().fit(X, y)
    found = permutation_importance(
        fitted, X, y, scoring=mutual_info_scorer(), n_repeats=3, random_state=0
    )
    assert found.importances_mean.argmax() == 0
    sizes, _, held_out = learning_curve(
        LogisticRegression(), X, y, scoring=mutual_info_scorer(), cv=FOLDS, train_sizes=[0.2, 1.0]
    )
    assert held_out.shape == (len(sizes), 3)
    assert np.isfinite(held_out).all()


def test_copies_score_alike(iris):
    X, y = iris
    scorer = mutual_info_scorer(normalize="target", n_neighbors=5)
    fitted = PCA(2).fit(X)
    value = scorer(fitted, X, y)
    assert clone(scorer)(fitted, X, y) == value
    assert pickle.loads(pickle.dumps(scorer))(fitted, X, y) == value
    grid = GridSearchCV(PCA(), {"n_components": [1, 2]}, scoring=scorer, cv=FOLDS)
    serial = clone(grid).fit(X, y).cv_results_["mean_test_score"]
    with joblib.parallel_config("threading", n_jobs=2):
        assert np.array_equal(clone(grid).fit(X, y).cv_results_["mean_test_score"], serial)
    assert repr(mutual_info_scorer(normalize="target")) == "MutualInfoScorer(normalize='target')"


def test_weights_reach_fit_alone(two_classes):
    X, y = two_classes
    weights = np.linspace(0, 1, len(y))
    scorer = mutual_info_scorer()
    with sklearn.config_context(enable_metadata_routing=True):
        weighted = LogisticRegression().set_fit_request(sample_weight=True)
        accuracy = make_scorer(accuracy_score).set_score_request(sample_weight=True)
        for scoring in scorer, {"mi": scorer, "accuracy": accuracy}:
            found = cross_validate(
                weighted,
                X,
                y,
                scoring=scoring,
                cv=FOLDS,
                params={"sample_weight": weights},
                error_score="raise",
            )
            assert all(np.isfinite(values).all() for values in found.values())
        search = GridSearchCV(weighted, {"C": [1.0]}, scoring=scorer, cv=FOLDS)
        assert search.fit(X, y, sample_weight=weights).best_score_ > 0.2
        assert scorer.set_score_request(sample_weight=False) is scorer
        with pytest.raises(TypeError, match="takes no metadata such as sample_weight"):
            scorer.set_score_request(sample_weight=True)


# --- Errors


def test_weights_are_refused(two_classes):
    X, y = two_classes
    fitted = LogisticRegression().fit(X, y)
    with pytest.raises(TypeError, match="takes no sample_weight: its estimate counts every"):
        mutual_info_scorer()(fitted, X, y, sample_weight=np.ones(len(y)))
    with pytest.raises(TypeError, match="takes no sample_weight"):
        permutation_importance(
            fitted, X, y, scoring=mutual_info_scorer(), sample_weight=np.ones(len(y))
        )
    assert mutual_info_scorer()(fitted, X, y, sample_weight=None) > 0


def test_y_is_needed(iris):
    with pytest.raises(ValueError, match="y is None"):
        cross_val_score(
            PCA(2), iris[0], scoring=mutual_info_scorer(), cv=KFold(3), error_score="raise"
        )


@pytest.mark.parametrize(
    ("estimator", "params", "message"),
    [
        (DBSCAN(), {}, "DBSCAN has no method predict or transform"),
        (PCA(1), {"response_method": "predict"}, r"PCA has no method predict.*\['score_samples',"),
        (PCA(1), {"normalize": "correlation"}, "correlation' is for numbers, but y holds labels"),
        (PCA(1), {"normalize": "min"}, "is for labels on both sides, but X holds numbers"),
    ],
)
def test_what_cannot_be_measured(iris, estimator, params, message):
    X, y = iris
    with pytest.raises(ValueError, match=message):
        score(estimator.fit(X), X, y, **params)


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"method": "ksq"}, ValueError, "There is no estimator 'ksq'"),
        ({"method": PlugInMI}, TypeError, r"did you mean PlugInMI\(\)"),
        ({"response_method": "fit"}, ValueError, "response_method must be 'auto', one of"),
        ({"response_method": []}, ValueError, "response_method must be"),
        ({"response_method": ["auto"]}, ValueError, "response_method must be"),
        ({"response_method": None}, ValueError, "response_method must be"),
        ({"normalize": "h"}, ValueError, "normalize must be None or one of"),
        ({"normalize": "target", "base": 2}, ValueError, "do not go together"),
        ({"base": 1}, ValueError, "base must be"),
        ({"n_neighbours": 3}, ValueError, "has no parameter 'n_neighbours'"),
    ],
)
def test_bad_parameters_are_refused_at_once(params, error, message):
    with pytest.raises(error, match=message):
        mutual_info_scorer(**params)


def test_doubts_are_told(iris):
    X, y = iris
    fitted = KMeans(40, n_init=1, random_state=0).fit(X)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        score(fitted, X, y)
    assert any(issubclass(each.category, EstimateWarning) for each in caught)
