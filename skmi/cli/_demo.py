"""`skmi demo`: change the units of real data, and see which estimates move."""

import argparse
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_diabetes, load_digits

from .._optional import import_optional
from ..exceptions import UnitsWarning
from ..inspection._scale_curve import ScaleCurveDisplay
from ..preprocessing._local import LocalScaler

_ESTIMATORS = ("ksg", "ksg-local", "ksg-global", "ksg-global-linf")
_PRINTED = (0.01, 1.0, 100.0)
_DRAWN = 10.0 ** (np.arange(-8, 9) / 2)


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "demo",
        help="scale matters: the estimators on data that comes with scikit-learn",
        description="Estimate mutual information on data that comes with scikit-learn, with "
        "one variable multiplied by 0.01, 1 and 100, and save the picture.",
    )
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="for the picture; default: here"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Print both tables, then save the picture."""
    displays = {}
    for title, (X, y) in _load().items():
        with warnings.catch_warnings():
            # Pixels that are nearly always 0 are among the digits'; no matter here.
            warnings.simplefilter("ignore", UnitsWarning)
            displays[title] = ScaleCurveDisplay.compute(_ESTIMATORS, X, y, factors=_DRAWN)
        _print_table(title, displays[title])
    picture = arguments.out / "scale_matters.png"
    arguments.out.mkdir(parents=True, exist_ok=True)
    _draw(displays, picture)
    print(f"The picture is in {picture}")


def _load() -> dict[str, Any]:
    X, y = load_diabetes(return_X_y=True)
    images = load_digits().images
    return {
        "diabetes: ten measurements against disease progression": (
            LocalScaler().fit_transform(X),
            LocalScaler().fit_transform(y.reshape(-1, 1)),
        ),
        "digits: left half of the image against the right half": (
            images[:, :, :4].reshape(len(images), -1),
            images[:, :, 4:].reshape(len(images), -1),
        ),
    }


def _print_table(title: str, display: ScaleCurveDisplay) -> None:
    print(f"{title}\nmutual information in nats with y multiplied by\n")
    print(f"{'':<16}" + "".join(f"{factor:>9g}" for factor in _PRINTED))
    positions = [int(np.argmin(abs(np.log(display.factors / f)))) for f in _PRINTED]
    for name, scores in display.scores.items():
        moved = np.ptp(scores[positions]) > 1e-9 * abs(scores).max()
        cells = "".join(f"{score:>9.4f}" for score in scores[positions])
        print(f"{name:<16}{cells}   {'moves' if moved else 'stands still'}")
    print()


def _draw(displays: dict[str, ScaleCurveDisplay], path: Path) -> None:
    plt = import_optional("matplotlib.pyplot", purpose="The picture", extra="plot")
    figure, axes = plt.subplots(1, len(displays), figsize=(12, 4.8), layout="constrained")
    for ax, (title, display) in zip(axes, displays.items(), strict=True):
        display.plot(ax)
        ax.set_title(title, fontsize=11)
    figure.savefig(path, dpi=120)
    plt.close(figure)
