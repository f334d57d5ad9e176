"""How critics are trained: what `MINE` leaves to an object of its own, and all of it, checked."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import Interval, StrOptions

from .._device import find_device
from .._params import Parameterized

# Evaluations by a critic for each fold.
CROSS_FITTED = "cross-fit", "symmetric"

# Parameters of MINE that go to the skorch net begin with this, and go on with one of these.
NET = "net__"
_OF_THE_NET = "optimizer", "callbacks"
_BELOW_THE_NET = ("module__", "optimizer__", "iterator_train__", "callbacks__")


class Training(Parameterized):
    """Rarely changed settings of the training of `MINE`.

    Parameters
    ----------
    init : {"joint", "separate"}, default="joint"
        First weights of the perceptron's first layer: uniform within ±1/√p for p columns
        of X and y together, or for each side by its own number of columns. By "separate"
        a wide X does not make the weights of y small.
    ema_rate : float, default=0.01
        Rate of the moving average that corrects the gradient's bias under
        ``bound="dv"``; 1 is the plain gradient.
    weight_average : float, default=0.99
        Decay, for each step, of the moving average of the weights that is stopped and
        evaluated; 0 takes the weights themselves.
    max_steps : int, default=None
        Steps of the optimizer after which training ends, if earlier than by `max_epochs`.
    tol : float, default=3e-3
        A held-out bound is better if it is so by more than this, in nats. The first
        weights are a critic without knowledge, whose bound is 0: where nothing better
        is found, as on independent data, the estimate is 0.
    n_iter_no_change : int, "auto" or None, default="auto"
        Training ends after so many epochs without a better held-out bound; "auto" are
        as many as make 1500 steps, and 10 at least; None always runs `max_epochs`.
    n_folds : int, default=5
        Folds for ``evaluation="cross-fit"`` and ``"symmetric"``.
    n_shuffles : int, default=100
        Pairings of x with other samples' y that the product term of an estimate
        averages over; at n_samples - 1 these are all pairs.
    center : bool, default=True
        Whether each column's mean is subtracted. The estimate of a constant's multiple
        still depends on the constant: see `ScaleInvariantMI`.

    See Also
    --------
    skmi.MINE : Its parameter `training` takes this.

    Examples
    --------
    >>> from skmi import MINE
    >>> from skmi.neural import Training
    >>> MINE(training=Training(weight_average=0.9))
    MINE(training=Training(weight_average=0.9))
    >>> MINE().set_params(training__weight_average=0.9)
    MINE(training=Training(weight_average=0.9))
    """

    _parameter_constraints: dict[str, list[Any]] = {
        "init": [StrOptions({"joint", "separate"})],
        "ema_rate": [Interval(Real, 0, 1, closed="right")],
        "weight_average": [Interval(Real, 0, 1, closed="left")],
        "max_steps": [Interval(Integral, 1, None, closed="left"), None],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            StrOptions({"auto"}),
            None,
        ],
        "n_folds": [Interval(Integral, 2, None, closed="left")],
        "n_shuffles": [Interval(Integral, 1, None, closed="left")],
        "center": ["boolean"],
    }

    def __init__(
        self,
        *,
        init: str = "joint",
        ema_rate: float = 0.01,
        weight_average: float = 0.99,
        max_steps: int | None = None,
        tol: float = 3e-3,
        n_iter_no_change: int | str | None = "auto",
        n_folds: int = 5,
        n_shuffles: int = 100,
        center: bool = True,
    ) -> None:
        self.init = init
        self.ema_rate = ema_rate
        self.weight_average = weight_average
        self.max_steps = max_steps
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.n_folds = n_folds
        self.n_shuffles = n_shuffles
        self.center = center


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that is in force in a training, by the names of `MINE` and `Training`."""

    hidden_layer_sizes: tuple[int, ...]
    activation: str
    bound: str
    baseline: str | None
    learning_rate: float
    batch_size: int
    max_epochs: int
    early_stopping: bool
    validation_fraction: float
    n_critics: int
    evaluation: str
    module: Callable[..., Any] | None
    device: str
    n_jobs: int | None
    verbose: int | None
    init: str
    ema_rate: float
    weight_average: float
    max_steps: int | None
    tol: float
    n_iter_no_change: int | str | None
    n_folds: int
    n_shuffles: int
    center: bool
    net_params: dict[str, Any]
    """For the skorch net, by its own names; those of `module` are not among them."""
    module_params: dict[str, Any]

    def check_n_samples(self, n_samples: int) -> None:
        """Raise an error if there are too few."""
        least = max(6, 2 * self.n_folds) if self.evaluation in CROSS_FITTED else 4
        if n_samples < least:
            raise ValueError(
                f"n_samples={n_samples} is too few for evaluation={self.evaluation!r}, which "
                f"needs {least} at least, and hundreds for an estimate worth having."
            )


def settings_in_force(
    own: dict[str, Any], training: Training, passed_on: dict[str, Any]
) -> Settings:
    """All that a training goes by, from the parameters of `MINE`.

    Raises
    ------
    ValueError
        If some of it cannot be.
    """
    training._validate_params()
    module = f"{NET}module__"
    of_module = {k: v for k, v in passed_on.items() if k.startswith(module)}
    if of_module and own["module"] is None:
        raise ValueError(f"{sorted(of_module)} are parameters of `module`, which is None.")
    of_net = {k: v for k, v in passed_on.items() if k not in of_module}
    return Settings(
        **{
            **own,
            "hidden_layer_sizes": _check_sizes(own["hidden_layer_sizes"]),
            "device": find_device(own["device"]),
        },
        **training.get_params(),
        # skorch gives callbacks what it learns from the training; the user's stay clean.
        net_params={k.removeprefix(NET): copy.deepcopy(v) for k, v in of_net.items()},
        module_params={k.removeprefix(module): of_module[k] for k in sorted(of_module)},
    )


def goes_to_net(name: str) -> bool:
    """Whether a parameter's name is one that `MINE` passes on."""
    rest = name.removeprefix(NET)
    return rest != name and (rest in _OF_THE_NET or rest.startswith(_BELOW_THE_NET))


def _check_sizes(sizes: Sequence[Any]) -> tuple[int, ...]:
    valid = len(sizes) and all(isinstance(size, Integral) and int(size) > 0 for size in sizes)
    if not valid:
        raise ValueError(
            f"hidden_layer_sizes must be one or more positive numbers of units, got {sizes!r}."
        )
    return tuple(int(size) for size in sizes)
