"""Warnings of skmi, by class.

Each says why an estimate may be poor and what to do. All are `EstimateWarning`, which is a
`UserWarning`: ``warnings.simplefilter("error", EstimateWarning)`` makes them errors.
"""

from sklearn.exceptions import ConvergenceWarning

__all__ = [
    "CeilingWarning",
    "ConstantWarning",
    "DoubtfulNullWarning",
    "DriftWarning",
    "EntropyBoundWarning",
    "EstimateWarning",
    "IdentifierWarning",
    "InfluenceWarning",
    "ManyColumnsWarning",
    "NegativeEstimateWarning",
    "OutlierWarning",
    "OverfittedWarning",
    "ScaleEdgeWarning",
    "SubsampleWarning",
    "ThinTableWarning",
    "TrainingWarning",
    "UnitsWarning",
]


class EstimateWarning(UserWarning):
    """An estimate that may be poor."""


class ThinTableWarning(EstimateWarning):
    """Labels on both sides, and too few samples for a table of all their pairs."""


class IdentifierWarning(EstimateWarning):
    """Labels that hardly ever occur twice: they tell nothing about new samples."""


class OutlierWarning(EstimateWarning):
    """A value so far from the others that it alone sets the scale of its column."""


class UnitsWarning(EstimateWarning):
    """Columns of one variable whose spreads differ by orders of magnitude."""


class ScaleEdgeWarning(EstimateWarning):
    """The best relative scale is at an edge of those tried, and the maximum lies beyond it."""


class ManyColumnsWarning(EstimateWarning):
    """More columns than the samples can carry."""


class DriftWarning(EstimateWarning):
    """The estimate drifts with the number of samples: it is biased."""


class DoubtfulNullWarning(EstimateWarning):
    """A test whose permutations may not keep what they should: small p-values may be too small."""


class TrainingWarning(EstimateWarning, ConvergenceWarning):
    """A network's training that did not arrive, or never set out."""


class NegativeEstimateWarning(EstimateWarning):
    """An estimate clearly below 0, where information cannot be."""


class InfluenceWarning(EstimateWarning):
    """A few samples that carry the estimate alone."""


class OverfittedWarning(EstimateWarning):
    """A network that knows the samples it learnt from far better than others."""


class CeilingWarning(EstimateWarning):
    """More information than so many samples can vouch for."""


class EntropyBoundWarning(EstimateWarning):
    """An estimate above the entropy of labels, which mutual information never is."""


class ConstantWarning(EstimateWarning):
    """A column of one value, which tells nothing."""


class SubsampleWarning(EstimateWarning):
    """More rows than fit: estimates by neighbours are from some of them, drawn at random."""
