"""A bar for what takes long: from the start if asked for, otherwise after ten seconds."""

import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from types import TracebackType
from typing import Any, ClassVar, Self, TypeVar

from ._optional import import_optional

Step = TypeVar("Step")

# Seconds that nobody needs a bar for.
_PATIENCE = 10.0

# The first step compiles kernels or loads libraries: its pace says nothing of the others.
_WITHOUT_PACE = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}{postfix}]"


class Progress:
    """Steps done out of a known number, shown on stderr by tqdm.

    Parameters
    ----------
    total : int
        The number of steps.
    what : str
        What the bar says first.
    unit : str, default="it"
        What a step is called.
    verbose : int or None, default=None
        1 shows the bar from the start. 0 never shows it. None shows it after ten seconds,
        where stderr is a terminal, tqdm is installed and no other bar is shown.
    done : int, default=0
        Steps that were done before.

    Attributes
    ----------
    done : int
        Steps done so far.

    Notes
    -----
    Pace and time left are those of all steps but the first.
    """

    _shown: ClassVar["Progress | None"] = None

    def __init__(
        self, total: int, what: str, unit: str = "it", *, verbose: int | None = None, done: int = 0
    ) -> None:
        self._start = time.monotonic()
        self._options = {"total": total, "desc": what, "unit": unit}
        self.done = done
        self._first = True
        self._asked = bool(verbose)
        self._tqdm: Any = None
        self._bar: Any = None
        if self._asked or (verbose is None and _may_show() and Progress._shown is None):
            tqdm = import_optional("tqdm.auto", purpose="A progress bar", extra="benchmark")
            self._tqdm = tqdm.tqdm
            Progress._shown = Progress._shown or self
        if self._asked:
            self._bar = self._tqdm(**self._options, initial=done, bar_format=_WITHOUT_PACE)

    def update(self, n: int = 1, said: dict[str, str] | None = None) -> None:
        """So many more steps are done; ``said`` stands behind the bar."""
        self.done += n
        if self._tqdm is None:
            return
        if self._first:
            self._first = False
            self._open_with_pace()
        else:
            self._bar.update(n)
        if said:
            self._bar.set_postfix(said, refresh=False)

    def _open_with_pace(self) -> None:
        if self._bar is not None:
            self._bar.leave = False
            self._bar.close()
        passed = time.monotonic() - self._start
        delay = 0.0 if self._asked else max(0.0, _PATIENCE - passed)
        self._bar = self._tqdm(**self._options, initial=self.done, delay=delay)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
        if Progress._shown is self:
            Progress._shown = None
        self._tqdm = self._bar = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _at_a_terminal() -> bool:
    """Whether someone is likely to look."""
    return sys.stderr is not None and sys.stderr.isatty()


def _may_show() -> bool:
    """Whether a bar that nobody asked for can be shown, and by this process."""
    is_main = multiprocessing.parent_process() is None
    return is_main and _at_a_terminal() and find_spec("tqdm") is not None


def tracked(
    steps: Iterable[Step], total: int, what: str, unit: str = "it", *, verbose: int | None = None
) -> Iterator[Step]:
    """The steps, each counted as done when the next one is asked for."""
    with Progress(total, what, unit, verbose=verbose) as progress:
        for step in steps:
            yield step
            progress.update()
