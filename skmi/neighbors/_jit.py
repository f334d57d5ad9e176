"""Compile with numba, cache where a cache can be written, run anywhere else.

Compiling costs seconds, once per installation: `Kernel.is_ready` says whether it has been
paid, and `dense_is_cheaper` weighs it against work in plain matrices.
"""

import sys
import time
from contextlib import contextmanager
from functools import cached_property
from threading import Lock

import numba

# Distances are finite or +inf and a zero's sign is never read, so the compiler may
# turn min and max into vector instructions. Nothing here lets it reorder or fuse
# arithmetic: every distance is rounded exactly as NumPy rounds it.
_OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"nnan", "nsz"},
}
# Building blocks are called by compiled code alone: wrappers would double what they cost.
_BLOCK = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
# Versions of numba, from the first and before the second, whose insides are known.
_KNOWN = (0, 61), (0, 69)


def _compile_block(function, **options):
    if not _KNOWN[0] <= numba.version_info.short < _KNOWN[1]:
        return numba.njit(**options)(function)
    from ._building_blocks import compile_block

    return compile_block(function, **options)


def jit(function):
    """Compile a building block of the kernels."""
    return _compile_block(function, **_BLOCK)


def inline_jit(function):
    """Compile a building block so small that calling it would cost more than it does."""
    return _compile_block(function, forceinline=True, **_BLOCK)


KERNELS: "list[Kernel]" = []
"""All of the modules loaded so far."""


class Kernel:
    """A compiled entry point whose machine code is cached on disk if that is possible.

    numba raises when it finds no directory to cache in, or when writing there fails
    (a read-only installation, a full disk). Neither is a reason to fail a call: the
    function is then compiled for this process alone.
    """

    def __init__(self, function):
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__
        self._function = function
        KERNELS.append(self)
        try:
            self._compiled = numba.njit(cache=True, **_OPTIONS)(function)
        except RuntimeError:  # numba: "no locator available for file"
            self._compiled = numba.njit(**_OPTIONS)(function)

    @property
    def is_ready(self):
        """Whether its machine code is there, in this process or on disk."""
        return bool(getattr(self._compiled, "signatures", ())) or self._is_on_disk

    @cached_property
    def _is_on_disk(self):
        try:  # of all that numba offers, this alone tells whether the index is up to date
            return bool(self._compiled._cache._cache_file._load_index())
        except Exception:
            return False

    def __call__(self, *args):
        if not self.is_ready:
            _say_once()
        try:
            return self._compiled(*args)
        except OSError:
            self._compiled = numba.njit(**_OPTIONS)(self._function)
            return self._compiled(*args)


_said: list[float] = []


def _say_once():
    if not _said:
        _said.append(time.monotonic())
        print("skmi compiles its kernels, once per installation", file=sys.stderr, flush=True)


class DenseBudget:
    """How long a process has worked in plain matrices where it could have compiled.

    A process compiles once that has cost half of what compiling would.
    """

    def __init__(self):
        self._lock, self._spent = Lock(), 0.0
        self.is_open = True

    def spend(self, seconds, compile_seconds):
        """Whether work of so many seconds is still within the budget; if so, it is taken off."""
        with self._lock:
            if not self.is_open or self._spent + seconds > compile_seconds / 2:
                return False
            self._spent += seconds
            return True


BUDGET = DenseBudget()


@contextmanager
def compiling():
    """In the context nothing is worked out in plain matrices for want of a kernel."""
    BUDGET.is_open = False
    try:
        yield
    finally:
        BUDGET.is_open = True


def dense_is_cheaper(kernels, dense_seconds, compile_seconds):
    """Whether to work in plain matrices rather than to compile.

    Parameters
    ----------
    kernels : sequence of Kernel
        What the other way needs.
    dense_seconds, compile_seconds : float
        What this piece of work would take, and what compiling would.
    """
    if all(kernel.is_ready for kernel in kernels):
        return False
    return BUDGET.spend(dense_seconds, compile_seconds)
