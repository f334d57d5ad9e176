"""A bar over the epochs of several trials, and the time that is left, as far as it is known."""

import time
from collections import deque
from statistics import median
from typing import Any

import numpy as np

from .._optional import import_optional
from ..information_plane._check import is_due
from ..information_plane._noise_response import DEFAULT_SNR_DB

_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} epochs [{elapsed}{postfix}]"

# Epochs that the time left goes by.
_LATEST = 20


class Bar:
    """What `run_study` calls: it draws the bar anew.

    The first epoch that is measured compiles the kernels and makes the distances between
    samples. It says nothing of the others, and is left out of the time that is left; as long
    as there is nothing else to go by, no time is said.
    """

    def __init__(self, n_trials: int, n_epochs: int, every: int | list[int]) -> None:
        self.n_trials = n_trials
        self.n_epochs = n_epochs
        self.due = np.array([is_due(every, epoch) for epoch in range(n_epochs + 1)])
        self.measured = False
        # Seconds of epochs by whether they are measured, and of the responses to noise.
        self.seconds: dict[Any, deque[float]] = {
            kind: deque(maxlen=_LATEST) for kind in (True, False, "noise")
        }
        self.last = 0, 0, "", 0.0
        self.bar: Any = None

    def __call__(self, trial: int, epoch: int, what: str) -> None:
        now = time.monotonic()
        self._note(trial, epoch, now)
        self.last = trial, epoch, what, now
        done = trial * self.n_epochs + epoch
        if self.bar is None:
            tqdm = import_optional("tqdm", purpose="A progress bar", extra="benchmark")
            total = self.n_trials * self.n_epochs
            self.bar = tqdm.tqdm(total=total, initial=done, bar_format=_FORMAT)
        if what == "measuring" and not self.measured:
            what = "compiling and measuring for the first time"
        self.bar.set_description_str(f"trial {trial + 1} of {self.n_trials}, {what}", refresh=False)
        self.bar.set_postfix_str(self.time_left(), refresh=False)
        self.bar.update(done - self.bar.n)
        if what != "training":
            self.bar.refresh()  # nothing moves for a while

    def _note(self, trial: int, epoch: int, now: float) -> None:
        """How long what has just ended has taken, if that tells of what is to come."""
        last_trial, last_epoch, what, before = self.last
        if what == "noise" and trial == last_trial:
            self.seconds["noise"].append(now - before)
        elif what and trial == last_trial and epoch > last_epoch:
            kind = bool(self.due[epoch])
            if self.measured or not kind:
                self.seconds[kind].append(now - before)
        self.measured |= bool(what) and bool(self.due[epoch])

    def time_left(self) -> str:
        """In words; nothing if it is not known yet."""
        trial, epoch, *_ = self.last
        n_measured = int(self.due[epoch + 1 :].sum())
        n_measured += (self.n_trials - 1 - trial) * int(self.due[1:].sum())
        n_left = (self.n_trials - trial) * self.n_epochs - epoch
        left = {True: n_measured, False: n_left - n_measured}
        known = {kind: median(times) for kind, times in self.seconds.items() if times}
        if not n_left or any(left[kind] and kind not in known for kind in left):
            return ""
        seconds = sum(left[kind] * known[kind] for kind in left if left[kind])
        if True in known:  # where no noise was measured yet, it takes as long as so many epochs
            measuring = max(0.0, known[True] - known.get(False, 0.0))
            noise = known.get("noise", len(DEFAULT_SNR_DB) * measuring)
            seconds += (self.n_trials - trial) * noise
        return f"about {_time_in_words(seconds)} left"

    def close(self) -> None:
        """Leave the bar as it is."""
        if self.bar is not None:
            self.bar.close()


def _time_in_words(seconds: float) -> str:
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds > 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
