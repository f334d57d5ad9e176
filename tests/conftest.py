"""Shared by all tests."""

import os

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "agg")

# Kernels compile on their first call, which no deadline should blame on an example.
settings.register_profile("skmi", deadline=None, derandomize=True)
settings.load_profile("skmi")


@pytest.fixture
def rng():
    return np.random.default_rng(20261123)
