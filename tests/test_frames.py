"""Frames of any library: equal values, kinds and names; and what nobody would count on."""

import datetime
from decimal import Decimal
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    LocalScaler,
    MixedKSG,
    NormalScoreScaler,
    PlugInMI,
    RelativeScaleSearch,
    RossMI,
    ScaleInvariantMI,
    conditional_mutual_info,
    get_estimator_names,
    make_estimator,
    mutual_info,
)
from skmi._input._table import read_table
from skmi.feature_selection import FeatureMutualInfo, JointMISelector, feature_mutual_info
from skmi.information_plane import InformationPlane
from skmi.inspection import ScaleCurveDisplay
from skmi.model_selection import (
    conditional_independence_test,
    mutual_info_diagnostics,
    mutual_info_interval,
    mutual_info_permutation_test,
)

RNG = np.random.default_rng(0)
N = 120
FLAG = np.arange(N) % 2 == 0
WORD = np.array(["a", "b", "c"])[np.arange(N) % 3]
NUMBER = RNG.normal(size=N)
COUNT = RNG.integers(0, 50, size=N)
Y = NUMBER + 2.0 * FLAG + 0.3 * RNG.normal(size=N)

COLUMNS = {"flag": FLAG, "number": NUMBER, "word": WORD, "count": COUNT}
KINDS = ["label", "number", "label", "integer"]

FRAMES = {
    "pandas": pd.DataFrame,
    "pandas, by pyarrow": lambda c: pd.DataFrame(c).convert_dtypes(dtype_backend="pyarrow"),
    "pandas, nullable": lambda c: pd.DataFrame(c).convert_dtypes(),
    "pandas, categories": lambda c: pd.DataFrame(c).astype(
        {name: "category" for name in c if name == "word"}
    ),
    "polars": pl.DataFrame,
    "polars, categories": lambda c: pl.DataFrame(c).with_columns(
        *[pl.col(name).cast(pl.Categorical) for name in c if name == "word"]
    ),
    "polars, enumerated": lambda c: pl.DataFrame(c).with_columns(
        *[pl.col(name).cast(pl.Enum(["a", "b", "c"])) for name in c if name == "word"]
    ),
    "pyarrow": lambda c: pa.table({name: pa.array(values) for name, values in c.items()}),
    "pyarrow, in chunks": lambda c: pa.concat_tables(
        [
            pa.table({name: pa.array(values[part]) for name, values in c.items()})
            for part in (slice(0, 50), slice(50, None))
        ]
    ),
    "a dict": dict,
}
SERIES = {
    "pandas": pd.Series,
    "polars": pl.Series,
    "pyarrow": lambda values: pa.chunked_array([values]),
    "a list": list,
}


@pytest.mark.parametrize("library", FRAMES)
def test_kinds_and_names_are_those_of_the_columns(library):
    table = read_table(FRAMES[library](COLUMNS), "X")
    assert table.names == list(COLUMNS)
    assert table.kinds == KINDS
    for position, (name, values) in enumerate(COLUMNS.items()):
        assert table.column(position).tolist() == values.tolist(), name


@pytest.mark.parametrize("library", FRAMES)
@pytest.mark.parametrize("names", [["flag", "number"], ["number", "word"], ["count", "number"]])
def test_values_are_those_of_arrays(library, names):
    columns = {name: COLUMNS[name] for name in names}
    frame = FRAMES[library](columns)
    codes = [np.unique(v, return_inverse=True)[1] if v is WORD else v for v in columns.values()]
    X = np.column_stack(codes).astype(float)
    labels = [name in ("flag", "word") for name in names]
    for method in ("ksg", "ksg-local", "ksg-global", "ksg-global-linf"):
        # Among integers ties are counted.
        ties = {"tie_tolerance": 0.0} if method == "ksg" and "count" in names else {}
        expected = mutual_info(X, Y, method, discrete_features=labels, **ties)
        assert mutual_info(frame, Y, method) == expected
    np.testing.assert_array_equal(
        feature_mutual_info(frame, Y), feature_mutual_info(X, Y, discrete_features=labels)
    )


def test_a_boolean_and_a_float_column():
    # Polars' came out as two columns of numbers: 0.23 for a truth of 0.51.
    rng = np.random.default_rng(0)
    n = 2000
    flag, x = rng.integers(0, 2, n) > 0, rng.normal(size=n)
    y = x * flag + rng.normal(size=n)
    columns = {"flag": flag, "x": x}
    found = [mutual_info(FRAMES[library](columns), y, "ksg-local") for library in FRAMES]
    assert len(set(found)) == 1
    # I(flag, x; y) = h(y) - h(y | flag, x), where y is N(0, 1) or N(0, 2) for either flag.
    grid = np.linspace(-12, 12, 200_001)
    density = sum(0.5 * np.exp(-(grid**2) / (2 * v)) / np.sqrt(2 * np.pi * v) for v in (1.0, 2.0))
    entropy = -np.sum(density * np.log(density)) * (grid[1] - grid[0])
    truth = entropy - 0.5 * np.log(2 * np.pi * np.e)
    assert found[0] == pytest.approx(truth, abs=0.06)


@pytest.mark.parametrize("library", SERIES)
@pytest.mark.parametrize("kind", ["number", "word", "flag", "count"])
def test_series(library, kind):
    values = COLUMNS[kind]
    series = SERIES[library](values)
    X = Y[:, None]
    for estimator in (KSG(), make_estimator("ksg-global-linf")):
        expected = estimator.fit(X, values).mi_
        assert estimator.fit(X, series).mi_ == expected
        assert estimator.score(X, series) == expected
    assert mutual_info(series, Y) == mutual_info(values, Y)
    np.testing.assert_array_equal(feature_mutual_info(X, series), feature_mutual_info(X, values))
    selector = JointMISelector(1).fit(X, series)
    np.testing.assert_array_equal(selector.scores_, JointMISelector(1).fit(X, values).scores_)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_names_are_remembered_and_checked(library):
    frame = FRAMES[library]({"a": NUMBER, "b": Y})
    fitted = KSG().fit(frame, Y)
    assert list(fitted.feature_names_in_) == ["a", "b"]
    assert fitted.score(frame, Y) == fitted.mi_
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.score(FRAMES[library]({"b": Y, "a": NUMBER}), Y)
    named = KSG(discrete_features=["word"]).fit(FRAMES[library]({"word": COUNT % 3, "x": Y}), Y)
    assert named.method_ == "mixed"


@pytest.mark.parametrize("library", [name for name in FRAMES if name != "a dict"])
def test_rows_of_frames(library):
    columns = {"flag": FLAG, "number": NUMBER}
    frame = FRAMES[library](columns)
    options = {"n_permutations": 5, "random_state": 0}
    expected = mutual_info_permutation_test("ksg-local", pd.DataFrame(columns), Y, **options)
    found = mutual_info_permutation_test("ksg-local", frame, Y, **options)
    np.testing.assert_array_equal(found.null_distribution, expected.null_distribution)
    conditional = conditional_mutual_info(FRAMES[library]({"x": NUMBER}), Y, NUMBER + Y)
    assert conditional == conditional_mutual_info(NUMBER, Y, NUMBER + Y)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_what_is_missing_is_named(library):
    numbers = [0.5, None, 1.5] * 40
    words = ["a", "b", None] * 40
    frame = FRAMES[library]({"n": numbers, "w": ["a", "b", "c"] * 40})
    with pytest.raises(ValueError, match=r"X contains NaN in column 'n' \(first in row 1\)"):
        mutual_info(frame, Y)
    frame = FRAMES[library]({"n": [0.5, 1.0, 1.5] * 40, "w": words})
    with pytest.raises(ValueError, match="column 'w' of X contains NaN: row 2 has no label"):
        mutual_info(frame, Y)


DAYS = [datetime.date(2020, 1, 1) + datetime.timedelta(i) for i in range(N)]


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        (pl.DataFrame({"day": DAYS}), ValueError, "column 'day' of X holds dates|X holds dates"),
        (pd.DataFrame({"day": pd.to_datetime(DAYS)}), ValueError, "holds dates"),
        (pa.table({"day": DAYS}), ValueError, "holds dates"),
        (pl.DataFrame({"l": [[1, 2]] * N}), ValueError, "holds lists or records"),
        (pa.table({"l": [{"a": 1}] * N}), ValueError, "holds lists or records"),
        (pl.LazyFrame({"a": NUMBER}), TypeError, r"X is a lazy frame .*\.collect\(\)"),
        ({"a": NUMBER, "b": NUMBER[1:]}, ValueError, "columns of X have different lengths"),
    ],
)
def test_what_is_no_column_of_numbers_is_said_so(frame, error, message):
    with pytest.raises(error, match=message):
        mutual_info(frame, Y)
    with pytest.raises(error, match=message):
        feature_mutual_info(frame, Y)


def test_decimals_and_columns_of_equal_names():
    decimals = [Decimal(int(c)) / 4 for c in COUNT]
    expected = mutual_info(COUNT / 4, Y, "ksg-local")
    # polars 1.0 takes the number of decimals from the first value unless it is told not to.
    of_polars = pl.DataFrame({"d": decimals}, strict=False)
    for frame in (of_polars, pa.table({"d": decimals})):
        assert mutual_info(frame, Y, "ksg-local") == expected
    twice = pd.DataFrame(np.column_stack([NUMBER, Y]), columns=["a", "a"])
    assert mutual_info(twice, Y, "ksg-local") == mutual_info(twice.to_numpy(), Y, "ksg-local")


@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "bool"])
def test_sparse_columns_of_pandas(dtype):
    dense = pd.DataFrame({"a": (COUNT * (COUNT % 3 == 0)).astype(dtype), "b": FLAG.astype(dtype)})
    sparse = dense.astype(pd.SparseDtype(dtype, dense.dtypes["a"].type(0)))
    assert mutual_info(sparse, Y, "ksg-local") == mutual_info(dense, Y, "ksg-local")
    np.testing.assert_array_equal(feature_mutual_info(sparse, Y), feature_mutual_info(dense, Y))
    assert KSG().fit(sparse, Y).method_ == KSG().fit(dense, Y).method_
    mixed = dense.assign(c=NUMBER).assign(a=sparse["a"])
    assert mutual_info(mixed, Y) == mutual_info(dense.assign(c=NUMBER), Y)
    assert KSG().fit(NUMBER[:, None], sparse["a"]).mi_ == KSG().fit(NUMBER[:, None], dense["a"]).mi_


CLEAN = np.column_stack([NUMBER, Y])
MASKED = np.ma.masked_where(CLEAN > 2, CLEAN)
X_MESSAGE = rf"X is a masked array with {(CLEAN > 2).sum()} masked values.*\.filled\(value\)"
ESTIMATORS = [
    KSG(),
    BIKSG(),
    BinningMI(),
    MixedKSG(),
    RossMI(),
    PlugInMI(),
    ScaleInvariantMI(),
    RelativeScaleSearch(KSG()),
    JointMISelector(1),
]
FUNCTIONS = {
    "mutual_info": mutual_info,
    "feature_mutual_info": feature_mutual_info,
    "FeatureMutualInfo": FeatureMutualInfo(5),
    "permutation test": partial(mutual_info_permutation_test, "ksg"),
    "permutation test of others": partial(
        mutual_info_permutation_test, ScaleInvariantMI(KSG(), LocalScaler())
    ),
    "interval": partial(mutual_info_interval, "ksg"),
    "diagnostics": partial(mutual_info_diagnostics, "ksg"),
    "conditional": lambda X, y: conditional_mutual_info(X, y, NUMBER),
    "conditional test": lambda X, y: conditional_independence_test(X, y, NUMBER),
    "scores of scales": lambda X, y: KSG().score_scales(X, y, [1.0]),
    "scale curve": lambda X, y: ScaleCurveDisplay.compute("ksg", X, y),
    "plane": lambda X, y: InformationPlane(["1"], estimator="ksg").set_data(X, y),
}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_masks_are_refused_by_estimators(estimator):
    masked_y = np.ma.masked_array(COUNT % 2, mask=FLAG)
    with pytest.raises(ValueError, match=X_MESSAGE):
        estimator.fit(MASKED, COUNT % 2)
    with pytest.raises(ValueError, match="y is a masked array with 60 masked values"):
        estimator.fit(CLEAN, masked_y)
    if hasattr(estimator, "score"):
        labels = np.column_stack([COUNT % 2, COUNT % 2])
        X = labels if isinstance(estimator, PlugInMI) else CLEAN
        estimator.fit(X, COUNT % 2)
        for method in (estimator.score, getattr(estimator, "score_samples", estimator.score)):
            with pytest.raises(ValueError, match=X_MESSAGE):
                method(MASKED, COUNT % 2)
            with pytest.raises(ValueError, match="y is a masked array"):
                method(X, masked_y)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_masks_are_refused_by_functions(name):
    with pytest.raises(ValueError, match=X_MESSAGE):
        FUNCTIONS[name](MASKED, Y)
    with pytest.raises(ValueError, match="y is a masked array with 60 masked values"):
        FUNCTIONS[name](CLEAN, np.ma.masked_array(Y, mask=FLAG))


@pytest.mark.parametrize("test", [conditional_mutual_info, conditional_independence_test])
def test_masks_of_z_are_refused(test):
    with pytest.raises(ValueError, match="z is a masked array with 60 masked values"):
        test(NUMBER, Y, np.ma.masked_array(Y, mask=FLAG))


@pytest.mark.parametrize("scaler", [LocalScaler(), NormalScoreScaler()], ids=repr)
def test_masks_are_refused_by_scalers(scaler):
    with pytest.raises(ValueError, match=X_MESSAGE):
        scaler.fit(MASKED)
    scaler.fit(CLEAN)
    for method in (scaler.transform, scaler.inverse_transform):
        with pytest.raises(ValueError, match=X_MESSAGE):
            method(MASKED)
    if hasattr(scaler, "partial_fit"):
        with pytest.raises(ValueError, match=X_MESSAGE):
            scaler.partial_fit(MASKED)


@pytest.mark.parametrize("name", [n for n in get_estimator_names() if "ksg" in n])
def test_a_mask_that_hides_nothing_is_no_matter(name):
    nothing = np.ma.masked_array(CLEAN, mask=False)
    assert mutual_info(nothing, Y, name) == mutual_info(CLEAN, Y, name)
