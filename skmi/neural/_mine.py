"""Mutual information by a neural network: the estimator."""

import copy
import math
from collections.abc import Sequence
from numbers import Integral, Real
from types import SimpleNamespace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import _fit_context, clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Hidden, Interval, StrOptions
from sklearn.utils.parallel import Parallel, delayed

from .._input._sample import Sample
from .._optional import import_optional
from .._typing import FloatArray
from ..estimators._base import MutualInfoEstimator
from ._trust import find_doubts, warn_of_doubts

_BOUND_NAMES = {"dv", "nwj", "infonce", "js", "smile"}
_ACTIVATION_NAMES = {"relu", "gelu", "silu", "tanh"}
_EVALUATIONS = {"full", "validation", "cross-fit", "train"}
_INITS = {"joint", "separate"}
# Parameters that are passed on to the skorch net, or to one's own module.
_PASSED_ON = ("module__", "optimizer__", "iterator_train__", "callbacks__")


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
    init : {"joint", "separate"}, default="joint"
        First weights of the perceptron's first layer: uniform within ±1/√p for p columns
        of X and y together, or for each side by its own number of columns. By "separate"
        a wide X does not make the weights of y small.
    bound : {"dv", "nwj", "infonce", "js", "smile"}, default="dv"
        The bound to maximize: Donsker–Varadhan, Nguyen–Wainwright–Jordan, InfoNCE
        (slow, and at most the log of the number of samples compared), Jensen–Shannon
        (with the estimate by Donsker–Varadhan), SMILE. See Notes.
    ema_rate : float, default=0.01
        Rate of the moving average that corrects the gradient's bias under "dv"; 1 is
        the plain gradient.
    learning_rate : float, default=4e-3
        Of the optimizer.
    batch_size : int, default=100
        Largest number of samples in a step.
    max_epochs : int, default=250
        Passes over the training part.
    max_steps : int, default=None
        Steps of the optimizer after which training ends, if earlier.
    early_stopping : bool, default=True
        Whether the weights of the epoch with the best held-out bound are taken; else
        the last.
    tol : float, default=3e-3
        A held-out bound is better if it is so by more than this, in nats. The first
        weights are a critic without knowledge, whose bound is 0: where nothing better
        is found, as on independent data, the estimate is 0.
    n_iter_no_change : int, "auto" or None, default="auto"
        Training ends after so many epochs without a better held-out bound; "auto" are
        as many as make 1500 steps, and 10 at least; None always runs `max_epochs`.
    validation_fraction : float, default=0.2
        Part of the samples held out for early stopping.
    n_critics : int, default=1
        Critics, each with its own weights, held-out part and order of data, trained
        together; the estimate is their mean.
    evaluation : {"full", "validation", "cross-fit", "train"}, default="full"
        Where the bound is taken for `mi_`:

        - "full": on all samples given, by the critic stopped on a held-out part. The
          most accurate; in-sample, and so no longer a lower bound.
        - "validation": on the held-out part alone; a conservative estimate, though the
          part has also chosen the epoch.
        - "cross-fit": `n_folds` critics, each on the fold that it has not seen.
        - "train": no part is held out, the last weights are taken. The critic learns
          the samples by heart: for comparison only.
    n_folds : int, default=5
        Folds for "cross-fit".
    n_shuffles : int, default=100
        Pairings of x with other samples' y that the product term of an estimate
        averages over; at n_samples - 1 these are all pairs.
    weight_average : float, default=0.99
        Decay, for each step, of the moving average of the weights that is stopped and
        evaluated; 0 takes the weights themselves.
    center : bool, default=True
        Whether each column's mean is subtracted. The estimate of a constant's multiple
        still depends on the constant: see `ScaleInvariantMI`.
    module : callable, default=None
        Makes a critic of your own: ``module(n_features_X, n_features_y)`` gives a
        :class:`torch.nn.Module` that maps ``(x, y)`` to one value for each row. None is
        a multilayer perceptron of `hidden_layer_sizes`.
    optimizer : class, default=None
        A :mod:`torch.optim` class; None is Adam.
    callbacks : list, default=None
        Further callbacks of skorch.
    device : str, default="auto"
        Where to compute, as torch names it; "auto" is a GPU if there is one.
    random_state : int, RandomState instance or None, default=None
        For first weights, held-out parts, orders and shuffles. The same seed gives the
        same estimate, on a CPU bit for bit.
    n_jobs : int, default=None
        Processes, for groups of critics on a CPU; None is 1 unless in a
        :obj:`joblib.parallel_config` context. One group fills a core: it matters for
        `fit_many` and for many critics. The result does not depend on it.
    verbose : int, default=0
        1 shows a bar with the current bound and the time left.
    **net_params : dict
        Passed on: ``module__name`` to `module`, ``optimizer__name`` to the optimizer,
        ``iterator_train__name`` and ``callbacks__name`` to the skorch net.

    Attributes
    ----------
    mi_ : float
        The estimate for the data given to `fit`, in nats; where depends on
        `evaluation`.
    mi_validation_ : float
        The bound on the samples that were held out, mean over critics; NaN where there
        are none.
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
        Why the estimate may be wrong, and what to do: any of "diverged",
        "negative", "interrupted", "still rising", "overfitted", "ceiling". Each is also a
        warning.
    n_features_in_ : int
        Number of columns of X seen in `fit`.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if they are all strings.

    Raises
    ------
    ImportError
        From `fit`, if torch or skorch is not installed.

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
        "init": [StrOptions(_INITS)],
        "bound": [StrOptions(_BOUND_NAMES)],
        "ema_rate": [Interval(Real, 0, 1, closed="right")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "max_steps": [Interval(Integral, 1, None, closed="left"), None],
        "early_stopping": ["boolean"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
            None,
        ],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_critics": [Interval(Integral, 1, None, closed="left")],
        "evaluation": [StrOptions(_EVALUATIONS)],
        "n_folds": [Interval(Integral, 2, None, closed="left")],
        "n_shuffles": [Interval(Integral, 1, None, closed="left")],
        "weight_average": [Interval(Real, 0, 1, closed="left")],
        "center": ["boolean"],
        "module": [callable, None],
        "optimizer": [callable, None],
        "callbacks": [list, Hidden(tuple), None],
        "device": [str],
        "random_state": ["random_state"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] = (64, 64),
        *,
        activation: str = "gelu",
        init: str = "joint",
        bound: str = "dv",
        ema_rate: float = 0.01,
        learning_rate: float = 4e-3,
        batch_size: int = 100,
        max_epochs: int = 250,
        max_steps: int | None = None,
        early_stopping: bool = True,
        tol: float = 3e-3,
        n_iter_no_change: int | str | None = "auto",
        validation_fraction: float = 0.2,
        n_critics: int = 1,
        evaluation: str = "full",
        n_folds: int = 5,
        n_shuffles: int = 100,
        weight_average: float = 0.99,
        center: bool = True,
        module: Any = None,
        optimizer: Any = None,
        callbacks: Any = None,
        device: str = "auto",
        random_state: Any = None,
        n_jobs: int | None = None,
        verbose: int = 0,
        **net_params: Any,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.init = init
        self.bound = bound
        self.ema_rate = ema_rate
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.max_steps = max_steps
        self.early_stopping = early_stopping
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.validation_fraction = validation_fraction
        self.n_critics = n_critics
        self.evaluation = evaluation
        self.n_folds = n_folds
        self.n_shuffles = n_shuffles
        self.weight_average = weight_average
        self.center = center
        self.module = module
        self.optimizer = optimizer
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.n_jobs = n_jobs
        self.verbose = verbose
        for name, value in net_params.items():
            if not name.startswith(_PASSED_ON):
                raise TypeError(f"MINE has no parameter {name!r}.")
            setattr(self, name, value)

    def _passed_on(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k.startswith(_PASSED_ON)}

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters, with those that are passed on.

        Parameters
        ----------
        deep : bool, default=True
            Has no effect here.

        Returns
        -------
        params : dict
        """
        return {**super().get_params(deep=False), **self._passed_on()}

    def set_params(self, **params: Any) -> Self:
        """Set parameters, those that are passed on too.

        Parameters
        ----------
        **params : dict
            By name, as ``learning_rate`` or ``optimizer__weight_decay``.

        Returns
        -------
        self : object
        """
        own = {k: v for k, v in params.items() if not k.startswith(_PASSED_ON)}
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
            The fitted estimator. After an interrupt (Ctrl-C) it holds the best critic
            so far, and a warning says so.

        Raises
        ------
        ValueError
            If X or y holds anything but finite real numbers, or numbers beyond single
            precision, if their lengths differ, or if there are too few samples; if
            `device` is not there.
        ImportError
            If torch or skorch is not installed.
        """
        return super().fit(X, y)

    def _learn(self, sample: Sample) -> float:
        _fit_all(self._settings(), [self], [sample])
        return self.mi_

    def _doubt(self, sample: Sample) -> None:
        warn_of_doubts(self)

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
        if len(Xs) != len(ys):
            raise ValueError(f"There are {len(Xs)} X and {len(ys)} y; they come in pairs.")
        if random_states is None:
            rng = check_random_state(self.random_state)
            random_states = rng.randint(np.iinfo(np.int32).max, size=len(Xs)).tolist()
        elif len(random_states) != len(Xs):
            raise ValueError(
                f"There are {len(random_states)} random_states for {len(Xs)} pairs of variables."
            )
        fitted = [clone(self).set_params(random_state=seed) for seed in random_states]
        samples = [
            each._sample(X, y, reset=True) for each, X, y in zip(fitted, Xs, ys, strict=True)
        ]
        for each, sample in zip(fitted, samples, strict=True):
            each._remember(sample)
        _fit_all(self._settings(), fitted, samples)
        for each in fitted:
            warn_of_doubts(each)
        return fitted

    def _settings(self) -> SimpleNamespace:
        """All parameters as training takes them."""
        torch, _ = (
            import_optional(name, purpose="MINE", extra="neural", needs="torch and skorch")
            for name in ("torch", "skorch")
        )
        params = {k: v for k, v in self.get_params().items() if not k.startswith(_PASSED_ON)}
        settings = SimpleNamespace(**params)
        settings.hidden_layer_sizes = _check_sizes(self.hidden_layer_sizes)
        settings.device = _find_device(torch, self.device)
        passed_on = self._passed_on()
        own = {k for k in passed_on if k.startswith("module__")}
        if own and self.module is None:
            raise ValueError(f"{sorted(own)} are parameters of `module`, which is None.")
        settings.module_params = {k.removeprefix("module__"): passed_on[k] for k in sorted(own)}
        settings.net_params = {k: v for k, v in passed_on.items() if k not in own}
        # skorch gives callbacks what it learns from the training; the user's stay clean.
        settings.callbacks = copy.deepcopy(settings.callbacks)
        return settings

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

    def _keep(
        self, settings: Any, trained: Any, parts: list[Any], X: Any, y: Any, seed: int
    ) -> None:
        """Set what a fit leaves behind."""
        from sklearn.utils import Bunch

        from ._training import contributions

        self.net_ = trained.net
        self.history_ = trained.net.history
        self.learning_curve_ = Bunch(train=trained.train_bounds, validation=trained.held_out_bounds)
        self.best_epochs_ = trained.best_epochs + 1
        self._n_shuffles, self._shuffle_seed = settings.n_shuffles, seed
        held_out = None
        if parts[0].held_out is not None:
            X_held_out, y_held_out = (
                _stack(side, [part.held_out for part in parts]) for side in (X, y)
            )
            held_out = contributions(
                self.net_, X_held_out, y_held_out, settings.n_shuffles, seed
            ).mean(1)
        if settings.evaluation in ("full", "train"):
            estimates = self._each_contributions(X, y).mean(1)
        else:
            estimates = held_out
        self.mi_ = float(np.mean(estimates))
        self.mi_validation_ = math.nan if held_out is None else float(np.mean(held_out))
        self.mi_std_ = float(np.std(estimates, ddof=1)) if len(parts) > 1 else math.nan
        self.doubts_ = find_doubts(self, settings, trained, parts)

    def _each_contributions(self, X: Any, y: Any) -> FloatArray:
        """Of shape (n_critics, n_samples)."""
        from ._training import contributions

        n_critics = len(self.best_epochs_)
        X, y = X.expand(n_critics, -1, -1), y.expand(n_critics, -1, -1)
        return contributions(self.net_, X, y, self._n_shuffles, self._shuffle_seed)

    def _estimate(self, sample: Sample) -> FloatArray:
        X, y = sample.X.array(), sample.y.array()
        return self._each_contributions(*self._prepare(X, y)).mean(0)


def _fit_all(settings: Any, estimators: Sequence[MINE], samples: Sequence[Sample]) -> None:
    """Fit each estimator to its data, those with data of one shape in one training."""
    from ._training import plan

    by_shape: dict[Any, list[Any]] = {}
    for estimator, sample in zip(estimators, samples, strict=True):
        X, y = sample.X.array(), sample.y.array()
        _check_n_samples(len(X), settings)
        estimator._center_X = X.mean(axis=0) if settings.center else 0.0
        estimator._center_y = y.mean(axis=0) if settings.center else 0.0
        rng = check_random_state(estimator.random_state)
        parts = plan(settings, len(X), rng)
        seed = int(rng.randint(np.iinfo(np.int32).max))
        job = (estimator, *estimator._prepare(X, y), parts, seed)
        by_shape.setdefault((X.shape, y.shape), []).append(job)
    for jobs in by_shape.values():
        _fit_equal_shapes(settings, jobs)


def _fit_equal_shapes(settings: Any, jobs: list[Any]) -> None:
    import torch

    from ._training import gather, group_size, train

    X = torch.stack([job[1] for job in jobs])
    y = torch.stack([job[2] for job in jobs])
    todo = [(index, part) for index, job in enumerate(jobs) for part in job[3]]
    size = group_size(settings, len(todo[0][1].train), settings.device)
    groups = [todo[start : start + size] for start in range(0, len(todo), size)]

    def task(number: int) -> Any:
        indices = sorted({index for index, _ in groups[number]})
        return delayed(train)(
            settings,
            X[indices],
            y[indices],
            [indices.index(index) for index, _ in groups[number]],
            [part for _, part in groups[number]],
            "MINE" if len(groups) == 1 else f"MINE {number + 1}/{len(groups)}",
        )

    n_jobs = settings.n_jobs if settings.device == "cpu" and len(groups) > 1 else 1
    results = Parallel(n_jobs=n_jobs)(task(number) for number in range(len(groups)))
    for index, (estimator, X_one, y_one, parts, seed) in enumerate(jobs):
        pieces = [
            (trained, [c for c, (owner, _) in enumerate(group) if owner == index])
            for trained, group in zip(results, groups, strict=True)
        ]
        pieces = [(trained, critics) for trained, critics in pieces if critics]
        estimator._keep(settings, gather(settings, pieces), parts, X_one, y_one, seed)


def _stack(side: Any, rows: list[Any]) -> Any:
    import torch

    return torch.stack([side[torch.from_numpy(index)] for index in rows])


def _check_sizes(sizes: Any) -> tuple[int, ...]:
    valid = len(sizes) and all(isinstance(size, Integral) and int(size) > 0 for size in sizes)
    if not valid:
        raise ValueError(
            f"hidden_layer_sizes must be one or more positive numbers of units, got {sizes!r}."
        )
    return tuple(int(size) for size in sizes)


def _find_device(torch: Any, device: str) -> str:
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ValueError(
            f"device={device!r} cannot be used here: {str(error).splitlines()[0].rstrip('.')}. "
            "device='auto' takes a GPU only where there is one."
        ) from error
    return device


def _check_n_samples(n_samples: int, settings: Any) -> None:
    least = 4 if settings.evaluation != "cross-fit" else max(6, 2 * settings.n_folds)
    if n_samples < least:
        raise ValueError(
            f"n_samples={n_samples} is too few for evaluation={settings.evaluation!r}, which "
            f"needs {least} at least, and hundreds for an estimate worth having."
        )
