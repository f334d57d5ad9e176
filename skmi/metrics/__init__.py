"""Scorers for ``scoring=``: what the output of an estimator tells about y."""

from ._scorer import mutual_info_scorer

__all__ = ["mutual_info_scorer"]
