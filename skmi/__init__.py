"""Scale-invariant mutual information, the scikit-learn way."""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Where each public name is defined; loaded when it is first asked for.
_HOMES = {
    "AutoMI": "_auto",
    "AutoMINE": "neural",
    "BIKSG": "estimators",
    "KSG": "estimators",
    "MINE": "neural",
    "BinningMI": "estimators",
    "CanonicalKSG": "estimators",
    "GaussianMI": "estimators",
    "GlobalLinfScaler": "preprocessing",
    "GlobalScaler": "preprocessing",
    "LocalScaler": "preprocessing",
    "MixedKSG": "estimators",
    "NormalScoreScaler": "preprocessing",
    "PlugInMI": "estimators",
    "RelativeScaleSearch": "estimators",
    "RossMI": "estimators",
    "ScaleInvariantMI": "estimators",
    "compile_kernels": "_compile",
    "conditional_independence_test": "model_selection",
    "conditional_mutual_info": "estimators",
    "get_estimator_names": "_recipes",
    "lagged_mutual_info": "time_series",
    "make_estimator": "_recipes",
    "mutual_info": "_recipes",
    "mutual_info_diagnostics": "model_selection",
    "mutual_info_interval": "model_selection",
    "mutual_info_permutation_test": "model_selection",
    "mutual_info_report": "model_selection",
    "mutual_info_scorer": "metrics",
    "pairwise_mutual_info": "feature_selection",
    "transfer_entropy": "time_series",
}
_SUBPACKAGES = (
    "benchmark",
    "datasets",
    "estimators",
    "exceptions",
    "feature_selection",
    "information_plane",
    "inspection",
    "metrics",
    "model_selection",
    "neighbors",
    "neural",
    "preprocessing",
    "time_series",
)

if TYPE_CHECKING:
    from ._auto import AutoMI
    from ._compile import compile_kernels
    from ._recipes import get_estimator_names, make_estimator, mutual_info
    from .estimators import (
        BIKSG,
        KSG,
        BinningMI,
        CanonicalKSG,
        GaussianMI,
        MixedKSG,
        PlugInMI,
        RelativeScaleSearch,
        RossMI,
        ScaleInvariantMI,
        conditional_mutual_info,
    )
    from .feature_selection import pairwise_mutual_info
    from .metrics import mutual_info_scorer
    from .model_selection import (
        conditional_independence_test,
        mutual_info_diagnostics,
        mutual_info_interval,
        mutual_info_permutation_test,
        mutual_info_report,
    )
    from .neural import MINE, AutoMINE
    from .preprocessing import GlobalLinfScaler, GlobalScaler, LocalScaler, NormalScoreScaler
    from .time_series import lagged_mutual_info, transfer_entropy

__all__ = [
    "BIKSG",
    "KSG",
    "MINE",
    "AutoMI",
    "AutoMINE",
    "BinningMI",
    "CanonicalKSG",
    "GaussianMI",
    "GlobalLinfScaler",
    "GlobalScaler",
    "LocalScaler",
    "MixedKSG",
    "NormalScoreScaler",
    "PlugInMI",
    "RelativeScaleSearch",
    "RossMI",
    "ScaleInvariantMI",
    "compile_kernels",
    "conditional_independence_test",
    "conditional_mutual_info",
    "get_estimator_names",
    "lagged_mutual_info",
    "make_estimator",
    "mutual_info",
    "mutual_info_diagnostics",
    "mutual_info_interval",
    "mutual_info_permutation_test",
    "mutual_info_report",
    "mutual_info_scorer",
    "pairwise_mutual_info",
    "transfer_entropy",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    elif name in _SUBPACKAGES:
        value = importlib.import_module(f".{name}", __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_SUBPACKAGES})
