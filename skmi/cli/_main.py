"""Arguments in, exit code out."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from ._compile import add_parser as add_compile
from ._demo import add_parser as add_demo
from ._estimate import add_parser as add_estimate
from ._infoplane import add_parser as add_infoplane
from ._lags import add_parser as add_lags
from ._matrix import add_parser as add_matrix
from ._paper import add_parser as add_paper
from ._select import add_parser as add_select


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str, default=None
        Arguments after the command's name; None takes the process's own.

    Returns
    -------
    code : int
        0; 2 for input that cannot be used, after one line that says why; 130 after an
        interrupt.
    """
    parser = argparse.ArgumentParser(
        prog="skmi",
        description="Mutual information that stays as it is when a variable is multiplied.",
    )
    parser.add_argument("--version", action="version", version=f"skmi {version('skmi')}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_estimate(commands)
    add_select(commands)
    add_matrix(commands)
    add_lags(commands)
    add_demo(commands)
    add_compile(commands)
    add_paper(commands)
    add_infoplane(commands)
    arguments = parser.parse_args(argv)
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: let the flush at exit pass
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130  # what shells expect of a command that an interrupt ended
    except (OSError, ValueError, TypeError, ImportError) as error:
        message = " ".join(str(error).split())
        print(f"skmi: error: {message}", file=sys.stderr)
        return 2
    return 0
