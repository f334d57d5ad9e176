"""The `skmi` command: reads files, calls the library, prints."""

from ._main import main

__all__ = ["main"]
