"""Names of parameters, looked up once for each class."""

from functools import cache
from typing import Any

from sklearn.base import BaseEstimator


class Parameterized(BaseEstimator):
    """`BaseEstimator` that remembers its parameters' names.

    scikit-learn inspects ``__init__`` each time they are asked for, as cloning does: a tenth
    of a millisecond, more than a small estimate takes.
    """

    @classmethod
    def _get_param_names(cls) -> list[str]:
        return list(_param_names(cls))


@cache
def _param_names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(super(Parameterized, cls)._get_param_names())
