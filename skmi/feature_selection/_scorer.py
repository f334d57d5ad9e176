"""Scores with p-values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from .._params import Whole
from .._permutations import BLOCK_LENGTH, PERMUTATION, PermutationScheme
from .._progress import Progress
from .._random import RANDOM_STATE, RandomState, as_generator, draw_seed
from .._typing import FloatArray
from ..estimators._normalized import check_normalize
from ..neighbors._threads import count_threads, run_in_row_chunks
from ._feature_mutual_info import CONSTRAINTS, presented
from ._missing import normalized_scores, prepare_pairs, rows_of_each

# What rounding may do to a score, in units of its largest terms.
_ROUNDING = 1e-13


class FeatureMutualInfo(BaseEstimator):
    r"""Score each feature by its mutual information with the target, and test it.

    An object to be called, ``scorer(X, y)``. As the score function of ``SelectFdr``,
    ``SelectFpr`` and ``SelectFwe`` it selects features by significance.

    Parameters
    ----------
    n_permutations : int or None, default=499
        How many times y is permuted to see what independent data score. No p-value is
        below ``1 / (n_permutations + 1)``. None gives scores alone.
    permutation : {"iid", "circular", "block"}, default="iid"
        How the samples of y are permuted: "iid" for samples that do not depend on each
        other, the others for time series, as in
        :func:`~skmi.model_selection.mutual_info_permutation_test`.
    block_length : int or "auto", default="auto"
        For "circular" and "block".
    n_neighbors : int, default=3
        The k of the k-th nearest neighbour.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns of X hold labels, as in `feature_mutual_info`.
    discrete_target : "auto" or bool, default="auto"
        The same for y.
    clip : bool, default=True
        Whether estimates below 0 are given as 0. p-values do not depend on it.
    base : float, default=None
        Of the logarithm: 2 for bits. None is e, for nats.
    normalize : str or None, default=None
        A scale from 0 to 1, as in `feature_mutual_info`. p-values do not depend on it.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values, as in `feature_mutual_info`: each feature keeps the rows
        that it shares with y, and is permuted among these.
    random_state : int, RandomState, Generator or None, default=None
        Seeds the permutations, which are the same for all features.
    n_jobs : int, default=None
        Number of threads; None is 1 unless in a :obj:`joblib.parallel_config` context,
        -1 is all cores. The results do not depend on it.

    Attributes
    ----------
    n_samples_ : ndarray of int, shape (n_features,)
        How many rows each score of the last call is from.

    See Also
    --------
    feature_mutual_info : The scores alone.
    JointMISelector : What features tell together.

    Notes
    -----
    With B permutations, of which b give a feature a score at least as large as the
    observed one, its p-value is :math:`(b + 1) / (B + 1)`: exact for any sample size, and
    never 0 [1]_.

    Selectors that correct for many tests ask for small ones. ``SelectFwe`` compares with
    ``alpha / n_features``, ``SelectFdr`` the m-th smallest with
    ``alpha * m / n_features``; what is below the floor ``1 / (B + 1)`` is out of reach.
    For 100 features and ``alpha=0.05`` ``SelectFwe`` needs
    ``n_permutations=2000``; ``SelectFdr`` does with 499 if at least 4 features have the
    smallest p-value.

    Each column is sorted once for all permutations.

    References
    ----------
    .. [1] B. Phipson, G. K. Smyth, "Permutation p-values should never be zero",
       Statistical Applications in Genetics and Molecular Biology 9(1), 39 (2010).

    Examples
    --------
    >>> from sklearn.datasets import make_friedman1
    >>> from sklearn.feature_selection import SelectFdr
    >>> from skmi.feature_selection import FeatureMutualInfo
    >>> X, y = make_friedman1(n_samples=300, random_state=0)  # of ten columns, five matter
    >>> scorer = FeatureMutualInfo(n_permutations=199, random_state=0)
    >>> SelectFdr(scorer, alpha=0.05).fit(X, y).get_support(indices=True)
    array([0, 1, 2, 3, 4])
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "n_permutations": [Whole(1), None],
        "permutation": PERMUTATION,
        "block_length": BLOCK_LENGTH,
        **CONSTRAINTS,
        "random_state": RANDOM_STATE,
    }

    def __init__(
        self,
        n_permutations: int | None = 499,
        *,
        permutation: str = "iid",
        block_length: Any = "auto",
        n_neighbors: int = 3,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        clip: bool = True,
        base: float | None = None,
        normalize: str | None = None,
        nan_policy: str = "raise",
        random_state: RandomState = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_permutations = n_permutations
        self.permutation = permutation
        self.block_length = block_length
        self.n_neighbors = n_neighbors
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.clip = clip
        self.base = base
        self.normalize = normalize
        self.nan_policy = nan_policy
        self.random_state = random_state
        self.n_jobs = n_jobs

    def __call__(self, X: ArrayLike, y: ArrayLike) -> Any:
        """Score the features.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Features: numbers, or labels of any kind.
        y : array-like of shape (n_samples,)
            Target: numbers or labels.

        Returns
        -------
        scores : ndarray of shape (n_features,)
            Estimates in nats, or in units of `base`.
        pvalues : ndarray of shape (n_features,)
            Not returned if `n_permutations` is None.

        Raises
        ------
        ValueError
            As `feature_mutual_info`.
        """
        self._validate_params()
        check_normalize(self.normalize, self.base)
        return self._score(
            prepare_pairs(
                X,
                y,
                self.n_neighbors,
                self.discrete_features,
                self.discrete_target,
                self.nan_policy,
            )
        )

    def _score(self, prepared: Any) -> Any:
        self._validate_params()
        self.n_samples_ = rows_of_each(prepared)
        n_threads = count_threads(self.n_jobs)
        observed = prepared.scores(n_threads)
        if self.normalize is None:
            scores = presented(observed, clip=self.clip, base=self.base)
        else:
            scores = normalized_scores(prepared, observed, self.normalize)
        if self.n_permutations is None:
            return scores
        columns = [] if self.permutation == "iid" else prepared.series()
        scheme = PermutationScheme(self.permutation, self.block_length, columns, prepared.n_samples)
        many = len(observed), self.n_permutations
        null = _null_scores(prepared, scheme, many, self.random_state, n_threads)
        # A score that equals the observed one but for rounding is as large.
        slack = _ROUNDING * np.log(prepared.n_samples)
        as_large = np.sum(null >= observed - slack, axis=0)
        return scores, (as_large + 1) / (self.n_permutations + 1)


def _null_scores(
    prepared: Any,
    scheme: PermutationScheme,
    many: tuple[int, int],
    random_state: RandomState,
    n_threads: int,
) -> FloatArray:
    """Scores against permuted targets: of so many features, by so many permutations."""
    n_features, n_permutations = many
    rng = as_generator(random_state)
    seeds = [draw_seed(rng) for _ in range(n_permutations)]
    null = np.empty((n_permutations, n_features))

    with Progress(n_permutations, "FeatureMutualInfo", "permutation") as progress:

        def work(start: int, stop: int) -> None:
            for i in range(start, stop):
                order = scheme.draw(np.random.default_rng(seeds[i]))
                null[i] = prepared.scores(order=order)
                progress.update()

        run_in_row_chunks(work, n_permutations, n_threads, chunk=1)
    return null
