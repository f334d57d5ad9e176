"""Selection from tables of any kinds: what is selected, by which p-values, and what comes out."""

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy.stats import false_discovery_control
from sklearn.feature_selection import SelectFdr, SelectFwe
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from skmi.exceptions import ConstantWarning, EstimateWarning, IdentifierWarning
from skmi.feature_selection import (
    FeatureMutualInfo,
    MutualInfoSelector,
    _selector,
    feature_mutual_info,
)
from skmi.feature_selection._sequential import permute_until_certain

N = 200
RNG = np.random.default_rng(0)
DAYS = [datetime.date(2020, 1, 1) + datetime.timedelta(int(i)) for i in RNG.integers(0, 900, N)]
COLUMNS = {
    "weight": RNG.normal(size=N),
    "count": RNG.poisson(30, N),
    "smokes": RNG.integers(0, 2, N).astype(bool),
    "city": RNG.choice(["Bern", "Oslo", "Rome"], N).tolist(),
    "day": DAYS,
    "noise": RNG.normal(size=N),
    "other": RNG.choice(["a", "b"], N).tolist(),
}
DAY = np.array([day.toordinal() for day in DAYS], dtype=float)
TARGET = COLUMNS["weight"] + 3.0 * COLUMNS["smokes"] + DAY / 100 + 0.3 * RNG.normal(size=N)
FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "pyarrow": pa.table}

SELECTORS = [
    MutualInfoSelector(),
    MutualInfoSelector(1, n_jobs=2),
    MutualInfoSelector(0.5, n_permutations=9, random_state=0),
    MutualInfoSelector(alpha=0.999, correction="fwer", n_permutations=99, random_state=0),
]


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks(SELECTORS)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("library", FRAMES)
def test_columns_of_all_kinds_in_frames_of_any_library(library):
    frame = FRAMES[library](COLUMNS)
    selector = MutualInfoSelector(alpha=0.05, random_state=0).fit(frame, TARGET)
    assert list(selector.get_feature_names_out()) == ["weight", "smokes", "day"]
    kinds = ["numbers", "numbers", "labels", "labels", "numbers", "numbers", "labels"]
    assert list(selector.kinds_) == kinds
    numbers = pd.DataFrame({**COLUMNS, "day": DAY})
    expected = MutualInfoSelector(alpha=0.05, random_state=0).fit(numbers, TARGET)
    np.testing.assert_allclose(selector.scores_, expected.scores_, atol=1e-12)
    np.testing.assert_allclose(selector.scores_, feature_mutual_info(numbers, TARGET), atol=1e-12)
    np.testing.assert_array_equal(selector.pvalues_, expected.pvalues_)
    out = selector.transform(frame)
    assert type(out) is type(frame)
    for name in ("weight", "smokes", "day"):
        assert out[name].dtype == frame[name].dtype if library != "pyarrow" else True
    if library == "pyarrow":
        assert out.schema == frame.select(["weight", "smokes", "day"]).schema


def test_dates_of_any_dtype_are_the_same():
    stamps = pd.to_datetime(DAYS)
    columns = (
        DAYS,
        stamps,
        stamps.tz_localize("Europe/Zurich").tz_convert("UTC"),
        stamps - stamps[0],
        np.array(DAYS, dtype="M8[D]"),
    )
    expected = MutualInfoSelector(1).fit(DAY[:, None], TARGET).scores_
    for column in columns:
        found = MutualInfoSelector(1).fit(pd.DataFrame({"day": column}), TARGET).scores_
        # Summer begins an hour early: a day is not a day there.
        np.testing.assert_allclose(found, expected, atol=2e-2)
    missing = pd.DataFrame({"day": [None, *stamps[1:]]})
    with pytest.raises(ValueError, match="column 'day' of X contains NaN: row 0 has no date"):
        MutualInfoSelector(1).fit(missing, TARGET)


def test_labels_by_the_names_of_columns(rng):
    codes = rng.integers(0, 4, N).astype(float)
    frame = pd.DataFrame({"code": codes, "x": rng.normal(size=N)})
    y = (codes % 2) + 0.1 * rng.normal(size=N)
    named = MutualInfoSelector(1, discrete_features=["code"]).fit(frame, y)
    assert list(named.kinds_) == ["labels", "numbers"]
    words = frame.assign(code=codes.astype(int).astype(str))
    np.testing.assert_array_equal(named.scores_, MutualInfoSelector(1).fit(words, y).scores_)


def world(seed, n_features=30, n_samples=150):
    """Columns with and without ties, and labels: of each third a few tell about y."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n_samples)
    X = rng.normal(size=(n_samples, n_features))
    X[:, :9] += np.linspace(0.2, 2.0, 9)[:n_features] * y[:, None]
    frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(n_features)])
    for i in range(0, n_features, 3):
        frame[f"x{i}"] = frame[f"x{i}"].round(1)
        frame[f"x{i + 1}"] = np.digitize(frame[f"x{i + 1}"], [-0.5, 0.5]).astype(str)
    return frame, y


@pytest.mark.parametrize("correction", ["fdr", "fwer", None])
def test_stopping_early_selects_what_all_permutations_select(correction, monkeypatch):
    for seed in range(2):
        frame, y = world(seed, n_features=12, n_samples=60)
        options = {"alpha": 0.1, "correction": correction, "n_permutations": 299}
        early = MutualInfoSelector(**options, random_state=seed).fit(frame, y)
        # The same p-values of Besag and Clifford, where no fate is ever certain.
        with monkeypatch.context() as patched:
            patched.setattr(_selector, "permute_until_certain", never_certain)
            every = MutualInfoSelector(**options, random_state=seed).fit(frame, y)
        np.testing.assert_array_equal(early.support_, every.support_)
        assert (early.pvalues_ >= every.pvalues_).all()
        if correction != "fwer":  # there the smallest p-value needs all permutations
            assert early.n_permutations_.sum() < every.n_permutations_.sum()
        assert 0 < early.support_.sum() < 12


def never_certain(*args, level, **options):
    return permute_until_certain(*args, level=None, **options)


def test_without_shortcuts_the_pvalues_are_those_of_the_scorer():
    frame, y = world(0, 6)
    selector = MutualInfoSelector(
        2, n_permutations=60, early_stopping=False, shared_null=False, random_state=3
    ).fit(frame, y)
    scores, pvalues = FeatureMutualInfo(60, random_state=3)(frame, y)
    np.testing.assert_array_equal(selector.pvalues_, pvalues)
    np.testing.assert_array_equal(selector.scores_, scores)
    assert (selector.n_permutations_ == 60).all()


def test_it_selects_what_selectors_of_scikit_learn_select():
    frame, y = world(1, 12)
    X = frame.to_numpy(dtype=object)
    scorer = FeatureMutualInfo(499, random_state=0)
    for correction, peer in (("fdr", SelectFdr), ("fwer", SelectFwe)):
        found = MutualInfoSelector(
            alpha=0.05, correction=correction, early_stopping=False, shared_null=False,
            random_state=0,
        ).fit(frame, y)  # fmt: skip
        expected = peer(lambda X, y: scorer(frame, y), alpha=0.05)
        expected.fit(np.zeros(X.shape), y)
        assert set(expected.get_support(indices=True)) <= set(found.get_support(indices=True))
        if correction == "fdr":
            np.testing.assert_array_equal(found.support_, expected.get_support())
            np.testing.assert_allclose(
                found.adjusted_pvalues_, false_discovery_control(found.pvalues_)
            )


def test_a_shared_null_is_exact():
    # Each p-value alone is uniform if nothing tells anything, by shared permutations or not.
    small = {True: 0, False: 0}
    for seed in range(150):
        rng = np.random.default_rng(seed)
        X, y = rng.gamma(1.0, size=(40, 2)) ** 2, rng.normal(size=40)
        for shared in small:
            selector = MutualInfoSelector(
                1, n_permutations=19, shared_null=shared, random_state=seed, early_stopping=False
            ).fit(X, y)
            assert set(selector.null_) == {"shared" if shared else "own"}
            small[shared] += (selector.pvalues_ <= 0.1).sum()
    # 30 of 300 are expected; three deviations are 16 at most.
    assert max(small.values()) <= 46
    assert small[True] >= 14


def test_a_shared_null_needs_no_units_and_no_shape(rng):
    x, y = rng.normal(size=100), rng.normal(size=100)
    y += 0.4 * x
    columns = np.column_stack([x, np.exp(x), x**3, -x])
    options = {"n_permutations": 99, "random_state": 0, "early_stopping": False}
    pvalues = MutualInfoSelector(1, **options).fit(columns, y).pvalues_
    assert (pvalues == pvalues[0]).all()
    assert len({*MutualInfoSelector(1, shared_null=False, **options).fit(columns, y).pvalues_}) > 1


def test_the_level_is_held():
    false = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        frame = pd.DataFrame(rng.normal(size=(60, 8)))
        frame[0] = frame[0] > 0
        frame[1] = frame[1].round(1)
        y = rng.normal(size=60)
        selector = MutualInfoSelector(alpha=0.1, random_state=seed).fit(frame, y)
        false.append(selector.support_.any())
    assert np.mean(false) <= 0.1 + 3 * np.sqrt(0.09 / 40)


def test_too_few_permutations_are_refused_before_the_work():
    frame, y = world(0)
    with pytest.raises(ValueError, match=r"n_permutations=99 gives no.* below 0.01.*to 599"):
        MutualInfoSelector(alpha=0.05, n_permutations=99).fit(frame, y)
    with pytest.raises(ValueError, match=r"correction=None\. Raise n_permutations to 19"):
        MutualInfoSelector(alpha=0.05, correction=None, n_permutations=18).fit(frame, y)
    selector = MutualInfoSelector(alpha=0.05, n_permutations=599, random_state=0)
    y = frame["x5"] ** 2  # a single feature can be selected
    assert selector.fit(frame, y).support_[5]
    assert selector.pvalues_[5] == pytest.approx(1 / 600)


@pytest.mark.parametrize(("asked", "selected"), [(None, 15), (4, 4), (0.2, 6), (0.001, 1)])
def test_how_many_are_selected(asked, selected):
    frame, y = world(0)
    selector = MutualInfoSelector(asked).fit(frame, y)
    assert selector.support_.sum() == selected
    best = np.sort(selector.scores_)[::-1][:selected]
    np.testing.assert_array_equal(np.sort(selector.scores_[selector.support_])[::-1], best)
    assert not hasattr(selector, "pvalues_")


def test_the_best_of_those_that_are_significant():
    frame, y = world(0)
    all_of_them = MutualInfoSelector(alpha=0.05, random_state=0).fit(frame, y)
    best = MutualInfoSelector(2, alpha=0.05, random_state=0).fit(frame, y)
    assert best.support_.sum() == 2 < all_of_them.support_.sum()
    assert best.scores_[best.support_].min() >= all_of_them.scores_[~best.support_].max()


def test_identifiers_and_constants_are_told_and_never_selected(rng):
    frame = pd.DataFrame(
        {
            "id": [f"A{i}" for i in range(N)],
            "row": np.arange(N)[::-1],
            "one": "same",
            "zero": 0.0,
            "x": rng.normal(size=N),
        }
    )
    y = np.arange(N) / 10.0  # told best by row numbers
    with (
        pytest.warns(ConstantWarning, match="column 'one' of X, column 'zero' of X"),
        pytest.warns(IdentifierWarning, match="Row numbers in column 'row' of X"),
        pytest.warns(IdentifierWarning, match="'id' of X looks like an identifier"),
        pytest.warns(UserWarning, match="3 features were asked for, but only 1"),
    ):
        selector = MutualInfoSelector(3, n_permutations=19, random_state=0).fit(frame, y)
    assert list(selector.excluded_) == [True, True, True, True, False]
    assert list(selector.get_feature_names_out()) == ["x"]
    assert list(selector.null_) == ["none"] * 4 + ["own"]
    assert (selector.pvalues_[:4] == 1.0).all()
    with pytest.warns(EstimateWarning):
        floats = MutualInfoSelector(1).fit(frame.astype({"row": float}), y)
    assert list(floats.get_feature_names_out()) == ["row"]


def test_nothing_may_be_selected(rng):
    frame = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    y = rng.normal(size=60)
    for X in (frame, frame.to_numpy()):
        selector = MutualInfoSelector(alpha=0.01, random_state=0).fit(X, y)
        with pytest.warns(UserWarning, match="No features were selected"):
            assert selector.transform(X).shape == (60, 0)


def test_random_state_alone_decides(capsys):
    frame, y = world(2, 9)
    first = MutualInfoSelector(alpha=0.05, random_state=0, n_jobs=1).fit(frame, y)
    for n_jobs, verbose in ((3, 0), (None, 1)):
        again = MutualInfoSelector(alpha=0.05, random_state=0, n_jobs=n_jobs, verbose=verbose)
        np.testing.assert_array_equal(again.fit(frame, y).pvalues_, first.pvalues_)
        np.testing.assert_array_equal(again.n_permutations_, first.n_permutations_)
        printed = capsys.readouterr().out
        assert ("of at most 499 permutations: " in printed) == bool(verbose)
    other = MutualInfoSelector(alpha=0.05, random_state=1).fit(frame, y)
    assert (other.pvalues_ != first.pvalues_).any()


def test_in_a_pipeline_of_frames():
    frame, y = world(0)
    numbers = frame[["x0", "x2", "x5", "x8", "x11"]]
    pipeline = make_pipeline(
        MutualInfoSelector(2).set_output(transform="pandas"), KNeighborsClassifier()
    )
    pipeline.fit(numbers, y > 0)
    assert list(pipeline[0].transform(numbers).columns) == ["x5", "x8"]
    assert pipeline.score(numbers, y > 0) > 0.8
    with pytest.raises(ValueError, match="feature names should match"):
        pipeline[0].transform(numbers.rename(columns={"x0": "z"}))


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        (MutualInfoSelector(0), "'n_features_to_select' parameter"),
        (MutualInfoSelector(True), "'n_features_to_select' parameter"),
        (MutualInfoSelector(31), "n_features_to_select=31 must not be more than n_features=30"),
        (MutualInfoSelector(alpha=1.0), "'alpha' parameter"),
        (MutualInfoSelector(correction="bonferroni"), "'correction' parameter"),
        (MutualInfoSelector(n_permutations=0), "'n_permutations' parameter"),
        (MutualInfoSelector(n_neighbors=150), "n_neighbors=150 must be less than n_samples=150"),
        (MutualInfoSelector(discrete_features=["zz"]), "names the column 'zz'"),
    ],
    ids=repr,
)
def test_bad_parameters_are_said_so(selector, message):
    frame, y = world(0)
    with pytest.raises(ValueError, match=message):
        selector.fit(frame, y)
