"""Sphinx configuration: everything is built from the checkout, without network."""

import os
import re
from pathlib import Path

# Importing the package imports numba; matplotlib, if a docstring draws, needs no screen.
os.environ.setdefault("MPLBACKEND", "agg")

import skmi

ROOT = Path(__file__).resolve().parent.parent

project = "skmi"
author = "The skmi developers"
copyright = author
version = release = skmi.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]
# A name in single backticks is a link where there is something to link to.
default_role = "obj"

autosummary_generate = True
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
html_sidebars = {"index": [], "quickstart": [], "performance": [], "changelog": []}


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


def link_public_name(app, env, node, contnode):
    """Link a public name of skmi, whichever module the text that mentions it is in."""
    target = node.get("reftarget", "").removeprefix("skmi.").rpartition(".")[2]
    if node.get("refdomain") != "py" or target not in skmi.__all__:
        return None
    return env.get_domain("py").resolve_xref(
        env, node["refdoc"], app.builder, "obj", f"skmi.{target}", node, contnode
    )


def setup(app):
    app.connect("source-read", append_changelog)
    app.connect("missing-reference", link_public_name)
