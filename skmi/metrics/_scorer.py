"""A scorer: what the output of an estimator tells about y, on data that it has not seen."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from .._auto import AutoMI
from .._input._checks import check_base
from .._input._missing import check_nan_policy
from .._input._sample import make_sample
from .._params import in_short
from .._recipes import as_estimator, estimate, with_settings
from ..estimators._normalized import check_normalize, normalized
from ..estimators._plug_in import PlugInMI
from ._response import RESPONSE_METHODS, get_response, target_kind


def mutual_info_scorer(
    method: Any = "auto",
    response_method: str | Sequence[str] = "auto",
    normalize: str | None = None,
    *,
    base: float | None = None,
    nan_policy: str = "raise",
    random_state: Any = None,
    n_jobs: int | None = None,
    **params: Any,
) -> "MutualInfoScorer":
    r"""Make a scorer: what the output of an estimator tells about y.

    A callable ``scorer(estimator, X, y)`` for ``scoring=``, alone or in a dict with others, in
    ``cross_val_score``, ``cross_validate``, ``GridSearchCV``, ``RFECV``,
    ``SequentialFeatureSelector``, ``learning_curve``, ``permutation_importance`` and all else
    that takes one. It estimates the mutual information of the output and y on the data it is
    given, which the estimator has not been fitted to.

    Parameters
    ----------
    method : str or estimator, default="auto"
        How it is estimated, as in `mutual_info`.
    response_method : "auto", str or sequence of str, default="auto"
        The output: "predict_proba", "decision_function", "score_samples", "predict" or
        "transform", of several the first that the estimator has. "auto" takes of

        - a classifier ``predict_proba``, else ``decision_function``, else ``predict``;
        - a regressor ``predict``;
        - a clusterer ``predict``, else ``transform``;
        - an outlier detector ``decision_function``, else ``predict``;
        - anything else ``transform``, else ``predict``. The last step of a pipeline says
          what it is, so that a representation is scored without a predictor behind it.
    normalize : str or None, default=None
        A scale from 0 to 1, as in `mutual_info`: "target" is the share of the entropy of the
        labels y, "correlation" suits numbers.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values in the output and in y, as in `mutual_info`.
    random_state : int, RandomState instance or None, default=None
        For methods that draw random numbers.
    n_jobs : int, default=None
        Number of threads or processes, for methods that use several.
    **params : dict
        Parameters of the method, as in `mutual_info`: ``n_neighbors=5``, or
        ``discrete_target=True`` where y holds labels.

    Returns
    -------
    scorer : MutualInfoScorer
        Larger is better. It can be pickled and cloned.

    Raises
    ------
    ValueError
        If a parameter is not valid. The scorer itself raises it if y is missing, if the
        estimator has no such method, or if `normalize` does not suit the kinds of the output
        and y.
    TypeError
        If `method` is neither a name nor an estimator. The scorer itself raises it for
        ``sample_weight`` and other metadata, of which it takes none.

    See Also
    --------
    mutual_info : The estimate, of two variables.
    sklearn.metrics.make_scorer : Makes a scorer of a function of predictions.

    Notes
    -----
    A classifier of three or more classes tells at least what the class with the largest
    probability, or value, tells. By ``method="auto"`` that is estimated too, from frequencies
    with the correction of Miller and Madow, and the larger of the two is taken: with a column
    for each class, neighbours fall short.

    Names of labels, and a factor on the output, change nothing; with numbers on both sides,
    nor does any increasing map of its columns. Of the probabilities of two classes one is
    left out, which the other tells. A model that is badly calibrated, or says "yes" for "no",
    scores as the same model mended: mutual information is what could be told from its output.

    y holds labels for a classifier and numbers for a regressor. Elsewhere its dtype decides as
    in `KSG`, but integers are labels if each has 4 samples on average and not 20: a fifth of
    the data that has 20. Predicted labels are labels, counted: with many of them and few
    samples the score is too high, and `ThinTableWarning` says so.

    With metadata routing nothing is requested: weights reach ``fit`` alone.

    Examples
    --------
    How many components tell most about what an iris is?

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.decomposition import PCA
    >>> from sklearn.model_selection import StratifiedKFold, cross_val_score
    >>> from skmi import mutual_info_scorer
    >>> X, y = load_iris(return_X_y=True)
    >>> folds = StratifiedKFold(3, shuffle=True, random_state=0)
    >>> scorer = mutual_info_scorer(normalize="target")
    >>> for n_components in 1, 2, 3:
    ...     scores = cross_val_score(PCA(n_components), X, y, scoring=scorer, cv=folds)
    ...     print(f"{n_components}: {scores.mean():.0%} of the entropy of the species")
    1: 91% of the entropy of the species
    2: 83% of the entropy of the species
    3: 73% of the entropy of the species
    """
    estimator = with_settings(method, params, random_state=random_state, n_jobs=n_jobs)
    # A name is kept where nothing was changed, for it is what a reader expects to see.
    plain = not params and random_state is None and n_jobs is None
    method = method if plain else estimator
    scorer = MutualInfoScorer(method, response_method, normalize, base, nan_policy)
    scorer._check()
    return scorer


def _told_by_label(label: ArrayLike, y: ArrayLike, normalize: str | None, nan_policy: str) -> float:
    """What the class tells that an output speaks for, which is no more than the output tells."""
    sample = make_sample(
        label, y, discrete=(True, True), vector_X=True, reset=False, nan_policy=nan_policy
    )
    mi = float(PlugInMI("miller-madow")._fit(sample).mi_)
    return normalized(mi, sample, normalize)


class MutualInfoScorer(BaseEstimator):
    """What `mutual_info_scorer` makes: ``scorer(estimator, X, y)``.

    Parameters
    ----------
    method, response_method, normalize, base, nan_policy
        As in `mutual_info_scorer`.
    """

    def __init__(
        self,
        method: Any = "auto",
        response_method: str | Sequence[str] = "auto",
        normalize: str | None = None,
        base: float | None = None,
        nan_policy: str = "raise",
    ) -> None:
        self.method = method
        self.response_method = response_method
        self.normalize = normalize
        self.base = base
        self.nan_policy = nan_policy

    def _check(self) -> float:
        """Raise an error for what is not valid; give the unit."""
        asked = self.response_method
        names = [asked] if isinstance(asked, str) else asked
        known = {*RESPONSE_METHODS, "auto"} if isinstance(asked, str) else RESPONSE_METHODS
        if not (
            isinstance(names, list | tuple)
            and names
            and all(isinstance(name, str) and name in known for name in names)
        ):
            raise ValueError(
                f"response_method must be 'auto', one of {list(RESPONSE_METHODS)}, or several of "
                f"these; got {in_short(asked)}."
            )
        check_normalize(self.normalize, self.base)
        check_nan_policy(self.nan_policy)
        return check_base(self.base)

    def __call__(self, estimator: Any, X: ArrayLike, y: Any = None, **metadata: Any) -> float:
        """Estimate what the output of an estimator for X tells about y.

        Parameters
        ----------
        estimator : estimator
            Fitted.
        X : array-like of shape (n_samples, n_features)
            What its method takes.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            What it is to tell.
        **metadata : dict
            There must be none.

        Returns
        -------
        mi : float
            In nats or units of `base`, or from 0 to 1 if it is normalized.
        """
        unit = self._check()
        given = [name for name, value in metadata.items() if value is not None]
        if given:
            raise TypeError(
                f"mutual_info_scorer takes no {' or '.join(given)}: its estimate counts every "
                "sample once. Leave it out of the scoring; fit may have it all the same."
            )
        if y is None:
            raise ValueError(
                "mutual_info_scorer measures what an output tells about y, but y is None. Pass "
                "y; what an output tells about X is mutual_info(output, X)."
            )
        values, discrete, label = get_response(estimator, X, self.response_method)
        kinds = discrete, target_kind(estimator, y)
        method = as_estimator(self.method)
        how: dict[str, Any] = {"normalize": self.normalize, "nan_policy": self.nan_policy}
        mi = estimate(method, values, y, discrete=kinds, **how)
        if label is not None and isinstance(method, AutoMI):
            mi = max(mi, _told_by_label(label, y, **how))
        return mi / unit

    def set_score_request(self, **requests: Any) -> "MutualInfoScorer":
        """There is no metadata to request.

        Raises
        ------
        TypeError
            For any.
        """
        if any(request is not False and request is not None for request in requests.values()):
            raise TypeError(
                f"mutual_info_scorer takes no metadata such as {' or '.join(requests)}: its "
                "estimate counts every sample once."
            )
        return self

    def _accept_sample_weight(self) -> bool:
        """What scikit-learn asks a scorer before it hands on weights."""
        return False
