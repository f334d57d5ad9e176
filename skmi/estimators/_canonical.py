"""Nearest neighbours in few columns that are made of many."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from .._input._features import check_features
from .._input._missing import NAN_POLICY
from .._input._sample import Sample, Side, default_tolerance, make_variable
from .._params import N_JOBS, Whole
from .._typing import FloatArray, IntArray
from ..preprocessing._normal_score import NormalColumns, NormalScores
from ._base import MutualInfoEstimator, Repeated
from ._candidates import Choice, Comparison, choose, summarize
from ._canonical_features import FEATURES
from ._canonical_pairs import CanonicalPairs, Prepared, Trials, first_pairs, gaussian_part
from ._gaussian import GaussianCopula, warn_of_many_columns
from ._ksg import KSG


class CanonicalKSG(ClassNamePrefixFeaturesOutMixin, TransformerMixin, MutualInfoEstimator):
    r"""Mutual information of many columns, by nearest neighbours among few made of them.

    Each column is replaced by its normal scores (Notes name an exception). On some of the
    samples the combinations of the scores of X, and of features of them, are found that are
    correlated most with those of y: canonical correlation analysis with a ridge. On the other
    samples neighbours are counted among one to three pairs of such combinations, and what the
    rest of the pairs tell is added as if they were Gaussian. Samples are never judged by what
    was learnt from them, so independent data give 0.

    Parameters
    ----------
    n_neighbors : int, default=3
        As in `KSG`.
    features : "auto" or list of {"linear", "radius", "quadratic", "fourier"}, default="auto"
        What is tried: the scores alone; with the logarithm of each sample's mean square, for
        tails that go together; with squares, and products where columns are few; with
        cosines of random frequencies. "auto" tries all.
    n_folds : int, default=4
        Parts of the samples that take turns in being judged.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns of X hold labels, as in `KSG`.
    discrete_target : "auto", bool or array-like, default="auto"
        The same for y. With labels on one side and numbers on the other, the combinations
        are those that tell the labels apart. With labels on both, or with both kinds on
        one side, the estimate is that of `KSG`.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        How missing values are handled, as in `KSG`.
    random_state : int, RandomState instance or None, default=None
        For the folds and the frequencies. None is a fixed seed: the same data give the same
        value.
    device : str, default="auto"
        Where neighbours are counted: "cuda", or another GPU as torch names it; "auto" and
        "cpu" are the CPU.
    n_jobs : int, default=None
        Number of threads for counting neighbours.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    candidates_ : list of Candidate
        What was tried, with the estimates, and for which part of the samples each was
        chosen. Prints as a table.
    features_ : str
        The kind of features that is best for all samples; `transform` gives these.
    n_pairs_ : int
        Number of pairs that neighbours are counted among in `score`; 0 if all columns of
        the scores are, or if the Gaussian part is all.
    n_components_ : int
        Number of columns that `transform` gives.
    method_ : str
        The method chosen by the kinds of the columns, as in `KSG`.
    chosen_ : str
        What is best for all samples: "gaussian", "canonical-ksg" for neighbours among
        combinations, or `method_` for those among all columns.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    ManyColumnsWarning
        If X and y have together more columns than four fifths of the samples.

    See Also
    --------
    GaussianMI : The Gaussian part alone.
    KSG : Neighbours among all columns.
    AutoMI : Chooses among estimators.

    Notes
    -----
    Neighbours among some columns find less than all columns tell: each candidate is too
    low in its own way, and the largest is closest to the truth. Candidates are compared on other
    folds than the one they are summed over. To be chosen, a candidate must be better than
    the Gaussian estimate by three standard errors of the difference, and than those before
    it by 1.5.

    The estimate does not change under increasing maps of single columns, because it uses ranks;
    nor if X and y are exchanged; nor with the order of the samples. There is one exception.
    Ranks move each value a little, which hides the differences between columns that nearly
    determine each other, such as sums of the same few variables. On a side that has such columns,
    those that pass a test of normality [4]_ are standardized instead: a factor or a shift changes
    nothing, a curved map makes them ranks again.

    `score` estimates on other samples with the combinations learnt from all samples given
    to `fit`. On those samples themselves it is too high.

    The estimate cannot see dependence that shows in none of the features, such as the parity
    of three signs.

    References
    ----------
    .. [1] A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information",
       Physical Review E 69, 066138 (2004), doi:10.1103/PhysRevE.69.066138.
    .. [2] D. R. Hardoon, S. Szedmak, J. Shawe-Taylor, "Canonical correlation analysis: an
       overview with application to learning methods", Neural Computation 16 (2004),
       doi:10.1162/0899766042321814.
    .. [3] D. Lopez-Paz, P. Hennig, B. Schölkopf, "The randomized dependence coefficient",
       NeurIPS (2013), arXiv:1304.7717.
    .. [4] P. Royston, "A pocket-calculator algorithm for the Shapiro-Francia test for
       non-normality", Statistics in Medicine 12 (1993), doi:10.1002/sim.4780120209.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import KSG, CanonicalKSG
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 10))
    >>> y = X + rng.normal(size=(1000, 10))
    >>> for estimator in KSG(), CanonicalKSG():
    ...     print(f"{estimator.fit(X, y).mi_:.1f} nats; the truth is {5 * np.log(2):.1f}")
    1.1 nats; the truth is 3.5
    3.4 nats; the truth is 3.5
    """

    _sees_only_differences = False
    _releases_gil = True

    # What `score` and `transform` are made by: the Gaussian of all scores, if there are no
    # labels; the pairs, with normal scores for those that are numbers; the Gaussian of linear
    # pairs alone.
    _copula: GaussianCopula | None
    _pairs: CanonicalPairs
    _scores_of_pairs: tuple[NormalScores | None, ...]
    _own_copula: GaussianCopula | None

    _parameter_constraints: dict[str, list[Any]] = {
        "n_neighbors": [Whole(1)],
        "features": ["array-like", StrOptions({"auto"})],
        "n_folds": [Whole(2)],
        "discrete_features": ["boolean", "array-like", StrOptions({"auto"})],
        "discrete_target": ["boolean", "array-like", StrOptions({"auto"})],
        "nan_policy": NAN_POLICY,
        "device": [str],
        "random_state": ["random_state"],
        "n_jobs": N_JOBS,
    }

    def __init__(
        self,
        n_neighbors: int = 3,
        *,
        features: Any = "auto",
        n_folds: int = 4,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        nan_policy: str = "raise",
        device: str = "auto",
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.features = features
        self.n_folds = n_folds
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.nan_policy = nan_policy
        self.device = device
        self.random_state = random_state
        self.n_jobs = n_jobs

    def _asked_kinds(self) -> tuple[Any, Any]:
        return self.discrete_features, self.discrete_target

    def _learn(self, sample: Sample) -> float:
        prepared = self._prepare(sample)
        trials, choice, self._comparison = self._try(prepared)
        self.candidates_ = self._comparison.candidates
        self._remember_trials(prepared, trials, choice.overall)
        return float(self._comparison.contributions.mean())

    def _prepare(self, sample: Sample) -> Prepared:
        """Learn normal scores; what either side tells alone."""
        learnt = [NormalColumns.of(side.array()) for side in (sample.X, sample.y)]
        (self._scores_X, x), (self._scores_y, y) = learnt
        random_state = check_random_state(0 if self.random_state is None else self.random_state)
        seed, fold_seed = map(int, random_state.randint(2**31 - 2, size=2))
        scored = _with_scores(sample, x, y)
        return Prepared.of(scored, self._kinds_of_features(), seed, fold_seed)

    def _try(self, prepared: Prepared) -> tuple[Trials, Choice, Comparison]:
        folds = prepared.folds(self.n_folds)
        trials = Trials(prepared, folds, self._ksg())
        choice = choose(trials.terms, folds)
        trials.complete(choice.by_fold)
        return trials, choice, summarize(trials.terms, choice, folds, trials.seconds)

    def _ksg(self) -> KSG:
        return KSG(self.n_neighbors, device=self.device, n_jobs=self.n_jobs)

    def _repeated(self, sample: Sample) -> Repeated:
        prepared = self._prepare(sample)

        def estimate(order: IntArray | None) -> float:
            permuted = prepared if order is None else prepared.permuted(order)
            return float(self._try(permuted)[2].contributions.mean())

        return estimate

    def _kinds_of_features(self) -> list[str]:
        if isinstance(self.features, str):
            return list(FEATURES)
        unknown = [each for each in self.features if each not in FEATURES]
        if unknown or not len(self.features):
            raise ValueError(
                f"features must be 'auto' or a list of some of {list(FEATURES)}; got "
                f"{self.features!r:.80}."
            )
        return list(self.features)

    def _remember_trials(self, prepared: Prepared, trials: Trials, chosen: str) -> None:
        """What `score` and `transform` are made by."""
        self._copula, self._chosen = trials.copula, chosen
        self._own_copula = None
        if chosen in trials.pairs:
            self._pairs, self.n_pairs_ = trials.pairs[chosen]
        else:
            means = {name: float(np.nanmean(trials.terms[name])) for name in trials.pairs}
            best = max(means, key=means.__getitem__, default=None)
            kind = self._kinds_of_features()[0]
            self._pairs = prepared.learn(kind) if best is None else trials.pairs[best][0]
            self.n_pairs_ = 0
        self.features_ = self._pairs.kind
        learnt = self._pairs(prepared.sample)
        self._scores_of_pairs = tuple(
            None if side.codes is not None else NormalScores.of(side.numbers)[0]
            for side in (learnt.X, learnt.y)
        )
        if self.n_pairs_ and self.features_ == "linear" and self._copula is not None:
            self._own_copula, _, _ = gaussian_part(first_pairs(learnt, self.n_pairs_))

    def _scored_pairs(self, pairs: Sample) -> tuple[Side, Side]:
        """Normal scores of combinations."""
        x, y = (
            side if scores is None else Side.of(scores(side.numbers))
            for side, scores in zip((pairs.X, pairs.y), self._scores_of_pairs, strict=True)
        )
        return x, y

    def _doubt(self, sample: Sample) -> None:
        if self._copula is not None:
            warn_of_many_columns(self._copula, sample.n_samples)

    def _estimate(self, sample: Sample) -> FloatArray:
        numbers = self._scores_X(sample.X.array()), self._scores_y(sample.y.array())
        scored = _with_scores(sample, *numbers)
        x, y = scored.X.numbers, scored.y.numbers
        if self._chosen == "gaussian":
            assert self._copula is not None
            return self._copula.log_ratio(x, y)
        if not self.n_pairs_:
            return self._ksg()._estimate(scored)
        combined = self._pairs(scored)
        sides = self._scored_pairs(combined)
        pairs = first_pairs(Sample(*sides, tie_tolerance=scored.tie_tolerance), self.n_pairs_)
        terms = self._ksg()._estimate(pairs)
        if self._copula is not None and self._own_copula is not None:
            first = first_pairs(combined, self.n_pairs_)
            terms -= self._own_copula.log_ratio(first.X.numbers, first.y.numbers)
            terms += self._copula.log_ratio(x, y)
        return terms

    def transform(self, X: ArrayLike, y: Any = None) -> Any:
        """The combinations of features that are correlated most with those of the other side.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_targets), default=None

        Returns
        -------
        X_canonical : ndarray of shape (n_samples, n_components)
            Normal scores of the combinations of X, the most correlated first.
        y_canonical : ndarray of shape (n_samples, n_components)
            Those of y; only if y is given.

        Raises
        ------
        ValueError
            If there are no combinations of that side, because it holds labels.
        """
        check_is_fitted(self)
        columns = check_features(self, X, reset=False).astype(np.float64, copy=False)
        x_canonical = self._combined("X", columns, 0)
        if y is None:
            return x_canonical
        side, _ = make_variable(y, "y")
        return x_canonical, self._combined("y", side.array(), 1)

    def _combined(self, what: str, columns: FloatArray, position: int) -> FloatArray:
        scores, normalize = (
            (self._scores_X, self._scores_y)[position],
            self._scores_of_pairs[position],
        )
        if normalize is None:
            raise ValueError(f"There are no combinations of {what}, for it holds labels.")
        return normalize(self._pairs.combine(scores(columns), position))

    @property
    def chosen_(self) -> str:
        """What is best for all samples."""
        check_is_fitted(self)
        return "canonical-ksg" if self.n_pairs_ else self._chosen

    @property
    def n_components_(self) -> int:
        """Number of columns that `transform` gives."""
        check_is_fitted(self)
        return self._pairs.x.weights.shape[1]

    @property
    def _n_features_out(self) -> int:
        return self.n_components_


def _with_scores(sample: Sample, x: FloatArray, y: FloatArray) -> Sample:
    """The sample with normal scores for numbers."""
    sides = sample.X.with_numbers(x), sample.y.with_numbers(y)
    return sample.scaled(*sides, default_tolerance(sample.is_single))
