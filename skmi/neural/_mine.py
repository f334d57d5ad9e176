"""Mutual information by a neural network: the estimator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context, clone
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from .._input._missing import NAN_POLICY
from .._input._sample import Sample
from .._optional import import_optional
from .._typing import FloatArray
from ..estimators._base import MutualInfoEstimator
from ..preprocessing._normal_score import NormalScores
from ._settings import NET, Settings, Training, goes_to_net, settings_in_force
from ._trust import find_doubts, warn_of_doubts

if TYPE_CHECKING:
    from ._together import Job
    from ._training import Trained

_BOUND_NAMES = {"dv", "nwj", "infonce", "js", "smile"}
_ACTIVATION_NAMES = {"relu", "gelu", "silu", "tanh"}
_EVALUATIONS = {"full", "validation", "cross-fit", "symmetric", "train"}


class MINE(MutualInfoEstimator):
    r"""Mutual information of two variables by a neural network.

    A network, the critic, learns to tell pairs that belong together from pairs that do
    not; how well it does is a lower bound of the mutual information. It goes where
    nearest neighbours fail, to many dependent columns and to high information, and it
    needs more samples and more time. The training stops on a held-out part of the
    data, without which the estimate is of no use.

    Parameters
    ----------
    hidden_layer_sizes : sequence of int, default=(64, 64)
        Units of each hidden layer of the critic.
    activation : {"gelu", "relu", "silu", "tanh"}, default="gelu"
        Activation of the hidden layers.
    bound : {"dv", "nwj", "infonce", "js", "smile"}, default="dv"
        The bound to maximize: Donsker–Varadhan, Nguyen–Wainwright–Jordan, InfoNCE
        (slow, and at most the log of the number of samples compared), Jensen–Shannon
        (with the estimate by Donsker–Varadhan), SMILE. See Notes.
    baseline : {"gaussian"}, default=None
        What the critic knows before it learns. "gaussian" replaces each column by its
        normal scores, and adds to the network the log density ratio of the Gaussian copula
        of the training part, its correlations shrunk as suits the held-out part best. Only
        the remainder is learnt, and early stopping falls back to the baseline.
    learning_rate : float, default=4e-3
        Of the optimizer.
    batch_size : int, default=100
        Largest number of samples in a step.
    max_epochs : int, default=250
        Passes over the training part.
    early_stopping : bool, default=True
        Whether the weights of the epoch with the best held-out bound are taken; else
        the last.
    validation_fraction : float, default=0.2
        Part of the samples held out for early stopping.
    n_critics : int, default=1
        Critics, each with its own weights, held-out part and order of data, trained
        together; the estimate is their mean.
    evaluation : {"full", "validation", "cross-fit", "symmetric", "train"}, default="full"
        Where the bound is taken for `mi_`:

        - "full": on all samples given, by the critic stopped on a held-out part. The
          most accurate; in-sample, and so no longer a lower bound.
        - "validation": on the held-out part alone; a conservative estimate, though the
          part has also chosen the epoch.
        - "cross-fit": a critic for each of `n_folds` of `training`, on the fold that it
          has not seen.
        - "symmetric": a critic for each fold, and the mean of its bound on the fold, which
          is low, and of that on the others, which is high by about as much.
        - "train": no part is held out, the last weights are taken. The critic learns
          the samples by heart: for comparison only.
    module : callable, default=None
        Makes a critic of your own: ``module(n_features_X, n_features_y)`` gives a
        :class:`torch.nn.Module` that maps ``(x, y)`` to one value for each row. None is
        a multilayer perceptron of `hidden_layer_sizes`.
    training : Training, default=None
        What few will change: first weights, averages, patience, folds, shuffles. None is
        :class:`skmi.neural.Training` with its defaults. ``training__tol`` and the like
        are set as parameters of any part.
    device : str, default="auto"
        Where to compute, as torch names it; "auto" is a GPU if there is one.
    nan_policy : {"raise", "omit", "label"}, default="raise"
        What becomes of missing values, as in `KSG`.
    random_state : int, RandomState instance or None, default=None
        For first weights, held-out parts, orders and shuffles. The same seed gives the
        same estimate, on a CPU bit for bit.
    n_jobs : int, default=None
        Processes, for groups of critics on a CPU; None is 1 unless in a
        :obj:`joblib.parallel_config` context. One group fills a core: it matters for
        `fit_many` and for many critics. The result does not depend on it.
    verbose : int or None, default=None
        1 shows a bar with the current bound and the time left, 0 none. None shows it in a
        terminal where the training takes longer than ten seconds.
    **net_params : dict
        For the skorch net, by its own names behind ``net__``: ``net__optimizer``, a class
        of :mod:`torch.optim` (Adam if there is none), ``net__optimizer__name``,
        ``net__module__name`` for `module`, ``net__callbacks`` for further callbacks,
        ``net__callbacks__name``, ``net__iterator_train__name``.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats; where depends on
        `evaluation`.
    mi_validation_ : float
        The bound on the samples that were held out, mean over critics; NaN where there
        are none.
    mi_train_ : float
        The bound on what each critic learnt from, mean over critics; there with
        ``evaluation="symmetric"``.
    mi_std_ : float
        Standard deviation of the estimate over critics or folds; NaN if there is one.
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` holds all critics.
    history_ : skorch.history.History
        Of the training, for each epoch.
    learning_curve_ : Bunch
        Arrays ``train`` and ``validation``, of shape (n_epochs, n_critics): the bounds
        of each epoch. ``validation`` is None where nothing was held out.
    best_epochs_ : ndarray of shape (n_critics,)
        The epoch of the weights taken, from 1; 0 are the first weights.
    doubts_ : dict of str to str
        Why the estimate may be wrong, and what to do: any of "diverged", "never rose",
        "thrown off", "negative", "carried by few", "still rising", "overfitted",
        "ceiling", "interrupted". Each but the last is also a warning, of a class of
        :mod:`skmi.exceptions`.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Raises
    ------
    ImportError
        From `fit`, if torch or skorch is not installed.

    Warns
    -----
    TrainingWarning
        If the training did not arrive: "diverged", "never rose", "thrown off", "still rising".
    NegativeEstimateWarning
        If the estimate is clearly below 0, where information cannot be.
    InfluenceWarning
        If a few samples carry the estimate alone.
    OverfittedWarning
        If the critic knows the samples that it learnt from far better than others.
    CeilingWarning
        If there are too few samples to vouch for so much information.

    See Also
    --------
    KSG : By nearest neighbours; better for few columns.
    ScaleInvariantMI : Normalizes both variables first.

    Notes
    -----
    The bound of Donsker and Varadhan, for any function F,

    .. math:: I(X; Y) \\ge E_{p(x,y)} F(x, y) - \\log E_{p(x) p(y)} e^{F(x, y)},

    is tight if F is the log of the density ratio. Its gradient is taken with a moving
    average in place of the second expectation [1]_. A held-out part of m samples
    cannot vouch for more than about log m nats [2]_; a warning says when it is passed.

    References
    ----------
    .. [1] M. I. Belghazi et al., "Mutual information neural estimation", ICML (2018).
    .. [2] D. McAllester, K. Stratos, "Formal limitations on the measurement of mutual
       information", AISTATS (2020).

    Examples
    --------
    >>> import numpy as np
    >>> from skmi import MINE
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 2))
    >>> y = X + rng.normal(size=(500, 2))
    >>> mine = MINE(max_epochs=60, random_state=0).fit(X, y)
    >>> print(f"{mine.mi_:.1f} nats; the truth is {np.log(2):.1f}")
    0.7 nats; the truth is 0.7
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "hidden_layer_sizes": ["array-like"],
        "activation": [StrOptions(_ACTIVATION_NAMES)],
        "bound": [StrOptions(_BOUND_NAMES)],
        "baseline": [StrOptions({"gaussian"}), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_critics": [Interval(Integral, 1, None, closed="left")],
        "evaluation": [StrOptions(_EVALUATIONS)],
        "module": [callable, None],
        "training": [Training, None],
        "device": [str],
        "nan_policy": NAN_POLICY,
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose", None],
    }

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (64, 64),
        *,
        activation: str = "gelu",
        bound: str = "dv",
        baseline: str | None = None,
        learning_rate: float = 4e-3,
        batch_size: int = 100,
        max_epochs: int = 250,
        early_stopping: bool = True,
        validation_fraction: float = 0.2,
        n_critics: int = 1,
        evaluation: str = "full",
        module: Any = None,
        training: Training | None = None,
        device: str = "auto",
        nan_policy: str = "raise",
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int | None = None,
        **net_params: Any,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.bound = bound
        self.baseline = baseline
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_critics = n_critics
        self.evaluation = evaluation
        self.module = module
        self.training = training
        self.device = device
        self.nan_policy = nan_policy
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        for name, value in net_params.items():
            if not goes_to_net(name):
                raise TypeError(f"MINE has no parameter {name!r}.")
            setattr(self, name, value)

    def _passed_on(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name.startswith(NET)}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters, with those that are passed on.

        Parameters
        ----------
        deep : bool, default=True
            Whether those of `training` come too, as ``training__tol`` and so on.

        Returns
        -------
        params : dict
        """
        params = {**super().get_params(deep=False), **self._passed_on()}
        training = Training() if self.training is None else self.training
        if deep and hasattr(training, "get_params"):
            params |= {f"training__{k}": v for k, v in training.get_params().items()}
        return params

    def set_params(self, **params: Any) -> Self:
        """Set parameters, those of `training` and those that are passed on too.

        Parameters
        ----------
        **params : dict
            By name, as ``learning_rate``, ``training__tol`` or
            ``net__optimizer__weight_decay``.

        Returns
        -------
        self : object
        """
        own = {k: v for k, v in params.items() if not goes_to_net(k)}
        if self.training is None and any(k.startswith("training__") for k in own):
            own.setdefault("training", Training())
        super().set_params(**own)
        for name in params.keys() - own.keys():
            setattr(self, name, params[name])
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Train the critic and estimate the mutual information of X and y, as `mi_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            First variable.
        y : array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variable.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If X or y holds anything but finite real numbers, or numbers beyond single
            precision, if their lengths differ, or if there are too few samples; if
            `device` is not there.
        ImportError
            If torch or skorch is not installed.
        KeyboardInterrupt
            At Ctrl-C. If its message says so, the estimator holds the best critic so far.
        """
        return super().fit(X, y)

    def _learn(self, sample: Sample) -> float:
        from ._together import Interrupted, train_together

        settings = self._settings()
        job = self._start(settings, sample)
        try:
            (trained,) = train_together(settings, [job])
        except Interrupted as interrupted:
            # Whatever called `fit` is to stop; who looks at this object finds the best so far.
            self._finish(settings, job, interrupted.trained, interrupted=True)
            raise KeyboardInterrupt(self.doubts_["interrupted"]) from None
        self._finish(settings, job, trained)
        return self.mi_

    def _doubt(self, sample: Sample) -> None:
        warn_of_doubts(self.doubts_)

    def fit_many(
        self, Xs: Sequence[ArrayLike], ys: Sequence[ArrayLike], random_states: Any = None
    ) -> list[Self]:
        """Fit a clone to each of many pairs of variables, all in one training.

        Several times faster than one fit after the other. Each estimate is that of a
        fit on its own with the same seed, up to rounding.

        Parameters
        ----------
        Xs : sequence of array-like of shape (n_samples, n_features)
            First variables. Those of equal shape are trained together.
        ys : sequence of array-like of shape (n_samples,) or (n_samples, n_targets)
            Second variables.
        random_states : sequence of int, default=None
            A seed for each pair; None draws them with `random_state`.

        Returns
        -------
        fitted : list of MINE
        """
        self._validate_params()
        random_states = seeds_of_pairs(Xs, ys, random_states, self.random_state)
        self._settings()  # names what is missing before any data are looked at
        fitted = [clone(self).set_params(random_state=seed) for seed in random_states]
        samples = [
            each._sample(X, y, reset=True) for each, X, y in zip(fitted, Xs, ys, strict=True)
        ]
        train_many(fitted, samples)
        for each in fitted:
            warn_of_doubts(each.doubts_)
        return fitted

    def _settings(self) -> Settings:
        """All that is in force."""
        for name in ("torch", "skorch"):
            import_optional(name, purpose="MINE", extra="neural", needs="torch and skorch")
        own = super().get_params(deep=False)
        del own["training"], own["random_state"], own["nan_policy"]
        training = Training() if self.training is None else self.training
        return settings_in_force(own, training, self._passed_on())

    def _start(self, settings: Settings, sample: Sample) -> Job:
        """What is to be trained, drawn with `random_state`."""
        from ._baseline import fit_ratio
        from ._together import Job
        from ._training import plan

        X, y = sample.X.array(), sample.y.array()
        settings.check_n_samples(len(X))
        self._scores_X = self._scores_y = None
        if settings.baseline is not None:
            self._scores_X, X = NormalScores.of(X)
            self._scores_y, y = NormalScores.of(y)
        self._center_X = X.mean(axis=0) if settings.center else 0.0
        self._center_y = y.mean(axis=0) if settings.center else 0.0
        rng = check_random_state(self.random_state)
        parts = plan(settings, len(X), rng)
        if settings.baseline is not None:
            x_scores, y_scores = X - self._center_X, y - self._center_y
            parts = [
                part._replace(ratio=fit_ratio(x_scores, y_scores, part.train, part.stop))
                for part in parts
            ]
        self._n_shuffles = settings.n_shuffles
        self._shuffle_seed = int(rng.randint(np.iinfo(np.int32).max))
        return Job(*self._prepare(X, y), parts)

    def _prepare(self, X: FloatArray, y: FloatArray) -> tuple[Any, Any]:
        """Both sides centred and in single precision, as torch has them."""
        import torch

        tensors = []
        for values, center, name in ((X, self._center_X, "X"), (y, self._center_y, "y")):
            with np.errstate(over="ignore"):
                single = (values - center).astype(np.float32)
            if not np.isfinite(single).all():
                raise ValueError(
                    f"{name} holds numbers too large for single precision, in which networks "
                    "are trained. Scale them: ScaleInvariantMI(MINE(), GlobalScaler())."
                )
            tensors.append(torch.from_numpy(single))
        return tensors[0], tensors[1]

    def _finish(
        self, settings: Settings, job: Job, trained: Trained, *, interrupted: bool = False
    ) -> None:
        """Set what a fit leaves behind."""
        self.net_ = trained.net
        self.history_ = trained.net.history
        self.learning_curve_ = Bunch(train=trained.train_bounds, validation=trained.held_out_bounds)
        self.best_epochs_ = trained.best_epochs + 1
        self.mi_validation_ = math.nan
        if job.parts[0].held_out is not None:
            judged = self._judge(*job.held_out())
            self._held_out_bounds = judged.contributions.mean(1)
            self.mi_validation_ = float(np.mean(self._held_out_bounds))
        if settings.evaluation == "symmetric":
            seen = self._judge(*job.seen()).contributions
            self.mi_train_ = float(np.mean(seen.mean(1)))
            self._contributions = _symmetric(job, judged.contributions, seen)
            self._estimates = (judged.contributions.mean(1) + seen.mean(1)) / 2
        else:
            if settings.evaluation in ("full", "train"):
                judged = self._judge(*self._for_each_critic(job.X, job.y))
            self._estimates = judged.contributions.mean(1)
        self.mi_ = float(np.mean(self._estimates))
        self.mi_std_ = float(np.std(self._estimates, ddof=1)) if len(job.parts) > 1 else math.nan
        self.doubts_ = find_doubts(self, settings, trained, job, judged, interrupted)

    def _judge(self, X: Any, y: Any) -> Any:
        """What each critic says of its samples."""
        from ._training import judge

        return judge(self.net_, X, y, self._n_shuffles, self._shuffle_seed)

    def _for_each_critic(self, X: Any, y: Any) -> tuple[Any, Any]:
        n_critics = len(self.best_epochs_)
        return X.expand(n_critics, -1, -1), y.expand(n_critics, -1, -1)

    def _estimate(self, sample: Sample) -> FloatArray:
        X, y = sample.X.array(), sample.y.array()
        if self._scores_X is not None and self._scores_y is not None:
            X, y = self._scores_X(X), self._scores_y(y)
        judged = self._judge(*self._for_each_critic(*self._prepare(X, y)))
        contributions: FloatArray = judged.contributions.mean(0)
        return contributions


def seeds_of_pairs(
    Xs: Sequence[Any], ys: Sequence[Any], random_states: Any, random_state: Any
) -> Sequence[int]:
    """A seed for each pair of variables: those given, or drawn with `random_state`.

    Raises
    ------
    ValueError
        If there are not as many X as y, or not as many seeds.
    """
    if len(Xs) != len(ys):
        raise ValueError(f"There are {len(Xs)} X and {len(ys)} y; they come in pairs.")
    if random_states is None:
        rng = check_random_state(random_state)
        drawn: list[int] = rng.randint(np.iinfo(np.int32).max, size=len(Xs)).tolist()
        return drawn
    if len(random_states) != len(Xs):
        raise ValueError(
            f"There are {len(random_states)} random_states for {len(Xs)} pairs of variables."
        )
    seeds: Sequence[int] = random_states
    return seeds


def train_many(mines: Sequence[MINE], samples: Sequence[Sample]) -> None:
    """Fit each to its sample, all in one training.

    Parameters
    ----------
    mines : sequence of MINE
        Which differ in `baseline` and `random_state` alone.
    samples : sequence of Sample
    """
    from ._together import train_together

    jobs = []
    for mine, sample in zip(mines, samples, strict=True):
        mine._remember(sample)
        jobs.append(mine._start(mine._settings(), sample))
    trainings = train_together(mines[0]._settings(), jobs) if jobs else []
    for mine, job, trained in zip(mines, jobs, trainings, strict=True):
        mine._finish(mine._settings(), job, trained)


def _symmetric(job: Job, held_out: FloatArray, seen: FloatArray) -> FloatArray:
    """Each sample's contribution: half by the critics that have not seen it, half by others.

    NaN for those that every critic has seen.
    """
    n_samples = len(job.X)
    sums, counts = np.zeros((2, n_samples)), np.zeros((2, n_samples))
    for part, own, other in zip(job.parts, held_out, seen, strict=True):
        for which, rows, values in ((0, part.held_out, own), (1, part.seen(n_samples), other)):
            sums[which, rows] += values
            counts[which, rows] += 1
    with np.errstate(invalid="ignore"):
        contributions: FloatArray = (sums / counts).mean(axis=0)
    return contributions
