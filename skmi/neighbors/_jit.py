"""Compile with numba, cache where a cache can be written, run anywhere else."""

import numba

# Distances are finite or +inf and a zero's sign is never read, so the compiler may
# turn min and max into vector instructions. Nothing here lets it reorder or fuse
# arithmetic: every distance is rounded exactly as NumPy rounds it.
_OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"nnan", "nsz"},
}


def jit(function):
    """Compile a building block of the kernels."""
    return numba.njit(**_OPTIONS)(function)


def inline_jit(function):
    """Compile a building block so small that calling it would cost more than it does."""
    return numba.njit(forceinline=True, **_OPTIONS)(function)


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
        try:
            self._compiled = numba.njit(cache=True, **_OPTIONS)(function)
        except RuntimeError:  # numba: "no locator available for file"
            self._compiled = numba.njit(**_OPTIONS)(function)

    def __call__(self, *args):
        try:
            return self._compiled(*args)
        except OSError:
            self._compiled = numba.njit(**_OPTIONS)(self._function)
            return self._compiled(*args)
