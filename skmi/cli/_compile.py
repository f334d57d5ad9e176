"""`skmi compile`: all kernels, ahead of the first call that needs them."""

import argparse
import time
from typing import Any

from .._compile import compile_kernels


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "compile",
        help="compile all kernels now, instead of when they are first needed",
        description="Compile all kernels now, instead of when they are first needed, and keep "
        "them on disk: for containers and benchmarks.",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Compile, and say how long it took."""
    start = time.perf_counter()
    compile_kernels()
    print(f"The kernels are compiled: {time.perf_counter() - start:.0f} s")
