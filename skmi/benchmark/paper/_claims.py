"""What the paper says of each figure, held against the points drawn here."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..._typing import FloatArray
from ._estimators import ALGORITHM_2, VERSIONS, base_name

# What is called steady, or level: it moves by less than this part of its size, ...
_STEADY = 0.1
# ... in nats, where it is a bias that may be near 0 ...
_STEADY_BIAS = 0.1
# ... and what is called a clear fall or rise moves by more than this part.
_CLEAR = 0.25


# What tables of claims have in their first line.
CLAIM_COLUMNS = ("where", "the paper's claim", "held", "measured")


class Claim(NamedTuple):
    """A sentence of the paper, whether it held, and what was measured."""

    where: str
    claim: str
    held: bool
    measured: str


class _Curves:
    """The values drawn in a panel, by the paper's names of its estimators, in the order of x.

    In one of their versions.
    """

    def __init__(self, points: Any, panel: str, version: str = "") -> None:
        points = points[points.panel == panel].sort_values("x")
        own = [name == base_name(name) + version for name in points.estimator]
        points = points[np.array(own, dtype=bool)]
        self._points = points.assign(estimator=[base_name(name) for name in points.estimator])
        self.where = f"figure {panel}{VERSIONS[version]}"

    def __contains__(self, name: str) -> bool:
        return bool((self._points.estimator == name).any())

    def __getitem__(self, name: str) -> FloatArray:
        return self._points[self._points.estimator == name].value.to_numpy()

    def truth(self, name: str) -> FloatArray:
        return self._points[self._points.estimator == name].truth.to_numpy()

    def has(self, *names: str) -> bool:
        return all(name in self for name in names)


def _change(values: FloatArray) -> float:
    """From first to last, as a part of the first."""
    return float((values[-1] - values[0]) / abs(values[0]))


def _moves(curves: _Curves, *names: str) -> str:
    return "; ".join(f"{name} {curves[name][0]:.2f} to {curves[name][-1]:.2f}" for name in names)


def _spans(curves: _Curves, *names: str) -> str:
    return "; ".join(
        f"{name} {curves[name].min():.2f} to {curves[name].max():.2f}" for name in names
    )


def _figure_1(points: Any) -> list[Claim]:
    curves, steady = _Curves(points, "1"), ("ksg", "ksg-global-linf")
    if not curves.has(*steady, "ksg-local"):
        return []
    held = all(abs(_change(curves[name])) < _STEADY for name in steady)
    held &= _change(curves["ksg-local"]) < -_CLEAR
    text = (
        "KSG and KSG-Global-Linf keep their estimates as columns of noise are appended; "
        "KSG-Local falls"
    )
    return [Claim(curves.where, text, held, _moves(curves, *steady, "ksg-local"))]


def _figure_2(points: Any) -> list[Claim]:
    return [claim for v in VERSIONS for claim in _local_grows(_Curves(points, "2", v))]


def _local_grows(curves: _Curves) -> list[Claim]:
    others = ("mine", "mine-global", "mine-global-corrected")
    if not curves.has(*others, "mine-local"):
        return []
    held = all(abs(curves[name][-1] - curves[name][0]) < _STEADY_BIAS for name in others)
    first, last = curves["mine-local"][[0, -1]]
    held &= last > _STEADY_BIAS and last - first > _STEADY_BIAS
    text = "MINE-Local grows beyond the truth with columns of noise; the others stay"
    return [Claim(curves.where, text, bool(held), _moves(curves, "mine-local", *others))]


def _figure_3(points: Any) -> list[Claim]:
    claims = []
    curves = _Curves(points, "3a")
    if "ksg" in curves:
        bias = curves["ksg"] - curves.truth("ksg")
        held = bool(bias[-1] < bias[0] and np.argmin(bias) == len(bias) - 1 and bias[-1] < 0)
        text = "KSG has a negative bias that grows with the dimension"
        measured = f"bias {bias[0]:.2f} to {bias[-1]:.2f} bits"
        claims.append(Claim(curves.where, text, held, measured))
    curves = _Curves(points, "3b")
    names = [name for name in ("ksg", "bi-ksg") if name in curves]
    if names:
        held = all(curves[name][-1] < min(0.1, curves[name][0]) for name in names)
        text = "The share of estimates below the truth grows with d; at d = 64 it is nearly all"
        below = (
            f"{name} {1 - curves[name][0]:.0%} to {1 - curves[name][-1]:.0%}" for name in names
        )
        claims.append(Claim(curves.where, text, held, "; ".join(below)))
    return claims


def _figure_4(points: Any) -> list[Claim]:
    curves, steady = _Curves(points, "4"), ("ksg", "ksg-global-linf")
    if not curves.has(*steady, "ksg-global"):
        return []
    held = all(abs(_change(curves[name])) < _STEADY for name in steady)
    held &= _change(curves["ksg-global"]) < -_STEADY
    text = "KSG-Global falls as X is repeated; KSG and KSG-Global-Linf are steady"
    return [Claim(curves.where, text, held, _moves(curves, "ksg-global", *steady))]


def _figure_5(points: Any) -> list[Claim]:
    return [claim for v in VERSIONS for claim in _global_falls(_Curves(points, "5", v))]


def _global_falls(curves: _Curves) -> list[Claim]:
    names = ("mine", "mine-global", "mine-global-corrected")
    if not curves.has(*names):
        return []
    falls = {name: curves[name][-1] - curves[name][0] for name in names}
    held = all(fall < 0 for fall in falls.values())
    held &= falls["mine-global"] < min(falls["mine"], falls["mine-global-corrected"])
    text = (
        "The bias of MINE grows negative with d, that of MINE-Global faster; "
        "MINE-Global-Corrected goes with MINE"
    )
    return [Claim(curves.where, text, bool(held), _moves(curves, *names))]


def _figure_6(points: Any) -> list[Claim]:
    level_ksg = ("ksg-local", "ksg-global", "ksg-global-linf")
    level_mine = ("mine-local", "mine-global", "mine-global-corrected")
    claims = _ksg_and_scale(_Curves(points, "6a"), level_ksg)
    claims += _smaller_error(_Curves(points, "6c"), "ksg", level_ksg)
    for version in VERSIONS:
        claims += _mine_and_scale(_Curves(points, "6b", version), level_mine)
        claims += _smaller_error(_Curves(points, "6d", version), "mine", level_mine)
    return claims


def _ksg_and_scale(curves: _Curves, level: tuple[str, ...]) -> list[Claim]:
    if not curves.has("ksg", *level):
        return []
    first, last, top = curves["ksg"][0], curves["ksg"][-1], curves["ksg"].max()
    most = max(float(np.ptp(curves[name])) for name in level)
    return [
        Claim(
            curves.where,
            "KSG falls to very low values at both extremes of the scale",
            bool(max(first, last) < _STEADY * top),
            f"{first:.2f} at the smallest, {top:.2f} at most, {last:.2f} at the largest",
        ),
        Claim(
            curves.where,
            "The local and global variants stay level",
            most < 1e-9,
            f"they move by at most {most:.0e} nats" if most else "they do not move at all",
        ),
        Claim(
            curves.where,
            "As the scale grows KSG goes to -1/k, here -0.33",
            abs(last + 1 / 3) < 0.03,
            f"{last:.2f}; with equation 6 (algorithm 2) {curves[ALGORITHM_2][0]:.2f} at the "
            f"smallest and {curves[ALGORITHM_2][-1]:.2f} at the largest scale",
        ),
    ]


def _mine_and_scale(curves: _Curves, level: tuple[str, ...]) -> list[Claim]:
    if not curves.has("mine", *level):
        return []
    first, top = curves["mine"][0], curves["mine"].max()
    held = bool(abs(first) < _STEADY * top)
    measured = f"{first:.2f} at the smallest scale, {top:.2f} at most"
    claims = [Claim(curves.where, "MINE goes to zero as the scale falls", held, measured)]
    held = all(np.ptp(curves[name]) < _CLEAR * curves[name].mean() for name in level)
    text = "The local and global variants stay robust, with small fluctuations"
    return [*claims, Claim(curves.where, text, held, _spans(curves, *level))]


def _smaller_error(curves: _Curves, plain: str, level: tuple[str, ...]) -> list[Claim]:
    if not curves.has(plain, *level):
        return []
    held = all(
        curves[name][end] < curves[plain][end]
        for name in level
        for end in (0, len(curves[name]) - 1)
    )
    text = "The local and global variants have the smaller error at both extremes"
    return [Claim(curves.where, text, held, _spans(curves, plain, *level))]


def _figure_7(points: Any) -> list[Claim]:
    level_ksg = ("ksg-local", "ksg-global", "ksg-global-linf")
    level_mine = ("mine-local", "mine-global", "mine-global-corrected")
    claims = _rises(_Curves(points, "7a"), "ksg", level_ksg)
    for version in VERSIONS:
        claims += _rises(_Curves(points, "7b", version), "mine", level_mine)
    return claims


def _rises(curves: _Curves, plain: str, level: tuple[str, ...]) -> list[Claim]:
    if not curves.has(plain, *level):
        return []
    half = (len(curves[plain]) - 1) // 2
    true_rise = float(np.diff(curves.truth(plain)[[half, -1]])[0])
    rises = {name: float(np.diff(curves[name][[half, -1]])[0]) for name in (plain, *level)}
    held = all(rises[name] > (1 - _CLEAR) * true_rise for name in level)
    held &= rises[plain] < _CLEAR * true_rise
    measured = "; ".join(f"{name} {rise:+.2f}" for name, rise in rises.items())
    return [
        Claim(
            curves.where,
            f"The local and global variants rise with the signal; {plain.upper()} stops",
            bool(held),
            f"in the upper half of the range: {measured}; truth {true_rise:+.2f} nats",
        )
    ]


_CLAIMS: dict[int, Callable[[Any], list[Claim]]] = {
    1: _figure_1,
    2: _figure_2,
    3: _figure_3,
    4: _figure_4,
    5: _figure_5,
    6: _figure_6,
    7: _figure_7,
}


def check_claims(figure: int, points: Any) -> list[Claim]:
    """The paper's claims under a figure, those whose estimators have run.

    Parameters
    ----------
    figure : int
    points : DataFrame
        Of all its panels, as `points` gives them.

    Returns
    -------
    claims : list of Claim
    """
    return _CLAIMS[figure](points)
