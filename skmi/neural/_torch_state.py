"""Torch in a state that is known while numbers are made, and left as it was.

What torch is set to belongs to the user, and some of it to the whole process: an estimate
must neither depend on it nor move it, in whatever thread it is made.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

# Torch's own generators are one for all threads: who seeds them is alone with them.
_GENERATORS = threading.RLock()
# How many threads torch takes is set in three steps.
_N_THREADS = threading.Lock()


@contextmanager
def known_state(device: str) -> Iterator[None]:
    """One thread on a CPU, gradients where they are asked for, and no other precision.

    With one thread sums are taken in the same order on every machine; the matrices are
    small anyway.
    """
    kind = torch.device(device).type
    with (
        _one_thread(kind),
        torch.inference_mode(False),
        torch.enable_grad(),
        torch.autocast(kind, enabled=False),
    ):
        yield


@contextmanager
def seeded(seed: int, device: str) -> Iterator[None]:
    """For what draws from torch's own generator, such as a dropout of the user's.

    Threads take turns.
    """
    with _GENERATORS:
        if torch.device(device).type == "cpu":
            with torch.random.fork_rng(devices=[]):
                torch.default_generator.manual_seed(seed)
                yield
        else:
            with torch.random.fork_rng():
                torch.manual_seed(seed)
                yield


@contextmanager
def _one_thread(kind: str) -> Iterator[None]:
    before = _set_here(1) if kind == "cpu" else 1
    try:
        yield
    finally:
        if before != 1:
            _set_here(before)


def _set_here(number: int) -> int:
    """Set the number of torch's threads for calls from this thread alone; that before.

    ``torch.set_num_threads`` also says what threads that are new to torch begin with. One
    of these puts that back.
    """
    with _N_THREADS:
        before = torch.get_num_threads()
        if before != number:
            for_new_threads = _in_new_thread(torch.get_num_threads)
            torch.set_num_threads(number)
            if for_new_threads != number:
                _in_new_thread(lambda: torch.set_num_threads(for_new_threads))
    return before


def _in_new_thread(function: Callable[[], Any]) -> Any:
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]
