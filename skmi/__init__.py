"""Scale-invariant mutual information, the scikit-learn way."""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Where each public name is defined; loaded when it is first asked for.
_HOMES = {
    "BIKSG": "estimators",
    "KSG": "estimators",
    "BinningMI": "estimators",
    "GlobalLinfScaler": "preprocessing",
    "GlobalScaler": "preprocessing",
    "LocalScaler": "preprocessing",
    "MixedKSG": "estimators",
    "PlugInMI": "estimators",
    "RelativeScaleSearch": "model_selection",
    "RossMI": "estimators",
    "ScaleInvariantMI": "estimators",
    "get_estimator_names": "estimators",
    "make_estimator": "estimators",
    "mutual_info": "estimators",
}
_SUBPACKAGES = (
    "datasets",
    "estimators",
    "inspection",
    "model_selection",
    "neighbors",
    "preprocessing",
)

if TYPE_CHECKING:
    from .estimators import (
        BIKSG,
        KSG,
        BinningMI,
        MixedKSG,
        PlugInMI,
        RossMI,
        ScaleInvariantMI,
        get_estimator_names,
        make_estimator,
        mutual_info,
    )
    from .model_selection import RelativeScaleSearch
    from .preprocessing import GlobalLinfScaler, GlobalScaler, LocalScaler

__all__ = [
    "BIKSG",
    "KSG",
    "BinningMI",
    "GlobalLinfScaler",
    "GlobalScaler",
    "LocalScaler",
    "MixedKSG",
    "PlugInMI",
    "RelativeScaleSearch",
    "RossMI",
    "ScaleInvariantMI",
    "get_estimator_names",
    "make_estimator",
    "mutual_info",
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
