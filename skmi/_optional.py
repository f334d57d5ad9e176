"""Dependencies that come with an extra."""

import importlib
from types import ModuleType


def import_optional(
    module: str, *, purpose: str, extra: str, needs: str | None = None
) -> ModuleType:
    """Import an optional dependency, or say which extra brings it.

    Parameters
    ----------
    module : str
        Its name, as imported.
    purpose : str
        What needs it.
    extra : str
        The extra of skmi that installs it.
    needs : str, default=None
        What the message says is needed; None is the module's package.

    Raises
    ------
    ImportError
        Naming the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        needs = needs or module.partition(".")[0]
        raise ImportError(f'{purpose} needs {needs}: pip install "skmi[{extra}]"') from error
