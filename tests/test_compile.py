"""All kernels can be compiled ahead, and what is compiled is what calls need."""

import subprocess
import sys

import numpy as np

from skmi.cli import main
from skmi.neighbors import _jit

# Those of the information plane are compiled when it is used.
LATER = {"_fill_rows", "_sweep_kept"}


def test_nothing_is_left_to_compile():
    code = (
        "import skmi; from skmi.neighbors._jit import KERNELS; skmi.compile_kernels(); "
        "print(*(each.__name__ for each in KERNELS if not each._compiled.signatures))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= LATER


def test_the_command_says_how_long(capsys):
    assert main(["compile"]) == 0
    assert capsys.readouterr().out.startswith("The kernels are compiled: ")


def test_dense_work_is_allowed_again_afterwards():
    with _jit.compiling():
        assert not _jit.BUDGET.spend(0.0, 10.0)
    assert _jit.BUDGET.spend(0.0, np.inf)
