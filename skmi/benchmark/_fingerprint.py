"""What an object is, as a digest: the same in every process, another after any change."""

import inspect
from collections.abc import Iterator
from hashlib import sha256
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from ._source import is_typed_in, source_digest

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))

# Made by Python for every class, and no part of what it does.
_NO_PART_OF_A_CLASS = {
    "__annotate_func__",
    "__annotations__",
    "__annotations_cache__",
    "__dict__",
    "__doc__",
    "__firstlineno__",
    "__static_attributes__",
    "__weakref__",
}


def fingerprint(value: Any) -> str:
    """A digest of what decides an object's results.

    Of data, their values; of an object, its class and parameters, or else its state as
    pickle takes it; of a function, its compiled code, its defaults and what it has
    closed over, and the code of its module (see `source_digest`). Functions and classes
    that were typed in have no module to look at: there, what their names stand for
    counts.

    Raises
    ------
    TypeError
        For objects that have neither parameters nor a state that can be pickled.
    """
    return _Digests().of(value).hex()


class _Digests:
    """Digests of objects, made of those of their parts."""

    def __init__(self) -> None:
        # With the objects themselves, so that no other gets their ids.
        self._finished: dict[int, tuple[bytes, Any]] = {}
        self._under_way: list[int] = []

    def of(self, value: Any) -> bytes:
        if isinstance(value, np.generic) and value.dtype.kind in "biufc":
            value = value.item()
        if type(value) in _PLAIN:
            return sha256(f"{type(value).__name__} {value!r}".encode()).digest()
        if id(value) in self._finished:
            return self._finished[id(value)][0]
        if id(value) in self._under_way:
            steps = len(self._under_way) - self._under_way.index(id(value))
            return f"{steps} steps up".encode()
        self._under_way.append(id(value))
        whole = sha256()
        for part in self._parts(value):
            whole.update(f"{len(part)} ".encode() + part)
        self._under_way.pop()
        self._finished[id(value)] = (whole.digest(), value)
        return whole.digest()

    def _parts(self, value: Any) -> Iterator[bytes]:
        if isinstance(value, np.ndarray) and value.dtype != object:
            yield f"array {value.dtype.str} {value.shape}".encode()
            yield np.ascontiguousarray(value).tobytes()
        elif type(value) in (list, tuple, dict):
            yield type(value).__name__.encode()
            yield from map(self.of, value)
            if type(value) is dict:
                yield from map(self.of, value.values())
        elif type(value) in (set, frozenset):
            yield type(value).__name__.encode()
            yield from sorted(map(self.of, value))
        elif isinstance(value, CodeType):
            yield from self._code(value)
        elif isinstance(value, FunctionType):
            yield from self._function(value)
        elif isinstance(value, type):
            yield from self._class(value)
        elif isinstance(value, ModuleType):
            yield source_digest(value.__name__).encode()
        elif _is_builtin(value):
            yield f"builtin {value.__qualname__}".encode()
            yield source_digest(value.__module__).encode()
        else:
            yield from self._instance(value)

    def _instance(self, value: Any) -> Iterator[bytes]:
        yield self.of(type(value))
        if hasattr(value, "get_params"):
            yield self.of(dict(sorted(value.get_params(deep=False).items())))
            return
        # As numba and functools keep the function that they have made faster.
        wrapped = getattr(value, "py_func", getattr(value, "__wrapped__", None))
        if isinstance(wrapped, FunctionType):
            yield self.of(wrapped)
            return
        try:
            state = value.__reduce_ex__(4)
        except Exception as error:
            raise TypeError(f"{value!r} cannot be told from others like it: {error}") from error
        if isinstance(state, str):  # a global name
            state = (state, getattr(value, "__module__", None))
        for part in state:
            yield self.of(list(part) if isinstance(part, Iterator) else part)

    def _function(self, function: Any) -> Iterator[bytes]:
        yield f"function {function.__module__}.{function.__qualname__}".encode()
        yield source_digest(function.__module__).encode()
        yield self.of(function.__code__)
        yield self.of((function.__defaults__, function.__kwdefaults__))
        for cell in function.__closure__ or ():
            try:
                yield self.of(cell.cell_contents)
            except ValueError:  # not filled yet
                yield b"empty"
        if is_typed_in(function.__module__):
            for name in sorted(_names(function.__code__) & function.__globals__.keys()):
                yield name.encode()
                yield self.of(function.__globals__[name])

    def _code(self, code: CodeType) -> Iterator[bytes]:
        yield code.co_code
        yield repr((code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)).encode()
        yield from map(self.of, code.co_consts)

    def _class(self, cls: type) -> Iterator[bytes]:
        yield f"class {cls.__module__}.{cls.__qualname__}".encode()
        yield source_digest(cls.__module__).encode()
        yield from map(self.of, cls.__bases__)
        if is_typed_in(cls.__module__):
            for name, member in sorted(vars(cls).items()):
                if name not in _NO_PART_OF_A_CLASS:
                    yield name.encode()
                    yield self.of(_behind(member))


def _is_builtin(value: Any) -> bool:
    return isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, ModuleType | None)


def _names(code: CodeType) -> set[str]:
    """All global names and attributes that a function or one inside it uses."""
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _behind(member: Any) -> Any:
    """What stands behind a member of a class."""
    if isinstance(member, staticmethod | classmethod):
        return member.__func__
    if isinstance(member, property):
        return (member.fget, member.fset, member.fdel)
    if inspect.isgetsetdescriptor(member) or inspect.ismemberdescriptor(member):
        return member.__name__
    return member
