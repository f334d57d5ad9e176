"""What the paper says of each figure, held against the points drawn here."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..._validation import FloatArray
from ._estimators import ALGORITHM_2

# What is called steady, or level: it moves by less than this part of its size, ...
_STEADY = 0.1
# ... in nats, where it is a bias that may be near 0 ...
_STEADY_BIAS = 0.1
# ... and what is called a clear fall or rise moves by more than this part.
_CLEAR = 0.25


class Claim(NamedTuple):
    """A sentence of the paper, whether it held, and what was measured."""

    where: str
    claim: str
    held: bool
    measured: str


class _Curves:
    """The values drawn in a panel, by estimator, in the order of x."""

    def __init__(self, points: Any, panel: str) -> None:
        self._points = points[points.panel == panel].sort_values("x")

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
    return [Claim("figure 1", text, held, _moves(curves, *steady, "ksg-local"))]


def _figure_2(points: Any) -> list[Claim]:
    curves, others = _Curves(points, "2"), ("mine", "mine-global", "mine-global-corrected")
    if not curves.has(*others, "mine-local"):
        return []
    held = all(abs(curves[name][-1] - curves[name][0]) < _STEADY_BIAS for name in others)
    first, last = curves["mine-local"][[0, -1]]
    held &= last > _STEADY_BIAS and last - first > _STEADY_BIAS
    text = "MINE-Local grows beyond the truth with columns of noise; the others stay"
    return [Claim("figure 2", text, bool(held), _moves(curves, "mine-local", *others))]


def _figure_3(points: Any) -> list[Claim]:
    claims = []
    curves = _Curves(points, "3a")
    if "ksg" in curves:
        bias = curves["ksg"] - curves.truth("ksg")
        held = bool(bias[-1] < bias[0] and np.argmin(bias) == len(bias) - 1 and bias[-1] < 0)
        text = "KSG has a negative bias that grows with the dimension"
        measured = f"bias {bias[0]:.2f} to {bias[-1]:.2f} bits"
        claims.append(Claim("figure 3a", text, held, measured))
    curves = _Curves(points, "3b")
    names = [name for name in ("ksg", "bi-ksg") if name in curves]
    if names:
        held = all(curves[name][-1] < min(0.1, curves[name][0]) for name in names)
        text = "The share of estimates below the truth grows with d; at d = 64 it is nearly all"
        below = (
            f"{name} {1 - curves[name][0]:.0%} to {1 - curves[name][-1]:.0%}" for name in names
        )
        claims.append(Claim("figure 3b", text, held, "; ".join(below)))
    return claims


def _figure_4(points: Any) -> list[Claim]:
    curves, steady = _Curves(points, "4"), ("ksg", "ksg-global-linf")
    if not curves.has(*steady, "ksg-global"):
        return []
    held = all(abs(_change(curves[name])) < _STEADY for name in steady)
    held &= _change(curves["ksg-global"]) < -_STEADY
    text = "KSG-Global falls as X is repeated; KSG and KSG-Global-Linf are steady"
    return [Claim("figure 4", text, held, _moves(curves, "ksg-global", *steady))]


def _figure_5(points: Any) -> list[Claim]:
    curves, names = _Curves(points, "5"), ("mine", "mine-global", "mine-global-corrected")
    if not curves.has(*names):
        return []
    falls = {name: curves[name][-1] - curves[name][0] for name in names}
    held = all(fall < 0 for fall in falls.values())
    held &= falls["mine-global"] < min(falls["mine"], falls["mine-global-corrected"])
    text = (
        "The bias of MINE grows negative with d, that of MINE-Global faster; "
        "MINE-Global-Corrected goes with MINE"
    )
    return [Claim("figure 5", text, bool(held), _moves(curves, *names))]


def _figure_6(points: Any) -> list[Claim]:
    claims = []
    level = ("ksg-local", "ksg-global", "ksg-global-linf")
    ksg = _Curves(points, "6a")
    if ksg.has("ksg", *level):
        first, last, top = ksg["ksg"][0], ksg["ksg"][-1], ksg["ksg"].max()
        claims.append(
            Claim(
                "figure 6a",
                "KSG falls to very low values at both extremes of the scale",
                bool(max(first, last) < _STEADY * top),
                f"{first:.2f} at the smallest, {top:.2f} at most, {last:.2f} at the largest",
            )
        )
        spans = {name: float(np.ptp(ksg[name])) for name in level}
        claims.append(
            Claim(
                "figure 6a",
                "The local and global variants stay level",
                max(spans.values()) < 1e-9,
                f"they move by at most {max(spans.values()):.0e} nats",
            )
        )
        claims.append(
            Claim(
                "figure 6a",
                "As the scale grows KSG goes to -1/k, here -0.33",
                abs(last + 1 / 3) < 0.03,
                f"{last:.2f}; with equation 6 (algorithm 2) {ksg[ALGORITHM_2][0]:.2f} at the "
                f"smallest and {ksg[ALGORITHM_2][-1]:.2f} at the largest scale",
            )
        )
    claims += _error_claim(_Curves(points, "6c"), "6c", "ksg", level)
    mine = _Curves(points, "6b")
    if "mine" in mine:
        first, top = mine["mine"][0], mine["mine"].max()
        text = "MINE goes to zero as the scale falls"
        measured = f"{first:.2f} at the smallest scale, {top:.2f} at most"
        claims.append(Claim("figure 6b", text, bool(abs(first) < _STEADY * top), measured))
    level = ("mine-local", "mine-global", "mine-global-corrected")
    return claims + _error_claim(_Curves(points, "6d"), "6d", "mine", level)


def _error_claim(curves: _Curves, panel: str, plain: str, level: tuple[str, ...]) -> list[Claim]:
    if not curves.has(plain, *level):
        return []
    held = all(
        curves[name][end] < curves[plain][end]
        for name in level
        for end in (0, len(curves[name]) - 1)
    )
    text = "The local and global variants have the smaller error at both extremes"
    return [Claim(f"figure {panel}", text, held, _spans(curves, plain, *level))]


def _figure_7(points: Any) -> list[Claim]:
    claims = []
    families = {
        "7a": ("ksg", ("ksg-local", "ksg-global", "ksg-global-linf")),
        "7b": ("mine", ("mine-local", "mine-global", "mine-global-corrected")),
    }
    for panel, (plain, level) in families.items():
        curves = _Curves(points, panel)
        if not curves.has(plain, *level):
            continue
        half = (len(curves[plain]) - 1) // 2
        true_rise = float(np.diff(curves.truth(plain)[[half, -1]])[0])
        rises = {name: float(np.diff(curves[name][[half, -1]])[0]) for name in (plain, *level)}
        held = all(rises[name] > (1 - _CLEAR) * true_rise for name in level)
        held &= rises[plain] < _CLEAR * true_rise
        measured = "; ".join(f"{name} {rise:+.2f}" for name, rise in rises.items())
        claims.append(
            Claim(
                f"figure {panel}",
                f"The local and global variants rise with the signal; {plain.upper()} stops",
                bool(held),
                f"in the upper half of the range: {measured}; truth {true_rise:+.2f} nats",
            )
        )
    return claims


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
