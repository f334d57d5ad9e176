"""When an estimate should not be trusted, and what to do then."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from .._warn import warn_caller
from ._settings import Settings

# A curve still rises if the last tenth of the epochs brought more than this, in nats and
# as a part of the estimate.
_RISE = 0.02
# The gap between training and held-out bound that is more than chance, likewise.
_GAP = 0.3
# Below this an estimate is no scatter about 0, in nats.
_NEGATIVE = -0.5
# InfoNCE loses its grip when it is so near its ceiling, in nats.
_NEAR_CEILING = 0.5


def find_doubts(
    mine: Any, settings: Settings, trained: Any, job: Any, interrupted: bool
) -> dict[str, str]:
    """Name and message of whatever speaks against the estimate of a fitted `MINE`."""
    doubts = {}
    diverged = trained.diverged[trained.diverged >= 0]
    if diverged.size:
        kept = "the first" if (trained.best_epochs < 0).any() else "the last finite"
        doubts["diverged"] = (
            f"The bound was no longer finite in epoch {diverged.min() + 1}; {kept} weights are "
            "kept. Scale the data, lower learning_rate, or take bound='js' or 'smile'."
        )
    if mine.mi_ < _NEGATIVE:
        doubts["negative"] = (
            f"The estimate is {mine.mi_:.3g} nats, far below 0, where information cannot be: the "
            "training has lost its way. Scale the data, lower learning_rate, or stop early."
        )
    if interrupted:
        doubts["interrupted"] = (
            f"The training was interrupted after {len(trained.train_bounds)} of "
            f"{trained.net.max_epochs} epochs; the estimator holds the best critic so far."
        )
    curve = trained.held_out_bounds if settings.early_stopping else None
    curve = trained.train_bounds if curve is None else curve
    if not diverged.size and not interrupted and _rises(curve):
        doubts["still rising"] = (
            f"The bound still rose in the last of {len(curve)} epochs: the estimate is likely "
            "too low. Raise max_epochs or learning_rate."
        )
    gap = _gap(mine, trained)
    if gap > _GAP * (1 + abs(mine.mi_)):
        doubts["overfitted"] = (
            f"On its training data the critic's bound is {gap:.2f} nats above the held-out one: "
            "it has learnt samples by heart. Give more samples, or a smaller network; "
            "mi_validation_ is the cautious figure."
        )
    if settings.bound == "infonce":
        ceiling = math.log(min(settings.batch_size, len(job.parts[0].train)))
        if mine.mi_ > ceiling - _NEAR_CEILING:
            doubts["ceiling"] = (
                f"InfoNCE in batches cannot learn more than log(batch_size) = {ceiling:.2f} nats, "
                f"and the estimate is {mine.mi_:.2f}. Raise batch_size or take bound='dv'."
            )
    elif job.parts[0].held_out is not None:
        n_held_out = len(job.parts[0].held_out)
        if mine.mi_validation_ > math.log(n_held_out):
            doubts["ceiling"] = (
                f"The held-out bound, {mine.mi_validation_:.2f}, passes log({n_held_out}) = "
                f"{math.log(n_held_out):.2f} nats, more than {n_held_out} held-out samples can "
                "vouch for. Give more samples, or read it as 'high'."
            )
    return doubts


def warn_of_doubts(doubts: dict[str, str]) -> None:
    """Issue each doubt as a warning to whoever called `fit` or `fit_many`."""
    for name, message in doubts.items():
        kind = ConvergenceWarning if name in ("diverged", "still rising") else UserWarning
        warn_caller(message, kind)


def _rises(curve: NDArray[np.float64]) -> bool:
    tenth = len(curve) // 10
    if tenth == 0:
        return False
    last, before = curve[-tenth:].mean(), curve[-2 * tenth : -tenth].mean()
    return bool(last - before > _RISE * (1 + abs(last)))


def _gap(mine: Any, trained: Any) -> float:
    """Training minus held-out bound at the epochs taken."""
    if trained.held_out_bounds is None:
        return 0.0
    taken = [
        (trained.train_bounds[epoch, critic], trained.held_out_bounds[epoch, critic])
        for critic, epoch in enumerate(trained.best_epochs)
        if epoch >= 0
    ]
    gaps = [training - held_out for training, held_out in taken]
    return float(np.mean(gaps)) if gaps else 0.0
