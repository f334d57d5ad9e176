"""Many kinds of dependence by name, each of known mutual information."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils._param_validation import StrOptions

from .._typing import FloatArray
from . import _world_sources as sources
from ._additive_gaussian_noise import AdditiveGaussianNoise
from ._additive_uniform_noise import AdditiveUniformNoise
from ._base import BaseSampler
from ._correlated_gaussians import CorrelatedGaussians
from ._multivariate_gaussians import MultivariateGaussians
from ._sparse_gaussians import SparseGaussians
from ._student_t import StudentT
from ._transformed_sampler import TransformedSampler
from ._world_sources import Drawn, Map

_LOG_2 = math.log(2)
_PAIRS_8 = -0.5 * float(np.log1p(-np.square([0.9, 0.7, 0.5])).sum())


def _columns(number: int) -> str:
    return "1 column" if number == 1 else f"{number} columns"


class _World(NamedTuple):
    """What a world is made of; maps that keep mutual information come last."""

    family: str
    source: Callable[[], BaseSampler]
    description: str
    map_x: Map | None = None
    map_y: Map | None = None


def _drawn(draw: sources.Draw, information: float) -> Callable[[], BaseSampler]:
    return partial(Drawn, draw, information)


def _pair() -> BaseSampler:
    return CorrelatedGaussians(1, 0.75)


def _sparse(n_features: int) -> Callable[[], BaseSampler]:
    return partial(SparseGaussians, n_features, 2, 0.8)


def _dense(n_features: int, correlation: float) -> _World:
    return _World(
        "gaussian",
        lambda: MultivariateGaussians(sources.equicorrelated(n_features, correlation), n_features),
        f"{n_features} columns a side, each correlated by {correlation} with every other one.",
    )


def _student(n_features: int, degrees: float, correlation: float = 0.0) -> _World:
    correlated = f", correlated by {correlation} in pairs" if correlation else ""
    return _World(
        "heavy tails",
        partial(StudentT, n_features, correlation, degrees),
        f"Student's t with {degrees} degree{'s' if degrees > 1 else ''} of freedom, "
        f"{_columns(n_features)} a side{correlated}.",
    )


def _gaussian() -> dict[str, _World]:
    noise = "Normal columns of X; y is X with noise as large"
    worlds = {
        f"additive-{d}": _World(
            "gaussian", partial(AdditiveGaussianNoise, d, 1.0), f"{noise}, {_columns(d)} a side."
        )
        for d in (1, 2, 4, 10)
    }
    worlds["additive-4-noise"] = _World(
        "gaussian",
        lambda: TransformedSampler(AdditiveGaussianNoise(4, 1.0), "dn"),
        f"{noise}, 4 columns a side; 20 small columns of noise are appended to X.",
    )
    worlds["copies-40"] = _World(
        "gaussian",
        lambda: TransformedSampler(CorrelatedGaussians(2, 0.8), "ds"),
        "Two pairs of columns correlated by 0.8; those of X come 20 times.",
    )
    for d, r in ((10, 0.5), (5, 0.9), (10, 0.8), (1, 0.999), (2, 0.99)):
        worlds[f"pairs-{d}-{r}"] = _World(
            "gaussian",
            partial(CorrelatedGaussians, d, r),
            f"{_columns(d)} a side, correlated by {r} in pairs.",
        )
    for d, r in ((2, 0.5), (5, 0.5), (25, 0.3), (50, 0.3)):
        worlds[f"dense-{d}"] = _dense(d, r)
    for d in (3, 5, 25, 50):
        worlds[f"sparse-{d}"] = _World(
            "gaussian", _sparse(d), f"{d} columns a side, two pairs correlated by 0.8."
        )
    worlds["mixed-8"] = _World(
        "gaussian",
        _drawn(sources.unequal_pairs, _PAIRS_8),
        "8 columns a side, three pairs correlated by 0.9, 0.7 and 0.5; both sides mixed, their "
        "columns in units from 1 to 1000.",
        sources.mixed,
        sources.mixed,
    )
    worlds["first-of-50"] = _World(
        "gaussian",
        _drawn(sources.lopsided(50, 0.5), 0.5 * math.log(5)),
        "50 columns of X; y is the first with noise of deviation 0.5.",
    )
    worlds["sum-of-20"] = _World(
        "gaussian",
        lambda: MultivariateGaussians(sources.summed(20, 0.5), 20),
        "20 columns of X; y is their sum, of variance 1, with noise of deviation 0.5.",
    )
    return worlds


def _mapped() -> dict[str, _World]:
    """Increasing maps of single columns."""
    worlds: dict[str, tuple[str, Callable[[], BaseSampler], Map]] = {
        "half-cube-1": ("both sides to the power of 1.5.", _pair, sources.half_cube),
        "wiggle-1": ("sines added to both sides.", _pair, sources.wiggle),
        "half-cube-5": ("both sides to the power of 1.5.", _sparse(5), sources.half_cube),
        "half-cube-25": ("both sides to the power of 1.5.", _sparse(25), sources.half_cube),
        "exp-5": ("exp of both sides.", _sparse(5), np.exp),
    }
    found = {
        name: _World("mapped", source, _prefix(source) + text, map_, map_)
        for name, (text, source, map_) in worlds.items()
    }
    found["cube-4"] = _World(
        "mapped",
        partial(AdditiveGaussianNoise, 4, 1.0),
        "Cubes of 4 normal columns; y is what they are cubes of, with noise as large.",
        sources.cube,
    )
    return found


def _prefix(source: Callable[[], BaseSampler]) -> str:
    sampler = source()
    d, r = sampler.get_params()["n_features"], sampler.get_params()["correlation"]
    if d == 1:
        return f"Normal variables correlated by {r}, "
    return f"{d} normal columns a side, two pairs correlated by {r}, "


def _bounded() -> dict[str, _World]:
    worlds = {
        f"uniform-{d}": _World(
            "bounded", source, _prefix(source) + "made uniform.", *(sources.to_uniform,) * 2
        )
        for d, source in ((1, _pair), (5, _sparse(5)), (25, _sparse(25)))
    }
    for width in (0.1, 0.75):
        worlds[f"additive-uniform-{width}"] = _World(
            "bounded",
            partial(AdditiveUniformNoise, 1, width),
            f"X uniform on (0, 1); y is X with noise uniform within ±{width}.",
        )
    worlds["stairs-1"] = _World(
        "bounded", _drawn(sources.stairs, 2 * _LOG_2), "Uniform on four squares along a diagonal."
    )
    worlds["checkerboard-1"] = _World(
        "bounded",
        _drawn(sources.checkerboard, _LOG_2),
        "Uniform on the black squares of a board of four by four.",
    )
    return worlds


def _heavy() -> dict[str, _World]:
    worlds = {
        f"student-{d}-nu-{nu}": _student(d, nu)
        for d, nu in ((1, 1), (2, 1), (2, 2), (5, 2), (3, 3), (5, 3))
    }
    worlds["student-2-correlated"] = _student(2, 3, 0.6)
    for d, nu in ((1, 1), (5, 2)):
        student = worlds[f"student-{d}-nu-{nu}"]
        worlds[f"asinh-student-{d}"] = student._replace(
            description=f"{student.description[:-1]}, after asinh.",
            map_x=np.arcsinh,
            map_y=np.arcsinh,
        )
    return worlds


def _clusters() -> dict[str, _World]:
    return {
        "two-gaussians-1": _World(
            "clusters",
            _drawn(sources.two_gaussians, 0.763770),
            "At (2, 1.5) with correlation 0.8, or at (-1, -1.5) with -0.6, as often.",
        ),
        "clusters-5": _World(
            "clusters",
            _drawn(sources.clusters, 0.338357),
            "5 columns a side around +1 or -1; the sign of y is that of X nine times of ten.",
        ),
    }


def _twisted() -> dict[str, _World]:
    worlds = {
        "swiss-roll": _World(
            "twisted",
            _pair,
            "Normal variables correlated by 0.75; X wound up in a plane, y made uniform.",
            sources.swiss_roll,
            sources.to_uniform,
        ),
        "ring": _World(
            "twisted",
            _drawn(sources.ring, 1.596768),
            "X is an angle, y the point on a circle with noise of deviation 0.3.",
        ),
    }
    for d in (3, 5, 25):
        source = _sparse(d)
        text = _prefix(source)
        worlds[f"spiral-{d}"] = _World(
            "twisted",
            source,
            f"{text}then pairs of columns turned by the distance from 0.",
            *(sources.spiral,) * 2,
        )
        worlds[f"spiral-uniform-{d}"] = _World(
            "twisted",
            source,
            f"{text}made uniform, then pairs of columns turned by the distance from the middle.",
            *(sources.spiral_of_uniform,) * 2,
        )
    return worlds


def _functions() -> dict[str, _World]:
    worlds = {
        f"square-of-{d}": _World(
            "functions",
            _drawn(sources.square(d), 0.802703),
            f"{_columns(d)} of X; y is the square of the first with noise of deviation 0.5.",
        )
        for d in (1, 3, 20)
    }
    worlds["sine-1"] = _World(
        "functions", _drawn(sources.sine, 0.861632), "y = sin(3 X), with noise of deviation 0.3."
    )
    worlds["radius-of-5"] = _World(
        "functions",
        _drawn(sources.radius, 0.909858),
        "5 columns of X; y is their distance from 0, with noise of deviation 0.3.",
    )
    worlds["spread-1"] = _World(
        "functions",
        _drawn(sources.spread, 0.432137),
        "y is normal with mean 0, and X the log of its deviation.",
    )
    return worlds


def _products() -> dict[str, _World]:
    factors = {1: "first column", 2: "product of two columns", 3: "product of three columns"}
    worlds = {
        f"sign-of-{n}": _World(
            "products",
            _drawn(sources.sign_of_product(n), _LOG_2),
            f"5 columns of X; y is the sign of the {what}.",
        )
        for n, what in factors.items()
    }
    worlds["product-of-2"] = _World(
        "products",
        _drawn(sources.product, 1.127038),
        "3 columns of X; y is the product of two, with noise of deviation 0.3.",
    )
    worlds["gate"] = _World(
        "products",
        _drawn(sources.gate, 0.5 * math.log(5)),
        "3 columns of X; y is the first by the sign of the second, with noise of deviation 0.5.",
    )
    return worlds


def _nulls() -> dict[str, _World]:
    shapes = {"1": (1, 1), "10": (10, 10), "50": (50, 50), "20-1": (20, 1), "4-noise": (4, 4, 20)}
    worlds = {
        f"null-{name}": _World(
            "null",
            _drawn(sources.independent(*shape), 0.0),
            f"Independent normal columns, {shape[0]} of X and {shape[1]} of y"
            f"{'; 20 small ones are appended to X' if len(shape) > 2 else ''}.",
        )
        for name, shape in shapes.items()
    }
    worlds["null-student"] = _World(
        "null",
        _drawn(sources.independent_student, 0.0),
        "Independent columns of Student's t with 2 degrees of freedom, 5 a side.",
    )
    worlds["null-uniform"] = _World(
        "null", _drawn(sources.independent_uniform, 0.0), "Independent uniform columns, 3 a side."
    )
    return worlds


_WORLDS: dict[str, _World] = {
    **_gaussian(),
    **_mapped(),
    **_bounded(),
    **_heavy(),
    **_clusters(),
    **_twisted(),
    **_functions(),
    **_products(),
    **_nulls(),
}


class World(BaseSampler):
    """A kind of dependence by its name, with known mutual information.

    There are some sixty, made for comparing estimators: dense and sparse Gaussians, increasing
    maps of them, heavy tails, bounded columns, clusters, twisted and folded shapes, functions
    with noise, products and signs, high information, and independent columns; of 1 to 50 columns
    a side.

    Parameters
    ----------
    name : str, default="additive-2"
        One of `get_world_names`. A number at the end is that of the columns, unless the
        description says otherwise.

    Attributes
    ----------
    mutual_info : float
        The mutual information of X and y, in nats.
    family : str
        The kind of dependence; "null" is none.
    description : str
        What is drawn.

    Raises
    ------
    ValueError
        By all attributes and methods, if there is no such world.

    See Also
    --------
    get_world_names : The names.
    TransformedSampler : Samplers and transforms put together by hand.

    Notes
    -----
    What is known of each in closed form is taken from there; of others it was found by numerical
    integration, to six digits. Many of the shapes are those of [1]_.

    References
    ----------
    .. [1] P. Czyż, F. Grabowski, J. E. Vogt, N. Beerenwinkel, A. Marx, "Beyond normal:
       on the evaluation of mutual information estimators", NeurIPS (2023).

    Examples
    --------
    >>> from skmi.datasets import World
    >>> world = World("spiral-5")
    >>> print(world.description)
    5 normal columns a side, two pairs correlated by 0.8, then pairs of columns turned by the
    distance from 0.
    >>> print(f"{world.mutual_info:.3f} nats")
    1.022 nats
    >>> X, y = world.sample(1000, random_state=0)
    >>> X.shape, y.shape
    ((1000, 5), (1000, 5))
    """

    _parameter_constraints: dict[str, list[Any]] = {"name": [StrOptions(set(_WORLDS))]}

    def __init__(self, name: str = "additive-2") -> None:
        self.name = name

    @property
    def family(self) -> str:
        """The kind of dependence."""
        return self._found().family

    @property
    def description(self) -> str:
        """What is drawn."""
        return self._found().description

    def _found(self) -> _World:
        self._check()
        return _WORLDS[self.name]

    def _draw(self, n_samples: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        world = _WORLDS[self.name]
        X, y = world.source().sample(n_samples, rng)
        X = X if world.map_x is None else world.map_x(X)
        return X, y if world.map_y is None else world.map_y(y)

    def _mutual_info(self) -> float:
        return _WORLDS[self.name].source().mutual_info


def get_world_names(family: str | None = None) -> list[str]:
    """The names that `World` knows.

    Parameters
    ----------
    family : str, default=None
        One of "gaussian", "mapped", "bounded", "heavy tails", "clusters", "twisted",
        "functions", "products" and "null"; None are all.

    Returns
    -------
    names : list of str

    Raises
    ------
    ValueError
        If there is no such family.

    Examples
    --------
    >>> from skmi.datasets import get_world_names
    >>> get_world_names("products")
    ['sign-of-1', 'sign-of-2', 'sign-of-3', 'product-of-2', 'gate']
    """
    names = [name for name, world in _WORLDS.items() if family in (None, world.family)]
    if not names:
        families = list(dict.fromkeys(world.family for world in _WORLDS.values()))
        raise ValueError(f"There is no family {family!r}; choose from {families}.")
    return names
