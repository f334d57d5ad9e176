"""The versions of what is installed, and what may change without one."""

import functools
import importlib.metadata
import importlib.util
import sys
import sysconfig
from hashlib import sha256
from pathlib import Path

from .. import __version__

_STANDARD = sysconfig.get_path("stdlib")
_CORE = ("numpy", "scipy", "scikit-learn", "numba")
_NEURAL = ("torch", "skorch")


@functools.cache
def version_of(module: str | None) -> str | None:
    """What stands for the code of a module: its package's version.

    None if there is none to rely on: the code is a script's, or in a working tree.
    """
    if not module:
        return None
    top = module.partition(".")[0]
    if top == __name__.partition(".")[0]:
        return _of_skmi(neural=".neural" in module)
    place = _place(top)
    if top in sys.stdlib_module_names and _is_of_python(place):
        return sys.version.partition(" ")[0]
    if place is None or not {"site-packages", "dist-packages"} & set(place.parts):
        return None
    version = getattr(sys.modules.get(top), "__version__", None)
    return version if isinstance(version, str) else _of_distribution(top)


def _is_of_python(place: Path | None) -> bool:
    """A module of one's own may have a name of the standard library's."""
    return place is None or place.suffix != ".py" or place.is_relative_to(_STANDARD)


def _place(top: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    places = [] if spec is None else [spec.origin, *(spec.submodule_search_locations or ())]
    return next((Path(place) for place in places if place and Path(place).exists()), None)


def _of_distribution(top: str) -> str | None:
    names = importlib.metadata.packages_distributions().get(top, [top])
    try:
        return importlib.metadata.version(names[0])
    except importlib.metadata.PackageNotFoundError:
        return None


@functools.cache
def _of_skmi(neural: bool) -> str:
    """Of skmi, and of what it computes with; of a working tree also the code."""
    root = Path(__file__).parents[1]
    versions = [__version__, *(importlib.metadata.version(name) for name in _CORE)]
    for name in _NEURAL if neural else ():
        try:
            versions.append(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            versions.append("")
    whole = sha256(repr(versions).encode())
    if "site-packages" not in root.parts:
        for path in sorted(root.rglob("*.py")):
            whole.update(path.read_bytes())
    return whole.hexdigest()
