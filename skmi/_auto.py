"""The estimator for those who do not want to choose one."""

import time
from typing import Any

import numpy as np
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from ._input._missing import NAN_POLICY
from ._input._sample import Sample
from ._params import N_JOBS, Whole
from ._typing import FloatArray
from .estimators._base import MutualInfoEstimator, Repeated
from .estimators._candidates import Candidate, Candidates, choose, summarize
from .estimators._canonical import CanonicalKSG
from .estimators._ksg import KSG
from .estimators._scale_invariant import ScaleInvariantMI
from .neural._mine import MINE
from .preprocessing._local import LocalScaler
from .preprocessing._normal_score import NormalScoreScaler

# A network must be better than the others together by so many standard errors of the difference.
_NETWORK_MARGIN = 0.5


class AutoMI(MutualInfoEstimator):
    """Mutual information by the estimator that suits the columns.

    The kinds and the number of columns decide:

    - one column of numbers on either side: `KSG` on normal scores;
    - several: `CanonicalKSG`, which compares the Gaussian estimate, neighbours among all
      columns, and neighbours among few combinations of them;
    - labels on one side and several columns of numbers on the other: `CanonicalKSG`, too;
    - labels and one column of numbers, labels on both sides, or both kinds on one side:
      `KSG` after `LocalScaler`, by the formula for these kinds.

    Parameters
    ----------
    n_neighbors : int, default=3
        As in `KSG`.
    discrete_features : "auto", bool or array-like, default="auto"
        Which columns of X hold labels, as in `KSG`.
    discrete_target : "auto", bool or array-like, default="auto"
        The same for y.
    neural : bool, default=False
        Whether a neural network is a candidate, too, where there are several columns of
        numbers: `MINE` over a Gaussian baseline, by the mean of its bounds on what it
        learnt from and on what it did not see. It takes seconds instead of a tenth, and
        needs ``skmi[neural]``.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values. "raise" refuses them, "omit" leaves out the rows in
        which X or y has one. "label" does the same for numbers, but takes a missing label for
        one label more. What holds this estimator does likewise.
    device : str, default="auto"
        As in `CanonicalKSG`, and in `MINE`.
    random_state : int, RandomState instance or None, default=None
        For `CanonicalKSG` and `MINE`. None is a fixed seed: the same data give the same value.
    n_jobs : int, default=None
        Number of threads for counting neighbours.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats.
    method_ : str
        What made the estimate: "gaussian", "ksg", "canonical-ksg" or "mine"; with labels "ross",
        "plug-in" or "mixed", as in `KSG`.
    candidates_ : list of Candidate
        What was compared, with the estimates, the part of the samples each was chosen
        for, and seconds. Prints as a table.
    estimator_ : estimator
        The fitted estimator.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Warns
    -----
    EstimateWarning
        Of :mod:`skmi.exceptions`, as the estimator that is taken.

    See Also
    --------
    CanonicalKSG : What is taken for several columns.
    make_estimator : Estimators by name; this one is ``"auto"``.

    Notes
    -----
    Every estimate by neighbours is low in many dimensions, each in its own way, so that
    the largest of several honest ones is the nearest. What is compared, and how, is told
    at `CanonicalKSG`; independent data give 0.

    The estimate does not change when a column is multiplied by a constant, nor if X and y
    change places. Where there are numbers alone, it does not change under increasing maps
    of single columns, with the exception named there.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import AutoMI
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(1000, 10))
    >>> y = X + rng.normal(size=(1000, 10))
    >>> auto = AutoMI().fit(X, y)
    >>> print(f"{auto.mi_:.1f} nats by {auto.method_}; the truth is {5 * np.log(2):.1f}")
    3.4 nats by gaussian; the truth is 3.5
    """

    _sees_only_differences = False

    _parameter_constraints: dict[str, list[Any]] = {
        "n_neighbors": [Whole(1)],
        "neural": ["boolean"],
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
        neural: bool = False,
        discrete_features: Any = "auto",
        discrete_target: Any = "auto",
        nan_policy: str = "raise",
        device: str = "auto",
        random_state: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.n_neighbors = n_neighbors
        self.neural = neural
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.nan_policy = nan_policy
        self.device = device
        self.random_state = random_state
        self.n_jobs = n_jobs

    @property
    def _releases_gil(self) -> bool:  # type: ignore[override]
        return not self.neural  # training does not

    def _asked_kinds(self) -> tuple[Any, Any]:
        return self.discrete_features, self.discrete_target

    def _suited(self, sample: Sample) -> MutualInfoEstimator:
        """The estimator for samples of these kinds and numbers of columns, not fitted."""
        options: dict[str, Any] = {"device": self.device, "n_jobs": self.n_jobs}
        if takes_combinations(sample):
            return CanonicalKSG(self.n_neighbors, random_state=self.random_state, **options)
        numbers_alone = sample.kinds.method == "ksg"
        scaler = NormalScoreScaler() if numbers_alone else LocalScaler()
        return ScaleInvariantMI(KSG(self.n_neighbors, **options), scaler)

    def _learn(self, sample: Sample) -> float:
        start = time.perf_counter()
        suited = self.estimator_ = self._suited(sample)
        mi = float(suited._fit(sample).mi_)
        seconds = time.perf_counter() - start
        if not isinstance(suited, CanonicalKSG):
            self._method = sample.kinds.method
            self.candidates_ = Candidates([Candidate(self._method, mi, 1.0, seconds)])
            return mi
        self._method, self.candidates_ = suited.chosen_, suited.candidates_
        return self._learn_network(sample, suited) if self._takes_network(sample) else mi

    def _takes_network(self, sample: Sample) -> bool:
        return self.neural and takes_combinations(sample) and sample.kinds.method == "ksg"

    def _learn_network(self, sample: Sample, canonical: CanonicalKSG) -> float:
        """Compare with a network's estimate, and take the larger one fold by fold."""
        start = time.perf_counter()
        seed = 0 if self.random_state is None else self.random_state
        mine = MINE(
            baseline="gaussian", evaluation="symmetric", device=self.device, random_state=seed
        )
        mine._fit(sample)
        terms = {"others": canonical._comparison.contributions, "mine": mine._contributions}
        choice = choose(terms, canonical._comparison.folds, _NETWORK_MARGIN)
        seconds = {"others": 0.0, "mine": time.perf_counter() - start}
        found = summarize(terms, choice, canonical._comparison.folds, seconds)
        own = found.candidates[1]
        self.candidates_ = Candidates(
            [each._replace(share=each.share * (1.0 - own.share)) for each in self.candidates_]
            + [own]
        )
        if choice.overall == "mine":
            self._method, self.estimator_ = "mine", mine
        return float(np.nanmean(found.contributions))

    @property
    def method_(self) -> str:
        """What made the estimate."""
        check_is_fitted(self)
        return self._method

    def _doubt(self, sample: Sample) -> None:
        self.estimator_._doubt(sample)

    def _score(self, sample: Sample) -> float:
        return self.estimator_._score(sample)

    def _estimate(self, sample: Sample) -> FloatArray:
        return self.estimator_._estimate(sample)

    def _core(self, sample: Any) -> tuple[Any, Any]:
        return (self, None) if sample is None else self.estimator_._core(sample)

    def _repeated(self, sample: Sample) -> Repeated:
        if self._takes_network(sample):
            return super()._repeated(sample)
        return self.estimator_._repeated(sample)


def takes_combinations(sample: Sample) -> bool:
    """Whether there are several columns to be combined: numbers, on one side at least."""
    most = max(side.numbers.shape[1] for side in (sample.X, sample.y))
    return most > 1 and sample.kinds.method in ("ksg", "ross")
