"""The experiments behind the paper's figures 1 to 7."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..._optional import import_optional
from ...datasets._append_noise import AppendNoise
from ...datasets._duplicate_features import DuplicateFeatures
from .._grid import BenchmarkGrid
from .._task import Task
from ._estimators import ALGORITHM_2, KSG_FAMILY, MINE_FAMILY, After, base_name, make
from ._protocol import Protocol
from ._worlds import Multiply, World

# Chosen here where the paper names no number: of the fixed truths, and the plateau in
# figure 7, which is where it is in the paper at three columns.
_NOISE_STD = 0.5
_CORRELATION = 0.6
_SNR_FEATURES = 3

_QUICK_SAMPLES = 100

_KSG_GLOBALS = ("ksg", "ksg-global", "ksg-global-linf")
_MINE_GLOBALS = ("mine", "mine-global", "mine-global-corrected")


@dataclass(frozen=True)
class Panel:
    """One picture of a figure: a quantity of some estimators against x.

    Attributes
    ----------
    name : str
        Of the paper's figure, as "6a".
    title, xlabel : str
    quantity : {"estimate", "bias", "rmse", "share"}
        What is drawn of all trials at an x: the mean estimate, its mean less the truth,
        the root mean squared error, or the share of trials with an estimate not below
        the truth.
    estimators : tuple of str
    worlds : dict of float to World
        What samples are drawn from at each x; one for all if there are `transforms`.
    n_samples, n_trials : int
    transforms : dict of float to transformer, default={}
        If given, what X goes through at each x; the samples are the same for all.
    log_x, bits : bool, default=False
    """

    name: str
    title: str
    xlabel: str
    quantity: str
    estimators: tuple[str, ...]
    worlds: dict[float, World]
    n_samples: int
    n_trials: int
    transforms: dict[float, Any] = field(default_factory=dict)
    log_x: bool = False
    bits: bool = False

    @property
    def unit(self) -> float:
        """A nat in the picture's unit."""
        return float(1 / np.log(2)) if self.bits else 1.0


def _fixed(base: str, n_features: int, value: float, *transforms: Any, side: str = "X") -> World:
    return World(base, n_features, value, value, transforms, side)


def _random_correlation(n_features: int, protocol: Protocol) -> World:
    return World("gaussians", n_features, *protocol.correlation_range)


def _noise_columns(numbers: range, protocol: Protocol) -> dict[float, Any]:
    """Transforms by the number of columns that they append."""
    return {float(k): AppendNoise(k, protocol.column_std) if k else Multiply(1.0) for k in numbers}


def _figure_1(protocol: Protocol) -> list[Panel]:
    return [
        Panel(
            name="1",
            title="columns of small noise appended to X",
            xlabel="columns of noise",
            quantity="estimate",
            estimators=("ksg", "bi-ksg", "ksg-local", "ksg-global-linf"),
            worlds={0.0: _fixed("noise", 2, _NOISE_STD)},
            n_samples=1000,
            n_trials=10,
            transforms=_noise_columns(range(0, 21, 2), protocol),
        )
    ]


def _figure_2(protocol: Protocol) -> list[Panel]:
    return [
        Panel(
            name="2",
            title="columns of small noise appended to X",
            xlabel="columns of noise",
            quantity="bias",
            estimators=MINE_FAMILY,
            worlds={0.0: _random_correlation(2, protocol)},
            n_samples=1000,
            n_trials=10,
            transforms=_noise_columns(range(0, 21, 4), protocol),
        )
    ]


def _figure_3(protocol: Protocol) -> list[Panel]:
    fixed = {
        float(d): _fixed("gaussians", d, float(np.sqrt(1 - 2 ** (-1.6 / d)))) for d in range(1, 10)
    }
    wide = {float(d): _random_correlation(d, protocol) for d in (2, 4, 8, 16, 32, 64)}
    names = ("ksg", "bi-ksg")
    return [
        Panel(
            "3a",
            "truth fixed at 0.8 bits",
            "columns d",
            "estimate",
            names[:1],
            fixed,
            n_samples=1000,
            n_trials=20,
            bits=True,
        ),
        Panel(
            "3b",
            "200 samples, a correlation for each trial",
            "columns d",
            "share",
            names,
            wide,
            200,
            100,
            log_x=True,
        ),
    ]


def _figure_4(protocol: Protocol) -> list[Panel]:
    return [
        Panel(
            name="4",
            title="X repeated",
            xlabel="copies of X",
            quantity="estimate",
            estimators=_KSG_GLOBALS,
            worlds={0.0: _fixed("noise", 2, _NOISE_STD)},
            n_samples=200,
            n_trials=10,
            transforms={float(k): DuplicateFeatures(k) for k in (1, *range(2, 21, 2))},
        )
    ]


def _figure_5(protocol: Protocol) -> list[Panel]:
    worlds = {float(d): _random_correlation(d, protocol) for d in range(1, 10)}
    return [
        Panel("5", "correlated Gaussians", "columns d", "bias", _MINE_GLOBALS, worlds, 1000, 10)
    ]


def _figure_6(protocol: Protocol) -> list[Panel]:
    fixed = {0.0: _fixed("gaussians", 2, _CORRELATION)}
    random = {0.0: _random_correlation(2, protocol)}
    ksg = (*KSG_FAMILY, ALGORITHM_2)
    one, many = f"correlation {_CORRELATION}", "a correlation for each trial"
    wide, narrow = np.logspace(-2, 3, 20).tolist(), np.logspace(-2, 1, 20).tolist()
    panels = (
        ("6a", one, "estimate", ksg, fixed, wide),
        ("6b", one, "estimate", MINE_FAMILY, fixed, narrow),
        ("6c", many, "rmse", ksg, random, wide),
        ("6d", many, "rmse", MINE_FAMILY, random, narrow),
    )
    return [
        Panel(
            name=name,
            title=title,
            xlabel="factor η on X",
            quantity=quantity,
            estimators=names,
            worlds=worlds,
            n_samples=1000,
            n_trials=20,
            transforms={factor: Multiply(factor) for factor in factors},
            log_x=True,
        )
        for name, title, quantity, names, worlds, factors in panels
    ]


def _figure_7(protocol: Protocol) -> list[Panel]:
    worlds = {
        float(snr): _fixed("noise", _SNR_FEATURES, snr**-0.5, Multiply(0.1), side="y")
        for snr in np.arange(0.25, 5.01, 0.25)
    }
    families = (("7a", KSG_FAMILY), ("7b", MINE_FAMILY))
    return [
        Panel(name, "y multiplied by 0.1", "signal to noise", "estimate", names, worlds, 1000, 10)
        for name, names in families
    ]


FIGURES: dict[int, Callable[[Protocol], list[Panel]]] = {
    1: _figure_1,
    2: _figure_2,
    3: _figure_3,
    4: _figure_4,
    5: _figure_5,
    6: _figure_6,
    7: _figure_7,
}


def panels_with(
    figure: int, estimators: tuple[str, ...], protocol: Protocol
) -> list[tuple[Panel, tuple[str, ...]]]:
    """The panels of a figure that have some of the estimators, and which they have."""
    return [
        (panel, names)
        for panel in FIGURES[figure](protocol)
        if (names := _taking_part(panel, estimators))
    ]


def _taking_part(panel: Panel, estimators: tuple[str, ...]) -> tuple[str, ...]:
    names = [name for name in estimators if base_name(name) in panel.estimators]
    if ALGORITHM_2 in panel.estimators and "ksg" in names:
        names.append(ALGORITHM_2)
    return tuple(names)


def run_panel(
    panel: Panel,
    estimators: tuple[str, ...],
    protocol: Protocol,
    *,
    n_trials: int | None = None,
    quick: bool = False,
    **options: Any,
) -> Any:
    """Run the estimators at every x of a panel.

    Parameters
    ----------
    panel : Panel
    estimators : tuple of str
        Names that `make` knows.
    protocol : Protocol
    n_trials : int, default=None
        None is the paper's number.
    quick : bool, default=False
        Whether to take the first, the middle and the last x only, and small samples.
    **options : dict
        Of `BenchmarkGrid`.

    Returns
    -------
    results : DataFrame
        As `BenchmarkGrid.run` returns it, with the columns ``panel`` and ``x``.
    """
    worlds, transforms = panel.worlds, panel.transforms
    if quick:
        worlds, transforms = _ends_and_middle(worlds), _ends_and_middle(transforms)
    made = {name: make(name, protocol, quick) for name in estimators}
    places = {name: (name, np.nan) for name in made}
    if transforms:
        # One x after the other: networks of all normalizations there train in one batch.
        places = {f"{name} at {x:.4g}": (name, x) for x in transforms for name in made}
        made = {long: After(made[name], transforms[x]) for long, (name, x) in places.items()}
    n_samples = min(_QUICK_SAMPLES, panel.n_samples) if quick else panel.n_samples
    tasks = {f"figure {panel.name} x={x:g}": x for x in worlds}
    grid = BenchmarkGrid(
        made,
        {name: Task(worlds[x], n_samples) for name, x in tasks.items()},
        n_trials=n_trials or panel.n_trials,
        **options,
    )
    results = grid.run()
    at = [places[long][1] if transforms else tasks[task] for task, long in _cells(results)]
    results.insert(0, "panel", panel.name)
    results.insert(1, "x", at)
    results["estimator"] = [places[long][0] for long in results.estimator]
    return results


def _cells(results: Any) -> Any:
    return zip(results.task, results.estimator, strict=True)


def _ends_and_middle(by_x: dict[float, Any]) -> dict[float, Any]:
    xs = list(by_x)
    return by_x if len(xs) < 4 else {x: by_x[x] for x in (xs[0], xs[len(xs) // 2], xs[-1])}


def points(panel: Panel, results: Any) -> Any:
    """What is drawn of a panel.

    Parameters
    ----------
    panel : Panel
    results : DataFrame
        Of `run_panel`, perhaps with other panels'.

    Returns
    -------
    points : DataFrame
        For each estimator and x: the ``value`` of the panel's quantity, its standard
        error ``stderr`` over the trials, and the mean ``truth``, in the panel's unit.
    """
    pandas = import_optional("pandas", purpose="A figure", extra="benchmark")
    lines = []
    of_panel = results[(results.panel == panel.name) & np.isfinite(results.estimate)]
    for (name, x), trials in of_panel.groupby(["estimator", "x"], sort=False):
        estimate = trials.estimate.to_numpy() * panel.unit
        truth = trials.truth.to_numpy() * panel.unit
        value, stderr = _QUANTITIES[panel.quantity](estimate, truth)
        lines.append(
            {
                "panel": panel.name,
                "estimator": name,
                "x": x,
                "value": value,
                "stderr": stderr,
                "truth": truth.mean(),
            }
        )
    return pandas.DataFrame(lines)


def _mean(values: Any) -> tuple[float, float]:
    spread = values.std(ddof=1) if len(values) > 1 else np.nan
    return float(values.mean()), float(spread / len(values) ** 0.5)


def _rmse(estimate: Any, truth: Any) -> tuple[float, float]:
    mean, stderr = _mean((estimate - truth) ** 2)
    rmse = mean**0.5
    return rmse, stderr / (2 * rmse) if rmse else 0.0


_QUANTITIES: dict[str, Callable[[Any, Any], tuple[float, float]]] = {
    "estimate": lambda estimate, truth: _mean(estimate),
    "bias": lambda estimate, truth: _mean(estimate - truth),
    "rmse": _rmse,
    "share": lambda estimate, truth: _mean((estimate >= truth).astype(float)),
}
