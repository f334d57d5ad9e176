"""A long run against the definitions: ``python -m tests.fuzz [n_cases] [seed]``.

Each case draws modest data, computes an estimate from them by the naive twin, and gives the
library the same data disguised: multiplied by anything from 1e-320 to 1e307, shifted, or
computed so that equal values differ in their last bits. The values must agree to 1e-9.
"""

import sys
import time
import warnings
from collections import Counter

import numpy as np

from skmi import (
    BIKSG,
    KSG,
    BinningMI,
    GlobalLinfScaler,
    GlobalScaler,
    LocalScaler,
    MixedKSG,
    RossMI,
    ScaleInvariantMI,
    conditional_mutual_info,
    make_estimator,
)
from skmi.feature_selection import JointMISelector, feature_mutual_info
from tests import naive
from tests.estimators import labels as labelled

SCALES = np.arange(1, 21) / 10


class World:
    """Modest data and their disguise."""

    def __init__(self, rng):
        self.rng = rng
        self.n = int(rng.integers(8, 45))
        self.kind = rng.choice(["continuous", "lattice", "tenths", "copies", "powers", "constant"])
        self.disguise = rng.choice(["none", "magnitude", "last bits", "offset"])
        if self.kind in ("continuous", "powers") and self.disguise in ("last bits", "offset"):
            self.disguise = "magnitude"

    def side(self, n_columns):
        """A modest variable of some columns."""
        values = self.rng.normal(size=(self.n, n_columns))
        if self.kind == "lattice":
            return np.round(2 * values)
        if self.kind == "tenths":
            return np.round(10 * values)  # tenths in units of one
        if self.kind == "copies":
            return np.round(4 * values[self.rng.integers(0, self.n // 2, self.n)])
        if self.kind == "powers":
            return np.sign(values) * values**2
        if self.kind == "constant":
            values[:, 0] = 3.0
            return np.round(8 * values)
        return values

    def factor(self, *sides, exact=False):
        """A factor that leaves all values finite and, but for rare cases, normal."""
        if self.disguise != "magnitude":
            return 1.0
        largest = max(np.abs(side).max() for side in sides)
        smallest = min(_gap(side) for side in sides)
        low = -320 if all((side == np.round(side)).all() for side in sides) else -290
        exponent = self.rng.uniform(low - np.log10(smallest), 307.5 - np.log10(largest))
        power = int(np.clip(np.round(exponent / np.log10(2)), -1074, 1022))
        exact = exact or self.rng.random() < 0.5 or power < -950
        return float(np.ldexp(1.0, power)) if exact else 10.0 ** (power * np.log10(2))

    def disguised(self, side, factor):
        """The same variable as the library gets it."""
        if self.disguise == "last bits":  # whole numbers as differences of tenths
            part = self.rng.integers(-50, 50, size=side.shape)
            return (side + part) / 10 - part / 10
        if self.disguise == "offset":
            return side + np.ldexp(1.0, int(self.rng.integers(10, 42)))
        return _times(side, factor)


def _times(values, factor):
    """A product by a factor as small as numbers go."""
    return values * factor


def _gap(side):
    gaps = np.diff(np.unique(side))
    return gaps.min() if gaps.size else 1.0


def _one_factor(world, X, y, *, exact=False):
    """Both sides by one factor: what depends on the relative scale stays."""
    factor = world.factor(X, y, exact=exact)
    return world.disguised(X, factor), world.disguised(y, factor)


def _own_factors(world, *sides):
    return [world.disguised(side, world.factor(side)) for side in sides]


def _shape(rng):
    return int(rng.integers(1, 4)), int(rng.integers(1, 3))


def _ksg(world, rng):
    X, y = map(world.side, _shape(rng))
    k, variant = int(rng.integers(1, 6)), int(rng.integers(1, 3))
    # With ties the formula as printed asks for the exact order of distances.
    tolerance = 1e-10 if variant == 1 else None
    if variant == 2 and world.disguise == "last bits":
        world.disguise = "none"
    expected = naive.ksg(X, y, k, algorithm=variant, tolerance=tolerance)
    ksg = KSG(k, variant=variant, tie_tolerance=tolerance)
    return ksg.fit(*_one_factor(world, X, y, exact=tolerance is None)).mi_, expected


def _bi_ksg(world, rng):
    X, y = map(world.side, _shape(rng))
    if world.disguise in ("last bits", "magnitude"):
        world.kind, X, y = "continuous", *(rng.normal(size=side.shape) for side in (X, y))
        world.disguise = "magnitude"
    metric = rng.choice(["euclidean", "chebyshev"])
    expected = naive.bi_ksg(X, y, metric=metric)
    return BIKSG(metric=metric).fit(*_one_factor(world, X, y)).mi_, expected


def _mixed_ksg(world, rng):
    X, y = map(world.side, _shape(rng))
    if world.disguise == "last bits":
        world.disguise = "magnitude"
    expected = labelled.mixed_ksg(X, y, formula="digamma")
    return MixedKSG(tie_tolerance=1e-10).fit(*_one_factor(world, X, y)).mi_, expected


def _binning(world, rng):
    X, y = (rng.normal(size=(world.n, d)) for d in _shape(rng))
    world.kind, world.disguise = "continuous", "magnitude"
    n_bins = int(rng.integers(1, 7))
    return BinningMI(n_bins).fit(*_own_factors(world, X, y)).mi_, naive.binning(X, y, n_bins)


def _scaled(side, name):
    side = side - side.mean(axis=0)
    if name == "local":
        scale = side.std(axis=0)
        return side / np.where(scale > 0, scale, 1)
    if name == "global":
        scale = np.sqrt(np.square(side).sum(axis=1).mean())
    else:
        scale = np.abs(side).max(axis=1).mean()
    return side / (scale or 1.0)


SCALERS = {"local": LocalScaler(), "global": GlobalScaler(), "linf": GlobalLinfScaler()}


def _invariant(world, rng):
    X, y = map(world.side, _shape(rng))
    name, k = rng.choice(list(SCALERS)), int(rng.integers(1, 5))
    expected = naive.ksg(_scaled(X, name), _scaled(y, name), k, tolerance=1e-10)
    return ScaleInvariantMI(KSG(k), SCALERS[name]).fit(*_own_factors(world, X, y)).mi_, expected


def _searched(world, rng):
    X, y = map(world.side, _shape(rng))
    name = rng.choice(["global", "linf"])
    x, t = _scaled(X, name), _scaled(y, name)
    expected = max(naive.ksg(x, t, scale=c, tolerance=1e-10) for c in SCALES)
    recipe = {"global": "ksg-global", "linf": "ksg-global-linf"}[name]
    return make_estimator(recipe).fit(*_own_factors(world, X, y)).mi_, expected


def _classes(world, rng):
    return rng.integers(0, int(rng.integers(1, 5)), world.n)


def _ross(world, rng):
    X, y = world.side(_shape(rng)[0]), _classes(world, rng)
    if np.bincount(y).max() < 2:
        y[:2] = 0
    k = int(rng.integers(1, 5))
    expected = naive.ross(X, y, k, tolerance=1e-10)
    (X,) = _own_factors(world, X)
    return RossMI(k, tie_tolerance=1e-10).fit(X, y).score_samples(X, y)[_paired(y)].mean(), expected


def _paired(y):
    return np.bincount(y)[y] > 1


def _features(world, rng):
    X = world.side(2)
    if rng.random() < 0.5:
        y = world.side(1)
        expected = [
            naive.ksg(_scaled(X[:, [j]], "local"), _scaled(y, "local"), tolerance=1e-10)
            for j in range(2)
        ]
        X, y = _own_factors(world, X, y)
        return feature_mutual_info(X, y[:, 0], clip=False), expected
    y = _classes(world, rng)
    y[:2] = 0
    expected = [naive.ross(X[:, [j]], y, tolerance=1e-10) for j in range(2)]
    (X,) = _own_factors(world, X)
    return feature_mutual_info(X, y.astype(str), clip=False), expected


def _joint(world, rng):
    X, y = world.side(3), world.side(1)
    columns, target = _scaled(X, "local"), _scaled(y, "local")
    alone = [naive.ksg(columns[:, [j]], target, tolerance=1e-10) for j in range(3)]
    disguised = _own_factors(world, X, y)
    selector = JointMISelector(2).fit(disguised[0], disguised[1][:, 0])
    first = selector.path_[0]
    pairs = [
        np.nan if j == first else naive.ksg(columns[:, [first, j]], target, tolerance=1e-10)
        for j in range(3)
    ]
    return selector.candidate_scores_.ravel(), [*alone, *pairs]


def _conditional(world, rng):
    X, y, z = world.side(1), world.side(1), world.side(_shape(rng)[0])
    scaled = [_scaled(side, "linf") for side in (X, y, z)]
    expected = naive.conditional_ksg(*scaled, tolerance=1e-10)
    return conditional_mutual_info(*_own_factors(world, X, y, z)), expected


CASES = {
    f.__name__.strip("_"): f
    for f in (
        _ksg,
        _bi_ksg,
        _mixed_ksg,
        _binning,
        _invariant,
        _searched,
        _ross,
        _features,
        _joint,
        _conditional,
    )
}


def run(n_cases, seed=0):
    """Failures, as (number, estimator, world, what was found, what was expected)."""
    failures, counted = [], Counter()
    names = list(CASES)
    for number in range(n_cases):
        rng = np.random.default_rng([seed, number])
        name, world = names[number % len(names)], World(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found, expected = CASES[name](world, rng)
                agree = np.allclose(found, expected, rtol=1e-9, atol=1e-9, equal_nan=True)
            except Exception as error:
                found, expected, agree = f"{type(error).__name__}: {error}", None, False
        counted[name, str(world.disguise)] += 1
        if not agree:
            failures.append((number, name, f"{world.kind}, {world.disguise}", found, expected))
    return failures, counted


def main():
    """Run, print the failures and how many cases there were of each kind."""
    n_cases = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    start = time.perf_counter()
    failures, counted = run(n_cases, seed)
    for failure in failures[:20]:
        print(*failure, sep=" | ")
    for (name, disguise), count in sorted(counted.items()):
        print(f"{name:<12} {disguise:<10} {count:6}")
    seconds = time.perf_counter() - start
    print(f"{n_cases} cases, seed {seed}: {len(failures)} differences ({seconds:.0f} s)")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
