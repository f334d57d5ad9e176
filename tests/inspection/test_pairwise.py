import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from skmi import pairwise_mutual_info
from skmi.inspection import LagDisplay, PairwiseMIDisplay

mpl.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def two_groups(seed=0, n_samples=200):
    """Columns of two groups in turn, each about a common cause."""
    rng = np.random.default_rng(seed)
    causes = rng.normal(size=(2, n_samples))
    return np.column_stack([causes[i % 2] + 0.3 * rng.normal(size=n_samples) for i in range(6)])


def test_clustering_brings_groups_together():
    X = two_groups()
    display = PairwiseMIDisplay.from_data(X)
    groups = display.order_ % 2
    assert np.count_nonzero(np.diff(groups)) == 1
    assert sorted(display.order_) == list(range(6))
    given = PairwiseMIDisplay.from_data(X, order="given")
    np.testing.assert_array_equal(given.order_, np.arange(6))


def test_the_picture_shows_the_matrix():
    frame = pd.DataFrame(two_groups(), columns=list("abcdef"))
    mi = pairwise_mutual_info(frame)
    display = PairwiseMIDisplay(mi).plot()
    shown = display.image_.get_array()
    for row, i in enumerate(display.order_):
        for column, j in enumerate(display.order_):
            if i == j:
                assert np.ma.is_masked(shown[row, column]) or np.isnan(shown[row, column])
            else:
                assert shown[row, column] == mi.iloc[i, j]
    labels = [text.get_text() for text in display.ax_.get_xticklabels()]
    assert labels == [frame.columns[i] for i in display.order_]
    written = [text.get_text() for text in display.ax_.texts]
    assert len(written) == 30
    assert f"{mi.loc['a', 'c']:.2f}" in written


@pytest.mark.parametrize("library", [pl.from_pandas, pa.Table.from_pandas])
def test_frames_of_other_libraries(library):
    frame = pd.DataFrame(two_groups(), columns=list("abcdef"))
    truth = PairwiseMIDisplay(pairwise_mutual_info(frame)).plot()
    other = PairwiseMIDisplay(pairwise_mutual_info(library(frame))).plot()
    assert other.names == truth.names == list("abcdef")
    np.testing.assert_array_equal(other.order_, truth.order_)


@pytest.mark.parametrize("n_columns", [1, 2, 3])
def test_few_columns(n_columns):
    display = PairwiseMIDisplay.from_data(two_groups()[:, :n_columns])
    assert len(display.order_) == n_columns


@pytest.mark.parametrize(
    ("mi", "params", "match"),
    [
        (np.ones((2, 3)), {}, "symmetric"),
        ([[0, 1], [2, 0]], {}, "symmetric"),
        ([[0, np.nan], [np.nan, 0]], {}, "symmetric|finite"),
        (np.ones((2, 2)), {"order": "size"}, "order"),
        (np.ones((2, 2)), {"names": ["a"]}, "names"),
    ],
)
def test_bad_matrices_are_refused(mi, params, match):
    with pytest.raises(ValueError, match=match):
        PairwiseMIDisplay(mi, **params).plot()


def test_lags():
    rng = np.random.default_rng(0)
    x = rng.normal(size=303)
    y = np.roll(x, 3) + rng.normal(size=303)
    display = LagDisplay.from_series(x, y, lags=[2, 3, -1], n_permutations=19, random_state=0)
    assert display.null_distribution.shape == (19, 3)
    positions = display.stems_.markerline.get_xdata()
    np.testing.assert_array_equal(positions, [-1, 2, 3])
    np.testing.assert_array_equal(display.stems_.markerline.get_ydata(), display.mi[[2, 0, 1]])
    assert display.band_ is not None
    alone = LagDisplay.from_series(x, y, lags=2, n_permutations=None)
    assert alone.band_ is None
    with pytest.raises(ValueError, match="level"):
        LagDisplay([0], [0.1], level=2.0).plot()
    with pytest.raises(ValueError, match="mi has shape"):
        LagDisplay([0, 1], [0.1])
