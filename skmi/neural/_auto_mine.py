"""Several ways to bring data before a critic, trained together, and the choice among them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from numbers import Integral
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from .._input._sample import Sample
from .._typing import FloatArray
from ..estimators._base import MutualInfoEstimator
from ..estimators._candidates import Candidate, Candidates
from ..estimators._scale_invariant import ScaleInvariantMI
from ..preprocessing._global import GlobalScaler
from ..preprocessing._normal_score import NormalScoreScaler
from ._mine import MINE, seeds_of_pairs, train_many
from ._settings import CROSS_FITTED

# What each candidate is made of: a scaler, and what the critic knows before it learns.
_CANDIDATES = {
    "global-corrected": (GlobalScaler(corrected=True), None),
    "normal-scores": (NormalScoreScaler(), None),
    "gaussian": (NormalScoreScaler(), "gaussian"),
}


class AutoMINE(MutualInfoEstimator):
    """Mutual information by a neural network, which chooses how it sees the columns.

    Three candidates are trained together, from the same first weights and on the same parts of
    the data:

    - "global-corrected": `MINE` after ``GlobalScaler(corrected=True)``, which keeps the
      proportions of the columns of a side;
    - "normal-scores": `MINE` after `NormalScoreScaler`, which undoes increasing maps of single
      columns, heavy tails among them;
    - "gaussian": the same over a Gaussian baseline, so that only what is not Gaussian is learnt.

    The one with the highest bound on samples that were held out makes the estimate.

    Parameters
    ----------
    estimator : MINE, default=None
        What is trained; its `baseline` must be None, and it must hold samples out. None is
        ``MINE()``.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats; where it is taken depends on
        `evaluation` of `estimator`.
    method_ : str
        What made the estimate, by name.
    candidates_ : list of Candidate
        What was compared, with the estimates, the part of the samples each was chosen for, and
        seconds. Prints as a table.
    mi_validation_ : dict of str to float
        The bound of each candidate on what was held out, by which they were compared.
    estimator_ : ScaleInvariantMI
        The one that was chosen, fitted.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Raises
    ------
    ValueError
        From `fit`, as `MINE`; and if `estimator` has a baseline, or holds nothing out.
    ImportError
        From `fit`, if torch or skorch is not installed.

    Warns
    -----
    EstimateWarning
        Of :mod:`skmi.exceptions`, as the candidate that is chosen.

    See Also
    --------
    MINE : What is trained.
    AutoMI : Chooses among estimators by nearest neighbours, the Gaussian one and a network.
    make_estimator : Estimators by name; this one is ``"mine-auto"``.

    Notes
    -----
    With ``evaluation="cross-fit"`` and ``"symmetric"`` there is a critic for each fold. The
    choice for a fold is made by the bounds on the other folds, so that the samples that are
    summed over have no say in it. With ``evaluation="full"`` the held-out part, a fifth of the
    samples, chooses the candidate as it chooses the epoch, and the estimate is of all samples.
    A candidate that has found nothing on the held-out part gives 0 by the first weights, so that
    independent data give 0 either way.

    The estimate does not change when X or y is multiplied by a constant. A factor on a single
    column changes what "global-corrected" sees, and neither of the others.

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import MINE, AutoMINE
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 2))
    >>> y = X + rng.normal(size=(500, 2))
    >>> auto = AutoMINE(MINE(max_epochs=60, random_state=0)).fit(X, np.exp(3 * y))
    >>> print(f"{auto.mi_:.1f} nats by {auto.method_!r}; the truth is {np.log(2):.1f}")
    0.7 nats by 'gaussian'; the truth is 0.7
    """

    _parameter_constraints: dict[str, list[Any]] = {"estimator": [MINE, None]}

    def __init__(self, estimator: MINE | None = None) -> None:
        self.estimator = estimator

    def _learn(self, sample: Sample) -> float:
        start = time.perf_counter()
        rivals = self._rivals(sample)
        train_many(rivals.mines, rivals.samples)
        return self._choose(rivals, sample, time.perf_counter() - start)

    def fit_many(
        self, Xs: Sequence[ArrayLike], ys: Sequence[ArrayLike], random_states: Any = None
    ) -> list[Self]:
        """Fit a clone to each of many pairs of variables, all in one training.

        Several times faster than one fit after the other.

        Parameters
        ----------
        Xs : sequence of array-like of shape (n_samples, n_features)
            First variables. Those of equal shape are trained together.
        ys : sequence of array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variables.
        random_states : sequence of int, default=None
            A seed for each pair; None draws them with the `random_state` of `estimator`.

        Returns
        -------
        fitted : list of AutoMINE
            Each is that of a fit on its own with the same seed, up to rounding.

        Raises
        ------
        ValueError
            As `fit`, and if there are not as many X as y, or not as many seeds.
        """
        self._validate_params()
        start = time.perf_counter()
        mine = self._mine()
        seeds = seeds_of_pairs(Xs, ys, random_states, mine.random_state)
        fitted = [type(self)(clone(mine).set_params(random_state=seed)) for seed in seeds]
        samples = [
            auto._sample(X, y, reset=True) for auto, X, y in zip(fitted, Xs, ys, strict=True)
        ]
        all_rivals = [auto._rivals(sample) for auto, sample in zip(fitted, samples, strict=True)]
        train_many(
            [mine for rivals in all_rivals for mine in rivals.mines],
            [scaled for rivals in all_rivals for scaled in rivals.samples],
        )
        seconds = (time.perf_counter() - start) / max(1, len(fitted))
        for auto, rivals, sample in zip(fitted, all_rivals, samples, strict=True):
            auto._remember(sample)
            auto.mi_ = auto._choose(rivals, sample, seconds)
            auto._tell_doubts(sample)
        return fitted

    def _mine(self) -> MINE:
        return MINE() if self.estimator is None else clone(self.estimator)

    def _rivals(self, sample: Sample) -> _Rivals:
        """The candidates, all with one seed, and what each sees of a sample."""
        mine = self._mine()
        _check(mine)
        if not isinstance(mine.random_state, Integral):
            seed = check_random_state(mine.random_state).randint(np.iinfo(np.int32).max)
            mine.random_state = int(seed)
        models = {
            name: ScaleInvariantMI(clone(mine).set_params(baseline=baseline), clone(scaler))
            for name, (scaler, baseline) in _CANDIDATES.items()
        }
        samples = [model._learn_scales(sample) for model in models.values()]
        return _Rivals(models, [clone(model.estimator) for model in models.values()], samples)

    def _choose(self, rivals: _Rivals, sample: Sample, seconds: float) -> float:
        """Compare the candidates, trained by now; the estimate."""
        models, mines = rivals.models, rivals.mines
        for model, mine in zip(models.values(), mines, strict=True):
            model._remember(sample)
            model.estimator_, model.mi_ = mine, mine.mi_
        bounds = np.array([mine._held_out_bounds for mine in mines])
        best = int(np.argmax(bounds.mean(axis=1)))
        chosen = np.full(bounds.shape[1], best)
        if mines[0].evaluation in CROSS_FITTED:
            chosen = choose_by_others(bounds, mines[0].n_critics)
        self._method, self.estimator_ = list(models.items())[best]
        self.mi_validation_ = dict(zip(models, bounds.mean(axis=1).tolist(), strict=True))
        self.candidates_ = Candidates(
            Candidate(name, model.mi_, float(np.mean(chosen == place)), seconds / len(models))
            for place, (name, model) in enumerate(models.items())
        )
        estimates = np.array([mine._estimates for mine in mines])
        return float(np.take_along_axis(estimates, chosen[None], axis=0).mean())

    @property
    def method_(self) -> str:
        """What made the estimate."""
        check_is_fitted(self)
        return self._method

    def _doubt(self, sample: Sample) -> None:
        self.estimator_._doubt(sample)

    def _estimate(self, sample: Sample) -> FloatArray:
        return self.estimator_._estimate(sample)

    def _core(self, sample: Any) -> tuple[Any, Any]:
        return (self, None) if sample is None else self.estimator_._core(sample)


class _Rivals(NamedTuple):
    """Candidates for one sample, their networks, and the sample as each sees it."""

    models: dict[str, ScaleInvariantMI]
    mines: list[MINE]
    samples: list[Sample]


def _check(mine: MINE) -> None:
    """Raise an error if there is nothing to choose among, or by."""
    mine._validate_params()
    if mine.baseline is not None:
        raise ValueError(
            f"AutoMINE tries baselines itself: baseline={mine.baseline!r} of its estimator "
            "must be None."
        )
    if mine.evaluation == "train":
        raise ValueError(
            "AutoMINE chooses by samples that are held out, and evaluation='train' of its "
            "estimator holds out none; take 'full' or 'symmetric'."
        )


def choose_by_others(bounds: FloatArray, n_rounds: int) -> Any:
    """For each fold the candidate with the highest bound on the other folds.

    Parameters
    ----------
    bounds : ndarray of shape (n_candidates, n_rounds * n_folds)
        On the fold that each critic has not seen.
    n_rounds : int
        So many times all samples were divided into folds.

    Returns
    -------
    chosen : ndarray of shape (n_rounds * n_folds,)
        Places of candidates; of equal ones the first.
    """
    by_round = bounds.reshape(len(bounds), n_rounds, -1)
    others = by_round.sum(axis=2, keepdims=True) - by_round
    return np.argmax(others, axis=0).ravel()
