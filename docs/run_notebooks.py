"""Run the notebooks and write them with their outputs: ``python docs/run_notebooks.py [NAME ...]``.

Pictures are small, and what changes from run to run (times, counts of executions, the version of
Python) is left out, so that a notebook changes only where its results do.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
_SMALL_PICTURES = "%config InlineBackend.rc = {'figure.dpi': 70}"


def run(path):
    """Run a notebook where it lies, and write it."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_SMALL_PICTURES))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": NOTEBOOKS}}).execute()
    del notebook.cells[0]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = [tidy(output) for output in joined(cell.outputs)]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    nbformat.write(notebook, path)


def joined(outputs):
    """What was printed as one output, and nothing of what went to stderr."""
    kept = []
    for output in outputs:
        if output.output_type != "stream":
            kept.append(output)
        elif output.name == "stdout":
            if kept and kept[-1].output_type == "stream":
                kept[-1].text += output.text
            else:
                kept.append(output)
    return kept


def tidy(output):
    """An output without what no reader needs."""
    if "execution_count" in output:
        output["execution_count"] = None
    output.pop("metadata", None)
    if output.output_type in ("display_data", "execute_result"):
        output["metadata"] = {}
        if "image/png" in output["data"]:
            output["data"].pop("text/plain", None)
            output["data"]["image/png"] = shrink(output["data"]["image/png"])
    return output


def shrink(png):
    """The picture in 128 colors, a third of the size."""
    small = io.BytesIO()
    picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    picture.quantize(128, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


if __name__ == "__main__":
    for each in sys.argv[1:] or sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")):
        print(each, flush=True)
        run(NOTEBOOKS / f"{each}.ipynb")
