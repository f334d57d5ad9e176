"""Several estimates of one sample, and the choice among them.

The larger of two estimates that are low, each in its own way, is the nearer one; but the
larger of two that are merely noisy is too high. So candidates are compared on other samples
than those that are then summed over.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .._typing import BoolArray, FloatArray, IntArray

# A candidate must be better than the first one by so many standard errors of the difference, ...
_FIRST_MARGIN = 3.0
# ... and than the best of those before it by so many.
_MARGIN = 1.5


class Candidate(NamedTuple):
    """One of the estimates that were compared.

    Attributes
    ----------
    name : str
    mi : float
        The estimate of all samples, in nats.
    share : float
        The part of the samples for which it was chosen.
    seconds : float
        What it took; those that are made together share it evenly.
    """

    name: str
    mi: float
    share: float
    seconds: float


class Candidates(list[Candidate]):
    """A list of `Candidate`, which prints as a table."""

    _HEADER = ("candidate", "nats", "chosen", "seconds")

    def __repr__(self) -> str:
        lines = [self._HEADER, *self._rows()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            f"{line[0]:<{widths[0]}}  "
            + "  ".join(
                f"{cell:>{width}}" for cell, width in zip(line[1:], widths[1:], strict=True)
            )
            for line in lines
        )

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{title}</th>" for title in self._HEADER)
        body = "".join(
            "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in self._rows()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _rows(self) -> Iterator[tuple[str, str, str, str]]:
        for each in self:
            yield each.name, f"{each.mi:.3f}", f"{each.share:.0%}", f"{each.seconds:.3f}"


def assign_folds(x: FloatArray, y: FloatArray, n_folds: int, random_state: Any) -> IntArray:
    """A fold for each sample, at random, but alike in how far their samples lie out.

    A sample's fold does not depend on the order of the samples, nor on which variable is x.

    Parameters
    ----------
    x, y : ndarray of shape (n_samples, n_columns)
    n_folds : int
    random_state : RandomState

    Returns
    -------
    folds : ndarray of shape (n_samples,)
        From 0 to `n_folds` - 1.
    """
    n_samples = len(x)
    distance = np.square(x).sum(axis=1) + np.square(y).sum(axis=1)
    order = np.argsort(distance, kind="stable")
    if (np.diff(distance[order]) == 0).any():  # rows that are equal may come in any order
        order = np.lexsort([*x.T, *y.T, distance])
    blocks = -(-n_samples // n_folds)
    labels = np.concatenate([random_state.permutation(n_folds) for _ in range(blocks)])
    folds = np.empty(n_samples, dtype=np.intp)
    folds[order] = labels[:n_samples]
    return folds


class Comparison(NamedTuple):
    """All candidates, and each sample's contribution by the one chosen for its fold."""

    folds: IntArray
    contributions: FloatArray
    candidates: Candidates


class Choice(NamedTuple):
    """The names of those chosen: for each fold by the other folds, and by all samples."""

    by_fold: list[str]
    overall: str


def choose(
    contributions: Mapping[str, FloatArray], folds: IntArray, first_margin: float = _FIRST_MARGIN
) -> Choice:
    """Choose among candidates, for each fold by what they give on the others.

    Parameters
    ----------
    contributions : mapping of str to ndarray of shape (n_samples,)
        Those that come first are preferred: each one after must be better by a margin.
        NaN for samples that a candidate was not asked for.
    folds : ndarray of shape (n_samples,)
    first_margin : float
        By so many standard errors of the difference any must be better than the first one.

    Returns
    -------
    Choice
    """
    masks = [folds != fold for fold in range(int(folds.max()) + 1)]
    *by_fold, overall = (
        _best(contributions, among, first_margin) for among in [*masks, np.full(len(folds), True)]
    )
    return Choice(by_fold, overall)


def summarize(
    contributions: Mapping[str, FloatArray],
    choice: Choice,
    folds: IntArray,
    seconds: Mapping[str, float],
) -> Comparison:
    """Put together what was chosen."""
    chosen = np.array(choice.by_fold)[folds]
    terms = np.empty(len(folds))
    for name in set(choice.by_fold):
        terms[chosen == name] = contributions[name][chosen == name]
    candidates = Candidates(
        Candidate(name, float(np.nanmean(each)), float((chosen == name).mean()), seconds[name])
        for name, each in contributions.items()
    )
    return Comparison(folds, terms, candidates)


def _best(contributions: Mapping[str, FloatArray], among: BoolArray, first_margin: float) -> str:
    first, *others = contributions
    best = first
    for name in others:
        margin = first_margin if best == first else _MARGIN
        if _exceeds(contributions[name][among], contributions[best][among], margin):
            best = name
    return best


def _exceeds(terms: FloatArray, best: FloatArray, margin: float) -> bool:
    gain = terms - best
    gain = gain[np.isfinite(gain)]
    return bool(gain.mean() > margin * gain.std() / np.sqrt(len(gain)))
