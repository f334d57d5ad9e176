"""Pages and notebooks run as they stand, and agree with the package."""

import contextlib
import importlib
import inspect
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import skmi

ROOT = Path(__file__).parents[1]


NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
@pytest.mark.filterwarnings("ignore")
def test_notebook_runs(path, tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    committed = [kinds_of_outputs(cell) for cell in notebook.cells]
    nbclient.NotebookClient(
        notebook, timeout=300, resources={"metadata": {"path": tmp_path}}
    ).execute()
    assert [kinds_of_outputs(cell) for cell in notebook.cells] == committed


def kinds_of_outputs(cell):
    """Whether a cell prints, shows a value, or draws."""
    outputs = [each for each in cell.get("outputs", []) if each.get("name") != "stderr"]
    pictures = {"image/png" in each.get("data", {}) for each in outputs}
    return {each.output_type for each in outputs}, pictures


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_thin_and_show_their_pictures(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert not re.search(r"^\s*(def|class) ", code, re.MULTILINE), "notebooks define nothing"
    assert any("image/png" in str(cell.get("outputs")) for cell in cells)
    assert path.stat().st_size < 150_000


def test_every_notebook_is_in_the_site():
    listed = re.findall(r"^   notebooks/(\w+)$", (ROOT / "docs/notebooks.rst").read_text(), re.M)
    assert sorted(listed) == [path.stem for path in NOTEBOOKS]


def test_every_display_has_a_picture_on_its_page(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs/_ext"))
    gallery = importlib.import_module("gallery")
    assert sorted(gallery.PICTURES) == sorted(importlib.import_module("skmi.inspection").__all__)
    for display, (example, _) in gallery.PICTURES.items():
        script = (ROOT / f"docs/examples/{example}.py").read_text(encoding="utf-8")
        assert f"{display}." in script


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/examples/*/*.py")), ids=lambda p: p.stem)
def test_examples_ask_a_question_or_name_a_task(path):
    title = path.read_text(encoding="utf-8").splitlines()[1]
    assert title.endswith("?") or path.stem == "plot_two_machines"


def readme_blocks():
    """Each block of Python in the README with the output printed under it."""
    text = (ROOT / "README.md").read_text()
    return re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize(("code", "printed"), readme_blocks())
def test_readme_prints_what_it_says(code, printed, capsys):
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == printed


def test_readme_has_such_blocks():
    assert len(readme_blocks()) == 2


def names_on_the_api_page():
    """Each name with the module that the page gives for it."""
    module, names = None, []
    for line in (ROOT / "docs/api.rst").read_text().splitlines():
        if found := re.fullmatch(r"\.\. currentmodule:: ([\w.]+)", line):
            module = found[1]
        elif found := re.fullmatch(r"   (\w+)", line):
            names.append((module, found[1]))
    return names


@pytest.mark.parametrize(("module", "name"), names_on_the_api_page())
def test_names_on_the_api_page_are_where_it_says(module, name):
    assert getattr(importlib.import_module(module), name).__doc__


def test_all_public_names_are_on_the_api_page():
    documented = {name for _, name in names_on_the_api_page()}
    constants = {"ALGORITHMS", "METRICS", "TRANSFORMS"}
    for package in skmi._SUBPACKAGES:
        public = set(importlib.import_module(f"skmi.{package}").__all__)
        assert public - constants <= documented, package
    assert set(skmi.__all__) <= documented


def public_functions():
    """All that help() shows a signature of."""
    for module in ("skmi", *(f"skmi.{package}" for package in skmi._SUBPACKAGES)):
        for name in importlib.import_module(module).__all__:
            public = getattr(importlib.import_module(module), name)
            yield name, public
            if inspect.isclass(public):
                methods = (each for each in dir(public) if not each.startswith("_"))
                yield from ((f"{name}.{each}", getattr(public, each)) for each in methods)


def test_signatures_can_be_read():
    """Types are shown by their names, not by what they stand for."""
    signatures = {}
    for name, function in public_functions():
        if callable(function):
            with contextlib.suppress(TypeError, ValueError):  # some of Python's have none
                signatures[name] = str(inspect.signature(function))
    assert len(signatures) > 100
    unreadable = ("Union[", "_typing.", "numpy.dtype", "numpy.random")
    assert not {n: s for n, s in signatures.items() if any(each in s for each in unreadable)}


def test_changelog_citation_and_package_name_one_version():
    command = [sys.executable, ROOT / "tools/check_release.py", "version"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert skmi.__version__ in done.stdout
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


def test_the_extras_of_the_error_messages_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = set()
    for path in Path(skmi.__file__).parent.rglob("*.py"):
        named |= set(re.findall(r'extra="(\w+)"', path.read_text()))
    assert named <= set(project["optional-dependencies"])
