"""A guard around the random state that all of a program shares."""

from contextlib import contextmanager

import numpy as np


@contextmanager
def seeded_globally(seed):
    """Seed the global state; gives a function that tells whether it is as it was."""
    before = np.random.get_state(legacy=False)  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    expected = content()
    try:
        yield lambda: content() == expected
    finally:
        np.random.set_state(before)  # noqa: NPY002


def content():
    state = np.random.get_state(legacy=False)  # noqa: NPY002
    key, position = state["state"]["key"], state["state"]["pos"]
    return key.tobytes(), position, state["has_gauss"], state["gauss"]
