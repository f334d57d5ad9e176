"""The experiments behind the paper's figures 1 to 7."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils.metaestimators import available_if

from ..._optional import import_optional
from ..._random import seeded
from ...datasets._append_noise import AppendNoise
from ...datasets._duplicate_features import DuplicateFeatures
from .._grid import BenchmarkGrid
from .._groups import random_state_of
from .._task import Task
from ._estimators import ALGORITHM_2, KSG_FAMILY, MINE_FAMILY, After, base_name, make
from ._protocol import Protocol
from ._tasks import Multiply, RandomSampler

# Chosen here where the paper names no number: of the fixed truths, and the plateau in
# figure 7, which is where it is in the paper at three columns.
_NOISE_STD = 0.5
_CORRELATION = 0.6
_SNR_FEATURES = 3

_QUICK_SAMPLES = 100


class Transformed(After):
    """An estimator of the information of a transform of X and y, of many at once if it can."""

    @available_if(lambda self: hasattr(self.estimator, "fit_many"))
    def fit_many(self, Xs: Any, ys: Any, random_states: Any) -> list[Any]:
        """Fitted to each pair as it would be on its own with the same seed."""
        fitted = [seeded(clone(self), seed) for seed in random_states]
        Xs = [one.transform.fit_transform(X) for one, X in zip(fitted, Xs, strict=True)]
        states = [random_state_of(one.estimator, 0) for one in fitted]
        estimators = clone(self.estimator).fit_many(Xs, ys, states)
        return [one._keep(inner, None, None) for one, inner in zip(fitted, estimators, strict=True)]


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
    samplers : dict of float to RandomSampler
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
    samplers: dict[float, RandomSampler]
    n_samples: int
    n_trials: int
    transforms: dict[float, Any] = field(default_factory=dict)
    log_x: bool = False
    bits: bool = False

    @property
    def unit(self) -> float:
        """A nat in the picture's unit."""
        return float(1 / np.log(2)) if self.bits else 1.0


def _fixed(
    base: str, n_features: int, value: float, *transforms: Any, side: str = "X"
) -> RandomSampler:
    return RandomSampler(base, n_features, value, value, transforms, side)


def _random_correlation(n_features: int, protocol: Protocol) -> RandomSampler:
    return RandomSampler("gaussians", n_features, *protocol.correlation_range)


def _noise_columns(step: int, protocol: Protocol) -> dict[float, Any]:
    """Transforms by the number of columns that they append."""
    std = protocol.column_std
    return {float(k): AppendNoise(k, std) if k else Multiply(1.0) for k in range(0, 21, step)}


def _figure_1(protocol: Protocol) -> list[Panel]:
    samplers, columns = {0.0: _fixed("noise", 2, _NOISE_STD)}, _noise_columns(2, protocol)
    names = ("ksg", "bi-ksg", "ksg-local", "ksg-global-linf")
    texts = ("columns of small noise appended to X", "columns of noise", "estimate")
    return [Panel("1", *texts, names, samplers, 1000, 10, columns)]


def _figure_2(protocol: Protocol) -> list[Panel]:
    samplers, columns = {0.0: _random_correlation(2, protocol)}, _noise_columns(4, protocol)
    texts = ("columns of small noise appended to X", "columns of noise", "bias")
    return [Panel("2", *texts, MINE_FAMILY, samplers, 1000, 10, columns)]


def _figure_3(protocol: Protocol) -> list[Panel]:
    correlations = {d: float(np.sqrt(1 - 2 ** (-1.6 / d))) for d in range(1, 10)}
    fixed = {float(d): _fixed("gaussians", d, rho) for d, rho in correlations.items()}
    wide = {float(d): _random_correlation(d, protocol) for d in (2, 4, 8, 16, 32, 64)}
    texts_a = ("truth fixed at 0.8 bits", "columns d", "estimate")
    texts_b = ("200 samples, a correlation for each trial", "columns d", "share")
    return [
        Panel("3a", *texts_a, ("ksg",), fixed, 1000, 20, bits=True),
        Panel("3b", *texts_b, ("ksg", "bi-ksg"), wide, 200, 100, log_x=True),
    ]


def _figure_4(protocol: Protocol) -> list[Panel]:
    copies = {float(k): DuplicateFeatures(k) for k in (1, *range(2, 21, 2))}
    names, samplers = (
        ("ksg", "ksg-global", "ksg-global-linf"),
        {0.0: _fixed("noise", 2, _NOISE_STD)},
    )
    return [Panel("4", "X repeated", "copies of X", "estimate", names, samplers, 200, 10, copies)]


def _figure_5(protocol: Protocol) -> list[Panel]:
    samplers = {float(d): _random_correlation(d, protocol) for d in range(1, 10)}
    names = ("mine", "mine-global", "mine-global-corrected")
    return [Panel("5", "correlated Gaussians", "columns d", "bias", names, samplers, 1000, 10)]


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
            *(name, title, "factor η on X", quantity, names, samplers, 1000, 20),
            transforms={factor: Multiply(factor) for factor in factors},
            log_x=True,
        )
        for name, title, quantity, names, samplers, factors in panels
    ]


def _figure_7(protocol: Protocol) -> list[Panel]:
    samplers = {
        float(snr): _fixed("noise", _SNR_FEATURES, snr**-0.5, Multiply(0.1), side="y")
        for snr in np.arange(0.25, 5.01, 0.25)
    }
    families = (("7a", KSG_FAMILY), ("7b", MINE_FAMILY))
    return [
        Panel(name, "y multiplied by 0.1", "signal to noise", "estimate", names, samplers, 1000, 10)
        for name, names in families
    ]


_PANELS = (_figure_1, _figure_2, _figure_3, _figure_4, _figure_5, _figure_6, _figure_7)
FIGURES: dict[int, Callable[[Protocol], list[Panel]]] = dict(enumerate(_PANELS, start=1))


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
    """Run the estimators at every x of a panel, in a quick run at three of them.

    Rows are those of `BenchmarkGrid.run`, with the columns ``panel`` and ``x``.
    """
    samplers, transforms = panel.samplers, panel.transforms
    if quick:
        samplers, transforms = _ends_and_middle(samplers), _ends_and_middle(transforms)
    made = {name: make(name, protocol, quick) for name in estimators}
    places = {name: (name, np.nan) for name in made}
    if transforms:
        places = {f"{name} at {x:.4g}": (name, x) for x in transforms for name in made}
        made = {long: Transformed(made[name], transforms[x]) for long, (name, x) in places.items()}
    n_samples = min(_QUICK_SAMPLES, panel.n_samples) if quick else panel.n_samples
    tasks = {f"figure {panel.name} x={x:g}": x for x in samplers}
    grid = BenchmarkGrid(
        made,
        {name: Task(samplers[x], n_samples) for name, x in tasks.items()},
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
    """What is drawn of a panel, from rows of `run_panel`, perhaps with other panels'.

    For each estimator and x: the ``value`` of the panel's quantity, its standard error
    ``stderr`` over the trials, and the mean ``truth``, in the panel's unit.
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
