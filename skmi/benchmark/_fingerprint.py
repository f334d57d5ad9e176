"""What an object is, as a digest: the same in every process, another after any change."""

import copyreg
import dis
import importlib
import importlib.util
import sys
import threading
from collections.abc import Iterable, Iterator
from hashlib import sha256
from operator import attrgetter
from pathlib import Path
from types import (
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from .._params import Parameterized
from ._versions import version_of

_PLAIN = (type(None), type(...), type(NotImplemented), bool, int, float, complex, str, bytes)
# Numbers and strings of numpy's that are those of Python in all they do.
_AS_PLAIN = (np.bool_, np.int64, np.float64, np.complex128, np.str_, np.bytes_)
# Of these there is nothing to know.
_WITHOUT_STATE = (type(threading.Lock()), type(threading.RLock()))
# Made by Python for every class, some when it is first pickled; no part of what it does.
_NO_PART_OF_A_CLASS = {
    *("__annotate_func__", "__annotations__", "__annotations_cache__", "__dict__", "__doc__"),
    *("__firstlineno__", "__slotnames__", "__slots__", "__static_attributes__", "__weakref__"),
    "_abc_impl",
}
_SLOTS = (MemberDescriptorType, GetSetDescriptorType)
_LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
# By these code may use any name of a module, ...
_FINDS_ANY_NAME = {"getattr", "vars", "__dict__", "attrgetter", "methodcaller"}
# ... and by these builtins and attributes anything.
_RUNS_ANYTHING = {"eval", "exec", "globals", "__import__"}
_FINDS_ANYTHING = {"import_module", "__subclasses__"}


class UnknownError(TypeError):
    """Something of which nobody can say whether it is still what it was."""


class NotCachedWarning(UserWarning):
    """Cells are computed and not kept: what decides them cannot be told for sure."""


def fingerprint(value: Any, *, cloned: bool = False, unknown: bool = False) -> str:
    """A digest of all that decides an object's results.

    Of data, their values; of an object, its class and its state; of a function, its
    compiled code, its defaults, what it has closed over, and what its global names stand
    for, be they numbers, functions or modules. Of what is installed, the version counts.

    Parameters
    ----------
    value : object
    cloned : bool, default=False
        Whether it is used by way of `sklearn.base.clone`, which keeps the parameters alone.
    unknown : bool, default=False
        Whether what cannot be told from others like it counts by its type.

    Raises
    ------
    UnknownError
        Where it cannot be told.
    """
    names: set[str] = set()
    while True:  # until all names are known that are looked up in modules
        n_names = len(names)
        digests = _Digests(names, unknown)
        try:
            digest = digests.cloned(value) if cloned else digests.of(value)
        except UnknownError:
            raise
        except Exception as error:  # of whatever the object's own methods do
            raise UnknownError(f"{type(error).__name__}: {error}") from error
        if len(names) == n_names:
            return digest.hex()


class _Digests:
    """Digests of objects, made of those of their parts."""

    def __init__(self, names: set[str], unknown: bool) -> None:
        self._names = names  # all that the code looked at might look up in a module
        self._unknown = unknown
        # With the objects themselves, so that no other gets their ids.
        self._finished: dict[int, tuple[bytes, Any]] = {}
        self._under_way: list[int] = []

    def of(self, value: Any) -> bytes:
        if type(value) in _AS_PLAIN:
            value = value.item()
        if type(value) in _PLAIN:
            return sha256(f"{type(value).__name__} {value!r}".encode()).digest()
        if id(value) in self._finished:
            return self._finished[id(value)][0]
        if id(value) in self._under_way:
            steps = len(self._under_way) - self._under_way.index(id(value))
            return f"{steps} steps up".encode()
        self._under_way.append(id(value))
        digest = _joined(self._parts(value))
        self._under_way.pop()
        self._finished[id(value)] = (digest, value)
        return digest

    def cloned(self, value: Any) -> bytes:
        """Of what `sklearn.base.clone` makes of it."""
        if type(value) in (list, tuple, set, frozenset):
            parts = list(map(self.cloned, value))
            parts = sorted(parts) if isinstance(value, set | frozenset) else parts
            return _joined([type(value).__name__.encode(), *parts])
        usual = BaseEstimator.__sklearn_clone__, Parameterized.__sklearn_clone__
        if (
            isinstance(value, type)
            or not hasattr(value, "get_params")
            or getattr(type(value), "__sklearn_clone__", usual[0]) not in usual
        ):
            return self.of(value)
        params = sorted(value.get_params(deep=False).items())
        return _joined([self.of(type(value)), *(self.cloned(part) for p in params for part in p)])

    def _parts(self, value: Any) -> Iterator[bytes]:
        kind = type(value)
        if kind is np.ndarray and not value.dtype.hasobject:
            yield f"array {value.dtype.descr} {value.shape}".encode()
            yield np.ascontiguousarray(value).tobytes()
        elif kind in (list, tuple, dict, MappingProxyType):
            yield kind.__name__.encode()
            yield from map(self.of, value)
            if kind in (dict, MappingProxyType):
                yield from map(self.of, value.values())
        elif kind in (set, frozenset):
            yield kind.__name__.encode()
            yield from sorted(map(self.of, value))
        elif kind in _WITHOUT_STATE:
            yield kind.__name__.encode()
        elif kind is CodeType:
            yield from self._code(value)
        elif isinstance(value, ModuleType):
            yield from self._module(value)
        elif (home := _home(value)) and (version := version_of(home.partition(" ")[0])):
            yield f"{home} {version}".encode()
        elif kind is FunctionType:
            yield from self._function(value)
        elif kind is MethodType:
            yield self.of((value.__func__, value.__self__))
        elif isinstance(value, type):
            yield from self._class(value)
        else:
            yield from self._instance(value)

    def _code(self, code: CodeType) -> Iterator[bytes]:
        self._names.update(code.co_names)
        self._names.update(value for value in code.co_consts if isinstance(value, str))
        yield repr((code.co_varnames, code.co_freevars, code.co_flags)).encode()
        yield repr((code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)).encode()
        yield code.co_exceptiontable
        # Not the bytes, which number what they use: documentation takes a number, too.
        for step in dis.get_instructions(code):
            if step.opname != "EXTENDED_ARG":
                yield step.opname.encode()
                yield self.of(step.argval)

    def _function(self, function: Any) -> Iterator[bytes]:
        yield f"function {function.__module__}.{function.__qualname__}".encode()
        yield self.of(function.__code__)
        yield self.of((function.__defaults__, function.__kwdefaults__, vars(function)))
        for cell in function.__closure__ or ():
            try:
                yield self.of(cell.cell_contents)
            except ValueError:  # not filled yet
                yield b"empty"
        # What it says of its module may be copied from a function that it wraps.
        if version_of(function.__globals__.get("__name__")) is None:
            yield from self._surroundings(function)

    def _surroundings(self, function: Any) -> Iterator[bytes]:
        """What its global names stand for, and the modules that it imports when it runs."""
        names = {**function.__builtins__, **function.__globals__}
        for name in sorted(_used(function.__code__, *_LOADS) & names.keys()):
            if name in _RUNS_ANYTHING - function.__globals__.keys():
                yield self._cannot_tell(function, f"it calls {name}")
            yield name.encode()
            yield self.of(names[name])
        for name in sorted(self._names & _FINDS_ANYTHING):
            yield self._cannot_tell(function, f"{name} is called")
        for module in _imports_of(function):
            yield self.of(module)

    def _module(self, module: ModuleType) -> Iterator[bytes]:
        version = version_of(module.__name__)
        yield f"module {module.__name__} {version}".encode()
        there = vars(module)
        names = there.keys() & self._names
        if version is None and self._names & _FINDS_ANY_NAME:
            names = {name for name in there if not name.startswith("__")}
        if version is None and "__getattr__" in there:
            yield self._cannot_tell(module, "it makes its names when they are asked for")
        if module is sys and "modules" in names:
            yield self._cannot_tell(module, "sys.modules is used")
        for name in sorted(names):
            # Of what is installed, nothing but settings.
            if version is None or type(there[name]) in _PLAIN:
                yield name.encode()
                yield self.of(there[name])

    def _class(self, cls: type) -> Iterator[bytes]:
        yield f"class {cls.__module__}.{cls.__qualname__}".encode()
        yield self.of((type(cls), cls.__bases__))
        for name, member in sorted(vars(cls).items()):
            # What is kept in a slot counts with the object.
            if name not in _NO_PART_OF_A_CLASS and not isinstance(member, _SLOTS):
                yield name.encode()
                yield self.of(_behind(member))

    def _instance(self, value: Any) -> Iterator[bytes]:
        yield self.of(type(value))
        version = version_of(type(value).__module__)
        # Made faster by functools or numba, which count calls or compilations beside it.
        wrapped = getattr(value, "py_func", getattr(value, "__wrapped__", None))
        torch = sys.modules.get("torch")
        if version and isinstance(wrapped, FunctionType):
            yield self.of((wrapped, getattr(value, "targetoptions", None)))
        elif compiled := _compiled_file(value):
            yield compiled.read_bytes()
        elif torch and isinstance(value, torch.Tensor):  # pickled with its address
            yield self.of(value.detach().cpu().numpy())
        else:
            yield from self._state(value, version)

    def _state(self, value: Any, version: str | None) -> Iterator[bytes]:
        try:
            reduce = copyreg.dispatch_table.get(type(value))
            state = reduce(value) if reduce else value.__reduce_ex__(4)
            # What a class leaves out of the state may count all the same.
            whole = None if version else object.__getstate__(value)
        except Exception as error:
            yield self._cannot_tell(value, str(error))
            return
        if isinstance(state, str):  # a global name
            if version and not _home(value):
                yield self._cannot_tell(value, "there is no code to look at")
            state = (state, getattr(value, "__module__", None))
        yield self.of(state[:2])
        for part in (*state[2:], whole):
            yield self.of(list(part) if isinstance(part, Iterator) else _attributes(part))

    def _cannot_tell(self, value: Any, why: str) -> bytes:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        if not self._unknown:
            name = getattr(value, "__qualname__", getattr(value, "__name__", kind))
            raise UnknownError(f"{name} cannot be told from others like it: {why}")
        return kind.encode()


def _joined(parts: Iterable[bytes]) -> bytes:
    whole = sha256()
    for part in parts:
        whole.update(f"{len(part)} ".encode())
        whole.update(part)
    return whole.digest()


def _home(value: Any) -> str | None:
    """The module that has it under its name, and this name; None if none has."""
    name = getattr(value, "__qualname__", None)
    modules = [getattr(value, "__module__", None)]
    if isinstance(value, np.ufunc):  # they do not say it
        name, modules = value.__name__, ["numpy", "scipy.special"]
    if isinstance(name, str) and "<" not in name:
        for module in filter(sys.modules.__contains__, map(str, modules)):
            try:
                if attrgetter(name)(sys.modules[module]) is value:
                    return f"{module} {name}"
            except AttributeError:
                continue
    return None


def _compiled_file(value: Any) -> Path | None:
    """The file of a compiled module that has it under its name."""
    home = _home(value)
    file = getattr(sys.modules[home.partition(" ")[0]], "__file__", None) if home else None
    return Path(file) if file and not file.endswith((".py", ".pyc")) else None


def _attributes(state: Any) -> Any:
    """Attributes by their names, in whatever order they were set, in slots or not."""
    if type(state) is tuple and len(state) == 2 and type(state[1]) is dict:
        state = {**(state[0] or {}), **state[1]}
    if type(state) is dict and all(type(name) is str for name in state):
        return sorted(state.items())
    return state


def _behind(member: Any) -> Any:
    """What stands behind a member of a class."""
    if isinstance(member, staticmethod | classmethod):
        return member.__func__
    if isinstance(member, property):
        return (member.fget, member.fset, member.fdel)
    return member


def _used(code: CodeType, *operations: str) -> set[str]:
    """The names that some operations have in a function and in those inside it."""
    found = {step.argval for step in dis.get_instructions(code) if step.opname in operations}
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return found.union(*(_used(constant, *operations) for constant in inner))


def _imports_of(function: Any) -> Iterator[ModuleType]:
    """The modules that may change and that are imported when a function runs."""
    code = function.__code__
    imported = _used(code, "IMPORT_NAME")
    imported |= {f"{stem}.{name}" for stem in imported for name in _used(code, "IMPORT_FROM")}
    package = function.__globals__.get("__package__")
    stems = _with_parents(package) if package else []
    inside = [f"{stem}.{name}" for stem in stems for name in imported]
    for name in sorted({part for each in (*imported, *inside) for part in _with_parents(each)}):
        if version_of(name) is None and _is_there(name):
            yield importlib.import_module(name)


def _with_parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):  # what it is in is no package
        return False
