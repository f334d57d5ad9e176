"""The pictures of the paper's figures."""

from pathlib import Path
from typing import Any

from ..._optional import import_optional
from ._estimators import (
    ALGORITHM_2,
    KSG_FAMILY,
    MINE_FAMILY,
    VERSIONS,
    base_name,
    version_of,
)
from ._figures import Panel
from ._report import by_family

_LABELS = {
    "estimate": "mutual information ({unit})",
    "bias": "bias ({unit})",
    "rmse": "RMSE ({unit})",
    "share": "share of estimates not below the truth",
}
_COLORS = ("C7", "C1", "C2", "C0", "C3")
# Where curves lie on one another, larger markers lie below smaller ones.
_MARKERS = (("o", 5), ("v", 6), ("D", 8), ("s", 7), ("^", 4))
_STYLES = {
    **{name: (_COLORS[i], *_MARKERS[i]) for i, name in enumerate(KSG_FAMILY)},
    **{name: (_COLORS[i], *_MARKERS[i]) for i, name in zip((0, 2, 3, 4), MINE_FAMILY, strict=True)},
    ALGORITHM_2: ("C5", "x", 5),
}

# A legend of more lines than these would hide curves.
_MOST_INSIDE = 6


def draw(panels: list[Panel], points: Any, path: Path) -> None:
    """Draw the panels of a figure, side by side, and save the picture.

    A panel of networks that were trained in several ways is drawn once for each.

    Parameters
    ----------
    panels : list of Panel
    points : DataFrame
        Of all panels.
    path : Path
    """
    plt = import_optional("matplotlib.pyplot", purpose="A picture", extra="plot")
    by_version = points.groupby(["panel", points.estimator.map(version_of)])
    drawn = [
        (panel, version, by_version.get_group((panel.name, version)))
        for panel in panels
        for version in VERSIONS
        if (panel.name, version) in by_version.groups
    ]
    n_rows = (len(drawn) + 1) // 2
    n_columns = min(len(drawn), 2)
    figure, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(6.4 * n_columns, 4.8 * n_rows),
        layout="constrained",
        squeeze=False,
    )
    for (panel, version, shown), ax in zip(drawn, axes.flat, strict=False):
        _draw_panel(panel, shown, ax)
        ax.set_title(f"Figure {panel.name}{VERSIONS[version]}: {panel.title}", fontsize=11)
    for ax in axes.flat[len(drawn) :]:
        ax.remove()
    figure.savefig(path, dpi=110)
    plt.close(figure)


_MEASURES = {
    "normalized_rmse (root)": "normalized RMSE (root)",
    "normalized_rmse": "normalized RMSE",
    "spearman": "Spearman correlation",
    "bias": "bias (nats)",
}


def draw_comparison(comparison: Any, measures: tuple[str, ...], path: Path) -> None:
    """Draw the cells computed here against the paper's, a row of panels for each family.

    Parameters
    ----------
    comparison : DataFrame
        Of `compare`.
    measures : tuple of str
        A panel for each.
    path : Path
    """
    plt = import_optional("matplotlib.pyplot", purpose="A picture", extra="plot")
    families = by_family(comparison[comparison.difference.notna()])
    figure, axes = plt.subplots(
        len(families),
        len(measures),
        figsize=(4.2 * len(measures), 4.4 * len(families)),
        layout="constrained",
        squeeze=False,
    )
    for (family, cells), row in zip(families, axes, strict=True):
        for measure, ax in zip(measures, row, strict=True):
            _draw_cells(cells[cells.measure == measure], ax)
            ax.set_title(_MEASURES[measure], fontsize=11)
        row[0].set_ylabel(f"here\n({family.title})")
        row[-1].legend(fontsize=8, loc="lower right")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _draw_cells(cells: Any, ax: Any) -> None:
    for name, of_name in cells.groupby("estimator", sort=False):
        color, marker, size = _STYLES[base_name(name)]
        ax.errorbar(
            of_name.paper,
            of_name.ours,
            yerr=1.96 * of_name.stderr,
            label=name,
            color=color,
            marker=marker,
            markersize=min(size, 5),
            linestyle="",
            elinewidth=0.8,
        )
    ax.axline((0, 0), slope=1, color="black", linestyle="--", linewidth=1)
    ax.set_xlabel("paper")
    ax.grid(alpha=0.3)


def _draw_panel(panel: Panel, points: Any, ax: Any) -> None:
    for name, curve in points.groupby("estimator", sort=False):
        curve = curve.sort_values("x")
        color, marker, size = _STYLES[base_name(name)]
        ax.errorbar(
            curve.x,
            curve.value,
            yerr=curve.stderr.fillna(0.0),
            label=base_name(name),
            color=color,
            marker=marker,
            markersize=size,
            linewidth=1.3,
            elinewidth=0.8,
        )
    if panel.quantity == "estimate":
        truth = points.groupby("x").truth.mean()
        ax.plot(truth.index, truth, color="black", linestyle="--", linewidth=1, label="truth")
    elif panel.quantity == "bias":
        ax.axhline(0.0, color="black", linestyle="--", linewidth=1)
    _label(panel, points, ax)


def _label(panel: Panel, points: Any, ax: Any) -> None:
    if panel.log_x and panel.transforms:
        ax.set_xscale("log")
    elif panel.log_x:
        ax.set_xscale("log", base=2)
        ticks = sorted(points.x.unique())
        ax.set_xticks(ticks, [f"{x:g}" for x in ticks])
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
    if panel.quantity in ("share", "rmse"):
        ax.set_ylim(bottom=0.0)
    ax.set_xlabel(panel.xlabel)
    ax.set_ylabel(_LABELS[panel.quantity].format(unit="bits" if panel.bits else "nats"))
    ax.grid(alpha=0.3)
    if len(ax.get_legend_handles_labels()[1]) > _MOST_INSIDE:
        ax.legend(fontsize=9, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=2)
    else:
        ax.legend(fontsize=9)
