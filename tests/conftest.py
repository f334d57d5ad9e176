"""Shared by all tests."""

import os
import signal

# Threads of BLAS in several test processes stand in each other's way. To be said before numpy
# is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

import numpy as np
import pytest
from hypothesis import settings

# A shell starts what it runs in the background deaf to interrupts, and tests send some.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Kernels compile on their first call, which no deadline should blame on an example.
settings.register_profile("skmi", deadline=None, derandomize=True)
settings.load_profile("skmi")


@pytest.fixture
def rng():
    return np.random.default_rng(20261123)
