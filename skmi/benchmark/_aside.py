"""A cell evaluated beside what this process does otherwise."""

import threading
import time
from typing import Any

import joblib
import sklearn

from ._cells import Job, Row
from ._groups import evaluate


class Aside:
    """A job in a thread of its own, of which nobody knows yet how long it will take.

    Parameters
    ----------
    job : Job
        It is started at once.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.seconds = float("nan")
        self._rows: list[Row] | None = None
        self._error: BaseException | None = None
        # A daemon does not keep a process that an interrupt ends from ending.
        self._thread = threading.Thread(
            target=self._work, args=(sklearn.get_config(),), daemon=True
        )
        self._thread.start()

    def _work(self, config: dict[str, Any]) -> None:
        start = time.perf_counter()
        try:
            # As in a worker; configurations are a thread's own.
            with sklearn.config_context(**config), joblib.parallel_config(backend="sequential"):
                self._rows = evaluate(self.job)
        except BaseException as error:
            self._error = error
        self.seconds = time.perf_counter() - start

    def is_finished(self, within: float) -> bool:
        """Wait for it, for so many seconds at most."""
        self._thread.join(within)
        return not self._thread.is_alive()

    def rows(self) -> list[Row]:
        """Wait for it, and return its rows or raise what it has raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._rows or []
