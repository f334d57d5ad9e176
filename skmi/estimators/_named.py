"""Estimators in any form that users pass them, by the names to show."""

from collections.abc import Mapping
from typing import Any

from ._registry import make_estimator


def name_estimators(estimator: Any) -> dict[str, Any]:
    """Estimators by the names to show.

    Parameters
    ----------
    estimator : str, estimator, list of either, or dict of str to either
        Strings are names that `make_estimator` knows.

    Returns
    -------
    estimators : dict of str to estimator
        A recipe goes by its name, an estimator by its ``repr`` unless a dict names it.
    """
    if isinstance(estimator, Mapping):
        return {
            str(name): make_estimator(each) if isinstance(each, str) else each
            for name, each in estimator.items()
        }
    several = estimator if isinstance(estimator, list | tuple) else [estimator]
    return {
        each if isinstance(each, str) else repr(each): (
            make_estimator(each) if isinstance(each, str) else each
        )
        for each in several
    }
