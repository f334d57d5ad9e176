"""Scalers for one variable: what makes an estimate independent of units."""

from ._global import GlobalScaler
from ._global_linf import GlobalLinfScaler
from ._local import LocalScaler
from ._normal_score import NormalScoreScaler

__all__ = ["GlobalLinfScaler", "GlobalScaler", "LocalScaler", "NormalScoreScaler"]
