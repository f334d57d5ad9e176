"""What must hold before a release: ``python tools/check_release.py version|contents|install``.

``version [TAG]`` compares the places that name the version; ``contents`` looks into the built
distributions; ``install`` puts the wheel, with each extra in turn, into an empty environment,
runs `smoke_test.py` in it and, with ``plot``, the demo.
"""

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 1_000_000  # bytes
EXTRAS = ("", "plot", "benchmark", "distributed", "neural", "all")
# What makes our pages and checks the code; users install neither.
NOT_IN_THE_WHEEL = ("tests", "docs", "studies", "benchmarks", "tools", "notebooks")
IN_THE_SOURCES = ("pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "tests/test_common.py")


def read_version() -> str:
    """The version in the source, without importing it; without a source, the installed one."""
    source = ROOT / "skmi/__init__.py"
    if not source.exists():
        return metadata.version("skmi")
    found = re.search(r'^__version__ = "(.+)"', source.read_text(), re.M)
    assert found, "skmi/__init__.py names no version"
    return found[1]


def check_version(tag: str | None) -> None:
    """All places name one version, and the changelog has cut it."""
    version = read_version()
    if tag is not None and tag != f"v{version}":
        raise SystemExit(f"the tag is {tag}, the package {version}")
    places = {
        "CHANGELOG.md": rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$",
        "CITATION.cff": rf"^version: {re.escape(version)}$",
    }
    for name, pattern in places.items():
        if not re.search(pattern, (ROOT / name).read_text(), re.M):
            raise SystemExit(f"{name} does not name version {version}")
    print(f"version {version}: package, changelog and citation agree")


def check_contents(folder: Path) -> None:
    """The wheel holds the package alone, the sources what it takes to build and test it."""
    wheel, sources = find_distributions(folder)
    for path in wheel, sources:
        size = path.stat().st_size
        if size >= LARGEST:
            raise SystemExit(f"{path.name} has {size:,} bytes; the limit is {LARGEST:,}")
        print(f"{path.name}: {size:,} bytes")
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    if top != {"skmi", f"skmi-{read_version()}.dist-info"}:
        raise SystemExit(f"the wheel holds {sorted(top)}")
    strange = [name for name in names if set(name.split("/")[:-1]) & set(NOT_IN_THE_WHEEL)]
    if strange:
        raise SystemExit(f"the wheel should not hold {strange[:5]}")
    if "skmi/py.typed" not in names:
        raise SystemExit("the wheel has no skmi/py.typed, so type checkers ignore its types")
    with tarfile.open(sources) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    if missing := set(IN_THE_SOURCES) - held:
        raise SystemExit(f"{sources.name} lacks {sorted(missing)}")


def find_distributions(folder: Path) -> tuple[Path, Path]:
    """The one wheel and the one source distribution in ``folder``."""
    wheels, sources = list(folder.glob("*.whl")), list(folder.glob("*.tar.gz"))
    if len(wheels) != 1 or len(sources) != 1:
        raise SystemExit(f"{folder} should hold one wheel and one .tar.gz: make clean dist")
    return wheels[0], sources[0]


def check_install(folder: Path, extras: list[str]) -> None:
    """The wheel with each of ``extras`` installs into an empty environment and works there."""
    wheel, _ = find_distributions(folder)
    for extra in extras:
        with tempfile.TemporaryDirectory() as place:
            run = Environment(Path(place))
            wanted = f"{wheel.resolve()}[{extra}]" if extra else str(wheel.resolve())
            run("-m", "pip", "install", "--quiet", "-c", str(ROOT / "constraints.txt"), wanted)
            run("-m", "pip", "check")
            run(str(ROOT / "tools/smoke_test.py"), *([extra] if extra else []))
            if extra == "plot":
                run("-m", "skmi", "demo", "--out", "demo")


class Environment:
    """An empty virtual environment whose Python is called like a function."""

    def __init__(self, place: Path) -> None:
        self.place = place
        venv.create(place / "venv", with_pip=True)
        self.python = place / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"

    def __call__(self, *arguments: str) -> None:
        """Run Python with ``arguments`` in the environment's folder; leave if it fails."""
        # Neither a checkout nor the caller's environment may lend a package.
        keep = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [self.python, *arguments], cwd=self.place, env=keep | {"MPLBACKEND": "agg"}
        )
        if done.returncode:
            raise SystemExit(f"failed: python {' '.join(arguments)}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("version").add_argument("tag", nargs="?")
    commands.add_parser("contents").add_argument("--dist", type=Path, default=ROOT / "dist")
    install = commands.add_parser("install")
    install.add_argument("extras", nargs="*", default=list(EXTRAS))
    install.add_argument("--dist", type=Path, default=ROOT / "dist")
    given = parser.parse_args()
    if given.command == "version":
        check_version(given.tag)
    elif given.command == "contents":
        check_contents(given.dist)
    else:
        check_install(given.dist, given.extras)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # in order with what pip and the tests print
    main()
