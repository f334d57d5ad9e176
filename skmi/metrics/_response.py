"""The output of a fitted estimator, in the form that tells most about y."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse
from sklearn.utils import get_tags

from .._input._table import read_table

RESPONSE_METHODS = ("predict_proba", "decision_function", "score_samples", "predict", "transform")
# What "auto" asks for, the first that there is, by the type of the estimator.
_AUTO = {
    "classifier": ("predict_proba", "decision_function", "predict"),
    "regressor": ("predict",),
    "clusterer": ("predict", "transform"),
    "outlier_detector": ("decision_function", "predict"),
}
_AUTO_OF_OTHERS = ("transform", "predict")
_PREDICT_LABELS = {"classifier", "clusterer", "outlier_detector"}

# Integers are labels with so many samples of each in a fold. Elsewhere it takes 20: these are
# what a fifth of the data holds of them.
_SAMPLES_PER_LABEL = 4


class Response(NamedTuple):
    """The output of an estimator.

    Attributes
    ----------
    values : array-like of shape (n_samples,) or (n_samples, n_outputs)
    discrete : bool or "auto"
        Whether they are labels; "auto" leaves it to their dtypes.
    label : ndarray of intp, shape (n_samples,), or None
        The class that the output speaks for, if it has a column for each of three or more.
    """

    values: Any
    discrete: Any
    label: Any = None


def get_response(estimator: Any, X: Any, response_method: str | Sequence[str]) -> Response:
    """Ask a fitted estimator for its output.

    Parameters
    ----------
    estimator : estimator
    X : array-like
    response_method : "auto", str or sequence of str
        Of several the first that the estimator has.

    Raises
    ------
    ValueError
        If it has none.
    """
    kind = _type_of(estimator)
    if isinstance(response_method, str):
        asked = (response_method,)
        wanted = _AUTO.get(kind, _AUTO_OF_OTHERS) if response_method == "auto" else asked
    else:
        wanted = tuple(response_method)
    found = next((name for name in wanted if hasattr(estimator, name)), None)
    if found is None:
        raise ValueError(
            f"{type(estimator).__name__} has no method {' or '.join(wanted)}, whose output could "
            "be measured. Choose one that it has: response_method="
            f"{[name for name in RESPONSE_METHODS if hasattr(estimator, name)]}."
        )
    values = getattr(estimator, found)(X)
    if found == "predict":
        labels = kind in _PREDICT_LABELS or (False if kind == "regressor" else "auto")
        return Response(values, labels)
    if found == "transform":
        return Response(values.toarray() if issparse(values) else values, "auto")
    if found == "predict_proba":
        values = _without_redundant(values)
    return Response(values, False, _spoken_for(estimator, values))


def _type_of(estimator: Any) -> str:
    try:
        kind = get_tags(estimator).estimator_type
    except (AttributeError, TypeError):  # of other libraries
        kind = getattr(estimator, "_estimator_type", None)
    return kind or ""


def _without_redundant(probabilities: Any) -> Any:
    """Without the probability of one of two classes: that of the other tells it."""
    if isinstance(probabilities, list):  # an array for each of several targets
        return np.column_stack([_without_redundant(each) for each in probabilities])
    values = np.asarray(probabilities)
    if values.ndim == 2 and values.shape[1] == 2 and np.allclose(values.sum(axis=1), 1.0):
        return values[:, 1]
    return values


def _spoken_for(estimator: Any, values: Any) -> Any:
    """The class with the largest value, if each of three or more has a column."""
    classes: Any = getattr(estimator, "classes_", None)
    if not isinstance(classes, np.ndarray) or classes.ndim != 1 or len(classes) < 3:
        return None
    return np.argmax(values, axis=1) if np.shape(values)[1:] == classes.shape else None


def target_kind(estimator: Any, y: Any) -> Any:
    """Whether y holds labels: True or False, or "auto" to leave it to its dtype.

    Classifiers know labels, regressors numbers. Transformers and clusterers do not say; there,
    integers in a single column are labels if each has 4 samples on average.
    """
    kind = _type_of(estimator)
    if kind in ("classifier", "regressor"):
        return kind == "classifier"
    table = read_table(y, "y")
    if table.kinds != ["integer"]:
        return "auto"
    n_distinct = len(set(table.column(0).tolist()))
    return True if n_distinct * _SAMPLES_PER_LABEL <= table.n_samples else "auto"
