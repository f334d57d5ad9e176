import pytest

from skmi.cli import _notes
from skmi.neighbors import _jit


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A slow machine says no more than a fast one, nor one where kernels must be compiled."""
    monkeypatch.setattr(_notes, "FIRST", 1e6)
    monkeypatch.setattr(_jit, "_said", [0.0])
