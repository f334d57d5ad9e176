"""Features that together tell most about the target."""

from __future__ import annotations

import math
import time
from numbers import Integral, Real
from typing import Any, Self, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, _fit_context
from sklearn.feature_selection import SelectorMixin
from sklearn.utils._param_validation import Interval, RealNotInt, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from .._device import find_engine
from .._input._table import Table, read_table
from .._optional import import_optional
from .._params import N_JOBS, Having, OneOf, Whole
from .._permutations import BLOCK_LENGTH, PermutationScheme
from .._progress import Progress
from .._random import RANDOM_STATE, RandomState, as_generator
from ..preprocessing._normalize import tame_outliers
from ._features import read_features
from ._forward import Path, Step, permutation_test, select_forward
from ._joint_scores import CRITERIA, Criterion, EstimatorScores, Joint, NeighborsScores, Scores


class JointMISelector(SelectorMixin, BaseEstimator):
    r"""Add, one by one, the feature that tells most together with those selected.

    Scores of single features cannot see what two features tell only together, nor that
    two tell the same. Here each candidate j is judged by the mutual information of the
    target with all selected features S and the candidate, :math:`I(X_{S \cup j}; y)`.

    Parameters
    ----------
    n_features_to_select : "auto", int or float, default="auto"
        How many to select; a float from 0 to 1 is a part of all. "auto" is half of
        them, or with ``stop="p-value"`` as many as are significant.
    estimator : estimator with ``fit(X, y)`` and ``score(X, y)``, default=None
        Estimates the mutual information of a set of columns and y; a clone is fitted to
        each set. None is `KSG` with every column in units of its standard deviation,
        by a kernel of its own that makes all candidates' estimates in one pass.
    direction : {"forward"}, default="forward"
        Features are added. To start from all of them would need an estimate in as many
        columns, which nearest neighbours cannot give.
    criterion : {"joint", "mrmr", "jmi"}, default="joint"
        What the candidate with the largest value is added for:

        - "joint": :math:`I(X_{S \cup j}; y)`;
        - "mrmr": :math:`I(X_j; y)` less the mean of :math:`I(X_j; X_s)` over the
          selected s (minimum redundancy, maximum relevance);
        - "jmi": the mean of :math:`I(X_{\{s, j\}}; y)` over the selected s.

        The last two never estimate in more than two columns of X at a time. They suit
        small samples, and many features to select.
    group_size : {1, 2}, default=1
        How many features are added at a time. 2 tries all pairs: it finds two that
        tell something only together, which no single step sees, and takes about as
        many times longer as there are candidates. Only with ``criterion="joint"``.
    stop : {"p-value"} or None, default=None
        "p-value": no further feature is selected if the best candidate's value can be
        had by chance; see Notes. Only with ``criterion="joint"``.
    alpha : float, default=0.05
        The largest p-value with which a feature is still selected. With 1 none stops the
        selection, and all have their p-values.
    n_permutations : int, default=100
        For ``stop="p-value"``; each costs as much as a step without.
    permutation : {"local", "circular", "block"}, default="local"
        For ``stop="p-value"``. "local": samples change places with those that are near in
        the selected features, for samples that do not depend on each other. "circular" and
        "block" are for time series, as in
        :func:`~skmi.model_selection.mutual_info_permutation_test`; see Notes.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour, if `estimator` is None.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns of X hold labels, each by the same rule as y: a bool for all, a mask,
        or their positions or names.
    discrete_target : "auto", bool or array-like, default="auto"
        Whether y holds labels. With "auto", booleans, strings and categories are labels
        and floats are numbers; integers are labels if each value has 20 samples on
        average, or if there are only two. For several columns, a mask, or the positions
        or the names of those with labels.
    device : str, default="auto"
        Where neighbours are counted: "cuda", or another GPU as torch names it, or the CPU.
        The counts are the same.
    random_state : int, RandomState or Generator instance, or None, default=None
        Draws the permutations for ``stop="p-value"``.
    n_jobs : int, default=None
        Number of threads, or of clones fitted at a time if `estimator` is given; None
        is 1 unless in a :obj:`joblib.parallel_config` context, -1 is all cores. The
        result does not depend on it.
    verbose : int or None, default=None
        1 prints a line for each feature selected, 0 nothing. None shows a bar in a terminal,
        from tqdm if it is installed, where it takes longer than ten seconds.

    Attributes
    ----------
    path_ : ndarray of shape (n_selected,)
        Positions of the selected features, in the order of selection.
    scores_ : ndarray of shape (n_selected,)
        The criterion's value of each when it was selected, in nats.
    candidate_scores_ : ndarray of shape (n_steps, n_features)
        The values of all candidates at each step, with ``group_size=2`` that of the
        best pair they are in; NaN for those selected already. With ``stop="p-value"``
        the last step may have selected nothing.
    pvalues_ : ndarray of shape (n_steps,)
        With ``stop="p-value"``, the p-value of each step's best candidate.
    support_ : ndarray of bool, shape (n_features,)
        Which features are selected.
    method_ : {"ksg", "ross", "plug-in", "mixed"}
        What the kinds of all columns led to: "ksg" if they hold numbers, "ross" if one side
        holds labels alone and the other numbers, "plug-in" if both hold labels.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    OutlierWarning
        If values so far from the others would set the scale of their column, as for
        `feature_mutual_info`. Without an `estimator`, the normal scores of its ranks are
        used.
    IdentifierWarning
        If the labels of a feature hardly ever occur twice. It is never selected.

    See Also
    --------
    sklearn.feature_selection.SequentialFeatureSelector : The same shape, by a model's
        cross-validated score.
    skmi.conditional_mutual_info : What a feature tells beyond others.

    Notes
    -----
    In the maximum norm the distance of two samples in :math:`S \cup j` is the larger of
    that in S and that in j: no distance is made again, and the nearest neighbours of a
    sample are among those near in S and y. The values are those of
    ``ScaleInvariantMI(KSG(), LocalScaler())`` on the same columns, to rounding, and none
    changes when a column is multiplied by a constant. For labels they are Ross's [4]_;
    samples that are alone with their label are left out. Features with labels are taken in
    the same way, one candidate after another; where neither the features nor y hold any
    numbers, values are those of frequencies, less their average over permutations.

    Estimates in many columns fall short of the truth, the more the fewer samples there
    are: ``scores_`` may fall where the information cannot.

    With ``stop="p-value"`` all candidates together are permuted locally: samples whose
    selected features are nearly the same change places (`conditional_independence_test`
    does the same with one variable). What the candidates tell about each other and about
    S stays; what they tell about y beyond S is lost. The best candidate is compared with
    the best of every permutation, so that it makes no difference how many candidates it
    is the best of. The p-value is :math:`(1 + b) / (1 + B)`, where b of B permutations
    give as much or more; permutations end as soon as it cannot become `alpha` any more.

    With ``permutation="circular"`` or ``"block"`` all candidates are shifted in time, or in
    stretches of it, together: what each has in time stays. So that nothing is lost of what
    they tell about S, what a regression on S predicts is taken off columns of numbers first,
    as `conditional_independence_test` does; of labels nothing is. Selection itself goes by
    the columns as they are.

    References
    ----------
    .. [1] H. Peng, F. Long, C. Ding, "Feature selection based on mutual information:
       criteria of max-dependency, max-relevance, and min-redundancy", IEEE Transactions
       on Pattern Analysis and Machine Intelligence 27 (2005).
    .. [2] H. H. Yang, J. Moody, "Data visualization and feature selection: new
       algorithms for nongaussian data", NIPS (1999).
    .. [3] G. Brown, A. Pocock, M.-J. Zhao, M. Luján, "Conditional likelihood
       maximisation: a unifying framework for information theoretic feature selection",
       Journal of Machine Learning Research 13 (2012).
    .. [4] B. C. Ross, "Mutual information between discrete and continuous data sets",
       PLoS ONE 9(2), e87357 (2014).

    Examples
    --------
    One column gives the size of y, another its sign. The latter tells nothing alone.

    >>> import numpy as np
    >>> from skmi.feature_selection import JointMISelector
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 6))
    >>> y = X[:, 1] * np.sign(X[:, 4])
    >>> JointMISelector(2).fit(X, y).path_
    array([1, 4])

    Of these two each alone tells nothing: only pairs show it.

    >>> y = X[:, 1] * X[:, 4] > 0
    >>> selector = JointMISelector(
    ...     group_size=2, stop="p-value", n_permutations=19, random_state=0
    ... ).fit(X, y)
    >>> selector.path_, selector.pvalues_.round(2)
    (array([1, 4]), array([0.05, 1.  ]))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_features_to_select": [
            StrOptions({"auto"}),
            Whole(1),
            Interval(RealNotInt, 0, 1, closed="right"),
        ],
        "estimator": [Having("fit", "score"), None],
        "direction": [StrOptions({"forward"})],
        "criterion": [StrOptions(set(CRITERIA))],
        "group_size": [OneOf(1, 2)],
        "stop": [StrOptions({"p-value"}), None],
        "alpha": [Interval(Real, 0, 1, closed="right")],
        "n_permutations": [Whole(1)],
        "permutation": [StrOptions({"local", "circular", "block"})],
        "block_length": BLOCK_LENGTH,
        "n_neighbors": [Whole(1)],
        "discrete_features": [StrOptions({"auto"}), "boolean", "array-like"],
        "discrete_target": [StrOptions({"auto"}), "boolean", "array-like"],
        "device": [str],
        "random_state": RANDOM_STATE,
        "n_jobs": N_JOBS,
        "verbose": ["verbose", None],
    }

    def __init__(
        self,
        n_features_to_select: int | float | str = "auto",
        *,
        estimator: Any = None,
        direction: str = "forward",
        criterion: str = "joint",
        group_size: int = 1,
        stop: str | None = None,
        alpha: float = 0.05,
        n_permutations: int = 100,
        permutation: str = "local",
        block_length: Any = "auto",
        n_neighbors: int = 3,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        device: str = "auto",
        random_state: RandomState = None,
        n_jobs: int | None = None,
        verbose: int | None = None,
    ) -> None:
        self.n_features_to_select = n_features_to_select
        self.estimator = estimator
        self.direction = direction
        self.criterion = criterion
        self.group_size = group_size
        self.stop = stop
        self.alpha = alpha
        self.n_permutations = n_permutations
        self.permutation = permutation
        self.block_length = block_length
        self.n_neighbors = n_neighbors
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.device = device
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Select features.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features: numbers, or labels of any kind.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Target: numbers or labels.

        Returns
        -------
        self : object
            The fitted selector.

        Raises
        ------
        ValueError
            If numbers are not finite, if a value is missing, if
            the lengths differ, if there are too few samples or features, if with
            ``stop="p-value"`` there are too few permutations for a p-value to be as low
            as `alpha`, or if it or ``group_size=2`` comes with a criterion other than
            "joint".
        """
        if y is None:
            validate_data(self, X, y, reset=False, skip_check_array=True)  # says that y is needed
        features, target = read_table(X, "X", vector=False, min_samples=2), read_table(y, "y")
        validate_data(self, X, skip_check_array=True)
        return self._fit(features, target)

    def _fit(self, X: Table, y: Table) -> Self:
        """What `fit` does with tables."""
        self._refuse_unsuited()
        self.n_features_in_ = X.n_columns
        features, target, is_single, kinds = read_features(
            X, y, self.discrete_features, self.discrete_target
        )
        self.method_ = kinds.method
        n_to_select = self._n_to_select(features.n_features)
        n_to_select = min(n_to_select, features.n_features - len(features.identifiers))
        scores: Any
        options: dict[str, Any] = {"n_jobs": self.n_jobs}
        if self.estimator is not None:
            options["estimator"] = self.estimator
            scores = EstimatorScores(features, target, is_single, **options)
        else:
            features = features.with_numbers(tame_outliers(features.numbers, "X"))
            target = tame_outliers(target, "y")
            options["engine"], options["device"] = find_engine("auto", self.device)
            options["n_neighbors"] = self.n_neighbors
            scores = NeighborsScores(features, target, is_single, **options)
        criterion = CRITERIA[self.criterion](scores)
        self._keep(self._select(criterion, n_to_select, self._scheme(scores)))
        return self

    def _refuse_unsuited(self) -> None:
        """Raise an error for parameters that do not suit each other."""
        asked = {"stop": self.stop, "group_size": self.group_size}
        for name, value in asked.items():
            if value not in (None, 1) and self.criterion != "joint":
                raise ValueError(
                    f"{name}={value!r} judges features together: it needs criterion='joint', "
                    f"got {self.criterion!r}."
                )
        least = 1 / (1 + self.n_permutations)
        if self.stop is not None and least > self.alpha:
            raise ValueError(
                f"n_permutations={self.n_permutations} gives no p-value below {least:.3g}, so that "
                f"nothing could be selected with alpha={self.alpha:g}. Raise n_permutations to "
                f"{math.ceil(1 / self.alpha) - 1}."
            )

    def _n_to_select(self, n_features: int) -> int:
        wanted = self.n_features_to_select
        if isinstance(wanted, str):
            return max(1, n_features // 2) if self.stop is None else n_features
        if isinstance(wanted, Integral):
            if wanted > n_features:
                raise ValueError(
                    f"n_features_to_select={wanted} must not be more than n_features={n_features}."
                )
            return int(wanted)
        return max(1, int(wanted * n_features))

    def _scheme(self, scores: Scores) -> PermutationScheme | None:
        """How series are permuted; None for samples that do not depend on each other."""
        if self.stop is None or self.permutation == "local":
            return None
        y = scores.y
        target = [*y.numbers.T, *([] if y.codes is None else [y.codes])]
        sides = [scores.features.series(), target]
        return PermutationScheme(self.permutation, self.block_length, sides, y.n_samples)

    def _select(
        self, criterion: Criterion, n_to_select: int, scheme: PermutationScheme | None
    ) -> Path:
        start = time.perf_counter()
        rng = as_generator(self.random_state)
        test = None
        if self.stop is not None:
            joint = cast(Joint, criterion)
            test = permutation_test(joint, self.n_permutations, self.alpha, rng, scheme)

        def report(step: Step, pvalue: float | None, taken: bool) -> None:
            n_taken = len(step.selected) + len(step.group)
            what = f"{n_taken} of {n_to_select}:" if taken else "stopped before"
            self._say(what, step, pvalue, time.perf_counter() - start)
            progress.update(len(step.group))

        # Lines or a bar, not both.
        verbose = None if self.verbose is None else 0
        with Progress(n_to_select, "JointMISelector", "feature", verbose=verbose) as progress:
            return select_forward(
                criterion,
                n_to_select,
                group_size=self.group_size,
                test=test,
                alpha=self.alpha,
                report=report,
            )

    def _keep(self, path: Path) -> None:
        self.path_ = np.array(path.features, dtype=np.intp)
        self.scores_ = np.array(path.scores)
        self.candidate_scores_ = np.array(path.candidate_scores)
        if self.stop is not None:
            self.pvalues_ = np.array(path.pvalues)
        self.support_ = np.isin(np.arange(self.n_features_in_), self.path_)

    def _name(self, feature: int) -> str:
        names = getattr(self, "feature_names_in_", None)
        return f"feature {feature}" if names is None else repr(names[feature])

    def _say(self, what: str, step: Step, pvalue: float | None, seconds: float) -> None:
        if not self.verbose:
            return
        features = " and ".join(self._name(feature) for feature in step.group)
        p = "" if pvalue is None else f", p = {pvalue:.3g}"
        print(f"[JointMISelector] {what} {features}, {step.score:.3f} nats{p} ({seconds:.1f} s)")

    def path_frame(self) -> Any:
        """The path of selection as a table.

        Returns
        -------
        path : pandas.DataFrame
            A row a selected feature, in the order of selection: ``feature`` (its name,
            or its position if there are no names), ``step``, ``score`` and, with
            ``stop="p-value"``, ``pvalue``.
        """
        check_is_fitted(self)
        pandas = import_optional("pandas", purpose="A table of the path", extra="benchmark")
        names = getattr(self, "feature_names_in_", np.arange(self.n_features_in_))
        n_selected = len(self.path_)
        # Only the last step can have selected fewer than the others.
        steps = np.arange(n_selected) // self.group_size
        table = {"feature": names[self.path_], "step": 1 + steps, "score": self.scores_}
        if hasattr(self, "pvalues_"):
            table["pvalue"] = self.pvalues_[steps]
        return pandas.DataFrame(table)

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return self.support_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags
