"""Data sets of very different kinds, for the tests to run over."""

import numpy as np


def _gaussian(rng, n, d, m, rho=0.7):
    X = rng.normal(size=(n, d))
    y = rng.normal(size=(n, m))
    shared = min(d, m)
    y[:, :shared] = rho * X[:, :shared] + np.sqrt(1 - rho**2) * y[:, :shared]
    return X, y


def _point_mass(rng, n):
    X, y = _gaussian(rng, n, 1, 1)
    X[: n // 2] = y[: n // 2] = 0.0
    return X, y


def _lattice(rng, n, d, m, levels):
    X = rng.integers(0, levels, size=(n, d)).astype(float)
    return X, X[:, :1] + rng.integers(0, levels, size=(n, m))


def _offset(rng, n):
    X, y = _gaussian(rng, n, 2, 2)
    return np.round(X * 2**20) / 2**20 + 1e9, y


def _spiral(rng, n):
    t = rng.uniform(0, 6, size=n)
    X = np.column_stack([t * np.cos(t), t * np.sin(t)])
    return X, t[:, None] + 0.1 * rng.normal(size=(n, 1))


WORLDS = {
    "line": lambda rng: _gaussian(rng, 150, 1, 1),
    "nearly deterministic": lambda rng: _gaussian(rng, 150, 1, 1, rho=1 - 1e-12),
    "independent": lambda rng: _gaussian(rng, 150, 2, 3, rho=0.0),
    "plane": lambda rng: _gaussian(rng, 200, 2, 2),
    "ten columns": lambda rng: _gaussian(rng, 120, 10, 10),
    "wide": lambda rng: _gaussian(rng, 60, 70, 3),
    "few samples": lambda rng: _gaussian(rng, 5, 1, 2),
    "many samples": lambda rng: _gaussian(rng, 700, 1, 1),
    "tiny numbers": lambda rng: tuple(1e-150 * v for v in _gaussian(rng, 100, 2, 1)),
    "huge numbers": lambda rng: tuple(1e150 * v for v in _gaussian(rng, 100, 1, 2)),
    "unlike units": lambda rng: tuple(
        f * v for f, v in zip((1e-9, 1e9), _gaussian(rng, 100, 2, 2), strict=True)
    ),
    "offset of 1e9": lambda rng: _offset(rng, 150),
    "coarse grid": lambda rng: _lattice(rng, 200, 1, 1, 4),
    "integer grid": lambda rng: _lattice(rng, 150, 3, 2, 12),
    "fine grid": lambda rng: tuple(np.round(50 * v) for v in _gaussian(rng, 200, 1, 1)),
    "rows four times": lambda rng: tuple(np.repeat(v, 4, axis=0) for v in _gaussian(rng, 40, 2, 1)),
    "all rows equal": lambda rng: (np.ones((20, 2)), np.full((20, 1), 3.0)),
    "constant side": lambda rng: (np.zeros((80, 1)), rng.normal(size=(80, 1))),
    "point mass and density": lambda rng: _point_mass(rng, 160),
    "heavy tails": lambda rng: tuple(v**9 for v in _gaussian(rng, 150, 1, 1)),
    "spiral": lambda rng: _spiral(rng, 200),
    "same variable": lambda rng: (lambda v: (v, v.copy()))(rng.normal(size=(120, 2))),
    "duplicated columns": lambda rng: (lambda X, y: (np.tile(X, 20), y))(*_gaussian(rng, 80, 2, 2)),
}

# Squares of 1e150 overflow in the naive twins, though not in the kernels.
SQUARABLE = [name for name in WORLDS if name not in ("tiny numbers", "huge numbers")]
