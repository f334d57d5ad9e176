"""Distances from one point to many, one side at a time.

Points are held feature by feature, in arrays of shape (n_features, n_points), so that
the loops run over neighbouring memory and become vector instructions. Euclidean
distances stay squared: the square root changes no comparison.
"""

from ._jit import inline_jit


@inline_jit
def chebyshev(points, start, stop, point, out):
    """out[j] = max_f |points[f, start + j] - point[f]|."""
    n_features = points.shape[0]
    w, a = points[0, start:stop], point[0]
    n_points = w.size
    for j in range(n_points):
        out[j] = abs(w[j] - a)
    f = 1
    # Four features a pass: one store of the running maximum where there were four.
    while f + 4 <= n_features:
        w, x = points[f, start:stop], points[f + 1, start:stop]
        y, z = points[f + 2, start:stop], points[f + 3, start:stop]
        a, b, c, d = point[f], point[f + 1], point[f + 2], point[f + 3]
        for j in range(n_points):
            ab = max(abs(w[j] - a), abs(x[j] - b))
            cd = max(abs(y[j] - c), abs(z[j] - d))
            out[j] = max(out[j], max(ab, cd))
        f += 4
    while f < n_features:
        w, a = points[f, start:stop], point[f]
        for j in range(n_points):
            out[j] = max(out[j], abs(w[j] - a))
        f += 1


@inline_jit
def squared_euclidean(points, start, stop, point, out):
    """out[j] = sum_f (points[f, start + j] - point[f])**2, added in the order of f."""
    n_points = stop - start
    for j in range(n_points):
        out[j] = 0.0
    for f in range(points.shape[0]):
        w, a = points[f, start:stop], point[f]
        for j in range(n_points):
            gap = w[j] - a
            out[j] += gap * gap


@inline_jit
def one_sided(points, start, stop, point, euclidean, out):
    """Distances in the chosen metric from `point` to points start <= j < stop."""
    if euclidean:
        squared_euclidean(points, start, stop, point, out)
    else:
        chebyshev(points, start, stop, point, out)


@inline_jit
def equals(point, other):
    """Whether two points are the same."""
    same = True
    for f in range(point.size):
        same &= point[f] == other[f]
    return same


@inline_jit
def joint(x_distances, y_distances, n, scale, euclidean, out):
    """Distances in the joint space of the first `n`, with `scale` on the second side.

    For the Euclidean metric distances are squared, and so is `scale`.
    """
    if euclidean:
        for j in range(n):
            out[j] = x_distances[j] + scale * y_distances[j]
    else:
        for j in range(n):
            out[j] = max(x_distances[j], scale * y_distances[j])
