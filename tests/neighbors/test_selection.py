"""Sorting in compiled code, against numpy's."""

import numpy as np
import pytest

from skmi.neighbors._jit import Kernel
from skmi.neighbors._selection import sort_together

sort = Kernel(lambda values, order, n: sort_together(values, order, n))


@pytest.mark.parametrize("n", [1, 2, 16, 17, 100, 1000])
def test_values_are_sorted_and_their_places_with_them(n, rng):
    for values in (
        rng.normal(size=n),
        rng.integers(0, 3, n).astype(float),
        np.arange(n)[::-1].astype(float),
        np.where(rng.random(n) < 0.3, np.inf, rng.normal(size=n)),
    ):
        ascending, order = values.copy(), np.arange(n)
        sort(ascending, order, n)
        np.testing.assert_array_equal(ascending, np.sort(values))
        np.testing.assert_array_equal(values[order], ascending)
        assert len(set(order.tolist())) == n
