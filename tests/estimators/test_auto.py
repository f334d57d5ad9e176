"""AutoMI and CanonicalKSG: what they must give, and what they must not depend on."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris

from skmi import KSG, AutoMI, CanonicalKSG, ScaleInvariantMI, mutual_info
from skmi.datasets import World
from skmi.preprocessing import LocalScaler, NormalScoreScaler

BOTH = pytest.mark.parametrize("estimator", [AutoMI(), CanonicalKSG()], ids=["auto", "canonical"])


def additive(rng, n_samples, d, noise=1.0):
    X = rng.normal(size=(n_samples, d))
    return X, X + noise * rng.normal(size=(n_samples, d)), 0.5 * d * np.log1p(noise**-2)


def ring(rng, n_samples):
    """Dependence that shows in no correlation: y is the radius of two of five columns."""
    X = rng.normal(size=(n_samples, 5))
    return X, (X[:, :2] ** 2).sum(axis=1) * np.exp(0.3 * rng.normal(size=n_samples))


def labelled(rng, n_samples):
    y = rng.integers(3, size=n_samples)
    return rng.normal(size=(n_samples, 4)) + 1.5 * np.eye(4)[y], np.array(["a", "b", "c"])[y]


WORLDS = {
    "gaussian": lambda rng: additive(rng, 300, 4)[:2],
    "line": lambda rng: additive(rng, 300, 1)[:2],
    "ring": lambda rng: ring(rng, 400),
    "labels": lambda rng: labelled(rng, 300),
}


@BOTH
def test_many_columns_are_right(estimator, rng):
    X, y, truth = additive(rng, 2000, 10)
    assert estimator.fit(X, y).mi_ == pytest.approx(truth, abs=0.15)
    assert KSG().fit(X, y).mi_ < 0.5 * truth


@BOTH
def test_what_no_correlation_shows_is_found(estimator, rng):
    X, y = ring(rng, 1500)
    truth = mutual_info((X[:, :2] ** 2).sum(axis=1), y)  # in one column
    assert truth > 1.2
    assert 0.75 * truth < estimator.fit(X, y).mi_ < truth + 0.1


@BOTH
@pytest.mark.parametrize("d", [1, 3, 12])
def test_independent_data_give_zero(estimator, d, rng):
    found = [estimator.fit(*rng.normal(size=(2, 500, d))).mi_ for _ in range(15)]
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(15) + 1e-3
    assert np.abs(found).max() < 0.2


@BOTH
@pytest.mark.parametrize("world", WORLDS)
def test_units_of_columns_sides_and_order_of_rows_change_nothing(estimator, world, rng):
    X, y = WORLDS[world](rng)
    mi = clone(estimator).fit(X, y).mi_
    factors = 10.0 ** rng.uniform(-8, 8, size=X.shape[1])
    scaled = y if y.dtype.kind == "U" else 1e-5 * y
    assert clone(estimator).fit(factors * X, scaled).mi_ == pytest.approx(mi, abs=1e-9)
    columns = y.reshape(len(y), -1)
    assert clone(estimator).fit(columns, X).mi_ == pytest.approx(mi, abs=1e-9)
    order = rng.permutation(len(X))
    assert clone(estimator).fit(X[order], y[order]).mi_ == pytest.approx(mi, abs=1e-9)
    assert clone(estimator).fit(X, y).mi_ == mi


def test_names_of_labels_change_nothing(rng):
    X, y = labelled(rng, 200)
    renamed = np.array([{"a": "z", "b": "y", "c": "b"}[each] for each in y])
    assert AutoMI().fit(X, renamed).mi_ == pytest.approx(AutoMI().fit(X, y).mi_, abs=1e-9)


def test_one_column_on_either_side_is_ksg_on_normal_scores(rng):
    x, y = rng.normal(size=(2, 300))
    expected = ScaleInvariantMI(KSG(), NormalScoreScaler()).fit(x[:, None], x + y).mi_
    auto = AutoMI().fit(x[:, None], x + y)
    assert (auto.mi_, auto.method_) == (expected, "ksg")
    assert [each.name for each in auto.candidates_] == ["ksg"]


@pytest.mark.parametrize(
    ("kind", "method"), [("one column", "ross"), ("labels", "plug-in"), ("both", "mixed")]
)
def test_labels_take_the_formula_for_them(kind, method, rng):
    x = rng.normal(size=200)
    y = np.where(x + rng.normal(size=200) > 0, "plus", "minus")
    X, mask = {
        "one column": (x[:, None], [False]),
        "labels": ((x > 0)[:, None], [True]),
        "both": (np.column_stack([x, x > 0]), [False, True]),
    }[kind]
    auto = AutoMI(discrete_features=mask).fit(X, y)
    plain = ScaleInvariantMI(KSG(discrete_features=mask), LocalScaler()).fit(X, y)
    assert (auto.mi_, auto.method_) == (plain.mi_, method)


def test_a_censored_column_is_right():
    # x ~ N(1, 1), censored at 0, and y with a correlation of 0.6: 0.2147 nats by quadrature.
    found = []
    for seed in range(8):
        first, second = np.random.default_rng(seed).normal(size=(2, 4000))
        found.append(mutual_info(np.maximum(1 + first, 0), 0.6 * first + 0.8 * second))
    assert np.mean(found) == pytest.approx(0.2147, abs=0.01)


def test_the_default_is_auto(rng):
    X, y, _ = additive(rng, 200, 3)
    assert mutual_info(X, y) == AutoMI().fit(X, y).mi_


def mixed_pairs(seed, n_samples=1000, n_columns=10):
    """Two pairs of columns correlated by .8 among others, and both sides mixed."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(2, n_samples, n_columns))
    y[:, :2] = 0.8 * X[:, :2] + 0.6 * y[:, :2]
    return (X, y), [side @ rng.normal(size=(n_columns, n_columns)) for side in (X, y)]


def test_sums_of_the_same_variables_tell_what_these_do():
    """Ranks of such sums alone give .85 nats of 1.02 on average."""
    for seed in range(4):
        plain, mixed = mixed_pairs(seed)
        assert mutual_info(*mixed) == pytest.approx(mutual_info(*plain), abs=0.04)


@pytest.mark.parametrize("factor", [1e-250, 1e-7, 1e250])
def test_sums_in_any_units(factor):
    _, (X, y) = mixed_pairs(0, 300, 4)
    units = factor * np.array([1, 3, 0.1, 70])
    assert mutual_info(X * units, y + 5) == pytest.approx(mutual_info(X, y), abs=1e-9)


def test_sums_of_other_variables_tell_nothing(rng):
    """Independent sides stay so, whatever is kept as it is."""
    found = []
    for _ in range(8):
        X, y = rng.normal(size=(2, 500, 6))
        found.append(mutual_info(X @ rng.normal(size=(6, 6)), y @ rng.normal(size=(6, 6))))
    assert abs(np.mean(found)) < 0.01


def test_columns_that_are_not_normal_are_ranked():
    _, (X, y) = mixed_pairs(1)
    assert mutual_info(np.exp(X), y) == pytest.approx(mutual_info(np.exp(2 * X), y), abs=1e-12)


def test_permutations_are_those_of_fitting_again(rng):
    X, y, _ = additive(rng, 150, 3)
    for estimator in AutoMI(), CanonicalKSG():
        sample = estimator._sample(X, y, reset=True)
        repeated = estimator._fit(sample)._repeated(sample)
        order = rng.permutation(150)
        assert repeated(None) == pytest.approx(estimator.fit(X, y).mi_, abs=1e-12)
        assert repeated(order) == pytest.approx(estimator.fit(X, y[order]).mi_, abs=1e-9)


def test_transform_gives_columns_that_tell_of_y(rng):
    X, y = ring(rng, 1000)
    canonical = CanonicalKSG().fit(X[:700], y[:700])
    found = canonical.transform(X[700:])
    assert found.shape == (300, canonical.n_components_)
    assert mutual_info(found[:, 0], y[700:]) > 0.6
    assert max(mutual_info(column, y[700:]) for column in X[700:].T) < 0.45
    pair = canonical.transform(X, y)
    np.testing.assert_array_equal(pair[0][700:], found)
    assert canonical.get_feature_names_out()[0] == "canonicalksg0"


def test_score_of_other_samples_is_near(rng):
    X, y = ring(rng, 2000)
    canonical = CanonicalKSG().fit(X[:1000], y[:1000])
    assert canonical.score(X[1000:], y[1000:]) == pytest.approx(canonical.mi_, abs=0.15)
    assert canonical.score_samples(X, y).shape == (2000,)


def test_more_samples_than_are_compared(monkeypatch, rng):
    monkeypatch.setattr("skmi.estimators._canonical_pairs._MOST_COMPARED", 300)
    X, y = ring(rng, 1000)
    canonical = CanonicalKSG().fit(X, y)
    assert np.isfinite(canonical._comparison.contributions).all()
    order = rng.permutation(1000)
    repeated = canonical._repeated(canonical._sample(X, y, reset=True))
    assert repeated(order) == pytest.approx(CanonicalKSG().fit(X, y[order]).mi_, abs=1e-9)


def test_features_are_checked(rng):
    X, y, _ = additive(rng, 50, 2)
    for features in ["cubic"], []:
        with pytest.raises(ValueError, match="features must be 'auto' or a list of some of"):
            CanonicalKSG(features=features).fit(X, y)
    assert CanonicalKSG(features=["linear"]).fit(X, y).features_ == "linear"


def test_labels_have_no_combinations(rng):
    X, y = labelled(rng, 100)
    with pytest.raises(ValueError, match="no combinations of y, for it holds labels"):
        CanonicalKSG().fit(X, y).transform(X, np.arange(100.0))


def test_iris():
    iris = load_iris(as_frame=True)
    species = iris.target_names[iris.target]
    auto = AutoMI().fit(iris.data, species)
    assert auto.method_ == "ross"
    assert auto.mi_ < np.log(3)
    assert list(auto.feature_names_in_) == list(iris.data.columns)


def test_outliers_do_not_matter_with_a_label(rng, recwarn):
    x = rng.normal(size=300)
    y = np.where(x > 0, "plus", "minus")
    mi = mutual_info(x, y)
    x[0] = np.sign(x[0]) * 1e6
    assert mutual_info(x, y) == pytest.approx(mi, abs=0.02)
    assert not recwarn.list


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pairs_of_clusters_are_not_counted_twice(seed):
    # Means of five columns have two peaks, and their normal scores are correlated by less than
    # they are themselves: what the Gaussian of all columns has for the pair must go.
    world = World("clusters-5")
    X, y = world.sample(1000, random_state=seed)
    found = CanonicalKSG(features=["linear"]).fit(X, y)
    values = {each.name: each.mi for each in found.candidates_}
    assert values["linear-1"] < world.mutual_info + 0.06
    assert found.mi_ == pytest.approx(world.mutual_info, abs=0.06)
    others = world.sample(1000, random_state=seed + 10)
    assert found.score(*others) == pytest.approx(world.mutual_info, abs=0.1)
