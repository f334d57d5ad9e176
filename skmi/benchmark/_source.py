"""The code of modules, as digests."""

import ast
import functools
import importlib.metadata
import importlib.util
import site
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path

_INSTALLED = tuple(
    Path(folder).resolve()
    for folder in (
        *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        site.getusersitepackages(),
    )
)


def is_typed_in(module: str | None) -> bool:
    """Whether a module has no file to look at, as an interactive session has none."""
    if module is None or module == "__main__":
        return True
    top = module.partition(".")[0]
    return top not in sys.stdlib_module_names and _file(module) is None


@functools.cache
def source_digest(module: str | None) -> str:
    """A digest of a module's code.

    Of installed packages it is the version. Of a module in a working tree it is the
    syntax, together with that of all modules it imports from working trees: comments,
    docstrings and layout do not count. What was typed in has none.
    """
    if module is None or is_typed_in(module):
        return "typed in"
    if not _is_in_working_tree(module):
        return f"{module} {_version(module.partition('.')[0])}"
    whole = sha256()
    for name in sorted(_with_imports(module)):
        whole.update(f"{name} {_syntax(_file(name))} ".encode())
    return f"{module} {whole.hexdigest()}"


def _is_in_working_tree(module: str) -> bool:
    path = _file(module)
    return path is not None and not any(path.is_relative_to(folder) for folder in _INSTALLED)


def _version(package: str) -> str:
    version = getattr(sys.modules.get(package), "__version__", None)
    if isinstance(version, str):
        return version
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return sys.version.partition(" ")[0]  # part of Python


@functools.cache
def _file(module: str) -> Path | None:
    """Where a module's code is. Nothing is imported to find out."""
    known = getattr(sys.modules.get(module), "__file__", None)
    if known is not None:
        return Path(known).resolve()
    parent, _, name = module.rpartition(".")
    if not parent:
        try:
            spec = importlib.util.find_spec(module)
        except (ImportError, ValueError):
            return None
        origin = spec.origin if spec and spec.has_location else None
        return Path(origin).resolve() if origin else None
    package = _file(parent)
    if package is None or package.name != "__init__.py":
        return None
    candidates = (package.parent / f"{name}.py", package.parent / name / "__init__.py")
    return next((path for path in candidates if path.exists()), None)


def _with_imports(module: str) -> set[str]:
    """A module and those in working trees that it imports, directly or not."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _is_in_working_tree(name):
            found.add(name)
            waiting += _imports(name)
    return found


@functools.cache
def _imports(module: str) -> list[str]:
    """The names that a module imports, be they modules or not."""
    path = _file(module)
    package = module if path and path.name == "__init__.py" else module.rpartition(".")[0]
    found = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            try:
                base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            except ImportError:  # beyond the top
                continue
            found += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    return found


@functools.cache
def _syntax(path: Path | None) -> str:
    tree = _tree(path)
    if not tree.body and path is not None:  # compiled, or empty
        return sha256(path.read_bytes()).hexdigest()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    return sha256(ast.dump(tree).encode()).hexdigest()


@functools.cache
def _tree(path: Path | None) -> ast.Module:
    if path is None or path.suffix != ".py":
        return ast.Module(body=[], type_ignores=[])
    return ast.parse(path.read_bytes())
