"""The training of a group of critics: who sees which rows, the net, and what it finds."""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from skorch.helper import predefined_split
from torch import Tensor

from ..estimators._gaussian import GaussianRatio
from ._baseline import Baselines
from ._batches import OneBatch, PairedTensors, ShuffledBatches
from ._bounds import BOUNDS, Objective
from ._callbacks import KeepBest, ShowProgress
from ._module_critics import ModuleCritics
from ._net import CriticNet, spread_shifts
from ._perceptrons import Perceptrons
from ._settings import CROSS_FITTED, Settings
from ._torch_state import known_state, seeded

# Without a better bound for so many steps, and epochs, training ends.
_PATIENT_STEPS = 1500
_LEAST_PATIENCE = 10

Rows = NDArray[np.int64]


class Part(NamedTuple):
    """The rows one critic learns from, is stopped by, and is judged on, and its seeds."""

    train: Rows
    stop: Rows | None
    held_out: Rows | None
    seed: int
    order_seed: int
    ratio: GaussianRatio | None = None

    def seen(self, n_samples: int) -> Rows:
        """All rows but those it is judged on."""
        return np.setdiff1d(np.arange(n_samples), [] if self.held_out is None else self.held_out)


class Trained(NamedTuple):
    """Critics after their training, one entry for each."""

    net: CriticNet
    train_bounds: NDArray[np.float64]
    """Of shape (n_epochs, n_critics)."""
    held_out_bounds: NDArray[np.float64] | None
    best_epochs: NDArray[np.int64]
    diverged: NDArray[np.int64]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a training.

    Parameters
    ----------
    trained : Trained
        The best critics so far.
    """

    def __init__(self, trained: Trained) -> None:
        super().__init__(trained)
        self.trained = trained


def plan(settings: Settings, n_samples: int, rng: np.random.RandomState) -> list[Part]:
    """Draw the rows and seeds of all critics of one data set."""
    parts = []
    for _ in range(settings.n_critics):
        rows = rng.permutation(n_samples)
        seeds = rng.randint(np.iinfo(np.int32).max, size=(settings.n_folds, 2)).tolist()
        if settings.evaluation == "train":
            parts.append(Part(rows, None, None, *seeds[0]))
        elif settings.evaluation in CROSS_FITTED:
            size = n_samples // settings.n_folds
            for fold in range(settings.n_folds):
                held_out, others = rows[:size], rows[size:]
                n_stop = _n_validation(settings, len(others)) if settings.early_stopping else 0
                stop = others[:n_stop] if n_stop else None
                parts.append(Part(others[n_stop:], stop, held_out, *seeds[fold]))
                rows = np.roll(rows, -size)
        else:
            n_stop = _n_validation(settings, n_samples)
            parts.append(Part(rows[n_stop:], rows[:n_stop], rows[:n_stop], *seeds[0]))
    return parts


def _n_validation(settings: Settings, n_samples: int) -> int:
    # A pair that does not belong together takes two rows.
    return min(max(2, round(settings.validation_fraction * n_samples)), n_samples - 2)


def train(
    settings: Settings, X: Tensor, y: Tensor, sets: Sequence[int], parts: Sequence[Part], title: str
) -> Trained:
    """Train one critic for each part.

    Parameters
    ----------
    settings : Settings
    X : Tensor of shape (n_sets, n_samples, n_features_X)
    y : Tensor of shape (n_sets, n_samples, n_features_y)
    sets : sequence of int
        The data set of each part.
    parts : sequence of Part
    title : str
        What a progress bar says.

    Returns
    -------
    trained : Trained
        With the weights an estimate takes.

    Raises
    ------
    Interrupted
        At Ctrl-C.
    """
    device = settings.device
    X, y, of_set = X.to(device), y.to(device), torch.tensor(sets, device=device)

    def dataset(rows: list[Any]) -> PairedTensors:
        index = torch.from_numpy(np.stack(rows)).to(device)
        return PairedTensors(X, y, of_set, index, [part.order_seed for part in parts])

    data = dataset([part.train for part in parts])
    settings = _in_epochs(settings, len(ShuffledBatches(data, settings.batch_size)))
    ratios = [part.ratio for part in parts if part.ratio is not None]
    baseline = Baselines.of(ratios).to(device) if ratios else None
    seeds = [part.seed for part in parts]
    net = make_net(settings, X.shape[2], y.shape[2], seeds, title, baseline)
    if parts[0].stop is not None:
        stop = dataset([part.stop for part in parts])
        net.set_params(train_split=predefined_split(stop))
        if baseline is not None and settings.module is None:
            net.set_params(callbacks__keep_best__first_bound=net.bounds_of_baseline(*stop.take()))
    # What is ours draws from generators of its own.
    of_user = settings.module or settings.net_params
    draws = seeded(parts[0].seed, device) if of_user else nullcontext()
    with known_state(device), draws:
        net.fit(data)
    net.set_params(train_split=None)
    best = dict(net.callbacks_)["keep_best"]
    trained = Trained(
        net,
        _curves(net, "train_bounds", len(parts)),
        _curves(net, "valid_bounds", len(parts)) if parts[0].stop is not None else None,
        best.best_epochs_,
        best.diverged_,
    )
    if net.interrupted_:
        raise Interrupted(trained)
    return trained


def _in_epochs(settings: Settings, n_batches: int) -> Settings:
    """The settings with what is given in steps as epochs of so many batches."""
    max_epochs, patience = settings.max_epochs, settings.n_iter_no_change
    if settings.max_steps is not None:
        max_epochs = min(max_epochs, -(-settings.max_steps // n_batches))
    if patience == "auto":
        patience = max(_LEAST_PATIENCE, -(-_PATIENT_STEPS // n_batches))
    return replace(settings, max_epochs=max_epochs, n_iter_no_change=patience)


def make_net(
    settings: Settings,
    n_features_X: int,
    n_features_y: int,
    seeds: list[int],
    title: str = "MINE",
    baseline: Baselines | None = None,
) -> CriticNet:
    """A net of so many critics, not trained yet."""
    of_user = dict(settings.net_params)
    callbacks: list[Any] = list(of_user.pop("callbacks", None) or [])
    # A perceptron's first weights make a constant, by which every bound is 0.
    first_bound = 0.0 if settings.module is None else -np.inf
    patience: Any = settings.n_iter_no_change  # in epochs by now
    best = KeepBest(settings.early_stopping, settings.tol, patience, first_bound)
    callbacks.append(("keep_best", best))
    callbacks.append(("progress", ShowProgress(title, settings.verbose)))
    module: dict[str, Any]
    if settings.module is None:
        module = {
            "module": Perceptrons,
            "module__hidden_layer_sizes": settings.hidden_layer_sizes,
            "module__activation": settings.activation,
            "module__init": settings.init,
            "module__first_bias": BOUNDS[settings.bound].zero_at,
            "module__constant_first": settings.evaluation != "train",
        }
    else:
        module = {
            "module": ModuleCritics,
            "module__factory": settings.module,
            "module__settings": settings.module_params,
        }
    return CriticNet(
        **module,
        module__seeds=seeds,
        module__n_features_X=n_features_X,
        module__n_features_y=n_features_y,
        criterion=Objective,
        criterion__bound=settings.bound,
        criterion__ema_rate=settings.ema_rate,
        bound=settings.bound,
        baseline=baseline,
        weight_average=settings.weight_average,
        max_steps=settings.max_steps,
        lr=settings.learning_rate,
        batch_size=settings.batch_size,
        max_epochs=settings.max_epochs,
        iterator_train=ShuffledBatches,
        iterator_valid=OneBatch,
        train_split=None,
        callbacks=callbacks,
        device=settings.device,
        verbose=0,
        **{**_optimizer(of_user.pop("optimizer", None)), **of_user},
    )


def _optimizer(of_user: Any) -> dict[str, Any]:
    if of_user is not None:
        return {"optimizer": of_user}
    # One call for a step instead of ten; on CPUs from torch 2.4 on.
    fused = tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 4)
    return {"optimizer": torch.optim.Adam, "optimizer__fused": fused}


def _curves(net: CriticNet, name: str, n_critics: int) -> NDArray[np.float64]:
    # An interrupted epoch has no bounds.
    rows = [row[name] for row in net.history if name in row]
    return np.array(rows, dtype=np.float64).reshape(-1, n_critics)


class Judgement(NamedTuple):
    """What critics say of samples, of shape (n_critics, n_samples)."""

    contributions: NDArray[np.float64]
    """To the bound."""
    shares: NDArray[np.float64]
    """Of E exp F, over pairs that do not belong together: what those of a sample's x, or
    those of its y, have in it."""


@torch.no_grad()
def judge(net: CriticNet, X: Tensor, y: Tensor, n_shuffles: int, seed: int) -> Judgement:
    """Ask each critic about samples.

    Parameters
    ----------
    net : CriticNet
    X : Tensor of shape (n_critics, n_samples, n_features_X)
        What each critic is asked about.
    y : Tensor of shape (n_critics, n_samples, n_features_y)
    n_shuffles : int
        The product term is over so many pairings of x with other samples' y.
    seed : int
        Of the shuffle.
    """
    device = next(net.module_.parameters()).device
    n_samples = X.shape[1]
    order = np.random.RandomState(seed).permutation(n_samples)
    sides = [side[:, order].to(device) for side in (X, y)]
    bound = BOUNDS[net.bound]
    n_shuffles = n_samples - 1 if bound.compares_all else n_shuffles
    shifts = [0, *spread_shifts(n_samples, n_shuffles)]
    net._set_training(False)
    draws = nullcontext() if isinstance(net.module_, Perceptrons) else seeded(seed, net.device)
    with known_state(net.device), draws:
        scores = net.values(sides[0], sides[1], shifts).double()
        values = bound.estimate(scores[:, 0], scores[:, 1:])
        shares = torch.zeros_like(values)
        if not bound.compares_all:  # where each sample has a sum of its own
            shares = _shares(scores[:, 1:], shifts[1:])
    found = Judgement(*(np.empty(values.shape) for _ in range(2)))
    for target, source in zip(found, (values, shares), strict=True):
        target[:, order] = source.cpu().numpy()
    return found


def _shares(product: Tensor, shifts: Sequence[int]) -> Tensor:
    """What the pairs of each x, or of each y, have in the sum of exp F over all of them."""
    parts = torch.softmax(product.flatten(1), 1).view_as(product)
    of_y = [torch.roll(parts[:, i], shift, 1) for i, shift in enumerate(shifts)]
    return torch.maximum(parts.sum(1), torch.stack(of_y).sum(0))
