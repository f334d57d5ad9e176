"""Draw the pictures of the documentation: ``python docs/make_figures.py``.

Needs ``pip install ".[all]"``; takes some twenty seconds and writes to docs/_static. What
took hours to measure is drawn from docs/studies.
"""

import tempfile
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.signal import lfilter
from sklearn.datasets import load_diabetes, load_digits, load_wine
from sklearn.feature_selection import SelectFdr

from skmi import (
    BIKSG,
    KSG,
    MINE,
    RelativeScaleSearch,
    ScaleInvariantMI,
    make_estimator,
    mutual_info,
)
from skmi.cli import main as skmi_command
from skmi.feature_selection import FeatureMutualInfo
from skmi.inspection import (
    FeatureScoreDisplay,
    InformationPlaneDisplay,
    LagDisplay,
    MINECurveDisplay,
    NoiseResponseDisplay,
    PairwiseMIDisplay,
    ScaleCurveDisplay,
    TrainingDynamicsDisplay,
)
from skmi.neural import Training
from skmi.preprocessing import GlobalLinfScaler, GlobalScaler

STATIC = Path(__file__).parent / "_static"
STUDIES = Path(__file__).parent / "studies"


def correlated_gaussians(n_columns, n_samples=1000, correlation=0.8):
    """Columns of X and y, correlated in pairs; MI of -log(1 - correlation**2) / 2 each."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_samples, n_columns))
    noise = rng.normal(size=(n_samples, n_columns))
    return X, correlation * X + np.sqrt(1 - correlation**2) * noise


def save(figure, name):
    """Write one picture."""
    figure.savefig(STATIC / name, dpi=110)
    plt.close(figure)


# The decision tree: questions with their answers, and in the end an estimator. Those with a star
# are taken if one asks for them, all others by "auto".
TREE = (
    "What are the columns?",
    {
        "labels on both sides": "frequencies\nPlugInMI",
        "labels on one side": (
            "How many columns\nof numbers?",
            {
                "one": "neighbours among equal labels\nRossMI",
                "several": "neighbours among combinations\nCanonicalKSG",
            },
        ),
        "both kinds on one side": "neighbours of both kinds\nMixedKSG, after LocalScaler",
        "numbers": (
            "How many columns\non the wider side?",
            {
                "one": "neighbours on normal scores\nKSG",
                "several": (
                    "What is to be\nexpected?",
                    {
                        "nothing, or anything": "the largest of several estimates\nCanonicalKSG",
                        "a Gaussian copula": "* the correlations of ranks\nGaussianMI",
                        "products of columns": "* a network, for seconds\nAutoMI(neural=True)",
                    },
                ),
            },
        ),
    },
)


def decision_tree():
    """User guide, which estimator: what "auto" does, and where a network helps."""
    figure, ax = plt.subplots(figsize=(12.5, 6), layout="constrained")
    ax.set_axis_off()
    ax.set_xlim(-0.05, 4.15)
    ax.set_ylim(-7.6, 0.6)
    plant(ax, TREE, 0, 0)
    ax.text(-0.03, -7.2, 'green: what "auto" takes     white: if asked for', fontsize=9.5)
    save(figure, "which_estimator.png")


def _n_leaves(node):
    return sum(map(_n_leaves, node[1].values())) if isinstance(node, tuple) else 1


def plant(ax, node, depth, top):
    """Draw a part of the tree whose first leaf is at this height; return where its root is."""
    is_leaf = not isinstance(node, tuple)
    x = 3.25 if is_leaf else depth
    style = {"boxstyle": "round,pad=0.35", "linewidth": 1}
    if is_leaf:
        asked = node.startswith("* ")
        face, edge = ("white", "0.5") if asked else ("#e3f1e3", "#4a8f4a")
        box = {**style, "facecolor": face, "edgecolor": edge}
        ax.text(x, -top, node.removeprefix("* "), ha="left", va="center", fontsize=9.5, bbox=box)
        return x, -top
    question, answers = node
    ends = []
    for answer, below in answers.items():
        ends.append((answer, plant(ax, below, depth + 1.08, top)))
        top += _n_leaves(below)
    y = np.mean([end[1] for _, end in ends])
    for answer, (x_end, y_end) in ends:
        bend = x + 0.5
        ax.plot([x, bend, x_end], [y, y_end, y_end], color="0.6", linewidth=1, zorder=0)
        ax.text(bend + 0.03, y_end + 0.1, answer, fontsize=9, style="italic", va="bottom")
    box = {**style, "facecolor": "#e6ecf7", "edgecolor": "#4a66a0"}
    ax.text(x, y, question, ha="left", va="center", fontsize=10, bbox=box)
    return x, y


def scale_matters():
    """User guide, KSG: estimates against the factor on y."""
    X, y = correlated_gaussians(1)
    truth = -0.5 * np.log(1 - 0.8**2)
    figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    estimators = {
        "KSG()": KSG(),
        "KSG(variant=2)": KSG(variant=2),
        "BIKSG()": BIKSG(),
        "ksg-global-linf": make_estimator("ksg-global-linf"),
    }
    factors = 10.0 ** np.arange(-5, 5.5, 0.5)
    ScaleCurveDisplay.from_estimator(estimators, X, y, factors=factors, ax=ax)
    ax.axhline(truth, color="black", linestyle="--", linewidth=1, zorder=0)
    ax.text(factors[0], truth - 0.015, "truth", va="top")
    ax.axhline(-1 / 3, color="black", linestyle=":", linewidth=1, zorder=0)
    ax.text(1, -1 / 3 + 0.015, "$-1/k$", ha="center", va="bottom")
    ax.set_ylim(-0.4, 0.7)
    ax.get_legend().remove()
    figure.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    save(figure, "scale_matters_gaussian.png")


def noise_columns():
    """User guide, scalers: what columns of little energy do to each normalization."""
    names = ["ksg-local", "ksg-global", "ksg-global-linf"]
    numbers = [0, 1, 2, 4, 8, 16]
    rng = np.random.default_rng(0)
    means = np.zeros((len(numbers), len(names)))
    n_trials = 10
    for _ in range(n_trials):
        X = rng.normal(size=(1000, 2))
        y = X + 0.5 * rng.normal(size=X.shape)
        noise = 0.01 * rng.normal(size=(1000, numbers[-1]))
        for row, number in enumerate(numbers):
            wide = np.hstack([X, noise[:, :number]])
            means[row] += [mutual_info(wide, y, method=name) / n_trials for name in names]
    figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, mean, marker, size in zip(names, means.T, "Ds^", (8, 8, 5), strict=True):
        ax.plot(numbers, mean, marker=marker, markersize=size, label=name)
    ax.axhline(np.log(5), color="black", linestyle="--", linewidth=1, zorder=0)
    ax.text(numbers[-1], np.log(5) + 0.015, "truth", ha="right", va="bottom")
    ax.set_xlabel("columns of noise, 1% as large as the others, appended to X")
    ax.set_ylabel("mutual information (nats)")
    ax.set_ylim(0, 1.8)
    ax.grid(alpha=0.3)
    ax.legend(loc="lower left")
    save(figure, "noise_columns.png")


def scale_search():
    """User guide, scale search: the score over c, and what each search finds."""
    X, y = correlated_gaussians(2)
    X = np.tile(X, 20)
    scales = 2.0 ** np.arange(-6, 8.25, 0.25)
    styles = {None: {"marker": "o", "markersize": 11}, "auto": {"marker": "*", "markersize": 14}}
    figure, ax = plt.subplots(figsize=(7, 4.5), layout="constrained")
    ax.axvspan(0.1, 2, color="0.92", label="fixed grid")
    for scaler in GlobalScaler(), GlobalLinfScaler():
        scores = KSG().score_scales(
            scaler.fit_transform(X), scaler.fit_transform(y), scales, side="X"
        )
        line = ax.semilogx(scales, scores, label=type(scaler).__name__)[0]
        for grid, style in styles.items():
            search = RelativeScaleSearch(KSG(), scales=grid, side="X")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # the edge: the picture shows it
                best = ScaleInvariantMI(search, scaler).fit(X, y)
            color = line.get_color()
            ax.plot(best.best_scale_, best.mi_, **style, color=color, markeredgecolor="black")
    for grid, style in styles.items():
        label = "best of the fixed grid" if grid is None else 'best of "auto"'
        ax.plot([], [], **style, linestyle="", color="white", markeredgecolor="black", label=label)
    truth = -np.log(1 - 0.8**2)
    ax.axhline(truth, color="black", linestyle="--", linewidth=1, zorder=1)
    ax.text(scales[0], truth - 0.015, "truth", va="top")
    ax.set_ylim(-0.05, 1.15)
    ax.set_xlabel("relative scale c, on X")
    ax.set_ylabel("mutual information (nats)")
    ax.grid(alpha=0.3)
    figure.legend(loc="outside lower center", ncols=3)
    save(figure, "scale_search.png")


def feature_scores():
    """User guide, scores of features: the diabetes data."""
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    scorer = FeatureMutualInfo(n_permutations=199, discrete_features=[1], random_state=0)
    selector = SelectFdr(scorer).fit(X, y)
    save(FeatureScoreDisplay.from_estimator(selector).figure_, "feature_scores.png")


def even_digits():
    """User guide, joint selection: two pixels that tell only together."""
    digits = load_digits(as_frame=True)
    even = digits.target % 2 == 0
    pixels = digits.data[["pixel_6_3", "pixel_6_6"]]
    # Grey levels are whole numbers: shifted a little, points are not hidden by others.
    pixels = pixels + np.random.default_rng(0).uniform(-0.4, 0.4, size=pixels.shape)
    figure, ax = plt.subplots(figsize=(5.2, 4.4), layout="constrained")
    for label, name in ((True, "even digit"), (False, "odd digit")):
        ax.scatter(*pixels[even == label].to_numpy().T, s=5, alpha=0.6, label=name)
    ax.set(xlabel="pixel_6_3 (0 white, 16 black)", ylabel="pixel_6_6")
    figure.legend(loc="outside upper center", ncols=2, markerscale=2)
    save(figure, "even_digits.png")


def mine_curve():
    """User guide, MINE: the bounds of each epoch."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = X + rng.normal(size=X.shape)
    figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    mine = MINE(n_critics=4, training=Training(n_iter_no_change=None), random_state=0)
    MINECurveDisplay.from_estimator(mine.fit(X, y), ax=ax)
    ax.axhline(np.log(2), color="black", linestyle=":", linewidth=1, zorder=0)
    ax.text(len(mine.history_), np.log(2) - 0.02, "truth", ha="right", va="top")
    save(figure, "mine_curve.png")


# Of each study those of the paper's figures that the page shows.
PLANES = {
    "digits": {8, 9, 10},
    "ib": {8, 9, 10},
    "ib_ties": {8, 9},
    "ib_mine": {8, 9, 10},
    "mnist": {8, 9, 10},
    "mnist_scales": {9},
    "mnist_mine": {8, 9, 10},
}


def pairwise():
    """User guide, matrix: the columns of wine and its classes."""
    wine = load_wine(as_frame=True)
    frame = wine.data.assign(producer=wine.target_names[wine.target])
    save(PairwiseMIDisplay.from_data(frame).figure_, "pairwise.png")


def lags():
    """User guide, time series: a series that follows the square of another, three steps later."""
    noise = np.random.default_rng(0).normal(size=(2, 800))
    x, noise = lfilter([1], [1, -0.8], noise)
    y = np.roll(x, 3) ** 2 + 0.5 * noise
    display = LagDisplay.from_series(x[3:], y[3:], range(-10, 11), random_state=0)
    save(display.figure_, "lags.png")


def information_planes():
    """User guide, networks: figures 8, 9 and 10, of those studies that are there."""
    displays = {
        8: (NoiseResponseDisplay, "noise"),
        9: (TrainingDynamicsDisplay, "rows"),
        10: (InformationPlaneDisplay, "rows"),
    }
    for study, figures in PLANES.items():
        folder = STUDIES / f"infoplane_{study}"
        if not folder.exists():
            print(f"{folder.name} is not there; the user guide has the command for it")
            continue
        for number in sorted(figures):
            display, kind = displays[number]
            rows = pd.read_parquet(folder / f"{kind}.parquet")
            save(display.from_results(rows).figure_, f"{folder.name}_figure{number}.png")


def demo():
    """README: what `skmi demo` draws."""
    with tempfile.TemporaryDirectory() as folder:
        skmi_command(["demo", "--out", folder])
        picture = Path(folder) / "scale_matters.png"
        (STATIC / "demo.png").write_bytes(picture.read_bytes())


if __name__ == "__main__":
    STATIC.mkdir(exist_ok=True)
    for draw in (
        decision_tree,
        scale_matters,
        noise_columns,
        scale_search,
        feature_scores,
        even_digits,
        mine_curve,
        pairwise,
        lags,
        information_planes,
        demo,
    ):
        draw()
