"""The estimators of the paper, set up as its protocol says."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sklearn.base import BaseEstimator, clone

from ..._recipes import get_estimator_names, make_estimator
from ._printed_tables import NAMES
from ._protocol import RECOVERED_TRAINING, Protocol

KSG_FAMILY = tuple(name for name in NAMES if "ksg" in name)
MINE_FAMILY = tuple(name for name in NAMES if "mine" in name)
# The form of equation 6, whose limits figure 6 is about.
ALGORITHM_2 = "ksg (algorithm 2)"

RECOVERED = " (recovered)"
DEFAULT = " (default)"
# The versions in which networks are trained, by what is added to their names; and how
# claims about them are told from the others'.
VERSIONS = {"": "", RECOVERED: ", training recovered", DEFAULT: ", skmi's default"}


class Family(NamedTuple):
    """Estimators that the paper compares with one another, in one version.

    The first is the one without normalization, the last is the paper's best.
    """

    key: str
    label: str
    title: str
    version: str
    """What their names end in."""
    names: tuple[str, ...]


FAMILIES = (
    Family("ksg", "KSG", "KSG family", "", KSG_FAMILY),
    *(
        Family(key, "MINE", title, version, tuple(name + version for name in MINE_FAMILY))
        for key, title, version in (
            ("mine", "MINE family, trained as the paper's toolbox says", ""),
            ("mine-recovered", "MINE family, trained as the paper's numbers say", RECOVERED),
            ("mine-default", "MINE family, trained as skmi does by default", DEFAULT),
        )
    ),
)
_ORDER = (*KSG_FAMILY, ALGORITHM_2, *(name for family in FAMILIES[1:] for name in family.names))


def in_order(names: Iterable[str]) -> list[str]:
    """As the paper lists them; those that it has not come after these."""
    return sorted(names, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER))


def base_name(name: str) -> str:
    """The paper's name of an estimator that takes part in a version of its own."""
    return name.removesuffix(RECOVERED).removesuffix(DEFAULT)


def version_of(name: str) -> str:
    """What the name of an estimator has behind the paper's, one of `VERSIONS`."""
    return name[len(base_name(name)) :]


def family(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that are there, those of MINE in all versions."""
    there = set(names) & set(get_estimator_names())
    return tuple(name for each in FAMILIES for name in each.names if base_name(name) in there)


def select(option: str | None) -> tuple[str, ...]:
    """The estimators that an option names.

    Parameters
    ----------
    option : str or None
        Names with commas between them, among them "ksg-family", "mine-family", "all", and
        "mine-recovered" and "mine-default" for a version. None is "ksg-family".

    Returns
    -------
    names : tuple of str
    """
    groups = {"ksg-family": family(KSG_FAMILY), "mine-family": family(MINE_FAMILY)}
    groups["all"] = groups["ksg-family"] + groups["mine-family"]
    known = groups["all"]
    for version in FAMILIES[2:]:
        groups[version.key] = tuple(name for name in version.names if name in known)
    chosen: dict[str, None] = {}
    for name in (option or "ksg-family").split(","):
        name = name.strip()
        if name not in (*groups, *known):
            raise ValueError(
                f"there is no estimator {name!r}; choose from {', '.join((*groups, *known))}"
            )
        if name in groups and not groups[name]:
            raise ValueError("there are no estimators of the MINE family in this version of skmi")
        chosen.update(dict.fromkeys(groups.get(name, (name,))))
    return tuple(chosen)


def make(name: str, protocol: Protocol, quick: bool = False) -> Any:
    """One of the estimators as the protocol says.

    Those of the MINE family are trained as the paper's toolbox says, or as the end of their
    name does; for a smoke run hardly at all.
    """
    if name == ALGORITHM_2:
        return make_estimator("ksg", variant=2)
    params: dict[str, Any] = {}
    if name == "bi-ksg":
        params["metric"] = protocol.bi_ksg_metric
    elif name in ("ksg-global", "ksg-global-linf"):
        params["side"] = protocol.side
    elif name in MINE_FAMILY:
        params["max_epochs"] = protocol.mine_epochs
    elif name.endswith(RECOVERED):
        # What is normalized has mean 0 in the paper; what is not is taken as it is.
        params |= {**RECOVERED_TRAINING, "center": base_name(name) != "mine"}
    if quick and base_name(name) in MINE_FAMILY:
        params["max_epochs"] = 2
    recipe = f"{name}-paper" if name in MINE_FAMILY else base_name(name)
    return make_estimator(recipe, **params)


class After(BaseEstimator):
    """An estimator of the information of a transform of X and y."""

    def __init__(self, estimator: Any, transform: Any) -> None:
        self.estimator = estimator
        self.transform = transform

    def fit(self, X: Any, y: Any) -> "After":
        """Estimate, as `mi_`."""
        estimator, X, y = self._start_fit(X, y)
        return self._keep(estimator.fit(X, y), X, y)

    def _start_fit(self, X: Any, y: Any) -> tuple[Any, Any, Any]:
        return clone(self.estimator), clone(self.transform).fit_transform(X), y

    def _keep(self, fitted: Any, X: Any, y: Any) -> "After":
        self.estimator_ = fitted
        self.mi_ = fitted.mi_
        return self
