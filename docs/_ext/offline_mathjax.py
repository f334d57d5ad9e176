"""Formulas without network: MathJax from the package sphinx-mathjax-offline.

Its own extension copies 24 MB into the pages. They need one script and its fonts.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

_SCRIPT = "tex-chtml.js"
_FONTS = "output/chtml/fonts"


def copy_mathjax(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    source = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    target = Path(app.outdir) / "_static" / "mathjax"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(source / _SCRIPT, target)
    shutil.copytree(source / _FONTS, target / _FONTS, dirs_exist_ok=True)


def setup(app):
    app.config.mathjax_path = f"mathjax/{_SCRIPT}"
    # The menu can ask for a reader's voice, which is not among the files copied.
    app.config.mathjax3_config = {"options": {"enableMenu": False}}
    app.connect("build-finished", copy_mathjax)
    return {"parallel_read_safe": True}
