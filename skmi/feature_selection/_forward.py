"""Features added step by step, and whether a step is more than chance."""

from collections.abc import Callable
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from .._permutations import PermutationScheme
from .._typing import CodeArray, FloatArray
from ..neighbors._local_permutation import local_permutations
from ._joint_scores import Criterion, Joint

# Samples among which candidates change places under a local permutation, as
# conditional_independence_test has it by default.
_N_SHUFFLE_NEIGHBORS = 5


class Step(NamedTuple):
    """What is best at one step."""

    selected: list[int]  # before
    candidates: list[int]
    in_pairs: bool
    group: list[int]  # the best candidate, or the best two
    values: FloatArray  # of each candidate, in pairs that of the best pair it is in

    @property
    def score(self) -> float:
        """The value of the best."""
        return float(self.values.max())


class Path(NamedTuple):
    """What was selected, in order, and what it was selected for."""

    features: list[int]
    scores: list[float]
    candidate_scores: list[FloatArray]  # a row a step; NaN for those selected before
    pvalues: list[float]  # of each step, if there is a test


# The p-value of a step.
Test = Callable[[Step], float]
# Called with each step, its p-value if there is a test, and whether it was taken.
Report = Callable[[Step, float | None, bool], None]


def select_forward(
    criterion: Criterion,
    n_to_select: int,
    *,
    group_size: int,
    test: Test | None,
    alpha: float,
    report: Report,
) -> Path:
    """Add the best candidate, or the best two, until there are enough or none is significant."""
    n_features = criterion.scores.features.n_features
    path = Path([], [], [], [])
    while len(path.features) < n_to_select:
        in_pairs = group_size == 2 and n_to_select - len(path.features) >= 2
        step = _best_step(criterion, path.features.copy(), in_pairs)
        path.candidate_scores.append(np.full(n_features, np.nan))
        path.candidate_scores[-1][step.candidates] = step.values
        pvalue = None
        if test is not None:
            pvalue = test(step)
            path.pvalues.append(pvalue)
        taken = pvalue is None or pvalue <= alpha
        report(step, pvalue, taken)
        if not taken:
            break
        path.features.extend(step.group)
        path.scores.extend([step.score] * len(step.group))
    return path


def _best_step(criterion: Criterion, selected: list[int], in_pairs: bool) -> Step:
    n_features = criterion.scores.features.n_features
    left_out = {*selected, *criterion.scores.features.identifiers}
    candidates = [f for f in range(n_features) if f not in left_out]
    if not in_pairs:
        values = criterion(selected, candidates)
        return Step(selected, candidates, False, [candidates[int(np.argmax(values))]], values)
    pairs = cast(Joint, criterion).pairs(selected, candidates)
    one, other = divmod(int(np.nanargmax(pairs)), len(candidates))
    group = [candidates[one], candidates[other]]
    return Step(selected, candidates, True, group, np.nanmax(pairs, axis=1))


def _within_classes(
    numbers: FloatArray, classes: CodeArray | None, n_permutations: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Local permutations, of samples of the same labels alone."""
    if classes is None:
        n_near = min(_N_SHUFFLE_NEIGHBORS, len(numbers))
        return np.asarray(local_permutations(numbers, n_near, n_permutations, rng))
    permutations = np.empty((n_permutations, len(classes)), dtype=np.intp)
    for members in np.split(np.argsort(classes, kind="stable"), np.cumsum(np.bincount(classes))):
        if members.size:
            some = _within_classes(numbers[members], None, n_permutations, rng)
            permutations[:, members] = members[some]
    return permutations


def permutation_test(
    joint: Joint,
    n_permutations: int,
    alpha: float,
    rng: np.random.Generator,
    scheme: PermutationScheme | None = None,
) -> Test:
    """Compare the best candidate with the best of all of them, permuted.

    Parameters
    ----------
    joint : Joint
    n_permutations : int
    alpha : float
        Permutations end as soon as the p-value cannot become this any more.
    rng : numpy.random.Generator
    scheme : PermutationScheme, default=None
        How series are permuted, the candidates less what the selected predict. None permutes
        samples whose selected features are nearly the same.

    Returns
    -------
    test : callable
    """

    def pvalue(step: Step) -> float:
        tested, least = joint, step.score
        if scheme is None:
            numbers, classes = joint.scores.features.near(step.selected)
            permutations = _within_classes(numbers, classes, n_permutations, rng)
        else:
            permutations = np.array([scheme.draw(rng) for _ in range(n_permutations)])
            if step.selected:
                tested = Joint(joint.scores.without(step.selected))
                values = tested.pairs if step.in_pairs else tested
                least = float(np.nanmax(values(step.selected, step.candidates)))
        null = tested.best_pair_permuted if step.in_pairs else tested.best_permuted
        as_much = 0
        for done, value in enumerate(null(step.selected, step.candidates, permutations), start=1):
            as_much += int(value >= least)
            if (1 + as_much) / (1 + n_permutations) > alpha:  # whatever the others are
                return (1 + as_much) / (1 + done)
        return (1 + as_much) / (1 + n_permutations)

    return pvalue
