"""Scores where values are missing, and scores from 0 to 1."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.datasets import load_wine
from sklearn.metrics import normalized_mutual_info_score

from skmi import mutual_info
from skmi.feature_selection import FeatureMutualInfo, feature_mutual_info


@pytest.fixture
def table():
    """Numbers, labels and integers, each with holes of its own, and labels to tell."""
    rng = np.random.default_rng(0)
    n = 300
    y = rng.choice(["a", "b", "c"], size=n)
    x = 2 * (y == "a") + rng.normal(size=n)
    word = np.where(rng.random(n) < 0.7, y, "d").astype(object)
    x[rng.random(n) < 0.2] = np.nan
    word[rng.random(n) < 0.3] = None
    return pd.DataFrame({"x": x, "word": word, "whole": rng.normal(size=n)}), y


def test_each_column_keeps_its_own_rows(table):
    X, y = table
    together = feature_mutual_info(X, y, nan_policy="omit", clip=False)
    for name, score in zip(X, together, strict=True):
        kept = X[name].notna().to_numpy()
        assert score == feature_mutual_info(X[[name]][kept], y[kept], clip=False)[0]


def test_missing_targets_are_left_out(table):
    X, y = table
    X, holes = X[["whole"]], y.astype(object)
    holes[::3] = None
    kept = np.arange(len(y)) % 3 > 0
    assert feature_mutual_info(X, holes, nan_policy="omit") == feature_mutual_info(X[kept], y[kept])


def test_frames_agree(table):
    X, y = table
    pandas = feature_mutual_info(X, y, nan_policy="omit")
    frame = pl.DataFrame(
        {name: X[name].astype(object).where(X[name].notna(), None).to_list() for name in X}
    )
    assert np.array_equal(feature_mutual_info(frame, y, nan_policy="omit"), pandas)


def test_nothing_missing_is_as_without_a_policy():
    X, y = load_wine(return_X_y=True)
    plain = feature_mutual_info(X, y)
    for policy in "omit", "label":
        assert np.array_equal(feature_mutual_info(X, y, nan_policy=policy), plain)


def test_missing_labels_as_a_label(table):
    X, y = table
    scores = feature_mutual_info(X, y, nan_policy="label", clip=False)
    own = X["word"].fillna("missing").to_frame()
    assert scores[1] == pytest.approx(feature_mutual_info(own, y)[0], rel=1e-12)
    omitted = feature_mutual_info(X, y, nan_policy="omit", clip=False)
    assert np.array_equal(scores[[0, 2]], omitted[[0, 2]])
    # That a value is missing may be what tells.
    tells = pd.DataFrame({"gone": pd.Series(np.where(y == "a", None, "here"), dtype=object)})
    assert feature_mutual_info(tells, y, nan_policy="label")[0] > 0.6


def test_counts_and_pvalues(table):
    X, y = table
    scorer = FeatureMutualInfo(n_permutations=39, nan_policy="omit", random_state=0)
    scores, pvalues = scorer(X, y)
    assert scorer.n_samples_.tolist() == X.notna().sum().tolist()
    assert np.array_equal(scores, feature_mutual_info(X, y, nan_policy="omit"))
    assert pvalues[0] == pvalues[1] == 1 / 40
    assert pvalues[2] > 0.05
    again = FeatureMutualInfo(n_permutations=39, nan_policy="omit", random_state=0, n_jobs=2)
    assert np.array_equal(again(X, y)[1], pvalues)


def test_pvalues_keep_their_level():
    """Of columns with holes that tell nothing, one in twenty has p <= 0.05."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 200))
    X[rng.random(X.shape) < 0.05] = np.nan
    scorer = FeatureMutualInfo(n_permutations=19, nan_policy="omit", random_state=0)
    pvalues = scorer(X, rng.normal(size=60))[1]
    assert 2 <= (pvalues <= 0.05).sum() <= 22


def test_positions_and_names_of_labels(table):
    X, y = table
    numbers = np.column_stack([X["x"], (X["x"] > 0) * 1.0])
    numbers[:, 1][X["x"].isna()] = np.nan
    by_position = feature_mutual_info(numbers, y, discrete_features=[1], nan_policy="omit")
    named = pd.DataFrame(numbers, columns=["x", "sign"])
    by_name = feature_mutual_info(named, y, discrete_features=["sign"], nan_policy="omit")
    assert np.array_equal(by_position, by_name)
    kept = ~np.isnan(numbers[:, 1])
    assert by_name[1] == pytest.approx(mutual_info(numbers[kept, 1] > 0, y[kept]), rel=1e-9)
    own = feature_mutual_info(named, y, discrete_features=["sign"], nan_policy="label")
    assert own[1] > by_name[1] - 0.1
    assert own[1] == pytest.approx(mutual_info(np.nan_to_num(numbers[:, 1], nan=7).astype(str), y))


def test_errors(table):
    X, y = table
    with pytest.raises(ValueError, match="NaN"):
        feature_mutual_info(X[["x"]], y)
    with pytest.raises(ValueError, match="nan_policy"):
        feature_mutual_info(X, y, nan_policy="propagate")
    X = X.assign(x=np.nan)
    with pytest.raises(ValueError, match="column 'x' of X and y have a value in 0 rows together"):
        feature_mutual_info(X, y, nan_policy="omit")


def test_scores_from_0_to_1(table):
    X, y = table
    kept = X["word"].notna().to_numpy()
    for normalize in "min", "arithmetic", "geometric", "max":
        found = feature_mutual_info(X[["word"]], y, normalize=normalize, nan_policy="omit")
        theirs = normalized_mutual_info_score(
            X["word"][kept].to_numpy(dtype=str), y[kept], average_method=normalize
        )
        assert found[0] == pytest.approx(theirs)
    shares = feature_mutual_info(X, y, normalize="target", nan_policy="omit")
    nats = feature_mutual_info(X, y, nan_policy="omit")
    assert shares == pytest.approx(nats / np.log(3), rel=0.03)
    whole = X[["whole"]]
    assert FeatureMutualInfo(None, normalize="target")(whole, y) == pytest.approx(
        feature_mutual_info(whole, y, normalize="target")
    )


def test_the_correlation_of_numbers():
    rng = np.random.default_rng(0)
    y = rng.normal(size=4000)
    X = np.column_stack([0.8 * y + 0.6 * rng.normal(size=4000), rng.normal(size=4000)])
    scores = feature_mutual_info(X, y, normalize="correlation")
    assert scores == pytest.approx([0.8, 0.0], abs=0.12)
    assert scores[0] == pytest.approx(0.8, abs=0.02)
    assert not np.isnan(scores).any()


@pytest.mark.parametrize(
    ("columns", "normalize", "message"),
    [
        (["x"], "correlation", "y holds labels"),
        (["word", "x"], "arithmetic", "column 'x' of X holds numbers"),
        (["x"], "nats", "normalize"),
    ],
)
def test_what_does_not_apply(table, columns, normalize, message):
    X, y = table
    with pytest.raises(ValueError, match=message):
        feature_mutual_info(X[columns], y, normalize=normalize, nan_policy="omit")
    with pytest.raises(ValueError, match="do not go together"):
        FeatureMutualInfo(None, normalize="target", base=2)(X[["whole"]], y)
    with pytest.raises(ValueError, match="but y holds numbers"):
        feature_mutual_info(X[["whole"]], X["whole"], normalize="target")
