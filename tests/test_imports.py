"""What importing costs, and which way imports run."""

import ast
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import skmi

ROOT = Path(skmi.__file__).parent

# Lower layers first: a module imports from its own package and from lower layers.
LAYERS = [
    {"_files", "_interrupts", "_optional", "_params", "_typing", "_warn", "exceptions"},
    {"_device", "_input", "_parallel", "_permutations", "_progress", "_random"},
    {"neighbors"},
    {"preprocessing", "datasets"},
    {"estimators"},
    {"neural"},
    {"_auto"},
    {"_recipes"},
    {"model_selection", "feature_selection", "metrics"},
    {"_compile"},
    {"benchmark", "information_plane", "time_series"},
    {"inspection"},
    {"cli"},
    {"__main__"},
]


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout


def imports():
    """Pairs (file, module imported), wherever in the file that is."""
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT.parent).with_suffix("").parts
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                base = module[:-1][: len(module) - node.level] if node.level else ()
                origin = (*base, *(node.module or "").split(".")) if node.module else base
                targets = {(*origin, name.name) for name in node.names}
            elif isinstance(node, ast.Import):
                targets = {tuple(name.name.split(".")) for name in node.names}
            else:
                continue
            for target in targets:
                if target[0] == "skmi":
                    yield path.relative_to(ROOT), module_of(target)


def module_of(target):
    """The module that a name is imported from; itself if it is one."""
    path = ROOT.parent.joinpath(*target)
    if path.is_dir() or path.with_suffix(".py").is_file():
        return ".".join(target)
    # What is public at the top comes from anywhere: only the version stands there.
    return ".".join(target if len(target) == 2 else target[:-1])


def layer(name):
    return next((i for i, names in enumerate(LAYERS) if name in names), None)


def test_imports_run_downward_only():
    wrong = []
    for path, target in imports():
        source = path.parts[0].removesuffix(".py")
        if source == "__init__" or target == "skmi.__version__":
            continue
        goal = target.split(".")[1]
        assert layer(source) is not None, f"{source} has no layer"
        assert layer(goal) is not None, f"{goal} has no layer"
        if goal != source and layer(goal) >= layer(source):
            wrong.append(f"{path} imports {target}")
    assert not wrong


def test_kernels_import_nothing_of_ours():
    for path, target in imports():
        if path.parts[0] == "neighbors":
            own = target.startswith("skmi.neighbors") or target == "skmi._typing"
            assert own, f"{path} imports {target}"


def test_modules_import_the_defining_module():
    packages = {f"skmi.{path.parent.name}" for path in ROOT.glob("*/__init__.py")}
    # skmi itself names packages, for type checkers.
    wrong = [
        f"{path} imports {target}"
        for path, target in imports()
        if target in packages and path.parts != ("__init__.py",)
    ]
    assert not wrong


# What other libraries take to load is paid once, before each module is imported in a process
# in which nothing of ours has been.
IMPORT_EACH = """
import importlib, os, traceback
import matplotlib.pyplot, numba, pandas, scipy.stats, sklearn.utils.estimator_checks, skorch
failed = []
for name in {names!r}:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        failed.append(name)
print(failed)
"""


def test_every_module_can_be_imported_first():
    names = [m.name for m in pkgutil.walk_packages(skmi.__path__, "skmi.")]
    names = [name for name in names if not name.endswith("__main__")]
    assert run(IMPORT_EACH.format(names=names)).strip() == "[]"


def test_import_is_light():
    loaded = json.loads(run("import sys, json, skmi; print(json.dumps(list(sys.modules)))"))
    assert not {"torch", "skorch", "matplotlib", "pandas", "numba"} & set(loaded)
    used = "from skmi import KSG; KSG().fit([[1.0], [2], [4], [7], [9]], [1.0, 2, 4, 7, 9])"
    loaded = json.loads(run(f"import sys, json; {used}; print(json.dumps(list(sys.modules)))"))
    assert not {"torch", "skorch", "matplotlib"} & set(loaded)


HELP = """
import contextlib, io, json, sys
from skmi.cli import main
for arguments in ["--help"], ["infoplane", "--help"], ["demo", "--help"]:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main(arguments)
print(json.dumps(list(sys.modules)))
"""


def test_help_is_light():
    assert not {"torch", "skorch", "matplotlib"} & set(json.loads(run(HELP)))


def test_import_is_quick():
    clock = "time.process_time()"
    timing = f"import sklearn, time; start = {clock}; import skmi; print({clock} - start)"
    assert min(float(run(timing)) for _ in range(2)) < 0.05


@pytest.mark.parametrize("name", skmi.__all__)
def test_public_names_are_there(name):
    assert getattr(skmi, name).__doc__
    assert name in dir(skmi)


def test_unknown_names_are_said_so():
    with pytest.raises(AttributeError, match="no attribute 'Mutual'"):
        skmi.Mutual  # noqa: B018
