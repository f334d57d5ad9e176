"""What was right stays: 230 values and more, stored before the house was rebuilt."""

import json

import pytest

from tests.stored.__main__ import VALUES
from tests.stored.cases import cases

STORED = json.loads(VALUES.read_text())


@pytest.mark.parametrize(("name", "compute"), cases(), ids=lambda value: str(value)[:30])
def test_values_stay(name, compute):
    expected = [pytest.approx(value, abs=1e-12, nan_ok=True) for value in STORED[name]]
    assert compute() == expected
