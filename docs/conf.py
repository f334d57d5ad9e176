"""Sphinx configuration: everything is built from the checkout, without network."""

import os
import re
import shutil
import sys
from pathlib import Path

# Importing the package imports numba; matplotlib, if a docstring draws, needs no screen.
os.environ.setdefault("MPLBACKEND", "agg")

import skmi

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs" / "_ext"))
from gallery import PICTURES, path_of_picture  # noqa: E402
from inventories import write_inventories  # noqa: E402

project = "skmi"
author = "The skmi developers"
copyright = author
version = release = skmi.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "myst_nb",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "sphinxcontrib.bibtex",
    # Ours, in _ext.
    "offline_mathjax",
    "plain_names",
]
exclude_patterns = ["_build", "auto_examples/**.ipynb", "examples", "paper/results"]
templates_path = ["_templates"]
# A name in single backticks is a link, or the name of a parameter or a field; what is neither
# breaks the build.
default_role = "obj"
nitpicky = True
intersphinx_mapping = write_inventories(ROOT / "docs" / "_build" / "inventories")
# The notebooks are shown with the outputs that they are committed with; a test runs them.
nb_execution_mode = "off"
bibtex_bibfiles = ["references.bib"]
bibtex_default_style = "unsrt"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

sphinx_gallery_conf = {
    "examples_dirs": "examples",
    "gallery_dirs": "auto_examples",
    "subsection_order": [
        f"examples/{each}"
        for each in ("estimates", "columns", "time", "models", "networks", "benchmarks")
    ],
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("skmi",),
    "reference_url": {"skmi": None},
    "backreferences_dir": "auto_examples/backreferences",
    "reset_modules": ("matplotlib", "gallery.set_style"),
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 0,
    "write_computation_times": False,
}

autosummary_generate = True
autosummary_context = {"pictures": {name: path_of_picture(name) for name in PICTURES}}
# What scikit-learn adds to every estimator, and Python to every named tuple.
autodoc_default_options = {
    "members": True,
    "inherited-members": True,
    "exclude-members": ", ".join(
        [
            "count",
            "get_metadata_routing",
            "index",
            "n_joint",
            "n_x",
            "n_y",
            "radius",
            "set_fit_request",
            "set_inverse_transform_request",
            "set_output",
            "set_partial_fit_request",
            "set_score_request",
            "set_transform_request",
        ]
    ),
}
autodoc_typehints = "none"
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = f"skmi {release}"
html_static_path = ["_static"]
html_show_sourcelink = False
html_theme_options = {
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
}
html_sidebars = {
    page: [] for page in ("index", "quickstart", "performance", "bibliography", "changelog")
}


def copy_notebooks(app, config):
    """Sphinx reads what lies under docs; the notebooks lie beside it."""
    shutil.copytree(ROOT / "notebooks", ROOT / "docs" / "notebooks", dirs_exist_ok=True)


def append_changelog(app, docname, source):
    """Put the entries of CHANGELOG.md under the title of changelog.rst."""
    if docname == "changelog":
        source[0] += "\n" + to_rst((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def to_rst(markdown):
    """Turn what Keep a Changelog uses (headings, lists, code, links) into reST."""
    text = re.sub(r"\A# .*\n", "", markdown)
    text = re.sub(r"`([^`\n]+)`", r"``\1``", text)
    text = re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", r"`\1 <\2>`__", text)
    text = re.sub(r"^## (.*)$", lambda m: f"{m[1]}\n{'-' * len(m[1])}", text, flags=re.M)
    return re.sub(r"^### (.*)$", lambda m: f"{m[1]}\n{'~' * len(m[1])}", text, flags=re.M)


def setup(app):
    app.connect("config-inited", copy_notebooks)
    app.connect("source-read", append_changelog)
