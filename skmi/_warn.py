"""Warnings point to the line of the user's that led to them."""

import sys
import warnings

# What a call passes through on its way: wrappers of scikit-learn, joblib's and skorch's loops.
_ON_THE_WAY = {"skmi", "sklearn", "joblib", "skorch"}


def warn_caller(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line that called into this package, however many functions lie between."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _package(frame.f_globals) in _ON_THE_WAY:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def _package(names: dict[str, object]) -> str:
    return str(names.get("__name__", "")).partition(".")[0]
