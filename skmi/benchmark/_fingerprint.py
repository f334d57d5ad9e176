"""What an object is, as a digest: the same in every process, another after any change."""

import ast
import functools
import importlib.metadata
import importlib.util
import inspect
import sys
import sysconfig
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

_PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
_INSTALLED = tuple(
    str(Path(sysconfig.get_path(name)).resolve()) for name in ("stdlib", "purelib", "platlib")
)


def fingerprint(value: Any) -> str:
    """A digest of what decides an object's results.

    Of data, their values; of an object, its class and parameters, or else its state as
    pickle takes it; of a function, its compiled code, its defaults, and what it refers
    to. Code in an installed package is known by the package's version, code in a
    working tree by its syntax, together with that of all modules it imports from
    working trees: comments, docstrings and layout do not count.

    Raises
    ------
    TypeError
        For objects that have neither parameters nor a state that can be pickled.
    """
    digest = sha256()
    for part in _describe(value, {}):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()


def _describe(value: Any, seen: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    """The parts of a description; `seen` numbers the objects that are being described."""
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind in "biufc" else value
    if type(value) in _PLAIN:
        yield f"{type(value).__name__} {value!r}".encode()
        return
    if id(value) in seen:
        yield f"again {seen[id(value)][0]}".encode()
        return
    # Kept alive, so that no other object gets its id.
    seen[id(value)] = (len(seen), value)
    yield from _describe_new(value, seen)


def _describe_new(value: Any, seen: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    if isinstance(value, np.ndarray) and value.dtype != object:
        yield f"array {value.dtype.str} {value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif type(value) in (list, tuple):
        yield f"{type(value).__name__} {len(value)}".encode()
        for item in value:
            yield from _describe(item, seen)
    elif type(value) in (set, frozenset):
        yield f"{type(value).__name__} {sorted(fingerprint(item) for item in value)}".encode()
    elif type(value) is dict:
        yield f"dict {len(value)}".encode()
        for key, item in value.items():
            yield from _describe(key, seen)
            yield from _describe(item, seen)
    elif isinstance(value, CodeType):
        yield from _describe_code(value, seen)
    elif isinstance(value, FunctionType):
        yield from _describe_function(value, seen)
    elif isinstance(value, type):
        yield from _describe_class(value, seen)
    elif isinstance(value, ModuleType):
        yield _describe_module(value.__name__)
    elif isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, ModuleType | None):
        yield f"builtin {value.__module__}.{value.__qualname__}".encode()
        yield _describe_module(value.__module__)
    else:
        yield from _describe_instance(value, seen)


def _describe_instance(value: Any, seen: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    yield from _describe(type(value), seen)
    if hasattr(value, "get_params"):
        yield from _describe(dict(sorted(value.get_params(deep=False).items())), seen)
        return
    try:
        reduced = value.__reduce_ex__(4)
    except Exception as error:
        raise TypeError(f"{value!r} cannot be told from others like it: {error}") from error
    if isinstance(reduced, str):
        yield reduced.encode()
        return
    for part in reduced:
        items = list(part) if isinstance(part, Iterator) else part
        yield from _describe(items, seen)


def _describe_function(function: Any, seen: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    yield f"function {function.__module__}.{function.__qualname__}".encode()
    yield _describe_module(function.__module__)
    if _is_installed(function.__module__):
        return
    yield from _describe(function.__code__, seen)
    yield from _describe((function.__defaults__, function.__kwdefaults__), seen)
    for cell in function.__closure__ or ():
        try:
            yield from _describe(cell.cell_contents, seen)
        except ValueError:  # not yet filled
            yield b"empty"
    if not _has_source(function.__module__):
        # Typed in, so that no module says what the names stand for.
        for name in sorted(_names(function.__code__)):
            if name in function.__globals__:
                yield name.encode()
                yield from _describe(function.__globals__[name], seen)


def _describe_code(code: CodeType, seen: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    yield code.co_code
    yield repr((code.co_names, code.co_varnames, code.co_freevars, code.co_argcount)).encode()
    for constant in code.co_consts:
        yield from _describe(constant, seen)


def _names(code: CodeType) -> set[str]:
    inner = (c for c in code.co_consts if isinstance(c, CodeType))
    return set(code.co_names).union(*map(_names, inner))


def _describe_class(cls: type, seen: dict[int, tuple[int, Any]]) -> Iterator[bytes]:
    yield f"class {cls.__module__}.{cls.__qualname__}".encode()
    yield _describe_module(cls.__module__)
    if _is_installed(cls.__module__):
        return
    for base in cls.__bases__:
        yield from _describe(base, seen)
    if not _has_source(cls.__module__):
        for name, member in sorted(vars(cls).items()):
            if name not in _NO_PART_OF_A_CLASS:
                yield name.encode()
                yield from _describe(_unwrapped(member), seen)


# Made by Python for every class.
_NO_PART_OF_A_CLASS = {
    "__dict__",
    "__weakref__",
    "__doc__",
    "__firstlineno__",
    "__static_attributes__",
    "__annotations__",
    "__annotate_func__",
    "__annotations_cache__",
}


def _unwrapped(member: Any) -> Any:
    """The functions behind a class's descriptors."""
    if isinstance(member, staticmethod | classmethod):
        return member.__func__
    if isinstance(member, property):
        return (member.fget, member.fset, member.fdel)
    if inspect.isdatadescriptor(member) or inspect.ismethoddescriptor(member):
        return getattr(member, "__name__", "") if not isinstance(member, FunctionType) else member
    return member


def _describe_module(name: str | None) -> bytes:
    if name is None or not _has_source(name):
        return f"module {name}".encode()
    if _is_installed(name):
        return f"module {name} {_version(name.partition('.')[0])}".encode()
    return f"module {name} {_source_digest(name)}".encode()


@functools.cache
def _is_installed(name: str | None) -> bool:
    """Whether a module comes with Python or is installed, and so is known by its version."""
    if name == "__main__" or name is None:
        return False
    path = _source_path(name)
    return path is None or str(path).startswith(_INSTALLED)


def _has_source(name: str | None) -> bool:
    return name is not None and name != "__main__" and name in sys.modules


@functools.cache
def _version(package: str) -> str:
    version = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(version, str):
        return version
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return sys.version.partition(" ")[0]


@functools.cache
def _source_path(name: str) -> Path | None:
    """The file of a module, if it is written in Python."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError, AttributeError):
        return None
    origin = spec.origin if spec else None
    return Path(origin).resolve() if origin and origin.endswith(".py") else None


@functools.cache
def _source_digest(name: str) -> str:
    """The syntax of a module and of all that it imports from working trees."""
    digest = sha256()
    for module in sorted(_imported(name)):
        path = _source_path(module)
        assert path is not None
        digest.update(f"{module} {_syntax(path)}".encode())
    return digest.hexdigest()


def _imported(name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        module = waiting.pop()
        if module in found or _is_installed(module):
            continue
        found.add(module)
        path = _source_path(module)
        assert path is not None
        waiting += _imports_of(module, path)
    return found


@functools.cache
def _imports_of(module: str, path: Path) -> tuple[str, ...]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    found = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            try:
                target = importlib.util.resolve_name(base, package)
            except ImportError:
                continue
            found += [target, *(f"{target}.{alias.name}" for alias in node.names)]
    return tuple(found)


@functools.cache
def _syntax(path: Path) -> str:
    tree = _tree(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return sha256(ast.dump(tree).encode()).hexdigest()


@functools.cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())
