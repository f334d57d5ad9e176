"""Make the tables and the picture of the leaderboard: ``python docs/make_leaderboard.py``.

Needs ``pip install ".[all]"``; takes some seconds. It reads what ``docs/studies/leaderboard.py``
has stored, and writes to docs/leaderboard and docs/_static.
"""

from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas

from skmi.datasets import World, get_world_names

DOCS = Path(__file__).parent
STORE = DOCS / "studies" / "leaderboard.csv"
TABLES, PICTURE = DOCS / "leaderboard", DOCS / "_static" / "leaderboard.png"
OURS = "skmi"
# What the picture and most tables are of.
N_SAMPLES = 1000
# Of a world, another estimator is ahead of "auto" by more than this, in nats.
AHEAD = 0.02
# An estimator with fewer worlds of a size is not shown: it has not run yet.
FEWEST_WORLDS = 10
# The colours end here, in nats.
LARGEST = 0.5


def main() -> None:
    """Write all."""
    estimates = read()
    TABLES.mkdir(exist_ok=True)
    at = estimates[estimates.n_samples == N_SAMPLES]
    nulls, rest = at[at.family == "null"], at[at.family != "null"]
    one = rest[rest.one_column]
    write("one_column", summary(one))
    write("several_columns", summary(rest[~rest.one_column], whole=True))
    write("nulls", summary_of_nulls(nulls))
    write("by_size", by_size(estimates[estimates.family != "null"]))
    write("ahead", ahead_of_auto(rest))
    write("versions", versions(estimates))
    draw(at)


def read() -> pandas.DataFrame:
    """All estimates that are numbers, with what is known of their worlds."""
    estimates = pandas.read_csv(STORE)
    about = {name: World(name) for name in get_world_names()}
    one = {name: all(s.shape[1] == 1 for s in each.sample(1, 0)) for name, each in about.items()}
    estimates = estimates[estimates.world.isin(about)]
    worlds = estimates.groupby(["estimator", "n_samples"]).world.transform("nunique")
    estimates = estimates[worlds >= FEWEST_WORLDS]
    return estimates.assign(
        truth=estimates.world.map(lambda name: about[name].mutual_info),
        family=estimates.world.map(lambda name: about[name].family),
        one_column=estimates.world.map(one),
        error=lambda e: e.estimate - e.world.map(lambda name: about[name].mutual_info),
        failed=estimates.estimate.isna(),
    )


def write(name: str, table: pandas.DataFrame) -> None:
    """One table."""
    table.to_csv(TABLES / f"{name}.csv", index=False)


def of_worlds(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Means over the data sets of each world."""
    return (
        rows.assign(size=rows.error.abs())
        .groupby("world")[["size", "error", "estimate", "truth"]]
        .mean()
    )


def summary(rows: pandas.DataFrame, *, whole: bool = False) -> pandas.DataFrame:
    """For each estimator its errors over worlds.

    With `whole` the mean error is of those worlds alone that all complete estimators answered.
    """
    lines = []
    n_worlds = rows.world.nunique()
    for name, own in rows.groupby("estimator"):
        worlds = of_worlds(own[~own.failed])
        lines.append(
            {
                "estimator": name,
                "worlds": f"{len(worlds)} of {n_worlds}" if whole else len(worlds),
                "mean absolute error": worlds["size"].mean(),
                "median": worlds["size"].median(),
                "largest": worlds["size"].max(),
                "share of the truth": (worlds.estimate / worlds.truth).mean(),
                "seconds": own.seconds.median(),
            }
        )
    found = pandas.DataFrame(lines).sort_values("mean absolute error")
    found["share of the truth"] = found["share of the truth"].map("{:.0%}".format)
    return rounded(found)


def rounded(table: pandas.DataFrame) -> pandas.DataFrame:
    """Three digits behind the point, two of seconds that count."""
    for column in table.select_dtypes("number"):
        digits = "{:.2g}" if column == "seconds" else "{:.3f}"
        if not pandas.api.types.is_integer_dtype(table[column]):
            table[column] = table[column].map(digits.format)
    return table


def summary_of_nulls(rows: pandas.DataFrame) -> pandas.DataFrame:
    """For each estimator what it finds where there is nothing."""
    lines = []
    for name, own in rows[~rows.failed].groupby("estimator"):
        means = own.groupby("world").estimate.mean()
        lines.append(
            {
                "estimator": name,
                "worlds": len(means),
                "mean": means.mean(),
                "mean absolute": own.estimate.abs().mean(),
                "largest": own.estimate.max(),
            }
        )
    return rounded(pandas.DataFrame(lines).sort_values("mean absolute"))


def by_size(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Mean absolute errors by number of samples, of estimators that take several columns."""
    rows = rows[~rows.failed]
    errors = rows.assign(size=rows.error.abs())
    wide = set(rows[~rows.one_column].estimator)
    means = errors[errors.estimator.isin(wide)].groupby(["estimator", "n_samples", "world"])["size"]
    table = means.mean().groupby(["estimator", "n_samples"]).agg(["mean", "count"]).reset_index()
    complete = table[table["count"] == rows.world.nunique()]
    pivot = complete.pivot(index="estimator", columns="n_samples", values="mean")
    pivot = pivot.sort_values(N_SAMPLES).map(lambda v: "" if np.isnan(v) else f"{v:.3f}")
    pivot.columns = [f"N = {n}" for n in pivot.columns]
    return pivot.reset_index()


def ahead_of_auto(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Worlds on which another estimator is nearer to the truth than "auto"."""
    rows = rows[~rows.failed]
    errors = rows.assign(size=rows.error.abs()).pivot_table("size", "world", "estimator")
    estimates = rows.pivot_table("estimate", "world", "estimator")
    lines = []
    for world, own in errors.iterrows():
        best = own.drop("auto").idxmin()
        if own[best] < own["auto"] - AHEAD:
            truth = World(world).mutual_info
            lines.append(
                {
                    "world": world,
                    "truth": truth,
                    "auto": estimates.loc[world, "auto"],
                    "error of auto": own["auto"],
                    "nearest": best,
                    "its estimate": estimates.loc[world, best],
                    "its error": own[best],
                }
            )
    found = pandas.DataFrame(lines)
    return rounded(found.sort_values("error of auto", ascending=False))


def versions(estimates: pandas.DataFrame) -> pandas.DataFrame:
    """What has run: of each estimator the version, numbers of samples and data sets."""
    lines = []
    for name, own in estimates.groupby("estimator"):
        sizes = own.groupby("n_samples").size()
        failed = int(own.failed.sum())
        lines.append(
            {
                "estimator": name,
                "version": ", ".join(own.version.dropna().unique()),
                "estimates": ", ".join(f"{count} at N = {n}" for n, count in sizes.items()),
                "not answered": failed or "",
            }
        )
    return pandas.DataFrame(lines)


def draw(rows: pandas.DataFrame) -> None:
    """Errors by world and estimator."""
    errors = rows[~rows.failed].pivot_table("error", "world", "estimator", "mean")
    order = [name for name in get_world_names() if name in errors.index]
    columns = errors[errors.index.map(lambda w: World(w).family != "null")].abs()
    complete = columns.notna().mean().round(1)
    names = sorted(errors.columns, key=lambda name: (-complete[name], columns[name].mean()))
    shown = errors.loc[order, names].to_numpy()
    figure, ax = plt.subplots(figsize=(9, 15.5), layout="constrained")
    ax.set_facecolor("0.9")
    image = ax.imshow(shown, cmap="RdBu_r", vmin=-LARGEST, vmax=LARGEST, aspect="auto")
    for (row, column), value in np.ndenumerate(shown):
        if np.isfinite(value):
            dark = abs(value) > 0.6 * LARGEST
            text = f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\N{MINUS SIGN}")
            colour = "white" if dark else "black"
            ax.text(column, row, text, ha="center", va="center", fontsize=7, color=colour)
    labels = [f"{name}  ({World(name).mutual_info:.2f})" for name in order]
    ax.set_yticks(range(len(order)), labels, fontsize=8)
    ax.set_xticks(range(len(names)), names, rotation=40, ha="left", fontsize=9)
    ax.xaxis.tick_top()
    families = [World(name).family for name in order]
    for row in range(1, len(order)):
        if families[row] != families[row - 1]:
            ax.axhline(row - 0.5, color="black", linewidth=1)
    bar = figure.colorbar(image, ax=ax, shrink=0.3, extend="both")
    bar.set_label("estimate less truth (nats)")
    figure.savefig(PICTURE, dpi=100)
    plt.close(figure)


if __name__ == "__main__":
    main()
