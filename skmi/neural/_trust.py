"""When an estimate should not be trusted, and what to do then."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._warn import warn_caller
from ..estimators._gaussian import GaussianCopula
from ..exceptions import (
    CeilingWarning,
    EstimateWarning,
    InfluenceWarning,
    NegativeEstimateWarning,
    OverfittedWarning,
    TrainingWarning,
)
from ..preprocessing._normal_score import NormalScores
from ._settings import Settings

# The class of each doubt's warning. An interrupt is no warning: it is raised.
_WARNINGS: dict[str, type[EstimateWarning]] = {
    "diverged": TrainingWarning,
    "never rose": TrainingWarning,
    "thrown off": TrainingWarning,
    "missed": TrainingWarning,
    "negative": NegativeEstimateWarning,
    "carried by few": InfluenceWarning,
    "still rising": TrainingWarning,
    "overfitted": OverfittedWarning,
    "ceiling": CeilingWarning,
}
# A curve still rises if the last tenth of the epochs brought more than this, in nats and
# as a part of the estimate.
_RISE = 0.02
# The gap between training and held-out bound that is more than chance, likewise.
_GAP = 0.3
# Below this an estimate is no scatter about 0, in nats; nor is it below so many of its
# standard errors.
_NEGATIVE, _STANDARD_ERRORS = -0.1, 3.0
# Of Gaussian copulas no estimate may be so far below the information, in nats and as a part of
# it, beyond the standard errors above. Among so few samples for each column nothing is said;
# more than so many are thinned.
_MISSED, _FEWEST_A_COLUMN, _MOST_COMPARED = 0.05, 10, 2000
# InfoNCE loses its grip when it is so near its ceiling, in nats.
_NEAR_CEILING = 0.5
# Networks begin with weights for columns of spread 1. On Gaussian columns of 1/100 to 100 times
# that the default training arrives, at 1/1000 and 1000 times it does not.
_FAR_SPREAD = 50.0
# A value so many standard deviations off is of a heavy tail: of 1000 samples the farthest is at
# 3 to 5 if they are Gaussian, at 13 to 30 if they are Student's t with 1 or 2 degrees.
_FAR_VALUE = 12.0
# Of ordinary data one sample has at most a tenth of E exp F; where it has more than this,
# the estimate moves with it.
_SHARE = 0.3
# Among fewer samples than these each has a large part.
_FEWEST_JUDGED = 10
# So many of the samples, at least one, may not bring more than half of an estimate above this.
_FEW, _HALF, _LEAST = 0.01, 0.5, 0.02


def find_doubts(
    mine: Any, settings: Settings, trained: Any, job: Any, judged: Any, interrupted: bool
) -> dict[str, str]:
    """Name and message of whatever speaks against the estimate of a fitted `MINE`."""
    arguments = mine, settings, trained, job, judged
    doubts: dict[str, str] = {}
    if interrupted:
        doubts["interrupted"] = (
            f"The training was interrupted after {len(trained.train_bounds)} of "
            f"{trained.net.max_epochs} epochs; the estimator holds the best critic so far."
        )
    for find in (_training, _influence, _size, _missed):
        if find is _missed and doubts:  # a poor estimate has been told already
            break
        for name, message in find(*arguments):
            if not (interrupted and _WARNINGS[name] is TrainingWarning):
                doubts[name] = message
    return doubts


def warn_of_doubts(doubts: dict[str, str]) -> None:
    """Issue each doubt as a warning to whoever called `fit` or `fit_many`."""
    for name, message in doubts.items():
        warn_caller(message, _WARNINGS[name])


def _training(
    mine: Any, settings: Settings, trained: Any, job: Any, judged: Any
) -> Iterator[tuple[str, str]]:
    """Doubts of how the training went."""
    diverged = trained.diverged[trained.diverged >= 0]
    if diverged.size:
        kept = "the first" if (trained.best_epochs < 0).any() else "the last finite"
        yield (
            "diverged",
            (
                f"The bound was no longer finite in epoch {diverged.min() + 1}; {kept} weights are "
                "kept. Scale the data, lower learning_rate, or take bound='js' or 'smile'."
            ),
        )
        return
    curve = trained.held_out_bounds if settings.early_stopping else None
    curve = trained.train_bounds if curve is None else curve
    rises = _rises(curve)
    off = _what_is_off(job)
    lowest = float(np.nanmin(trained.train_bounds, initial=0.0))
    if off and (trained.best_epochs < 0).all():
        yield (
            "never rose",
            (
                f"The held-out bound never rose above 0, and {off}, where networks learn nothing "
                f"whether or not there is something: {mine.mi_:.3g} nats is no answer. "
                f"{_way_out(job)}"
            ),
        )
    elif off and lowest < -1:
        yield (
            "thrown off",
            (
                f"The bound of the training fell to {lowest:.0f} nats: {off}, where steps are too "
                f"large to arrive. {_way_out(job)}"
            ),
        )
    elif rises:
        yield (
            "still rising",
            (
                f"The bound still rose in the last of {len(curve)} epochs: the estimate is likely "
                "too low. Raise max_epochs or learning_rate."
            ),
        )


def _influence(
    mine: Any, settings: Settings, trained: Any, job: Any, judged: Any
) -> Iterator[tuple[str, str]]:
    """Doubts of whether the samples bear the estimate."""
    contributions = judged.contributions
    error = float(contributions.std()) / math.sqrt(contributions.shape[1])
    if mine.mi_ < min(_NEGATIVE, -_STANDARD_ERRORS * error):
        yield (
            "negative",
            (
                f"The estimate is {mine.mi_:.3g} nats, far below 0, where information cannot be: "
                f"the critic is wrong about some of the samples. {_way_out(job)} Or lower "
                "learning_rate."
            ),
        )
    if contributions.shape[1] < _FEWEST_JUDGED:
        return
    if judged.shares.max() > _SHARE:
        yield (
            "carried by few",
            (
                f"One of {contributions.shape[1]} samples has {judged.shares.max():.0%} of the "
                f"product term: the estimate moves with it. {_way_out(job)}"
            ),
        )
        return
    few = max(1, round(_FEW * contributions.shape[1]))
    best = np.sort(contributions.mean(0))[-few:].sum() / contributions.shape[1]
    if mine.mi_ > _LEAST and best > _HALF * mine.mi_:
        yield (
            "carried by few",
            (
                f"{few} of {contributions.shape[1]} samples bring {best:.2g} of the {mine.mi_:.2g} "
                f"nats: without them there is hardly any information. Look at them. {_way_out(job)}"
            ),
        )


def _size(
    mine: Any, settings: Settings, trained: Any, job: Any, judged: Any
) -> Iterator[tuple[str, str]]:
    """Doubts of whether so much can be known from so many samples."""
    gap = _gap(trained)
    if gap > _GAP * (1 + abs(mine.mi_)):
        yield (
            "overfitted",
            (
                f"On its training data the critic's bound is {gap:.2f} nats above the held-out "
                "one: it has learnt samples by heart. Give more samples, or a smaller network; "
                "mi_validation_ is the cautious figure."
            ),
        )
    part = job.parts[0]
    if settings.bound == "infonce":
        ceiling = math.log(min(settings.batch_size, len(part.train)))
        if mine.mi_ > ceiling - _NEAR_CEILING:
            yield (
                "ceiling",
                (
                    f"InfoNCE in batches cannot learn more than log(batch_size) = {ceiling:.2f} "
                    f"nats, and the estimate is {mine.mi_:.2f}. Raise batch_size or take "
                    "bound='dv'."
                ),
            )
    elif part.held_out is not None and mine.mi_validation_ > math.log(len(part.held_out)):
        n_held_out = len(part.held_out)
        yield (
            "ceiling",
            (
                f"The held-out bound, {mine.mi_validation_:.2f}, passes log({n_held_out}) = "
                f"{math.log(n_held_out):.2f} nats, more than {n_held_out} held-out samples can "
                "vouch for. Give more samples, or read it as 'high'."
            ),
        )


def _missed(
    mine: Any, settings: Settings, trained: Any, job: Any, judged: Any
) -> Iterator[tuple[str, str]]:
    """Doubt of whether the networks found what normal scores show without them.

    Of variables whose normal scores are jointly Gaussian on either side, the Gaussian copula's
    information is a lower bound.
    """
    if settings.baseline is not None:
        return
    n_samples, n_columns = len(job.X), job.X.shape[1] + job.y.shape[1]
    rows = slice(None, None, -(-n_samples // _MOST_COMPARED))
    x, y = (side[rows].double().numpy() for side in (job.X, job.y))
    if len(x) < _FEWEST_A_COLUMN * n_columns:
        return
    (x_learnt, x), (y_learnt, y) = NormalScores.of(x), NormalScores.of(y)
    if any(len(each) < len(x) / 2 for each in x_learnt.quantiles + y_learnt.quantiles):
        return
    copula = GaussianCopula.of(x, y)
    error = float(copula.log_ratio(x, y).std()) / math.sqrt(len(x))
    if mine.mi_ < (1 - _MISSED) * copula.mi - _MISSED - _STANDARD_ERRORS * error:
        yield (
            "missed",
            (
                f"Correlations of normal scores alone show {copula.mi:.2g} nats, and the network "
                f"found {mine.mi_:.2g}: the training missed some. {_way_out(job)} "
                "MINE(baseline='gaussian') starts from what they show."
            ),
        )


def _spreads(job: Any) -> dict[str, float]:
    """Of either side the root mean square of its columns' standard deviations."""
    sides = {"X": job.X, "y": job.y}
    return {name: float(side.double().var(0).mean()) ** 0.5 for name, side in sides.items()}


def _farthest(job: Any) -> float:
    """How many standard deviations of its column the farthest value is off."""
    farthest = 0.0
    for side in (job.X.double(), job.y.double()):
        std = side.std(0)
        off = (side - side.mean(0)).abs().amax(0)[std > 0] / std[std > 0]
        farthest = max(farthest, float(off.max()) if len(off) else 0.0)
    return farthest


def _what_is_off(job: Any) -> str:
    """What of the data networks cannot cope with, in words; nothing if all is well."""
    for name, spread in _spreads(job).items():
        if spread > _FAR_SPREAD or 0 < spread < 1 / _FAR_SPREAD:
            return f"the columns of {name} have a standard deviation of {spread:.2g}"
    farthest = _farthest(job)
    if farthest > _FAR_VALUE:
        return f"the tails are heavy, with a value {farthest:.0f} standard deviations off"
    return ""


def _way_out(job: Any) -> str:
    spreads = _spreads(job).values()
    if all(1 / _FAR_SPREAD <= spread <= _FAR_SPREAD for spread in spreads):
        return "Take ScaleInvariantMI(MINE(), NormalScoreScaler()), for which no value is far off."
    return "Scale the data: ScaleInvariantMI(MINE(), GlobalScaler(corrected=True))."


def _rises(curve: NDArray[np.float64]) -> bool:
    tenth = len(curve) // 10
    if tenth == 0:
        return False
    last, before = curve[-tenth:].mean(), curve[-2 * tenth : -tenth].mean()
    return bool(last - before > _RISE * (1 + abs(last)))


def _gap(trained: Any) -> float:
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
