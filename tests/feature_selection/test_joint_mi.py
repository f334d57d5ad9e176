"""The selector: what it finds, when it stops, and how it behaves among scikit-learn's."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from scipy.stats import kstest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_digits, load_iris, load_wine, make_classification
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skmi import KSG, LocalScaler, ScaleInvariantMI, mutual_info
from skmi.exceptions import IdentifierWarning
from skmi.feature_selection import JointMISelector
from tests.test_data_refused import BAD, X, Y

SELECTORS = [
    JointMISelector(),
    JointMISelector(2, criterion="mrmr", n_jobs=2),
    JointMISelector(0.5, criterion="jmi"),
    JointMISelector(group_size=2),
    JointMISelector(stop="p-value", n_permutations=9, alpha=0.9, random_state=0),
    JointMISelector(2, estimator=ScaleInvariantMI(KSG(), LocalScaler())),
]


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(SELECTORS)
def test_scikit_learn_check(estimator, check):
    check(estimator)


def sign_and_size(rng, n=400, n_noise=10):
    """Column 3 gives the size of y, column 7 its sign: alone, 7 tells nothing."""
    columns = rng.normal(size=(n, n_noise))
    return columns, columns[:, 3] * np.sign(columns[:, 7])


def clock(rng, n=400, n_noise=10):
    """An hour plus an hour, modulo twelve: each alone tells nothing, a continuous XOR."""
    columns = rng.uniform(0, 12, size=(n, n_noise))
    return columns, (columns[:, 2] + columns[:, 5]) % 12


def parity(rng, n=400, n_noise=10):
    """Whether two numbers have the same sign."""
    columns = rng.normal(size=(n, n_noise))
    return columns, columns[:, 2] * columns[:, 5] > 0


def alone(selector_fitted):
    """Every feature's rank by what it tells alone, 0 for the best."""
    return np.argsort(np.argsort(-selector_fitted.candidate_scores_[0]))


@pytest.mark.parametrize("seed", range(5))
def test_one_step_finds_what_completes_another(seed):
    columns, y = sign_and_size(np.random.default_rng(seed))
    selector = JointMISelector(2).fit(columns, y)
    assert list(selector.path_) == [3, 7]
    assert np.abs(selector.candidate_scores_[0, 7]) < 0.1 < selector.scores_[1]


@pytest.mark.parametrize("world", [clock, parity])
@pytest.mark.parametrize("seed", range(3))
def test_pairs_find_what_no_feature_tells_alone(world, seed):
    columns, y = world(np.random.default_rng(seed))
    selector = JointMISelector(2, group_size=2).fit(columns, y)
    assert set(selector.path_) == {2, 5}
    marginal = JointMISelector(1).fit(columns, y).candidate_scores_[0]
    assert np.abs(marginal[[2, 5]]).max() < 0.12 < selector.scores_[0] / 2


def test_marginal_scores_miss_them():
    ranks = []
    for seed in range(40):
        for world, hidden in ((sign_and_size, [7]), (clock, [2, 5]), (parity, [2, 5])):
            columns, y = world(np.random.default_rng(seed), n=200)
            ranks += list(alone(JointMISelector(1).fit(columns, y))[hidden])
    # No better than chance: ranks 0 to 9, all as often.
    assert np.mean(ranks) == pytest.approx(4.5, abs=0.7)


def test_a_pair_of_pixels_that_tell_only_together():
    # Is a digit even? Real data: what completes the first pixel, single scores pass over.
    digits = load_digits(as_frame=True)
    pixels, even = digits.data.loc[:, digits.data.std() > 0], digits.target % 2 == 0
    selector = JointMISelector(3, n_neighbors=10).fit(pixels, even)
    ranks = alone(selector)[selector.path_]
    assert ranks[0] == 0
    assert min(ranks[1:]) >= 20  # of 61
    together = pixels.iloc[:, selector.path_[1:]]
    assert list(together) == ["pixel_6_3", "pixel_6_6"]
    pair = JointMISelector(2, n_neighbors=10).fit(together, even)
    assert pair.scores_[1] > 3 * pair.candidate_scores_[0].sum()
    # It is there for models, too, on images they have not seen.
    model = KNeighborsClassifier(15)
    both = cross_val_score(model, together, even).mean()
    either = [cross_val_score(model, together[[name]], even).mean() for name in together]
    assert both > max(either) + 0.05


def test_a_copy_is_left_out(rng):
    informative = rng.normal(size=(500, 2))
    columns = np.column_stack([informative, informative[:, 0] + 1e-3 * rng.normal(size=500)])
    y = 2 * informative[:, 0] + informative[:, 1]
    for criterion in ("joint", "mrmr", "jmi"):
        selector = JointMISelector(2, criterion=criterion).fit(columns, y)
        assert 1 in selector.path_


@settings(max_examples=20)
@given(st.lists(st.floats(-12, 12).map(lambda e: 10.0**e), min_size=7, max_size=7))
def test_any_factor_on_any_column(factors):
    rng = np.random.default_rng(0)
    columns = np.column_stack([rng.normal(size=(120, 4)), rng.integers(0, 5, size=(120, 2))])
    y = columns[:, 0] * np.sign(columns[:, 1]) + columns[:, 5]
    expected = JointMISelector(4).fit(columns, y)
    found = JointMISelector(4).fit(columns * factors[:6], y * factors[6])
    assert list(found.path_) == list(expected.path_)
    np.testing.assert_allclose(found.candidate_scores_, expected.candidate_scores_, 1e-9, 1e-12)


def test_an_offset_costs_nothing(rng):
    columns = np.round(rng.normal(size=(200, 4)) * 2**10) / 2**10
    y = columns[:, 0] + np.round(rng.normal(size=200) * 2**9) / 2**10
    expected = JointMISelector(3).fit(columns, y).scores_
    found = JointMISelector(3).fit(columns + 2.0**41, y - 2.0**42).scores_
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_ties_in_single_precision_are_ties():
    # In tenths, which are not exact: distances that are equal differ by rounding.
    columns, y = load_iris(return_X_y=True)
    for target in (y, columns[:, 0]):
        expected = JointMISelector(3).fit(columns[:, 1:], target).candidate_scores_
        single = columns[:, 1:].astype("float32")
        found = JointMISelector(3).fit(single, target).candidate_scores_
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_labels_of_any_kind(rng):
    columns, codes = make_classification(150, 6, n_classes=3, n_informative=4, random_state=0)
    expected = JointMISelector(3).fit(columns, codes)
    names = np.array(["a", "b", "c"])[codes]
    for y in (names, names.astype(object), list(names), pd.Categorical(names), 1e6 * codes + 1):
        selector = JointMISelector(3, discrete_target=True).fit(columns, y)
        np.testing.assert_array_equal(selector.scores_, expected.scores_)
    np.testing.assert_array_equal(JointMISelector(3).fit(columns, names).path_, expected.path_)
    numbers = JointMISelector(3).fit(columns, codes.astype(float))
    assert (numbers.scores_ != expected.scores_).any()
    given_as_numbers = JointMISelector(3, discrete_target=False).fit(columns, codes)
    np.testing.assert_array_equal(given_as_numbers.scores_, numbers.scores_)


def test_integers_that_look_like_a_measurement_are_numbers(rng):
    columns, y = rng.normal(size=(100, 2)), rng.integers(0, 60, size=100)
    found = JointMISelector().fit(columns, y)
    assert found.method_ == "ksg"
    expected = JointMISelector().fit(columns, y.astype(float))
    np.testing.assert_array_equal(found.candidate_scores_, expected.candidate_scores_)
    assert JointMISelector().fit(columns, y % 5).method_ == "ross"
    with (
        pytest.warns(IdentifierWarning, match="y looks like an identifier: 100 distinct labels"),
        pytest.raises(ValueError, match=r"100 samples has labels of its own.* discrete_target=F"),
    ):
        JointMISelector(discrete_target=True).fit(columns, np.arange(100.0))


@pytest.mark.parametrize(
    ("asked", "selected"), [("auto", 3), (1, 1), (7, 7), (0.5, 3), (1.0, 7), (0.01, 1)]
)
def test_how_many_are_selected(asked, selected, rng):
    selector = JointMISelector(asked).fit(rng.normal(size=(60, 7)), rng.normal(size=60))
    assert len(selector.path_) == len(set(selector.path_)) == selected
    assert selector.get_support().sum() == selected
    assert selector.candidate_scores_.shape == (selected, 7)


def test_the_path_in_pairs_ends_with_one_if_the_number_is_odd(rng):
    selector = JointMISelector(5, group_size=2).fit(rng.normal(size=(60, 6)), rng.normal(size=60))
    assert len(set(selector.path_)) == 5
    assert list(selector.path_frame()["step"]) == [1, 1, 2, 2, 3]
    pairs = selector.candidate_scores_
    assert selector.scores_[0] == selector.scores_[1] == np.nanmax(pairs[0])
    assert np.isnan(pairs).sum(axis=1).tolist() == [0, 2, 4]


def test_the_first_pvalue_is_uniform_if_no_feature_tells_anything():
    pvalues = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        options = {"stop": "p-value", "n_permutations": 19, "alpha": 0.999, "random_state": seed}
        selector = JointMISelector(1, **options)
        selector.fit(rng.normal(size=(60, 5)), rng.normal(size=60))
        pvalues.append(selector.pvalues_[0])
    # p-values are multiples of 1/20; spread within their step they are continuous.
    spread = np.array(pvalues) - np.random.default_rng(0).random(200) / 20
    assert kstest(spread, "uniform").pvalue > 0.01


def test_it_stops_when_nothing_is_left():
    lengths = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        columns = rng.normal(size=(200, 8))
        columns[:, 1] = columns[:, 0] + 0.3 * rng.normal(size=200)  # tells no more
        y = columns[:, 0] + 0.5 * rng.normal(size=200)
        options = {"stop": "p-value", "n_permutations": 39, "random_state": seed}
        selector = JointMISelector(**options).fit(columns, y)
        assert selector.path_[0] == 0
        assert selector.pvalues_[-1] > 0.05 >= selector.pvalues_[:-1].max()
        lengths.append(len(selector.path_))
    assert np.mean(np.array(lengths) > 1) <= 0.2


def test_near_copies_of_what_is_selected_are_not_significant():
    # Shuffled among all samples they would be: a copy harms the estimate less than noise.
    more = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=200)
        columns = x[:, None] + [0, 0.1, 0.1, 0.1] * rng.normal(size=(200, 4))
        y = x + 0.5 * rng.normal(size=200)
        selector = JointMISelector(2, stop="p-value", n_permutations=39, random_state=seed)
        more += len(selector.fit(columns, y).path_) > 1
    assert more <= 3  # one is expected


def test_nothing_may_be_selected(rng):
    selector = JointMISelector(stop="p-value", alpha=0.01, n_permutations=99, random_state=0)
    selector.fit(rng.normal(size=(80, 3)), rng.normal(size=80))
    assert selector.path_.size == selector.scores_.size == len(selector.path_frame()) == 0
    with pytest.warns(UserWarning, match="No features were selected"):
        assert selector.transform(np.ones((2, 3))).shape == (2, 0)


def test_pairs_with_significance(rng):
    columns, y = parity(rng, 300, 6)
    options = {"stop": "p-value", "n_permutations": 39, "random_state": 0}
    assert set(JointMISelector(group_size=2, **options).fit(columns, y).path_) == {2, 5}
    assert JointMISelector(**options).fit(columns, y).path_.size == 0


def test_random_state_alone_decides(rng):
    columns, y = rng.normal(size=(400, 5)), rng.normal(size=400)
    options = {"stop": "p-value", "n_permutations": 19, "alpha": 0.99}
    for estimator, n in ((None, 400), (KSG(), 100)):
        with parallel_config("threading"):
            one, two, other = (
                JointMISelector(2, estimator=estimator, random_state=seed, n_jobs=n_jobs, **options)
                .fit(columns[:n], y[:n])
                .pvalues_
                for seed, n_jobs in ((0, 1), (0, 2), (1, 1))
            )
        np.testing.assert_array_equal(one, two)
        assert one.tolist() != other.tolist()


def test_any_estimator(rng):
    columns, y = sign_and_size(rng, 150, 9)
    expected = JointMISelector(3, n_neighbors=5).fit(columns, y)
    estimator = ScaleInvariantMI(KSG(5), LocalScaler())
    found = JointMISelector(3, estimator=estimator).fit(columns, y)
    np.testing.assert_array_equal(found.path_, expected.path_)
    np.testing.assert_allclose(found.candidate_scores_, expected.candidate_scores_, rtol=1e-12)


class DtypeOfTarget(BaseEstimator):
    """Of those that go by the dtype of y alone: information where it holds integers."""

    def fit(self, X, y):
        self.mi_ = float(y.dtype.kind == "i")
        return self

    def score(self, X, y):
        return self.mi_


@pytest.mark.parametrize(("y", "score"), [(["a", "b"] * 5, 1), ([1.0, 2.0] * 5, 0)])
def test_labels_come_to_estimators_as_integers(y, score):
    selector = JointMISelector(1, estimator=DtypeOfTarget()).fit(X, y)
    assert selector.scores_ == score


def test_names_frames_and_progress(rng, capsys):
    table, y = load_wine(return_X_y=True, as_frame=True)
    selector = JointMISelector(3, stop="p-value", n_permutations=19, random_state=0, verbose=1)
    selector.fit(table, y)
    printed = capsys.readouterr().out
    assert printed.count("[JointMISelector]") == 3
    path = selector.path_frame()
    assert list(path) == ["feature", "step", "score", "pvalue"]
    assert f"1 of 3: '{path['feature'][0]}', {selector.scores_[0]:.3f} nats, p = 0.05" in printed
    assert set(selector.get_feature_names_out()) == set(path["feature"])
    selected = selector.set_output(transform="pandas").transform(table)
    pd.testing.assert_frame_equal(selected, table.loc[:, selector.support_])
    assert list(JointMISelector(2).fit(table.to_numpy(), y).path_frame()["feature"]) == list(
        JointMISelector(2).fit(table, y).path_
    )
    assert not capsys.readouterr().out


def test_in_a_pipeline_and_a_search():
    columns, y = load_wine(return_X_y=True)
    pipeline = make_pipeline(JointMISelector(2), LocalScaler(), KNeighborsClassifier())
    grid = {"jointmiselector__n_features_to_select": [1, 4], "jointmiselector__n_neighbors": [3]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(columns, y)
    assert search.best_params_["jointmiselector__n_features_to_select"] == 4
    assert search.best_score_ > 0.9


def groups(rng, n=300):
    """y follows x in one group, its opposite in another, and nothing in the third."""
    x, noise = rng.normal(size=(2, n))
    group = rng.integers(0, 3, n)
    y = np.choose(group, [x, -x, 0 * x]) + 0.3 * rng.normal(size=n)
    frame = pd.DataFrame({"noise": noise, "x": x, "group": np.array(list("abc"))[group]})
    return frame, y, group


@pytest.mark.parametrize("criterion", ["joint", "jmi"])
def test_labels_among_the_features_complete_numbers(criterion, rng):
    frame, y, group = groups(rng)
    selector = JointMISelector(2, criterion=criterion).fit(frame, y)
    assert list(selector.path_) == [1, 2]
    assert selector.method_ == "mixed"
    expected = mutual_info(frame[["x", "group"]], y, "ksg-local")
    assert selector.scores_[1] == pytest.approx(expected, rel=1e-12)
    coded = frame.assign(group=group)
    named = JointMISelector(2, criterion=criterion, discrete_features=["group"]).fit(coded, y)
    np.testing.assert_array_equal(named.candidate_scores_, selector.candidate_scores_)


def test_labels_are_redundant_to_each_other(rng):
    frame, _, group = groups(rng)
    frame["copy"] = frame["group"].str.upper()
    frame["other"] = rng.choice(["u", "v"], 300)
    label = np.where(rng.random(300) < 0.9, group, 0).astype(str)
    selector = JointMISelector(2, criterion="mrmr", discrete_features=[2, 3, 4]).fit(frame, label)
    assert selector.path_[0] == 2
    assert selector.candidate_scores_[1, 3] < -0.1 < selector.scores_[1]


def test_labels_alone_are_less_what_chance_gives(rng):
    # Ten columns of labels and a target of labels: what is left of them tells nothing more.
    codes = rng.integers(0, 4, size=(200, 10))
    y = np.where(codes[:, 3] > 1, "high", "low")
    frame = pd.DataFrame(codes).astype(str).rename(columns=str)
    selector = JointMISelector(3, stop="p-value", n_permutations=39, random_state=0)
    selector.fit(frame, y)
    assert selector.method_ == "plug-in"
    assert selector.path_[0] == 3
    assert selector.scores_[0] == pytest.approx(np.log(2), abs=0.05)
    assert np.abs(np.delete(selector.candidate_scores_[0], 3)).max() < 0.05


def test_permutations_stay_among_the_labels_selected():
    more = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        group = rng.integers(0, 2, 120)
        frame = pd.DataFrame({"group": group.astype(str), "x": group + 0.5 * rng.normal(size=120)})
        y = 3.0 * group + rng.normal(size=120)  # x tells no more than the group
        selector = JointMISelector(2, stop="p-value", n_permutations=19, random_state=seed)
        more += len(selector.fit(frame, y).path_) > 1 and selector.path_[0] == 0
    assert more <= 3  # at most 0.6 are expected


def test_estimators_of_ones_own_get_the_labels(rng):
    frame, y, _ = groups(rng, 120)
    own = JointMISelector(2, estimator=ScaleInvariantMI(KSG(), LocalScaler())).fit(frame, y)
    expected = JointMISelector(2).fit(frame, y)
    np.testing.assert_allclose(own.candidate_scores_, expected.candidate_scores_, rtol=1e-12)


def test_identifiers_are_never_selected(rng):
    frame, y, group = groups(rng, 100)
    frame["id"] = [f"A{i}" for i in range(100)]
    for target in (y, group.astype(str)):
        with pytest.warns(IdentifierWarning, match="column 'id' of X"):
            selector = JointMISelector(1.0).fit(frame, target)
        assert set(selector.path_) == {0, 1, 2}


@pytest.mark.parametrize("case", [case for case in BAD if not case.startswith("strings")])
def test_bad_input_is_said_so(case):
    bad_X, bad_y, error, message = BAD[case]
    with pytest.raises(error, match=message):
        JointMISelector().fit(bad_X, bad_y)


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (JointMISelector(0), "'n_features_to_select' parameter"),
        (JointMISelector(1.5), "'n_features_to_select' parameter"),
        (JointMISelector(3), "n_features_to_select=3 must not be more than n_features=2"),
        (JointMISelector(direction="backward"), "'direction' parameter.*{'forward'}"),
        (JointMISelector(criterion="cmim"), "'criterion' parameter"),
        (JointMISelector(stop="never"), "'stop' parameter"),
        (JointMISelector(alpha=0), "'alpha' parameter"),
        (JointMISelector(alpha=1.5), "'alpha' parameter"),
        (JointMISelector(stop="p-value", n_permutations=18), "no p-value below 0.0526"),
        (JointMISelector(estimator=3), "'estimator' parameter"),
        (JointMISelector(group_size=3), "'group_size' parameter"),
        (JointMISelector(criterion="jmi", stop="p-value"), "needs criterion='joint', got 'jmi'"),
        (JointMISelector(criterion="mrmr", group_size=2), "group_size=2 judges features together"),
        (JointMISelector(n_neighbors=10), "n_neighbors=10 must be less than n_samples=10"),
        (JointMISelector(discrete_target="yes"), "'discrete_target' parameter"),
    ],
    ids=repr,
)
def test_bad_parameters_are_said_so(selector, message):
    with pytest.raises(ValueError, match=message):
        selector.fit(X, Y)


def test_a_missing_label_is_said_so():
    with pytest.raises(ValueError, match="row 1 has no label"):
        JointMISelector().fit(X, np.array(["a", None] * 5, dtype=object))
