import pytest

from skmi.cli import _notes


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A slow machine says no more than a fast one."""
    monkeypatch.setattr(_notes, "FIRST", 1e6)
