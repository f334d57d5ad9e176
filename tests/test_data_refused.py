"""Bad input: an error that says what is wrong, where, and what to do."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone

from skmi import (
    BIKSG,
    KSG,
    MINE,
    BinningMI,
    MixedKSG,
    RelativeScaleSearch,
    ScaleInvariantMI,
    mutual_info,
)
from skmi._optional import import_optional
from skmi.neural import Training

pytestmark = pytest.mark.filterwarnings("ignore::skmi.exceptions.ScaleEdgeWarning")

X = np.arange(20.0).reshape(10, 2)
Y = np.arange(10.0) ** 2

ALL = [
    KSG(),
    BIKSG(),
    BinningMI(),
    MINE((4,), max_epochs=1),
    ScaleInvariantMI(KSG()),
    ScaleInvariantMI(MINE((4,), max_epochs=1)),
    RelativeScaleSearch(KSG(), [1, 2]),
]

ragged = np.array([[1.0, 2.0]] * 9 + [["a", 2.0]], dtype=object)
frame = pd.DataFrame({"age": X[:, 0], "name": list("abcdefghij")})

BAD = {
    "mismatched lengths": (X, Y[:9], ValueError, "X has 10 samples and y has 9"),
    "one sample": (X[:1], Y[:1], ValueError, "1 sample"),
    "no samples": (X[:0], Y[:0], ValueError, "0 sample"),
    "no columns": (X[:, :0], Y, ValueError, "0 feature"),
    "no columns in y": (X, X[:, :0], ValueError, "0 feature"),
    "one-dimensional X": (Y, Y, ValueError, "Expected 2D array"),
    "three-dimensional X": (X.reshape(5, 2, 2), Y[:5], ValueError, "dim 3"),
    "three-dimensional y": (X, X.reshape(10, 2, 1), ValueError, "dim 3"),
    "a number as y": (X, 3.0, ValueError, "y must hold a value for each sample"),
    "no y": (X, None, ValueError, "requires y"),
    "NaN": (np.where(X == 7, np.nan, X), Y, ValueError, "X contains NaN in column 1 .*row 3"),
    "infinity": (X, np.where(Y == 9, np.inf, Y), ValueError, "y contains infinity in column 0"),
    "object dtype": (ragged, Y, ValueError, "row 9 of column 0 of X holds the string 'a'"),
    "an object": (
        X,
        [object()] * 10,
        ValueError,
        "Numbers are needed, but row 0 of y holds <object",
    ),
    "None": (X, [1.0, None] * 5, ValueError, "y contains NaN.*row 1"),
    "complex X": (X + 1j, Y, ValueError, "Complex data not supported.*column 0 of X"),
    "complex y": (X, Y + 1j, ValueError, "Complex data not supported: y holds"),
    "dates": (X, np.arange(10).astype("datetime64[D]"), ValueError, "dates"),
    "sparse X": (csr_array(X), Y, TypeError, "Sparse data was passed for X"),
    "sparse y": (X, csr_array(Y[:, None]), TypeError, "Sparse data was passed for y"),
    "numbers and strings": (X, [1.0, "a"] * 5, ValueError, "row 1 of y holds the string 'a'"),
}
# What estimators of numbers make of labels.
NUMERIC = [
    BIKSG(),
    BinningMI(),
    MixedKSG(),
    MINE(),
    KSG(discrete_features=False, discrete_target=False),
]
LABELS = {
    "strings in y": (X, list("abcdefghij"), "row 0 of y holds the string 'a'"),
    "strings as y": (X, np.array(list("abcdefghij")), "string.*class labels"),
    "a column of strings": (frame, Y, "row 0 of column 'name' of X holds the string 'a'"),
}


@pytest.mark.parametrize("estimator", ALL, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("case", BAD)
def test_fit_and_score_say_what_is_wrong(estimator, case):
    bad_X, bad_y, error, message = BAD[case]
    with pytest.raises(error, match=message):
        estimator.fit(bad_X, bad_y)
    estimator.fit(X, Y)
    with pytest.raises(error, match=message):
        estimator.score(bad_X, bad_y)


@pytest.mark.parametrize("estimator", [*NUMERIC, ScaleInvariantMI(BIKSG())], ids=repr)
@pytest.mark.parametrize("case", LABELS)
def test_labels_where_numbers_are_needed(estimator, case):
    bad_X, bad_y, message = LABELS[case]
    with pytest.raises(ValueError, match=message):
        estimator.fit(bad_X, bad_y)


@pytest.mark.parametrize("estimator", [KSG(10), BIKSG(12), ScaleInvariantMI(KSG(10))], ids=repr)
def test_too_many_neighbors(estimator):
    with pytest.raises(ValueError, match=r"n_neighbors=1\d must be less than n_samples=10"):
        estimator.fit(X, Y)


def test_score_before_fit():
    for estimator in ALL:
        with pytest.raises(ValueError, match="not fitted"):
            clone(estimator).score(X, Y)


def test_another_number_of_columns():
    for estimator in ALL:
        with pytest.raises(ValueError, match="expecting 2 features"):
            estimator.fit(X, Y).score(X[:, :1], Y)


@pytest.mark.parametrize(
    ("estimator", "parameter"),
    [
        (KSG(0), "n_neighbors"),
        (KSG(1.5), "n_neighbors"),
        (KSG(variant=3), "variant"),
        (KSG(algorithm="ball_tree"), "algorithm"),
        (KSG(tie_tolerance=-1.0), "tie_tolerance"),
        (BIKSG(metric="manhattan"), "metric"),
        (BinningMI(0), "n_bins"),
        (MINE(bound="kl"), "bound"),
        (MINE(activation="sigmoid"), "activation"),
        (MINE(evaluation="test"), "evaluation"),
        (MINE(max_epochs=0), "max_epochs"),
        (MINE(batch_size=1), "batch_size"),
        (MINE(learning_rate=0.0), "learning_rate"),
        (MINE(training=Training(ema_rate=0.0)), "ema_rate"),
        (MINE(training=Training(weight_average=1.0)), "weight_average"),
        (MINE(validation_fraction=1.0), "validation_fraction"),
    ],
    ids=repr,
)
def test_parameters_are_checked_by_name(estimator, parameter):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter"):
        estimator.fit(X, Y)


@pytest.mark.parametrize(
    "dtype",
    ["bool", "int8", "uint8", "int64", "uint64", "float16", "float32", "longdouble", "object"],
)
def test_numbers_of_any_dtype_are_numbers(dtype):
    values = np.random.default_rng(0).integers(0, 2 if dtype == "bool" else 100, size=(50, 3))
    y = values[:, 0].astype(float)
    # Ties of integers are counted; those of other numbers if it is asked for.
    expected = KSG(tie_tolerance=0.0).fit(values.astype(float), y).mi_
    values = values.astype(dtype)
    numbers = KSG(tie_tolerance=0.0, discrete_features=False, discrete_target=False)
    assert numbers.fit(values, values[:, 0]).mi_ == expected
    assert numbers.fit(values.tolist(), values[:, 0].tolist()).mi_ == expected
    if dtype != "bool":
        assert KSG(tie_tolerance=0.0).fit(values, y).mi_ == expected
        assert KSG(tie_tolerance=0.0).fit(values.tolist(), y).mi_ == expected
        if np.dtype(dtype).kind in "iu":
            assert KSG().fit(values, values[:, 0]).mi_ == expected


def test_frames_and_series_and_columns(rng):
    values = rng.normal(size=(60, 3))
    table = pd.DataFrame(values, columns=["a", "b", "c"])
    expected = KSG().fit(values[:, :2], values[:, 2]).mi_
    ksg = KSG().fit(table[["a", "b"]], table["c"])
    assert ksg.mi_ == expected
    assert list(ksg.feature_names_in_) == ["a", "b"]
    assert KSG().fit(table[["a", "b"]], table[["c"]]).mi_ == expected
    nullable = table.convert_dtypes()
    assert KSG().fit(nullable[["a", "b"]], nullable["c"]).mi_ == expected
    table.loc[4, "c"] = np.nan
    with pytest.raises(ValueError, match=r"y contains NaN in column 'c' \(first in row 4\)"):
        KSG().fit(table[["a", "b"]], table["c"])


def test_mutual_info_takes_one_dimensional_variables(rng):
    x, y = rng.normal(size=(2, 80))
    assert mutual_info(x, y) == mutual_info(x[:, None], y)
    assert mutual_info(list(x), list(y)) == mutual_info(x, y)
    assert mutual_info(pd.Series(x), pd.Series(y)) == mutual_info(x, y)


def test_what_an_extra_is_missing_for_is_said():
    with pytest.raises(ImportError, match=r'A display needs no_such: pip install "skmi\[plot\]"'):
        import_optional("no_such.module", purpose="A display", extra="plot")
